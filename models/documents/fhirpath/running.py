"""What an expression is run with: its budget of steps, so that what would take too long ends with Exhausted and a
strange form cannot hold up the house; and how members of data are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.documents.fhirpath.things import typed_moment
from models.documents.values import number

Focus = list[Any]
# A step is about a millionth of a second; what takes longer says so.
STEPS, MOST_THINGS, LONGEST_TEXT = 200_000, 20_000, 100_000
# The kinds of value[x], and of other elements whose name ends with the kind.
KINDS = (
    "Coding", "Decimal", "Integer", "String", "Boolean", "Date", "DateTime", "Time", "Uri", "Quantity", "Attachment",
    "Reference", "CodeableConcept", "Code", "Expression", "Period", "Range", "Age", "Duration", "Instant", "Url",
    "Markdown", "Canonical", "Id", "PositiveInt", "UnsignedInt",
)
# The elements that have a choice of types, with the names that they then go by.
CHOICES = {
    name: tuple(name + kind for kind in KINDS)
    for name in ("value", "deceased", "multipleBirth", "onset", "effective", "occurrence", "performed")
}
# What is a moment, though its name does not end with the type.
MOMENTS = {"valueTime": "time", "answerTime": "time"} | dict.fromkeys(("date", "authored", "start", "end"), "dateTime")


class Failed(Exception):
    """An expression that has no sense for this data: a text added to a number, two where one is wanted."""


class Exhausted(Failed):
    """It took more steps than an expression may."""


@dataclass
class Run:
    """One evaluation: the variables by name, the moment, and the steps that are left. Several expressions may share
    it; `indexes` and `flat` remember what was looked up, as long as the data stay as they are."""

    variables: Callable[[str], Focus]
    now: datetime
    steps: int = STEPS
    indexes: dict[int, tuple[Focus, dict[Any, Focus]]] = field(default_factory=dict)
    flat: dict[tuple[str, int], tuple[Any, Focus]] = field(default_factory=dict)

    def tick(self, steps: int = 1) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted("it takes too many steps")


@dataclass(frozen=True)
class Here:
    """Where an expression stands: `this` is $this, else the context."""

    this: Focus
    index: Any = None
    total: Any = None


Step = Callable[[Run, Focus, Here], Focus]


def member(one: Any, name: str) -> Focus:
    """The values of a member, also of one with a choice of types (`value` of valueDate); the type of a resource names
    itself."""
    if type(one) is not dict or name.startswith("_"):
        return []
    value = one.get(name)
    if value is None:
        if name[:1].isupper():
            return [one] if one.get("resourceType") == name else []
        name = next((key for key in CHOICES.get(name, ()) if key in one), name)
        value = one.get(name)
    if value is None:
        return []
    return value if type(value) is list else [value if type(value) is dict else typed(name, value)]


def typed(name: str, value: Any) -> Any:
    """A number, date or time by the type that its name tells, also where it happens to be whole, or where others
    would take it for a text; any other value as it is."""
    if type(value) is str:
        kind = moment_kind(name)
        return typed_moment(value, kind) or value if kind else value
    found = number(value)
    if found is None:
        return value
    return found if is_decimal(name) or found != (whole := found.to_integral_value()) else int(whole)


def is_decimal(name: str) -> bool:
    """Whether numbers of this name are decimals: value[x] says so, and the value of a quantity is always one. All
    others are Integers where they are whole."""
    return name == "value" or name.endswith("Decimal")


def moment_kind(name: str) -> str:
    """Of which type the dates and times of this name are; empty for other names."""
    if name.endswith("Date"):
        return "date"
    return "dateTime" if name.endswith("DateTime") else MOMENTS.get(name, "")
