"""What a screen shows of messaging: plain dicts that page and JSON share, and the pure functions that make them.

Shapes only hold what the viewer may see; nothing has to be hidden later. Times are aware UTC datetimes (ISO 8601 in
JSON). Text is raw: the template escapes it, keeps line breaks and makes links. There are no positions: a gap in
them would tell a client of an internal note. Where lines come from:

- the inbox: `inbox.inbox(actor, …)` -> InboxPage (a page of ConversationLine)
- one conversation: `thread.thread(actor, sitting, …)` -> Thread (a page of ThreadLine inside)
- older or newer lines alone: `thread.lines(actor, sitting, before=id | after=id)` -> LinesPage
- the picker: `picking.choices(actor, words=…)` -> list of Choice
- search: `finding.find(actor, …)` -> Found
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NotRequired, TypedDict
from uuid import UUID

PersonKind = Literal["staff", "client", "contact", "front-desk"]
LineKind = Literal["message", "deleted", "note", "people", "day", "unread"]


class Presence(TypedDict):
    """How `presence` names this person on the line: by login (staff) or by portal access."""

    kind: Literal["login", "access"]
    id: UUID


class Person(TypedDict):
    """Somebody who sits, or sat, in a conversation. `id` is the seat, as `sender` and `reader` in events."""

    id: UUID
    name: str
    first: str  # what a bubble calls them: "Karen"; "Front desk" stays whole
    initials: str  # one or two letters
    voice: str  # "a" … "f" for staff (the colour who-a … who-f), "" for others
    kind: PersonKind
    relation: str  # words under the name: "Psychologist", "Client", "Parent of Leo Marsh", ""
    you: bool
    left: bool  # sat here once; no longer
    covers_for: str  # "" or the name of the colleague this person stands in for
    staff: UUID | None  # the staff member; None to portal viewers
    access: UUID | None  # the portal access; None to portal viewers
    presence: Presence | None  # None: this viewer may not see whether the person is online
    online: bool | None  # filled in by the door (`with_presence`); None: not shown


class About(TypedDict):
    """The client a conversation is about. `show`: say it (a contact sits in it, or the viewer acts for several)."""

    client: UUID
    name: str
    show: bool


class Desk(TypedDict):
    """Front desk's side of a conversation; only for staff who handle the front desk or sit in it."""

    waiting_since: datetime | None  # the oldest unanswered message of a client; None: answered
    claimed_by: UUID | None  # staff member
    claimed_by_name: str
    claimed_by_you: bool
    may_claim: bool  # the viewer answers for Front desk; False for a practitioner who sits beside it
    replying: str  # "" or the name of whoever types; filled in by the door


class Colleague(TypedDict):
    id: UUID
    name: str


class ConversationLine(TypedDict):
    """A line of the inbox."""

    id: UUID
    title: str  # the others' names: "Karen Marsh", "Maya Okafor, Leo Marsh"; "You" when nobody else is left
    subject: str  # "" when it has none
    people: list[Person]  # who sits in it, without the viewer
    about: About | None  # None: staff only
    snippet: str  # latest line in one row: text, "Photo", "3 files", "Message deleted", "No messages yet"
    snippet_by: str  # "" , "You", or a first name when more than two people sit in it
    at: datetime
    unread: int  # 0 … 100; 100 means "99+"
    marked_unread: bool  # unread because the viewer said so (unread may be 0)
    muted: bool
    archived: bool
    seated: bool  # False: the viewer left or was removed; reads what was, writes no more
    desk: Desk | None


class InboxPage(TypedDict):
    """`next` goes back as `cursor` for the following page; None: that was the last."""

    conversations: list[ConversationLine]
    next: str | None


class FileShown(TypedDict):
    """An attachment. Bytes: /files/<id>; its picture, when `thumbnail`: /files/<id>/thumbnail."""

    id: UUID
    name: str
    type: str
    size: int  # bytes
    thumbnail: bool


class Reader(TypedDict):
    id: UUID  # seat
    name: str
    at: datetime | None


class Ticks(TypedDict):
    """Under an own message. sent: one grey tick · delivered: to a device · read: two green ticks, by whom and when."""

    state: Literal["sent", "delivered", "read"]
    at: datetime | None  # when the state was reached, where known
    readers: list[Reader]  # who read it, earliest first
    waiting: list[str]  # names of those who have not read it yet


class ThreadLine(TypedDict):
    """One line of a thread, oldest first. `kind` says which of the further fields it has.

    message: all of them · deleted: sender, by, own, follows, may_read_deleted · note: by, own, body
    people: text ("Jonas Lindqvist joined", "… joined for Maya Okafor", "… left") · day: date · unread: nothing more.
    A message taken back with Undo is no line at all.
    """

    kind: LineKind
    id: UUID | None  # message or note; None for day, unread and people
    at: datetime
    sender: NotRequired[UUID]  # seat
    by: NotRequired[str]  # name of who said it
    first: NotRequired[str]
    voice: NotRequired[str]
    initials: NotRequired[str]
    from_staff: NotRequired[bool]
    own: NotRequired[bool]
    follows: NotRequired[bool]  # same sender as the line before, within five minutes: corners join, no name
    body: NotRequired[str]
    files: NotRequired[list[FileShown]]
    automatic: NotRequired[Literal["", "away", "hours"]]
    ticks: NotRequired[Ticks | None]  # own messages only
    undo_until: NotRequired[datetime | None]  # own message that can still be taken back
    may_delete: NotRequired[bool]
    may_read_deleted: NotRequired[bool]  # administrators: the text stays in the row; asking for it is logged
    text: NotRequired[str]
    date: NotRequired[str]  # 2026-11-23, in the practice's zone


class LinesPage(TypedDict):
    """`older` goes back as `before`, `newer` as `after`; None: nothing more that way."""

    lines: list[ThreadLine]
    older: UUID | None
    newer: UUID | None


class Thread(TypedDict):
    """One open conversation."""

    id: UUID
    title: str
    subject: str
    about: About | None
    people: list[Person]  # everyone who sits in it now, the viewer too: always shown
    seat: UUID | None  # the viewer's own seat; None when it is closed
    may_write: bool
    why_not: str  # "" or the sentence to stand in the composer's place
    may_note: bool
    may_change_people: bool
    may_hand_over: bool
    unread: int  # 0 … 100 when it was opened
    marked_unread: bool
    muted: bool
    archived: bool
    draft: str
    undo_seconds: float
    desk: Desk | None
    assignable: list[Colleague]  # whom it may be assigned to; empty for who does not answer for Front desk
    page: LinesPage
    viewed: bool  # staff view it as somebody: nothing can be done here
    masked: bool  # staff view it as somebody and sit in it not themselves: that it is there, with whom, and no words


class Choice(TypedDict):
    """A person to write to. `about`: send it as `client` along with `id` in `people`. Greyed when `reason`."""

    id: UUID  # client, contact or staff member; the practice's id means Front desk
    name: str
    kind: PersonKind
    about: UUID | None
    about_name: str  # for a contact: the client it would be about
    role: str  # staff: their title or "Practitioner"; "" for clients and contacts: the picker shows the name only
    reason: str  # "" or why this person cannot be written to: "No portal access yet"


class Piece(TypedDict):
    text: str
    mark: bool  # highlighted


class Hit(TypedDict):
    """A message found. Open it with `/messages/<conversation>?around=<message>`."""

    conversation: UUID
    message: UUID
    title: str
    about: About | None
    by: str
    at: datetime
    pieces: list[Piece]


class Found(TypedDict):
    """`conversations`: somebody in it has that name. `messages`: the words were said. Latest first, bounded."""

    conversations: list[ConversationLine]
    messages: list[Hit]
