"""What browsers may send about messaging. The HTTP doors and the socket asks share these classes.

Over HTTP the address says which conversation; over the socket the ask does.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from models.core.errors import Invalid
from models.core.payload import Payload

BODY = 10_000
MOST_FILES = 10
MOST_PEOPLE = 50
ONE_CLIENT = "A conversation is about one client. Write to each of them alone."

Body = Annotated[str, StringConstraints(max_length=BODY)]
Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2000)]


def _several(given: object) -> object:
    """A form with one box ticked sends one word, not a list."""
    return [given] if isinstance(given, str) else given


def _nothing(given: object) -> object:
    """A form sends an empty field for what was left out."""
    return None if given == "" else given


Several = Annotated[list[UUID], BeforeValidator(_several)]
Maybe = Annotated[UUID | None, BeforeValidator(_nothing)]
Clock = Annotated[time | None, BeforeValidator(_nothing)]


class StartConversation(Payload):
    """`people`: client, contact or staff ids (the practice's id: Front desk). `client`: whom it is about; a form's box
    for a contact says both in one word, `<contact>.<client>`."""

    people: Several = Field(min_length=1, max_length=MOST_PEOPLE)
    client: Maybe = None
    subject: Line = ""
    key: UUID | None = None

    @model_validator(mode="before")
    @classmethod
    def _about(cls, given: Any) -> Any:
        people = _several(given.get("people")) if isinstance(given, dict) else None
        if not isinstance(people, list) or not any(isinstance(one, str) and "." in one for one in people):
            return given
        words = [str(one).partition(".") for one in people]
        about = {client for _, _, client in words if client} | {str(one) for one in [given.get("client")] if one}
        if len(about) > 1:
            raise Invalid(errors={"people": [ONE_CLIENT]})
        return {**given, "people": [person for person, _, _ in words], "client": next(iter(about), None)}


class StartConversationNow(StartConversation):
    key: UUID


class SendMessage(Payload):
    body: Body = ""
    files: Several = Field(default_factory=list, max_length=MOST_FILES)
    key: UUID | None = None


class SendMessageTo(SendMessage):
    conversation: UUID
    key: UUID


class AddNote(Payload):
    body: Body
    key: UUID | None = None


class AddNoteTo(AddNote):
    conversation: UUID
    key: UUID


class OneMessage(Payload):
    message: UUID


class ReadTo(Payload):
    """Everything up to `message` is read."""

    message: UUID


class ReadToIn(ReadTo):
    conversation: UUID


class Reached(Payload):
    """Nothing but the fact: a page is open and its line is live."""


class Switched(Payload):
    """Mute, archive, mark unread; typing: on or off."""

    on: bool = True


class SwitchedIn(Switched):
    conversation: UUID


class SaveDraft(Payload):
    body: Body = ""


class SaveDraftIn(SaveDraft):
    conversation: UUID


class ChangePeople(Payload):
    """`add`: client, contact or staff ids (the practice's id: Front desk); `remove`: seats."""

    add: Several = Field(default_factory=list, max_length=MOST_PEOPLE)
    remove: Several = Field(default_factory=list, max_length=MOST_PEOPLE)


class HandOver(Payload):
    """`note`: an internal note that says what to do. `unanswered`: also show what waits for an answer."""

    note: Body = ""
    unanswered: bool = False


class Assign(Payload):
    """To whom; None gives it back to everyone at the front desk."""

    staff: Maybe = None


class ReadDeleted(Payload):
    reason: Line = Field(min_length=3)


class Inbox(Payload):
    show: Literal["mine", "unclaimed", "all", "archived"] = "mine"
    cursor: Line | None = None
    limit: int = Field(30, ge=1, le=100)


class OpenThread(Inbox):
    """A conversation beside its list. `around`: a search hit."""

    around: UUID | None = None


class Lines(Payload):
    """A page of lines: the latest, those before or after a line, or those around one."""

    before: UUID | None = None
    after: UUID | None = None
    around: UUID | None = None
    limit: int = Field(50, ge=1, le=100)


class Find(Payload):
    words: Line = ""
    person: Line = ""


class Nothing(Payload):
    """A page that takes no query: whoever sends one is told so."""


class Pick(Payload):
    words: Line = ""


class NewConversation(Payload):
    """The page that starts one; `to`: who is chosen already."""

    to: Maybe = None


class SetAway(Payload):
    """`first`, `last`: days of the practice's zone, both included. `staff`: for somebody else, by administrators."""

    staff: Maybe = None
    first: date
    last: date
    text: Text
    cover: Maybe = None


class OneStaff(Payload):
    staff: Maybe = None


class SetHours(Payload):
    """A week as the page shows it: 0 is Monday; a day without times is closed. All empty: the practice's hours hold.
    `staff`: for somebody else, by administrators."""

    staff: Maybe = None
    opens_0: Clock = None
    closes_0: Clock = None
    opens_1: Clock = None
    closes_1: Clock = None
    opens_2: Clock = None
    closes_2: Clock = None
    opens_3: Clock = None
    closes_3: Clock = None
    opens_4: Clock = None
    closes_4: Clock = None
    opens_5: Clock = None
    closes_5: Clock = None
    opens_6: Clock = None
    closes_6: Clock = None
    away_reply: Text = ""


class SaveReply(Payload):
    """`shared`: of the whole practice (administrators)."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=BODY)]
    shared: bool = False


class Switches(Payload):
    """All of them at once; a switch that is off sends nothing."""

    show_online: bool = False
    show_typing: bool = False
    show_read: bool = False
    any_staff_any_client: bool = False
    clients_may_start_front_desk: bool = False


class SetBanner(Payload):
    crisis_text: Text
