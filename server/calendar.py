"""Doors of the calendar that staff keep open: what stands there, one entry, booking, moving, free times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.accounts.practices import today_here
from models.appointments import callers, events, filling, looking
from models.appointments.availability import Search, free_times
from models.appointments.calendar_asks import (
    BookEntry,
    FindFree,
    ListEntries,
    MoveEntry,
    NameClients,
    NoteEntry,
    ShowCalendar,
    StartBooking,
)
from models.appointments.choices import choices
from models.appointments.entries import Wanted as Range
from models.appointments.entries import blocks, entries
from models.appointments.finding import changed_by_staff
from models.appointments.fitting import in_a_room
from models.appointments.looking import Details
from models.appointments.open_hours import open_hours, public_holidays
from models.appointments.tables import Offering, Room
from models.appointments.taking import Offer, Wanted
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Conflict, Invalid, missing
from models.core.events import EventType
from models.core.looking import note_look
from server import calendar_shown as shown
from server import calendar_words as words
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/calendar"
DAYS_OF_HOURS = 8  # a month is drawn without hours
FREE_DAYS, MOST_FREE = 7, 60


@dataclass(frozen=True)
class EntryPart:
    """What another part of appointments adds to the panel of an entry: its template and, for this person and entry,
    what that needs; None: nothing for them here."""

    template: str
    needs: Callable[[Actor, Details], Awaitable[Mapping[str, Any] | None]]


# Cancelling, outcomes, deciding about a request: they join here, in server/wiring.py, and stand below the facts.
ENTRY_PARTS: list[EntryPart] = []


@get(HERE, allow=STAFF, query=ShowCalendar)
async def calendar_page(actor: Actor, query: ShowCalendar) -> Page:
    """The page; as JSON, what it can be narrowed by and filled with."""
    found, zone = await choices(actor), await shown.zone_here()
    day = query.day or await today_here()
    begins = datetime.combine(day, time(), zone)
    there = await entries(actor, Range(begins, begins + timedelta(days=shown.PLAIN_DAYS)))
    json = {
        "zone": zone.key, "today": await today_here(), "states": words.STATES,
        "modes": words.MODES, "practitioners": found.practitioners, "locations": found.locations,
        "rooms": found.rooms, "services": found.services, "books": bool(found.bookable()),
    }
    return Page("appointments/calendar.html", json=json, current="calendar", asked=query, day=day, zone=zone.key,
                choices=found, books=json["books"], events=" ".join(sorted(LIVE)),
                words=words, names=shown.names_of(found), days=shown.by_day(there, zone))


# Whatever moves something on a calendar.
LIVE = {
    one.name for one in vars(events).values()
    if isinstance(one, EventType) and one.name.partition(".")[0] in ("appointment", "hold", "request")
}


@get("/staff/today/day", allow=STAFF)
async def today_day(actor: Actor) -> Page:
    """One's own day, as Today fetches it again; empty for who has no calendar."""
    found = await shown.own_day(actor)
    return Page("appointments/_own_day.html", json={"entries": [one for one, *_ in found["own_day"] or ()]}, **found)


@get(f"{HERE}/entries", allow=STAFF, query=ListEntries)
async def list_entries(actor: Actor, query: ListEntries) -> Page:
    """What stands there in a range of time, as this person may read it."""
    asked = Range(query.since, query.until, *(frozenset(one) for one in (
        query.practitioners, query.rooms, query.locations, query.only)))
    found = await entries(actor, asked)
    told: dict[str, Any] = {"entries": found}
    there = await choices(actor)
    if query.hours:
        told |= await _hours(asked, [one["id"] for one in there.practitioners if one["here"]])
    return Page("appointments/_entries.html", json=told, words=words, names=shown.names_of(there),
                days=shown.by_day(found, await shown.zone_here()))


async def _hours(asked: Range, staff: list[UUID]) -> dict[str, Any]:
    zone = await shown.zone_here()
    first = asked.begins.astimezone(zone).date()
    days = ((asked.ends - timedelta(seconds=1)).astimezone(zone).date() - first).days + 1
    return {
        "blocks": [dict(one) for one in await blocks(asked)],
        "holidays": [{"day": one.day, "name": one.name} for one in await public_holidays(first, days)],
        "open": await open_hours(staff, first, days) if days <= DAYS_OF_HOURS else [],
    }


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def entry_page(actor: Actor, id: UUID) -> Page:
    """One entry: what it is, who comes, what can be done."""
    return await draw_entry(actor, id)


async def draw_entry(actor: Actor, id: UUID, **again: Any) -> Page:
    """The page; `again`: what a form that was refused needs to stand there once more."""
    found, there = await looking.details(actor, id), await choices(actor)
    for one in found.attending:
        await note_look(actor, "appointment", one.client_id, client_id=one.client_id, again=True)
    parts = [(one.template, needs) for one in ENTRY_PARTS if (needs := await one.needs(actor, found)) is not None]
    json = {name: value for name, value in vars(found).items() if name != "found"}
    context = shown.entry_context(found, there, await shown.zone_here())
    return Page("appointments/entry.html", json=json, current="calendar", words=words, parts=parts, **context, **again)


@get(f"{HERE}/new", allow=STAFF, query=StartBooking)
async def new_entry(actor: Actor, query: StartBooking) -> Page:
    """The form for a new appointment, filled in as far as the calendar knows."""
    given = {name: value for name, value in query.model_dump().items() if value is not None}
    return await _form(actor, given)


async def new_again(actor: Actor, request: Request, **again: Any) -> Page:
    form = await request.form
    return await _form(actor, {**form.to_dict(), "clients": form.getlist("clients")}, **again)


async def _form(actor: Actor, given: Mapping[str, Any], **again: Any) -> Page:
    found = await choices(actor)
    return Page("appointments/new.html", json={"services": found.bookable()}, current="calendar", given=given,
                today=await today_here(), key=uuid4(), **shown.form_context(found), **again)


@post(f"{HERE}/new", allow=STAFF, body=BookEntry, key="appointment.book", again=new_again)
async def book_entry(actor: Actor, body: BookEntry) -> Done:
    """Staff book: for clients with a record, or for a caller who gets one."""
    wanted = await _wanted(body)
    clients = list(body.clients)
    if body.first_name.strip() or body.last_name.strip():
        names = body.model_dump(include={"first_name", "last_name", "email", "phone", "practitioner"})
        clients.append(await callers.add_caller(actor, **names))
    made = await filling.book_by_staff(actor, wanted, clients, overlap_ok=body.overlap_ok, note=body.note)
    room = (await changed_by_staff(actor, made)).appointment.room_id
    return Done({"appointment": made, "room": room}, see=f"{HERE}?day={await _day_of(wanted.starts_at)}&view=day")


@post(f"{HERE}/<uuid:id>/move", allow=STAFF, body=MoveEntry, key="appointment.move", again=entry_page)
async def move_entry(actor: Actor, id: UUID, body: MoveEntry) -> Done:
    """To another time, length, practitioner or place, as far as they were sent."""
    found = await changed_by_staff(actor, id, body.version)
    here = filling.as_it_is(found)
    changed: dict[str, Any] = {"minutes": body.minutes, "staff_id": body.practitioner, "mode": body.mode,
                               "starts_at": await _moment(body.moment) if body.moment else None}
    moves = "place" in body.model_fields_set and body.place != (here.room_id or here.location_id)
    place = await _place(body.place, body.mode or here.mode) if moves else {}
    wanted = Wanted(**{**vars(here), **{name: one for name, one in changed.items() if one is not None}, **place})
    version = await filling.move_by_staff(actor, id, body.version, wanted, overlap_ok=body.overlap_ok)
    return Done({"version": version}, see=f"{HERE}/{id}")


@post(f"{HERE}/<uuid:id>/note", allow=STAFF, body=NoteEntry, again=entry_page)
async def note_entry(actor: Actor, id: UUID, body: NoteEntry) -> Done:
    """What staff alone read of it."""
    return Done({"version": await filling.note_by_staff(actor, id, body.version, body.note)}, see=f"{HERE}/{id}")


@post(f"{HERE}/free", allow=STAFF, body=FindFree)
async def find_free(actor: Actor, body: FindFree) -> Done:
    """Times that are free, within the practitioner's hours, for a week from a day; `places`: where, by time."""
    service = await Offering.get_or_none(id=body.service, archived_at=None) or missing("service")
    first = max(body.day, await today_here())
    search = Search(service, body.minutes, body.mode, (body.practitioner,), first, FREE_DAYS, online=False,
                    besides=body.besides)
    place = await _place(body.place, body.mode)
    there = [one for one in await free_times(search) if one.starts_at > now()
             and place["location_id"] in (None, one.location_id)]
    places = {one.starts_at: one.location_id for one in reversed(there)}
    times = sorted(places)[:MOST_FREE]
    return Done({"times": times, "places": [places[one] for one in times], **await _room(body, service, place)})


async def _room(body: FindFree, service: Offering, place: dict[str, UUID | None]) -> dict[str, Any]:
    """Which room it would get, before it is booked; `full`: none is free."""
    if body.time is None or place["location_id"] is None or place["room_id"] is not None:
        return {"room": None, "full": False}
    try:
        at = await _moment(datetime.combine(body.day, body.time))
        wanted = Wanted(service.id, body.minutes, body.practitioner, at, body.mode, **place)
        return {"room": (await in_a_room(Offer(service, None), wanted, besides=body.besides)).room_id, "full": False}
    except (Conflict, Invalid) as refused:
        return {"room": None, "full": refused.code == "no-room"}


@post(f"{HERE}/clients", allow=STAFF, body=NameClients)
async def name_clients(actor: Actor, body: NameClients) -> Done:
    """Clients by name, to choose from."""
    return Done({"choices": await callers.clients_named(actor, body.words)})


async def _wanted(body: BookEntry) -> Wanted:
    if body.moment is None:
        raise Invalid(errors={"day": ["Choose a day and a time."]})
    place = await _place(body.place, body.mode)
    return Wanted(body.service, body.minutes, body.practitioner, await _moment(body.moment), body.mode, **place)


async def _moment(at: datetime) -> datetime:
    """In UTC; what has no offset is the practice's own clock, and of an hour that comes twice the first. Raises Invalid
    for a time that the clocks leave out."""
    if at.tzinfo:
        return at.astimezone(UTC)
    zone = await shown.zone_here()
    moment = at.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != at:
        raise Invalid(errors={"time": ["There is no such time on that day: the clocks change. Choose another one."]})
    return moment


async def _day_of(at: datetime) -> date:
    return at.astimezone(await shown.zone_here()).date()


async def _place(place: UUID | None, mode: str) -> dict[str, UUID | None]:
    """A room with its location, or a location alone. By phone and video it is nowhere."""
    if place is None or mode != "in-person":
        return {"location_id": None, "room_id": None}
    room = await Room.get_or_none(id=place, closed_at=None)
    return {"location_id": room.location_id, "room_id": room.id} if room else {"location_id": place, "room_id": None}

