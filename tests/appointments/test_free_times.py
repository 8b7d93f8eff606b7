"""The pure function of free times: what it promises, whatever is in the calendar, against a slow and simple twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.appointments.free_times import Calendar, House, Rules, Wish, free_times
from models.appointments.openings import OneDay, WallClock, Weekly
from tests.appointments.reference import Slow, minutes_of, wall

NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"
HERE, THERE = UUID(int=1), UUID(int=2)
# Around every change of the clocks of 2026 in both zones, and two ends of years.
DAYS = [
    date(2026, 3, 7), date(2026, 10, 31), date(2026, 4, 4), date(2026, 10, 3), date(2026, 12, 30), date(2027, 12, 31),
    date(2026, 6, 15),
]
MONDAY = date(2026, 6, 15)
MANY = settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is slower, not wrong
FEWER = settings(MANY, max_examples=40)


def minute(text: str, zone: str = NEW_YORK, *, fold: int = 0) -> int:
    """Of a wall clock's `2026-06-15 09:00`."""
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(at.timestamp()) // 60


def clocks(found: list[int], zone: str = NEW_YORK) -> list[str]:
    return [f"{datetime.fromtimestamp(one * 60, UTC).astimezone(ZoneInfo(zone)):%H:%M}" for one in found]


def ask(calendar: Calendar, wish: Wish, first_day: date = MONDAY, days: int = 1, zone: str = NEW_YORK, **house):
    clock = WallClock(ZoneInfo(zone), first_day, days)
    return free_times({HERE: calendar}, House(clock, **house), wish, first_day, days)[HERE]


def day_of(opens: str, closes: str, day: date = MONDAY, place: UUID | None = HERE) -> OneDay:
    def of(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    return OneDay(place, day, of(opens), of(closes))


def times(opens: str, closes: str, wish: Wish, rules: Rules | None = None, taken: tuple[str, ...] = (), **house):
    """The times of one Monday, as a clock in New York shows them; what is taken as `10:00-11:00`."""
    spans = [tuple(minute(f"{MONDAY} {one}") for one in span.split("-")) for span in taken]
    calendar = Calendar(one_days=[day_of(opens, closes)], taken=spans, rules=rules or Rules())
    return clocks(ask(calendar, wish, **house).get(HERE, []))


# --- Whatever is in the calendar ---

five = st.integers(0, 24 * 12).map(lambda n: n * 5)
places = st.sampled_from([HERE, THERE, None])


@st.composite
def spans(draw, day: date, most: int = 6):
    """Taken times around these days, on any minute."""
    begins = (day - date(1970, 1, 1)).days * 1440
    found = draw(st.lists(st.tuples(st.integers(-900, 5 * 1440), st.integers(1, 200)), max_size=most))
    return [(begins + at, begins + at + length) for at, length in found]


@st.composite
def worlds(draw):
    """A zone, a calendar, a wish and days to look at: everything free times can depend on."""
    zone, first = draw(st.sampled_from([NEW_YORK, LORD_HOWE])), draw(st.sampled_from(DAYS))
    days = draw(st.integers(1, 3))
    weekly = [
        Weekly(draw(places), weekday, *sorted((opens, closes)), since, until, every)
        for weekday, opens, closes, since, until, every in draw(st.lists(st.tuples(
            st.integers(0, 6), five, five, st.sampled_from([date(2025, 1, 1), first, first - timedelta(days=9)]),
            st.sampled_from([None, first, first + timedelta(days=1)]), st.sampled_from([1, 1, 1, 2, 3]),
        ), max_size=9))
        if opens != closes
    ]
    one_days = [
        OneDay(draw(places), first + timedelta(days=ahead), *sorted((opens, closes)))
        for ahead, opens, closes in draw(st.lists(st.tuples(st.integers(0, 3), five, five), min_size=1, max_size=3))
    ]
    rules = Rules(
        step=draw(st.sampled_from([5, 10, 15, 20, 30, 60])),
        earliest=draw(st.none() | st.integers(0, 3000).map(lambda n: minute(f"{first} 00:00", zone) + n)),
        last_day=draw(st.sampled_from([None, first, first + timedelta(days=1)])),
        max_day=draw(st.sampled_from([None, None, 1, 2])), max_week=draw(st.sampled_from([None, None, 1, 3])),
        shortest=draw(st.sampled_from([0, 0, 25, 50])),
    )
    taken = draw(spans(first))
    calendar = Calendar(weekly, one_days, taken, [begins for begins, _ in taken], rules)
    wish = Wish(draw(st.sampled_from([5, 25, 50, 60, 90])), draw(st.sampled_from([0, 0, 7, 15])),
                draw(st.sampled_from([0, 0, 10, 33])), draw(st.booleans()))
    house = {
        "closed": frozenset(draw(st.sampled_from([(), (), (first,)]))), "blocks": draw(spans(first, 1)),
        "rooms": {HERE: [draw(spans(first)) for _ in range(draw(st.integers(1, 3)))]} if draw(st.booleans()) else {},
    }
    return zone, calendar, wish, first, days, house


@given(worlds())
@MANY
def test_they_are_all_there_are_and_no_others(world):
    zone, calendar, wish, first, days, house = world
    slow = Slow(zone, calendar, first, days, **house)
    assert ask(calendar, wish, first, days, zone, **house) == slow.times(wish)


@given(worlds())
@FEWER
def test_none_overlaps_what_is_taken_with_both_their_buffers(world):
    zone, calendar, wish, first, days, house = world
    taken = minutes_of([*calendar.taken, *house["blocks"]])
    for found in ask(calendar, wish, first, days, zone, **house).values():
        for one in found:
            assert taken.isdisjoint(range(one - wish.before, one + wish.minutes + wish.after))


@given(worlds())
@FEWER
def test_each_lies_in_hours_by_the_clock_on_the_wall_and_on_the_grid_of_its_opening(world):
    zone, calendar, wish, first, days, house = world
    slow = Slow(zone, calendar, first, days, **house)
    for place, found in ask(calendar, wish, first, days, zone, **house).items():
        for one in found:
            begins = one
            assert all(slow.is_open(at, place) for at in range(one, one + wish.minutes))
            while slow.is_open(begins - 1, place) and wall(zone, begins - 1)[0] == wall(zone, one)[0]:
                begins -= 1
            assert (one - begins) % calendar.rules.step == 0


@given(worlds())
@FEWER
def test_one_day_at_a_time_is_the_same_as_all_days_at_once(world):
    zone, calendar, wish, first, days, house = world
    together = ask(calendar, wish, first, days, zone, **house)
    alone = [ask(calendar, wish, first + timedelta(days=day), 1, zone, **house) for day in range(days)]
    for place in [None, HERE, THERE]:
        assert sorted(together.get(place, [])) == sorted(one for found in alone for one in found.get(place, []))


@given(worlds())
@FEWER
def test_each_comes_once_and_in_order(world):
    zone, calendar, wish, first, days, house = world
    for found in ask(calendar, wish, first, days, zone, **house).values():
        assert all(one < other for one, other in pairwise(found))


@given(worlds(), st.sampled_from([5, 25, 50]))
@FEWER
def test_avoiding_gaps_only_takes_away_and_leaves_no_stretch_without_times(world, shortest):
    zone, calendar, wish, first, days, house = world
    house["rooms"] = {}
    step, taken = calendar.rules.step, minutes_of([*calendar.taken, *house["blocks"]])
    plain, avoiding = (
        ask(replace(calendar, rules=Rules(step, shortest=one)), wish, first, days, zone, **house)
        for one in (0, shortest)
    )
    assert plain.keys() == avoiding.keys()
    for place, found in plain.items():
        assert set(avoiding[place]) <= set(found)
        kept = set(avoiding[place])
        for day, at in {(wall(zone, one)[0], one) for one in found} - {(wall(zone, one)[0], one) for one in kept}:
            # What was taken away shares a stretch with what stayed: nothing is taken between the two.
            assert any(
                wall(zone, one)[0] == day and taken.isdisjoint(range(min(one, at), max(one, at))) for one in kept
            )


# --- The hours ---


def test_a_time_ends_when_the_opening_ends_and_not_a_minute_later():
    assert times("09:00", "11:00", Wish(60)) == ["09:00", "09:30", "10:00"]
    assert times("09:00", "10:59", Wish(60)) == ["09:00", "09:30"]
    assert times("09:00", "10:00", Wish(60)) == ["09:00"]
    assert times("09:00", "09:59", Wish(60)) == []


def test_the_grid_is_counted_from_when_it_opens():
    assert times("09:10", "11:00", Wish(30), Rules(step=20)) == ["09:10", "09:30", "09:50", "10:10", "10:30"]


def test_hours_that_touch_or_overlap_are_one_opening_at_one_place_only():
    two = [day_of("09:00", "10:00"), day_of("10:00", "11:00"), day_of("10:30", "12:00")]
    assert clocks(ask(Calendar(one_days=two), Wish(120))[HERE]) == ["09:00", "09:30", "10:00"]
    elsewhere = [day_of("09:00", "10:00"), day_of("10:00", "11:00", place=THERE)]
    assert ask(Calendar(one_days=elsewhere), Wish(90)) == {}


def test_by_phone_all_hours_count_and_in_person_only_those_of_a_place():
    hours = [day_of("09:00", "10:00"), day_of("10:00", "11:00", place=THERE), day_of("11:00", "12:00", place=None)]
    assert clocks(ask(Calendar(one_days=hours), Wish(180, in_person=False))[None]) == ["09:00"]
    found = ask(Calendar(one_days=hours), Wish(60))
    assert {place: clocks(there) for place, there in found.items()} == {HERE: ["09:00"], THERE: ["10:00"]}


def test_other_hours_of_a_day_stand_in_place_of_the_weekly_ones_and_none_say_that_nobody_is_there():
    weekly = [Weekly(HERE, 0, 9 * 60, 17 * 60, date(2026, 1, 1))]
    assert ask(Calendar(weekly, [day_of("18:00", "19:00")]), Wish(60)) == {HERE: [minute("2026-06-15 18:00")]}
    assert ask(Calendar(weekly, [day_of("00:00", "00:00")]), Wish(60)) == {}
    assert len(ask(Calendar(weekly, [day_of("00:00", "00:00", MONDAY + timedelta(days=1))]), Wish(60))[HERE]) == 15


def test_on_a_holiday_of_the_practice_nobody_has_times_whatever_their_hours_say():
    assert times("09:00", "17:00", Wish(60), closed=frozenset({MONDAY})) == []
    assert times("09:00", "10:00", Wish(60), closed=frozenset({MONDAY + timedelta(days=1)})) == ["09:00"]


def test_weekly_hours_hold_from_their_first_to_their_last_day():
    weekly = [Weekly(HERE, day, 540, 600, MONDAY + timedelta(days=1), MONDAY + timedelta(days=9)) for day in range(7)]
    found = ask(Calendar(weekly), Wish(60), MONDAY - timedelta(days=1), 14)[HERE]
    assert [wall(NEW_YORK, one)[0].day for one in found] == list(range(16, 25))


@pytest.mark.parametrize(("since", "mondays"), [
    # 2026 has 53 weeks: who counts by the number of the week is a week off in January.
    (date(2026, 12, 7), ["2026-12-07", "2026-12-21", "2027-01-04", "2027-01-18"]),
    (date(2026, 12, 14), ["2026-12-14", "2026-12-28", "2027-01-11", "2027-01-25"]),
    (date(2026, 12, 17), ["2026-12-28", "2027-01-11", "2027-01-25"]),  # a Thursday counts from its Monday
    (date(2026, 12, 20), ["2026-12-28", "2027-01-11", "2027-01-25"]),  # and so does a Sunday
])
def test_every_second_week_goes_on_over_the_end_of_the_year(since, mondays):
    weekly = [Weekly(HERE, 0, 540, 600, since, every_weeks=2)]
    found = ask(Calendar(weekly), Wish(60), date(2026, 11, 30), 63)[HERE]
    assert [str(wall(NEW_YORK, one)[0]) for one in found] == mondays


def test_every_third_week_is_the_same_whenever_one_asks():
    weekly = [Weekly(HERE, 2, 540, 600, date(2019, 12, 31), every_weeks=3)]  # a Tuesday; its Monday is the 30th
    for first in (date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 4)):
        found = ask(Calendar(weekly), Wish(60), first, 7).get(HERE, [])
        monday = first - timedelta(days=first.weekday())
        assert bool(found) == ((monday - date(2019, 12, 30)).days // 7 % 3 == 0)


# --- The clocks are changed ---


def test_the_hour_that_spring_leaves_out_makes_an_opening_shorter():
    day = date(2026, 3, 8)
    found = ask(Calendar(one_days=[day_of("01:00", "04:00", day)]), Wish(60), day)[HERE]
    assert clocks(found) == ["01:00", "01:30", "03:00"]
    assert [one - found[0] for one in found] == [0, 30, 60]
    assert ask(Calendar(one_days=[day_of("02:00", "03:00", day)]), Wish(5), day) == {}
    late = ask(Calendar(one_days=[day_of("02:30", "04:00", day)]), Wish(60), day)[HERE]
    assert clocks(late) == ["03:00"]


def test_the_hour_that_autumn_repeats_has_its_times_twice_each_a_moment_of_its_own():
    day = date(2026, 11, 1)
    found = ask(Calendar(one_days=[day_of("00:30", "02:30", day)]), Wish(30), day)[HERE]
    assert clocks(found) == ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]
    assert [one - found[0] for one in found] == [0, 30, 60, 90, 120, 150]


def test_what_begins_or_ends_inside_the_repeated_hour_has_a_pause_in_it():
    day = date(2026, 11, 1)
    ends = ask(Calendar(one_days=[day_of("00:30", "01:30", day)]), Wish(30), day)[HERE]
    assert clocks(ends) == ["00:30", "01:00", "01:00"]
    assert ends[2] - ends[1] == 60
    begins = ask(Calendar(one_days=[day_of("01:30", "02:30", day)]), Wish(30), day)[HERE]
    assert clocks(begins) == ["01:30", "01:30", "02:00"]
    assert begins[1] - begins[0] == 60


def test_taken_is_the_first_of_the_two_hours_and_the_second_is_free():
    day = date(2026, 11, 1)
    first = minute("2026-11-01 01:00"), minute("2026-11-01 01:00") + 60
    found = ask(Calendar(one_days=[day_of("01:00", "02:00", day)], taken=[first]), Wish(60), day)[HERE]
    assert found == [minute("2026-11-01 01:00", fold=1)]


def test_on_lord_howe_it_is_half_an_hour():
    spring, autumn = date(2026, 10, 4), date(2026, 4, 5)
    short = ask(Calendar(one_days=[day_of("01:00", "04:00", spring)]), Wish(60), spring, zone=LORD_HOWE)[HERE]
    assert clocks(short, LORD_HOWE) == ["01:00", "01:30", "02:30", "03:00"]
    assert short[-1] + 60 - short[0] == 150
    long = ask(Calendar(one_days=[day_of("01:00", "03:00", autumn)]), Wish(60), autumn, zone=LORD_HOWE)[HERE]
    assert clocks(long, LORD_HOWE) == ["01:00", "01:30", "01:30", "02:00"]
    assert long[-1] + 60 - long[0] == 150


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 15)])
def test_nine_is_nine_on_every_day(day):
    found = ask(Calendar(one_days=[day_of("09:00", "17:00", day)]), Wish(60), day)[HERE]
    assert clocks(found)[0] == "09:00" and clocks(found)[-1] == "16:00" and len(found) == 15


def test_where_the_clocks_are_changed_at_midnight_the_day_begins_at_one_or_has_its_first_hour_twice():
    spring = date(2026, 3, 29)
    begins = ask(Calendar(one_days=[day_of("00:00", "02:00", spring)]), Wish(60), spring, zone="Asia/Beirut")[HERE]
    assert clocks(begins, "Asia/Beirut") == ["01:00"]
    autumn = date(2026, 11, 1)
    twice = ask(Calendar(one_days=[day_of("00:00", "01:00", autumn)]), Wish(60), autumn, zone="America/Havana")[HERE]
    assert clocks(twice, "America/Havana") == ["00:00", "00:30", "00:00"]


def test_a_day_that_a_zone_left_out_has_no_times():
    day = date(2011, 12, 30)  # Samoa went from the 29th to the 31st
    hours = [day_of("09:00", "10:00", day + timedelta(days=ahead)) for ahead in (-1, 0, 1)]
    found = ask(Calendar(one_days=hours), Wish(60), day - timedelta(days=1), 3, "Pacific/Apia")[HERE]
    assert [wall("Pacific/Apia", one) for one in found] == [(date(2011, 12, 29), 540), (date(2011, 12, 31), 540)]


# --- What is taken ---


def test_one_may_begin_when_another_ends_and_end_when_another_begins():
    assert times("09:00", "12:00", Wish(60), taken=("10:00-11:00",)) == ["09:00", "11:00"]
    assert times("09:00", "12:00", Wish(60), taken=("09:59-11:00",)) == ["11:00"]
    assert times("09:00", "12:00", Wish(60), taken=("10:00-11:01",)) == ["09:00"]


def test_buffers_add_up_and_may_reach_outside_the_hours():
    rules = Rules(step=5)
    assert times("09:00", "10:00", Wish(60, before=30, after=30)) == ["09:00"]
    # Ten minutes of another's buffer are in the taken time; fifteen of one's own come on top.
    found = times("09:00", "12:00", Wish(60, before=15), rules, taken=("09:00-10:10",))
    assert found[0] == "10:25"
    found = times("09:00", "12:00", Wish(60, after=15), rules, taken=("10:50-12:00",))
    assert found[-1] == "09:35"


def test_what_is_taken_outside_the_hours_still_keeps_a_buffer_away():
    assert times("09:00", "11:00", Wish(60, before=20), taken=("08:00-08:45",)) == ["09:30", "10:00"]
    assert times("09:00", "11:00", Wish(60, after=20), taken=("11:19-12:00",)) == ["09:00", "09:30"]
    assert times("09:00", "11:00", Wish(60, after=20), taken=("11:20-12:00",)) == ["09:00", "09:30", "10:00"]


def test_a_block_of_the_practice_is_taken_of_everybody():
    lunch = (minute("2026-06-15 10:00"), minute("2026-06-15 11:00"))
    assert times("09:00", "12:00", Wish(60), blocks=[lunch]) == ["09:00", "11:00"]


def test_one_of_the_rooms_must_be_free_for_the_whole_time():
    def span(opens: str, closes: str) -> tuple[int, int]:
        return minute(f"{MONDAY} {opens}"), minute(f"{MONDAY} {closes}")

    rooms = [[span("09:00", "10:00")], [span("09:30", "11:00")]]
    # 9:30 is half in a free room and half in another: nobody moves in the middle.
    assert times("09:00", "12:00", Wish(30), rooms={HERE: rooms}) == ["09:00", "10:00", "10:30", "11:00", "11:30"]
    assert times("09:00", "12:00", Wish(60), rooms={HERE: rooms}) == ["10:00", "10:30", "11:00"]
    assert len(times("09:00", "12:00", Wish(30), rooms={THERE: rooms})) == 6
    assert times("09:00", "11:00", Wish(30), rooms={HERE: [[span("00:00", "23:00")]]}) == []


def test_by_phone_no_room_is_needed():
    full = [[(minute("2026-06-15 00:00"), minute("2026-06-16 00:00"))]]
    calendar = Calendar(one_days=[day_of("09:00", "10:00")])
    assert ask(calendar, Wish(60), rooms={HERE: full}) == {}
    assert clocks(ask(calendar, Wish(60, in_person=False), rooms={HERE: full})[None]) == ["09:00"]


# --- The rules ---


def test_nothing_begins_before_the_notice_is_over():
    at = minute("2026-06-15 10:00")
    assert times("09:00", "12:00", Wish(60), Rules(earliest=at)) == ["10:00", "10:30", "11:00"]
    assert times("09:00", "12:00", Wish(60), Rules(earliest=at + 1)) == ["10:30", "11:00"]


def test_the_last_day_counts_and_the_next_does_not():
    weekly = [Weekly(HERE, day, 540, 600, date(2026, 1, 1)) for day in range(7)]
    found = ask(Calendar(weekly, rules=Rules(last_day=date(2026, 6, 17))), Wish(60), MONDAY, 30)[HERE]
    assert [wall(NEW_YORK, one)[0].day for one in found] == [15, 16, 17]
    assert ask(Calendar(weekly, rules=Rules(last_day=MONDAY - timedelta(days=1))), Wish(60), MONDAY, 30) == {}


def test_who_has_the_most_of_a_day_or_week_has_no_more_times_in_it():
    weekly = [Weekly(HERE, day, 540, 600, date(2026, 1, 1)) for day in range(7)]
    starts = [minute("2026-06-17 15:00"), minute("2026-06-18 23:59"), minute("2026-06-18 12:00")]

    def days(rules: Rules) -> list[int]:
        found = ask(Calendar(weekly, starts=starts, rules=rules), Wish(60), MONDAY - timedelta(days=1), 10)
        return [wall(NEW_YORK, one)[0].day for one in found[HERE]]

    assert days(Rules(max_day=2)) == [14, 15, 16, 17, 19, 20, 21, 22, 23]
    assert days(Rules(max_day=1)) == [14, 15, 16, 19, 20, 21, 22, 23]
    assert days(Rules(max_week=4)) == list(range(14, 24))
    assert days(Rules(max_week=3)) == [14, 22, 23]  # from Monday to Sunday


def test_a_rest_that_is_too_short_for_anything_is_avoided():
    gaps = Rules(shortest=60)
    assert times("09:00", "12:00", Wish(60), gaps) == ["09:00", "10:00", "11:00"]
    assert times("09:00", "12:00", Wish(60), gaps, taken=("10:00-10:30",)) == ["09:00", "10:30", "11:00"]
    assert times("09:00", "13:00", Wish(60), gaps, taken=("11:00-11:30",)) == ["09:00", "10:00", "11:30", "12:00"]


def test_a_rest_that_every_time_leaves_is_no_reason():
    # Fifty minutes in hours of nine to five: the last leaves ten minutes, as every last must.
    found = times("09:00", "17:00", Wish(50), Rules(shortest=50))
    assert found[0] == "09:00" and found[-1] == "16:00" and "15:30" not in found and "09:30" not in found
    # After a time that ended at 10:20 the grid begins at 10:30.
    found = times("09:00", "17:00", Wish(50), Rules(shortest=50), taken=("09:00-10:20",))
    assert found[:2] == ["10:30", "11:30"]
    # A stretch of seventy minutes: whatever is chosen, twenty are lost.
    assert times("10:00", "11:10", Wish(50), Rules(step=10, shortest=50)) == ["10:00", "10:10", "10:20"]


def test_buffers_are_no_rest():
    gaps = Rules(step=15, shortest=45)
    assert times("09:00", "11:00", Wish(45, after=15), gaps) == ["09:00", "10:00", "10:15"]
    assert times("09:00", "11:00", Wish(45, before=15), gaps, taken=("08:00-09:00",)) == ["09:15", "10:15"]
