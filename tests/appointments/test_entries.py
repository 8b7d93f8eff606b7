"""What each member of staff reads on the calendars: names where the right is theirs, else that somebody is busy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from models.appointments import filling, looking
from models.appointments.entries import Entry, Wanted, entries
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering
from models.appointments.taking import Wanted as Time
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Invalid, Missing
from models.core.ids import new_id
from tests.appointments.conftest import offer

TUESDAY = datetime(2031, 3, 4, 15, tzinfo=UTC)
WEEK = Wanted(TUESDAY - timedelta(days=2), TUESDAY + timedelta(days=5))


class Diary:
    """Appointments of the practitioner and the owner, who both offer the service."""

    def __init__(self, cast: Any, service: Offering) -> None:
        self.cast, self.service = cast, service

    async def book(self, client: str = "client", *, of: str = "practitioner", hours: int = 0, note: str = "") -> UUID:
        actor, time = await self.cast.actor("frontdesk"), self.time(of, hours)
        clients = [self.cast.clients[client]]
        return await self.cast.inside(lambda: filling.book_by_staff(actor, time, clients, note=note))

    def time(self, of: str = "practitioner", hours: int = 0) -> Time:
        return Time(self.service.id, 50, self.cast.staff[of], TUESDAY + timedelta(hours=hours))

    async def read(self, who: str, wanted: Wanted = WEEK) -> list[Entry]:
        actor = await self.cast.actor(who)
        return await self.cast.inside(lambda: entries(actor, wanted))

    async def details(self, who: str, id: UUID) -> looking.Details:
        actor = await self.cast.actor(who)
        return await self.cast.inside(lambda: looking.details(actor, id))


@pytest_asyncio.fixture(loop_scope="session")
async def diary(cast: Any, offering: Offering) -> Diary:
    await cast.inside(lambda: offer(offering, cast.staff["owner"]))
    return Diary(cast, offering)


def names(found: list[Entry]) -> list[list[str]]:
    return [[each.name for each in one.people] for one in found]


async def test_the_front_desk_the_practitioner_and_their_supervisor_read_who_comes(diary):
    await diary.book(note="Brings a letter")
    for who in ("frontdesk", "practitioner", "supervisor"):
        (one,) = await diary.read(who)
        assert names([one]) == [["Ana Beltrán"]] and one.service == "Counseling" and one.noted and one.may_change


async def test_everybody_else_reads_that_the_practitioner_is_busy_and_nothing_more(diary, cast):
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    id = await diary.book(note="Brings a letter")
    (one,) = await diary.read("owner")
    at = {"id": id, "staff_id": cast.staff["practitioner"], "starts_at": TUESDAY,
          "ends_at": TUESDAY + timedelta(minutes=50)}
    assert vars(one) == vars(Entry(status="busy", **at))
    shown = await diary.details("owner", id)
    assert shown.entry == one and not shown.attending and not shown.note and shown.found is None


async def test_a_biller_reads_name_service_and_code_and_changes_nothing(diary):
    id = await diary.book(note="Brings a letter")
    (one,) = await diary.read("biller")
    assert names([one]) == [["Ana Beltrán"]] and one.service == "Counseling"
    assert not one.noted and not one.may_change and one.room_id is None and not one.version
    shown = await diary.details("biller", id)
    assert [each.name for each in shown.attending] == ["Ana Beltrán"] and not shown.note and not shown.whole


async def test_of_a_group_only_those_are_named_whose_appointments_one_sees(diary, cast):
    await cast.inside(lambda: execute("UPDATE service SET kind = 'group', capacity = 3"))
    id = await diary.book(of="owner")
    others = [cast.clients["teen"], cast.clients["child"]]

    async def join() -> None:
        for one in others:
            await Attendance.create(appointment_id=id, client_id=one, booked_side="desk")
        # maya takes care of the teen alone
        await execute("UPDATE assignment SET ended_at = now() WHERE client_id <> $1", others[0])

    await cast.inside(join)
    (one,) = await diary.read("practitioner")
    assert names([one]) == [["Leo Marsh"]] and one.others == 2 and not one.may_change
    shown = await diary.details("practitioner", id)
    assert [each.name for each in shown.attending] == ["Leo Marsh"]
    (whole,) = await diary.read("owner")
    assert len(whole.people) == 3 and whole.others == 0


async def test_a_newcomers_name_is_for_who_fills_that_calendar(diary, cast):
    async def ask() -> UUID:
        request = await BookingRequest.create(id=new_id(), first_name="Ida", last_name="Byron", expires_at=now())
        made = await Appointment.create(
            id=new_id(), state="requested", staff_id=cast.staff["practitioner"], service_id=diary.service.id,
            starts_at=TUESDAY, ends_at=TUESDAY + timedelta(minutes=50), request_id=request.id, made_side="public",
        )
        return made.id

    await cast.inside(ask)
    for who in ("frontdesk", "practitioner", "supervisor"):
        (one,) = await diary.read(who)
        assert one.status == "requested" and names([one]) == [["Ida Byron"]]
    for who in ("owner", "biller"):
        (one,) = await diary.read(who)
        assert one.status == "busy" and not one.people


async def test_a_hold_is_being_chosen_until_its_moment_and_names_nobody(diary, cast):
    async def hold(minutes: int) -> None:
        await Appointment.create(
            id=new_id(), state="hold", staff_id=cast.staff["practitioner"], service_id=diary.service.id,
            starts_at=TUESDAY + timedelta(hours=minutes), ends_at=TUESDAY + timedelta(hours=minutes, minutes=50),
            held_until=now() + timedelta(minutes=minutes), held_by=cast.logins["client"], made_side="portal",
        )

    await cast.inside(lambda: hold(5))
    await cast.inside(lambda: hold(-5))
    for who in ("frontdesk", "owner"):
        (one,) = await diary.read(who)
        assert one.status == "held" and one.until is not None and not one.people and not one.service


async def test_a_cancelled_one_stays_for_who_may_read_it_and_its_time_is_free_to_the_others(diary, cast):
    id = await diary.book()
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    for state, said in (("cancelled", "cancelled"), ("late-cancelled", "late-cancelled")):
        await cast.inside(lambda state=state: execute("UPDATE attendance SET state = $1", state))
        await cast.inside(lambda: execute("UPDATE appointment SET state = 'cancelled' WHERE id = $1", id))
        (one,) = await diary.read("frontdesk")
        assert one.status == said and names([one]) == [["Ana Beltrán"]]
        assert await diary.read("owner") == []
    with pytest.raises(Missing):
        await diary.details("owner", id)


async def test_a_past_one_without_an_outcome_needs_one(diary, cast):
    id = await diary.book()
    past = "UPDATE appointment SET starts_at = starts_at - interval '15 years', ends_at = ends_at - interval '15 years'"
    await cast.inside(lambda: execute(past))
    found = await diary.details("frontdesk", id)
    assert found.entry.status == "needs-outcome"
    await cast.inside(lambda: execute("UPDATE attendance SET state = 'no-show'"))
    assert (await diary.details("frontdesk", id)).entry.status == "no-show"


async def test_everybody_reads_which_room_is_taken_and_some_that_it_is_busy(diary, cast):
    from models.accounts.tables import Location
    from models.appointments.tables import Room

    async def furnish() -> UUID:
        place = await Location.create(id=new_id(), name="Wharf Street")
        room = await Room.create(id=new_id(), location_id=place.id, name="Room 2")
        await execute("UPDATE appointment SET room_id = $1, location_id = $2", room.id, place.id)
        await execute("UPDATE assignment SET ended_at = now()")
        return room.id

    await diary.book()
    room = await cast.inside(furnish)
    by_room = Wanted(WEEK.begins, WEEK.ends, rooms=frozenset((room,)))
    for who, status in (("frontdesk", "scheduled"), ("biller", "scheduled"), ("owner", "busy")):
        (one,) = await diary.read(who, by_room)
        assert (one.status, one.room, one.location, one.room_id) == (status, "Room 2", "Wharf Street", room), who
    assert names(await diary.read("owner", by_room)) == [[]]
    other = Wanted(WEEK.begins, WEEK.ends, rooms=frozenset((new_id(),)))
    assert await diary.read("owner", other) == []


async def test_who_did_it_is_told_with_the_names_and_not_without(diary):
    id = await diary.book()
    alone = Wanted(WEEK.begins, WEEK.ends, only=frozenset((id,)))
    assert (await diary.read("practitioner", alone))[0].done["by"] == "Tess"
    assert (await diary.read("frontdesk", alone))[0].done["by"] == "you"
    assert (await diary.read("practitioner"))[0].done is None


async def test_six_weeks_are_the_most_and_cost_as_many_statements_as_an_hour(diary, statements):
    await diary.book()
    await diary.book("teen", hours=2)
    actor = await diary.cast.actor("supervisor")

    async def asked(wanted: Wanted) -> int:
        statements.clear()
        await diary.cast.inside(lambda: entries(actor, wanted))
        return len([one for one in statements if any(word in one for word in ("appointment", "attendance", "assign"))])

    whole = Wanted(WEEK.begins, WEEK.begins + timedelta(days=42))
    assert await asked(whole) == await asked(Wanted(TUESDAY, TUESDAY + timedelta(hours=1)))
    with_an_hour_twice = Wanted(WEEK.begins, WEEK.begins + timedelta(days=42, hours=1))
    assert await diary.read("frontdesk", with_an_hour_twice)
    with pytest.raises(Invalid):
        await diary.read("frontdesk", Wanted(WEEK.begins, WEEK.begins + timedelta(days=43)))
    with pytest.raises(Invalid):
        await diary.read("frontdesk", Wanted(WEEK.begins, WEEK.begins))


async def test_nothing_of_another_practice_stands_here(diary, browse):
    from tests.support.cast import new_cast

    id = await diary.book()
    other = await new_cast()
    assert (await (await browse(other, "frontdesk")).json(f"/staff/calendar/{id}")).status_code == 404
    actor = await other.actor("frontdesk")
    assert await other.inside(lambda: entries(actor, WEEK)) == []
