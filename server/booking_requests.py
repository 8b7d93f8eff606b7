"""Doors of the desk's queue of requests: who wishes to come when, who handles it, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments import newcomers, queue, requests
from models.appointments.booking_asks import AcceptRequest, Decline, Handle, Propose, TakeIn
from models.appointments.looking import Details
from models.appointments.queue import Waiting
from models.appointments.requests import request_for
from models.appointments.tables import Appointment
from models.appointments.wishes import OPEN
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Missing
from server.calendar import EntryPart
from server.choosing import MODES
from server.door import STAFF, Done, Page, get, post
from server.own_appointments import moment

HERE = "/staff/requests"
EVENTS = "request.placed request.changed"
SHOWN_TODAY = 3
WHOM = {"self": "for themselves", "child": "for a child", "couple": "for a couple"}


@get(HERE, allow=STAFF)
async def queue_page(actor: Actor) -> Page:
    """The longest waiting first."""
    zone = await zone_here()
    found = [shown(one, zone, actor) for one in await queue.waiting(actor)]
    return Page("appointments/requests.html", json={"requests": found}, waiting=found, current="today", events=EVENTS)


@get("/staff/today/requests", allow=STAFF)
async def on_today(actor: Actor) -> Page:
    """A fragment of Today; empty while none waits."""
    zone = await zone_here()
    found = [shown(one, zone, actor) for one in await queue.waiting(actor)]
    return Page("appointments/_requests_today.html", json={"requests": found[:SHOWN_TODAY], "count": len(found)},
                waiting=found[:SHOWN_TODAY], count=len(found))


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def request_page(actor: Actor, id: UUID) -> Page:
    """One of them: who asks for what, and what can be answered."""
    looked, zone = await queue.look(actor, id), await zone_here()
    one = shown(looked.waiting, zone, actor)
    days: dict[str, list[dict[str, Any]]] = {}
    for free in looked.free:
        at = moment(free.starts_at, zone)
        value = f"{free.starts_at.isoformat()}/{free.location_id or ''}"
        days.setdefault(at["day"], []).append({"value": value, "words": at["times"]})
    alike = await newcomers.alike(actor, await request_for(actor, id))
    return Page(
        "appointments/request_one.html", current="today", one=one, here=f"{HERE}/{id}", overlaps=looked.overlaps,
        times=[{"id": each.id, **moment(each.starts_at, zone)} for each in looked.times], days=days, alike=alike,
        events=EVENTS, json={"request": one, "overlaps": looked.overlaps, "free": days,
                             "alike": [vars(each) for each in alike]},
    )


@post(f"{HERE}/<uuid:id>/handle", allow=STAFF, body=Handle)
async def handle(actor: Actor, id: UUID, body: Handle) -> Done:
    """Everybody who sees the queue sees who is at it."""
    await requests.handle(actor, id, body.on)
    return Done(see=f"{HERE}/{id}")


@post(f"{HERE}/<uuid:id>/accept", allow=STAFF, body=AcceptRequest, again=request_page)
async def accept(actor: Actor, id: UUID, body: AcceptRequest) -> Done:
    """The wish of a client is booked."""
    made = await requests.accept(actor, id, overlap_ok=body.overlap_ok)
    return Done({"appointment": made}, see=HERE)


@post(f"{HERE}/<uuid:id>/take-in", allow=STAFF, body=TakeIn, again=request_page)
async def take_in(actor: Actor, id: UUID, body: TakeIn) -> Done:
    """A newcomer becomes a client, or is one already; next comes the invitation to the portal."""
    if body.client is not None:
        made = await newcomers.take_as(actor, id, body.client, overlap_ok=body.overlap_ok)
        clients = [body.client]
    else:
        made, clients = await newcomers.take_in(actor, id, overlap_ok=body.overlap_ok, without_taken=body.without_taken)
    return Done({"appointment": made, "clients": clients}, see=f"/staff/clients/{clients[0]}/portal")


@post(f"{HERE}/<uuid:id>/decline", allow=STAFF, body=Decline, again=request_page)
async def decline(actor: Actor, id: UUID, body: Decline) -> Done:
    """With words for whoever asked; the time is free again."""
    await requests.decline(actor, id, body.reply)
    return Done(see=HERE)


@post(f"{HERE}/<uuid:id>/propose", allow=STAFF, body=Propose, again=request_page)
async def propose(actor: Actor, id: UUID, body: Propose) -> Done:
    """Up to three other times, held for a day."""
    await requests.offer(actor, id, await queue.proposals(actor, id, body.moments()), body.reply)
    return Done(see=f"{HERE}/{id}")


async def _of_entry(actor: Actor, details: Details) -> dict[str, Any] | None:
    """For the calendar's panel: the way to the answer, for who may give it."""
    row = await Appointment.get_or_none(id=details.entry.id, state__in=("requested", "offered"))
    if row is None or row.request_id is None:
        return None
    try:
        request = await request_for(actor, row.request_id)
    except Missing:
        return None
    return {"href": f"{HERE}/{request.id}", "open": request.state in OPEN}


PART = EntryPart("appointments/_request_part.html", _of_entry)


def shown(one: Waiting, zone: ZoneInfo, actor: Actor) -> dict[str, Any]:
    """What templates draw, and programs get."""
    at = moment(one.starts_at, zone, one.ends_at)
    hours = int((one.expires_at - now()).total_seconds() // 3600)
    return {
        **{name: value for name, value in vars(one).items() if name not in ("voice",)}, "asker": one.asker,
        "day": at["day"], "times": at["times"], "weekday": at["weekday"], "number": at["number"], "month": at["month"],
        "way": MODES[one.mode], "whom": WHOM[one.for_whom], "new": one.client_id is None,
        "until": f"{one.expires_at.astimezone(zone):%A, %-I:%M %p}", "soon": hours < 12,
        "since": one.created_at.astimezone(zone), "mine": one.handled_by == actor.staff_id,
        "open": one.state in ("open", "countered"),
    }
