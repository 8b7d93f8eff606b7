"""Doors of Account Settings > Practice: what the practice says of itself, and its locations. For administrators."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.accounts import details, locations
from models.accounts.asks import JustDone, SetDetails, SetLocation
from models.accounts.locations import Place
from models.accounts.practices import profile
from models.accounts.tables import Location
from models.accounts.time_zones import zone_groups
from models.clients import majority
from models.core.actor import Actor
from server import room_settings
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/practice"
SAID = {
    "details": "Saved. Every page of the practice shows it from now on.",
    "location": "Location saved.",
    "closed": "Location closed. Past appointments go on naming it.",
    "reopened": "Location opened again.",
}


@get(HERE, allow=ADMINISTRATOR, query=JustDone)
async def practice_page(actor: Actor, query: JustDone | None = None) -> Page:
    """Names, numbers, addresses, time zone, age of majority, locations."""
    found = await profile()
    shown = {name: getattr(found, name) for name in details.FIELDS} | {"version": found.details_version}
    places = [_shown(one) for one in await locations.locations()]
    return Page(
        "accounts/settings_practice.html", json={"details": shown, "locations": places}, details=shown,
        locations=places, zones=zone_groups(), ages=await _ages(found.age_of_majority), current="settings",
        toast_words=SAID.get(query.done if query else "", ""), as_kept=details.as_kept,
    )


@post(HERE, allow=ADMINISTRATOR, body=SetDetails, again=practice_page)
async def set_details(actor: Actor, body: SetDetails) -> Done:
    """What is sent is saved, what is not stays. With `version`, only over what the page showed."""
    await details.set_details(actor, body.version, body.model_dump(include=set(details.FIELDS)))
    return Done(see=f"{HERE}?done=details")


@get(f"{HERE}/locations/new", allow=ADMINISTRATOR)
async def new_location(actor: Actor) -> Page:
    return Page("accounts/settings_location.html", json={}, location=None, rooms=[], key=uuid4(), current="settings")


@post(f"{HERE}/locations", allow=ADMINISTRATOR, body=SetLocation, key="location.add", again=new_location)
async def add_location(actor: Actor, body: SetLocation) -> Done:
    """A place where clients come to."""
    made = await locations.add_location(actor, _place(body))
    return Done({"location": made.id}, see=f"{HERE}?done=location")


@get(f"{HERE}/locations/<uuid:id>", allow=ADMINISTRATOR, query=JustDone)
async def location_page(actor: Actor, id: UUID, query: JustDone | None = None) -> Page:
    """A location with its rooms."""
    return await room_settings.drawn(await locations.location_for(actor, id), done=query.done if query else "")


@post(f"{HERE}/locations/<uuid:id>", allow=ADMINISTRATOR, body=SetLocation, again=location_page)
async def change_location(actor: Actor, id: UUID, body: SetLocation) -> Done:
    await locations.change_location(actor, await locations.location_for(actor, id), body.version, _place(body))
    return Done(see=f"{HERE}?done=location")


@post(f"{HERE}/locations/<uuid:id>/close", allow=ADMINISTRATOR)
async def close_location(actor: Actor, id: UUID) -> Done:
    """No longer offered; nothing of it is deleted."""
    await locations.close_location(actor, await locations.location_for(actor, id))
    return Done(see=f"{HERE}?done=closed")


@post(f"{HERE}/locations/<uuid:id>/reopen", allow=ADMINISTRATOR, again=location_page)
async def reopen_location(actor: Actor, id: UUID) -> Done:
    await locations.reopen_location(actor, await locations.location_for(actor, id))
    return Done(see=f"{HERE}?done=reopened")


async def _ages(now_there: int) -> list[tuple[int, int]]:
    """Each age there is, and how many minors it would make adults at once."""
    return [(age, await majority.turned_by(age) if age < now_there else 0) for age in details.AGES_OF_MAJORITY]


def _place(body: SetLocation) -> Place:
    return Place(body.name, body.address, body.phone)


def _shown(one: Location) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "address": one.address, "phone": one.phone, "version": one.version,
        "closed_at": one.closed_at,
    }
