"""A block as lists and forms draw it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.appointments.block_times import Away, as_away, from_minute, until_minute
from models.appointments.blocks import Coming
from models.appointments.clashing import DAYS
from models.appointments.hours import clock_words
from models.core.clock import now


def block_line(one: Coming, zone: ZoneInfo, whose: str = "") -> dict[str, Any]:
    """`words`: when, in the practice's time; of what repeats, when it is next. Then `every` is the number of weeks,
    `on` its weekdays, `clock` its times (empty: whole days), `until` the last day; else `every` is None."""
    block, away, today = one.block, as_away(one.block, zone), now().astimezone(zone).date()
    clock = (clock_words(from_minute(away)), clock_words(until_minute(away))) if away.starts else None
    days = (away.last - away.first + timedelta(days=1)).days
    return {"id": block.id, "kind": block.kind, "title": block.title, "words": _words(away, clock, today),
            "whose": whose, "whole_days": 0 if clock else days, "version": block.version,
            "every": block.every_weeks, "clock": " – ".join(clock or ()), "times": one.times,
            "on": _weekdays(one.weekdays), "until": _day(one.last.astimezone(zone).date(), today)}


def _words(away: Away, clock: tuple[str, str] | None, today: date) -> str:
    first, last = _day(away.first, today), _day(away.last, away.first)
    if away.first == away.last:
        return f"{first}, {' – '.join(clock)}" if clock else first
    return f"{first}, {clock[0]} – {last}, {clock[1]}" if clock else f"{first} – {last}"


def _day(day: date, before: date) -> str:
    """With the year where it is another one than before."""
    return f"{day:%a, %b} {day.day}" + (f", {day.year}" if day.year != before.year else "")


def _weekdays(weekdays: Iterable[int]) -> str:
    *most, last = [DAYS[one] for one in weekdays]
    return f"{', '.join(most)} and {last}" if most else last
