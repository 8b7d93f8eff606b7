"""When somebody is there, in real time. Pure: data in, spans out.

Minutes since 1970 in UTC, half-open. A moment is open when the clock on the practice's wall then shows a time of the
opening. So an opening over the hour that spring leaves out is shorter, one over the hour that autumn repeats is longer,
and one that begins or ends inside the repeated hour is open twice, with a pause between.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

DAY, WEEK = 1440, 7
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Weekly:
    """Hours of a weekday (Monday is 0), in minutes of the wall clock, from one date to another, both included. Every
    n-th week, counted from the Monday of the week of `valid_from`."""

    location: UUID | None
    weekday: int
    from_minute: int
    until_minute: int
    valid_from: date
    valid_until: date | None = None
    every_weeks: int = 1


@dataclass(frozen=True, slots=True)
class OneDay:
    """Hours of one day. Any of a day stand in place of all its weekly ones; 0 to 0: nobody is there."""

    location: UUID | None
    day: date
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class Opening:
    """Without a pause, of one day of the wall clock (`day` is its ordinal)."""

    day: int
    opens: int
    closes: int


class WallClock:
    """A zone's clock over some days and the week on either side of them; built once, asked often."""

    def __init__(self, zone: ZoneInfo, first: date, days: int) -> None:
        begins = (first.toordinal() - EPOCH_DAY - WEEK - 1) * DAY
        self._begins = [begins]
        self._offsets = [_offset(zone, begins)]
        for probe in range(begins, begins + (days + 2 * WEEK + 2) * DAY + 1, DAY):
            if _offset(zone, probe) != self._offsets[-1]:
                self._begins.append(_changes(zone, probe - DAY, probe))
                self._offsets.append(_offset(zone, probe))
        self._ends = [*self._begins[1:], begins + (days + 2 * WEEK + 4) * DAY]

    def spans(self, day: int, from_minute: int, until_minute: int) -> list[Span]:
        """The moments of this day (an ordinal) at which the clock shows these minutes; several at a change of it."""
        midnight = (day - EPOCH_DAY) * DAY
        found = []
        for begins, ends, offset in zip(self._begins, self._ends, self._offsets, strict=True):
            opens, closes = midnight + from_minute - offset, midnight + until_minute - offset
            if opens < ends and begins < closes:
                found.append((max(opens, begins), min(closes, ends)))
        return joined(found)

    def day_of(self, moment: int) -> int:
        """The ordinal of the day it is on the wall at this moment."""
        place = max(0, bisect_right(self._begins, moment) - 1)
        return (moment + self._offsets[place]) // DAY + EPOCH_DAY


def openings(
    clock: WallClock, weekly: Sequence[Weekly], one_days: Sequence[OneDay], closed: Collection[date],
    first: int, last: int,
) -> dict[UUID | None, list[Opening]]:
    """By location, in order, for the days (ordinals) from first to last, both included. Hours of a day and location
    that overlap or touch are one opening; openings of two days are two, and nothing reaches over midnight."""
    shut = {day.toordinal() for day in closed}
    by_weekday = [[one for one in weekly if one.weekday == day] for day in range(WEEK)]
    by_day: dict[int, list[OneDay]] = {}
    for one in one_days:
        by_day.setdefault(one.day.toordinal(), []).append(one)
    found: dict[UUID | None, list[Opening]] = {}
    for day in range(first, last + 1):
        hours: Iterable[Weekly | OneDay] = by_day.get(day) or [
            each for each in by_weekday[(day - 1) % WEEK] if _in_force(each, day)
        ]
        if day in shut or not hours:
            continue
        there: dict[UUID | None, list[Span]] = {}
        for hour in hours:
            there.setdefault(hour.location, []).extend(clock.spans(day, hour.from_minute, hour.until_minute))
        for location, spans in there.items():
            found.setdefault(location, []).extend(Opening(day, *span) for span in joined(spans))
    return {location: _in_order(there) for location, there in found.items()}


def anywhere(by_location: dict[UUID | None, list[Opening]]) -> list[Opening]:
    """The openings of all locations as one list: for who comes by phone or video, it is all the same."""
    by_day: dict[int, list[Span]] = {}
    for one in (each for found in by_location.values() for each in found):
        by_day.setdefault(one.day, []).append((one.opens, one.closes))
    return _in_order([Opening(day, *span) for day, spans in by_day.items() for span in joined(spans)])


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, and as few as possible: what overlaps or touches is one; what is empty is none."""
    found: list[Span] = []
    for begins, ends in sorted(span for span in spans if span[0] < span[1]):
        if found and begins <= found[-1][1]:
            if ends > found[-1][1]:
                found[-1] = (found[-1][0], ends)
        else:
            found.append((begins, ends))
    return found


def _in_order(there: list[Opening]) -> list[Opening]:
    """By time, not by day: where the clock goes back at midnight, the former day comes again."""
    return sorted(there, key=lambda one: one.opens)


def _in_force(hours: Weekly, day: int) -> bool:
    since = hours.valid_from.toordinal()
    if day < since or (hours.valid_until is not None and day > hours.valid_until.toordinal()):
        return False
    return hours.every_weeks == 1 or (monday(day) - monday(since)) // WEEK % hours.every_weeks == 0


def monday(day: int) -> int:
    """The ordinal of the Monday of this day's week."""
    return day - (day - 1) % WEEK


def monday_of(day: date) -> date:
    """The Monday of this day's week."""
    return date.fromordinal(monday(day.toordinal()))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins."""
    return datetime.combine(day, time(), zone)


def moment(minute: int) -> datetime:
    """The moment that is so many minutes after 1970."""
    return EPOCH + timedelta(minutes=minute)


def _offset(zone: ZoneInfo, moment: int) -> int:
    """Minutes by which the wall clock is ahead of UTC at a moment."""
    at = datetime.fromtimestamp(moment * 60, UTC).astimezone(zone)
    return int((at.utcoffset() or timedelta()).total_seconds()) // 60


def _changes(zone: ZoneInfo, before: int, after: int) -> int:
    """The moment between the two at which the clock is changed."""
    former = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == former else (before, middle)
    return after
