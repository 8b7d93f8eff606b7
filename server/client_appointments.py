"""Clients > [name] > Appointments: upcoming and past, what was charged and waived, whether a fee is ever asked, and who
gets e-mails."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.asks import Switch
from models.accounts.practices import profile
from models.appointments import by_address, mail_switches, terms
from models.appointments.asks import Before, SwitchMails
from models.appointments.by_address import NEWS, REMINDERS, Person
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
          " appointment.outcome appointment.confirmed appointment.reminded request.placed request.changed"
          " client.terms_changed client.mails_changed client.details_changed contact.changed"
          " access.permissions_changed access.turned_on access.revoked")


@get(HERE, allow=STAFF, query=Before)
async def client_appointments(actor: Actor, id: UUID, query: Before) -> Page:
    """In the practice's own time, as the calendar has it."""
    found = await visits_of(actor, id, query.before)
    zone, manages = ZoneInfo((await profile()).time_zone), await sees_client(actor, id, "manages")
    free, mails = await terms.never_charged(id), await _mails(actor, id)
    told: dict[str, Any] = {
        "upcoming": [asdict(one) for one in found.upcoming], "past": [asdict(one) for one in found.past],
        "before": found.onward, "never_charged": free, "mails": mails,
    }
    return await profile_page(
        actor, id, "appointments", "appointments/of_client.html", json=told, events=EVENTS, manages=manages, free=free,
        upcoming=[_shown(one, zone) for one in found.upcoming], past=[_shown(one, zone) for one in found.past],
        onward=found.onward, before=query.before, mails=mails,
    )


@post(f"{HERE}/never-charged", allow=STAFF, body=Switch)
async def set_never_charged(actor: Actor, id: UUID, body: Switch) -> Done:
    """Whether this client pays fees for late cancellations and no-shows at all, from now on."""
    await terms.set_never_charged(actor, id, body.on)
    return Done({"on": body.on}, see=f"/staff/clients/{id}/appointments")


@post(f"{HERE}/mails", allow=STAFF, body=SwitchMails)
async def set_mails(actor: Actor, id: UUID, body: SwitchMails) -> Done:
    """Whether somebody who does not sign in gets e-mails about appointments."""
    await mail_switches.set_mails(actor, id, body.person, body.on)
    return Done({"on": body.on}, see=f"/staff/clients/{id}/appointments")


async def _mails(actor: Actor, client_id: UUID) -> list[dict[str, Any]]:
    """Who gets e-mails, and who might and does not: for who reads when this client comes."""
    if not await sees_client(actor, client_id, "calendar"):
        return []
    people = await by_address.people_of(client_id)
    return [_mailed(one, people) for one in people if one.may(NEWS) or one.may(REMINDERS)]


def _mailed(one: Person, people: list[Person]) -> dict[str, Any]:
    news, reminders = (by_address.reached(one, kind, people) for kind in (NEWS, REMINDERS))
    return {
        "id": one.id, "name": one.name, "relation": one.relation, "email": one.sign_in or one.email,
        "signs_in": bool(one.sign_in), "news": news, "reminders": reminders, "said": _said(one, news, reminders),
        "on": not {NEWS, REMINDERS} <= one.off, "apart": not one.sign_in and one.apart(NEWS, people),
    }


def _said(one: Person, news: bool, reminders: bool) -> str:
    """In words; the address stands beside it."""
    if not (one.sign_in or one.email):
        return "No e-mail address"
    if news and reminders:
        return "Appointments and reminders"
    if not (news or reminders):
        return "Wants no e-mails" if {NEWS, REMINDERS} <= one.off else "Gets none"
    other, lacking = (REMINDERS, "reminders") if news else (NEWS, "appointments")
    first = "Appointments" if news else "Reminders"
    return f"{first}; wants no {lacking}" if other in one.off else f"{first}, not {lacking}"


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
