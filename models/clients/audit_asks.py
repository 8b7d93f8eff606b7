"""What may be asked of the audit log, and sent about emergencies and views. Ids, days and words from lists alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.core.payload import Payload


def _nothing(given: object) -> object:
    """A form sends an empty field for what was left out."""
    return None if given == "" else given


MaybeId = Annotated[UUID | None, BeforeValidator(_nothing)]
MaybeDay = Annotated[date | None, BeforeValidator(_nothing)]
What = Literal[
    "all", "looks", "changes", "records", "access", "emergency", "appointments", "messages", "sign-in", "practice",
]


class AskClientAudit(Payload):
    """`what`: looks, changes, or one kind of change; `first`, `last`: days where the practice is, both included."""

    what: Annotated[What, BeforeValidator(lambda given: given or "all")] = "all"
    person: MaybeId = None
    first: MaybeDay = None
    last: MaybeDay = None
    cursor: str = Field("", max_length=80)


class ChooseView(Payload):
    """`access`: whose eyes are chosen already; `ended`: a view through them is just over."""

    access: MaybeId = None
    ended: bool = False


class BeginView(Payload):
    """`access`: through whose eyes."""

    access: UUID
    reason: str = Field("", max_length=500)
    key: UUID | None = None


class SwitchView(Payload):
    """`access`: through whose eyes instead."""

    access: UUID


class OpenInEmergency(Payload):
    """The full name, the birth date, and why. `client`: who was chosen of those who come close."""

    name: str = Field(min_length=1, max_length=200)
    born_on: date
    client: MaybeId = None
    reason: str = Field("", max_length=500)
    key: UUID | None = None


class SetEmergencyRoles(Payload):
    """Whose emergencies the practice accepts. A box that is not ticked sends nothing."""

    practitioner: bool = False
    supervisor: bool = False
    administrator: bool = False
    scheduler: bool = False
    biller: bool = False


class Explain(Payload):
    explanation: str = Field("", max_length=500)


class AskAudit(AskClientAudit):
    client: MaybeId = None
