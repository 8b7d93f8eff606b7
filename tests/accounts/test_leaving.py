"""Deactivating a member: everything of theirs gets a new owner, then their desks close; names on messages stay."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.accounts import leaving, membership, team
from models.accounts.leaving import Chosen
from models.accounts.membership import make_administrator
from models.clients import assigning
from models.core.actor import Role
from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Invalid
from models.messaging import away, desk, sending, starting
from models.messaging.seats import conversation_for
from models.notifications.invitation_mail import COMPLETED
from models.notifications.mailing import queue_mail
from server import mail

TEAM = "/staff/settings/team"


@pytest.fixture
def page_of(cast: Any) -> Any:
    return lambda name: f"{TEAM}/{cast.staff[name]}/deactivate"


@pytest.fixture
async def talk(cast: Any) -> UUID:
    """The client wrote to the practitioner and waits for an answer."""
    client = await cast.actor("client")
    found = await cast.inside(lambda: starting.start(client, [cast.staff["practitioner"]]))

    async def say() -> None:
        await sending.send(client, await conversation_for(client, found), body="May I come on Tuesday?")

    await cast.inside(say)
    return UUID(str(found))


def everything_to(cast: Any, **heirs: str) -> dict[str, Any]:
    ids = {"desk": cast.practice_id, **cast.staff}
    return {"kinds": [f"{kind}:{ids[heir]}" for kind, heir in heirs.items()]}


async def test_the_page_lists_what_needs_a_new_owner(browse, cast, talk, page_of):
    owner = await browse(cast, "owner")
    needing = (await (await owner.json(page_of("practitioner"))).get_json())["needs_owner"]
    there = {one["kind"]: [thing["words"] for thing in one["things"]] for one in needing}
    assert there == {"clients": ["Ana Beltrán", "Leo Marsh", "Nora Marsh"], "conversations": ["Ana Beltrán"]}
    assert "Deactivate Maya Okafor" in await (await owner.get(page_of("practitioner"))).get_data(as_text=True)
    (supervised,) = (await (await owner.json(page_of("supervisor"))).get_json())["needs_owner"]
    assert (supervised["kind"], supervised["heirs"]) == ("supervisees", [])


async def test_nothing_is_left_without_an_owner(browse, cast, talk, page_of):
    owner = await browse(cast, "owner")
    refused = await owner.send(page_of("practitioner"), everything_to(cast, clients="supervisor"))
    assert refused.status_code == 422 and set((await refused.get_json())["errors"]) == {"conversations"}
    wrong = await owner.send(page_of("practitioner"), everything_to(cast, clients="biller", conversations="owner"))
    assert wrong.status_code == 422 and set((await wrong.get_json())["errors"]) == {"clients"}
    assert (await (await browse(cast, "practitioner")).json("/staff/me")).status_code == 200, "nothing had been changed"
    supervisor = await owner.send(page_of("supervisor"), {})
    assert "Give somebody that role first" in (await supervisor.get_json())["errors"]["supervisees"][0]


async def test_everything_is_handed_over_and_the_desks_are_closed(browse, cast, people, talk, page_of):
    owner, maya = await browse(cast, "owner"), await browse(cast, "practitioner")
    assert (await maya.json("/staff/me")).status_code == 200
    form = everything_to(cast, clients="supervisor", conversations="owner")
    form["items"] = [f"clients:{cast.clients['teen']}:{cast.staff['owner']}"]
    assert (await owner.send(page_of("practitioner"), form)).status_code == 200
    assert (await maya.json("/staff/me")).status_code == 401
    rows = await people.rows("SELECT client_id, staff_id FROM assignment WHERE ended_at IS NULL")
    wanted = {"client": "supervisor", "child": "supervisor", "teen": "owner"}
    assigned = {(cast.clients[one], cast.staff[who]) for one, who in wanted.items()}
    assert assigned == {tuple(row.values()) for row in rows}
    (event,) = await people.events("staff.deactivated")
    assert {cast.logins[who] for who in ("practitioner", "supervisor", "owner")} <= set(event["rights"])
    jonas = await cast.actor("owner")
    sitting = await cast.inside(lambda: conversation_for(jonas, talk))
    assert {one.name for one in sitting.open_seats} == {"Jonas Lindqvist", "Ana Beltrán"}
    assert sitting.seat is not None and sitting.seat.unread_since is not None, "what waits for an answer is seen"
    assert {one.name for one in sitting.seats} == {"Jonas Lindqvist", "Ana Beltrán", "Maya Okafor"}


async def test_front_desk_takes_a_conversation(browse, cast, talk, page_of):
    form = everything_to(cast, clients="supervisor", conversations="desk")
    assert (await (await browse(cast, "owner")).send(page_of("practitioner"), form)).status_code == 200
    tess = await cast.actor("frontdesk")
    assert (await cast.inside(lambda: conversation_for(tess, talk))).desk_seat is not None


async def test_claims_and_covers_go_to_somebody_else(browse, cast, people, page_of, talk):
    tess, maya, jonas = [await cast.actor(who) for who in ("frontdesk", "practitioner", "owner")]

    async def arrange() -> None:
        await desk.hand_over(maya, await conversation_for(maya, talk))
        await away.set_away(maya, starts_at=now(), ends_at=now() + timedelta(days=3), text="Away",
                            cover_id=cast.staff["frontdesk"])

    await cast.inside(arrange)

    async def claim() -> None:
        await desk.claim(tess, await conversation_for(tess, talk))

    await cast.inside(claim)
    owner = await browse(cast, "owner")
    needing = (await (await owner.json(page_of("frontdesk"))).get_json())["needs_owner"]
    assert [one["kind"] for one in needing] == ["claims", "covers"]
    form = everything_to(cast, claims="owner", covers="practitioner")
    refused = await owner.send(page_of("frontdesk"), form)
    assert "Nobody stands in for themselves" in (await refused.get_json())["errors"]["covers"][0]
    form = everything_to(cast, claims="owner", covers="supervisor")
    assert (await owner.send(page_of("frontdesk"), form)).status_code == 200
    assert (await cast.inside(lambda: conversation_for(jonas, talk))).claimed_by == cast.staff["owner"]
    assert (await people.row("SELECT cover_id FROM away"))["cover_id"] == cast.staff["supervisor"]


async def test_another_supervisor_takes_over_and_nobody_supervises_themselves(browse, cast, people, page_of):
    await people.run("UPDATE staff_member SET roles = '{practitioner,supervisor}' WHERE id = ANY($1)",
                     [cast.staff["owner"], cast.staff["practitioner"]])
    await cast.inside(lambda: make_administrator(people.email("biller")))
    ruth = await browse(cast, "biller")
    themselves = await ruth.send(page_of("supervisor"), everything_to(cast, supervisees="practitioner"))
    assert themselves.status_code == 422
    assert (await ruth.send(page_of("supervisor"), everything_to(cast, supervisees="owner"))).status_code == 200
    rows = await people.rows("SELECT supervisor_id, supervisee_id FROM supervision")
    assert [tuple(row.values()) for row in rows] == [(cast.staff["owner"], cast.staff["practitioner"])]


async def test_the_last_administrator_stays(browse, cast, people, page_of):
    owner = await browse(cast, "owner")
    page = await (await owner.get(page_of("owner"))).get_data(as_text=True)
    assert "The last administrator cannot be removed." in page and "Deactivate Jonas Lindqvist</button>" not in page
    refused = await owner.send(page_of("owner"), {})
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "last-administrator"
    await cast.inside(lambda: make_administrator(people.email("biller")))
    page = await (await owner.get(page_of("owner"))).get_data(as_text=True)
    assert "Deactivate Jonas Lindqvist</button>" in page and "This is you." in page
    assert (await owner.send(page_of("owner"), {})).status_code == 200


async def test_two_who_leave_to_each_other_at_the_same_moment_leave_nothing_behind(cast, people):
    """Each would hand its clients to the other: the second finds the first gone."""
    await people.run("INSERT INTO assignment (id, client_id, staff_id) VALUES (gen_random_uuid(), $1, $2)",
                     cast.clients["client"], cast.staff["supervisor"])
    await people.run("UPDATE assignment SET ended_at = now() WHERE client_id = $1 AND staff_id = $2",
                     cast.clients["client"], cast.staff["practitioner"])
    await people.run("DELETE FROM supervision")
    owner = await cast.actor("owner")

    async def leave(name: str, to: str) -> None:
        async def work() -> None:
            member = await team.member_for(owner, cast.staff[name])
            await leaving.deactivate(owner, member, Chosen({"clients": cast.staff[to]}))

        await cast.inside(work)

    both = (leave("practitioner", "supervisor"), leave("supervisor", "practitioner"))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Invalid], done
    left = await people.row("""SELECT count(*) FROM assignment a JOIN staff_member m ON m.id = a.staff_id
      WHERE a.ended_at IS NULL AND m.deactivated_at IS NULL""")
    assert left["count"] == 3


async def test_somebody_who_is_also_a_client_keeps_the_portal(browse, cast, people, page_of):
    await people.run("UPDATE portal_access SET login_id = $1 WHERE login_id = $2",
                     cast.logins["biller"], cast.logins["coparent"])
    assert (await (await browse(cast, "owner")).send(page_of("biller"), {})).status_code == 200
    reached = await people.row("SELECT deactivated_at FROM login WHERE id = $1", cast.logins["biller"])
    assert reached["deactivated_at"] is None
    twice = await (await browse(cast, "owner")).send(page_of("biller"), {})
    assert twice.status_code == 409


async def test_a_member_comes_back_with_the_roles_they_had(browse, cast, page_of, sign_in):
    owner = await browse(cast, "owner")
    assert (await owner.send(page_of("biller"), {})).status_code == 200
    assert (await sign_in("biller")).status_code == 403
    assert (await owner.send(f"{TEAM}/{cast.staff['biller']}/reactivate")).status_code == 200
    back = await sign_in("biller")
    assert back.status_code == 200 and (await back.get_json())["side"] == "desk"
    (event,) = [one for one in (await (await owner.json(TEAM)).get_json())["staff"] if one["name"] == "Ruth Calloway"]
    assert event["state"] == "active" and event["roles"] == ["biller"]


async def test_only_administrators_of_this_practice_deactivate(browse, cast, neighbours, page_of):
    assert (await (await browse(cast, "frontdesk")).send(page_of("biller"), {})).status_code == 403
    assert (await (await browse(neighbours, "owner")).send(page_of("biller"), {})).status_code == 404
    maya = await cast.actor("practitioner")
    with pytest.raises(Exception, match="administrator"):
        await cast.inside(lambda: team.member_for(maya, cast.staff["biller"]))
    assert Conflict.status == 409


async def test_nobody_is_assigned_to_a_member_who_leaves_at_that_moment(cast):
    owner, staff = await cast.actor("owner"), cast.staff["practitioner"]
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now() WHERE staff_id = $1", staff))
    checked, left = asyncio.Event(), asyncio.Event()

    async def assigned_late() -> None:
        await assigning.assignable(staff)
        checked.set()
        await left.wait()

        async with change(owner, "client.assign"):
            await assigning.open_assignment(owner, cast.clients["teen"], staff)

    late = asyncio.create_task(cast.inside(assigned_late))
    await checked.wait()
    member = await cast.inside(lambda: team.member_for(owner, staff))
    await cast.inside(lambda: leaving.deactivate(owner, member, Chosen()))
    left.set()
    with pytest.raises(Conflict, match="no-practitioner"):
        await late


async def test_whose_assignments_end_stands_in_each_clients_history(browse, cast, people, page_of):
    form = everything_to(cast, clients="supervisor")
    assert (await (await browse(cast, "owner")).send(page_of("practitioner"), form)).status_code == 200
    ended, given = await people.events("client.unassigned"), await people.events("client.handed_over")
    clients = {str(cast.clients[one]) for one in ("client", "teen", "child")}
    assert {one["ids"]["client"] for one in ended} == clients == {one["ids"]["client"] for one in given}
    by_whom = {one["ids"].get("staff") for one in ended}
    assert by_whom == {str(cast.staff["practitioner"]), None}, "the clients' portals hear of it without the name"


async def test_two_administrators_who_deactivate_each_other_at_the_same_moment_leave_one(cast, people):
    owner = await cast.actor("owner")
    await cast.inside(lambda: make_administrator(people.email("biller")))
    ruth = await cast.actor("biller")

    async def remove(by: Any, name: str) -> None:
        async def work() -> None:
            await leaving.deactivate(by, await team.member_for(by, cast.staff[name]), Chosen())

        await cast.inside(work)

    done = await asyncio.gather(remove(owner, "biller"), remove(ruth, "owner"), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Conflict], done
    assert await _administrators(people) == 1


async def test_one_deactivates_while_the_other_takes_the_role_and_one_is_left(cast, people):
    owner = await cast.actor("owner")
    await cast.inside(lambda: make_administrator(people.email("biller")))
    ruth = await cast.actor("biller")

    async def deactivate() -> None:
        await leaving.deactivate(owner, await team.member_for(owner, cast.staff["biller"]), Chosen())

    async def demote() -> None:
        member = await team.member_for(ruth, cast.staff["owner"])
        standing = replace(member.standing, roles=frozenset({Role.PRACTITIONER}))
        await membership.change_member(ruth, member, standing, voice="a")

    done = await asyncio.gather(cast.inside(deactivate), cast.inside(demote), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Conflict], done
    assert await _administrators(people) == 1


async def _administrators(people: Any) -> int:
    left = "SELECT count(*) FROM staff_member WHERE deactivated_at IS NULL AND 'administrator' = ANY (roles)"
    return int((await people.row(left))["count"])


async def test_nobody_is_made_an_heir_who_loses_the_role_at_that_moment(cast, people):
    """Both at once: either the heir keeps the role and has the clients, or they have neither."""
    owner = await cast.actor("owner")

    async def leave() -> None:
        member = await team.member_for(owner, cast.staff["practitioner"])
        await leaving.deactivate(owner, member, Chosen({"clients": cast.staff["supervisor"]}))

    async def demote() -> None:
        member = await team.member_for(owner, cast.staff["supervisor"])
        standing = replace(member.standing, roles=frozenset({Role.SUPERVISOR}))
        await membership.change_member(owner, member, standing, voice="a")

    done = await asyncio.gather(cast.inside(leave), cast.inside(demote), return_exceptions=True)
    assert len([one for one in done if one is not None]) == 1, done
    held = await people.row("""SELECT count(*) FROM assignment a JOIN staff_member m ON m.id = a.staff_id
      WHERE a.ended_at IS NULL AND m.deactivated_at IS NULL AND 'practitioner' = ANY (m.roles)""")
    assert held["count"] == 3


async def test_invitations_they_sent_get_somebody_who_answers_or_are_withdrawn(browse, cast, people, page_of):
    """A way back in is not left behind."""
    await cast.inside(lambda: make_administrator(people.email("biller")))
    owner, ruth = await browse(cast, "owner"), await browse(cast, "biller")
    invited = {}
    for name in ("noor", "ivo"):
        form = {"email": f"{name}@{cast.subdomain}.test", "name": name.title(), "roles": ["administrator"]}
        invited[name] = (await (await owner.send(f"{TEAM}/invite", form)).get_json())["invitation"]
    await people.run("UPDATE assignment SET ended_at = now() WHERE staff_id = $1", cast.staff["owner"])
    (needing,) = (await (await ruth.json(page_of("owner"))).get_json())["needs_owner"]
    assert needing["kind"] == "invitations"
    assert [one["words"] for one in needing["things"]] == [
        f"Ivo, ivo@{cast.subdomain}.test", f"Noor, noor@{cast.subdomain}.test",
    ]
    form = everything_to(cast, invitations="biller")
    form["items"] = [f"invitations:{invited['ivo']}:{cast.practice_id}"]
    assert (await ruth.send(page_of("owner"), form)).status_code == 200
    waiting = (await (await ruth.json(TEAM)).get_json())["invitations"]
    assert [(one["name"], one["invited_by"]) for one in waiting] == [("Noor", "Ruth Calloway")]
    assert len(await people.events("staff.invitation_withdrawn")) == 1


async def test_who_is_invited_under_a_supervisor_who_leaves_gets_another(browse, cast, people, page_of):
    owner = await browse(cast, "owner")
    form = {"email": f"noor@{cast.subdomain}.test", "name": "Noor", "roles": ["practitioner"],
            "supervisors": [str(cast.staff["supervisor"])]}
    assert (await owner.send(f"{TEAM}/invite", form)).status_code == 200
    await people.run("UPDATE staff_member SET roles = '{practitioner,supervisor}' WHERE id = $1", cast.staff["biller"])
    (needing,) = (await (await owner.json(page_of("supervisor"))).get_json())["needs_owner"]
    assert {one["words"] for one in needing["things"]} == {"Maya Okafor", "Noor (invited)"}
    assert (await owner.send(page_of("supervisor"), everything_to(cast, supervisees="biller"))).status_code == 200
    row = await people.row("SELECT supervisors FROM staff_invitation")
    assert row["supervisors"] == [cast.staff["biller"]]
    handed = await people.events("staff.supervision_handed_over")
    assert [one["ids"]["staff"] for one in handed] == [str(cast.staff["practitioner"])]


@pytest.mark.parametrize(("to", "state"), [("owner", "read"), ("desk", "dropped")])
async def test_a_file_they_were_importing_is_gone_on_with_or_forgotten(browse, cast, people, page_of, to, state):
    batch = await people.row(
        "INSERT INTO import_batch (id, staff_id, login_id, headings, rows, state)"
        " VALUES (gen_random_uuid(), $1, $2, '{Name}', 1200, 'read') RETURNING id",
        cast.staff["frontdesk"], cast.logins["frontdesk"],
    )
    owner = await browse(cast, "owner")
    (needing,) = (await (await owner.json(page_of("frontdesk"))).get_json())["needs_owner"]
    assert (needing["kind"], needing["things"][0]["words"]) == ("imports", "1,200 rows, not imported yet")
    assert "Ruth Calloway" not in {one["name"] for one in needing["heirs"]}, "a biller imports nobody"
    assert (await owner.send(page_of("frontdesk"), everything_to(cast, imports=to))).status_code == 200
    left = await people.row("SELECT staff_id, state FROM import_batch WHERE id = $1", batch["id"])
    assert left["state"] == state and (state == "dropped" or left["staff_id"] == cast.staff["owner"])


async def test_what_they_opened_in_an_emergency_is_closed(browse, cast, people, page_of):
    await people.run("INSERT INTO emergency (id, staff_id, client_id, reason, began_at, ends_at) VALUES"
                     " (gen_random_uuid(), $1, $2, 'A crisis line called', now(), now() + interval '8 hours')",
                     cast.staff["biller"], cast.clients["teen"])
    assert (await (await browse(cast, "owner")).send(page_of("biller"), {})).status_code == 200
    assert (await people.row("SELECT ended_at FROM emergency"))["ended_at"] is not None
    assert len(await people.events("emergency.ended")) == 1


async def test_a_mail_that_waited_for_them_is_not_sent(browse, cast, people, page_of, monkeypatch):
    posted: list[str] = []

    async def post(letter: Any, *, to: str) -> None:
        posted.append(to)

    monkeypatch.setattr(mail, "post", post)

    async def queue() -> None:
        for who in ("biller", "frontdesk"):
            await queue_mail(cast.logins[who], COMPLETED.name, {"client": cast.clients["client"]})

    await cast.inside(queue)
    assert (await (await browse(cast, "owner")).send(page_of("biller"), {})).status_code == 200
    for row in await people.rows("SELECT id FROM outgoing_mail WHERE kind = 'onboarding-completed'"):
        await mail.send_mail(cast.practice_id, row["id"])
    assert posted == [people.email("frontdesk")]
