"""A block as lists and forms draw it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.appointments.blocks import as_away
from models.appointments.tables import CalendarBlock


def block_line(block: CalendarBlock, zone: ZoneInfo, whose: str = "") -> dict[str, Any]:
    """`words`: when, in the practice's time."""
    away = as_away(block, zone)
    first, last = f"{away.first:%a, %b} {away.first.day}", f"{away.last:%a, %b} {away.last.day}"
    if away.last.year != away.first.year:
        last = f"{last}, {away.last.year}"
    if away.starts is None or away.ends is None:
        words = first if away.first == away.last else f"{first} – {last}"
    else:
        starts, ends = (block.starts_at.astimezone(zone), block.ends_at.astimezone(zone))
        words = f"{first}, {starts:%-I:%M %p} – {'' if away.first == away.last else last + ', '}{ends:%-I:%M %p}"
    days = (away.last - away.first + timedelta(days=1)).days
    return {"id": block.id, "kind": block.kind, "title": block.title, "words": words, "whose": whose,
            "whole_days": days if away.starts is None else 0, "version": block.version}
