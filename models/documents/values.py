"""Answers by FHIR's types: their key in a resource, when two are the same, which is more, and how they read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

# The value[x] that an answer of a type stands under; choices stand under what their option is.
KEYS = {
    "boolean": "valueBoolean", "integer": "valueInteger", "decimal": "valueDecimal", "date": "valueDate",
    "dateTime": "valueDateTime", "time": "valueTime", "string": "valueString", "text": "valueString",
    "url": "valueUri", "quantity": "valueQuantity", "attachment": "valueAttachment", "reference": "valueReference",
    "choice": "valueCoding", "open-choice": "valueCoding",
}
# The digits of a machine alone: others a browser does not take for digits either.
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?", re.ASCII)
DATE_TIME = re.compile(
    r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?", re.ASCII
)


def number(value: Any) -> Decimal | None:
    """A number as Decimal, exactly as it was written; None for all else."""
    kind = type(value)
    if kind is Decimal:
        return value if value.is_finite() else None
    if kind is int:
        return Decimal(value)
    return Decimal(str(value)) if kind is float and math.isfinite(value) else None


def tidy(value: Decimal) -> Decimal:
    """A number to eight places: what is a hair beside a whole one, as thirds are three times, is that one."""
    # What has no room for eight places beside its own digits is whole as far as anybody can tell.
    return round(value, 8) if value.adjusted() < 19 else value


def plain(value: Decimal) -> int | float:
    """A number for JSON: whole ones without a point. Rounded to eight places, as the browser does."""
    rounded = tidy(value)
    return int(rounded) if rounded == int(rounded) else float(rounded)


def is_blank(value: Any) -> bool:
    """Whether this is no answer at all."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(is_blank(one) for key, one in value.items() if key not in ("unit", "system"))
    return value is None or value == []


def answered(values: Iterable[Any] | None) -> list[Any]:
    """The answers among them."""
    return [one for one in values or [] if not is_blank(one)]


def same(one: Any, other: Any) -> bool:
    """Whether an answer is what it is compared with. Codings by code, and by system where both name one; a Coding
    without code, or one and a text, by their words; quantities by value and unit; numbers by value; dates and times by
    the moment."""
    if isinstance(one, dict) and isinstance(other, dict):
        return _same_things(one, other)
    if isinstance(one, dict) or isinstance(other, dict):
        thing, text = (one, other) if isinstance(one, dict) else (other, one)
        return isinstance(text, str) and text in (thing.get("display"), thing.get("code"))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if one == other and type(one) is type(other):
        return True
    return order(one, other) == 0


def _same_things(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if "value" in one or "value" in other:
        return order(one, other) == 0
    if one.get("code") is not None and other.get("code") is not None:
        systems = {one.get("system"), other.get("system")} - {None, ""}
        return bool(one["code"] == other["code"]) and len(systems) < 2
    names = ("display", "file", "reference")
    return any(one.get(name) is not None and one.get(name) == other.get(name) for name in names)


def order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1, as `one` is less than, equal to or more than `other`; None where they cannot be compared."""
    if isinstance(one, dict) or isinstance(other, dict):
        return _order_of_quantities(one, other)
    a, b = number(one), number(other)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    if isinstance(one, str) and isinstance(other, str):
        left, right = moment(one), moment(other)
        if left is None or right is None:
            left, right = one, other
        return (left > right) - (left < right)
    return None


def _order_of_quantities(one: Any, other: Any) -> int | None:
    a = one if isinstance(one, dict) else {"value": one}
    b = other if isinstance(other, dict) else {"value": other}
    units = {str(each.get("code") or each.get("unit") or "") for each in (a, b)} - {""}
    if "value" not in a or "value" not in b or len(units) > 1:
        return None
    left, right = number(a["value"]), number(b["value"])
    return None if left is None or right is None else (left > right) - (left < right)


def moment(text: str) -> str | None:
    """A date, dateTime or time as text that sorts by time (moments in UTC, missing parts at their least); None for
    other words."""
    if TIME.fullmatch(text):
        return _whole_time(text)
    parts = DATE_TIME.fullmatch(text)
    if parts is None:
        return None
    day, clock, zone = parts.groups()
    day += "-01" * (2 - day.count("-"))
    if clock is None:
        return f"{day}T00:00:00.000"
    try:
        at = datetime.fromisoformat(f"{day}T{_whole_time(clock)}" + (zone or "Z").replace("Z", "+00:00"))
        return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    except (ValueError, OverflowError):
        return None


def is_day(text: str) -> bool:
    """Whether a date, also one without day or month, is in the calendar."""
    try:
        date.fromisoformat(text[:10] + "-01" * (2 - text[:10].count("-")))
    except ValueError:
        return False
    return True


def _whole_time(text: str) -> str:
    clock, _, part = text.partition(".")
    return f"{clock}:00.000" if clock.count(":") == 1 else f"{clock}.{part[:3].ljust(3, '0')}"


def words(value: Any) -> str:
    """An answer as one reads it; dates and times as they are written."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if not isinstance(value, dict):
        return str(value)
    if "value" in value:
        return " ".join(str(one) for one in (value["value"], value.get("unit") or value.get("code")) if one is not None)
    return str(value.get("display") or value.get("title") or value.get("code") or value.get("reference") or "")


def is_written_number(text: str) -> bool:
    """Whether a text is a number as FHIR writes them."""
    return re.fullmatch(r"[+-]?\d{1,20}(\.\d{1,20})?", text, re.ASCII) is not None


def yes(value: Any) -> bool | None:
    """True or false; some systems write them as text, which is understood. None: neither."""
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))
