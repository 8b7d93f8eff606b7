"""What templates ask about an item and its answers: which option is chosen, how a value stands in its field.

Pure; templates know these as `drawn`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

from models.documents.beginning import begins_with
from models.documents.items import Item, Value
from models.documents.values import answered, is_blank, same, words

BESIDE = 5
LONG = 12
SHORT = 26
BLANK = "§"


def is_chosen(option: Value, values: Sequence[Value]) -> bool:
    """Whether this option is among the answers."""
    return any(same(option, one) for one in values)


def own_answers(item: Item, values: Sequence[Value]) -> list[str]:
    """The answers of an open choice that are none of its options, as words."""
    return [words(one) for one in answered(values) if not any(same(option.value, one) for option in item.options)]


def is_listed(item: Item) -> bool:
    """Whether one of its options is chosen from a list that opens."""
    return item.control in ("drop-down", "autocomplete") or (
        len(item.options) > LONG and item.control not in ("radio-button", "check-box")
    )


def is_whole(item: Item) -> bool:
    """Whether one set of controls takes all its answers; else each is written into a field of its own, also those of a
    choice whose options are not in the form."""
    return item.type in ("boolean", "attachment") or (item.type in ("choice", "open-choice") and bool(item.options))


def are_alike(questions: Sequence[Item]) -> bool:
    """Whether these can stand below each other in one table, a column for each option."""
    shown = [one for one in questions if not one.hidden]
    return bool(shown) and all(
        one.type == "choice" and one.options and one.options == shown[0].options
        and not (one.items or one.help or one.calculated or one.read_only) for one in shown
    )


def fits_grid(item: Item) -> bool:
    """Whether the groups in it can be the rows of one table: all ask the same."""
    rows = [one for one in item.items if one.type == "group" and not one.hidden]
    asked = [[one.text for one in row.items if not one.hidden] for row in rows]
    alike = all(one == asked[0] for one in asked) and not any(row.repeats for row in rows)
    return bool(rows) and alike and fits_rows(rows)


def fits_rows(groups: Sequence[Item]) -> bool:
    """Whether each question of these groups fits into a cell."""
    asked = [one for group in groups for one in group.items if not one.hidden]
    return all(
        one.type not in ("group", "display") and not one.items and (not one.repeats or is_whole(one))
        for one in asked
    )


def side_by_side(item: Item) -> bool:
    """Whether a few short options fit beside each other."""
    few = 2 < len(item.options) <= BESIDE and item.type == "choice" and not item.repeats and not item.vertical
    return few and all(len(option.label) <= SHORT for option in item.options)


def typed_value(item: Item, value: Value) -> str:
    """The value as it stands in its field; empty for none. Moments without seconds and zone, as browsers want them."""
    if value is None or is_blank(value):
        return ""
    if item.type == "quantity":
        return str(value.get("value", "")) if isinstance(value, dict) else str(value)
    if item.type == "dateTime":
        return str(value)[:16]
    if item.type == "time":
        return str(value)[:5]
    return words(value) if isinstance(value, dict) else str(value)


def answer_words(item: Item, values: Sequence[Value]) -> list[str]:
    """Each answer as one reads it: an option by its label, dates in words, numbers with their unit."""
    return [_words(item, one) for one in answered(values)]


def blank_instance(node: Any) -> Any:
    """Of a repeating group: an instance as it begins, whose number is §, for the browser to clone."""
    path = f"{node.path}:{BLANK}"
    return SimpleNamespace(path=path, children=[_blank(child, path) for child in node.item.items])


def _words(item: Item, value: Value) -> str:
    chosen = next((option.label for option in item.options if same(option.value, value)), None)
    if chosen is not None:
        return chosen
    unit = (item.units[0].get("unit") or item.units[0].get("code")) if item.units else ""
    if item.type in ("integer", "decimal") and unit:
        return f"{words(value)} {unit}"
    return _moment(item.type, value) if isinstance(value, str) else words(value)


def _moment(kind: str, value: str) -> str:
    try:
        if kind == "date" and len(value) == len("2026-11-29"):
            return f"{date.fromisoformat(value):%A, %B %-d, %Y}"
        if kind == "dateTime":
            return f"{datetime.fromisoformat(value):%A, %B %-d, %Y, %-I:%M %p}"
        return f"{time.fromisoformat(value):%-I:%M %p}" if kind == "time" else value
    except ValueError:
        return value


def _blank(item: Item, above: str) -> Any:
    from models.documents.paths import step

    path = f"{above}/{step(item.link_id)}"
    node = SimpleNamespace(
        item=item, path=path, enabled=not (item.enable_when or item.enable_expression), faults=(), children=[],
        values=[] if item.type in ("group", "display") else begins_with(item), instances=[],
        calculated=bool(item.calculated), unsaid=False, full=False,
    )
    if not (item.type == "group" and item.repeats):
        node.children = [_blank(child, path) for child in item.items]
    return node


DRAWN = SimpleNamespace(
    is_chosen=is_chosen, own_answers=own_answers, side_by_side=side_by_side, typed_value=typed_value,
    answer_words=answer_words, blank_instance=blank_instance, is_listed=is_listed, is_whole=is_whole,
    are_alike=are_alike, fits_grid=fits_grid, fits_rows=fits_rows,
)
