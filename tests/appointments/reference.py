"""Free times found the slow way, minute by minute, by looking at the clock on the wall. What the quick way must equal.

Shares nothing with it but the classes that hold the data.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.free_times import Calendar, Wish

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4096)
def walls(zone: str, utc_day: int) -> list[tuple[date, int]]:
    """For each minute of a day in UTC: date and minute on the wall of the zone."""
    found = []
    for minute in range(1440):
        there = (EPOCH + timedelta(minutes=utc_day * 1440 + minute)).astimezone(ZoneInfo(zone))
        found.append((there.date(), there.hour * 60 + there.minute))
    return found


def wall(zone: str, moment: int) -> tuple[date, int]:
    return walls(zone, moment // 1440)[moment % 1440]


class Slow:
    """One practitioner's calendar, looked at minute by minute."""

    def __init__(self, zone: str, calendar: Calendar, first_day: date, days: int, *, closed: Any = (),
                 blocks: Any = (), rooms: Any = None) -> None:
        self.zone, self.calendar, self.closed, self.rooms = zone, calendar, closed, rooms or {}
        last = first_day + timedelta(days=days - 1)
        self.range = (first_day, min(last, calendar.rules.last_day or last))
        noon = (first_day - date(1970, 1, 1)).days * 1440
        self.minutes = range(noon - 1440, noon + (days + 1) * 1440)
        self.taken = minutes_of([*calendar.taken, *blocks])
        self.of_rooms = {place: [minutes_of(one) for one in there] for place, there in self.rooms.items()}

    def places(self, in_person: bool) -> list[UUID | None]:
        named = {one.location for one in [*self.calendar.weekly, *self.calendar.one_days]}
        return sorted((one for one in named if one), key=str) if in_person else [None]

    def is_open(self, moment: int, place: UUID | None) -> bool:
        """At a place; None: anywhere."""
        day, minute = wall(self.zone, moment)
        if not self.range[0] <= day <= self.range[1] or day in self.closed:
            return False
        rows: Any = [one for one in self.calendar.one_days if one.day == day]
        rows = rows or [one for one in self.calendar.weekly if in_force(one, day)]
        return any(
            one.from_minute <= minute < one.until_minute for one in rows if place is None or one.location == place
        )

    def openings(self, place: UUID | None) -> list[list[int]]:
        """The minutes of each."""
        found: list[list[int]] = []
        for moment in self.minutes:
            if not self.is_open(moment, place):
                continue
            same = found and found[-1][-1] == moment - 1
            if same and wall(self.zone, moment)[0] == wall(self.zone, moment - 1)[0]:
                found[-1].append(moment)
            else:
                found.append([moment])
        return found

    def times(self, wish: Wish) -> dict[UUID | None, list[int]]:
        found = {}
        for place in self.places(wish.in_person):
            starts = [one for there in self.openings(place) for one in self.within(there, place, wish)]
            if starts:
                found[place] = starts
        return found

    def within(self, opening: list[int], place: UUID | None, wish: Wish) -> list[int]:
        rules = self.calendar.rules
        grid = [one for one in opening if (one - opening[0]) % rules.step == 0]
        fits = [
            one for one in grid
            if one + wish.minutes - 1 <= opening[-1] and self.clear(self.taken, one, wish)
        ]
        if rules.shortest:
            fits = self.without_gaps(fits, opening, wish)
        return [
            one for one in fits
            if (rules.earliest is None or one >= rules.earliest) and self.has_room(place, one, wish)
            and not self.is_full(wall(self.zone, one)[0])
        ]

    def clear(self, taken: set[int], start: int, wish: Wish) -> bool:
        return taken.isdisjoint(range(start - wish.before, start + wish.minutes + wish.after))

    def has_room(self, place: UUID | None, start: int, wish: Wish) -> bool:
        there = self.of_rooms.get(place) if place else None
        return there is None or any(self.clear(taken, start, wish) for taken in there)

    def is_full(self, day: date) -> bool:
        rules = self.calendar.rules
        days = [wall(self.zone, one)[0] for one in self.calendar.starts]
        week = [one for one in days if one.isocalendar()[:2] == day.isocalendar()[:2]]
        return bool(
            (rules.max_day and days.count(day) >= rules.max_day) or (rules.max_week and len(week) >= rules.max_week)
        )

    def without_gaps(self, starts: list[int], opening: list[int], wish: Wish) -> list[int]:
        """Each time is looked at among those that share its stretch."""
        shortest = self.calendar.rules.shortest
        stretches: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for start in starts:
            left, right = start, start + wish.minutes
            while left > opening[0] and left - 1 not in self.taken:
                left -= 1
            while right <= opening[-1] and right not in self.taken:
                right += 1
            rests = max(0, start - wish.before - left), max(0, right - start - wish.minutes - wish.after)
            stretches.setdefault((left, right), []).append((start, *rests))
        kept = []
        for there in stretches.values():
            least_before, least_after = min(one[1] for one in there), min(one[2] for one in there)
            wastes = {one[0]: sum(rest for rest in one[1:] if rest < shortest) for one in there}
            for start, before, after in there:
                fine = (before >= shortest or before == least_before) and (after >= shortest or after == least_after)
                if fine or wastes[start] == min(wastes.values()):
                    kept.append(start)
        return sorted(kept)


def in_force(hours: Any, day: date) -> bool:
    if day < hours.valid_from or (hours.valid_until and day > hours.valid_until) or day.weekday() != hours.weekday:
        return False
    anchor = hours.valid_from - timedelta(days=hours.valid_from.weekday())
    return (day - anchor).days // 7 % hours.every_weeks == 0


def minutes_of(spans: Any) -> set[int]:
    return {minute for begins, ends in spans for minute in range(begins, ends)}
