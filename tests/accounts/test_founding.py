"""A practice is opened at the bare domain, proved by a mailed link, and swept away when nobody comes."""

from __future__ import annotations

import secrets

import pytest

from models.accounts import founding, tickets
from models.accounts.practices import practice_by_host
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, TooMany
from models.core.scope import run_scope
from server.worlds import PASSWORD

BARE = "localhost:8000"


@pytest.fixture
async def bare(browse, cast):
    browser = await browse(cast)
    browser.host = BARE
    return browser


def _asked(**other):
    given = {"practice": "Cedar House & Friends", "name": "Ida Lund", "time_zone": "America/Chicago",
             "email": f"ida-{secrets.token_hex(4)}@cedar.test", "practitioner": "on"}  # fmt: skip
    return {**given, **other}


async def _opened(email):
    """The practices whose first login has this address."""
    return [row["id"] for row in await fetch_all("SELECT id FROM practices_of_email($1) AS id", email)]


async def _inside(practice_id, sql, *args):
    return await run_scope(practice_id, lambda _: fetch_one(sql, *args))


async def test_the_bare_domain_says_what_portico_is_and_leads_on(bare):
    page = await (await bare.get("/")).get_data(as_text=True)
    assert 'href="/open-a-practice"' in page and 'href="/find-my-portal"' in page
    for path in ("/open-a-practice", "/find-my-portal"):
        assert (await bare.get(path)).status_code == 200
    missing = await bare.get("/messages")
    assert missing.status_code == 404 and "Nothing here" in await missing.get_data(as_text=True)


async def test_opening_makes_a_closed_practice_with_all_that_belongs_to_it(bare):
    asked = _asked()
    answer = await bare.post("/open-a-practice", asked)
    assert answer.status_code == 200 and "Look into your e-mail" in await answer.get_data(as_text=True)
    (practice_id,) = await _opened(asked["email"])
    row = await fetch_one("SELECT * FROM practice WHERE id = $1", practice_id)
    assert row["state"] == "closed" and row["verified_at"] is None
    assert row["subdomain"].startswith("cedar-house-friends-")
    face = await _inside(practice_id, "SELECT name, time_zone, phone FROM practice_profile")
    assert dict(face) == {"name": "Cedar House & Friends", "time_zone": "America/Chicago", "phone": ""}
    member = await _inside(practice_id, "SELECT name, roles FROM staff_member")
    assert (member["name"], member["roles"]) == ("Ida Lund", ["administrator", "practitioner"])
    assert await _inside(practice_id, "SELECT 1 FROM messaging_settings")
    mail = await _inside(practice_id, "SELECT kind FROM outgoing_mail")
    assert mail["kind"] == "practice-opened"


async def test_who_sees_no_clients_is_an_administrator_alone(bare):
    asked = _asked()
    del asked["practitioner"]
    await bare.post("/open-a-practice", asked)
    (practice_id,) = await _opened(asked["email"])
    assert (await _inside(practice_id, "SELECT roles FROM staff_member"))["roles"] == ["administrator"]


async def test_a_form_sent_twice_opens_one_practice_and_mails_two_links(bare):
    asked = _asked()
    answers = [await (await bare.send("/open-a-practice", asked)).get_json() for _ in range(2)]
    assert answers[0] == answers[1], "a known address is answered like an unknown one"
    (practice_id,) = await _opened(asked["email"])
    assert (await _inside(practice_id, "SELECT count(*) AS n FROM outgoing_mail"))["n"] == 2


async def test_another_name_is_another_practice_of_the_same_person(bare):
    asked = _asked()
    for name in ("Cedar House", "Cedar Mill"):
        await bare.send("/open-a-practice", {**asked, "practice": name})
    assert len(set(await _opened(asked["email"]))) == 2


async def test_practices_of_one_name_stand_side_by_side(bare):
    asked = [_asked(), _asked()]
    for one in asked:
        await bare.send("/open-a-practice", one)
    made = [await _opened(one["email"]) for one in asked]
    assert len({row["subdomain"] for row in await fetch_all(NAMED, [one[0] for one in made])}) == 2


NAMED = "SELECT subdomain FROM practice WHERE id = ANY ($1::uuid[]) AND subdomain LIKE 'cedar-house-friends-%'"


async def test_the_link_proves_the_address_and_a_scanner_uses_nothing_up(bare, browse, cast):
    practice_id, token = await _with_link(bare)
    subdomain = (await fetch_one("SELECT subdomain FROM practice WHERE id = $1", practice_id))["subdomain"]
    founder = await browse(cast)
    founder.host = f"{subdomain}.localhost:8000"
    for _ in range(3):
        assert (await founder.get(f"/welcome/{token}")).status_code == 200
    weak = await founder.post(f"/welcome/{token}", {"password": "short"})
    assert weak.status_code == 422 and "at least 10" in await weak.get_data(as_text=True)
    answer = await founder.post(f"/welcome/{token}", {"password": "a quiet heron stands"})
    assert answer.headers["Location"] == "/staff/today"
    me = await (await founder.json("/staff/me")).get_json()
    assert me["name"] == "Ida Lund" and me["roles"] == ["administrator", "practitioner"]
    page = await (await founder.get("/staff/today")).get_data(as_text=True)
    assert "Before clients can come" in page and "Turn on the client portal" in page
    assert (await fetch_one("SELECT verified_at FROM practice WHERE id = $1", practice_id))["verified_at"]
    assert (await founder.get(f"/welcome/{token}")).status_code == 410
    again = await founder.send(f"/welcome/{token}", {"password": "a second heron stands"})
    assert (await again.get_json())["code"] == "link-expired"
    visitor = await browse(cast)
    visitor.host = founder.host
    assert "The client portal is not open" in await (await visitor.get("/")).get_data(as_text=True)


async def test_a_link_opens_nothing_in_another_practice(bare, browse, cast):
    _, token = await _with_link(bare)
    assert (await (await browse(cast)).get(f"/welcome/{token}")).status_code == 410
    with pytest.raises(Conflict):
        await cast.inside(lambda: founding.prove(token, PASSWORD, address="203.0.113.9"))


ODD = [
    ({"practice": " "}, "practice"),
    ({"practice": "Win at http://evil.test"}, "practice"),
    ({"practice": "x" * 81}, "practice"),
    ({"name": "<b>Ida</b>"}, "name"),
    ({"email": "nobody"}, "email"),
    ({"email": "a@b@c.test"}, "email"),
    ({"time_zone": "Mars/Olympus"}, "time_zone"),
]


@pytest.mark.parametrize(("other", "field"), ODD, ids=[str(place) for place in range(len(ODD))])
async def test_what_cannot_be_is_refused_and_what_was_typed_stays(bare, other, field):
    asked = _asked(**other)
    assert field in (await (await bare.send("/open-a-practice", asked)).get_json())["errors"]
    page = await (await bare.post("/open-a-practice", asked)).get_data(as_text=True)
    assert (asked["name"] if field != "name" else asked["practice"]).replace("&", "&amp;") in page
    assert not await _opened(asked["email"])


async def test_one_address_and_one_network_open_few(bare):
    email = _asked()["email"]
    codes = [(await bare.send("/open-a-practice", _asked(email=email))).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    with pytest.raises(TooMany):
        for _ in range(founding.BY_ADDRESS.most + 1):
            await founding.open_practice(_founding(), address="198.51.100.3")


def _founding():
    return founding.Founding("Cedar House", "Ida Lund", _asked()["email"], "America/Chicago", True)


async def test_a_form_of_another_site_opens_nothing(bare):
    asked = _asked()
    answer = await bare.post("/open-a-practice", asked, Origin="http://evil.test")
    assert answer.status_code == 403 and not await _opened(asked["email"])


async def test_what_nobody_proves_in_seven_days_is_gone_and_what_was_proven_stays(bare):
    forgotten, proven, fresh = [await _with_link(bare) for _ in range(3)]
    for practice_id, _ in (forgotten, proven):
        await execute("UPDATE practice SET created_at = created_at - interval '8 days' WHERE id = $1", practice_id)
    await run_scope(proven[0], lambda _: founding.prove(proven[1], "a quiet heron stands", address="203.0.113.9"))
    before = (await fetch_one("SELECT subdomain FROM practice WHERE id = $1", forgotten[0]))["subdomain"]
    await founding.let_all_unproven_go()
    assert await practice_by_host(f"{before}.localhost") is None
    states = [(await fetch_one("SELECT state FROM practice WHERE id = $1", one[0]))["state"] for one in (proven, fresh)]
    assert states == ["closed", "closed"]
    left = await _inside(forgotten[0], "SELECT email, deactivated_at FROM login")
    assert left["email"].endswith("@gone.invalid") and left["deactivated_at"]
    assert (await _inside(forgotten[0], "SELECT name FROM practice_profile"))["name"] == "Nobody"
    assert await _inside(forgotten[0], "SELECT 1 FROM login_token") is None


async def test_forgot_password_proves_the_address_as_well(bare):
    from models.accounts import resetting

    practice_id, _ = await _with_link(bare)
    login = (await _inside(practice_id, "SELECT id FROM login"))["id"]
    token = await run_scope(practice_id, lambda _: resetting.issue_reset_token(login))
    await run_scope(practice_id, lambda _: resetting.set_by_link(token, "a quiet heron stands", address="203.0.113.9"))
    assert (await fetch_one("SELECT verified_at FROM practice WHERE id = $1", practice_id))["verified_at"]


async def _with_link(bare):
    """A practice just opened, and the secret of the link to its founder."""
    founder = _founding()
    practice_id = await founding.open_practice(founder, address=f"2001:db8:{secrets.randbelow(65536):x}::1")
    login = (await _inside(practice_id, "SELECT id FROM login"))["id"]
    return practice_id, await run_scope(practice_id, lambda _: tickets.issue(login, tickets.OPENING))
