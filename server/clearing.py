"""Doors of Clear a day: a practitioner's whole day or range is cancelled, moved or handed on, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quart import Request

from models.accounts.practices import today_here
from models.appointments import clearing
from models.appointments.choices import choices
from models.appointments.clearing_plan import Plan, Planned, Shown, plan, requests_within
from models.appointments.desk_asks import ClearDay, ShowDay
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.errors import Invalid
from models.core.payload import parse
from server.calendar_words import span
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/calendar-day"
VERBS = {"cancel": "Cancel", "move": "Move", "free": "Move", "hand": "Hand over"}
# After these, others stand there, or what would become of them is another.
EVENTS = ("appointment.booked appointment.moved appointment.cancelled appointment.late_cancelled appointment.changed"
          " request.placed request.changed hold.placed hold.released hours.changed calendar.blocked services.changed")


@get(HERE, allow=STAFF, query=ShowDay)
async def clear_page(actor: Actor, query: ShowDay) -> Page:
    """Whose day, and what to do; then who is affected, and what cannot be done."""
    return await _page(actor, query)


async def again(actor: Actor, request: Request) -> Page:
    """What was chosen, looked at anew."""
    form = await request.form
    given = {name: form[name] for name in ShowDay.model_fields if name in form}
    return await _page(actor, parse(ShowDay, given))


@post(HERE, allow=STAFF, body=ClearDay, key="calendar.clear", again=again)
async def clear(actor: Actor, body: ClearDay) -> Done:
    """What was chosen of them, in one change."""
    made = await clearing.clear(actor, _plan(body), dict(_seen(one) for one in body.chosen), words=body.words,
                                names_ok=body.names_ok)
    return Done({"cleared": made, "count": len(body.chosen)}, see=f"{HERE}/{made}")


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def cleared_page(actor: Actor, id: UUID) -> Page:
    """What was done, and for ten minutes a way back."""
    found = await clearing.cleared(actor, id)
    return Page("appointments/cleared.html", json=vars(found), current="calendar", found=found, key=uuid4(),
                zone=await zone_here())


@post(f"{HERE}/<uuid:id>/undo", allow=STAFF, key="calendar.undo_clearing", again=cleared_page)
async def undo(actor: Actor, id: UUID) -> Done:
    """All of it, while nothing else changed."""
    await clearing.undo(actor, id)
    return Done(see="/staff/calendar")


async def _page(actor: Actor, asked: ShowDay) -> Page:
    there, found, zone = await choices(actor), await _affected(actor, asked), await zone_here()
    people = [(str(one["id"]), one["name"]) for one in there.fills]
    own = next((str(one["id"]) for one in there.fills if one["own"]), people[0][0] if people else "")
    recent = await clearing.just_cleared(actor) if people else []
    told = {"appointments": found["rows"] or [], "requests": found["wishes"], "recent": [vars(one) for one in recent]}
    return Page("appointments/clear.html", json=told, current="calendar", asked=asked, today=await today_here(),
                people=people, own=own, recent=recent, keys=[uuid4() for _ in recent], key=uuid4(), zone=zone,
                events=EVENTS, verb=VERBS[asked.kind], names={one["id"]: one["name"] for one in there.practitioners},
                src=_address(asked), **found)


async def _affected(actor: Actor, asked: ShowDay) -> dict[str, Any]:
    """Nothing yet, before somebody asked."""
    if asked.practitioner is None:
        return {"rows": None, "wishes": 0, "faults": {}}
    try:
        zone = await zone_here()
        rows = [_row(one, zone) for one in await plan(actor, _plan(asked))]
        return {"rows": rows, "wishes": await requests_within(_plan(asked)), "faults": {}}
    except Invalid as wrong:
        return {"rows": None, "wishes": 0, "faults": wrong.errors}


def _address(asked: ShowDay) -> str:
    """Where the same is asked again; nothing before somebody asked."""
    if asked.practitioner is None:
        return ""
    return f"{HERE}?{urlencode({name: one for name, one in asked.model_dump().items() if one})}"


def _plan(asked: ShowDay) -> Plan:
    if asked.practitioner is None or asked.first is None:
        raise Invalid(errors={"first": ["Choose a practitioner and a day."]})
    last = asked.last or asked.first
    return Plan(asked.practitioner, asked.first, last, asked.kind, asked.days, asked.hours, asked.to)


def _row(one: Planned, zone: ZoneInfo) -> dict[str, Any]:
    here, goes = one.found.appointment, one.wanted
    to = int(goes.starts_at.timestamp()) if goes else 0
    return {
        "id": one.id, "version": one.version, "names": one.names, "service": one.service, "obstacle": one.obstacle,
        "starts_at": here.starts_at, "seen": f"{one.id}.{one.version}.{to}",
        "when": _when(here.starts_at, here.ends_at, zone),
        "to": _when(goes.starts_at, goes.ends_at, zone) if goes and goes.starts_at != here.starts_at else "",
        "to_starts_at": goes.starts_at if goes else None,
    }


def _when(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    begins = starts_at.astimezone(zone)
    return f"{begins:%A, %B %-d}, {span(begins, ends_at.astimezone(zone))}"


def _seen(one: str) -> tuple[UUID, Shown]:
    id, version, seconds = one.split(".")
    try:
        at = datetime.fromtimestamp(int(seconds), UTC) if int(seconds) else None
        return UUID(id), Shown(int(version), at)
    except (ValueError, OverflowError):
        raise Invalid(errors={"chosen": ["This is not a known id."]}) from None
