"""What free times are made of, on real rows: whatever is put on a calendar or said in a rule moves the answer."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.appointments import loading
from models.appointments.availability import FreeTime
from models.appointments.holidays import holidays_of
from models.appointments.tables import Appointment, CalendarBlock, DayHours, Offering, WeeklyHours
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from tests.appointments.conftest import offer, open_week

EVERY = [f"{hour:02}:{minute}" for hour in range(9, 17) for minute in ("00", "30")][:-1]


async def test_nine_to_five_has_fifteen_times_of_fifty_minutes_a_day(looking):
    found = await looking.free(days=7)
    assert len(found) == 5 * 15
    begins, (staff_id, location_id) = looking.at("09:00").astimezone(UTC), looking.hours
    assert found[0] == FreeTime(staff_id, begins, begins + timedelta(minutes=50), location_id)
    assert found[0].starts_at.tzinfo is UTC
    assert await looking.clocks() == EVERY
    assert [one.starts_at for one in found] == sorted(one.starts_at for one in found)


async def test_weekly_hours_of_another_time_or_of_somebody_else_add_nothing(cast, looking):
    async def more() -> None:
        early = {"weekday": 0, "from_minute": 300, "until_minute": 540, "location_id": looking.hours.location_id}
        monday, mine = looking.monday, looking.hours.staff_id
        for staff_id, since, until, every in (
            (cast.staff["owner"], monday, None, 1), (mine, monday + timedelta(days=1), None, 1),
            (mine, date(2020, 1, 1), monday - timedelta(days=1), 1), (mine, monday - timedelta(days=7), None, 2),
        ):
            await WeeklyHours.create(id=new_id(), staff_id=staff_id, valid_from=since, valid_until=until,
                                     every_weeks=every, **early)

    await cast.inside(more)
    assert await looking.clocks() == EVERY


@pytest.mark.parametrize("every", [1, 2])
async def test_weekly_hours_of_this_week_add_theirs(cast, looking, every):
    await cast.inside(lambda: WeeklyHours.create(
        id=new_id(), staff_id=looking.hours.staff_id, weekday=0, from_minute=480, until_minute=540,
        location_id=looking.hours.location_id, valid_from=looking.monday - timedelta(days=14), every_weeks=every,
        valid_until=looking.monday))
    assert await looking.clocks() == ["08:00", "08:30", *EVERY]
    assert await looking.clocks(first_day=looking.monday + timedelta(days=7)) == EVERY


async def test_other_hours_of_a_day_stand_in_place_of_its_weekly_ones(cast, looking):
    async def other(opens: int, closes: int) -> None:
        await DayHours.create(id=new_id(), staff_id=looking.hours.staff_id, day=looking.monday, from_minute=opens,
                              until_minute=closes, location_id=looking.hours.location_id)

    await cast.inside(lambda: other(0, 0))
    assert await looking.clocks() == []
    await cast.inside(lambda: other(18 * 60, 19 * 60))
    assert await looking.clocks() == ["18:00"]
    assert len(await looking.free(first_day=looking.monday + timedelta(days=1))) == 15


async def test_what_is_taken_is_taken_in_every_state_that_stands_and_free_in_the_others(looking):
    for state, free in (("requested", False), ("offered", False), ("scheduled", False), ("cancelled", True),
                        ("declined", True)):
        id = await looking.take("09:00", "16:00", state=state)
        assert await looking.clocks() == (EVERY if free else ["16:00"]), state
        await looking.run("UPDATE appointment SET state = 'cancelled' WHERE id = $1", id)
    await looking.take("09:00", "16:00", overlap_ok=True)
    assert await looking.clocks() == ["16:00"]


async def test_a_hold_takes_the_time_until_it_is_over(looking, later):
    await looking.take("09:00", "16:00", state="hold", held_until=now() + timedelta(minutes=5))
    assert await looking.clocks() == ["16:00"]
    later(minutes=5, seconds=1)
    assert await looking.clocks() == EVERY


async def test_what_is_moved_or_booked_does_not_stand_in_its_own_way(looking):
    id = await looking.take("09:00", "16:00")
    assert await looking.clocks(besides=id) == EVERY
    await looking.own(max_day=1)
    assert await looking.clocks() == []
    assert await looking.clocks(besides=id) == EVERY


async def test_buffers_of_both_add_up(looking):
    await looking.take("12:00", "13:00", buffer_before=10, buffer_after=10)
    assert [one for one in EVERY if one not in await looking.clocks()] == ["11:30", "12:00", "12:30", "13:00"]
    looking.offering.buffer_before = looking.offering.buffer_after = 25
    assert [one for one in EVERY if one not in await looking.clocks()] == [
        "11:00", "11:30", "12:00", "12:30", "13:00", "13:30"]


async def test_time_off_and_blocks_of_the_practitioner_and_of_the_practice_are_taken(cast, looking):
    await looking.block("09:00", "10:00", staff_id=cast.staff["owner"])
    assert await looking.clocks() == EVERY
    await looking.block("09:00", "10:00", staff_id=looking.hours.staff_id, kind="time-off")
    assert await looking.clocks() == EVERY[2:]
    await looking.block("16:30", "20:00")
    assert await looking.clocks() == EVERY[2:-1]


async def test_where_a_location_has_rooms_one_of_them_must_be_free(cast, looking):
    blue, green = await looking.rooms("Blue", "Green")
    owner = cast.staff["owner"]
    await looking.take("09:00", "15:30", staff_id=owner, room_id=blue)
    assert await looking.clocks() == EVERY
    await looking.block("08:00", "16:00", room_id=green)
    assert await looking.clocks() == ["15:30", "16:00"]
    assert await looking.clocks(mode="video") == EVERY
    await looking.run("UPDATE room SET closed_at = now() WHERE id = $1", blue)
    assert await looking.clocks() == ["16:00"]
    await looking.run("UPDATE room SET closed_at = now() WHERE id = $1", green)
    assert await looking.clocks() == EVERY


async def test_a_room_that_one_moves_out_of_is_free_for_the_same_appointment(cast, looking):
    [blue] = await looking.rooms("Blue")
    id = await looking.take("09:00", "16:00", room_id=blue)
    assert await looking.clocks(besides=id) == EVERY


async def test_at_a_location_that_closed_nobody_has_times(cast, looking):
    await cast.inside(lambda: DayHours.create(
        id=new_id(), staff_id=looking.hours.staff_id, day=looking.monday + timedelta(days=1), from_minute=600,
        until_minute=660, location_id=looking.hours.location_id))
    await looking.run("UPDATE location SET closed_at = now() WHERE id = $1", looking.hours.location_id)
    assert await looking.free(days=7) == []
    assert await looking.free(days=7, mode="video") == []


async def test_by_phone_and_video_hours_without_a_location_count_too(cast, looking):
    await cast.inside(lambda: open_week(looking.hours.staff_id, None, opens=17 * 60, closes=18 * 60))
    assert await looking.clocks() == EVERY
    found = await looking.free(mode="phone")
    assert len(found) == 17 and {one.location_id for one in found} == {None}


async def test_a_public_holiday_closes_the_practice_unless_it_works_then(looking):
    [day] = [one.day for one in holidays_of("US", "", looking.monday.year + 1) if one.name == "Thanksgiving Day"]

    async def days() -> set[int]:
        found = await looking.free(first_day=day - timedelta(days=3), days=5, online=False)
        return {one.starts_at.date().isoweekday() for one in found}

    assert await days() == {1, 2, 3, 4, 5}
    await looking.settings(holiday_country="US", holiday_region="ME")
    assert await days() == {1, 2, 3, 5}
    await looking.settings(working_holidays=[day])
    assert await days() == {1, 2, 3, 4, 5}


async def test_the_notice_is_the_practitioners_own_or_the_practices(looking):
    ahead = int((looking.at("12:00") - now()).total_seconds() // 60)
    await looking.settings(notice_minutes=ahead)
    assert (await looking.clocks())[0] in ("12:00", "12:30")
    await looking.own(notice_minutes=0)
    assert await looking.clocks() == EVERY


async def test_a_time_that_is_held_is_not_lost_to_the_notice_while_the_form_is_filled_in(looking, later):
    place, at = looking.hours.location_id, looking.at("12:00")
    await looking.settings(notice_minutes=int((at - now()).total_seconds() // 60) - 2)
    held = {"state": "hold", "held_until": now() + timedelta(minutes=5), "location_id": place}
    id = await looking.take("12:00", "12:50", **held)
    later(minutes=4)
    assert not await looking.is_free(at, place)
    assert await looking.is_free(at, place, besides=id)
    # An appointment that is moved gives no such right.
    await looking.run("UPDATE appointment SET state = 'scheduled' WHERE id = $1", id)
    assert not await looking.is_free(at, place, besides=id)


async def test_the_horizon_ends_after_its_days_or_on_its_date_whichever_is_first(looking):
    ahead = (looking.monday - now().astimezone(looking.at("09:00").tzinfo).date()).days
    days = {"days": 5}
    await looking.settings(horizon_days=ahead + 1)
    assert len(await looking.free(**days)) == 2 * 15
    await looking.settings(horizon_until=looking.monday)
    assert len(await looking.free(**days)) == 15
    await looking.own(horizon_days=ahead + 9)
    assert len(await looking.free(**days)) == 15
    await looking.settings(horizon_until=None)
    assert len(await looking.free(**days)) == 5 * 15
    await looking.own(horizon_days=None)
    await looking.settings(horizon_days=None)
    assert len(await looking.free(first_day=looking.monday + timedelta(days=7 * 100))) == 15


async def test_times_stand_on_the_practitioners_own_grid_or_the_practices(looking):
    await looking.settings(slot_minutes=60)
    assert await looking.clocks() == EVERY[::2]
    await looking.own(slot_minutes=20)
    assert (await looking.clocks())[:4] == ["09:00", "09:20", "09:40", "10:00"]


async def test_a_day_and_a_week_that_have_their_most_have_no_more(looking):
    await looking.take("06:00", "07:00")
    await looking.take("06:00", "07:00", day=4, state="requested")
    await looking.take("06:00", "07:00", day=2, state="cancelled")
    await looking.settings(max_day=1)
    assert len(await looking.free(days=5)) == 3 * 15
    await looking.own(max_day=2, max_week=2)
    # The Wednesday alone is asked for: what counts stands on the Monday before and the Friday after.
    wednesday = looking.monday + timedelta(days=2)
    assert await looking.free(first_day=wednesday) == []
    assert len(await looking.free(first_day=looking.monday + timedelta(days=7))) == 15
    await looking.own(max_week=3)
    assert len(await looking.free(first_day=wednesday)) == 15


async def test_gaps_too_short_for_the_shortest_length_of_the_practitioner_are_avoided(cast, looking):
    await looking.settings(avoid_gaps=True)
    found = await looking.clocks()
    assert "09:00" in found and "09:30" not in found and "10:00" in found
    # Somebody else's shorter service changes nothing; one of theirs that can be booked does.
    short = await cast.inside(lambda: Offering.create(id=new_id(), name="Check-in", bookable="existing"))
    await looking.run("INSERT INTO service_length (service_id, minutes) VALUES ($1, 25)", short.id)
    await cast.inside(lambda: offer(short, cast.staff["owner"]))
    assert await looking.clocks() == found
    await cast.inside(lambda: offer(short, looking.hours.staff_id))
    assert "09:30" in await looking.clocks()
    await looking.run("UPDATE service SET bookable = 'nobody' WHERE id = $1", short.id)
    assert await looking.clocks() == found
    await looking.own(avoid_gaps=False)
    assert await looking.clocks() == EVERY


async def test_staff_keep_to_hours_and_to_what_is_taken_and_to_no_other_rule(looking):
    await looking.settings(notice_minutes=129600, horizon_days=1, max_day=1, max_week=1, avoid_gaps=True)
    await looking.own(online=False)
    await looking.take("09:00", "10:00")
    assert await looking.clocks() == []
    assert await looking.clocks(online=False) == EVERY[2:]


async def test_clients_are_offered_nobody_who_cannot_be_booked_for_it(cast, looking):
    assert await looking.clocks()
    await looking.own(online=False)
    assert await looking.clocks() == []
    await looking.own(online=True)
    await looking.run("DELETE FROM service_offer WHERE staff_id = $1", looking.hours.staff_id)
    assert await looking.clocks() == []
    await cast.inside(lambda: offer(looking.offering, looking.hours.staff_id))
    assert await looking.clocks()
    await looking.run("UPDATE staff_member SET deactivated_at = now() WHERE id = $1", looking.hours.staff_id)
    assert await looking.clocks() == []
    assert await looking.clocks(online=False) == []


async def test_several_practitioners_come_by_time_and_then_as_asked_for(cast, looking):
    owner, mine = cast.staff["owner"], looking.hours.staff_id

    async def add() -> None:
        await offer(looking.offering, owner)
        await open_week(owner, looking.hours.location_id, opens=600, closes=660)

    await cast.inside(add)
    for staff_ids in ((owner, mine), (mine, owner)):
        found = await looking.free(staff_ids=staff_ids)
        at_ten = [one.staff_id for one in found if one.starts_at == looking.at("10:00")]
        assert at_ten == list(staff_ids) and len(found) == 16


async def test_hours_are_by_the_practices_clock(cast, looking):
    await looking.run("UPDATE practice_profile SET time_zone = 'Australia/Lord_Howe'")
    found = await looking.free()
    day = looking.monday
    assert len(found) == 15
    there = found[0].starts_at.astimezone(ZoneInfo("Australia/Lord_Howe"))
    assert (there.date(), there.hour, there.minute) == (day, 9, 0)


async def test_every_free_time_is_free_and_nothing_else_is(looking):
    place = looking.hours.location_id
    await looking.take("11:00", "13:00", buffer_after=10)
    found = await looking.free(days=1)
    for clock in [f"{hour:02}:{minute:02}" for hour in range(8, 18) for minute in (0, 15, 30)]:
        at = looking.at(clock)
        assert await looking.is_free(at, place) == any(one.starts_at == at for one in found), clock
    assert not await looking.is_free(looking.at("09:00") + timedelta(seconds=1), place)
    assert not await looking.is_free(looking.at("09:00"), None)
    assert not await looking.is_free(looking.at("09:00"), new_id())
    assert not await looking.is_free(looking.at("09:00"), place, mode="video")
    assert await looking.is_free(looking.at("09:00"), None, mode="video")


async def test_staff_are_bound_to_no_grid(looking):
    place = looking.hours.location_id
    assert not await looking.is_free(looking.at("09:07"), place)
    assert await looking.is_free(looking.at("09:07"), place, online=False)
    assert not await looking.is_free(looking.at("16:11"), place, online=False)


async def test_a_day_that_was_not_searched_is_looked_at_all_the_same(looking):
    assert await looking.is_free(looking.at("09:00", 3), looking.hours.location_id)
    assert not await looking.is_free(looking.at("09:00", 5), looking.hours.location_id)


# --- What it costs ---


async def test_nothing_of_another_practice_changes_the_answer(cast, neighbours, looking):
    before = await looking.free(days=7)
    other = neighbours.staff["practitioner"]

    async def theirs() -> None:
        day = {"starts_at": looking.at("00:00"), "ends_at": looking.at("12:00")}
        await CalendarBlock.create(id=new_id(), kind="block", **day)
        await Appointment.create(id=new_id(), state="scheduled", staff_id=other, made_side="desk", **day)
        await open_week(other, None)

    await neighbours.inside(theirs)
    assert await looking.free(days=7) == before


async def test_what_lies_behind_or_far_ahead_is_not_even_read(looking, monkeypatch):
    before, read = await looking.free(days=7), []

    async def noting(sql: str, *args: object):
        rows = await whole(sql, *args)
        read.append(len(rows))
        return rows

    whole = loading.fetch_all
    monkeypatch.setattr(loading, "fetch_all", noting)
    await looking.free(days=7)
    alone, read[:] = list(read), []
    for week in range(2, 30):
        await looking.take("09:00", "10:00", day=-7 * week)
        await looking.take("09:00", "10:00", day=7 * week)
        await looking.run(
            "INSERT INTO day_hours (id, staff_id, day, from_minute, until_minute) VALUES ($1, $2, $3, 0, 0)",
            new_id(), looking.hours.staff_id, looking.monday - timedelta(days=7 * week),
        )
    await looking.block("09:00", "10:00", starts_at=looking.at("09:00", -30), ends_at=looking.at("10:00", -30))
    assert await looking.free(days=7) == before
    assert read == alone


async def test_twenty_practitioners_and_ninety_days_take_as_many_statements_as_one_and_a_day(cast, looking, statements):
    everybody = tuple(cast.staff.values())

    async def add() -> None:
        await execute("UPDATE staff_member SET roles = '{practitioner}'")
        for staff_id in everybody:
            await offer(looking.offering, staff_id)
            await open_week(staff_id, looking.hours.location_id, opens=600, closes=660)

    await cast.inside(add)
    await looking.rooms("Blue", "Green", "Yellow")
    await looking.free()
    statements.clear()
    await looking.free()
    one = len(statements)
    statements.clear()
    assert {found.staff_id for found in await looking.free(staff_ids=everybody, days=90)} == set(everybody)
    assert len(statements) == one <= 11
