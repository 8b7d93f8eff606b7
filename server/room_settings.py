"""Doors for the rooms of a location, on the location's page. For administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.accounts import locations
from models.accounts.tables import Location
from models.appointments import rooms
from models.appointments.settings_asks import SetRoom
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Done, Page, post

PLACES = "/staff/settings/practice/locations"
ROOMS = "/staff/settings/rooms"
SAID = {
    "room-added": "Room added.",
    "room-renamed": "Room renamed.",
    "room-closed": "Room closed. Appointments in it stay as they are.",
    "room-reopened": "Room opened again.",
}


async def again_at_location(actor: Actor, id: UUID) -> Page:
    return await drawn(await locations.location_for(actor, id))


@post(f"{PLACES}/<uuid:id>/rooms", allow=ADMINISTRATOR, body=SetRoom, key="room.add", again=again_at_location)
async def add_room(actor: Actor, id: UUID, body: SetRoom) -> Done:
    """A room that one appointment takes at a time."""
    made = await rooms.add_room(actor, await locations.location_for(actor, id), body.room)
    return Done({"room": made.id}, see=_back(made.location_id, "room-added"))


async def again_at_room(actor: Actor, id: UUID) -> Page:
    """The page of the room's location, with what was refused at the room's own line."""
    room = await rooms.room_for(actor, id)
    return await drawn(await locations.location_for(actor, room.location_id), refused=id)


@post(f"{ROOMS}/<uuid:id>", allow=ADMINISTRATOR, body=SetRoom, again=again_at_room)
async def rename_room(actor: Actor, id: UUID, body: SetRoom) -> Done:
    room = await rooms.room_for(actor, id)
    await rooms.rename_room(actor, room, body.version, body.room)
    return Done(see=_back(room.location_id, "room-renamed"))


@post(f"{ROOMS}/<uuid:id>/close", allow=ADMINISTRATOR)
async def close_room(actor: Actor, id: UUID) -> Done:
    """No longer offered; nothing of it is deleted."""
    room = await rooms.room_for(actor, id)
    coming = await rooms.close_room(actor, room)
    return Done({"coming": coming}, see=_back(room.location_id, "room-closed"))


@post(f"{ROOMS}/<uuid:id>/reopen", allow=ADMINISTRATOR, again=again_at_room)
async def reopen_room(actor: Actor, id: UUID) -> Done:
    room = await rooms.room_for(actor, id)
    await rooms.reopen_room(actor, room)
    return Done(see=_back(room.location_id, "room-reopened"))


async def drawn(found: Location, *, refused: UUID | None = None, done: str = "") -> Page:
    """The location's page, as server/practice_settings.py shows it too."""
    shown = {"id": found.id, "name": found.name, "address": found.address, "phone": found.phone,
             "version": found.version, "closed_at": found.closed_at}
    there = await rooms.rooms_of(found.id)
    coming = await rooms.coming_in(there)
    listed: list[dict[str, Any]] = [
        {"id": one.id, "name": one.name, "version": one.version, "closed_at": one.closed_at,
         "coming": coming.get(one.id, 0)} for one in there
    ]
    return Page("accounts/settings_location.html", json={**shown, "rooms": listed}, location=shown, rooms=listed,
                refused=refused, key=None, room_key=uuid4(), current="settings", toast_words=SAID.get(done, ""))


def _back(location_id: UUID, done: str) -> str:
    return f"{PLACES}/{location_id}?done={done}#rooms"
