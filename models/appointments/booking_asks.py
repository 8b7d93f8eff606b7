"""What the doors of online booking take. A time comes as its moment and its place in one field, `moment/location`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from models.appointments.near import Near, NearDay
from models.core.payload import Payload, parse

Mode = Literal["in-person", "phone", "video"]
MOST_ANSWERS = 40


def _nothing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _holdable(value: str) -> str:
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("This text holds characters that cannot be kept. Remove them, then try again.")
    return value


Empty = BeforeValidator(_nothing)
Moment = Annotated[AwareDatetime, Near]
Answer = Annotated[str, Field(max_length=4000), AfterValidator(_holdable)]


class Choosing(Payload):
    """What was chosen so far. `practitioner`: an id, or `anyone`."""

    service: Annotated[UUID | None, Empty] = None
    minutes: Annotated[Annotated[int, Field(ge=5, le=720)] | None, Empty] = None
    mode: Annotated[Mode | None, Empty] = None
    practitioner: Annotated[UUID | Literal["anyone"] | None, Empty] = None
    day: Annotated[NearDay | None, Empty] = None


def _moment_and_place(given: Any) -> Any:
    if isinstance(given, Mapping) and isinstance(given.get("time"), str) and "/" in given["time"]:
        moment, _, place = given["time"].partition("/")
        return {**given, "time": moment, "location": place}
    return given


class HoldTime(Choosing):
    """`hold`, `secret`: what the same page held before."""

    time: Moment
    location: Annotated[UUID | None, Empty] = None
    hold: Annotated[UUID | None, Empty] = None
    secret: str = Field("", max_length=128)

    _split = model_validator(mode="before")(_moment_and_place)


def with_answers(given: Any) -> Any:
    """A form sends each answer as a field of its own, `answer_<id>`."""
    if not isinstance(given, Mapping):
        return given
    asked = {name: value for name, value in given.items() if str(name).startswith("answer_")}
    if not asked:
        return given
    rest = {name: value for name, value in given.items() if name not in asked}
    return {**rest, "answers": {name.removeprefix("answer_"): value for name, value in asked.items()}}


class Book(HoldTime):
    """`practitioner` is the one whose time is held. `answers`: to the questions of the service, by their ids."""

    practitioner: UUID
    message: str = Field("", max_length=2000)
    answers: dict[str, Answer] = Field(default_factory=dict, max_length=MOST_ANSWERS)
    key: Annotated[UUID | None, Empty] = None

    _gather = model_validator(mode="before")(with_answers)


class LetGo(Payload):
    """A hold whose page was left."""

    hold: UUID
    secret: str = Field("", max_length=128)


class MoveDay(Choosing):
    """`practitioner`: another one than before, or `anyone`; the rest of the choice stays as it was."""


class MoveTo(MoveDay):
    """A time that was chosen, to be agreed to."""

    time: Annotated[Moment | None, Empty] = None
    location: Annotated[UUID | None, Empty] = None

    _split = model_validator(mode="before")(_moment_and_place)


class Move(MoveTo):
    """To this time. `late_agreed`: the page said that it is late by now, and that it costs `late_fee_cents`."""

    time: Moment
    practitioner: UUID
    late_agreed: bool = False
    late_fee_cents: Annotated[int | None, Field(ge=0, le=10**9)] = None
    key: Annotated[UUID | None, Empty] = None


Whom = Literal["self", "child", "couple"]
Name = Annotated[str, Field(max_length=100)]


Zone = Annotated[str, Field(max_length=64)]


class Asking(Choosing):
    """A visitor's choice; `whom` it is for. `zone`: in which the visitor's browser is."""

    whom: Annotated[Whom | None, Empty] = None
    zone: Zone = ""


NO_SERVICE = UUID(int=0)


def _service(value: object) -> object:
    """A link that was cut or mistyped names a service that is not there …"""
    return (_id_or_none(value) or NO_SERVICE) if value else None


def _practitioner(value: object) -> object:
    """… and no practitioner."""
    return value if value == "anyone" else _id_or_none(value)


def _id_or_none(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


class AskingLink(Asking):
    """As it comes by a link that stands on other pages: what others add to it, to count where visitors come from, is
    passed over, and an id that is none is one that is not there."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    service: Annotated[UUID | None, BeforeValidator(_service)] = None
    practitioner: Annotated[UUID | Literal["anyone"] | None, BeforeValidator(_practitioner)] = None


class AskingHold(HoldTime):
    whom: Whom = "self"
    zone: Zone = ""


class AskCode(AskingHold):
    """Who asks. `website`: a field that nobody sees, and only programs fill in. `code`, `proof` of a mail before."""

    practitioner: UUID
    hold: UUID
    first_name: Name = ""
    last_name: Name = ""
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=40)
    other_first_name: Name = ""
    other_last_name: Name = ""
    other_born_on: Annotated[date | None, Empty] = None
    relation: str = Field("", max_length=60)
    message: str = Field("", max_length=2000)
    answers: dict[str, Answer] = Field(default_factory=dict, max_length=MOST_ANSWERS)
    website: str = Field("", max_length=400)
    code: str = Field("", max_length=20)
    proof: Annotated[UUID | None, Empty] = None

    _gather = model_validator(mode="before")(with_answers)


class Ask(AskCode):
    """With the digits from the mail."""

    proof: UUID


class Handle(Payload):
    """Whether this person is handling it from now on."""

    on: bool = True


class AcceptRequest(Payload):
    """`overlap_ok`: the page said that something stands there by now."""

    overlap_ok: bool = False


class Decline(Payload):
    """In words for whoever asked."""

    reply: str = Field("", max_length=2000)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Propose(Payload):
    """One to three times as they are shown, `moment/location`."""

    times: Annotated[list[Annotated[str, Field(max_length=100)]], BeforeValidator(_listed)] = Field(
        default_factory=list, max_length=3
    )
    reply: str = Field("", max_length=2000)

    def moments(self) -> list[tuple[datetime, UUID | None]]:
        """Raises Invalid."""
        found = [parse(_Proposed, {"time": one}) for one in self.times]
        return [(one.time, one.location) for one in found]


class _Proposed(Payload):
    time: Moment
    location: Annotated[UUID | None, Empty] = None

    _split = model_validator(mode="before")(_moment_and_place)


class TakeIn(AcceptRequest):
    """As this client, or as a new one. `without_taken`: without an address that is somebody else's;
    `without_invitation`: not invited to the portal yet."""

    client: Annotated[UUID | None, Empty] = None
    without_taken: bool = False
    without_invitation: bool = False


class ShowAnswered(Payload):
    """Filters of the requests that were answered: how it ended, whose calendar, who answered, whose request it was.
    `before`: the last one of the page before."""

    state: Annotated[Literal["accepted", "declined", "withdrawn", "expired"] | None, Empty] = None
    practitioner: Annotated[UUID | None, Empty] = None
    by: Annotated[UUID | None, Empty] = None
    whose: Annotated[Literal["new", "known"] | None, Empty] = None
    before: Annotated[UUID | None, Empty] = None


class FindAnswered(Payload):
    """A name, or a piece of it; in no address."""

    words: str = Field("", max_length=100)
