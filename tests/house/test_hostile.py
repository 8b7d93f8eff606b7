"""What somebody tries who means harm: secrets at doors they were not made for, ids of another practice in addresses and
bodies, addresses that lead away, names that are formulas or header lines."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from urllib.parse import quote
from uuid import uuid4

import pytest

from models.accounts import arriving, tickets
from models.accounts.tables import Login, PracticeProfile
from models.core import limits
from models.core.database import execute, fetch_all
from models.notifications.unsubscribing import unsubscribe_token
from realtime.door import ASKS
from server.door import DOORS
from server.importing import harmless
from tests.support.steps import Person, address, answered, undone
from tests.support.walking import Walk, ids_about

PASSWORD = "four words in a row"
# Each door behind a secret, and what its secret was made for.
LINKS = {
    "/reset/{}": {tickets.PASSWORD},
    "/welcome/{}": {tickets.OPENING},
    "/join/{}": {tickets.STAFF_INVITATION},
    "/sign-in/link/{}": {tickets.SIGN_IN},
    "/invitation/{}": set(),
    "/invitation/{}/check-code": set(),
    "/switch/{}": set(),
}
NAMELESS = ("session.activity", "conversation.all_delivered")  # they say that a page is there, and no id
EVERYTHING = {"password": PASSWORD, "name": "Eve", "code": "123456", "born_on": "1988-04-09", "proof": "x"}


async def secrets_of(cast):
    """A fresh secret for each purpose, of a client and of an administrator."""
    made = []
    for name in ("client", "owner"):
        login, session = cast.logins[name], await cast.session(name)
        for purpose in tickets.LASTS:
            made.append((purpose, await cast.inside(lambda login=login, what=purpose: tickets.issue(login, what))))
        made.append(("arrival", await cast.inside(lambda session=session: arriving.ticket_for(session))))
        made.append(("unsubscribe", unsubscribe_token(cast.practice_id, login)))
    return made


async def test_a_secret_opens_only_the_door_it_was_made_for(cast, browse):
    for purpose, secret in await secrets_of(cast):
        for path, own in LINKS.items():
            if purpose not in own:
                limits.forget_all()
                browser = await browse(cast)
                answer = await browser.send(path.format(quote(secret, safe="")), EVERYTHING)
                assert answer.status_code >= 400 and browser.cookie is None, (purpose, path, answer.status_code)
                assert (await browser.json("/session")).status_code == 401


async def test_a_wrong_door_does_not_use_a_secret_up(cast, browse):
    for purpose, secret in await secrets_of(cast):
        if purpose in tickets.LASTS:
            for path in LINKS:
                if purpose not in LINKS[path]:
                    limits.forget_all()
                    await (await browse(cast)).send(path.format(secret), EVERYTHING)
            found = await cast.inside(lambda secret=secret: tickets.look_at(secret))
            assert found is not None and found.fresh, purpose


async def test_only_an_arrival_arrives_and_only_once(cast, browse):
    for purpose, secret in await secrets_of(cast):
        browser = await browse(cast)
        answer = await browser.get(f"/arrive/{quote(secret, safe='')}?next=/home")
        came = "session" in answer.headers.get("Set-Cookie", "")
        assert came == (purpose == "arrival"), purpose
        again = await browser.get(f"/arrive/{quote(secret, safe='')}?next=/home")
        assert "session" not in again.headers.get("Set-Cookie", ""), purpose


async def test_a_secret_of_another_practice_opens_nothing_here(cast, neighbours, browse):
    for _, secret in await secrets_of(neighbours):
        for path in (*LINKS, "/unsubscribe/{}"):
            limits.forget_all()
            browser = await browse(cast)
            answer = await browser.send(path.format(quote(secret, safe="")), EVERYTHING)
            assert answer.status_code >= 400 and browser.cookie is None, path


AWAY = ("//evil.test", "https://evil.test/", "/\\evil.test", "/%09/evil.test", "\\\\evil.test", "javascript:alert(1)")


@pytest.mark.parametrize("name", [None, "client", "owner"])
async def test_no_door_leads_away_from_the_practice(cast, browse, name):
    browser = await browse(cast, name) if name else await browse(cast)
    for door in DOORS:
        if door.method == "GET" and door.practice and not door.bare and not door.streams:
            path = door.path if "<" not in door.path else door.path.split("<")[0] + "x"
            takes_it = door.path in ("/", "/sign-in") or door.path.startswith(("/arrive", "/sign-in/link"))
            for there in AWAY if takes_it else AWAY[:1]:
                answer = await browser.get(f"{path}?next={quote(there, safe='')}")
                seen = answer.headers.get("Location", "/")
                assert seen[0] == "/" and seen[1:2] not in ("/", "\\") and "\t" not in seen, (door.path, there, seen)


@pytest.mark.parametrize("word", ["owner", "client", "parent"])
async def test_ids_of_another_practice_are_not_there_at_any_door(cast, neighbours, browse, word):
    """In the address, and in the body where the address is one's own; and nothing of theirs changes."""
    theirs = Walk(neighbours, browse)
    await theirs.things_made()
    here = Walk(cast, browse)
    await here.things_made()
    await here.add(word, word, "teen" if word != "client" else "client")
    person = here.people[word]
    foreign = replace(person, ids={**theirs.things, **ids_about(neighbours, "teen")}, acting=person.acting)
    with undone():
        for door in DOORS:
            if door.practice and not door.bare and "<uuid:" in door.path.replace("<uuid:for_client>", ""):
                told = await answered(foreign, door)
                assert told in ("401", "403", "404", "409") or _harmless(door), (door.method, door.path, told)


@pytest.mark.parametrize("word", ["owner", "practitioner", "client"])
async def test_ids_of_another_practice_are_not_there_over_the_line(cast, neighbours, browse, word):
    theirs, here = Walk(neighbours, browse), Walk(cast, browse)
    await theirs.things_made()
    await here.add(word, word, "client")
    foreign = replace(here.people[word], ids={**theirs.things, **ids_about(neighbours, "client")})
    with undone():
        for name, ask in ASKS.items():
            if not name.startswith("test.") and name not in NAMELESS:
                assert await here.heard(foreign, name, ask.payload) in ("403", "404"), name


def _harmless(door) -> bool:
    """Doors whose id says which of one's own is meant; another's is none, and nothing follows."""
    return door.path.endswith(("/leave", "/name", "/birth-date")) or door.path.startswith("/sessions/")


async def test_ids_of_another_practice_in_a_body_are_not_there(cast, neighbours, browse):
    maya, owner = await browse(cast, "practitioner"), await browse(cast, "owner")
    client, teen = await browse(cast, "client"), cast.clients["teen"]
    them = {**{f"client {k}": str(v) for k, v in neighbours.clients.items()}, "staff": str(neighbours.staff["biller"])}
    for one in (*them.values(), str(neighbours.practice_id), str(uuid4())):
        for browser, path, body in (
            (maya, "/staff/conversations", {"people": [one]}),
            (maya, "/staff/conversations", {"people": [str(teen)], "client": one}),
            (client, "/conversations", {"people": [one]}),
            (maya, f"/staff/clients/{teen}/assignments", {"staff": one}),
            (maya, f"/staff/clients/{teen}/contacts", {"kind": "parent", "person": one}),
            (maya, f"/staff/clients/{teen}/details/emergency", {"contact": one}),
            (owner, f"/staff/clients/{teen}/view-as", {"access": one, "reason": "They asked for help"}),
            (owner, f"/staff/settings/team/{cast.staff['supervisor']}",
             {"name": "Imani", "voice": "c", "roles": ["supervisor"], "supervisees": [one]}),
            (owner, "/staff/away", {"staff": one, "first": "2030-01-01", "last": "2030-01-02", "text": "Away"}),
            (owner, "/staff/clients/new", {"first_name": "Ada", "last_name": "New", "practitioner": one}),
        ):
            answer = await browser.send(path, body)
            assert answer.status_code in (403, 404, 409, 422), (path, body, answer.status_code)


async def test_a_portal_person_finds_no_door_of_the_desk_under_their_client(cast, browse):
    browser = await browse(cast, "client")
    root = f"/for/{cast.clients['client']}"
    assert (await browser.json(f"{root}/home")).status_code == 200, "must be theirs for this to mean anything"
    for door in DOORS:
        if door.path.startswith("/staff"):
            path = root + door.path.replace("<uuid:", "<").replace("<", "").replace(">", "")
            answer = await (browser.json(path) if door.method == "GET" else browser.send(path))
            assert answer.status_code == 404, (door.method, path, answer.status_code)


@pytest.mark.parametrize(
    ("cell", "marked"),
    [
        ("=1+1", True), ("=2+5+cmd|' /C calc'!A0", True), ("+1+cmd|' /C calc'!A0", True), ("-2+3+cmd|' /C'!A0", True),
        ("@SUM(1)", True), ("\t=1", True), ("=HYPERLINK(1)", True), ("+", True), ("-x", True),
        ("+1 (207) 555-0132", False), ("-5", False), ("Ana", False), ("", False), ("2026-01-01", False),
    ],
)
def test_a_cell_that_is_a_formula_is_marked_as_text_and_a_number_is_not(cell, marked):
    assert harmless(cell) == (f"'{cell}" if marked else cell)


async def test_no_formula_leaves_with_the_clients(cast, browse):
    evil = "=2+5+cmd|' /C calc'!A0"
    await cast.inside(lambda: execute("UPDATE client SET first_name = $1, preferred_name = '@x', name = $1", evil))
    owner = await browse(cast, "owner")
    for path in ("/staff/clients/export.csv", "/staff/settings/audit/export"):
        text = (await (await owner.get(path)).get_data()).decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t")], path


@pytest.mark.parametrize("name", ["Harbor\r\nBcc: eve@evil.test", "Harbor\nX-Evil: 1", 'Har"bor <eve@evil.test>'])
async def test_a_practices_name_is_no_line_of_a_mails_head(cast, browse, name):
    answer = await (await browse(cast, "owner")).send("/staff/settings/practice", {"name": name})
    kept = await cast.inside(lambda: PracticeProfile.get(practice_id=cast.practice_id))
    assert answer.status_code in (200, 422) and not {"\r", "\n"} & set(kept.name)


async def test_view_as_posts_nothing_anywhere(cast, browse):
    owner = await browse(cast, "owner")
    access = cast.accesses["client", "client"]
    began = await owner.send(f"/staff/clients/{cast.clients['client']}/view-as",
                             {"access": str(access), "reason": "They asked for help with it"})
    assert began.status_code == 200
    seen = 0
    for door in DOORS:
        for path in door.paths:
            if door.method == "POST" and "<uuid:as_access>" in path:
                where = path.replace("<uuid:as_access>", str(access))
                where = address(replace(door, path=where), Person(owner, cast))
                answer = await owner.send(where)
                assert answer.status_code in (403, 404), (path, answer.status_code)
                seen += 1
    assert seen > 20, "the doors of a view must be walked for this to mean anything"


async def at_once(browsers, path, body=None):
    """The same asked by all of them in one moment; gives the answers."""
    ask = (browser.send(path, body or {}) if body is not None else browser.get(path) for browser in browsers)
    return await asyncio.gather(*ask)


async def test_of_two_who_arrive_by_one_ticket_at_once_one_is_signed_in(cast, browse):
    session = await cast.session("client")
    ticket = await cast.inside(lambda: arriving.ticket_for(session))
    answers = await at_once([await browse(cast) for _ in range(4)], f"/arrive/{ticket}?next=/home")
    assert ["session" in one.headers.get("Set-Cookie", "") for one in answers].count(True) == 1


async def test_of_two_who_join_by_one_invitation_at_once_one_is_in(cast, browse):
    owner = await browse(cast, "owner")
    invited = await owner.send("/staff/settings/team/invite",
                               {"name": "Ida Lund", "email": f"ida@{cast.subdomain}.test", "roles": ["biller"]})
    assert invited.status_code == 200
    login = await cast.inside(lambda: Login.get(email=f"ida@{cast.subdomain}.test"))
    secret = await cast.inside(lambda: tickets.issue(login.id, tickets.STAFF_INVITATION))
    browsers = [await browse(cast) for _ in range(3)]
    answers = await at_once(browsers, f"/join/{secret}", {"name": "Ida Lund", "password": PASSWORD})
    assert [one.status_code for one in answers].count(200) == 1, [one.status_code for one in answers]
    assert [browser.cookie is not None for browser in browsers].count(True) == 1
    again = await (await browse(cast)).send(f"/join/{secret}", {"name": "Eve", "password": PASSWORD})
    assert again.status_code >= 400, "what was used is used"


@pytest.mark.parametrize(
    ("path", "body", "found"),
    [
        ("/staff/emergency", {"name": "Leo Marsh", "born_on": "2011-03-02", "reason": "A crisis line"}, "emergency"),
        ("/staff/clients/{0}/tags", {"name": "evening"}, "event WHERE type = 'client.tagged'"),
        ("/staff/clients/{0}/discharge", {"reason": "Done"}, "event WHERE type = 'client.status_changed'"),
        ("/staff/clients/{0}/status", {"status": "prospect"}, "event WHERE type = 'client.status_changed'"),
        ("/staff/clients/{0}/portal/{0}/revoke", {}, "event WHERE type = 'access.revoked'"),
        ("/staff/settings/portal/off", {}, "event WHERE type = 'portal.closed'"),
    ],
)
async def test_the_same_asked_in_four_windows_at_once_happens_once(cast, browse, path, body, found):
    await cast.inside(lambda: execute("DELETE FROM supervision"))
    await cast.inside(lambda: execute("DELETE FROM assignment"))
    browsers = [await browse(cast, "supervisor" if found == "emergency" else "owner") for _ in range(4)]
    answers = await at_once(browsers, path.format(cast.clients["teen"]), body)
    assert all(one.status_code in (200, 409) for one in answers), [one.status_code for one in answers]
    assert len(await cast.inside(lambda: fetch_all(f"SELECT 1 FROM {found}"))) == 1
