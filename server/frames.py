"""What the frame of every page shows: the practice, the person, the unread count. Joined by server.wiring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from models.accounts.me import initials, person
from models.accounts.practices import profile
from models.accounts.tables import PracticeProfile
from models.appointments.rights import views_appointments
from models.clients import viewing
from models.core.actor import AccessOf, Actor, Role, read_only_words
from models.documents.own import waiting_count
from models.documents.rights import sees_forms
from models.messaging.inbox import unread_total


async def practice_part(actor: Actor | None) -> Mapping[str, Any]:
    found = await profile()
    idle = found.desk_idle_seconds if actor is not None and actor.desk else found.portal_idle_seconds
    banner = found.crisis_text if actor is None or actor.portal else ""
    due = {"second_factor_due": due_from(actor, found)}
    return {"practice": practice_face(found), "banner": banner, "idle": idle, **due}


def due_from(actor: Actor | None, found: PracticeProfile) -> date | None:
    """The day from which this member of staff will need the second factor that this session was begun without."""
    return found.second_factor_from if actor is not None and actor.desk and not actor.strong else None


async def person_part(actor: Actor | None) -> Mapping[str, Any]:
    """Me, where I may go, and for whom I act."""
    if actor is None:
        return {}
    if actor.lens is not None:
        return await _through_eyes(actor)
    me = {**vars(await person(actor)), "administrator": actor.administrator,
          "has_hours": actor.desk and Role.PRACTITIONER in actor.roles}
    return {"me": me, "nav": _desk_nav(actor) if actor.desk else portal_nav(actor), **_acting(actor)}


async def _through_eyes(actor: Actor) -> Mapping[str, Any]:
    """The frame of a portal's page that staff view as somebody: that person's, without a line of its own."""
    assert actor.lens is not None
    me = {"login": "", "name": actor.name, "initials": initials(actor.name), "voice": None, "side": "portal",
          "email": "", "administrator": False, "crosses": False, "has_hours": False}
    ends = await viewing.until(actor)
    zone = ZoneInfo((await profile()).time_zone)
    told = {"name": actor.name, "client": _first(actor.lens.client_name) if actor.lens.contact_id else "",
            "ends": f"{ends.astimezone(zone):%-I:%M %p}" if ends else "", "leave": f"{base_of(actor)}/leave",
            "switch": f"{base_of(actor)}/switch", "others": await viewing.others(actor)}
    return {"me": me, "nav": portal_nav(actor), **_acting(actor), "viewing_as": told}


async def messaging_part(actor: Actor | None) -> Mapping[str, Any]:
    return {} if actor is None else {"unread": await unread_total(actor)}


async def documents_part(actor: Actor | None) -> Mapping[str, Any]:
    """What is to do under Documents & Forms, for the portal's bar."""
    portal = actor is not None and (actor.portal or actor.lens is not None)
    return {"documents_waiting": await waiting_count(actor)} if actor is not None and portal else {}


def practice_face(found: PracticeProfile) -> dict[str, Any]:
    """A practice's own face as templates read it; `brand` changes when its colours do."""
    return {
        "name": found.name,
        "initial": found.name[:1].upper(),
        "welcome": found.welcome,
        "about": found.about,
        "logo": practice_logo(found),
        "address_lines": [line for line in found.address.splitlines() if line.strip()],
        "phone": found.phone,
        "hours": found.hours,
        "crisis_text": found.crisis_text,
        "time_zone": found.time_zone,
        "brand": sha256(f"{found.accent}{found.ground}".encode()).hexdigest()[:8],
    }


def practice_logo(found: PracticeProfile) -> dict[str, Any] | None:
    """What a page draws in place of the seal; its address changes with the picture."""
    if found.logo_id is None:
        return None
    return {"src": f"/logo/{found.logo_stamp}", "width": found.logo_width, "height": found.logo_height,
            "plate": found.logo_plate}


def base_of(actor: Actor) -> str:
    """Where this person's pages are: under /staff, under the client they act for, short, or under a view."""
    if actor.lens is not None:
        return f"/staff/view-as/{actor.lens.access_id}"
    if actor.desk:
        return "/staff"
    if actor.access is None or len(actor.accesses) < 2:
        return ""
    return f"/for/{actor.access.client_id}"


def _acting(actor: Actor) -> dict[str, Any]:
    if actor.desk:
        return {}
    chosen = actor.access
    told = {"id": chosen.client_id, "name": _first(chosen.client_name)} if chosen and len(actor.accesses) > 1 else None
    read_only = read_only_words(chosen.read_until) if chosen and chosen.read_only else ""
    chips = [_chip(one, chosen) for one in actor.accesses]
    acting_for = _first(chosen.client_name) if chosen and chosen.contact_id else ""
    return {"for_client": told, "read_only": read_only, "accesses": chips, "base": base_of(actor),
            "acting_for": acting_for}


def _chip(one: AccessOf, chosen: AccessOf | None) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "name": _first(one.client_name),
        "initials": initials(one.client_name),
        "href": f"/for/{one.client_id}/",
        "current": chosen is not None and chosen.access_id == one.access_id,
    }


def _desk_nav(actor: Actor) -> list[dict[str, str]]:
    nav = [
        {"href": "/staff/today", "icon": "sun-medium", "label": "Today", "key": "today"},
        {"href": "/staff/messages", "icon": "messages-square", "label": "Messages", "key": "messages"},
        {"href": "/staff/calendar", "icon": "calendar-days", "label": "Calendar", "key": "calendar"},
        {"href": "/staff/clients", "icon": "users-round", "label": "Clients", "key": "clients"},
    ]
    if sees_forms(actor):
        nav.append({"href": "/staff/forms", "icon": "file-text", "label": "Forms", "key": "forms"})
    if not actor.administrator:
        nav.append({"href": "/staff/team", "icon": "id-card", "label": "Team", "key": "team"})
    if actor.administrator:
        nav.append({"href": "/staff/settings/practice", "icon": "settings-2", "lead": "Account ", "label": "Settings",
                    "key": "settings"})
    return nav


def portal_nav(actor: Actor) -> list[dict[str, str]]:
    base, has = base_of(actor), features_of(actor)
    nav = [{"href": f"{base}/home", "icon": "house", "label": "Home", "key": "home"}]
    if "messaging" in has:
        nav.append({"href": f"{base}/messages", "icon": "message-circle", "label": "Messages", "key": "messages"})
    if views_appointments(actor):
        nav.append({"href": f"{base}/appointments", "icon": "calendar-days", "label": "Appointments",
                    "key": "appointments"})
    nav.append({"href": f"{base}/documents", "icon": "file-text", "label": "Documents & Forms", "key": "documents"})
    return nav


def features_of(actor: Actor) -> frozenset[str]:
    """Features of the portal that this person has: for the client acted for, or for any of theirs."""
    one = actor.lens or actor.access
    chosen = (one,) if one else actor.accesses
    return frozenset().union(*(access.features for access in chosen))


def _first(name: str) -> str:
    return name.split(" ", 1)[0]
