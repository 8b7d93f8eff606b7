"""Break-glass: a record opened in an emergency by staff who do not see it, and what administrators say to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.clients import emergency
from models.clients.audit_asks import OpenInEmergency, SetEmergencyRoles
from models.clients.emergency_finding import Meant
from models.core.actor import Actor, Role
from models.core.errors import Missing
from server.answers import problem
from server.door import ADMINISTRATOR, STAFF, Done, Page, get, post
from server.unusual import waiting

HERE = "/staff/emergency"
SETTINGS = "/staff/settings/audit/emergencies"
UNKNOWN = "Nobody here has exactly this name and birth date. Your search and its reason were logged."
CLOSE = "Whom do you mean?"
TITLES = {
    Role.PRACTITIONER: "Practitioners", Role.SUPERVISOR: "Supervisors", Role.ADMINISTRATOR: "Administrators",
    Role.SCHEDULER: "Schedulers", Role.BILLER: "Billers",
}


@get(HERE, allow=STAFF)
async def emergency_page(actor: Actor) -> Page:
    """Where a record is opened in an emergency; and what one has open so."""
    return await _page(actor)


@post(HERE, allow=STAFF, body=OpenInEmergency, again=emergency_page)
async def open_record(actor: Actor, body: OpenInEmergency) -> Page | Done:
    """The record of this person, for eight hours. The search is logged, found or not."""
    found = await emergency.open_record(
        actor, name=body.name, born_on=body.born_on, reason=body.reason, chosen=body.client
    )
    if isinstance(found, list):
        return await _page(actor, notice=CLOSE if found else UNKNOWN, close=found, values=body.model_dump(), status=404)
    return Done({"client": found}, see=f"/staff/clients/{found}")


@post(f"{HERE}/<uuid:id>/end", allow=STAFF)
async def end_emergency(actor: Actor, id: UUID) -> Done:
    """Close the record before its time."""
    await emergency.end(actor, id)
    return Done(see=SETTINGS if actor.administrator else HERE)


@get(SETTINGS, allow=ADMINISTRATOR)
async def emergencies(actor: Actor) -> Page:
    """What was opened in emergencies, and who may."""
    listed = await _listed(actor)
    roles = await emergency.allowed_roles()
    json = {"emergencies": listed, "roles": sorted(roles)}
    offered = [(role.value, TITLES[role], role in roles) for role in emergency.MAY]
    return Page("clients/emergencies.html", json=json, current="settings", emergencies=listed, roles=offered,
                audit_waiting=await waiting())


@post(SETTINGS, allow=ADMINISTRATOR, body=SetEmergencyRoles)
async def set_emergency_roles(actor: Actor, body: SetEmergencyRoles) -> Done:
    """Whose emergencies the practice accepts."""
    await emergency.set_roles(actor, frozenset(role for role in emergency.MAY if getattr(body, role.value)))
    return Done(see=SETTINGS)


@post(f"{SETTINGS}/<uuid:id>/acknowledge", allow=ADMINISTRATOR)
async def acknowledge(actor: Actor, id: UUID) -> Done:
    """An administrator has seen it."""
    await emergency.acknowledge(actor, id)
    return Done(see=SETTINGS)


async def _page(
    actor: Actor, *, notice: str = "", close: Sequence[Meant] = (), values: dict[str, Any] | None = None,
    status: int = 200,
) -> Page:
    mine = [one for one in await _listed(actor) if one["staff_id"] == actor.staff_id and one["open"]]
    allowed = await emergency.may_open(actor)
    json = {"allowed": allowed, "open": mine, "notice": notice, "choices": [asdict(one) for one in close]}
    if status == 404:
        json |= problem(Missing(detail=notice))
    return Page("clients/emergency.html", json=json, status=status, current="clients", allowed=allowed, mine=mine,
                notice_words=notice, close=close, values=values or {}, least=emergency.LEAST_REASON, key=uuid4())


async def _listed(actor: Actor) -> list[dict[str, Any]]:
    """With the times as the practice's clock shows them."""
    zone = ZoneInfo((await profile()).time_zone)
    return [
        {**asdict(one), "began": f"{one.began_at.astimezone(zone):%a, %b %-d, %-I:%M %p}",
         "ends": f"{one.ends_at.astimezone(zone):%a, %b %-d, %-I:%M %p}"}
        for one in await emergency.emergencies(actor)
    ]
