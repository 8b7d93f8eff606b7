"""Rooms of a location: added, renamed, closed on a day, opened again. Never deleted, and taken by one at a time."""

from __future__ import annotations

from uuid import UUID

from models.accounts.details import ensure_administrator, ensure_unchanged, profile_to_change
from models.accounts.tables import Location
from models.appointments.events import ROOMS
from models.appointments.locking import hold_calendars
from models.appointments.tables import Room
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.core.events import Part, ToStaff
from models.core.ids import new_id

MOST_OPEN = 60

COMING = """SELECT room_id, count(*) AS coming FROM appointment WHERE room_id = ANY ($1) AND starts_at > now()
  AND state IN ('requested', 'offered', 'scheduled') GROUP BY room_id"""


async def rooms_of(location_id: UUID) -> list[Room]:
    """The open ones by name, then the closed ones, the last closed first."""
    found = await Room.filter(location_id=location_id)
    there = sorted((one for one in found if one.closed_at is None), key=lambda one: one.name.casefold())
    closed = sorted((one.closed_at, one.id, one) for one in found if one.closed_at is not None)
    return there + [one for _, _, one in reversed(closed)]


async def open_rooms() -> list[tuple[Room, str]]:
    """Every room that can be used, with its location's name: of open locations, by location and name."""
    places = {one.id: one.name for one in await Location.filter(closed_at=None)}
    found = [(one, places[one.location_id]) for one in await Room.filter(closed_at=None) if one.location_id in places]
    return sorted(found, key=lambda pair: (pair[1].casefold(), pair[0].name.casefold()))


async def coming_in(rooms: list[Room]) -> dict[UUID, int]:
    """How many appointments will still be in each room."""
    rows = await fetch_all(COMING, [one.id for one in rooms]) if rooms else []
    return {row["room_id"]: row["coming"] for row in rows}


async def room_for(actor: Actor, id: UUID) -> Room:
    """For administrators, closed ones too. Raises Forbidden, Missing."""
    ensure_administrator(actor)
    return await Room.get_or_none(id=id) or missing("room")


async def add_room(actor: Actor, location: Location, name: str) -> Room:
    """Raises Forbidden, Invalid, Conflict `room-name` and `too-many-rooms`."""
    ensure_administrator(actor)
    name = _checked(name)
    async with change(actor, "room.add"):
        await profile_to_change()  # one after the other: two of the same name never meet
        await _ensure_free(location.id, name)
        if await Room.filter(location_id=location.id, closed_at=None).count() >= MOST_OPEN:
            raise Conflict("too-many-rooms", f"{MOST_OPEN} rooms are open here. Close one that is no longer used.")
        made = await Room.create(id=new_id(), location_id=location.id, name=name)
        await _told(actor, made)
        return made


async def rename_room(actor: Actor, room: Room, version: int | None, name: str) -> None:
    """`version` is the one that the page showed. Raises as add_room does, and Conflict `changed-meanwhile`."""
    ensure_administrator(actor)
    name = _checked(name)
    async with change(actor, "room.rename"):
        here = await _held(room)
        ensure_unchanged(version, here.version)
        if name == here.name:
            return
        if here.closed_at is None:
            await _ensure_free(here.location_id, name, besides=here.id)
        await Room.filter(id=here.id).update(name=name, version=here.version + 1)
        await _told(actor, here)


async def close_room(actor: Actor, room: Room) -> int:
    """From now on it is offered for nothing new. Closing it twice changes nothing.

    Returns how many coming appointments stay in it.
    """
    ensure_administrator(actor)
    async with change(actor, "room.close"):
        await hold_calendars([room.id])
        here = await _held(room)
        if here.closed_at is None:
            await Room.filter(id=here.id).update(closed_at=now(), version=here.version + 1)
            await _told(actor, here)
        row = await fetch_one(COMING, [room.id])
        return int(row["coming"]) if row else 0


async def reopen_room(actor: Actor, room: Room) -> None:
    """Raises Conflict `room-name` when another open one of the location is called so by now."""
    ensure_administrator(actor)
    async with change(actor, "room.reopen"):
        here = await _held(room)
        if here.closed_at is not None:
            await _ensure_free(here.location_id, here.name, besides=here.id)
            await Room.filter(id=here.id).update(closed_at=None, version=here.version + 1)
            await _told(actor, here)


async def _held(room: Room) -> Room:
    await profile_to_change()
    return await Room.get(id=room.id)


async def _ensure_free(location_id: UUID, name: str, *, besides: UUID | None = None) -> None:
    for one in await Room.filter(location_id=location_id, closed_at=None):
        if one.id != besides and one.name.lower() == name.lower():
            said = f"Another room here is called {one.name}. Choose a name that people can tell apart."
            raise Conflict("room-name", said, errors={"room": [said]})


def _checked(name: str) -> str:
    if not (name := " ".join(name.split())):
        raise Invalid(errors={"room": ["Give the room a name."]})
    return name


async def _told(actor: Actor, room: Room) -> None:
    ids = {"room": room.id, "location": room.location_id}
    await record(actor, ROOMS, [Part([ToStaff()], ids)], subject_id=room.id)
