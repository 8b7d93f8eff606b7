"""When a block is: from the days and times that a form says to moments, once or week after week, and back. Pure.

A block covers every moment at which the practice's clock shows one of its times: over the hour that autumn repeats both
of the two, and nothing where spring leaves all of it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.clashing import Band
from models.appointments.openings import DAY, WallClock, moment
from models.appointments.tables import CalendarBlock

LONGEST_DAYS, FURTHEST_DAYS, RAREST_WEEKS = 400, 800, 8
TOO_FAR = "Choose days from today on, within two years."


@dataclass(frozen=True)
class Away:
    """As a form says it: from the first day to the last, whole days, or from a time of the first to one of the last
    (midnight is the day's end). `every_weeks`: it repeats on these weekdays (Monday is 0; none: that of the first day)
    until a day, each time within one day; None: it does not."""

    kind: str
    first: date
    last: date
    starts: time | None = None
    ends: time | None = None
    title: str = ""
    staff_id: UUID | None = None
    room_id: UUID | None = None
    every_weeks: int | None = None
    weekdays: Sequence[int] = ()
    until: date | None = None


def faults(away: Away, today: date) -> dict[str, list[str]]:
    """What is wrong with its days and times, by field."""
    if away.last < away.first:
        return {"last": ["The last day is before the first."]}
    if (away.starts is None) != (away.ends is None):
        return {"ends" if away.ends is None else "starts": ["Give both times, or neither for whole days."]}
    if away.first == away.last and from_minute(away) >= until_minute(away):
        return {"ends": ["The end must be later than the beginning."]}
    if (away.last - away.first).days >= LONGEST_DAYS:
        return {"last": [f"{LONGEST_DAYS} days at most."]}
    if away.last < today or away.first > today + timedelta(days=FURTHEST_DAYS):
        return {"first": [TOO_FAR]}
    return _faults_of_repeating(away, today) if away.every_weeks is not None else {}


def spans(away: Away, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The times of one without faults, in order; those that the clocks leave out are not among them."""
    days, length = _days(away), away.last - away.first
    clock = WallClock(zone, away.first, ((days[-1] if days else away.first) + length - away.first).days + 1)
    found = []
    for day in days:
        begins = clock.spans(day.toordinal(), from_minute(away), DAY)
        ends = clock.spans((day + length).toordinal(), 0, until_minute(away))
        if begins and ends and begins[0][0] < ends[-1][1]:
            found.append((moment(begins[0][0]), moment(ends[-1][1])))
    return found


def from_minute(away: Away) -> int:
    """Of the first day's clock, from midnight."""
    return _minutes(away.starts) if away.starts else 0


def until_minute(away: Away) -> int:
    """Of the last day's clock."""
    return (_minutes(away.ends) if away.ends else 0) or DAY


def as_away(block: CalendarBlock, zone: ZoneInfo) -> Away:
    """This one time as a form shows it; whole days without times."""
    starts, ends = block.starts_at.astimezone(zone), block.ends_at.astimezone(zone)
    midnight = ends.time() == time()
    whole = midnight and starts.time() == time()
    last = ends.date() - timedelta(days=1) if midnight else ends.date()
    return Away(block.kind, starts.date(), last, None if whole else starts.time(), None if whole else ends.time(),
                block.title, block.staff_id, block.room_id)


def _faults_of_repeating(away: Away, today: date) -> dict[str, list[str]]:
    if not 1 <= (away.every_weeks or 0) <= RAREST_WEEKS:
        return {"every": ["Choose every week up to every eighth."]}
    if away.last != away.first:
        return {"last": ["What repeats lies within one day."]}
    if away.until is None:
        return {"until": ["Say until which day it repeats."]}
    if not away.first <= away.until <= today + timedelta(days=FURTHEST_DAYS):
        return {"until": ["Choose a day after the first, within two years."]}
    return {} if _days(away) else {"until": ["Until then there is none of these days."]}


def _days(away: Away) -> list[date]:
    """On which it begins."""
    if away.every_weeks is None or away.until is None:
        return [away.first]
    weekdays = set(away.weekdays) or {away.first.weekday()}
    rhythm = [Band(one, 0, DAY, None, away.first, away.until, away.every_weeks) for one in weekdays]
    days = (away.first + timedelta(days=ahead) for ahead in range((away.until - away.first).days + 1))
    return [day for day in days if any(one.on(day) for one in rhythm)]


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
