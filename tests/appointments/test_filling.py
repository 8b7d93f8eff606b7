"""Staff fill calendars: theirs, their supervisees', everybody's at the front desk; over another only on purpose."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from models.accounts.tables import Location
from models.appointments import filling
from models.appointments.tables import Appointment, Attendance, CalendarBlock, Offering, Room
from models.appointments.taking import Wanted
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.core.ids import new_id
from tests.appointments.conftest import offer

TUESDAY = datetime(2031, 3, 4, 15, tzinfo=UTC)


class Desk:
    """Booking and moving by whoever it is."""

    def __init__(self, cast: Any, service: Offering) -> None:
        self.cast, self.service = cast, service

    def time(self, of: str = "practitioner", *, hours: float = 0, **more: Any) -> Wanted:
        made = Wanted(self.service.id, 50, self.cast.staff[of], TUESDAY + timedelta(hours=hours))
        return replace(made, **more)

    async def book(self, who: str = "frontdesk", wanted: Wanted | None = None, *clients: str, **more: Any) -> UUID:
        actor = await self.cast.actor(who)
        ids = [self.cast.clients[one] for one in clients or ("client",)]
        return await self.cast.inside(lambda: filling.book_by_staff(actor, wanted or self.time(), ids, **more))

    async def move(self, who: str, id: UUID, version: int | None, wanted: Wanted, **more: Any) -> int:
        actor = await self.cast.actor(who)
        return await self.cast.inside(lambda: filling.move_by_staff(actor, id, version, wanted, **more))

    async def row(self, id: UUID) -> Appointment:
        return await self.cast.inside(lambda: Appointment.get(id=id))

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return [dict(row) for row in await self.cast.inside(lambda: fetch_all(sql, *args))]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(cast: Any, offering: Offering) -> Desk:
    await cast.inside(lambda: offer(offering, cast.staff["owner"]))
    return Desk(cast, offering)


async def test_a_calendar_is_filled_by_its_practitioner_their_supervisor_and_the_front_desk(desk):
    for hours, who in enumerate(("practitioner", "supervisor", "frontdesk")):
        id = await desk.book(who, desk.time(hours=hours))
        assert (await desk.row(id)).state == "scheduled"
    for who in ("owner", "biller"):
        with pytest.raises(Forbidden, match="not-your-calendar"):
            await desk.book(who, desk.time(hours=5))
    await desk.book("owner", desk.time("owner"), "client")


async def test_a_client_whom_one_does_not_see_is_not_there(desk, cast):
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    for who in ("practitioner", "supervisor"):
        with pytest.raises(Missing):
            await desk.book(who, desk.time())
    await desk.book("frontdesk", desk.time())


async def test_over_another_it_is_asked_and_then_marked(desk):
    await desk.book()
    later = desk.time(hours=0.5)
    with pytest.raises(Conflict, match="overlaps") as asked:
        await desk.book("frontdesk", later, "teen")
    assert asked.value.errors["overlaps"]
    over = await desk.book("frontdesk", later, "teen", overlap_ok=True)
    assert (await desk.row(over)).overlap_ok
    beside = await desk.book("frontdesk", desk.time(hours=4), "child", overlap_ok=True)
    assert not (await desk.row(beside)).overlap_ok, "agreed beforehand, but there was nothing"


async def test_a_room_is_taken_for_everybody(desk, cast):
    async def furnish() -> tuple[UUID, UUID]:
        place = await Location.create(id=new_id(), name="Wharf Street")
        return place.id, (await Room.create(id=new_id(), location_id=place.id, name="Room 2")).id

    place, room = await cast.inside(furnish)
    await desk.book("frontdesk", desk.time(location_id=place, room_id=room))
    with pytest.raises(Conflict, match="overlaps") as asked:
        await desk.book("frontdesk", desk.time("owner", location_id=place, room_id=room), "teen")
    assert "room" in asked.value.detail
    with pytest.raises(Invalid) as wrong:
        await desk.book("frontdesk", desk.time("owner", location_id=None, room_id=room), "teen")
    assert "room" in wrong.value.errors


async def test_time_off_and_blocks_are_asked_about_too(desk, cast):
    off = {"staff_id": cast.staff["practitioner"], "starts_at": TUESDAY, "ends_at": TUESDAY + timedelta(hours=2)}
    await cast.inside(lambda: CalendarBlock.create(id=new_id(), kind="time-off", title="Course", **off))
    with pytest.raises(Conflict, match="overlaps") as asked:
        await desk.book()
    assert "away" in asked.value.detail and "Course" in asked.value.detail
    assert not (await desk.row(await desk.book(overlap_ok=True))).overlap_ok


async def test_buffers_count(desk, cast):
    await cast.inside(lambda: execute("UPDATE service SET buffer_after = 15"))
    await desk.book()
    with pytest.raises(Conflict, match="overlaps"):
        await desk.book("frontdesk", desk.time(hours=1), "teen")
    await desk.book("frontdesk", desk.time(hours=1.25), "teen")


async def test_moving_takes_along_everything_but_what_was_confirmed(desk, cast):
    id = await desk.book(note="Brings a letter")
    await cast.inside(lambda: execute("UPDATE attendance SET confirmed_at = now()"))
    await cast.inside(lambda: execute("UPDATE service_length SET fee_cents = 99900"))
    assert await desk.move("frontdesk", id, 1, desk.time("owner", hours=3)) == 2
    row = await desk.row(id)
    assert row.version == 2 and row.staff_id == cast.staff["owner"] and row.starts_at == TUESDAY + timedelta(hours=3)
    assert row.note == "Brings a letter" and row.fee_cents == 12000, "the fee that was agreed stays"
    (there,) = await cast.inside(lambda: Attendance.filter(appointment_id=id))
    assert there.confirmed_at is None


async def test_both_calendars_hear_of_a_move_from_one_to_the_other(desk, cast):
    id = await desk.book()
    await desk.move("frontdesk", id, None, desk.time("owner"))
    told = await desk.rows(
        "SELECT d.ids, d.data FROM event e JOIN event_data d ON d.seq = e.seq WHERE e.type = 'appointment.moved'"
        " AND d.rooms @> '[[\"public\", null]]' ORDER BY d.seq")
    assert [(one["ids"]["practitioner"], one["data"]["free"]) for one in told] == [
        (str(cast.staff["practitioner"]), True), (str(cast.staff["owner"]), False)]
    assert "client" not in str([one["ids"] for one in told])


async def test_only_another_way_to_meet_keeps_what_was_confirmed_and_tells_no_time(desk, cast):
    id = await desk.book()
    await cast.inside(lambda: execute("UPDATE attendance SET confirmed_at = now()"))
    await desk.move("frontdesk", id, 1, desk.time(mode="video"))
    row = await desk.row(id)
    assert row.mode == "video" and row.video_link == "https://meet.example/harbor"
    (there,) = await cast.inside(lambda: Attendance.filter(appointment_id=id))
    assert there.confirmed_at is not None
    told = await desk.rows("SELECT type FROM event WHERE type LIKE 'appointment.%' ORDER BY seq")
    assert [one["type"] for one in told] == ["appointment.booked", "appointment.changed"]


async def test_moving_to_where_it_is_changes_nothing(desk):
    id = await desk.book()
    assert await desk.move("frontdesk", id, 1, desk.time()) == 1
    assert len(await desk.rows("SELECT 1 FROM event WHERE type = 'appointment.moved'")) == 0


async def test_staff_give_it_any_length(desk):
    id = await desk.book()
    await desk.move("frontdesk", id, None, desk.time(minutes=65))
    row = await desk.row(id)
    assert row.ends_at - row.starts_at == timedelta(minutes=65) and row.fee_cents == 12000
    with pytest.raises(Invalid):
        await desk.move("frontdesk", id, None, desk.time(minutes=721))
    with pytest.raises(Invalid, match="invalid") as wrong:
        await desk.move("frontdesk", id, None, desk.time("supervisor"))
    assert "Counseling" in wrong.value.errors["practitioner"][0]


async def test_who_moves_over_what_they_never_saw_is_told(desk):
    id = await desk.book()
    await desk.move("frontdesk", id, 1, desk.time(hours=2))
    with pytest.raises(Conflict, match="changed-meanwhile"):
        await desk.move("practitioner", id, 1, desk.time(hours=3))
    assert (await desk.row(id)).starts_at == TUESDAY + timedelta(hours=2)


async def test_of_two_who_move_it_at_once_one_is_told(desk):
    id = await desk.book()
    moves = (desk.move(who, id, 1, desk.time(hours=2)) for who in ("frontdesk", "practitioner"))
    done = await asyncio.gather(*moves, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "int"]
    assert (await desk.row(id)).version == 2


async def test_of_many_who_book_the_same_time_at_once_exactly_one_does(desk):
    names = ("client", "teen", "child") * 4
    done = await asyncio.gather(*(desk.book("frontdesk", desk.time(), one) for one in names), return_exceptions=True)
    assert sum(isinstance(one, UUID) for one in done) == 1
    assert {one.code for one in done if isinstance(one, Conflict)} == {"overlaps"}
    assert len([one for one in done if isinstance(one, Conflict)]) == len(names) - 1


async def test_a_request_and_a_cancelled_one_are_not_moved(desk, cast):
    id = await desk.book()
    for state, code in (("requested", "not-accepted"), ("cancelled", "not-coming")):
        await cast.inside(lambda state=state: execute("UPDATE appointment SET state = $1", state))
        with pytest.raises(Conflict, match=code):
            await desk.move("frontdesk", id, None, desk.time(hours=2))


async def test_as_many_come_as_the_service_takes(desk, cast):
    for clients, most in ((("client", "teen"), 1), (("client", "teen", "child"), 2)):
        await cast.inside(lambda most=most: execute("UPDATE service SET capacity = $1", most))
        with pytest.raises(Invalid) as wrong:
            await desk.book("frontdesk", desk.time(), *clients)
        assert "clients" in wrong.value.errors
    await desk.book("frontdesk", desk.time(), "client", "teen")
    with pytest.raises(Invalid):
        actor = await cast.actor("frontdesk")
        await cast.inside(lambda: filling.book_by_staff(actor, desk.time(hours=2), []))


async def test_a_service_that_is_offered_no_longer_is_moved_and_not_booked(desk, cast):
    id = await desk.book()
    await cast.inside(lambda: execute("UPDATE service SET archived_at = now()"))
    await desk.move("frontdesk", id, None, desk.time(hours=2))
    with pytest.raises(Missing):
        await desk.book("frontdesk", desk.time(hours=4), "teen")


async def test_a_note_is_kept_by_who_fills_the_calendar(desk, cast):
    id = await desk.book()
    maya, owner = await cast.actor("practitioner"), await cast.actor("owner")
    assert await cast.inside(lambda: filling.note_by_staff(maya, id, 1, " Brings a letter ")) == 2
    assert (await desk.row(id)).note == "Brings a letter"
    with pytest.raises(Conflict, match="changed-meanwhile"):
        await cast.inside(lambda: filling.note_by_staff(maya, id, 1, "Something else"))
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = $1", now()))
    with pytest.raises(Missing):
        await cast.inside(lambda: filling.note_by_staff(owner, id, 2, "Mine"))
