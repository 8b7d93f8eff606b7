"""A day as it really is: weekly hours, other hours, time off, holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from models.appointments.clashing import Band
from models.appointments.hours import Stretch
from models.appointments.tables import CalendarBlock
from models.appointments.week import Days

ZONE = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 2)


def band(weekday=0, begins=540, ends=720, **more):
    return Band(weekday, begins, ends, None, date(2026, 1, 1), **more)


def block(begins, ends, kind="time-off"):
    return CalendarBlock(id=uuid4(), staff_id=uuid4(), kind=kind, starts_at=begins.astimezone(UTC),
                         ends_at=ends.astimezone(UTC))


def test_a_day_has_the_hours_of_its_weekday_in_order():
    found = Days(ZONE, weekly=[band(begins=800, ends=900), band(), band(1)]).on(MONDAY)
    assert [(one.from_minute, one.until_minute) for one in found.hours] == [(540, 720), (800, 900)]
    assert not found.own and not found.off and not found.holiday


def test_a_day_of_its_own_has_nothing_of_the_week_and_may_have_nothing_at_all():
    days = Days(ZONE, weekly=[band()], own={MONDAY: [Stretch(600, 660)]})
    assert [one.from_minute for one in days.on(MONDAY).hours] == [600] and days.on(MONDAY).own
    away = Days(ZONE, weekly=[band()], own={MONDAY: [Stretch(0, 0)]}).on(MONDAY)
    assert away.hours == [] and away.own


def test_time_off_is_clipped_to_each_of_its_days():
    begins, ends = datetime(2026, 11, 1, 15, tzinfo=ZONE), datetime(2026, 11, 3, 10, 30, tzinfo=ZONE)
    days = Days(ZONE, blocks=[block(begins, ends)])
    spans = [[(one.from_minute, one.until_minute) for one in days.on(MONDAY + timedelta(days=shift)).off]
             for shift in (-2, -1, 0, 1, 2)]
    assert spans == [[], [(900, 1440)], [(0, 1440)], [(0, 630)], []]


def test_a_holiday_is_named_and_the_hours_stay_to_be_seen():
    found = Days(ZONE, weekly=[band()], holidays={MONDAY: "Labor Day"}).on(MONDAY)
    assert found.holiday == "Labor Day" and len(found.hours) == 1
