"""Doors of the desk's queue of requests: who wishes to come when, who handles it, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments import newcomers, queue, requests
from models.appointments.booking_asks import (
    AcceptRequest,
    Decline,
    FindAnswered,
    Handle,
    Propose,
    ShowAnswered,
    TakeIn,
)
from models.appointments.looking import Details
from models.appointments.practitioners import practitioners
from models.appointments.queue import Filter, Waiting
from models.appointments.requests import request_for
from models.appointments.rights import filled_by
from models.appointments.tables import Appointment
from models.appointments.wishes import OPEN
from models.appointments.zones import zone_here
from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Missing
from server.calendar import EntryPart
from server.choosing import MODES
from server.door import STAFF, Done, Page, get, post
from server.own_appointments import moment

HERE = "/staff/requests"
EVENTS = "request.placed request.changed"
# After these a time may stand there by now, or be free to be proposed.
ONE_EVENTS = ("request.placed request.changed appointment.booked appointment.moved appointment.cancelled"
              " appointment.late_cancelled hold.placed hold.released hours.changed calendar.blocked")
SHOWN_TODAY = 3
WHOM = {"self": "for themselves", "child": "for a child", "couple": "as a couple"}
ENDED = [("accepted", "Accepted"), ("declined", "Declined"), ("withdrawn", "Taken back"), ("expired", "Lapsed")]
WHOSE = [("new", "New clients"), ("known", "Clients")]


async def requests_part(actor: Actor | None) -> Mapping[str, Any]:
    """For the frame of every page: how many wait for an answer that this person may give."""
    if actor is None or not actor.desk or actor.lens is not None:
        return {}
    return {"requests_waiting": await queue.count_waiting(actor)}


@get(HERE, allow=STAFF)
async def queue_page(actor: Actor) -> Page:
    """The longest waiting first; apart from them those whose askers have to choose."""
    zone = await zone_here()
    found = [shown(one, zone, actor) for one in await queue.waiting(actor)]
    told = {"requests": found}
    return Page("appointments/requests.html", json=told, current="calendar", events=EVENTS, **_apart(found))


@get("/staff/today/requests", allow=STAFF)
async def on_today(actor: Actor) -> Page:
    """A fragment of Today; empty while none waits."""
    found = await for_today(actor)
    return Page("appointments/_requests_today.html", json={"requests": found["wishes"], "count": found["wish_count"]},
                **found)


async def for_today(actor: Actor) -> dict[str, Any]:
    """The first of those that wait for an answer, and how many do."""
    zone = await zone_here()
    found = _apart([shown(one, zone, actor) for one in await queue.waiting(actor)])["waiting"]
    return {"wishes": found[:SHOWN_TODAY], "wish_count": len(found)}


def _apart(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"waiting": [one for one in found if one["state"] == "open"],
            "offered": [one for one in found if one["state"] == "countered"]}


@get(f"{HERE}/badge", allow=STAFF)
async def badge(actor: Actor) -> Page:
    """The count at the calendar's entry of the rail."""
    count = await queue.count_waiting(actor)
    return Page("appointments/_requests_badge.html", json={"count": count}, count=count)


@get(f"{HERE}/answered", allow=STAFF, query=ShowAnswered)
async def answered(actor: Actor, query: ShowAnswered) -> Page:
    """What was decided, by whom, the last one first."""
    return await _answered(actor, query)


@post(f"{HERE}/answered", allow=STAFF, body=FindAnswered)
async def find_answered(actor: Actor, body: FindAnswered) -> Page:
    """Of whom asked under this name."""
    return await _answered(actor, ShowAnswered(), body.words)


async def _answered(actor: Actor, asked: ShowAnswered, words: str = "") -> Page:
    zone, newcomers_alone = await zone_here(), {"new": True, "known": False}.get(asked.whose or "")
    by = Filter(asked.state, asked.practitioner, asked.by, newcomers_alone, asked.before, words)
    listed, onward = await queue.answered(actor, by)
    found = [shown(one, zone, actor) for one in listed]
    kept = {name: value for name, value in asked.model_dump(exclude={"before"}).items() if value}
    whose = await filled_by(actor)
    return Page(
        "appointments/requests_answered.html", json={"requests": found, "before": onward}, current="calendar",
        found=found, asked=asked, words=words, events=EVENTS, kept=urlencode(kept), onward=onward, ended=ENDED,
        whose=WHOSE, answerers=[(str(id), name) for id, name in await queue.answerers()],
        calendars=[(str(one.id), one.name) for one in await practitioners() if whose is None or one.id in whose],
    )


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def request_page(actor: Actor, id: UUID) -> Page:
    """One of them: who asks for what, and what can be answered."""
    looked, zone = await queue.look(actor, id), await zone_here()
    one = shown(looked.waiting, zone, actor)
    days: dict[str, list[dict[str, Any]]] = {}
    for free in looked.free:
        at = moment(free.starts_at, zone)
        value = f"{free.starts_at.isoformat()}/{free.location_id or ''}"
        key = f"{int(free.starts_at.timestamp())}-{free.location_id or 0}"
        days.setdefault(at["day"], []).append({"key": key, "value": value, "words": at["times"]})
    alike = await newcomers.alike(actor, await request_for(actor, id)) if one["open"] else []
    client = looked.waiting.client_id
    return Page(
        "appointments/request_one.html", current="calendar", one=one, here=f"{HERE}/{id}", overlaps=looked.overlaps,
        times=[{"id": each.id, **moment(each.starts_at, zone)} for each in looked.times], days=days, alike=alike,
        record=f"/staff/clients/{client}" if client and await sees_client(actor, client) else "", events=ONE_EVENTS,
        json={"request": one, "overlaps": looked.overlaps, "free": days,
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
    """A newcomer becomes a client and is invited to the portal, or is a client already."""
    if body.client is not None:
        made = await newcomers.take_as(actor, id, body.client, overlap_ok=body.overlap_ok)
        clients = [body.client]
    else:
        made, clients = await newcomers.take_in(
            actor, id, overlap_ok=body.overlap_ok, without_taken=body.without_taken,
            without_invitation=body.without_invitation,
        )
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
        "until": when(one.expires_at, zone), "soon": hours < 12, "since": when(one.created_at, zone),
        "mine": one.handled_by == actor.staff_id,
        "open": one.state in OPEN, "ended": dict(ENDED).get(one.state, ""), "answer": _answer(one),
        "decided": when(one.decided_at, zone) if one.decided_at else "",
        "stranger": one.for_whom == "child" and one.relation not in newcomers.GUARDIANS,
        "erased": when(one.erased_at, zone) if one.erased_at else "",
    }


def when(at: datetime, zone: ZoneInfo) -> str:
    """By the practice's clock, as the calendar: 2:30 PM; Tuesday, 2:30 PM; November 12, 2:30 PM; November 12, 2025."""
    local, here = at.astimezone(zone), now().astimezone(zone)
    days = abs((local.date() - here.date()).days)
    day = "" if not days else f"{local:%A}, " if days < 7 else f"{local:%B %-d}, "
    return f"{local:%B %-d, %Y}" if local.year != here.year and days > 60 else f"{day}{local:%-I:%M %p}"


def _answer(one: Waiting) -> str:
    """What became of it, and by whom, in a sentence without its end."""
    by = f" by {one.decider}" if one.decider else ""
    took = f"Took a time proposed{by}"
    return {
        "accepted": took if one.agreed and one.decided_by is None else f"Accepted{by}", "declined": f"Declined{by}",
        "withdrawn": "Taken back by who asked", "expired": "Lapsed without an answer",
    }.get(one.state, "")
