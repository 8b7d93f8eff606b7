"""One person's logins in two practices: joined by signing in to both, switched between by a ticket; and what a hostile
practice cannot do with it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.accounts import inviting, linking, passage, tickets
from models.core.database import execute, fetch_all
from models.core.scope import run_scope
from server.jobs import JOBS
from server.worlds import PASSWORD
from tests.support.authenticator import added, shown
from tests.support.cast import new_cast
from tests.support.factors import app_of, pressed, started

PRACTICES = "/staff/practices"
NEW = "four words in a row"


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


async def told(answer: Any) -> Any:
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    return await answer.get_json()


class Journey:
    """Jonas owns a practice here and practises in another one; a browser of his for each host."""

    def __init__(self, here: Any, there: Any, subdomain: str) -> None:
        self.here, self.there, self.subdomain = here, there, subdomain

    async def ask(self) -> str:
        """The way to the other practice, as the first one gives it."""
        return path_of((await told(await self.here.send(f"{PRACTICES}/connect", {"address": self.subdomain})))["see"])

    async def connect(self) -> UUID:
        back = path_of((await told(await self.there.send(await self.ask())))["see"])
        await told(await self.here.send(back))
        (link,) = (await told(await self.here.json(PRACTICES)))["practices"]
        return UUID(link["id"])

    async def leave(self, link: UUID, *, back: bool = False) -> str:
        """The way that a switch leads."""
        start = self.there if back else self.here
        return path_of((await told(await start.send(f"{PRACTICES}/{link}/switch")))["see"])


@pytest.fixture
async def journey(browse: Any, cast: Any, neighbours: Any) -> Journey:
    return Journey(await browse(cast, "owner"), await browse(neighbours, "practitioner"), neighbours.subdomain)


async def rows_of(practice: Any) -> list[Any]:
    return [dict(row) for row in await practice.inside(lambda: fetch_all("SELECT * FROM login_link"))]


async def test_two_logins_are_joined_by_signing_in_to_both_and_then_switched_between(browse, cast, neighbours, journey):
    link = await journey.connect()
    for practice, start, back, who in ((neighbours, journey, False, "practitioner"), (cast, journey, True, "owner")):
        arriving = await browse(practice)
        way = await start.leave(link, back=back)
        assert (await arriving.get(way)).status_code == 200
        session = await told(await arriving.send(way))
        assert (session["login"], session["side"]) == (str(practice.logins[who]), "desk")
        assert (await arriving.json("/staff/me")).status_code == 200


async def test_each_practice_keeps_ids_of_its_own_and_nothing_of_the_other(cast, neighbours, journey):
    await journey.connect()
    ((here,), (there,)) = await rows_of(cast), await rows_of(neighbours)
    assert here["id"] == there["id"] and here["login_id"] == cast.logins["owner"]
    assert here["other_practice_id"] == neighbours.practice_id and there["other_practice_id"] == cast.practice_id
    assert set(here) == {"practice_id", "id", "login_id", "other_practice_id", "begun_at", "proved_at", "ended_at"}
    assert neighbours.logins["practitioner"] not in here.values() and cast.logins["owner"] not in there.values()


async def test_the_menu_offers_the_switch(journey):
    page = await (await journey.here.get("/staff/today")).get_data(as_text=True)
    assert "Connect another practice" in page and "Switch to" not in page
    link = await journey.connect()
    page = await (await journey.here.get("/staff/today")).get_data(as_text=True)
    assert "Switch to Harbor Counseling" in page and f"{PRACTICES}/{link}/switch" in page
    assert "Your practices" in page


@pytest.mark.parametrize("spelling", ["{}", "{}.localhost", "http://{}.localhost:8000/staff/today", " {} "])
async def test_the_address_may_be_typed_as_it_is_known(journey, spelling):
    answer = await journey.here.send(f"{PRACTICES}/connect", {"address": spelling.format(journey.subdomain.upper())})
    assert f"//{journey.subdomain}." in (await told(answer))["see"]


async def test_an_address_of_nobody_and_ones_own_are_refused(cast, journey):
    for address in ("no-such-practice", "https://example.com/", cast.subdomain, "..", "a b"):
        refused = await journey.here.send(f"{PRACTICES}/connect", {"address": address})
        assert refused.status_code == 422 and "address" in (await refused.get_json())["errors"], address


async def test_a_second_link_to_the_same_practice_is_refused(journey):
    await journey.connect()
    refused = await journey.here.send(f"{PRACTICES}/connect", {"address": journey.subdomain})
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "connected"


async def test_two_windows_that_confirm_at_the_same_moment_make_one_link(neighbours, journey):
    ways = [await journey.ask(), await journey.ask()]
    answers = await asyncio.gather(*(journey.there.send(way) for way in ways))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert len(await rows_of(neighbours)) == 1


async def test_looking_at_the_way_uses_nothing_up_and_going_it_does(browse, neighbours, journey):
    link = await journey.connect()
    way = await journey.leave(link)
    arriving = await browse(neighbours)
    for _ in range(2):
        assert (await arriving.get(way)).status_code == 200
    assert (await arriving.send(way)).status_code == 200
    again = await (await browse(neighbours)).send(way)
    assert again.status_code == 409 and (await again.get_json())["code"] == "ticket-expired"


async def test_a_ticket_holds_for_thirty_seconds(browse, neighbours, journey, later):
    link = await journey.connect()
    way, other = await journey.leave(link), await journey.leave(link)
    later(seconds=25)
    assert (await (await browse(neighbours)).send(way)).status_code == 200
    later(seconds=10)
    assert (await (await browse(neighbours)).send(other)).status_code == 409
    assert (await (await browse(neighbours)).get(other)).status_code == 410


@pytest.mark.parametrize("side", ["here", "there"])
async def test_unlinking_on_either_side_ends_both_ways_at_once(browse, cast, neighbours, journey, side):
    link = await journey.connect()
    ways = {"there": await journey.leave(link), "here": await journey.leave(link, back=True)}
    await told(await getattr(journey, side).send(f"{PRACTICES}/{link}/disconnect"))
    home, away = (cast, neighbours) if side == "here" else (neighbours, cast)
    assert (await getattr(journey, side).send(f"{PRACTICES}/{link}/switch")).status_code == 404
    assert (await (await browse(home)).send(ways[side])).status_code == 409, "the way back is closed before the job ran"
    await _the_worker_comes_for(link, away.practice_id)
    other = journey.there if side == "here" else journey.here
    assert (await told(await other.json(PRACTICES)))["practices"] == []


async def _the_worker_comes_for(link: UUID, practice_id: UUID) -> None:
    """For the one job about this link, which is the other practice's."""
    rows = await fetch_all("SELECT payload FROM pgqueuer WHERE entrypoint = $1", linking.END)
    (job,) = [given for row in rows if (given := json.loads(row["payload"]))["link"] == str(link)]
    assert job["practice"] == str(practice_id)
    await JOBS[linking.END](practice_id, {"link": link})


async def test_who_was_deactivated_there_arrives_nowhere(browse, cast, neighbours, journey):
    link = await journey.connect()
    owner = await browse(neighbours, "owner")
    form = {"kinds": [f"clients:{neighbours.staff['supervisor']}"]}
    leaving = f"/staff/settings/team/{neighbours.staff['practitioner']}/deactivate"
    way = await journey.leave(link)
    assert (await owner.send(leaving, form)).status_code == 200
    refused = await (await browse(neighbours)).send(way)
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "not-connected"
    await _the_worker_comes_for(link, cast.practice_id)
    assert (await told(await journey.here.json(PRACTICES)))["practices"] == [], "nothing is left that leads nowhere"


async def test_portal_people_connect_nothing(browse, cast):
    client = await browse(cast, "client")
    assert (await client.get(PRACTICES)).status_code == 403
    assert (await client.send(f"{PRACTICES}/connect", {"address": "lakeside"})).status_code == 403


# -- a hostile practice ------------------------------------------------------------------------------------------------


@pytest.fixture
async def namesake(browse: Any, cast: Any, neighbours: Any) -> Any:
    """The hostile practice invites the address of somebody at the first one and makes a member of it."""
    email = f"owner@{cast.subdomain}.test"
    hostile = await browse(neighbours, "owner")
    form = {"email": email, "name": "Jonas Lindqvist", "roles": ["administrator"]}
    await told(await hostile.send("/staff/settings/team/invite", form))
    found = await neighbours.inside(lambda: fetch_all("SELECT id FROM login WHERE email = $1", email))
    token, _ = await neighbours.inside(lambda: inviting.issue_link(found[0]["id"]))
    browser = await browse(neighbours)
    await told(await browser.send(f"/join/{token}", {"name": "Not Jonas", "password": NEW}))
    return browser


async def test_the_same_address_elsewhere_sets_resets_and_learns_nothing(browse, cast, namesake, sign_in):
    assert (await namesake.json("/staff/me")).status_code == 200, "the hostile practice has such a member"
    assert (await sign_in("owner", NEW)).status_code == 422
    assert (await sign_in("owner")).status_code == 200
    assert (await told(await namesake.json(PRACTICES)))["practices"] == []
    team = await (await namesake.get("/staff/settings/team")).get_data(as_text=True)
    assert str(cast.logins["owner"]) not in team
    at_home = await browse(cast)
    at_home.cookie, at_home.cookie_name = namesake.cookie, namesake.cookie_name
    assert (await at_home.json("/staff/me")).status_code == 401


async def test_a_link_needs_the_persons_own_sign_in_on_both_sides(browse, cast, namesake, neighbours):
    """The namesake begins a link; without somebody signed in at the other practice nothing comes of it."""
    way = path_of((await told(await namesake.send(f"{PRACTICES}/connect", {"address": cast.subdomain})))["see"])
    assert (await (await browse(cast)).send(way)).status_code == 401
    assert (await (await browse(cast, "client")).send(way)).status_code == 403
    assert await rows_of(cast) == []
    begun = [row for row in await rows_of(neighbours) if row["proved_at"] is None]
    assert len(begun) == 1
    assert (await namesake.send(f"{PRACTICES}/{begun[0]['id']}/switch")).status_code == 404


async def test_who_is_tricked_into_confirming_is_not_walked_in_on(browse, cast, namesake, neighbours):
    """Jonas is sent the namesake's link and confirms it; only the namesake's own browser could finish, and it never
    sees the ticket that leads back. Jonas's browser, which does, is not the namesake's."""
    way = path_of((await told(await namesake.send(f"{PRACTICES}/connect", {"address": cast.subdomain})))["see"])
    jonas = await browse(cast, "owner")
    back = path_of((await told(await jonas.send(way)))["see"])
    (link,) = await rows_of(cast)
    assert (await namesake.send(f"{PRACTICES}/{link['id']}/switch")).status_code == 404
    assert (await (await browse(neighbours)).send(back)).status_code == 401
    refused = await (await browse(neighbours, "practitioner")).send(back)
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "not-begun-here"
    assert (await namesake.send(f"{PRACTICES}/{link['id']}/switch")).status_code == 404


async def test_tickets_cannot_be_forged_replayed_or_used_elsewhere(browse, cast, neighbours, journey):
    link = await journey.connect()
    way = await journey.leave(link)
    ticket = way.rpartition("/")[2]
    written, _, signature = ticket.partition(".")
    third = await new_cast()
    forged = [f"{written}.{signature[:-4]}AAAA", f"{written}.", f".{signature}", "x", f"{signature}.{written}", "é.é",
              passage._text(passage._bytes(written).replace(b"switch", b"connect")) + f".{signature}"]
    visitor = await browse(neighbours)
    for one in forged:
        assert (await visitor.send(f"/switch/{one}")).status_code == 409, one
    assert (await (await browse(third)).send(way)).status_code == 409
    assert (await (await browse(cast)).send(way)).status_code == 409, "it leads to the other practice"
    for kind in ("connect", "connected"):
        assert (await (await browse(neighbours, "owner")).send(f"{PRACTICES}/{kind}/{ticket}")).status_code == 409
    assert (await visitor.send(way)).status_code == 200
    for spelled in (way, f"{way}=", way.replace(".", "!.")):
        assert (await (await browse(neighbours)).send(spelled)).status_code == 409, "spelled otherwise it is the same"


async def test_a_link_of_somebody_else_is_missing(browse, cast, neighbours, journey):
    link = await journey.connect()
    for practice, name in ((cast, "biller"), (neighbours, "owner")):
        other = await browse(practice, name)
        for verb in ("switch", "disconnect"):
            assert (await other.send(f"{PRACTICES}/{link}/{verb}")).status_code == 404
            assert (await other.send(f"{PRACTICES}/{uuid4()}/{verb}")).status_code == 404


async def test_a_password_set_through_the_mailbox_ends_the_links_of_that_login(browse, cast, neighbours, journey):
    """Whoever rules the mailboxes of the hostile practice becomes its member, and does not walk on from there."""
    link = await journey.connect()
    token = await neighbours.inside(lambda: tickets.issue(neighbours.logins["practitioner"], tickets.PASSWORD))
    taken = await browse(neighbours)
    assert (await taken.send(f"/reset/{token}", {"password": NEW})).status_code == 200
    assert (await told(await taken.json(PRACTICES)))["practices"] == []
    assert (await taken.send(f"{PRACTICES}/{link}/switch")).status_code == 404


async def test_a_session_that_began_through_a_mailbox_stays_here(neighbours, journey):
    link = await journey.connect()
    assert await journey.leave(link, back=True)
    stays = "UPDATE session SET stays = true WHERE id = $1"
    await neighbours.inside(lambda: execute(stays, journey.there.session_id))
    refused = await journey.there.send(f"{PRACTICES}/{link}/switch")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "stays-here"


async def test_a_factor_set_up_through_the_mailbox_does_not_lead_on_from_there(browse, neighbours, journey):
    """Whoever rules the mailbox signs in by a link, sets up an app and a passkey of their own, and comes back."""
    link, mailed = await journey.connect(), await browse(neighbours, "practitioner")
    await neighbours.inside(lambda: execute("UPDATE session SET stays = true WHERE id = $1", mailed.session_id))
    key, app = await added(mailed, "/staff"), await started(mailed, "/staff")
    assert (await mailed.send("/staff/security/second-factor", {"code": app.code(steps=-1)})).status_code == 200
    with_key, with_code = await browse(neighbours), await browse(neighbours)
    assert (await shown(with_key, key)).status_code == 200
    token = await neighbours.inside(lambda: tickets.issue(neighbours.logins["practitioner"], tickets.SIGN_IN))
    page = await (await with_code.post(f"/sign-in/link/{token}", {})).get_data(as_text=True)
    step = {"ticket": pressed(page, "ticket"), "code": app.code()}
    assert (await with_code.post("/sign-in", step)).status_code == 303
    for one in (with_key, with_code):
        assert (await one.json("/staff/me")).status_code == 200
        for path in (f"{PRACTICES}/{link}/switch", f"{PRACTICES}/connect"):
            refused = await one.send(path, {"address": "elsewhere"} if path.endswith("connect") else None)
            assert (await refused.get_json())["code"] == "stays-here", path


async def test_who_came_by_mail_confirms_nothing(neighbours, journey):
    way = await journey.ask()
    await neighbours.inside(lambda: execute("UPDATE session SET stays = true WHERE id = $1", journey.there.session_id))
    assert (await (await journey.there.send(way)).get_json())["code"] == "stays-here"
    await neighbours.inside(lambda: execute("UPDATE session SET stays = false WHERE id = $1", journey.there.session_id))
    assert (await journey.there.send(way)).status_code == 200, "the ticket was not used up"


async def test_a_passkey_of_ones_own_leads_on(browse, neighbours, journey):
    link, key = await journey.connect(), await added(journey.there, "/staff")
    browser = await browse(neighbours)
    assert (await shown(browser, key)).status_code == 200
    assert (await browser.send(f"{PRACTICES}/{link}/switch")).status_code == 200


async def test_a_password_changed_by_who_knows_it_keeps_them(journey):
    link = await journey.connect()
    changed = {"current": PASSWORD, "password": NEW}
    assert (await journey.here.send("/staff/password", changed)).status_code == 200
    assert await journey.leave(link)


# -- the other practice's own rules ------------------------------------------------------------------------------------


async def test_the_other_practice_asks_for_its_own_second_factor(browse, neighbours, journey):
    link, app = await journey.connect(), await app_of(neighbours, "practitioner")
    arriving = await browse(neighbours)
    asked = await arriving.post(await journey.leave(link))
    page = await asked.get_data(as_text=True)
    assert arriving.cookie is None and 'name="code"' in page, "the ticket alone opens nothing"
    answer = await arriving.post("/sign-in", {"ticket": pressed(page, "ticket"), "code": app.code()})
    assert answer.status_code == 303 and (await arriving.json("/staff/me")).status_code == 200


async def test_a_practice_that_requires_a_second_factor_lets_nobody_work_who_has_none(browse, neighbours, journey):
    link = await journey.connect()
    required = "UPDATE practice_profile SET second_factor_from = '2020-01-01' WHERE practice_id = portico_here()"
    await neighbours.inside(lambda: execute(required))
    arriving = await browse(neighbours)
    await told(await arriving.send(await journey.leave(link)))
    refused = await arriving.json("/staff/clients")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "second-factor-required"
    assert (await journey.here.json("/staff/clients")).status_code == 200, "here it is not required"


async def test_what_was_proved_to_one_practice_is_no_proof_to_the_other(browse, cast, neighbours, journey):
    """Whoever finds one desk open and unattended does not change the settings of another practice from there."""
    link = await journey.connect()
    arriving = await browse(cast)
    await told(await arriving.send(await journey.leave(link, back=True)))
    form = {"email": f"new@{cast.subdomain}.test", "name": "New", "roles": ["biller"]}
    asked = await arriving.send("/staff/settings/team/invite", form)
    assert asked.status_code == 403 and (await asked.get_json())["code"] == "step-up"
    assert (await journey.here.send("/staff/settings/team/invite", form)).status_code == 200, "signed in a moment ago"
    await told(await arriving.send("/staff/step-up", {"password": PASSWORD}))
    form["email"] = f"other@{cast.subdomain}.test"
    assert (await arriving.send("/staff/settings/team/invite", form)).status_code == 200


async def test_nobody_works_for_days_on_one_password_by_switching_to_and_fro(browse, cast, neighbours, journey):
    link = await journey.connect()
    soon = "UPDATE session SET ends_at = now() + interval '1 hour' WHERE id = $1 RETURNING ends_at"
    (row,) = await cast.inside(lambda: fetch_all(soon, journey.here.session_id))
    away, back = await browse(neighbours), await browse(cast)
    gone = await told(await away.send(await journey.leave(link)))
    way = path_of((await told(await away.send(f"{PRACTICES}/{link}/switch")))["see"])
    came = await told(await back.send(way))
    ends = "SELECT ends_at FROM session WHERE id = $1"
    for practice, session in ((neighbours, gone), (cast, came)):
        (held,) = await practice.inside(lambda session=session: fetch_all(ends, UUID(session["session"])))
        assert row["ends_at"] - timedelta(seconds=2) < held["ends_at"] <= row["ends_at"]


async def test_nobody_connects_an_unattended_desk_with_one_of_their_own(journey):
    """Neither from it nor with it: both ends ask who is there."""
    way = await journey.ask()
    long_ago = "UPDATE session SET proved_at = now() - interval '1 hour' WHERE id = $1"
    for browser, path, body in ((journey.here, f"{PRACTICES}/connect", {"address": journey.subdomain}),
                                (journey.there, way, {})):
        practice_id = await _practice_of(browser)
        await run_scope(practice_id, lambda _, browser=browser: execute(long_ago, browser.session_id))
        asked = await browser.send(path, body)
        assert asked.status_code == 403 and (await asked.get_json())["code"] == "step-up"
        await told(await browser.send("/staff/step-up", {"password": PASSWORD}))
        assert (await browser.send(path, body)).status_code == 200


async def _practice_of(browser: Any) -> UUID:
    row = await fetch_all("SELECT practice_id FROM session_key WHERE session_id = $1", browser.session_id)
    return UUID(str(row[0]["practice_id"]))


async def test_a_desk_that_is_open_there_already_stays_the_same(journey):
    link = await journey.connect()
    way = await journey.leave(link)
    assert "go-on" in await (await journey.there.get(way)).get_data(as_text=True)
    before = journey.there.cookie
    arrived = await journey.there.send(way)
    assert arrived.status_code == 200 and journey.there.cookie == before
    assert (await journey.there.json("/staff/me")).status_code == 200
    assert (await journey.there.send(way)).status_code == 409, "the ticket is used up all the same"


@pytest.mark.parametrize("name", ["owner", "client"])
async def test_nobody_is_signed_out_by_a_link_they_were_sent(browse, neighbours, journey, name):
    link = await journey.connect()
    way = await journey.leave(link)
    somebody = await browse(neighbours, name)
    page = await (await somebody.get(way)).get_data(as_text=True)
    assert "Going on signs that out." in page and "<go-on>" not in page
    assert "<go-on>" in await (await (await browse(neighbours)).get(way)).get_data(as_text=True)


async def test_a_locked_desk_there_is_unlocked_first(browse, neighbours, journey):
    link = await journey.connect()
    way = await journey.leave(link)
    assert (await journey.there.send("/staff/lock")).status_code == 200
    assert (await journey.there.send(way)).status_code == 423


async def test_the_audit_log_of_neither_practice_tells_that_somebody_works_elsewhere(browse, cast, neighbours, journey):
    link = await journey.connect()
    await told(await journey.here.send(f"{PRACTICES}/{link}/disconnect"))
    for practice in (cast, neighbours):
        owner = await browse(practice, "owner")
        log = await told(await owner.json("/staff/settings/audit"))
        table = await (await owner.get("/staff/settings/audit/export")).get_data(as_text=True)
        lines = [one for one in log["entries"] if one["name"] == "login.changed"]
        assert lines and {one["words"] for one in lines} == {"changed how they sign in"}
        for told_of in (str(log), table):
            assert "changed how they sign in" in told_of
            assert "link." not in told_of and "another practice" not in told_of


async def test_the_person_reads_it_in_their_own_security_log(browse, neighbours, journey):
    link = await journey.connect()
    arriving = await browse(neighbours)
    await told(await arriving.send(await journey.leave(link)))
    page = await (await arriving.get("/staff/security")).get_data(as_text=True)
    assert "Connected with another of your practices" in page and "Came from another of your practices" in page
