"""What is wrong with an answer, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from models.documents.items import Item, Value
from models.documents.options import option_of
from models.documents.patterns import matches
from models.documents.places import Node
from models.documents.values import DATE, DATE_TIME, TIME, is_blank, is_day, moment, number, order, words

LONGEST_TEXT, LONGEST_LINE = 20_000, 2_000
CHOICES = ("choice", "open-choice")
UNSAID = "Write what it is, or choose another answer."


def faults_of(node: Node) -> list[str]:
    """The faults of an enabled node: empty when all is well."""
    item = node.item
    if item.type == "display" or node.calculated or not is_answerable(node):
        return []
    if item.type == "group":
        return _group(node)
    unsaid = [UNSAID] if node.unsaid else []
    if not node.values:
        return unsaid or ([_please(item)] if item.required or item.min_occurs else [])
    return [*unsaid, *_count(item, node.values), *(fault for one in node.values for fault in _value(item, one)[:1])]


def is_answerable(node: Node) -> bool:
    """Whether somebody could answer it: what is hidden, or only to be read, is nobody's fault."""
    return not node.item.read_only and not is_hidden(node)


def is_hidden(node: Node) -> bool:
    return node.item.hidden or (node.parent is not None and is_hidden(node.parent))


def _please(item: Item) -> str:
    if item.type in CHOICES and item.options:
        least = min((one for one in item.options if one.score is not None), key=_weight, default=None)
        if least is not None and least.score == 0 and not item.repeats:
            return f"Please choose one. “{words(least.value)}” is an answer too."
        return "Please choose at least one." if item.repeats else "Please choose one."
    if item.type == "boolean":
        return "Please choose yes or no."
    if item.type == "attachment":
        return "Please add a file."
    return "Please answer this."


def _weight(option: Any) -> Decimal:
    return option.score if option.score is not None else Decimal(0)


def _group(node: Node) -> list[str]:
    """A required group has an answer in it; one that repeats has enough instances with answers, and not too many."""
    item = node.item
    if node.number is not None:
        return []
    parts = node.instances if item.repeats else [node]
    full = sum(has_answers(one) for one in parts)
    least = item.min_occurs if item.repeats and item.min_occurs else int(item.required or bool(item.min_occurs))
    if full < least:
        return ["Please answer at least one of these." if least == 1 else f"Please fill in at least {least} of these."]
    if item.max_occurs is not None and full > item.max_occurs:
        return [f"At most {item.max_occurs} of these."]
    return []


def has_answers(node: Node) -> bool:
    """Whether somebody answered something in it: what is calculated is no answer."""
    return node.enabled and ((bool(node.values) and not node.calculated) or any(map(has_answers, node.below)))


def _count(item: Item, values: list[Value]) -> list[str]:
    count = len(values)
    if not item.repeats and count > 1:
        return ["One answer is enough here."]
    if item.min_occurs > count:
        return [f"Please give at least {item.min_occurs} answers."]
    chosen = map(partial(option_of, item), values) if count > 1 else ()
    if alone := next((one for one in chosen if one is not None and one.exclusive), None):
        return [f"“{alone.label}” is chosen alone."]
    if item.max_occurs is not None and count > item.max_occurs:
        return [f"Please give at most {item.max_occurs} answer{'s' * (item.max_occurs != 1)}."]
    return []


def _value(item: Item, value: Value) -> list[str]:
    if (fault := _kind(item, value)) is not None:
        return [fault]
    return _length(item, value) + _range(item, value)


def fits(item: Item, value: Value) -> bool:
    """Whether a value is of the item's type, whatever else is wrong with it."""
    return _kind(item, value) is None


def _kind(item: Item, value: Value) -> str | None:
    """The fault of a value that is not of the item's type."""
    check = KINDS.get(item.type)
    return check(item, value) if check else None


def _text(item: Item, value: Value) -> str | None:
    longest = LONGEST_TEXT if item.type == "text" else LONGEST_LINE
    if not isinstance(value, str):
        return "This needs to be text."
    return f"This is too long: at most {longest:,} letters." if len(value) > longest else None


def _truth(item: Item, value: Value) -> str | None:
    return None if isinstance(value, bool) else "Please choose yes or no."


def _whole(item: Item, value: Value) -> str | None:
    found = number(value)
    if found is None:
        return "Please enter a number."
    if found != found.to_integral_value():
        return "Please enter a whole number."
    return None if abs(found) < 2**31 else "This number is too large."


def _decimal(item: Item, value: Value) -> str | None:
    found = number(value)
    if found is None:
        return "Please enter a number."
    if abs(found) >= 10**15:
        return "This number is too large."
    exponent = found.normalize().as_tuple().exponent
    if item.decimals is not None and isinstance(exponent, int) and -exponent > item.decimals:
        return f"At most {item.decimals} decimal places." if item.decimals else "Please enter a whole number."
    return None


def _quantity(item: Item, value: Value) -> str | None:
    if not isinstance(value, Mapping) or "value" not in value:
        return "Please enter a number."
    unit = str(value.get("unit") or value.get("code") or "")
    known = {name for one in item.units for name in (one.get("unit"), one.get("code"))}
    if known and unit not in known:
        return "Please choose one of the units."
    return _decimal(item, value["value"])


def _day(item: Item, value: Value) -> str | None:
    fine = isinstance(value, str) and DATE.fullmatch(value) is not None and is_day(value)
    return None if fine else "Please enter a date that exists."


def _moment(item: Item, value: Value) -> str | None:
    fine = isinstance(value, str) and DATE_TIME.fullmatch(value) and is_day(value) and moment(value)
    return None if fine else "Please enter a date and a time."


def _time(item: Item, value: Value) -> str | None:
    return None if isinstance(value, str) and TIME.fullmatch(value) else "Please enter a time, as 14:30."


def _address(item: Item, value: Value) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_LINE or any(one.isspace() for one in value.strip()):
        return "Please enter an address as https://example.org."
    try:
        scheme = urlsplit(value.strip()).scheme
    except ValueError:
        scheme = ""
    return None if scheme in ("http", "https", "mailto", "tel", "urn", "ftp") else (
        "Please enter an address as https://example.org."
    )


def _choice(item: Item, value: Value) -> str | None:
    """No value outside the options, unless one may write one's own or the options are not in the form."""
    if option_of(item, value) is not None:
        return None
    typed = value if isinstance(value, str) else value.get("display") if isinstance(value, Mapping) else None
    if item.type == "open-choice" or not item.options:
        if isinstance(typed, str) and typed.strip() and (not isinstance(value, Mapping) or not item.options):
            return None if len(typed) <= LONGEST_LINE else f"This is too long: at most {LONGEST_LINE:,} letters."
    return "Please choose one of the answers given."


def _file(item: Item, value: Value) -> str | None:
    if not isinstance(value, Mapping) or not isinstance(value.get("file"), str) or is_blank(value["file"]):
        return "Please add a file."
    if item.media_types and not any(_is_of_kind(value.get("contentType"), kind) for kind in item.media_types):
        return f"Please add a file of one of these kinds: {', '.join(item.media_types)}."
    if item.max_size is not None and (number(value.get("size")) or 0) > item.max_size:
        return f"This file is too large: at most {item.max_size:,} bytes."
    return None


def _is_of_kind(held: Any, kind: str) -> bool:
    return bool(held == kind) or (kind.endswith("/*") and isinstance(held, str) and held.startswith(kind[:-1]))


def _reference(item: Item, value: Value) -> str | None:
    shown = value.get("display") if isinstance(value, Mapping) else None
    return None if isinstance(shown, str) and 0 < len(shown) <= LONGEST_LINE else "This needs to be text."


KINDS = {
    "boolean": _truth, "integer": _whole, "decimal": _decimal, "quantity": _quantity, "date": _day,
    "dateTime": _moment, "time": _time, "string": _text, "text": _text, "url": _address, "choice": _choice,
    "open-choice": _choice, "attachment": _file, "reference": _reference,
}


def _length(item: Item, value: Value) -> list[str]:
    if not isinstance(value, str) or item.type in ("date", "dateTime", "time"):
        return []
    if item.max_length is not None and len(value) > item.max_length:
        return [f"This is too long: at most {item.max_length:,} letters."]
    if item.min_length is not None and len(value) < item.min_length:
        return [f"This is too short: at least {item.min_length:,} letters."]
    if item.pattern and matches(item.pattern, value) is False:
        return [f"This does not look like {item.placeholder}." if item.placeholder else "This is not written as asked."]
    return []


def _range(item: Item, value: Value) -> list[str]:
    if item.min_value is not None and order(value, item.min_value) == -1:
        return [f"At least {words(item.min_value)}." if number(item.min_value) is not None else
                f"Not before {words(item.min_value)}."]
    if item.max_value is not None and order(value, item.max_value) == 1:
        return [f"At most {words(item.max_value)}." if number(item.max_value) is not None else
                f"Not after {words(item.max_value)}."]
    return []
