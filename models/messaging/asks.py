"""What browsers may send about messaging. The HTTP doors and the socket asks share these classes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from models.core.payload import Payload

BODY = 10_000
MOST_FILES = 10
MOST_PEOPLE = 50

Body = Annotated[str, StringConstraints(max_length=BODY)]
Line = Annotated[str, StringConstraints(max_length=200)]
Cursor = Annotated[str, StringConstraints(max_length=200)]


class StartConversation(Payload):
    """`people`: client, contact or staff ids (the practice's id: Front desk). `client`: whom it is about."""

    people: list[UUID] = Field(min_length=1, max_length=MOST_PEOPLE)
    client: UUID | None = None
    subject: Line = ""
    key: UUID | None = None


class SendMessage(Payload):
    """Over the socket `conversation` says where; over HTTP the address does."""

    conversation: UUID | None = None
    body: Body = ""
    files: list[UUID] = Field(default_factory=list, max_length=MOST_FILES)
    key: UUID | None = None


class AddNote(Payload):
    conversation: UUID | None = None
    body: Body
    key: UUID | None = None


class OneMessage(Payload):
    message: UUID


class OneConversation(Payload):
    conversation: UUID


class ReadTo(Payload):
    """Everything up to `message` is read (or, for `conversation.delivered`, has reached a device)."""

    conversation: UUID | None = None
    message: UUID


class Switched(Payload):
    """Mute, archive, mark unread; typing: on or off."""

    conversation: UUID | None = None
    on: bool = True


class SaveDraft(Payload):
    conversation: UUID | None = None
    body: Body = ""


class ChangePeople(Payload):
    """`add`: client, contact or staff ids (the practice's id: Front desk); `remove`: seats."""

    add: list[UUID] = Field(default_factory=list, max_length=MOST_PEOPLE)
    remove: list[UUID] = Field(default_factory=list, max_length=MOST_PEOPLE)


class HandOver(Payload):
    """`note`: an internal note that says what to do. `unanswered`: also show what waits for an answer."""

    note: Body = ""
    unanswered: bool = False


class Assign(Payload):
    """To whom; None gives it back to everyone at the front desk."""

    staff: UUID | None = None


class ReadDeleted(Payload):
    reason: Line = Field(min_length=3)


class Inbox(Payload):
    show: Literal["mine", "unclaimed", "all", "archived"] = "mine"
    cursor: Cursor | None = None
    limit: int = Field(30, ge=1, le=100)


class Lines(Payload):
    """A page of lines: the latest, those before or after a line, or those around one."""

    before: UUID | None = None
    after: UUID | None = None
    around: UUID | None = None
    limit: int = Field(50, ge=1, le=100)


class Find(Payload):
    words: Line = ""
    person: Line = ""


class Pick(Payload):
    words: Line = ""


class SetAway(Payload):
    """`staff`: only administrators, for somebody else. Times with a zone."""

    staff: UUID | None = None
    starts_at: datetime
    ends_at: datetime
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    cover: UUID | None = None


class SetAwayDates(Payload):
    """The form's way to say it: days of the practice's zone, both included."""

    staff: UUID | None = None
    first: date
    last: date
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    cover: UUID | None = None


class OneStaff(Payload):
    staff: UUID | None = None


class Opening(Payload):
    weekday: int = Field(ge=0, le=6)
    opens: time
    closes: time


class SetHours(Payload):
    """No openings: no office hours, and no automatic answer."""

    staff: UUID | None = None
    openings: list[Opening] = Field(default_factory=list, max_length=28)
    text: Annotated[str, StringConstraints(max_length=2000)] = ""


class SaveReply(Payload):
    """`shared`: of the whole practice (administrators)."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=BODY)]
    shared: bool = False


class Configure(Payload):
    clients_see_online: bool | None = None
    clients_see_typing: bool | None = None
    clients_see_read: bool | None = None
    clients_write_front_desk: bool | None = None
    start_needs_access: bool | None = None
