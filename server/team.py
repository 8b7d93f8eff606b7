"""Doors of Account Settings > Team: the list, inviting, roles and switches. Administrators; everybody at the desk reads
who works here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.accounts import inviting, membership, second_factor, standing_history, team
from models.accounts.practices import profile
from models.accounts.standing import VOICES, Standing
from models.accounts.team_asks import ChangeStaff, InviteStaff
from models.core.actor import Actor, Role
from server.door import ADMINISTRATOR, STAFF, Done, Page, get, post
from server.own_account import DESK_HOME

HERE = "/staff/settings/team"
NOBODY = Standing(name="", title="", roles=frozenset())

# What each role opens, in the words of the practice.
ROLES = (
    ("administrator", "Administrator",
     "Settings, the team, the audit log and every client’s demographics. No clinical content."),
    ("practitioner", "Practitioner", "Clients assigned to them, with clinical content."),
    ("supervisor", "Supervisor", "Clients of those they supervise, with clinical content. Countersigns."),
    ("scheduler", "Scheduler",
     "Every client’s demographics and calendar, and the front desk. "
     "Sees that a document is done, not what it says."),
    ("biller", "Biller", "Every client’s demographics, dates, services, codes and billing. No documents."),
)
SWITCHES = (
    ("all_clients", "May see all clients", "Whatever the roles open is open for every client"),
    ("billing", "May view and manage billing", "For every client they see"),
    ("clinical", "Full clinical access", "Documents and notes of every client they see"),
)
SWITCH_WORDS = {"all_clients": "All clients", "billing": "Billing", "clinical": "Full clinical access"}


@get("/staff/team", allow=STAFF)
async def colleagues(actor: Actor) -> Page:
    """Who works here, and as what."""
    found = [_told(one) for one in await team.colleagues(actor)]
    return Page("accounts/colleagues.html", json={"staff": found}, staff=found, current="team")


@get(HERE, allow=ADMINISTRATOR)
async def team_page(actor: Actor) -> Page:
    """Members, invitations, and who left."""
    zone = ZoneInfo((await profile()).time_zone)
    people = [_shown(one, zone) for one in await team.members(actor)]
    waiting = [_waiting(one, zone) for one in await team.invited(actor)]
    return Page("accounts/team.html", json={"staff": people, "invitations": waiting}, staff=people, invitations=waiting,
                current="settings", key=uuid4())


@get(f"{HERE}/invite", allow=ADMINISTRATOR)
async def invite_page(actor: Actor) -> Page:
    return await _form(actor, "accounts/invite_staff.html", NOBODY, json={"roles": list(team.ROLE_ORDER)})


@post(f"{HERE}/invite", allow=ADMINISTRATOR, body=InviteStaff, again=invite_page, key="staff.invite")
async def invite(actor: Actor, body: InviteStaff) -> Done:
    """Sends a link by mail; whoever accepts it is a member with what was chosen here."""
    invitation = await inviting.invite(actor, body.email, body.standing)
    return Done({"invitation": invitation}, see=HERE)


@post(f"{HERE}/invitations/<uuid:id>/redeliver", allow=ADMINISTRATOR, key="staff.redeliver")
async def redeliver(actor: Actor, id: UUID) -> Done:
    """Send it again; the old link ends."""
    await inviting.redeliver(actor, id)
    return Done(see=HERE)


@post(f"{HERE}/invitations/<uuid:id>/withdraw", allow=ADMINISTRATOR)
async def withdraw(actor: Actor, id: UUID) -> Done:
    await inviting.withdraw(actor, id)
    return Done(see=HERE)


@get(f"{HERE}/<uuid:id>", allow=ADMINISTRATOR)
async def member_page(actor: Actor, id: UUID) -> Page:
    """Name, title, colour, roles, switches, supervision of one member."""
    member = await team.member_for(actor, id)
    shown = {**_told(member), "email": member.email, "deactivated_at": member.deactivated_at,
             "stamp": member.stamp}
    past = await _past(actor, id)
    return await _form(actor, "accounts/member.html", member.standing, json={"staff": shown, "history": past},
                       member=shown, past=past,
                       voices=VOICES, whom=member.id, protected=await second_factor.is_protected(member.login_id),
                       own=member.id == actor.staff_id)


@post(f"{HERE}/<uuid:id>", allow=ADMINISTRATOR, body=ChangeStaff, again=member_page)
async def change_member(actor: Actor, id: UUID, body: ChangeStaff) -> Done:
    """Acts on the member's open pages at once."""
    member = await team.member_for(actor, id)
    await membership.change_member(actor, member, body.standing, voice=body.voice, seen=body.seen)
    own = member.id == actor.staff_id
    return Done(see=HERE if not own or Role.ADMINISTRATOR in body.roles else DESK_HOME)


@post(f"{HERE}/<uuid:id>/reactivate", allow=ADMINISTRATOR)
async def reactivate(actor: Actor, id: UUID) -> Done:
    await membership.reactivate(actor, await team.member_for(actor, id))
    return Done(see=HERE)


async def _form(
    actor: Actor, template: str, standing: Standing, *, json: dict[str, Any], whom: UUID | None = None, **more: Any
) -> Page:
    others = [one for one in await team.colleagues(actor) if one.id != whom]
    supervisors = [one for one in others if Role.SUPERVISOR in one.standing.roles]
    return Page(
        template, json=json, standing=_as_typed(standing), roles=ROLES, switches=SWITCHES, current="settings",
        supervisors=_choices(supervisors), supervisees=_choices(others), key=uuid4(), **more,
    )


async def _past(actor: Actor, id: UUID) -> list[dict[str, Any]]:
    zone = ZoneInfo((await profile()).time_zone)
    return [
        {"what": one.what, "by": one.by, "at": one.at.astimezone(zone), "given": _in_words(one.given),
         "taken": _in_words(one.taken)}
        for one in await standing_history.history_of(actor, id)
    ]


def _in_words(rights: Iterable[str]) -> list[str]:
    return [SWITCH_WORDS.get(one, one.capitalize()) for one in rights]


def _as_typed(standing: Standing) -> dict[str, Any]:
    """The standing in the words in which a form sends it, so that a form drawn again reads alike."""
    kept = asdict(standing)
    ids = {name: [str(one) for one in kept[name]] for name in ("supervisors", "supervisees")}
    return {**kept, **ids, "roles": standing.role_words}


def _choices(people: Iterable[team.Member]) -> list[tuple[str, str, str]]:
    return [(str(one.id), one.name, one.standing.title) for one in people]


def _told(member: team.Member) -> dict[str, Any]:
    return {
        "id": member.id, "name": member.name, "title": member.standing.title, "initials": member.initials,
        "voice": f"who-{member.voice}", "roles": member.roles,
    }


def _shown(member: team.Member, zone: ZoneInfo) -> dict[str, Any]:
    seen = member.seen_at.astimezone(zone) if member.seen_at else None
    left = member.deactivated_at.astimezone(zone) if member.deactivated_at else None
    return {
        **_told(member), "email": member.email, "switches": [SWITCH_WORDS[one] for one in member.switches],
        "seen_at": seen, "deactivated_at": left, "state": "deactivated" if left else "active",
    }


def _waiting(one: team.Invited, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.standing.name, "email": one.email, "roles": one.roles,
        "switches": [SWITCH_WORDS[switch] for switch in one.switches], "mail": "expired" if one.expired else one.mail,
        "sent_at": one.sent_at.astimezone(zone), "invited_by": one.invited_by,
    }
