"""From the days and times of a form to moments: once, week after week, and on the days when the clocks are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.appointments.block_times import Away, as_away, faults, spans
from models.appointments.tables import CalendarBlock

NEW_YORK = ZoneInfo("America/New_York")
TODAY, MONDAY = date(2026, 6, 10), date(2026, 6, 15)
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)
ONE = Away("block", MONDAY, MONDAY, time(12), time(13))
WEEKLY = replace(ONE, every_weeks=1, until=MONDAY + timedelta(days=20))


def shown(away: Away) -> list[str]:
    return [f"{begins.astimezone(NEW_YORK):%d %H:%M}-{ends.astimezone(NEW_YORK):%d %H:%M}"
            for begins, ends in spans(away, NEW_YORK)]


def on(day: date, starts: str, ends: str) -> Away:
    return Away("block", day, day, time.fromisoformat(starts), time.fromisoformat(ends))


def hours(away: Away) -> list[float]:
    return [(ends - begins) / timedelta(hours=1) for begins, ends in spans(away, NEW_YORK)]


def test_whole_days_times_and_midnight_as_the_days_end():
    assert shown(Away("block", MONDAY, MONDAY)) == ["15 00:00-16 00:00"]
    assert shown(replace(ONE, last=MONDAY + timedelta(days=2))) == ["15 12:00-17 13:00"]
    assert shown(on(MONDAY, "18:00", "00:00")) == ["15 18:00-16 00:00"]
    assert shown(on(MONDAY, "00:00", "00:00")) == ["15 00:00-16 00:00"]


@pytest.mark.parametrize("away", [
    Away("block", MONDAY, MONDAY), ONE, on(MONDAY, "18:00", "00:00"), replace(ONE, last=MONDAY + timedelta(days=2)),
    Away("time-off", AUTUMN, AUTUMN), on(AUTUMN, "01:30", "01:45"), Away("time-off", SPRING, SPRING),
])
def test_a_form_shows_what_was_typed(away):
    [(starts_at, ends_at)] = spans(away, NEW_YORK)
    assert as_away(CalendarBlock(kind=away.kind, starts_at=starts_at, ends_at=ends_at), NEW_YORK) == away


def test_in_spring_what_the_clocks_leave_out_is_not_blocked_and_the_rest_is():
    assert hours(Away("block", SPRING, SPRING)) == [23]
    assert shown(on(SPRING, "02:30", "03:15")) == ["14 03:00-14 03:15"]
    assert shown(on(SPRING, "01:30", "02:30")) == ["14 01:30-14 03:00"] and hours(on(SPRING, "01:30", "02:30")) == [0.5]
    assert spans(on(SPRING, "02:00", "03:00"), NEW_YORK) == []


def test_in_autumn_both_of_the_two_hours_are_blocked():
    assert hours(Away("block", AUTUMN, AUTUMN)) == [25]
    assert hours(on(AUTUMN, "01:00", "02:00")) == [2]
    assert hours(on(AUTUMN, "01:30", "01:45")) == [1.25]
    assert spans(on(AUTUMN, "03:00", "04:00"), NEW_YORK)[0][0] == datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_what_repeats_is_there_on_each_of_its_days_until_the_last():
    assert shown(WEEKLY) == ["15 12:00-15 13:00", "22 12:00-22 13:00", "29 12:00-29 13:00"]
    assert len(shown(replace(WEEKLY, until=MONDAY + timedelta(days=21)))) == 4, "the last day counts"
    assert [one[:2] for one in shown(replace(WEEKLY, every_weeks=2, weekdays=(0, 4)))] == ["15", "19", "29", "03"]
    midweek = replace(WEEKLY, first=date(2026, 6, 17), last=date(2026, 6, 17), every_weeks=2, weekdays=(0, 3))
    assert [one[:2] for one in shown(midweek)] == ["18", "29", "02"], "its weeks count from their Monday"


def test_noon_is_noon_before_and_after_the_clocks_are_changed():
    sunday = replace(on(AUTUMN - timedelta(days=7), "12:00", "13:00"), every_weeks=1, until=AUTUMN)
    begins = [one for one, _ in spans(sunday, NEW_YORK)]
    assert {f"{one.astimezone(NEW_YORK):%H:%M}" for one in begins} == {"12:00"}
    assert begins[1] - begins[0] == timedelta(days=7, hours=1)
    nights = replace(on(SPRING - timedelta(days=7), "02:00", "03:00"), every_weeks=1, until=SPRING + timedelta(days=7))
    assert [one[:2] for one in shown(nights)] == ["07", "21"]


@pytest.mark.parametrize(("changes", "field"), [
    ({"last": MONDAY - timedelta(days=1)}, "last"), ({"ends": None}, "ends"), ({"starts": None}, "starts"),
    ({"ends": time(12)}, "ends"), ({"ends": time(11, 59)}, "ends"), ({"last": MONDAY + timedelta(days=400)}, "last"),
    ({"first": date(2020, 1, 6), "last": date(2020, 1, 6)}, "first"), ({"first": date.min, "last": date.min}, "first"),
    ({"first": date.max, "last": date.max}, "first"), ({"first": date.min, "last": date.max}, "last"),
])
def test_every_fault_stands_at_its_own_field(changes, field):
    assert faults(ONE, TODAY) == {} and set(faults(replace(ONE, **changes), TODAY)) == {field}


@pytest.mark.parametrize(("changes", "field"), [
    ({"every_weeks": 0}, "every"), ({"every_weeks": -1}, "every"), ({"every_weeks": 9}, "every"),
    ({"last": MONDAY + timedelta(days=1)}, "last"), ({"until": None}, "until"), ({"until": date.max}, "until"),
    ({"until": MONDAY - timedelta(days=1)}, "until"), ({"until": MONDAY, "weekdays": (4,)}, "until"),
])
def test_every_fault_of_repeating_stands_at_its_own_field(changes, field):
    assert faults(WEEKLY, TODAY) == {} and set(faults(replace(WEEKLY, **changes), TODAY)) == {field}
