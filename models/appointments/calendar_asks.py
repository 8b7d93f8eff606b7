"""What may be sent to the calendar's doors, by form or JSON."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from models.core.payload import Payload

MOST_NAMED = 60
MOST_ONLY = 100
MOST_CLIENTS = 100
Mode = Literal["in-person", "phone", "video"]


def _listed(value: object) -> object:
    """An address says several as one word with commas."""
    return [one for one in value.split(",") if one] if isinstance(value, str) else value


def _nothing(value: object) -> object:
    return None if value == "" else value


def _within_reach(value: Any) -> Any:
    """Near the first and the last day that can be written there are no days to count with."""
    if not 1900 <= value.year <= 2199:
        raise ValueError("Choose a day between 1900 and 2199.")
    return value


Known = Annotated[date, AfterValidator(_within_reach)]
Aware = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Ids = Annotated[list[UUID], BeforeValidator(_listed)]
Maybe = Annotated[UUID | None, BeforeValidator(_nothing)]
Day = Annotated[Known | None, BeforeValidator(_nothing)]
Clock = Annotated[time | None, BeforeValidator(_nothing)]
Moment = Annotated[Annotated[datetime, AfterValidator(_within_reach)] | None, BeforeValidator(_nothing)]
Line = Annotated[str, Field(max_length=100)]


class ShowCalendar(Payload):
    """What is looked at; the address keeps it, and holds no name."""

    view: Literal["day", "week", "month", "list"] | None = None
    by: Literal["practitioner", "room", "location"] = "practitioner"
    day: Day = None
    practitioners: Ids = Field(default_factory=list, max_length=MOST_NAMED)
    rooms: Ids = Field(default_factory=list, max_length=MOST_NAMED)
    locations: Ids = Field(default_factory=list, max_length=MOST_NAMED)
    colours: Literal["practitioner", "service"] = "practitioner"
    cancelled: bool = False


class ListEntries(Payload):
    """`only`: these entries alone. `hours`: with blocks, holidays and open hours."""

    since: Aware = Field(alias="from")
    until: Aware
    practitioners: Ids = Field(default_factory=list, max_length=MOST_NAMED)
    rooms: Ids = Field(default_factory=list, max_length=MOST_NAMED)
    locations: Ids = Field(default_factory=list, max_length=MOST_NAMED)
    only: Ids = Field(default_factory=list, max_length=MOST_ONLY)
    hours: bool = False


class StartBooking(Payload):
    """What a new appointment begins with, as the calendar was pressed."""

    day: Day = None
    time: Clock = None
    minutes: int | None = Field(None, ge=5, le=720)
    practitioner: Maybe = None
    place: Maybe = None


class _AtATime(Payload):
    """A moment, or a day and a time; without an offset they are the practice's own clock."""

    starts_at: Moment = None
    day: Day = None
    time: Clock = None

    @model_validator(mode="after")
    def _whole(self) -> Any:
        if (self.day is None) != (self.time is None):
            raise ValueError("Give a day and a time.")
        return self

    @property
    def moment(self) -> datetime | None:
        if self.starts_at is not None or self.day is None or self.time is None:
            return self.starts_at
        return datetime.combine(self.day, self.time)


class BookEntry(_AtATime):
    """`place`: a room, or a location without one. Who has no record yet is named by `first_name` and so on."""

    service: UUID
    minutes: int = Field(ge=5, le=720)
    practitioner: UUID
    mode: Mode = "in-person"
    place: Maybe = None
    clients: Annotated[list[UUID], BeforeValidator(lambda one: one if isinstance(one, list) else [one])] = Field(
        default_factory=list, max_length=MOST_CLIENTS)
    first_name: Line = ""
    last_name: Line = ""
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    note: str = Field("", max_length=4000)
    overlap_ok: bool = False


class MoveEntry(_AtATime):
    """What is not sent stays as it is. `version`: the one that was shown."""

    version: int = Field(ge=1)
    minutes: int | None = Field(None, ge=5, le=720)
    practitioner: Maybe = None
    mode: Mode | None = None
    place: Maybe = None
    overlap_ok: bool = False


class NoteEntry(Payload):
    version: int = Field(ge=1)
    note: str = Field("", max_length=4000)


class FindFree(Payload):
    """When could it be: for a week from this day. `place`: there alone; with a `time` also, in which room it would be.
    `besides`: an appointment that is moved."""

    service: UUID
    minutes: int = Field(ge=5, le=720)
    practitioner: UUID
    mode: Mode = "in-person"
    day: Known
    time: Clock = None
    place: Maybe = None
    besides: Maybe = None


class NameClients(Payload):
    words: str = Field("", max_length=200)
