"""A practitioner's days as they really are: weekly hours, days with hours of their own, time off, blocks, holidays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.clashing import Band
from models.appointments.furnishing import booking_settings
from models.appointments.holidays import holidays_of
from models.appointments.hours import Stretch, as_band
from models.appointments.openings import midnight
from models.appointments.tables import CalendarBlock, DayHours, WeeklyHours
from models.appointments.zones import zone_here

MIDNIGHT = 1440


@dataclass(frozen=True)
class Off:
    """Time of a day in which nobody can book, in minutes of the practice's clock; `kind`: time-off, block."""

    from_minute: int
    until_minute: int
    kind: str
    title: str
    id: UUID
    staff_id: UUID | None
    room_id: UUID | None


@dataclass(frozen=True)
class Day:
    """`own`: it has hours of its own instead of the weekly ones. `holiday`: its name, on a day when nobody works."""

    day: date
    hours: Sequence[Stretch] = ()
    off: Sequence[Off] = ()
    own: bool = False
    holiday: str = ""


@dataclass(frozen=True)
class Days:
    """What a practitioner's days are made of."""

    zone: ZoneInfo
    weekly: Sequence[Band] = ()
    own: Mapping[date, Sequence[Stretch]] = field(default_factory=dict)
    blocks: Sequence[CalendarBlock] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)

    def on(self, day: date) -> Day:
        """The day as it is."""
        weekly = [Stretch(one.from_minute, one.until_minute, one.location_id) for one in self.weekly if one.on(day)]
        hours = [one for one in self.own.get(day, weekly) if one.until_minute]
        off = [found for one in self._by_day.get(day, ()) if (found := self._off(one, day))]
        return Day(day, sorted(hours, key=lambda one: one.from_minute), off, day in self.own,
                   self.holidays.get(day, ""))

    def minutes(self, day: date, moment: datetime) -> int:
        """Where a moment lies on this day, clipped to it, on the practice's clock."""
        local = moment.astimezone(self.zone)
        if local.date() != day:
            return 0 if local.date() < day else MIDNIGHT
        return local.hour * 60 + local.minute

    @cached_property
    def _by_day(self) -> Mapping[date, Sequence[CalendarBlock]]:
        """Those that touch each day: there can be a thousand, and many days are looked at."""
        found: defaultdict[date, list[CalendarBlock]] = defaultdict(list)
        for one in self.blocks:
            first, last = (at.astimezone(self.zone).date() for at in (one.starts_at, one.ends_at))
            for ahead in range((last - first).days + 1):
                found[first + timedelta(days=ahead)].append(one)
        return found

    def _off(self, one: CalendarBlock, day: date) -> Off | None:
        begins, ends = self.minutes(day, one.starts_at), self.minutes(day, one.ends_at)
        if begins >= ends:
            return None
        return Off(begins, ends, one.kind, one.title, one.id, one.staff_id, one.room_id)


async def days(staff_id: UUID, first: date, last: date) -> Days:
    """Of one practitioner, from the first day to the last, both included."""
    return (await days_of_all([staff_id], first, last))[staff_id]


async def days_of_all(staff_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, Days]:
    """The same of many, with as few statements as of one."""
    zone = await zone_here()
    own: dict[UUID, dict[date, list[Stretch]]] = {}
    for one in await DayHours.filter(staff_id__in=staff_ids, day__gte=first, day__lte=last):
        stretch = Stretch(one.from_minute, one.until_minute, one.location_id)
        own.setdefault(one.staff_id, {}).setdefault(one.day, []).append(stretch)
    weekly: dict[UUID, list[Band]] = {}
    for each in await WeeklyHours.filter(staff_id__in=staff_ids):
        weekly.setdefault(each.staff_id, []).append(as_band(each))
    begins, ends = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    of_people = CalendarBlock.filter(starts_at__lt=ends, ends_at__gt=begins, room_id=None)
    blocks = await of_people.order_by("starts_at", "id")
    holidays = await _holidays(first, last)
    return {
        staff_id: Days(zone, weekly.get(staff_id, ()), own.get(staff_id, {}),
                       [one for one in blocks if one.staff_id in (None, staff_id)], holidays)
        for staff_id in staff_ids
    }


async def _holidays(first: date, last: date) -> dict[date, str]:
    chosen = await booking_settings()
    country, region = chosen.holiday_country, chosen.holiday_region
    found = [one for year in range(first.year, last.year + 1) for one in holidays_of(country, region, year)]
    return {one.day: one.name for one in found if one.day not in chosen.working_holidays}

