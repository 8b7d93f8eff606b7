"""Sessions: who a token is, the own list, ending one or all, and that a lock shuts every door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.accounts.sessions import (
    SessionOver,
    actor_for,
    actor_of_session,
    end_session,
    lock,
    own_sessions,
    sessions_still_hold,
    sign_out,
    touch,
    unlock,
)
from models.core.actor import Role
from models.core.clock import now
from models.core.errors import Forbidden, Invalid, Locked, Missing, SignedOut, TooMany
from models.core.ids import new_id
from realtime.door import ASKS
from server.door import DOORS
from server.worlds import PASSWORD


async def test_an_actor_of_the_desk_has_its_roles_and_no_access(cast):
    actor = await cast.actor("owner")
    assert (actor.staff_id, actor.name) == (cast.staff["owner"], "Jonas Lindqvist")
    assert actor.roles == {Role.ADMINISTRATOR, Role.PRACTITIONER} and actor.administrator and not actor.accesses


async def test_an_actor_of_the_portal_has_every_accepted_access(cast):
    actor = await cast.actor("parent")
    assert actor.name == "Karen Marsh" and actor.staff_id is None and not actor.roles
    assert [(one.client_name, one.relation) for one in actor.accesses] == [
        ("Leo Marsh", "mother"),
        ("Nora Marsh", "mother"),
    ]
    assert actor.accesses[0].permissions == {"appointments", "information", "documentation"}
    own = (await cast.actor("teen")).accesses[0]
    assert (own.client_id, own.contact_id, own.relation, own.messaging) == (cast.clients["teen"], None, "self", True)


async def test_an_access_that_is_revoked_or_not_accepted_is_not_there(cast, people):
    parent = await cast.actor("parent")
    assert len(parent.accesses) == 2
    await people.run("UPDATE portal_access SET revoked_at = $2 WHERE id = $1", parent.accesses[0].access_id, now())
    read = lambda: actor_of_session(cast.practice_id, parent.session_id)  # noqa: E731
    assert [one.client_name for one in (await cast.inside(read)).accesses] == ["Nora Marsh"]
    await people.run("UPDATE portal_access SET accepted_at = NULL WHERE id = $1", parent.accesses[1].access_id)
    with pytest.raises(SignedOut):
        await cast.inside(read)


async def test_messaging_that_was_switched_off_shows_on_the_access(cast, people):
    teen = await cast.actor("teen")
    await people.run("UPDATE portal_access SET features_off = '{messaging}' WHERE id = $1", teen.accesses[0].access_id)
    again = await cast.inside(lambda: actor_of_session(cast.practice_id, teen.session_id))
    assert not again.accesses[0].messaging


async def test_a_token_becomes_an_actor_in_one_statement(cast, statements):
    session = await cast.session("parent")
    statements.clear()
    await cast.inside(lambda: actor_for(cast.practice_id, cast.tokens[session]))
    assert len(statements) == 2 and statements[0].startswith("SELECT set_config")


@pytest.mark.parametrize("token", [None, "", "x", "x" * 5000, "päckchen"])
async def test_what_is_no_token_is_signed_out(cast, token):
    with pytest.raises(SignedOut):
        await cast.inside(lambda: actor_for(cast.practice_id, token))


async def test_a_cookie_of_one_practice_is_signed_out_on_anothers_host(browse, cast, neighbours):
    here, there = await browse(cast, "client"), await browse(neighbours, "client")
    assert (await here.json("/me")).status_code == 200
    there.cookie = here.cookie
    assert (await there.json("/me")).status_code == 401


async def test_a_session_knows_itself_also_by_its_id_but_not_in_another_practice(cast, neighbours):
    session = await cast.session("client")
    assert (await cast.inside(lambda: actor_of_session(cast.practice_id, session))).login_id == cast.logins["client"]
    with pytest.raises(SignedOut):
        await neighbours.inside(lambda: actor_of_session(neighbours.practice_id, session))


async def test_signing_out_ends_the_session_and_cuts_its_sockets(browse, cast, people):
    browser = await browse(cast, "client")
    old, session = browser.cookie, browser.session_id
    assert (await browser.send("/sign-out")).status_code == 200 and browser.cookie is None
    browser.cookie = old
    assert (await browser.json("/me")).status_code == 401
    (event,) = await people.events("session.ended")
    assert (event["subject_id"], event["rights"], event["data"]) == (
        session,
        [cast.logins["client"]],
        {"reason": "signed-out"},
    )
    assert await sessions_still_hold([session]) == set()


async def test_a_page_whose_session_is_over_can_still_sign_out(browse, cast):
    browser = await browse(cast)
    answer = await browser.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


async def test_the_list_names_every_device_this_one_first(browse, cast, people):
    here, there = await browse(cast, "client"), await browse(cast)
    phone = "Mozilla/5.0 (iPhone) Version/17 Safari/604"
    entered = await (await there.send("/sign-in", people.pair("client"), User_Agent=phone)).get_json()
    await browse(cast, "teen")
    await people.left_alone(UUID(entered["session"]), minutes=7)
    shown = (await (await here.json("/sessions")).get_json())["sessions"]
    assert [one["current"] for one in shown] == [True, False]
    assert (shown[1]["device"], shown[1]["kind"]) == ("Safari on iPhone", "smartphone")
    seen = now() - datetime.fromisoformat(shown[1]["seen_at"])
    assert timedelta(minutes=7) <= seen < timedelta(minutes=8)
    page = await (await here.get("/sessions")).get_data(as_text=True)
    assert "Safari on iPhone" in page and page.count("Last seen") == 1


async def test_one_ends_ones_own_session_elsewhere_and_nobody_elses(browse, cast, people):
    here, there, teen = await browse(cast, "client"), await browse(cast, "client"), await browse(cast, "teen")
    for stranger in (teen.session_id, new_id()):
        assert (await here.send(f"/sessions/{stranger}/end")).status_code == 404
    assert (await there.json("/me")).status_code == 200
    assert (await here.send(f"/sessions/{there.session_id}/end")).status_code == 200
    assert (await there.json("/me")).status_code == 401
    assert (await here.json("/me")).status_code == (await teen.json("/me")).status_code == 200
    assert (await here.send(f"/sessions/{there.session_id}/end")).status_code == 404


async def test_ending_all_others_leaves_this_one(browse, cast):
    browsers = [await browse(cast, "practitioner") for _ in range(3)]
    assert (await (await browsers[0].send("/staff/sessions/end-others")).get_json())["ended"] == 2
    assert [(await one.json("/staff/me")).status_code for one in browsers] == [200, 401, 401]


async def test_a_session_of_another_practice_cannot_be_ended(cast, neighbours):
    mine, theirs = await cast.actor("client"), await neighbours.actor("client")
    with pytest.raises(Missing):
        await cast.inside(lambda: end_session(mine, theirs.session_id))
    assert await sessions_still_hold([theirs.session_id]) == {theirs.session_id}


async def test_one_query_tells_which_sessions_of_all_practices_still_hold(cast, neighbours):
    actors = [await cast.actor("client"), await neighbours.actor("owner"), await cast.actor("teen")]
    ids = [actor.session_id for actor in actors]
    assert await sessions_still_hold(ids) == set(ids)
    await cast.inside(lambda: sign_out(actors[0]))
    assert await sessions_still_hold([*ids, new_id()]) == set(ids[1:])
    assert await sessions_still_hold([]) == set()


# -- the lock ----------------------------------------------------------------------------------------------------------

OPEN_WHILE_LOCKED = {
    ("POST", "/staff/unlock"), ("POST", "/staff/unlock/passkey"), ("POST", "/staff/unlock/passkey/options"),
    ("POST", "/sign-out"),
}


def _asked(path: str) -> str:
    made = path
    for kind in ("uuid", "int"):
        while f"<{kind}:" in made:
            start = made.index(f"<{kind}:")
            made = made[:start] + (str(new_id()) if kind == "uuid" else "1") + made[made.index(">", start) + 1 :]
    while "<" in made:
        made = made[: made.index("<")] + "x" + made[made.index(">") + 1 :]
    return made


async def test_a_locked_desk_answers_423_at_every_door_but_unlock_and_sign_out(browse, cast):
    browser = await browse(cast, "owner")
    assert (await browser.json("/staff/me")).status_code == 200
    await browser.send("/staff/lock")
    here = [door for door in DOORS if door.practice and not door.bare and not door.while_locked]
    doors = [(door.method, path) for door in here for path in door.paths]
    assert len(doors) > 20
    for method, path in doors:
        answer = await (browser.json if method == "GET" else browser.send)(_asked(path))
        assert answer.status_code == 423, path
        assert (await answer.get_json())["code"] == "locked"


def test_no_ask_is_answered_while_locked(wired):
    assert {"message.send", "session.activity"} <= ASKS.keys()
    assert [name for name, one in ASKS.items() if one.while_locked] == []


def test_what_is_open_while_locked_is_said_door_by_door(wired):
    shown = {(door.method, door.path) for door in DOORS if door.while_locked}
    assert shown - {("GET", "/brand.css"), ("GET", "/logo/<stamp>")} == OPEN_WHILE_LOCKED


async def test_the_password_unlocks_and_nothing_else_does(browse, cast, people):
    browser = await browse(cast, "practitioner")
    await browser.send("/staff/lock")
    wrong = await browser.send("/staff/unlock", {"password": "something else"})
    assert wrong.status_code == 422 and (await wrong.get_json())["errors"]["password"]
    assert (await browser.json("/staff/me")).status_code == 423
    assert (await browser.send("/staff/unlock", {"password": PASSWORD})).status_code == 200
    assert (await browser.json("/staff/me")).status_code == 200
    kinds = [(one["type"], one["rights"]) for one in await people.events()]
    assert kinds == [
        ("session.locked", [cast.logins["practitioner"]]),
        ("session.unlocked", [cast.logins["practitioner"]]),
    ]


async def test_a_locked_desk_may_sign_out(browse, cast):
    browser = await browse(cast, "practitioner")
    await browser.send("/staff/lock")
    assert (await browser.send("/sign-out")).status_code == 200


async def test_a_locked_page_shows_the_way_back_and_nothing_else(browse, cast):
    browser = await browse(cast, "practitioner")
    open_page = await (await browser.get("/staff/sessions")).get_data(as_text=True)
    await browser.send("/staff/lock")
    answer = await browser.get("/staff/sessions")
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 423 and "/staff/unlock" in page and "Maya Okafor" in page
    for words in ("An unknown device", "portico-login", "portico-cursor", "/staff/messages"):
        assert words in open_page and words not in page


async def test_a_wrong_password_at_the_lock_shows_whose_it_is_and_asks_again(browse, cast):
    browser = await browse(cast, "practitioner")
    await browser.send("/staff/lock")
    wrong = await browser.post("/staff/unlock", {"password": "something else"})
    page = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "This is not your password" in page and "Maya Okafor" in page
    assert "portico-login" not in page and "/staff/messages" not in page


async def test_locking_one_desk_leaves_the_same_persons_other_desk_open(browse, cast):
    here, there = await browse(cast, "practitioner"), await browse(cast, "practitioner")
    await here.send("/staff/lock")
    assert (await here.json("/staff/me")).status_code == 423
    assert (await there.json("/staff/me")).status_code == 200


async def test_a_portal_does_not_lock(cast, browse):
    client = await cast.actor("client")
    with pytest.raises(Forbidden):
        await cast.inside(lambda: lock(client))
    assert (await (await browse(cast, "client")).send("/staff/lock")).status_code == 403


async def test_activity_that_crosses_with_a_lock_does_not_open_it(cast, people):
    actor = await cast.actor("practitioner")
    await people.left_alone(actor.session_id, minutes=5)
    await cast.inside(lambda: lock(actor))
    await cast.inside(lambda: touch(actor))
    with pytest.raises(Locked):
        await cast.inside(lambda: actor_of_session(cast.practice_id, actor.session_id))


async def test_an_ended_session_is_not_unlocked_to_life(cast):
    actor = await cast.actor("practitioner")
    await cast.inside(lambda: lock(actor))
    await cast.inside(lambda: sign_out(actor))
    await cast.inside(lambda: unlock(actor, PASSWORD))
    with pytest.raises(SessionOver):
        await cast.inside(lambda: actor_of_session(cast.practice_id, actor.session_id, while_locked=True))


async def test_guessing_at_a_locked_desk_is_stopped(cast):
    actor = await cast.actor("practitioner")
    for _ in range(10):
        with pytest.raises(Invalid):
            await cast.inside(lambda: unlock(actor, "guess after guess"))
    with pytest.raises(TooMany):
        await cast.inside(lambda: unlock(actor, PASSWORD))


async def test_own_sessions_leave_out_those_that_time_has_ended(cast, people):
    here, idle = await cast.actor("client"), await cast.session("client")
    seen: Any = lambda: own_sessions(here)  # noqa: E731
    assert {one.id for one in await cast.inside(seen)} == {here.session_id, idle}
    await people.left_alone(idle, minutes=31)
    assert [one.id for one in await cast.inside(seen)] == [here.session_id]
