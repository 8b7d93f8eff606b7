"""Weekly hours as they are typed, and which of them would have one person at two places at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import lcm
from uuid import UUID

from models.appointments.openings import monday_of

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Band:
    """One line of the week: minutes from midnight on the practice's clock, half-open; both dates included; every n-th
    week, counted from the Monday of the week of `valid_from`."""

    weekday: int
    from_minute: int
    until_minute: int
    location_id: UUID | None
    valid_from: date
    valid_until: date | None = None
    every_weeks: int = 1

    def on(self, day: date) -> bool:
        """Whether it holds on this day."""
        if day.weekday() != self.weekday or day < self.valid_from:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        weeks = (monday_of(day) - monday_of(self.valid_from)).days // 7
        return weeks % self.every_weeks == 0


def clashes(bands: Sequence[Band]) -> Iterator[tuple[int, int, date]]:
    """Each two, by their places, with the first day on which both hold and overlap."""
    for second, later in enumerate(bands):
        for first, one in enumerate(bands[:second]):
            if one.weekday == later.weekday and one.from_minute < later.until_minute > one.from_minute:
                if later.from_minute < one.until_minute and (day := _first_day(one, later)):
                    yield first, second, day


def _first_day(one: Band, other: Band) -> date | None:
    """The two alternate in a rhythm that repeats: what does not meet within it never does."""
    begins = max(one.valid_from, other.valid_from)
    day = begins + timedelta(days=(one.weekday - begins.weekday()) % 7)
    for _ in range(lcm(one.every_weeks, other.every_weeks) + 1):
        if one.on(day) and other.on(day):
            return day
        day += timedelta(weeks=1)
    return None
