"""What staff may send about an appointment and its clients."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.accounts.asks import Version
from models.appointments.calendar_asks import Day, Maybe
from models.core.payload import Payload

MOST_CLIENTS = 100
Reason = Annotated[str, Field(max_length=1000)]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class OneClient(Payload):
    """`version`: of the appointment, as the page showed it."""

    client: UUID
    version: Version = None
    key: UUID | None = None


class CancelForClients(Payload):
    """For these clients, or for all who still come. `late`: it counts as late, with its fee."""

    clients: Annotated[list[UUID], BeforeValidator(_listed)] = Field(default_factory=list, max_length=MOST_CLIENTS)
    late: bool = False
    reason: Reason = ""
    version: Version = None
    key: UUID | None = None


class SetOutcome(OneClient):
    outcome: Literal["attended", "no-show"]


class AfterOne(Payload):
    """`after`: the attendance that the page before ended with. `said`, `client`: the appointment and the client of whom
    something was just said."""

    after: Maybe = None
    said: Maybe = None
    client: Maybe = None


Pair = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}\.[0-9a-f-]{36}$")]

Seen = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}\.[0-9]{1,9}\.[0-9]{1,11}$")]
One = Annotated[str, Field(pattern=r"^(attended|no-show|late-cancelled):[0-9a-f-]{36}\.[0-9a-f-]{36}$")]


class SettleSeveral(Payload):
    """`chosen`: `<appointment>.<client>` each; `one`: instead of those, the row whose own button was pressed, with what
    was said of it before a colon."""

    chosen: Annotated[list[Pair], BeforeValidator(_listed)] = Field(default_factory=list, max_length=MOST_CLIENTS)
    said: Literal["attended", "no-show", "late-cancelled"] | None = None
    one: One | Literal[""] = ""
    key: UUID | None = None


Number = Annotated[int, BeforeValidator(lambda value: value or 0)]


class ShowDay(Payload):
    """Whose calendar, from which day to which, and what to do with what stands there."""

    practitioner: Maybe = None
    first: Day = None
    last: Day = None
    kind: Literal["cancel", "move", "free", "hand"] = "cancel"
    days: Annotated[Number, Field(ge=-365, le=365)] = 0
    hours: Annotated[Number, Field(ge=-23, le=23)] = 0
    to: Maybe = None


class ClearDay(ShowDay):
    """`chosen`: `<appointment>.<version>.<seconds of the free time shown, or 0>` each. `names_ok`: words of the message
    that look like names of those concerned are none."""

    chosen: Annotated[list[Seen], BeforeValidator(_listed)] = Field(default_factory=list, max_length=MOST_CLIENTS)
    words: Annotated[str, Field(max_length=500)] = ""
    names_ok: bool = False
    key: UUID | None = None


class Waive(OneClient):
    reason: Reason = ""
