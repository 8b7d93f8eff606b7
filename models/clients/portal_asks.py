"""What may be sent about portal access, invitations and onboarding, by form or JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field

from models.accounts.asks import Email, Password
from models.core.payload import Payload

LONGEST_MESSAGE = 2000
# Of a person's birth, or of an access: what is beyond is a slip of the hand.
EARLIEST, LATEST = date(1890, 1, 1), date(2150, 1, 1)


def _several(value: Any) -> Any:
    """A form sends one choice as text and several as a list; what is not chosen comes as empty text."""
    given = [value] if isinstance(value, str) else value
    return [one for one in given if one != ""] if isinstance(given, list) else given


def _day(value: Any) -> Any:
    if value in (None, ""):
        return None
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("Give a date, such as 2011-03-02.") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"Give a date between {EARLIEST.year} and {LATEST.year}.")
    return found


Several = Annotated[tuple[str, ...], BeforeValidator(_several), Field(max_length=100)]
Day = Annotated[date | None, BeforeValidator(_day)]
# What belongs to lines of a form, one for each: empty ones count.
Texts = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value), Field(max_length=100)
]
Proof = Annotated[str, Field(max_length=200)]


def asks_in(chosen: tuple[str, ...]) -> dict[str, str]:
    """`["names:required", "referral:optional"]`, as the selects of a form send it, by step."""
    return {key: wish for key, _, wish in (one.partition(":") for one in chosen)}


def documents_in(chosen: tuple[str, ...], requests: tuple[str, ...]) -> list[str]:
    """The lines of a form in their order. A line that asks for files says only how much they are wanted; the words of
    each stand in `requests`."""
    words, found = iter(requests), list[str]()
    for one in chosen:
        if one.startswith("request:") and one.count(":") == 1:
            what = " ".join(next(words, "").split())
            if what and not one.endswith(":no"):
                found.append(f"{one}:{what[:200]}")
        else:
            found.append(one)
    return found


class SendInvitation(Payload):
    """`asks`: `step:required` or `step:optional`; `documents`: `form:required:<id>`, `sign:optional:<file>`,
    `file:required:<file>`, `request:required:<which files>` (or without these words, which then stand in `requests`),
    as they are gone through; none sent: what the practice usually asks. `email`: where none was on file."""

    features: Several = ()
    permissions: Several = ()
    asks: Several = ()
    documents: Several | None = None
    requests: Texts = ()
    message: str = Field("", max_length=LONGEST_MESSAGE)
    email: Email = ""


class CorrectAddress(Payload):
    """`send`: the invitation goes out again at once."""

    email: Email
    send: bool = False


class Restore(Payload):
    """`agreed`: the client, who is of age now, said so to the practice."""

    agreed: bool = False


class AskToClose(Payload):
    reason: str = Field("", max_length=1000)


class DeclineClosing(Payload):
    """What the person reads."""

    answer: str = Field("", max_length=1000)


class SetFeatures(Payload):
    features: Several = ()


class SetPermissions(Payload):
    permissions: Several = ()


class SetDays(Payload):
    starts_on: Day = None
    ends_on: Day = None


class SetInvitations(Payload):
    """What the practice usually asks, and its two switches."""

    asks: Several = ()
    documents: Several = ()
    requests: Texts = ()
    reminders: bool = False
    tells_front_desk: bool = False


class AnswerDate(Payload):
    born_on: Day = None
    proof: Proof = ""


class AskCode(Payload):
    proof: Proof = ""


class AnswerCode(Payload):
    code: str = Field("", max_length=20)
    proof: Proof = ""


class Accept(Payload):
    password: Password = ""
    proof: Proof = ""


class StepValues(Payload):
    """The fields of whatever step it is; the step's own class judges them."""

    model_config = ConfigDict(extra="allow", frozen=True)


class ChosenClients(Payload):
    """Rows of the list of clients."""

    clients: Annotated[tuple[UUID, ...], BeforeValidator(_several), Field(max_length=100)] = ()


class InviteMany(ChosenClients):
    message: str = Field("", max_length=LONGEST_MESSAGE)
