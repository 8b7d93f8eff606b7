"""What may be sent to the settings of services, rooms, hours, blocks and booking rules, by form or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.appointments.near import NearDay
from models.core.errors import Invalid
from models.core.payload import Payload


def _several(value: Any) -> Any:
    """A form with one line of a list sends it alone, with none nothing."""
    return [value] if isinstance(value, str) else [] if value is None else value


def _maybe(value: Any) -> Any:
    return None if value == "" else value


def lines(*lists: Sequence[str]) -> list[tuple[str, ...]]:
    """Lists that stand beside each other, line by line. Raises Invalid for one that is shorter than the others."""
    if len({len(one) for one in lists}) > 1:
        raise Invalid(errors={"form": ["The lines of a list do not fit each other. Look at them again."]})
    return list(zip(*lists, strict=True))


Version = Annotated[Annotated[int, Field(ge=1, le=2_000_000_000)] | None, BeforeValidator(_maybe)]
Number = Annotated[Annotated[int, Field(ge=-1_000_000, le=1_000_000)] | None, BeforeValidator(_maybe)]
Day = Annotated[NearDay | None, BeforeValidator(_maybe)]
Clock = Annotated[time | None, BeforeValidator(_maybe)]
One = Annotated[UUID | None, BeforeValidator(_maybe)]
Name = Annotated[str, Field(max_length=120)]
Words = Annotated[str, Field(max_length=2000)]
Money = Annotated[str, Field(max_length=20)]
Link = Annotated[str, Field(max_length=500)]
# Codes of lists: ISO 3166.
Country = Annotated[str, Field(max_length=8, json_schema_extra={"format": "country"})]
Region = Annotated[str, Field(max_length=16, json_schema_extra={"format": "region"})]
Texts = Annotated[tuple[Annotated[str, Field(max_length=2000)], ...], Field(max_length=100), BeforeValidator(_several)]
Modes = Annotated[
    tuple[Literal["in-person", "phone", "video"], ...], Field(max_length=3), BeforeValidator(_several),
]
Weekdays = Annotated[
    tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=7), BeforeValidator(_several),
]
Which = Literal["one", "following"]
Ids = Annotated[tuple[UUID, ...], Field(max_length=500), BeforeValidator(_several)]


class SetOffering(Payload):
    """Lists that belong together stand line by line: `minutes` with `fee`, the five of each question. A fee that is
    empty is the practice's."""

    version: Version = None
    name: Name = ""
    description: Words = ""
    kind: Literal["individual", "couple", "family", "group"] = "individual"
    capacity: Number = None
    colour: Literal["a", "b", "c", "d", "e", "f", "g", "h"] = "a"
    code: Annotated[str, Field(max_length=40)] = ""
    modes: Modes = ()
    video_link: Link = ""
    buffer_before: Number = None
    buffer_after: Number = None
    bookable: Literal["nobody", "existing", "everyone"] = "nobody"
    confirm: Literal["instant", "request", "instant-beyond"] = "request"
    instant_beyond_days: Number = None
    minutes: Texts = ()
    fee: Texts = ()
    staff: Ids = ()
    question_id: Texts = ()
    question_label: Texts = ()
    question_kind: Texts = ()
    question_choices: Texts = ()
    question_required: Texts = ()
    late_fee: Money = ""
    no_show_fee: Money = ""
    own_policy: bool = False
    sessions_only: bool = False
    late_hours: Number = None
    closed_hours: Number = None


class SetRoom(Payload):
    version: Version = None
    room: Name = ""


class SetWeek(Payload):
    """Line by line: each of the lists has one for each stretch of hours."""

    stamp: Annotated[str | None, Field(max_length=16), BeforeValidator(_maybe)] = None
    weekday: Texts = ()
    starts: Texts = ()
    ends: Texts = ()
    place: Texts = ()
    since: Texts = ()
    until: Texts = ()
    every: Texts = ()


class SetDay(Payload):
    """Other hours on one day, line by line; `away`: none at all. `seen`: the stamp of the day that the page showed."""

    day: Day = None
    seen: Annotated[str | None, Field(max_length=40), BeforeValidator(_maybe)] = None
    away: bool = False
    starts: Texts = ()
    ends: Texts = ()
    place: Texts = ()


class OneDay(Payload):
    day: NearDay


class SetBlock(Payload):
    """`what`: of whom: practitioner (`staff`), room (`room`), practice. Without times it is whole days. `every`: it
    repeats every n-th week on these weekdays until a day; `which` of those that repeat are changed."""

    version: Version = None
    what: Literal["practitioner", "room", "practice"] = "practitioner"
    kind: Literal["time-off", "block"] = "block"
    staff: One = None
    room: One = None
    first: Day = None
    last: Day = None
    starts: Clock = None
    ends: Clock = None
    title: Name = ""
    every: Number = None
    weekday: Weekdays = ()
    until: Day = None
    which: Which = "one"


class RemoveBlock(Payload):
    """`which` of those that repeat."""

    which: Which = "one"


class SetOwnRules(Payload):
    """What is empty is as the practice has it."""

    version: Version = None
    online: bool = False
    new_clients: bool = False
    about: Words = ""
    video_link: Link = ""
    notice_minutes: Number = None
    horizon_days: Number = None
    slot_minutes: Number = None
    max_day: Number = None
    max_week: Number = None
    avoid_gaps: Literal["", "yes", "no"] = ""


class SetHouseRules(Payload):
    version: Version = None
    notice_minutes: Number = None
    horizon: Literal["days", "until"] = "days"
    horizon_days: Number = None
    horizon_until: Day = None
    slot_minutes: Number = None
    max_day: Number = None
    max_week: Number = None
    max_upcoming: Number = None
    avoid_gaps: bool = False
    holiday_country: Country = ""
    holiday_region: Region = ""
    works: Annotated[tuple[NearDay, ...], Field(max_length=200), BeforeValidator(_several)] = ()


class HolidaysAsked(Payload):
    holiday_country: Country = ""
    holiday_region: Region = ""


class WeekAsked(Payload):
    """Any day of the week that is looked at; without one it is the present week. `day`: the one whose hours the form
    holds. `done`: what was done a moment ago."""

    week: Day = None
    day: Day = None
    done: Annotated[str, Field(max_length=20)] = ""


class PreviewAsked(Payload):
    """Which free times: of a service, in one of its lengths and ways to meet, of a practitioner (None: of anybody who
    offers it), in a week (`turn`: the one that was turned to); and whose eyes look. What is not there is the first
    that is."""

    service: One = None
    practitioner: One = None
    week: Day = None
    turn: Day = None
    minutes: Number = None
    mode: Literal["", "in-person", "phone", "video"] = ""
    eyes: Literal["existing", "new"] = "existing"
