"""Weekly hours that would have one person at two places at once: found exactly, whatever the dates and rhythms."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from models.appointments.clashing import Band, clashes

MONDAY = date(2026, 11, 30)
BANDS = some.builds(
    Band,
    weekday=some.integers(0, 2),
    from_minute=some.sampled_from([540, 600, 720]),
    until_minute=some.sampled_from([721, 780, 1020]),
    location_id=some.none(),
    valid_from=some.dates(MONDAY - timedelta(days=30), MONDAY + timedelta(days=30)),
    valid_until=some.none() | some.dates(MONDAY + timedelta(days=30), MONDAY + timedelta(days=150)),
    every_weeks=some.integers(1, 4),
)


def band(starts=540, ends=720, weekday=0, since=MONDAY, **more):
    return Band(weekday, starts, ends, None, since, **more)


def days_of(bands):
    return [day for _, _, day in clashes(bands)]


def test_the_same_weekday_and_minutes_collide_on_the_first_day_that_both_have():
    assert days_of([band(), band(660, 780)]) == [MONDAY]
    later = MONDAY + timedelta(days=10)
    assert days_of([band(), band(660, 780, since=later)]) == [MONDAY + timedelta(days=14)]


def test_hours_that_touch_are_no_collision_nor_other_weekdays_and_other_dates():
    assert days_of([band(540, 720), band(720, 780)]) == []
    assert days_of([band(), band(weekday=1)]) == []
    over = band(valid_until=MONDAY + timedelta(days=6))
    assert days_of([over, band(since=MONDAY + timedelta(days=7))]) == []


def test_every_second_week_meets_its_own_weeks_and_never_the_others():
    here, there = band(every_weeks=2), band(every_weeks=2, since=MONDAY + timedelta(days=7))
    assert days_of([here, there]) == []
    third = band(every_weeks=3, since=MONDAY + timedelta(days=7))
    assert days_of([here, third]) == [MONDAY + timedelta(weeks=4)]


@given(some.lists(BANDS, max_size=4))
def test_it_finds_what_looking_at_each_day_finds(bands):
    days = [MONDAY + timedelta(days=one) for one in range(-31, 200)]
    slow = {
        (first, second): next((day for day in days if one.on(day) and other.on(day)), None)
        for second, other in enumerate(bands) for first, one in enumerate(bands[:second])
        if one.from_minute < other.until_minute and other.from_minute < one.until_minute
    }
    assert {(first, second): day for first, second, day in clashes(bands)} == {
        pair: day for pair, day in slow.items() if day is not None
    }
