"""What doors and asks of appointments take."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.accounts.asks import Version
from models.clients.asks import Day
from models.core.payload import Payload


def _nothing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


# An empty field of a form says that there is no limit.
Hours = Annotated[int | None, BeforeValidator(_nothing)]
Amount = Annotated[str, Field(max_length=20)]


class SetPolicy(Payload):
    """Hours before the appointment; empty: no such deadline."""

    late_hours: Hours = None
    closed_hours: Hours = None
    reason: str = Field("optional", max_length=20)
    attended_at_day_end: bool = False
    version: Version = None


class SetFees(Payload):
    """Dollars as they are typed; empty: none."""

    late_fee: Amount = ""
    no_show_fee: Amount = ""
    version: Version = None


class SetReminders(Payload):
    """Hours before the appointment; empty: no such reminder."""

    hours_1: Hours = None
    hours_2: Hours = None
    hours_3: Hours = None
    version: Version = None


class WriteDiagnosis(Payload):
    """`from_on`: today when it is empty; `until_on` empty: it goes on."""

    code: str = Field("", max_length=40)
    title: str = Field("", max_length=1000)
    from_on: Day = None
    until_on: Day = None
    main: bool = False
    version: Version = None
    key: UUID | None = None


class Shown(Payload):
    """`version`: as the page showed it."""

    version: Version = None


class SwitchMails(Payload):
    """`person`: the client or one of the contacts."""

    person: UUID
    on: bool = False


class Before(Payload):
    """`before`: the last appointment of the page before."""

    before: UUID | None = None


class Cancel(Payload):
    """`late_agreed`: the page said that it is late, and that it costs `late_fee_cents`."""

    reason: str = Field("", max_length=1000)
    late_agreed: bool = False
    late_fee_cents: Annotated[int | None, Field(ge=0, le=10**9)] = None
    key: UUID | None = None
