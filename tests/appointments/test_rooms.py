"""Which room an appointment gets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.appointments.availability import room_for
from models.appointments.holding import place
from models.appointments.tables import Appointment
from models.appointments.taking import Offer, Wanted
from models.core.clock import now
from models.core.errors import Conflict
from tests.appointments.conftest import offer, open_week


async def room(looking: Any, opens: str = "10:00", closes: str = "11:00", before: int = 0, after: int = 0,
               besides: UUID | None = None) -> UUID | None:
    return await looking.cast.inside(lambda: room_for(
        looking.hours.location_id, looking.at(opens), looking.at(closes), before, after, besides))


async def test_a_location_without_open_rooms_gives_none(looking):
    assert await room(looking) is None
    [blue] = await looking.rooms("Blue")
    assert await room(looking) == blue
    await looking.run("UPDATE room SET closed_at = now() WHERE id = $1", blue)
    assert await room(looking) is None


async def test_the_emptiest_room_is_taken_and_of_two_alike_the_first_by_name(cast, looking):
    yellow, blue, green = await looking.rooms("Yellow", "blue", "Green")
    assert await room(looking) == blue
    owner, at = cast.staff["owner"], {"location_id": looking.hours.location_id}
    await looking.take("14:00", "15:00", staff_id=owner, room_id=blue, **at)
    assert await room(looking) == green
    await looking.block("15:00", "18:00", room_id=green)
    assert await room(looking) == yellow
    await looking.take("10:30", "11:30", staff_id=owner, room_id=yellow, **at)
    assert await room(looking) == blue


async def test_buffers_of_both_keep_a_room_free_and_times_that_touch_do_not_meet(cast, looking):
    await looking.rooms("Blue")
    [blue] = [await room(looking)]
    await looking.take("11:10", "12:00", staff_id=cast.staff["owner"], room_id=blue, buffer_before=10)
    assert await room(looking) == blue
    with pytest.raises(Conflict) as refused:
        await room(looking, after=1)
    assert refused.value.code == "no-room"
    with pytest.raises(Conflict):
        await room(looking, "12:00", "13:00", before=1)
    assert await room(looking, "12:00", "13:00") == blue


async def test_what_is_moved_and_holds_that_are_over_and_what_was_cancelled_take_no_room(cast, looking):
    [blue] = await looking.rooms("Blue")
    owner = cast.staff["owner"]
    own = await looking.take("10:00", "11:00", staff_id=owner, room_id=blue)
    with pytest.raises(Conflict):
        await room(looking)
    assert await room(looking, besides=own) == blue
    await looking.run("UPDATE appointment SET state = 'cancelled' WHERE id = $1", own)
    assert await room(looking) == blue
    await looking.take("10:00", "11:00", staff_id=owner, room_id=blue, state="hold",
                       held_until=now() - timedelta(seconds=1))
    assert await room(looking) == blue


async def test_a_block_of_a_room_takes_it_however_long_it_lasts(looking):
    blue, green = await looking.rooms("Blue", "Green")
    await looking.block("00:00", "23:00", room_id=blue, starts_at=now() - timedelta(days=400))
    assert await room(looking) == green


async def hold(looking: Any, staff_id: UUID, clock: str = "10:00") -> Any:
    """As a visitor."""
    wanted = Wanted(looking.offering.id, 50, staff_id, looking.at(clock), location_id=looking.hours.location_id)
    return await looking.cast.inside(lambda: place(None, Offer(looking.offering, None), wanted))


async def test_a_hold_that_is_over_stands_in_no_room_also_when_it_is_of_another_practitioner(cast, looking):
    [blue] = await looking.rooms("Blue")
    await looking.take("10:00", "10:50", staff_id=cast.staff["owner"], room_id=blue, state="hold",
                       held_until=now() - timedelta(seconds=1))
    held = await hold(looking, looking.hours.staff_id)
    [row] = await cast.inside(lambda: Appointment.filter(state="hold"))
    assert (row.id, row.room_id) == (held.id, blue)


async def test_five_practitioners_at_the_same_moment_fill_three_rooms_and_two_are_told(cast, looking):
    everybody = list(cast.staff.values())

    async def add() -> None:
        for staff_id in everybody:
            await offer(looking.offering, staff_id)
            await open_week(staff_id, looking.hours.location_id)

    await cast.inside(add)
    rooms = await looking.rooms("Blue", "Green", "Yellow")
    answers = await asyncio.gather(*(hold(looking, one) for one in everybody), return_exceptions=True)
    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [Conflict, Conflict]
    held = await cast.inside(lambda: Appointment.filter(state="hold"))
    assert {one.room_id for one in held} == set(rooms)
