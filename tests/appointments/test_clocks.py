"""The two days on which the clocks change, through booking: New York, 9 March and 2 November 2031."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from models.appointments import booking
from models.appointments.availability import Search, free_times
from models.appointments.tables import Appointment, WeeklyHours
from models.appointments.taking import Wanted
from models.core.errors import Conflict
from models.core.ids import new_id
from tests.appointments.conftest import LONG_AGO
from tests.appointments.times import NEW_YORK

SPRING, AUTUMN = datetime(2031, 3, 9, tzinfo=UTC), datetime(2031, 11, 2, tzinfo=UTC)
GAP = SPRING + timedelta(hours=7)  # two o'clock, which is three
FIRST, SECOND = AUTUMN + timedelta(hours=5), AUTUMN + timedelta(hours=6)  # one o'clock, twice


@pytest.fixture
async def nights(cast, hours):
    """The practitioner works on Sundays from midnight to six."""
    await cast.inside(lambda: WeeklyHours.create(
        id=new_id(), staff_id=hours.staff_id, location_id=hours.location_id, weekday=6, from_minute=0,
        until_minute=360, valid_from=LONG_AGO,
    ))
    return hours


async def times_of(cast, offering, hours, day):
    search = Search(offering, 50, "in-person", (hours.staff_id,), day, 1)
    return [one.starts_at for one in await cast.inside(lambda: free_times(search))]


async def booked(cast, offering, hours, starts_at, who="client"):
    actor = await cast.actor(who)
    one = Wanted(offering.id, 50, hours.staff_id, starts_at, "in-person", hours.location_id)
    return await cast.inside(lambda: booking.book(actor, one))


async def at_desk(cast, browse, offering, **when):
    desk = await browse(cast, "frontdesk")
    given = {"service": str(offering.id), "minutes": 50, "practitioner": str(cast.staff["practitioner"]),
             "mode": "phone", "clients": [str(cast.clients["client"])], **when}
    answer = await desk.send("/staff/calendar/new", given)
    return answer.status_code, await answer.get_json()


async def test_a_time_that_the_clocks_leave_out_is_neither_offered_nor_booked(cast, browse, offering, nights):
    with time_machine.travel(SPRING - timedelta(days=9), tick=True):
        offered = await times_of(cast, offering, nights, SPRING.date())
        walls = {f"{one.astimezone(NEW_YORK):%H:%M}" for one in offered}
        assert {"00:00", "01:00", "03:00", "03:30"} <= walls and not {"02:00", "02:30"} & walls
        status, told = await at_desk(cast, browse, offering, day="2031-03-09", time="02:30")
        assert status == 422 and told["errors"]["time"][0].startswith("There is no such time on that day")
        made = await booked(cast, offering, nights, GAP)
        row = await cast.inside(lambda: Appointment.get(id=made.appointment_id))
        assert f"{row.starts_at.astimezone(NEW_YORK):%H:%M}" == "03:00"


async def test_half_past_one_can_be_two_appointments_on_the_day_it_comes_twice(cast, browse, offering, nights):
    with time_machine.travel(AUTUMN - timedelta(days=9), tick=True):
        offered = await times_of(cast, offering, nights, AUTUMN.date())
        assert FIRST in offered and SECOND in offered
        await booked(cast, offering, nights, FIRST)
        await booked(cast, offering, nights, SECOND, "teen")
        rows = await cast.inside(lambda: Appointment.all().order_by("starts_at"))
        assert [f"{row.starts_at.astimezone(NEW_YORK):%H:%M %Z}" for row in rows] == ["01:00 EDT", "01:00 EST"]
        with pytest.raises(Conflict) as refused:
            await booked(cast, offering, nights, FIRST, "client")
        assert refused.value.code == "time-taken"
        ana = await browse(cast, "client")
        shown = await (await ana.json("/appointments")).get_json()
        assert datetime.fromisoformat(shown["upcoming"][0]["starts_at"]) == FIRST


async def test_the_desk_books_both_of_them_by_their_offset_and_the_first_without_one(cast, browse, offering, nights):
    with time_machine.travel(AUTUMN - timedelta(days=9), tick=True):
        for given in ({"day": "2031-11-02", "time": "01:00"}, {"starts_at": "2031-11-02T01:00:00-05:00"}):
            assert (await at_desk(cast, browse, offering, **given))[0] == 200
        rows = await cast.inside(lambda: Appointment.all().order_by("starts_at"))
        assert [row.starts_at for row in rows] == [FIRST, SECOND]
        status, told = await at_desk(cast, browse, offering, starts_at="2031-11-02T01:00:00-04:00")
        assert (status, told["code"]) == (409, "overlaps")
