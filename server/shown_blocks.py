"""A block as lists and forms draw it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.appointments.block_times import Away, as_away
from models.appointments.blocks import Coming
from models.appointments.clashing import DAYS


def block_line(one: Coming, zone: ZoneInfo, whose: str = "") -> dict[str, Any]:
    """`words`: when, in the practice's time; of what repeats, when it is next. Then `every` is the number of weeks,
    `on` its weekdays, `clock` its times (empty: whole days), `until` the last day; else `every` is None."""
    block, away = one.block, as_away(one.block, zone)
    starts, ends = (f"{at.astimezone(zone):%-I:%M %p}" for at in (block.starts_at, block.ends_at))
    days = (away.last - away.first + timedelta(days=1)).days
    return {"id": block.id, "kind": block.kind, "title": block.title, "words": _words(away, starts, ends),
            "whose": whose, "whole_days": 0 if away.starts else days, "version": block.version,
            "every": block.every_weeks, "clock": f"{starts} – {ends}" if away.starts else "", "times": one.times,
            "on": _weekdays(one.weekdays), "until": _day(one.last.astimezone(zone).date())}


def _words(away: Away, starts: str, ends: str) -> str:
    first, last = _day(away.first), _day(away.last)
    if away.last.year != away.first.year:
        last = f"{last}, {away.last.year}"
    if away.first == away.last:
        return f"{first}, {starts} – {ends}" if away.starts else first
    return f"{first}, {starts} – {last}, {ends}" if away.starts else f"{first} – {last}"


def _day(day: date) -> str:
    return f"{day:%a, %b} {day.day}"


def _weekdays(weekdays: Iterable[int]) -> str:
    *most, last = [DAYS[one] for one in weekdays]
    return f"{', '.join(most)} and {last}" if most else last
