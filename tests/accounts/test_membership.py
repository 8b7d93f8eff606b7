"""Roles and switches of a member: what may be changed, what that does at once, and the last administrator."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from models.accounts import leaving, membership, team
from models.accounts.membership import make_administrator
from models.clients.access import client_for
from models.clients.assigning import assign
from models.clients.people import assigned_to
from models.core.actor import Role
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.core.scope import run_scope
from models.messaging import desk, starting
from models.messaging.seats import conversation_for
from realtime.rooms import room, rooms_of
from server import wiring

TEAM = "/staff/settings/team"


@pytest.fixture
def form_of(browse: Any, cast: Any) -> Any:
    """What the form of a member sends when nothing was touched, with what is given besides."""

    async def form(who: str, /, **changed: Any) -> dict[str, Any]:
        owner = await cast.actor("owner")
        member = await cast.inside(lambda: team.member_for(owner, cast.staff[who]))
        kept = member.standing
        return {
            "name": kept.name, "title": kept.title, "voice": member.voice, "roles": kept.role_words,
            "all_clients": kept.all_clients, "clinical": kept.clinical, "billing": kept.billing,
            "supervisors": [str(one) for one in kept.supervisors],
            "supervisees": [str(one) for one in kept.supervisees], **changed,
        }

    return form


async def test_the_list_tells_members_roles_switches_and_when_they_were_seen(browse, cast):
    staff = (await (await (await browse(cast, "owner")).json(TEAM)).get_json())["staff"]
    there = {one["name"]: one for one in staff}
    assert there["Maya Okafor"]["roles"] == ["practitioner"] and there["Maya Okafor"]["state"] == "active"
    assert there["Jonas Lindqvist"]["seen_at"] and there["Ruth Calloway"]["seen_at"] is None


async def test_everybody_at_the_desk_reads_who_works_here_and_no_address(browse, cast):
    biller = await browse(cast, "biller")
    answer = await biller.json("/staff/team")
    assert {one["name"] for one in (await answer.get_json())["staff"]} >= {"Maya Okafor", "Tess Moreau"}
    page = await (await biller.get("/staff/team")).get_data(as_text=True)
    assert "Tess Moreau" in page and "frontdesk@" not in page
    assert (await biller.get(TEAM)).status_code == 403


async def test_the_page_of_a_member_shows_what_is_on(browse, cast):
    page = await (await browse(cast, "owner")).get(f"{TEAM}/{cast.staff['supervisor']}")
    text = await page.get_data(as_text=True)
    assert page.status_code == 200 and text.count(" checked") == 4  # two roles, one supervisee, the colour


async def test_a_change_is_kept_and_names_whose_rights_it_changed(browse, cast, people, form_of):
    owner, maya = await browse(cast, "owner"), await browse(cast, "practitioner")
    await _assigned_to_the_owner(cast)
    changed = await form_of("practitioner", roles=["scheduler"], billing=True, name="Maya O.", supervisors=[])
    assert (await owner.send(f"{TEAM}/{cast.staff['practitioner']}", changed)).status_code == 200
    me = await (await maya.json("/staff/me")).get_json()
    assert me["roles"] == ["scheduler"] and me["name"] == "Maya O." and "billing:all" in me["permissions"]
    (event,) = await people.events("staff.changed")
    assert set(event["rights"]) == {cast.logins["practitioner"], cast.logins["supervisor"]}
    assert await cast.inside(lambda: people_supervised(cast)) == 0


async def people_supervised(cast: Any) -> int:
    from models.core.database import fetch_all

    return len(await fetch_all("SELECT 1 FROM supervision WHERE supervisor_id = $1", cast.staff["supervisor"]))


async def test_only_administrators_change_a_member_and_only_of_their_own_practice(browse, cast, neighbours, form_of):
    form = await form_of("biller")
    assert (await (await browse(cast, "owner")).send(f"{TEAM}/{cast.staff['biller']}", form)).status_code == 200
    assert (await (await browse(cast, "biller")).send(f"{TEAM}/{cast.staff['biller']}", form)).status_code == 403
    stranger = await browse(neighbours, "owner")
    assert (await stranger.send(f"{TEAM}/{cast.staff['biller']}", form)).status_code == 404


@pytest.mark.parametrize(("field", "value"), [("voice", "z"), ("roles", []), ("name", " ")])
async def test_what_cannot_be_is_refused(browse, cast, form_of, field, value):
    owner = await browse(cast, "owner")
    refused = await owner.send(f"{TEAM}/{cast.staff['biller']}", await form_of("biller", **{field: value}))
    assert refused.status_code == 422 and field in (await refused.get_json())["errors"]


async def test_nobody_supervises_themselves(browse, cast, form_of):
    form = await form_of("supervisor", supervisees=[str(cast.staff["supervisor"])])
    refused = await (await browse(cast, "owner")).send(f"{TEAM}/{cast.staff['supervisor']}", form)
    assert "supervisees" in (await refused.get_json())["errors"]


async def test_nobody_is_supervised_by_who_leaves_at_that_moment(cast, people, form_of):
    owner = await cast.actor("owner")
    await people.run("DELETE FROM supervision")
    await people.run("UPDATE assignment SET ended_at = now() WHERE staff_id = $1", cast.staff["supervisor"])

    async def leave() -> None:
        await leaving.deactivate(owner, await team.member_for(owner, cast.staff["supervisor"]), leaving.Chosen())

    async def supervise() -> None:
        member = await team.member_for(owner, cast.staff["practitioner"])
        standing = replace(member.standing, supervisors=(cast.staff["supervisor"],))
        await membership.change_member(owner, member, standing, voice=member.voice)

    done = await asyncio.gather(cast.inside(leave), cast.inside(supervise), return_exceptions=True)
    assert done[0] is None or isinstance(done[0], Invalid), done
    left = """SELECT count(*) FROM supervision v JOIN staff_member m ON m.id = v.supervisor_id
      WHERE m.deactivated_at IS NOT NULL"""
    assert (await people.row(left))["count"] == 0


async def test_the_same_supervision_said_on_both_pages_at_once_is_one(cast, people):
    owner = await cast.actor("owner")
    await people.run("DELETE FROM supervision")

    async def say(who: str, **said: Any) -> None:
        member = await team.member_for(owner, cast.staff[who])
        await membership.change_member(owner, member, replace(member.standing, **said), voice=member.voice)

    imani, maya = cast.staff["supervisor"], cast.staff["practitioner"]
    await asyncio.gather(cast.inside(lambda: say("supervisor", supervisees=(maya,))),
                         cast.inside(lambda: say("practitioner", supervisors=(imani,))))
    pairs = await people.rows("SELECT supervisor_id, supervisee_id FROM supervision")
    assert [tuple(row.values()) for row in pairs] == [(imani, maya)]


async def test_the_last_administrator_cannot_be_removed(browse, cast, form_of):
    owner = await browse(cast, "owner")
    without = await form_of("owner", roles=["practitioner"])
    refused = await owner.send(f"{TEAM}/{cast.staff['owner']}", without)
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "last-administrator"
    both = await form_of("biller", roles=["administrator", "biller"])
    assert (await owner.send(f"{TEAM}/{cast.staff['biller']}", both)).status_code == 200
    assert (await owner.send(f"{TEAM}/{cast.staff['owner']}", without)).status_code == 200


async def test_two_administrators_who_remove_each_other_at_the_same_moment_leave_one(browse, cast, form_of):
    owner = await cast.actor("owner")
    await cast.inside(lambda: make_administrator(f"biller@{cast.subdomain}.test"))
    biller = await cast.actor("biller")
    both = asyncio.Barrier(2)

    async def remove(by: Any, name: str) -> None:
        async def work(_: Any) -> None:
            member = await team.member_for(by, cast.staff[name])
            await both.wait()
            standing = type(member.standing)(**{**vars(member.standing), "roles": frozenset({Role.BILLER})})
            await membership.change_member(by, member, standing, voice="a")

        await run_scope(cast.practice_id, work)

    done = await asyncio.gather(remove(owner, "biller"), remove(biller, "owner"), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Conflict], done
    left = [one for one in await cast.inside(lambda: team.colleagues(owner)) if "administrator" in one.roles]
    assert len(left) == 1


async def test_the_rooms_of_a_desk_follow_its_roles_and_switches(cast, form_of, browse):
    async def rooms() -> frozenset[str]:
        tess = await cast.actor("frontdesk")
        return rooms_of(tess, await cast.inside(lambda: wiring.clients_of(tess)))

    desk, everyone = (room(cast.practice_id, kind) for kind in ("front-desk", "staff-all-clients"))
    assert {desk, everyone} <= await rooms()
    owner, hers = await browse(cast, "owner"), f"{TEAM}/{cast.staff['frontdesk']}"
    await owner.send(hers, await form_of("frontdesk", roles=["practitioner"]))
    assert not {desk, everyone} & await rooms()
    await owner.send(hers, await form_of("frontdesk", all_clients=True))
    assert everyone in await rooms()


async def test_a_record_closes_with_the_switch_that_opened_it(cast, form_of, browse):
    """The page of that client asks its own door again when rights change: from then on it is not there."""
    owner, hers = await browse(cast, "owner"), f"{TEAM}/{cast.staff['biller']}"
    await owner.send(hers, await form_of("biller", roles=["practitioner"], all_clients=True))
    ruth = await cast.actor("biller")
    assert (await cast.inside(lambda: client_for(ruth, cast.clients["teen"]))).name == "Leo Marsh"
    await owner.send(hers, await form_of("biller", all_clients=False))
    ruth = await cast.actor("biller")
    with pytest.raises(Missing):
        await cast.inside(lambda: client_for(ruth, cast.clients["teen"]))


async def test_the_shell_makes_an_administrator_also_of_somebody_who_left(cast, people):
    await people.run("UPDATE staff_member SET deactivated_at = now() WHERE id = $1", cast.staff["biller"])
    assert await cast.inside(lambda: make_administrator(f"Biller@{cast.subdomain}.test")) == "Ruth Calloway"
    assert (await cast.actor("biller")).administrator
    with pytest.raises(ValueError, match="Nobody of this team"):
        await cast.inside(lambda: make_administrator(f"client@{cast.subdomain}.test"))


async def test_the_role_practitioner_is_not_taken_while_clients_have_nobody_else(browse, cast, form_of):
    owner, desk = await cast.actor("owner"), await browse(cast, "owner")
    address, without = f"{TEAM}/{cast.staff['practitioner']}", ["scheduler"]
    refused = await desk.send(address, await form_of("practitioner", roles=without))
    said = (await refused.get_json())["errors"]["roles"][0]
    assert refused.status_code == 409 and said.startswith("3 clients have no other practitioner.")
    await _assigned_to_the_owner(cast)
    assert (await desk.send(address, await form_of("practitioner", roles=without))).status_code == 200
    assert [one.name for one in await cast.inside(lambda: assigned_to(cast.clients["teen"]))] == ["Jonas Lindqvist"]
    with pytest.raises(Forbidden, match="no-practitioner"):
        await cast.inside(lambda: assign(owner, cast.clients["teen"], cast.staff["practitioner"]))


async def test_who_is_no_longer_of_the_front_desk_gives_back_what_they_claimed(browse, cast, people, form_of):
    """It waits for the others again; to be an administrator is enough to keep it."""
    client, tess = await cast.actor("client"), await cast.actor("frontdesk")
    maya = await cast.actor("practitioner")
    talk = await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))

    async def to_the_desk() -> None:
        await desk.hand_over(maya, await conversation_for(maya, talk))

    async def claim() -> None:
        await desk.claim(tess, await conversation_for(tess, talk))

    await cast.inside(to_the_desk)
    await cast.inside(claim)
    owner, hers = await browse(cast, "owner"), f"{TEAM}/{cast.staff['frontdesk']}"
    claimed = "SELECT claimed_by FROM conversation WHERE id = $1"
    await owner.send(hers, await form_of("frontdesk", roles=["administrator"]))
    assert (await people.row(claimed, talk))["claimed_by"] == cast.staff["frontdesk"]
    assert (await owner.send(hers, await form_of("frontdesk", roles=["biller"]))).status_code == 200
    assert (await people.row(claimed, talk))["claimed_by"] is None
    assert len(await people.events("conversation.released")) == 1


def _typed(form: dict[str, Any]) -> dict[str, Any]:
    """As a browser sends it: nothing for a switch that is off, one ticked box as text."""
    sent = {name: value[0] if isinstance(value, list) and value else value for name, value in form.items()}
    return {name: "true" if value is True else value for name, value in sent.items() if value}


async def _assigned_to_the_owner(cast: Any) -> None:
    """All clients have a practitioner besides."""
    owner = await cast.actor("owner")
    for client in ("client", "teen", "child"):
        await cast.inside(lambda client=client: assign(owner, cast.clients[client], cast.staff["owner"]))


async def test_a_supervisor_loses_sight_with_the_role_that_was_taken_from_whom_they_supervise(browse, cast, people,
                                                                                              form_of):
    """Their open pages too: the supervision goes on, the assignments end."""
    imani, teen = await cast.actor("supervisor"), cast.clients["teen"]
    assert (await cast.inside(lambda: client_for(imani, teen))).name == "Leo Marsh"
    await _assigned_to_the_owner(cast)
    changed = await form_of("practitioner", roles=["scheduler"])
    owner = await browse(cast, "owner")
    assert (await owner.send(f"{TEAM}/{cast.staff['practitioner']}", changed)).status_code == 200
    with pytest.raises(Missing):
        await cast.inside(lambda: client_for(imani, teen))
    (event,) = await people.events("staff.changed")
    assert set(event["rights"]) == {cast.logins["practitioner"], cast.logins["supervisor"]}


async def test_what_a_member_was_given_and_lost_stays_on_record_with_who_did_it(browse, cast, people, form_of):
    owner, hers = await browse(cast, "owner"), f"{TEAM}/{cast.staff['biller']}"
    await owner.send(hers, await form_of("biller", roles=["biller", "scheduler"], clinical=True))
    await owner.send(hers, await form_of("biller", title="Billing and claims"))
    await owner.send(hers, await form_of("biller", roles=["biller"]))
    await owner.send(f"{hers}/deactivate", {})
    await cast.inside(lambda: make_administrator(f"biller@{cast.subdomain}.test"))
    past = (await (await owner.json(hers)).get_json())["history"]
    assert [(one["what"], one["by"], one["given"], one["taken"]) for one in past] == [
        ("changed", None, ["Administrator"], []), ("reactivated", None, [], []),
        ("deactivated", "Jonas Lindqvist", [], []), ("changed", "Jonas Lindqvist", [], ["Scheduler"]),
        ("changed", "Jonas Lindqvist", ["Scheduler", "Full clinical access"], []),
    ]
    page = await (await owner.get(hers)).get_data(as_text=True)
    assert "Changed by Jonas Lindqvist" in page and "Scheduler, Full clinical access" in page
    with pytest.raises(Exception, match="append-only"):
        await people.run("DELETE FROM staff_change")


async def test_who_saves_over_a_change_they_never_saw_is_told(browse, cast, form_of):
    """Full clinical access that a colleague took away does not come back with a title."""
    owner, hers = await browse(cast, "owner"), f"{TEAM}/{cast.staff['biller']}"
    await owner.send(hers, await form_of("biller", clinical=True))
    shown = (await (await owner.json(hers)).get_json())["staff"]["stamp"]
    stale = await form_of("biller", title="Billing and claims", seen=shown)
    assert (await owner.send(hers, await form_of("biller", clinical=False, seen=shown))).status_code == 200
    refused = await owner.send(hers, stale)
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "changed-meanwhile"
    page = await (await owner.post(hers, _typed(stale))).get_data(as_text=True)
    newest = (await (await owner.json(hers)).get_json())["staff"]["stamp"]
    assert f'value="{newest}"' in page and "Somebody changed Ruth Calloway while you did." in page
    assert not (await cast.actor("biller")).clinical
    assert (await owner.send(hers, {**stale, "clinical": False, "seen": newest})).status_code == 200


async def test_who_gives_up_being_administrator_is_led_where_they_still_may_be(browse, cast, form_of):
    owner = await browse(cast, "owner")
    await cast.inside(lambda: make_administrator(f"biller@{cast.subdomain}.test"))
    form = await form_of("owner", roles=["practitioner"])
    gone = await owner.post(f"{TEAM}/{cast.staff['owner']}", _typed(form))
    assert (gone.status_code, gone.headers["Location"]) == (303, "/staff/today")
    assert (await owner.get("/staff/today")).status_code == 200 and (await owner.get(TEAM)).status_code == 403
