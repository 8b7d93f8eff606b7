"""The base of everything a browser sends: unknown fields refused, text that PostgreSQL or a screen cannot hold refused.

Faults come out as `Invalid` with a sentence per field, in words a person understands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from models.core.errors import Invalid

P = TypeVar("P", bound="Payload")

MOST_FAULTS = 50

SENTENCES = {
    "missing": "Fill this in.",
    "extra_forbidden": "This field is not known here.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_too_short": "Use at least {min_length} characters.",
    "too_long": "Choose at most {max_length}.",
    "too_short": "Choose at least {min_length}.",
    "greater_than_equal": "Use {ge} or more.",
    "less_than_equal": "Use {le} or less.",
    "string_type": "This must be text.",
    "uuid_parsing": "This is not a known id.",
    "uuid_type": "This is not a known id.",
    "bool_parsing": "Say yes or no.",
    "bool_type": "Say yes or no.",
    "int_parsing": "This must be a whole number.",
    "int_type": "This must be a whole number.",
    "datetime_from_date_parsing": "Give a date and a time.",
    "datetime_parsing": "Give a date and a time.",
    "time_parsing": "Give a time, such as 09:30.",
    "literal_error": "Choose one of {expected}.",
    "enum": "Choose one of {expected}.",
}


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _holdable(cls, value: object) -> object:
        if any(_unholdable(text) for text in _texts_in(value)):
            raise ValueError("This text holds characters that cannot be kept. Remove them, then try again.")
        return value


def parse(payload: type[P], given: object) -> P:
    """Build the payload; raises Invalid with the faults by field."""
    if not isinstance(given, Mapping):
        raise Invalid("invalid", "Send an object with named fields.")
    try:
        return payload.model_validate(given)
    except ValidationError as error:
        raise Invalid(errors=faults(error)) from None


def faults(error: ValidationError) -> dict[str, list[str]]:
    """Sentences by field; the first ones, when somebody sent thousands of fields."""
    found: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_input=False)[:MOST_FAULTS]:
        field = ".".join(str(place) for place in one["loc"]) or "body"
        found.setdefault(field, []).append(_sentence(one))
    return found


def _sentence(one: Any) -> str:
    empty = one["type"] == "string_too_short" and one["ctx"]["min_length"] == 1
    form = SENTENCES.get("missing" if empty else one["type"])
    return form.format(**one.get("ctx", {})) if form else str(one["msg"]).removeprefix("Value error, ")


def _texts_in(value: object) -> Iterator[str]:
    """All texts, however deep they stand; a field that is sent several times is a list."""
    level = [value]
    while level:
        yield from (one for one in level if isinstance(one, str))
        level = [part for one in level for part in _parts_of(one)]


def _parts_of(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    return value if isinstance(value, list | tuple) else ()


def _unholdable(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
