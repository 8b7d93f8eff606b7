"""A Questionnaire as the house thinks of it, and how answers are spelled.

**Paths.** A place for answers is named by its path: the linkIds from the root down, each percent-encoded
(`quote(link_id, safe="")`), joined by "/". A group that repeats carries the number of its instance after a colon
(`meds:2/dose`); numbers are given once and never again, so a path goes on meaning the same place when another
instance is taken away. Instances stand in the order of their numbers.

**Values.** Answers are a list of values for each path, in JSON: boolean true or false · integer, decimal a number ·
date, dateTime, time, string, text, url text · choice a Coding (`{"system", "code", "display"}`), or what the option
is when it is a plain string, integer, date or time; a choice whose options are not in the form holds `{"display"}` as
typed · open-choice the same, or any text · quantity `{"value", "unit",
"system", "code"}` · attachment `{"file", "title", "contentType", "size"}` with the id of a file of the house ·
reference `{"display"}`. An empty list is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Value = Any
Answers = Mapping[str, list[Value]]


@dataclass(frozen=True)
class Option:
    """An answer to choose. `label` is what is read, with its prefix; `kind`: the value[x] it is;
    `score`: its ordinalValue or itemWeight."""

    value: Value
    label: str
    kind: str = "valueCoding"
    score: Decimal | None = None
    initial: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Condition:
    """One enableWhen: a question's linkId, the operator (exists, =, !=, >, <, >=, <=), and what it is compared with."""

    question: str
    operator: str
    answer: Value


@dataclass(frozen=True)
class Constraint:
    """What an answer must fulfil besides its type: a FHIRPath expression that is true when all is well, and the words
    to say when it is not."""

    key: str
    expression: str
    words: str


@dataclass(frozen=True)
class Item:
    """A group, a question or words. `type` is FHIR's; `control`: its itemControl (radio-button, check-box, drop-down,
    autocomplete, text-box, slider, spinner, table, gtable, grid, page, header, footer, help, …) or empty; `html`: text
    already made safe from Markdown or XHTML, or empty; `risk`: the values that alert the practitioner, by options;
    `vertical`: its options stand below each other; `lower`, `upper`: what the ends of its range are called;
    `signs`: here stands where one signs."""

    link_id: str
    type: str
    text: str = ""
    html: str = ""
    prefix: str = ""
    help: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    control: str = ""
    vertical: bool = False
    options: tuple[Option, ...] = ()
    open_label: str = ""
    units: tuple[Mapping[str, str], ...] = ()
    min_occurs: int = 0
    max_occurs: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_value: Value = None
    max_value: Value = None
    step: Decimal | None = None
    lower: str = ""
    upper: str = ""
    decimals: int | None = None
    media_types: tuple[str, ...] = ()
    max_size: int | None = None
    pattern: str = ""
    placeholder: str = ""
    enable_when: tuple[Condition, ...] = ()
    enable_any: bool = False
    enable_expression: str = ""
    calculated: str = ""
    initial_expression: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    initial: tuple[Value, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    signs: bool = False
    risk: tuple[Value, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Unsupported:
    """Something that this house keeps but does not act on: where (a linkId, or empty for the form), and in words."""

    where: str
    words: str


@dataclass(frozen=True)
class Band:
    """A range of a score and what it is called ("moderate"); both ends belong to it."""

    least: Decimal
    most: Decimal
    words: str


@dataclass(frozen=True)
class Scale:
    """A score of the form: the linkId of the item that holds it (empty: the sum of all that is weighed), its name, its
    bands and the most it can be. `of`: the linkIds it counts; empty counts every question whose options weigh."""

    link_id: str
    title: str
    bands: tuple[Band, ...] = ()
    most: Decimal | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """`source`: the resource as it came, which is what is exported; `signs`: whoever fills it in signs it."""

    title: str
    description: str
    items: tuple[Item, ...]
    source: Mapping[str, Any]
    variables: tuple[tuple[str, str], ...] = ()
    scales: tuple[Scale, ...] = ()
    signs: bool = False
    unsupported: tuple[Unsupported, ...] = ()
    url: str = ""
    version: str = ""
    constraints: tuple[Constraint, ...] = ()
