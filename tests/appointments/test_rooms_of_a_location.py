"""Rooms of a location: added, renamed, closed, opened again, by administrators, on the location's page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.accounts import locations
from models.accounts.locations import Place
from models.appointments import rooms
from models.appointments.tables import Appointment
from models.core.clock import now
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.core.ids import new_id
from tests.appointments.heard import heard
from tests.support.browsing import key

PLACES, ROOMS = "/staff/settings/practice/locations", "/staff/settings/rooms"


async def place(cast, name="Wharf Street"):
    owner = await cast.actor("owner")
    return await cast.inside(lambda: locations.add_location(owner, Place(name)))


async def add(cast, where, name="Cove"):
    owner = await cast.actor("owner")
    return await cast.inside(lambda: rooms.add_room(owner, where, name))


async def names(cast, where):
    return [(one.name, one.closed_at is None) for one in await cast.inside(lambda: rooms.rooms_of(where.id))]


async def test_an_administrator_adds_renames_closes_and_reopens_one(cast, browse):
    where, browser = await place(cast), await browse(cast, "owner")
    form = {"room": "Cove  room", "key": key()}
    for _ in range(2):
        assert (await browser.post(f"{PLACES}/{where.id}/rooms", form)).status_code == 303
    assert await names(cast, where) == [("Cove room", True)], "sent twice with one key, added once"
    drawn = await (await browser.get(f"{PLACES}/{where.id}")).get_data(as_text=True)
    (one,) = set(re.findall(rf'action="({ROOMS}/[0-9a-f-]{{36}})"', drawn))
    assert (await browser.post(one, {"room": "Pier", "version": "1"})).status_code == 303
    assert (await browser.post(f"{one}/close")).status_code == 303
    assert (await browser.post(f"{one}/close")).status_code == 303
    assert await names(cast, where) == [("Pier", False)]
    assert "Open again" in await (await browser.get(f"{PLACES}/{where.id}")).get_data(as_text=True)
    assert (await browser.post(f"{one}/reopen")).status_code == 303
    assert await names(cast, where) == [("Pier", True)]
    assert len(await heard(cast, "rooms.changed")) == 4


async def test_two_open_rooms_of_a_location_never_have_one_name(cast):
    where, elsewhere = await place(cast), await place(cast, "Mill")
    owner, first = await cast.actor("owner"), await add(cast, where)
    await add(cast, elsewhere)
    with pytest.raises(Conflict):
        await add(cast, where, "COVE")
    await cast.inside(lambda: rooms.close_room(owner, first))
    await add(cast, where, "cove")
    with pytest.raises(Conflict):
        await cast.inside(lambda: rooms.reopen_room(owner, first))


async def test_a_refusal_stands_at_its_own_line_with_what_was_typed(cast, browse):
    where, browser = await place(cast), await browse(cast, "owner")
    one, other = await add(cast, where), await add(cast, where, "Pier")
    taken = await browser.post(f"{ROOMS}/{one.id}", {"room": "pier", "version": "1"})
    drawn = await taken.get_data(as_text=True)
    assert taken.status_code == 409 and "Another room here is called Pier" in drawn and 'value="pier"' in drawn
    await browser.post(f"{ROOMS}/{other.id}", {"room": "Quay", "version": "1"})
    late = await browser.post(f"{ROOMS}/{other.id}", {"room": "Dock", "version": "1"})
    drawn = await late.get_data(as_text=True)
    assert late.status_code == 409 and "Saved meanwhile: Quay" in drawn and 'value="Dock"' in drawn
    empty = await browser.post(f"{PLACES}/{where.id}/rooms", {"room": " "})
    assert empty.status_code == 422 and "Give the room a name." in await empty.get_data(as_text=True)


async def test_whoever_closes_one_is_told_how_many_appointments_stay_in_it(cast, browse):
    where = await place(cast)
    one, at = await add(cast, where), now() + timedelta(days=3)
    await cast.inside(lambda: Appointment.create(
        id=new_id(), state="scheduled", staff_id=cast.staff["practitioner"], room_id=one.id, location_id=where.id,
        starts_at=at, ends_at=at + timedelta(minutes=50), made_side="desk",
    ))
    browser = await browse(cast, "owner")
    told = await (await browser.send(f"{ROOMS}/{one.id}/close")).get_json()
    assert told["coming"] == 1
    drawn = await (await browser.get(f"{PLACES}/{where.id}")).get_data(as_text=True)
    assert "1 coming appointment still in it" in drawn


async def test_others_of_the_practice_and_the_neighbours_reach_none_of_it(cast, neighbours):
    where = await place(cast)
    one = await add(cast, where)
    maya, stranger = await cast.actor("practitioner"), await neighbours.actor("owner")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: rooms.room_for(stranger, one.id))
    for verb in (lambda: rooms.room_for(maya, one.id), lambda: rooms.add_room(maya, where, "Mine"),
                 lambda: rooms.rename_room(maya, one, None, "Mine"), lambda: rooms.close_room(maya, one),
                 lambda: rooms.reopen_room(maya, one)):
        with pytest.raises(Forbidden):
            await cast.inside(verb)


async def test_no_location_fills_without_end(cast, monkeypatch):
    where = await place(cast)
    monkeypatch.setattr(rooms, "MOST_OPEN", 1)
    await add(cast, where)
    with pytest.raises(Conflict):
        await add(cast, where, "Pier")
    with pytest.raises(Invalid):
        await add(cast, where, " ")
