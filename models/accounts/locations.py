"""Where clients come to: added, changed, closed on a day, opened again. Never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.accounts.details import (
    ensure_administrator,
    ensure_unchanged,
    plain_lines,
    plain_phone,
    profile_to_change,
)
from models.accounts.events import LOCATION_ADDED, LOCATION_CHANGED, LOCATION_CLOSED, LOCATION_REOPENED
from models.accounts.tables import Location
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.errors import Conflict, Invalid, missing
from models.core.events import EventType, Part, ToStaff
from models.core.ids import new_id

MOST_OPEN = 100


@dataclass(frozen=True)
class Place:
    """A location as it was typed."""

    name: str
    address: str = ""
    phone: str = ""


async def locations() -> list[Location]:
    """All of the open practice: the open ones by name, then the closed ones, the last closed first."""
    found = await Location.all()
    there = sorted((one for one in found if one.closed_at is None), key=lambda one: one.name.casefold())
    closed = sorted((one.closed_at, one.id, one) for one in found if one.closed_at is not None)
    return there + [one for _, _, one in reversed(closed)]


async def location_for(actor: Actor, id: UUID) -> Location:
    """For administrators, closed ones too. Raises Forbidden, Missing."""
    ensure_administrator(actor)
    return await Location.get_or_none(id=id) or missing("location")


async def add_location(actor: Actor, place: Place) -> Location:
    """Raises Forbidden, Invalid with a sentence per field, Conflict `location-name` and `too-many-locations`."""
    ensure_administrator(actor)
    checked = _checked(place)
    async with change(actor, "location.add"):
        await profile_to_change()  # one after the other: two of the same name never meet
        await _ensure_free(checked.name)
        if await Location.filter(closed_at=None).count() >= MOST_OPEN:
            raise Conflict("too-many-locations", f"{MOST_OPEN} locations are open. Close one that is no longer used.")
        made = await Location.create(id=new_id(), **vars(checked))
        await _told(actor, LOCATION_ADDED, made)
        return made


async def change_location(actor: Actor, location: Location, version: int | None, place: Place) -> None:
    """`version` is the one that the page showed. Raises as add_location does, and Conflict `changed-meanwhile`."""
    ensure_administrator(actor)
    checked = _checked(place)
    async with change(actor, "location.change"):
        here = await _held(location)
        ensure_unchanged(version, here.version)
        if checked == Place(here.name, here.address, here.phone):
            return
        if here.closed_at is None:
            await _ensure_free(checked.name, besides=here.id)
        await Location.filter(id=here.id).update(**vars(checked), version=here.version + 1)
        await _told(actor, LOCATION_CHANGED, here)


async def close_location(actor: Actor, location: Location) -> None:
    """From now on it is no longer offered. Closing it twice changes nothing."""
    ensure_administrator(actor)
    async with change(actor, "location.close"):
        here = await _held(location)
        if here.closed_at is None:
            await Location.filter(id=here.id).update(closed_at=now(), version=here.version + 1)
            await _told(actor, LOCATION_CLOSED, here)


async def reopen_location(actor: Actor, location: Location) -> None:
    """Raises Conflict `location-name` when another open one is called so by now."""
    ensure_administrator(actor)
    async with change(actor, "location.reopen"):
        here = await _held(location)
        if here.closed_at is not None:
            await _ensure_free(here.name, besides=here.id)
            await Location.filter(id=here.id).update(closed_at=None, version=here.version + 1)
            await _told(actor, LOCATION_REOPENED, here)


async def _held(location: Location) -> Location:
    await profile_to_change()
    return await Location.get(id=location.id)


async def _ensure_free(name: str, *, besides: UUID | None = None) -> None:
    for one in await Location.filter(closed_at=None):
        if one.id != besides and one.name.lower() == name.lower():
            said = "Another open location has this name. Choose one that people can tell apart."
            raise Conflict("location-name", said, errors={"name": [said]})


def _checked(place: Place) -> Place:
    name, wrong, phone = " ".join(place.name.split()), {}, ""
    if not name:
        wrong["name"] = ["Give it a name by which clients know it."]
    try:
        phone = plain_phone(place.phone)
    except ValueError as fault:
        wrong["phone"] = [str(fault)]
    if wrong:
        raise Invalid(errors=wrong)
    return Place(name, plain_lines(place.address), phone)


async def _told(actor: Actor, kind: EventType, location: Location) -> None:
    await record(actor, kind, [Part([ToStaff()], {"location": location.id})], subject_id=location.id)
