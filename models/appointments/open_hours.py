"""When practitioners are there, for a calendar to hatch the rest: their hours in force, without public holidays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from models.appointments.furnishing import booking_settings
from models.appointments.holidays import Holiday, closed_days, holidays_of
from models.appointments.loading import ONE_DAYS, WEEKLY
from models.appointments.openings import OneDay, WallClock, Weekly, moment, openings
from models.appointments.zones import zone_here
from models.core.database import fetch_all


@dataclass(frozen=True, slots=True)
class Open:
    """Somebody is there, from one moment to another; `location_id` None: by phone and video only."""

    staff_id: UUID
    location_id: UUID | None
    starts_at: datetime
    ends_at: datetime


async def open_hours(staff: Sequence[UUID], first: date, days: int) -> list[Open]:
    """Of these practitioners, for so many days of the practice's clock. Two statements."""
    last = first + timedelta(days=days - 1)
    weekly: defaultdict[UUID, list[Weekly]] = defaultdict(list)
    one_days: defaultdict[UUID, list[OneDay]] = defaultdict(list)
    for row in await fetch_all(WEEKLY, list(staff), first, last):
        weekly[row["staff_id"]].append(Weekly(row["location_id"], *list(row.values())[2:]))
    for row in await fetch_all(ONE_DAYS, list(staff), first, last):
        one_days[row["staff_id"]].append(OneDay(row["location_id"], *list(row.values())[2:]))
    clock = WallClock(await zone_here(), first, days)
    closed = frozenset(one.day for one in await public_holidays(first, days))
    return [
        Open(staff_id, location, moment(one.opens), moment(one.closes))
        for staff_id in staff
        for location, there in openings(
            clock, weekly[staff_id], one_days[staff_id], closed, first.toordinal(), last.toordinal()).items()
        for one in there
    ]


async def public_holidays(first: date, days: int) -> list[Holiday]:
    """Those on which the practice is closed, in order."""
    chosen, last = await booking_settings(), first + timedelta(days=days - 1)
    country, region = chosen.holiday_country, chosen.holiday_region
    closed = closed_days(country, region, first, last, chosen.working_holidays)
    years = range(first.year, last.year + 1) if closed else ()
    return [one for year in years for one in holidays_of(country, region, year) if one.day in closed]
