"""Answers out of a form that a browser posted without a script; controls are named as templates/documents/_items.html
does: `a/<path>` what is answered (an option by its number), `o/<path>` an answer of one's own, `u/<path>` the unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from models.documents.items import Item, Value
from models.documents.paths import item_at
from models.documents.places import UNSAID

OWN = "own"
Posted = Mapping[str, Sequence[str]]


def read_posted(items: Sequence[Item], posted: Posted, paths: Iterable[str], zone: ZoneInfo) -> dict[str, list[Value]]:
    """The answers at these paths. What cannot be read as the item's type stays as it was typed, so that it is told.
    A question whose controls sent nothing (no box ticked) has no answer. `zone`: of moments, which browsers send
    without."""
    found: dict[str, list[Value]] = {}
    for path in paths:
        item = item_at(items, path)
        if item is None or item.type in ("group", "display") or item.read_only or item.calculated:
            continue
        given = [one.strip() for one in posted.get(f"a/{path}", ())]
        own = "".join(posted.get(f"o/{path}", ())).strip()
        units = [one.strip() for one in posted.get(f"u/{path}", ())]
        values = [_value(item, one, own, unit, zone) for one, unit in zip_longest(given, units, fillvalue="") if one]
        found[path] = [one for one in values if one is not None]
    return found


def _value(item: Item, given: str, own: str, unit: str, zone: ZoneInfo) -> Value:
    if item.type == "boolean":
        return {"true": True, "on": True, "false": False}.get(given)
    if item.type in ("choice", "open-choice"):
        return _chosen(item, given, own)
    if item.type in ("integer", "decimal"):
        return _number(item, given)
    if item.type == "quantity":
        return {"value": _number(item, given), **_unit(item, unit)}
    if item.type == "attachment":
        return _file(given)
    return _text(item, given, zone)


def _text(item: Item, given: str, zone: ZoneInfo) -> Value:
    if item.type == "reference":
        return {"display": given}
    if item.type == "time" and len(given) == len("09:30"):
        return f"{given}:00"
    if item.type == "dateTime" and len(given) == len("2026-11-29T14:30"):
        return _zoned(given, zone)
    return given


def _chosen(item: Item, given: str, own: str) -> Value:
    if not item.options:
        return {"display": given} if item.type == "choice" else given
    if given == OWN:
        return own or UNSAID
    place = int(given) if given.isascii() and given.isdigit() else -1
    return item.options[place].value if 0 <= place < len(item.options) else None


def _number(item: Item, given: str) -> Value:
    try:
        return int(given) if item.type == "integer" or given.lstrip("-").isdigit() else float(given.replace(",", "."))
    except ValueError:
        return given


def _unit(item: Item, given: str) -> dict[str, Any]:
    if not item.units:
        return {"unit": given} if given else {}
    place = int(given) if given.isascii() and given.isdigit() else 0
    unit = item.units[place] if place < len(item.units) else item.units[0]
    told = {"unit": unit.get("unit") or unit.get("code"), "system": unit.get("system"),
            "code": unit.get("code")}
    return {key: value for key, value in told.items() if value}


def _file(given: str) -> Value:
    try:
        return orjson.loads(given)
    except orjson.JSONDecodeError:
        return None


def _zoned(given: str, zone: ZoneInfo) -> str:
    from datetime import datetime

    try:
        return datetime.fromisoformat(given).replace(tzinfo=zone).isoformat()
    except ValueError:
        return given
