"""Clients > [name] > Appointments: upcoming and past, what was charged and waived, and whether a fee is ever asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.asks import Switch
from models.accounts.practices import profile
from models.appointments import terms
from models.appointments.asks import Before
from models.appointments.money import spoken
from models.appointments.of_client import Visit, has_visits, visits_of
from models.clients.access import sees_client
from models.clients.registries import ProfileTab
from models.core.actor import Actor
from models.core.clock import now
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page

HERE = "/staff/clients/<uuid:id>/appointments"
TAB = ProfileTab("appointments", "Appointments", "/appointments", has_visits)
EVENTS = ("appointment.booked appointment.moved appointment.cancelled appointment.late_cancelled appointment.changed"
          " appointment.outcome appointment.confirmed request.placed request.changed client.terms_changed")


@get(HERE, allow=STAFF, query=Before)
async def client_appointments(actor: Actor, id: UUID, query: Before) -> Page:
    """In the practice's own time, as the calendar has it."""
    found = await visits_of(actor, id, query.before)
    zone, manages = ZoneInfo((await profile()).time_zone), await sees_client(actor, id, "manages")
    free = await terms.never_charged(id)
    told: dict[str, Any] = {
        "upcoming": [asdict(one) for one in found.upcoming], "past": [asdict(one) for one in found.past],
        "before": found.onward, "never_charged": free,
    }
    return await profile_page(
        actor, id, "appointments", "appointments/of_client.html", json=told, events=EVENTS, manages=manages, free=free,
        upcoming=[_shown(one, zone) for one in found.upcoming], past=[_shown(one, zone) for one in found.past],
        onward=found.onward,
    )


@post(f"{HERE}/never-charged", allow=STAFF, body=Switch)
async def set_never_charged(actor: Actor, id: UUID, body: Switch) -> Done:
    """Whether this client pays fees for late cancellations and no-shows at all, from now on."""
    await terms.set_never_charged(actor, id, body.on)
    return Done({"on": body.on}, see=f"/staff/clients/{id}/appointments")


def _shown(one: Visit, zone: ZoneInfo) -> dict[str, Any]:
    """For templates."""
    starts, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    apart = {"video": "By video", "phone": "By phone"}
    place = apart.get(one.mode) or ", ".join(filter(None, [one.location, one.room]))
    return {
        **vars(one), "day": f"{starts:%A, %B %-d, %Y}", "weekday": f"{starts:%a}", "number": starts.day,
        "month": f"{starts:%b}", "times": f"{starts:%-I:%M %p} to {ends:%-I:%M %p}", "place": place,
        "href": f"/staff/calendar/{one.id}" if one.mode else "",  # who reads of how they meet reads the entry
        "year": "" if starts.year == now().astimezone(zone).year else starts.year,
        "fee": spoken(one.fee_cents) if one.fee_cents else "",
    }
