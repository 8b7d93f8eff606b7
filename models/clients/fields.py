"""What a field of a record is: its name and words for the form, and what may stand in it. Data in, data out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, create_model

from models.core.clock import now
from models.core.payload import Payload

Kind = Literal["text", "date", "email", "tel", "select", "contact"]
Option = tuple[str, str]

# Signs that turn the direction of what follows: a name needs none of them, and they can make one read as another.
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NORTH_AMERICAN = re.compile(r"\+?1?[\s.-]*\(?([2-9]\d{2})\)?[\s.-]*(\d{3})[\s.-]*(\d{4})")
ZIP = re.compile(r"(\d{5})(?:[\s-]?(\d{4}))?")
HERE_NAMES = frozenset({"", "us", "usa", "u.s.", "u.s.a.", "united states", "united states of america"})
ADDRESS = re.compile(r"[^@\s,;<>()\[\]\"]+@[^@\s,;<>()\[\]\".]+(\.[^@\s,;<>()\[\]\".]+)+")
MOST_DIGITS, LEAST_DIGITS = 15, 6
EARLIEST = date(1890, 1, 1)
FUTURE = "This day is still to come. Give the day of birth."


@dataclass(frozen=True)
class FieldOf:
    """One field of a form. `options`: (value, words) pairs of a select; `needed`: it cannot be left empty; `half`: two
    such stand side by side. A field of kind "contact" names one of the client's contacts; only staff have it."""

    name: str
    label: str
    kind: Kind = "text"
    options: tuple[Option, ...] = ()
    hint: str = ""
    needed: bool = False
    autocomplete: str = "off"
    most: int = 120
    half: bool = True


@dataclass(frozen=True)
class Rows:
    """Things of which there may be several, each drawn as a group of fields `<key>_<n>_<name>` with its id beside them.

    `needed`: the field without which there is no such thing; `main`: what the first among them is called; `told`: the
    fields by which one is known at a glance; `hides`: each may be hidden from contacts, one by one.
    """

    key: str
    one: str
    fields: tuple[FieldOf, ...]
    table: str
    needed: str
    main: str
    told: tuple[str, ...]
    most: int = 4
    hides: bool = False

    def name(self, place: int, field: str) -> str:
        return f"{self.key}_{place}_{field}"


# Two parents and staff may each have entered some; nobody sees so many.
SLOTS = 8

Fields = tuple[FieldOf | Rows, ...]


def payload_of(title: str, fields: Fields) -> type[Payload]:
    """The payload class of a section. Every field may be missing: what is not sent stays as it is."""
    made: dict[str, Any] = {}
    for one in fields:
        if isinstance(one, FieldOf):
            made[one.name] = _typed(one)
            continue
        for place in range(1, SLOTS + 1):
            made |= {one.name(place, field.name): _typed(field) for field in one.fields}
            made[one.name(place, "id")] = (Chosen, None)
            if one.hides:
                made[one.name(place, "hidden")] = (Several, ())
        made |= {f"{one.key}_main": (Chosen, None), f"{one.key}_remove": (Chosen, None)}
    return create_model(f"{title}Details", __base__=Payload, **made)


def tidy(words: str) -> str:
    """One spelling of what people type: composed, single spaces, no signs that turn its direction."""
    return " ".join(TURNING.sub("", unicodedata.normalize("NFC", words)).split())


def phone(given: str) -> str:
    """A phone number as it is kept: North American ones in one spelling, all others as typed. Raises ValueError."""
    typed = tidy(given)
    if not typed:
        return ""
    if found := NORTH_AMERICAN.fullmatch(typed):
        return "({}) {}-{}".format(*found.groups())
    digits = sum(letter.isdecimal() for letter in typed.partition("x")[0])
    if not LEAST_DIGITS <= digits <= MOST_DIGITS or re.search(r"[^\d\s()+./x-]", typed):
        raise ValueError("Give the number with its area code, such as (207) 555-0148, or +44 20 7946 0018 from abroad.")
    return typed


def digits_of(number: str) -> str:
    """What two spellings of one number have in common; a North American one without its 1."""
    digits = "".join(letter for letter in number.partition("x")[0] if letter.isdecimal())
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits


def email(given: str) -> str:
    """An address in the one spelling that is kept. Raises ValueError."""
    typed = given.strip().lower()
    if typed and not ADDRESS.fullmatch(typed):
        raise ValueError("This is not an e-mail address. It looks like name@example.com.")
    return typed


def day(given: object) -> date | None:
    """A day, as a browser's date field or a person in this country writes it. Raises ValueError."""
    if given in (None, ""):
        return None
    if isinstance(given, date) and not isinstance(given, datetime):
        return _possible(given)
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return _possible(datetime.strptime(str(given).strip(), form).date())
        except _NotPossible as impossible:
            raise ValueError(str(impossible)) from None
        except ValueError:
            continue
    raise ValueError("Give a day of the calendar, such as 03/02/2011.")


def postal_code(given: str, country: str) -> str:
    """A ZIP code of five or nine digits in this country, anything elsewhere. Raises ValueError."""
    if not given or country.casefold() not in HERE_NAMES:
        return given
    found = ZIP.fullmatch(given)
    if not found:
        raise ValueError("A ZIP code has five digits, or nine: 04101 or 04101-2345. From abroad, say the country.")
    return "-".join(part for part in found.groups() if part)


class _NotPossible(ValueError):
    pass


def _possible(found: date) -> date:
    if found < EARLIEST:
        raise _NotPossible("Use a day after 1890.")
    if found > now().date() + timedelta(days=1):  # it may be tomorrow already where the practice is
        raise _NotPossible(FUTURE)
    return found


def _typed(one: FieldOf) -> tuple[Any, Any]:
    if one.kind == "contact":
        return Chosen, None
    if one.kind == "date":
        return Annotated[date | None, BeforeValidator(day)], None
    cleaned = {"tel": phone, "email": email}.get(one.kind, tidy)
    kept: Any = Annotated[str, Field(max_length=one.most), BeforeValidator(words(cleaned))]
    if one.kind == "select":
        kept = Annotated[kept, BeforeValidator(_one_of(one.options))]
    return kept, ""


def words(clean: Callable[[str], str]) -> Callable[[object], object]:
    """Cleans text before it is checked, and leaves to the check what is none."""
    return lambda given: clean(given) if isinstance(given, str) else given


def _one_of(options: Iterable[Option]) -> Any:
    known = {value for value, _ in options}

    def check(given: object) -> object:
        if isinstance(given, str) and given not in known:
            raise ValueError("Choose one of the list.")
        return given

    return check


def _several(given: object) -> object:
    """A form sends one, several, or an empty word for none."""
    if isinstance(given, (list, tuple)):
        return [one for one in given if one != ""]
    return [given] if given not in (None, "") else []


Chosen = Annotated[UUID | None, BeforeValidator(lambda given: given or None)]
Several = Annotated[tuple[UUID, ...], Field(max_length=50), BeforeValidator(_several)]


def given_in(rows: Rows, place: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the values say of the thing at this place, by field."""
    names = [field.name for field in rows.fields] + (["hidden"] if rows.hides else [])
    return {name: values[rows.name(place, name)] for name in names if rows.name(place, name) in values}
