"""Nobody enters by default: every door and ask, every kind of person, against the table in doors.txt.

The table is written by hand and compared with the doors, so that nobody opens one by changing a single word.
"""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest

from models.core.kinds import ADMINISTRATOR, ANYONE, PORTAL, SIGNED_IN, STAFF
from realtime.door import ASKS, Ask, heard
from server.door import DOORS, Door, post

TABLE = Path(__file__).with_name("doors.txt")
WORDS = {"anyone": ANYONE, "portal": PORTAL, "staff": STAFF, "administrator": ADMINISTRATOR, "signed in": SIGNED_IN}


def _table() -> dict[str, str]:
    rows = [line.split("|") for line in TABLE.read_text().splitlines() if "|" in line]
    return {name.strip(): who.strip() for name, who in rows}


def _stated(one: Door | Ask) -> str:
    """Whom it allows, and the feature of the portal without which it is shut for them."""
    word = next(word for word, kinds in WORDS.items() if kinds == one.allow)
    return f"{word}, {one.feature}" if one.feature else word


def _address(door: Door, path: str | None = None) -> str:
    path = re.sub(r"<uuid:\w+>", lambda _: str(uuid4()), path or door.path)
    return re.sub(r"<(int:)?\w+>", "1", path)


@pytest.fixture(autouse=True)
def all_doors(wired):
    """Every area is joined before the table is read."""


def test_every_door_and_ask_stands_in_the_table_as_it_allows():
    there = {f"{door.method} {door.path}{' at the bare domain' if door.bare else ''}": _stated(door) for door in DOORS}
    there |= {f"ask {name}": _stated(one) for name, one in ASKS.items() if not name.startswith("test.")}
    assert there == _table()


def test_a_door_that_allows_nobody_does_not_come_into_being():
    with pytest.raises(TypeError):
        post("/nowhere")
    with pytest.raises(TypeError):
        post("/nowhere", allow=frozenset())
    assert all(door.path != "/nowhere" for door in DOORS)


def test_no_address_has_two_doors():
    addresses = [(door.method, path, door.bare) for door in DOORS for path in door.paths]
    assert len(addresses) == len(set(addresses))


async def test_a_practice_has_no_door_of_the_bare_domain_and_the_bare_domain_none_of_a_practice(cast, browse):
    browser = await browse(cast, "owner")
    alone = {(door.method, door.path) for door in DOORS if door.bare}
    both = alone & {(door.method, door.path) for door in DOORS if not door.bare}
    for door in DOORS:
        if door.practice and (door.method, door.path) not in both:
            browser.host = f"{cast.subdomain}.localhost:8000" if door.bare else "localhost:8000"
            answer = await _ask_door(browser, door)
            assert answer.status_code == 404, (door.method, door.path, answer.status_code)


async def _ask_door(browser, door: Door, path: str | None = None):
    address = _address(door, path)
    return await (browser.json(address) if door.method == "GET" else browser.send(address))


async def test_who_is_signed_out_is_let_through_public_doors_only(cast, browse):
    browser = await browse(cast)
    for door in DOORS:
        answer = await _ask_door(browser, door)
        assert (answer.status_code == 401) == (door.allow != ANYONE), (door.method, door.path, answer.status_code)


async def test_a_session_of_another_practice_is_none_here(cast, neighbours, browse):
    browser = await browse(neighbours, "owner")
    assert (await browser.json("/staff/me")).status_code == 200, "must be signed in at home for this to mean anything"
    browser.host = f"{cast.subdomain}.localhost:8000"
    for door in DOORS:
        if door.allow != ANYONE:
            assert (await _ask_door(browser, door)).status_code == 401, (door.method, door.path)


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("client", [STAFF, ADMINISTRATOR]),
        ("biller", [PORTAL, ADMINISTRATOR]),
        ("owner", [PORTAL]),
    ],
)
async def test_the_wrong_kind_of_person_is_refused_at_every_door(cast, browse, name, outside):
    browser = await browse(cast, name)
    for door in DOORS:
        if door.allow in outside:
            answer = await _ask_door(browser, door)
            assert answer.status_code == 403, (door.method, door.path, answer.status_code)


async def test_every_address_under_a_client_that_is_not_theirs_is_missing(cast, neighbours, browse):
    browser = await browse(cast, "client")
    assert (await browser.json(f"/for/{cast.clients['client']}/conversations")).status_code == 200
    for stranger in (cast.clients["teen"], neighbours.clients["client"], uuid4()):
        for door in DOORS:
            if door.portal and not door.streams:
                path = _address(door, door.paths[1]).split("/", 3)[3]
                address = f"/for/{stranger}/{path}"
                answer = await (browser.json(address) if door.method == "GET" else browser.send(address))
                assert answer.status_code == 404, (door.method, address)


@pytest.mark.timeout(600)  # thousands of requests, on a busy machine
@pytest.mark.parametrize("name", ["client", "owner"])
async def test_no_door_breaks_on_nonsense(cast, browse, name):
    """Whatever is sent where it does not belong: a refusal with a sentence, never a 500."""
    browser = await browse(cast, name)
    for door in DOORS:
        if "sign-out" in door.path or door.path.endswith(("/lock", "/end-others")):
            continue
        for data in (
            {},
            {"key": "no"},
            {"body": "\x00"},
            {"unknown": [1, {"a": None}]},
            {"people": "x", "email": 5},
        ):
            made = await (
                browser.json(_address(door)) if door.method == "GET" else browser.send(_address(door), data)
            )
            assert made.status_code < 500, (door.method, door.path, data, made.status_code)


async def test_an_ask_of_the_wrong_kind_of_person_is_refused(cast):
    portal, desk = await cast.session("client"), await cast.session("biller")
    for name, one in ASKS.items():
        for session, kinds in ((portal, PORTAL), (desk, STAFF)):
            if not (kinds & one.allow):
                answer = await heard(cast.practice_id, session, name, _filled(one))
                assert answer["error"]["code"] in {"forbidden", "invalid"}, name


def _filled(one) -> dict:
    required = one.payload.model_json_schema().get("required", [])
    return {name: str(uuid4()) for name in required}


@pytest.mark.parametrize("name", ["owner", "practitioner", "frontdesk", "client", "parent"])
async def test_every_page_draws_for_whom_it_allows(cast, browse, name):
    """As HTML, under strict templates: a missing word in a template would be found here."""
    browser = await browse(cast, name)
    for door in DOORS:
        if door.method == "GET" and not (name == "parent" and door.portal):
            answer = await browser.get(_address(door))
            assert answer.status_code in {200, 303, 403, 404, 409, 410, 422}, (door.path, answer.status_code)


@pytest.mark.parametrize("name", [None, "owner", "client"])
async def test_whoever_asks_for_json_never_gets_a_page(cast, browse, name):
    browser = await browse(cast, name) if name else await browse(cast)
    for door in DOORS:
        if door.method == "GET":
            answer = await browser.json(_address(door))
            assert answer.mimetype != "text/html", (door.path, answer.status_code)


# What a browser may keep: the same for everybody, or under an address that changes with what stands there.
KEPT = {"/brand.css", "/logo/<name>"}


@pytest.mark.parametrize("name", [None, "owner", "client"])
async def test_nothing_that_a_door_answers_is_kept_by_a_browser(cast, browse, name):
    browser = await browse(cast, name) if name else await browse(cast)
    for door in DOORS:
        if door.method == "GET" and door.path not in KEPT:
            answer = await browser.get(_address(door))
            assert "no-store" in answer.headers["Cache-Control"], (door.path, answer.status_code)


# What an address may say besides ids, numbers, times and words from a list. Addresses are kept by browsers and logged
# by whatever stands between: names and words are posted.
SPOKEN = {
    "cursor": "where the list goes on",
    "done": "which sentence of ours to show",
    "current": "which entry of the bar the page stands under",
    "zone": "in which time zone a browser is",
    "sha256": "the SHA-256 of a file, which says nothing of what is in it",
}


def test_no_address_holds_what_people_type():
    free = set()
    for door in DOORS:
        for name, kind in (door.query.model_json_schema()["properties"] if door.query else {}).items():
            kinds = kind.get("anyOf", [kind])
            if any(one.get("type") == "string" and not one.keys() & {"format", "enum", "const"} for one in kinds):
                free.add(name)
    assert free <= set(SPOKEN), "post it instead"
