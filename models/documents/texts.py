"""Questionnaires as text: kept letter by letter as they came, and compared by what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from models.core.errors import Invalid, TooLarge

# A form of this size takes an hour to fill in; a Bundle may hold a whole library.
MOST_TEXT, MOST_BUNDLE = 2_000_000, 10_000_000
DEEPEST, LONGEST_NUMBER, MOST_PLACES = 200, 100, 100
HALVES = re.compile("[\ud800-\udfff]")
MARK = "\ufeff"  # which some editors put before the first letter of a file
LARGE = f"This form is larger than {MOST_TEXT // 1_000_000} MB, which is more than anybody can fill in."
LARGE_FILE = f"This is larger than {MOST_BUNDLE // 1_000_000} MB. A form alone has at most {MOST_TEXT // 1_000_000}."


def parsed(text: str, *, most: int = MOST_TEXT) -> dict[str, Any]:
    """The object that a JSON text holds, decimals as they are spelled. Raises Invalid `not-json`, with line and column,
    and `not-a-form`; TooLarge above `most` characters."""
    if len(text) > most:
        raise TooLarge(detail=LARGE_FILE if most == MOST_BUNDLE else LARGE)
    try:
        text = text.removeprefix(MARK)
        found = json.loads(text, parse_float=_decimal, parse_int=_whole, parse_constant=_never, object_pairs_hook=_once)
    except json.JSONDecodeError as fault:
        if text.lstrip().startswith("<"):
            raise Invalid("not-json", XML) from None
        where = f"line {fault.lineno}, column {fault.colno}"
        raise Invalid("not-json", f"This is no JSON. At {where}: {fault.msg[:1].lower()}{fault.msg[1:]}.") from None
    except RecursionError:
        raise Invalid("not-a-form", DEEP) from None
    except ValueError as fault:
        raise Invalid("not-json", f"This is no JSON that can be kept: {fault}") from None
    if not isinstance(found, dict):
        raise Invalid("not-a-form", "This is JSON, and no form: a form is one object that says its resourceType.")
    _ensure_holdable(found)
    return found


DEEP = "This is nested too deeply to be a form."
XML = "This is XML. A form comes in as JSON: export it as FHIR JSON, then import it."


def written(value: Mapping[str, Any]) -> str:
    """As text again, decimals spelled as they came."""
    return orjson.dumps(value, default=_spelled, option=orjson.OPT_INDENT_2).decode()


def same(one: str, other: str) -> bool:
    """Whether two texts say the same, however they are set."""
    return one == other or parsed(one) == parsed(other)


def _spelled(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value)} is not JSON")


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 19 else _decimal(digits)


def _decimal(spelled: str) -> Decimal:
    """Of a few letters one can make a number (1e999999999) whose digits no memory holds."""
    value = Decimal(spelled) if len(spelled) <= LONGEST_NUMBER else None
    if value is None or (value and abs(value.adjusted()) > MOST_PLACES):
        raise ValueError(f"the number “{spelled[:40]}” has more digits than can be reckoned with.")
    return value


def _never(word: str) -> float:
    raise ValueError(f"{word} is no number.")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name “{twice[:80]}” stands twice in one object.")
    return made


def _ensure_holdable(found: dict[str, Any]) -> None:
    """No text that a database or a screen cannot hold, and no depth that a page cannot draw."""
    waiting: list[tuple[Any, int]] = [(found, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise Invalid("not-a-form", DEEP)
        if isinstance(one, dict):
            waiting += [(each, depth + 1) for pair in one.items() for each in pair]
        elif isinstance(one, list):
            waiting += [(each, depth + 1) for each in one]
        elif isinstance(one, str) and ("\x00" in one or HALVES.search(one)):
            raise Invalid("not-json", "This holds characters that cannot be kept (NUL, or half of a pair).")
