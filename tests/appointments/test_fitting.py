"""What staff book gets a free room, and what is in its way is asked about: hours, holidays, and what stands there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import time_machine

from models.appointments import filling
from models.appointments.tables import Appointment, Room
from models.appointments.taking import Wanted
from models.core.database import execute
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id
from tests.appointments.conftest import LONG_AGO, Hours, offer
from tests.appointments.times import at, wanted


class Place:
    """The location of the hours, to which rooms can be added; both practitioners offer the service there."""

    def __init__(self, cast: Any, offering: Any, hours: Hours) -> None:
        self.cast, self.offering, self.hours = cast, offering, hours

    async def rooms(self, *names: str) -> list[UUID]:
        made = [Room(id=new_id(), location_id=self.hours.location_id, name=name) for name in names]
        for one in made:
            await self.cast.inside(one.save)
        return [one.id for one in made]

    def time(self, hour: int = 10, **other: Any) -> Wanted:
        return wanted(self.offering, self.hours, other.pop("starts_at", None) or at(hour), **other)

    async def book(self, asked: Wanted, client: str = "client", **more: Any) -> Appointment:
        desk, who = await self.cast.actor("frontdesk"), self.cast.clients[client]
        id = await self.cast.inside(lambda: filling.book_by_staff(desk, asked, [who], **more))
        return await self.row(id)

    async def move(self, here: Appointment, **to: Any) -> Appointment:
        desk, more = await self.cast.actor("frontdesk"), {"overlap_ok": to.pop("overlap_ok", False)}
        asked = replace(Wanted(here.service_id, 50, here.staff_id, here.starts_at, here.mode, here.location_id,
                               here.room_id), **to)
        await self.cast.inside(lambda: filling.move_by_staff(desk, here.id, here.version, asked, **more))
        return await self.row(here.id)

    async def row(self, id: UUID) -> Appointment:
        return await self.cast.inside(lambda: Appointment.get(id=id))


@pytest_asyncio.fixture(loop_scope="session")
async def place(cast: Any, offering: Any, hours: Hours) -> Place:
    await cast.inside(lambda: offer(offering, cast.staff["owner"]))
    return Place(cast, offering, hours)


async def test_at_a_location_with_rooms_staff_get_a_free_one_or_the_one_they_choose(place, cast):
    assert (await place.book(place.time(9))).room_id is None, "it has no rooms yet"
    cove, pier = await place.rooms("Cove", "Pier")
    assert (await place.book(place.time(11))).room_id == cove
    assert (await place.book(place.time(11, staff_id=cast.staff["owner"]), "teen")).room_id == pier
    assert (await place.book(place.time(13, room_id=pier))).room_id == pier


async def test_where_every_room_is_taken_it_is_refused_and_a_chosen_one_is_asked_about(place, cast):
    [cove] = await place.rooms("Cove")
    await place.book(place.time())
    theirs = place.time(staff_id=cast.staff["owner"])
    for overlap_ok in (False, True):
        with pytest.raises(Conflict, match="no-room") as refused:
            await place.book(theirs, "teen", overlap_ok=overlap_ok)
        assert refused.value.detail == "Every room is taken at this time. Choose another time."
    with pytest.raises(Conflict, match="overlaps"):
        await place.book(replace(theirs, room_id=cove), "teen")
    assert (await place.book(replace(theirs, room_id=cove), "teen", overlap_ok=True)).overlap_ok


async def test_of_two_who_book_the_last_room_at_once_one_gets_it(place, cast):
    await place.rooms("Cove")
    asked = [(place.time(), "client"), (place.time(staff_id=cast.staff["owner"]), "teen")]
    done = await asyncio.gather(*(place.book(*one) for one in asked), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Appointment", "Conflict"]


async def test_by_phone_and_video_it_is_nowhere_and_takes_no_room(place, cast):
    [cove] = await place.rooms("Cove")
    for hour, mode in ((10, "phone"), (11, "video")):
        made = await place.book(place.time(hour, mode=mode, room_id=cove))
        assert (made.location_id, made.room_id) == (None, None)
    here = await place.book(place.time(13))
    away = await place.move(here, mode="phone")
    assert here.room_id == cove and (away.location_id, away.room_id) == (None, None)
    assert (await place.book(place.time(13, staff_id=cast.staff["owner"]), "teen")).room_id == cove


async def test_moved_to_a_location_it_gets_a_room_there_and_moved_in_time_it_keeps_its_own(place, cast):
    [cove] = await place.rooms("Cove")
    here = await place.book(place.time(location_id=None))
    assert here.room_id is None
    moved = await place.move(here, location_id=place.hours.location_id)
    assert moved.room_id == cove
    later = await place.move(moved, starts_at=at(14))
    assert later.room_id == cove
    await place.rooms("Pier")
    await place.book(place.time(16, staff_id=cast.staff["owner"], room_id=cove), "teen")
    with pytest.raises(Conflict, match="overlaps") as asked:
        await place.move(later, starts_at=at(16))
    assert "room is taken" in asked.value.detail, "no other room is taken silently"


async def test_a_location_that_has_closed_takes_nothing_new_and_keeps_what_stands_there(place, cast):
    here = await place.book(place.time())
    await cast.inside(lambda: execute("UPDATE location SET closed_at = now()"))
    assert (await place.move(here, starts_at=at(11), overlap_ok=True)).location_id == place.hours.location_id
    with pytest.raises(Invalid) as wrong:
        await place.book(place.time(14), "teen")
    assert "place" in wrong.value.errors


async def test_outside_the_hours_it_is_asked_and_not_marked(place, cast):
    for hour, minute in ((8, 30), (16, 30), (20, 0)):
        asked = place.time(starts_at=at(hour, minute))
        with pytest.raises(Conflict, match="overlaps") as refused:
            await place.book(asked)
        assert refused.value.detail == "Maya Okafor does not work at this time. Book it all the same?"
    made = await place.book(asked, overlap_ok=True)
    assert not made.overlap_ok, "it stands over nothing"
    assert await place.book(place.time(starts_at=at(16, 10)), "teen"), "it ends with the hours"


async def test_hours_that_follow_each_other_are_one(place, cast):
    await cast.inside(lambda: execute("UPDATE weekly_hours SET until_minute = 720"))
    more = """INSERT INTO weekly_hours (id, staff_id, weekday, from_minute, until_minute, valid_from)
      SELECT gen_random_uuid(), staff_id, weekday, 720, 1020, valid_from FROM weekly_hours"""
    await cast.inside(lambda: execute(more))
    assert await place.book(place.time(starts_at=at(11, 30)))


async def test_who_named_no_hours_is_never_away_and_what_has_begun_is_written_down_as_it_was(place, cast):
    assert await place.book(place.time(20, staff_id=cast.staff["owner"])), "Jonas named none"
    assert await place.book(place.time(starts_at=at(20) - timedelta(weeks=5)), "teen")


async def test_on_a_public_holiday_it_is_asked(place, cast):
    await cast.inside(lambda: execute("UPDATE booking_settings SET holiday_country = 'US'"))
    with time_machine.travel("2031-06-02T12:00:00Z", tick=True):
        fourth = at(10).replace(year=2031, month=7, day=4)
        with pytest.raises(Conflict, match="overlaps") as asked:
            await place.book(place.time(starts_at=fourth))
        assert asked.value.detail.startswith("The practice is closed on that day (Independence Day).")


async def test_only_another_time_is_asked_about_again(place, cast):
    here = await place.book(place.time(20), overlap_ok=True)
    video = await place.move(here, mode="video")
    with pytest.raises(Conflict, match="overlaps"):
        await place.move(video, minutes=80)
    assert (await place.move(video, starts_at=at(12))).starts_at == at(12)


async def test_hours_of_old_are_hours_no_longer(place, cast):
    """An hour at the end of which nobody is there any more."""
    assert LONG_AGO < at(10).date()
    await cast.inside(lambda: execute("UPDATE weekly_hours SET valid_until = '2020-02-01'"))
    with pytest.raises(Conflict, match="overlaps"):
        await place.book(place.time())
