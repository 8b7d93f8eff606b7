"""What FHIRPath works on besides JSON: numbers of both types, quantities, moments; and how they compare.

An Integer is held as int, and a Decimal as Decimal, also a whole one: `3` and `3.0` are equal and not of one type.

Dates and times of a resource become moments by their names; other texts that read as one, where they meet one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from models.documents.values import number, tidy

WHOLE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?"
    r"(?:T(?:(?P<hour>\d{2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)?)?(?P<zone>Z|[+-]\d{2}:\d{2})?)?",
    re.ASCII,
)
CLOCK = re.compile(r"(?P<hour>\d{2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)?", re.ASCII)
LONGEST_MOMENT = 60
# Calendar units by their names, and the UCUM units that are the same length for sure.
SECONDS = {
    "week": Decimal(604_800), "day": Decimal(86_400), "hour": Decimal(3_600), "minute": Decimal(60),
    "second": Decimal(1), "millisecond": Decimal("0.001"),
}
MONTHS = {"year": Decimal(12), "month": Decimal(1)}
UCUM = {"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second",
        "ms": "millisecond"}


@dataclass(frozen=True)
class Quantity:
    """A number with its unit: a calendar unit in the singular, or as it was written."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Moment:
    """A date, dateTime or time with what is known of it: (year, month, day, hour, minute, second), as many as are
    given; of a time (hour, minute, second). With a zone, in UTC."""

    kind: str
    parts: tuple[Decimal, ...]
    text: str


def moment(value: Any, kind: str = "") -> Moment | None:
    """A moment of what is one, or of a text that reads as one."""
    if isinstance(value, Moment) or not isinstance(value, str) or len(value) > LONGEST_MOMENT:
        return value if isinstance(value, Moment) else None
    clock = CLOCK.fullmatch(value) if kind == "time" or value[2:3] == ":" else None
    if clock is not None:
        return Moment("time", _numbers(clock, ("hour", "minute", "second")), value)
    whole = WHOLE.fullmatch(value)
    if whole is None:
        return None
    parts = _numbers(whole, ("year", "month", "day", "hour", "minute", "second"))
    if whole["zone"] and len(parts) > 3:
        parts = _in_utc(parts, whole["zone"]) or parts
    return Moment("dateTime" if "T" in value else "date", parts, value)


def typed_moment(text: str, kind: str) -> Moment | None:
    """A moment of this type; None for what does not read as one."""
    at = moment(text, kind)
    if at is None or (at.kind == "time") is not (kind == "time"):
        return None
    return at if at.kind == kind else replace(at, kind=kind)


def _numbers(found: re.Match[str], names: tuple[str, ...]) -> tuple[Decimal, ...]:
    return tuple(Decimal(found[name]) for name in names if found[name] is not None)


def _in_utc(parts: tuple[Decimal, ...], zone: str) -> tuple[Decimal, ...] | None:
    minutes = 0 if zone == "Z" else (int(zone[1:3]) * 60 + int(zone[4:])) * (-1 if zone[0] == "-" else 1)
    year, month, day, hour, minute = (int(one) for one in (*parts, Decimal(0))[:5])
    try:
        moved = datetime(year, month, day, hour, minute) - timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        return None
    whole = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
    return (*(Decimal(one) for one in whole[: len(parts)]), *parts[5:])


def compare_moments(one: Moment, other: Moment) -> int | None:
    """-1, 0, 1; None where what is known of both does not say."""
    if (one.kind == "time") is not (other.kind == "time"):
        return None
    for a, b in zip(one.parts, other.parts, strict=False):
        if a != b:
            return -1 if a < b else 1
    return 0 if len(one.parts) == len(other.parts) else None


def quantity(value: Any) -> Quantity | None:
    """A quantity of what is one, or of FHIR's Quantity."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, Mapping) and (amount := number(value.get("value"))) is not None:
        return Quantity(amount, singular(str(value.get("code") or value.get("unit") or "1")))
    return None


def singular(unit: str) -> str:
    named = UCUM.get(unit, unit)
    return named[:-1] if named.endswith("s") and named[:-1] in ("year", "month", *SECONDS) else named


def is_integer(value: Any) -> bool:
    """Whether a number is an Integer. One that came as it is, from outside of the form, is told by its look."""
    kind = type(value)
    return kind is int or (kind is float and value.is_integer())


def compare_quantities(one: Quantity, other: Quantity) -> int | None:
    """-1, 0, 1; None for units that are not the same kind of thing."""
    found = in_one_unit(one, other)
    if found is None:
        return None
    a, b = tidy(found[0]), tidy(found[1])
    return (a > b) - (a < b)


def in_one_unit(one: Quantity, other: Quantity) -> tuple[Decimal, Decimal, str] | None:
    """The values of both in one unit, of time in the smaller one; None for units that are not the same kind of
    thing, or are not known to be."""
    if one.unit == other.unit:
        return one.value, other.value, one.unit
    for length in (SECONDS, MONTHS):
        if one.unit in length and other.unit in length:
            unit = min(one.unit, other.unit, key=length.__getitem__)
            a, b = (each.value * (length[each.unit] / length[unit]) for each in (one, other))
            return a, b, unit
    return None


def moved(at: Moment, by: Quantity, sign: int) -> Moment | None:
    """A moment later or earlier, to the precision it has; None for units that are no time, and beyond the calendar."""
    amount = int(by.value) * sign
    if at.kind == "time":
        return _moved_clock(at, by, sign)
    try:
        if by.unit in ("year", "month"):
            return _written(at, _months(at, amount * (12 if by.unit == "year" else 1)))
        if by.unit not in SECONDS:
            return None
        year, month, day, hour, minute, second = (*at.parts, *_REST[len(at.parts):])
        start = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))
        later = start + timedelta(seconds=float(by.value * sign * SECONDS[by.unit]))
    except (ValueError, OverflowError):
        return None
    whole = (later.year, later.month, later.day, later.hour, later.minute, later.second)
    return _written(at, tuple(Decimal(one) for one in whole[: len(at.parts)]))


_REST = (Decimal(1), Decimal(1), Decimal(1), Decimal(0), Decimal(0), Decimal(0))


def _months(at: Moment, months: int) -> tuple[Decimal, ...]:
    month = int(at.parts[0]) * 12 + (int(at.parts[1]) if len(at.parts) > 1 else 1) - 1 + months
    year, month = divmod(month, 12)
    if len(at.parts) < 3:
        return (Decimal(year), Decimal(month + 1))[: len(at.parts)]
    day = min(int(at.parts[2]), calendar.monthrange(date(year, 1, 1).year, month + 1)[1])
    return (Decimal(year), Decimal(month + 1), Decimal(day), *at.parts[3:])


def _moved_clock(at: Moment, by: Quantity, sign: int) -> Moment | None:
    if by.unit not in SECONDS or by.unit in ("week", "day"):
        return None
    hour, minute, second = (*at.parts, Decimal(0), Decimal(0))[:3]
    total = (hour * 3600 + minute * 60 + second + by.value * sign * SECONDS[by.unit]) % 86_400
    parts = (total // 3600, total % 3600 // 60, total % 60)[: len(at.parts)]
    return Moment("time", parts, ":".join(f"{int(one):02d}" for one in parts))


def _written(like: Moment, parts: tuple[Decimal, ...]) -> Moment:
    day = "-".join(f"{int(one):0{width}d}" for one, width in zip(parts[:3], (4, 2, 2), strict=False))
    clock = ":".join(f"{int(one):02d}" for one in parts[3:])
    zone = "Z" if clock and re.search(r"(Z|[+-]\d{2}:\d{2})$", like.text) else ""
    return Moment(like.kind, parts, f"{day}T{clock}{zone}" if clock else day)


def text_of(value: Any) -> str | None:
    """A single value as FHIRPath writes it; None for what is made of parts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, Mapping):
        value = quantity(value)
    if isinstance(value, Quantity):
        return f"{plain_text(value.value)} " + (value.unit if value.unit in SECONDS else f"'{value.unit}'")
    found = number(value)
    return None if found is None else plain_text(found)


def plain_text(value: Decimal) -> str:
    """A number without exponent and without zeros at its end; nothing has no sign."""
    if not (value := round(value, 8) if abs(value) < Decimal(10) ** 20 else value):
        return "0"
    text = f"{value:f}" if abs(value) < Decimal(10) ** 20 else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
