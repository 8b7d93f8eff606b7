"""Forms as text: read without losing a digit, written back as they came, and kept ready."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn

from models.core.errors import Invalid
from models.documents.items import Questionnaire
from models.documents.questionnaires import read

LARGEST = 1_000_000
DEEPEST = 100


def parse(text: str | bytes) -> dict[str, Any]:
    """The JSON of a form; numbers with a point keep each digit. Raises Invalid with the line for what is no JSON, for
    names that stand twice, and for more than a megabyte."""
    if len(text) > LARGEST:
        _refuse(f"This file is larger than a form may be ({LARGEST // 1_000_000} MB).")
    try:
        said = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        made = json.loads(said, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except UnicodeDecodeError:
        _refuse("This file is not text (UTF-8).")
    except json.JSONDecodeError as broken:
        _refuse(f"This file is not JSON: line {broken.lineno}, letter {broken.colno}.")
    except (RecursionError, ValueError):
        _refuse("This file is nested too deep, or has numbers too long to be read.")
    if not isinstance(made, dict):
        _refuse("This is not a form: a FHIR Questionnaire is a JSON object.")
    if _depth(made) > DEEPEST:
        _refuse("This file is nested too deep.")
    return made


def write(source: Mapping[str, Any]) -> str:
    """JSON as people read it, in the order that it came in, each number with the digits it had."""
    return "".join(_written(source, "\n")) + "\n"


@lru_cache(128)
def form_of(text: str) -> Questionnaire:
    """The form of a published text. Kept: the same text is read once."""
    return read(parse(text))


def _no_number(said: str) -> NoReturn:
    raise ValueError(said)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        _refuse(f"“{next(one for one in names if names.count(one) > 1)[:60]}” stands twice in one object of this file.")
    return made


def _depth(made: Any) -> int:
    deepest, waiting = 0, [(made, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        below = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting.extend((each, depth + 1) for each in below)
    return deepest


def _written(value: Any, line: str) -> Iterator[str]:
    further = line + "  "
    if isinstance(value, Mapping) and value:
        for at, (name, one) in enumerate(value.items()):
            yield f"{',' if at else '{'}{further}{json.dumps(name, ensure_ascii=False)}: "
            yield from _written(one, further)
        yield line + "}"
    elif isinstance(value, list | tuple) and value:
        for at, one in enumerate(value):
            yield f"{',' if at else '['}{further}"
            yield from _written(one, further)
        yield line + "]"
    elif isinstance(value, Decimal):
        yield str(value)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _refuse(sentence: str) -> NoReturn:
    raise Invalid("invalid-form", sentence)
