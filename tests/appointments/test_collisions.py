"""What stands between two who want one time: PostgreSQL itself, and every limit once more inside the booking."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import pytest_asyncio

from models.appointments import booking, holding
from models.appointments.tables import Appointment, Attendance, BookingSettings, CalendarBlock, WeeklyHours
from models.appointments.taking import COLUMNS, INSERT, offer_for
from models.core import limits
from models.core.clock import now
from models.core.database import RETRIED, execute, fetch_all
from models.core.errors import Busy, Conflict, Forbidden, Missing
from models.core.ids import new_id
from tests.appointments.conftest import LONG_AGO, offer, open_week
from tests.appointments.times import AUTUMN, SPRING, at, wanted
from tests.support.browsing import key

BOOK = "/appointments/book"
NEW_YORK = ZoneInfo("America/New_York")


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def parents_book(cast):
    limits.forget_all()
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL"))


async def write(cast, staff_id, starts_at, **other):
    """Straight into the table, as no verb would."""
    values = {
        "state": "scheduled", "staff_id": staff_id, "mode": "phone", "video_link": "", "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=50), "buffer_before": 0, "buffer_after": 0, "overlap_ok": False,
        "kind": "individual", "capacity": 1, "code": "", "note": "", "made_side": "desk", **other,
    }
    await cast.inside(lambda: execute(INSERT, new_id(), *(values.get(name) for name in COLUMNS)))


async def book(cast, name, one, *, client=None, **more):
    actor = await cast.actor(name, client=client)
    return await cast.inside(lambda: booking.book(actor, one, **more))


async def outcome(work):
    """`booked`, or the word of the refusal."""
    try:
        await work
    except Conflict as refused:
        return refused.code
    return "booked"


@pytest.mark.parametrize("state", ["hold", "requested", "offered", "scheduled"])
async def test_postgresql_refuses_a_second_time_of_a_practitioner_whatever_stands_there(cast, hours, state):
    until = {"held_until": now() + timedelta(minutes=5)} if state == "hold" else {}
    await write(cast, hours.staff_id, at(10), state=state, **until)
    with pytest.raises(Busy) as refused:
        await write(cast, hours.staff_id, at(10, 49))
    assert isinstance(refused.value.__cause__, asyncpg.ExclusionViolationError)
    assert asyncpg.ExclusionViolationError in RETRIED
    await write(cast, hours.staff_id, at(10, 50))
    await write(cast, cast.staff["owner"], at(10))


async def test_what_was_cancelled_or_declined_takes_no_time(cast, hours):
    for state in ("cancelled", "declined", "scheduled"):
        await write(cast, hours.staff_id, at(10), state=state)


async def test_buffers_are_part_of_what_postgresql_refuses_and_they_add_up(cast, hours):
    await write(cast, hours.staff_id, at(10), buffer_after=10)
    with pytest.raises(Busy):
        await write(cast, hours.staff_id, at(10, 59))
    with pytest.raises(Busy):
        await write(cast, hours.staff_id, at(11, 5), buffer_before=10)
    await write(cast, hours.staff_id, at(11, 10), buffer_before=10)


async def test_only_what_staff_put_over_another_on_purpose_stands_there(cast, hours):
    await write(cast, hours.staff_id, at(10))
    await write(cast, hours.staff_id, at(10), overlap_ok=True)
    with pytest.raises(Busy):
        await write(cast, hours.staff_id, at(10))


async def test_of_many_who_book_different_times_of_a_day_only_so_many_do(cast, offering, hours):
    """No constraint of a row says this: it is counted on the calendar that is held."""
    await cast.inside(lambda: BookingSettings.all().update(max_day=1))
    wishes = [("client", None, 9), ("teen", None, 11), ("parent", "child", 13)]
    said = await asyncio.gather(*(
        outcome(book(cast, name, wanted(offering, hours, at(hour)), client=client)) for name, client, hour in wishes
    ))
    assert sorted(said) == ["booked", "time-taken", "time-taken"]


async def test_of_many_who_book_different_times_of_a_week_only_so_many_do(cast, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(max_week=2))
    wishes = [("client", None, 0), ("teen", None, 1), ("parent", "child", 3)]
    said = await asyncio.gather(*(
        outcome(book(cast, name, wanted(offering, hours, at(10, weekday=day)), client=client))
        for name, client, day in wishes
    ))
    assert sorted(said) == ["booked", "booked", "time-taken"]


async def test_one_client_who_books_with_two_at_once_gets_as_many_as_one_may_have(cast, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(max_upcoming=1))

    async def more() -> None:
        await offer(offering, cast.staff["supervisor"])
        await open_week(cast.staff["supervisor"], hours.location_id)

    await cast.inside(more)
    said = await asyncio.gather(*(
        outcome(book(cast, "client", wanted(offering, hours, at(10), staff_id=staff)))
        for staff in (hours.staff_id, cast.staff["supervisor"])
    ))
    assert sorted(said) == ["booked", "too-many-upcoming"]


async def hold(cast, name, one):
    actor = await cast.actor(name)

    async def work():
        return await holding.place(actor, await offer_for(one), one)

    return await cast.inside(work)


async def closes(cast, hours):
    await WeeklyHours.filter(staff_id=hours.staff_id).delete()


async def is_away(cast, hours):
    await CalendarBlock.create(id=new_id(), staff_id=hours.staff_id, kind="time-off", starts_at=at(9), ends_at=at(12))


async def is_full(cast, hours):
    await BookingSettings.all().update(max_day=1)
    await Appointment.create(id=new_id(), state="scheduled", staff_id=hours.staff_id, made_side="desk",
                             starts_at=at(15), ends_at=at(16))


@pytest.mark.parametrize("meanwhile", [closes, is_away, is_full])
async def test_what_changed_since_the_time_was_held_is_looked_at_again(cast, offering, hours, meanwhile):
    held = await hold(cast, "client", wanted(offering, hours, at(10)))
    await cast.inside(lambda: meanwhile(cast, hours))
    assert await outcome(book(cast, "client", wanted(offering, hours, at(10)), hold_id=held.id)) == "time-taken"


async def test_who_holds_a_time_does_not_lose_it_to_the_notice_that_passes_meanwhile(cast, offering, hours, later):
    notice = int((at(10) - now()).total_seconds() // 60) - 2
    await cast.inside(lambda: BookingSettings.all().update(notice_minutes=notice))
    held = await hold(cast, "client", wanted(offering, hours, at(10)))
    later(minutes=4)
    assert await outcome(book(cast, "teen", wanted(offering, hours, at(10)))) == "time-taken"
    assert await outcome(book(cast, "client", wanted(offering, hours, at(10)), hold_id=held.id)) == "booked"


async def test_a_job_waits_for_the_end_of_each_hold(cast, offering, hours):
    held = await hold(cast, "client", wanted(offering, hours, at(10)))
    [row] = await cast.inside(lambda: fetch_all(
        "SELECT execute_after - created AS after FROM pgqueuer WHERE entrypoint = 'hold.release'"
        " AND convert_from(payload, 'UTF8') LIKE '%' || $1 || '%'", str(held.id)))
    assert timedelta(seconds=299) < row["after"] < timedelta(seconds=301)


async def test_a_hold_of_another_client_or_practice_is_worth_nothing(cast, neighbours, browse, offering, hours):
    held = await hold(cast, "client", wanted(offering, hours, at(10)))
    leo = await browse(cast, "teen")
    form = {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": str(hours.staff_id),
            "time": f"{at(10).isoformat()}/{hours.location_id}", "hold": str(held.id), "key": key()}
    answer = await leo.send(BOOK, form)
    assert (answer.status_code, (await answer.get_json())["code"]) == (409, "time-taken")
    stranger = await browse(neighbours, "client")
    await neighbours.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    assert (await stranger.send(BOOK, {**form, "key": key()})).status_code == 404
    assert (await stranger.send(f"{BOOK}/release", {"hold": str(held.id)})).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 1
    assert await cast.inside(lambda: Attendance.all().count()) == 0


async def test_who_loses_the_right_while_they_fill_in_the_form_books_nothing(cast, offering, hours):
    one = wanted(offering, hours, at(10))
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{appointments}'"
                                      " WHERE contact_id IS NOT NULL"))
    with pytest.raises(Forbidden):
        await book(cast, "parent", one, client="child")
    held = await hold(cast, "client", one)
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET online = false"))
    with pytest.raises(Missing):
        await book(cast, "client", one, hold_id=held.id)


async def test_ones_own_hold_stands_in_nobodys_own_way(cast, browse, offering, hours):
    """Two tabs, or a page that was loaded anew: the later one holds the time, and either books it, once."""
    ana, leo = await browse(cast, "client"), await browse(cast, "teen")
    form = {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": str(hours.staff_id),
            "time": f"{at(10).isoformat()}/{hours.location_id}"}
    first, second = [await (await ana.send(f"{BOOK}/hold", form)).get_json() for _ in range(2)]
    assert first["hold"] != second["hold"]
    assert [row.id for row in await cast.inside(lambda: Appointment.filter(state="hold"))] == [UUID(second["hold"])]
    assert (await leo.send(f"{BOOK}/hold", form)).status_code == 409
    said = [(await ana.send(BOOK, {**form, "hold": first["hold"], "key": key()})).status_code for _ in range(2)]
    assert said == [200, 409]
    assert await cast.inside(lambda: Attendance.all().count()) == 1
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0


async def test_a_page_that_is_loaded_anew_holds_the_time_of_anyone_again(cast, browse, offering, hours):
    async def more() -> None:
        await offer(offering, cast.staff["supervisor"])
        await open_week(cast.staff["supervisor"], hours.location_id, opens=13 * 60)

    await cast.inside(more)
    ana = await browse(cast, "client")
    form = {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": "anyone",
            "time": f"{at(10).isoformat()}/{hours.location_id}"}
    said = [(await ana.send(f"{BOOK}/hold", form)).status_code for _ in range(3)]
    assert said == [200, 200, 200]
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 1


async def test_nobody_holds_times_without_end(cast, browse, offering, hours):
    ana = await browse(cast, "client")
    form = {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": str(hours.staff_id),
            "time": f"{at(10).isoformat()}/{hours.location_id}"}
    said, held = set(), ""
    for _ in range(60):
        answer = await ana.send(f"{BOOK}/hold", {**form, "hold": held})
        held = (await answer.get_json()).get("hold", "")
        said.add(answer.status_code)
    refused = await ana.send(f"{BOOK}/hold", {**form, "hold": held})
    assert said == {200} and refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    limits.forget_all()


async def test_both_of_the_hours_that_autumn_repeats_are_booked_and_springs_gap_makes_no_room(cast, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(notice_minutes=0, horizon_days=730))
    await cast.inside(lambda: WeeklyHours.create(
        id=new_id(), staff_id=hours.staff_id, location_id=hours.location_id, weekday=6, from_minute=0,
        until_minute=300, valid_from=LONG_AGO))
    first = datetime.combine(AUTUMN, time(1), NEW_YORK)
    again = first.replace(fold=1)
    assert again.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    for name, moment in (("client", first), ("teen", again)):
        one = wanted(offering, hours, moment.astimezone(UTC))
        assert await outcome(book(cast, name, one)) == "booked"
        assert await outcome(book(cast, "parent", one, client="child")) == "time-taken"
    gap = datetime.combine(SPRING, time(6, 30), UTC)  # 1:30 AM; fifty minutes later it is 3:20 AM
    assert await outcome(book(cast, "client", wanted(offering, hours, gap))) == "booked"
    assert await outcome(book(cast, "teen", wanted(offering, hours, gap + timedelta(minutes=30)))) == "time-taken"
