"""The picker: whom one may write to, by name and nothing more; greyed, with the reason, whom nothing would reach."""

from __future__ import annotations

from uuid import UUID

from models.clients import people
from models.core.actor import AccessOf, Actor
from models.messaging.practices import messaging_settings
from models.messaging.seating import unreachable
from models.messaging.seats import Sitting
from models.messaging.starting import writable_staff
from models.messaging.views import Choice

MOST = 40
FRONT_DESK = "Front desk"


async def choices(actor: Actor, words: str = "") -> list[Choice]:
    """Whom this actor may start a conversation with, by name; staff find anyone of the practice."""
    if actor.portal:
        return await portal_choices(actor)
    if actor.staff_id is None or actor.lens is not None:
        return []
    settings = await messaging_settings()
    by = actor if settings.start_needs_access else None
    found = [portal_choice(one) for one in await people.portals_named(words, by=by, most=MOST)]
    staff = [staff_choice(one) for one in await people.staff_named(words, most=MOST) if one.id != actor.staff_id]
    desk = [front_desk(actor)] if words.strip().lower() in FRONT_DESK.lower() else []
    return [*desk, *staff, *found]


async def portal_choices(actor: Actor) -> list[Choice]:
    """The practitioners assigned to the client acted for (of every client when none is chosen), and Front desk when
    the practice opens it to clients. Empty: the page names the practice's phone."""
    chosen = (actor.access,) if actor.access else actor.accesses
    found = []
    for access in chosen:
        if access.messaging:
            found += await of_access(actor, access)
    return found


async def of_access(actor: Actor, access: AccessOf) -> list[Choice]:
    """Whom a portal person may write to about one client."""
    if access.read_only:
        return []
    staff = [staff_choice(one) for one in await writable_staff(access)]
    desk = [front_desk(actor)] if (await messaging_settings()).clients_write_front_desk else []
    return [{**one, "about": access.client_id, "about_name": access.client_name} for one in (*staff, *desk)]


async def may_write_to(actor: Actor) -> dict[UUID, dict[str, object]]:
    """For `GET /me`: by access, the ids a conversation may be started with."""
    parts: dict[UUID, dict[str, object]] = {}
    for access in actor.accesses:
        found = await of_access(actor, access) if access.messaging else []
        parts[access.access_id] = {
            "may_write_to": [{"id": one["id"], "name": one["name"], "role": one["role"]} for one in found]
        }
    return parts


async def addable(actor: Actor, sitting: Sitting) -> list[Choice]:
    """Who may be given a seat here: staff and Front desk, and people of the client it is about."""
    if not actor.desk or sitting.seat is None:
        return []
    there = {one.staff_id for one in sitting.open_seats} | {one.access_id for one in sitting.open_seats}
    staff = [staff_choice(one) for one in await people.staff_named("", most=200) if one.id not in there]
    desk = [front_desk(actor)] if sitting.desk_seat is None else []
    portals = await people.portals_about(sitting.client_id) if sitting.client_id else []
    absent = [one for one in portals if one.access_id is None or one.access_id not in there]
    return [*desk, *staff, *map(portal_choice, absent)]


def portal_choice(one: people.Portal) -> Choice:
    """A client or contact: the name, for a contact whose; nothing else of the record."""
    return {
        "id": one.contact_id or one.client_id, "name": one.name, "kind": "contact" if one.contact_id else "client",
        "about": one.client_id, "about_name": one.client_name if one.contact_id else "", "role": "",
        "reason": unreachable(one),
    }


def staff_choice(one: people.Staff) -> Choice:
    return {"id": one.id, "name": one.name, "kind": "staff", "about": None, "about_name": "", "role": one.role,
            "reason": ""}


def front_desk(actor: Actor) -> Choice:
    return {"id": actor.practice_id, "name": FRONT_DESK, "kind": "front-desk", "about": None, "about_name": "",
            "role": "", "reason": ""}
