"""The list of conversations, latest first, and the badge. One statement each, of a cost that does not grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from models.clients.people import staff_by_id
from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Invalid
from models.messaging.listing import (
    BADGE,
    DESK_INBOX,
    MOST_UNREAD,
    PORTAL_INBOX,
    SOME,
    STAFF_AT_DESK_INBOX,
    STAFF_INBOX,
    WAITING,
)
from models.messaging.looking import Looks, looks_of
from models.messaging.practices import messaging_off
from models.messaging.seated import Seated
from models.messaging.seats import holders_of, viewer_of
from models.messaging.showing import about, first_name, names_the_client, person, snippet, title
from models.messaging.views import ConversationLine, Desk, InboxPage

MASKED = "Only those who sit in this conversation read it"

Show = Literal["mine", "unclaimed", "all", "archived"]
Past = tuple[str, datetime, UUID]


async def inbox(actor: Actor, *, show: Show = "mine", cursor: str | None = None, limit: int = 30) -> InboxPage:
    """A page of the list, latest first.

    `mine`: where the actor sits in person, and what they claimed; `archived`: of those, what was put away;
    `unclaimed`, `all`: Front desk's, unanswered first, nothing for who is not of it. Raises Forbidden `messaging-off`
    for an access, Invalid for a cursor that is none.
    """
    looks = await looks_of(actor)
    past = _cursor(cursor)
    if show in ("unclaimed", "all"):
        rows = await _desk_rows(looks, unclaimed=show == "unclaimed", past=past, limit=limit + 1)
    else:
        rows = await _own_rows(actor, looks, archived=show == "archived", past=past, limit=limit + 1)
    following = _next(rows[limit - 1]) if len(rows) > limit else None
    return {"conversations": [_line(row, looks) for row in rows[:limit]], "next": following}


async def lines_of(actor: Actor, conversation_ids: Sequence[UUID]) -> list[ConversationLine]:
    """Some conversations of the actor's as the list shows them, in the order given; others are left out."""
    looks = await looks_of(actor)
    viewer = looks.viewer
    rows = await fetch_all(SOME, list(conversation_ids), viewer.staff_id, list(viewer.accesses), viewer.desk)
    return [_line(row, looks) for row in rows]


async def unread_by_client(actor: Actor) -> dict[UUID | None, int]:
    """Unread messages by the client they are about (None: among staff), at most 100 each; muted ones left out."""
    rows = await fetch_all(BADGE, holders_of(actor), viewer_of(actor).staff_id)
    return {row["client_id"]: row["unread"] for row in rows if row["unread"]}


async def unread_total(actor: Actor) -> int:
    """The number on the conversation icon: of all clients the person acts for, at most 100 (shown as 99+)."""
    return min(sum((await unread_by_client(actor)).values()), MOST_UNREAD)


async def waiting_at_desk(actor: Actor) -> int | None:
    """How many unclaimed conversations wait for Front desk's answer, at most 100; None for who is not of it."""
    if not viewer_of(actor).desk:
        return None
    row = await fetch_one(WAITING)
    return int(row["waiting"]) if row else 0


async def replying(actor: Actor, conversation_id: UUID, online: frozenset[str]) -> str:
    """Which colleague types for Front desk right now, from who is said to (`replying:<conversation>:<staff>`)."""
    lead = f"replying:{conversation_id}:"
    ids = [UUID(one.removeprefix(lead)) for one in online if one.startswith(lead)]
    staff = await staff_by_id([one for one in ids if one != actor.staff_id]) if ids else []
    return staff[0].name if staff else ""


async def _own_rows(
    actor: Actor, looks: Looks, *, archived: bool, past: Past | None, limit: int
) -> list[Row]:
    _, at, seat = past or ("l", None, None)
    if actor.desk:
        listed = STAFF_AT_DESK_INBOX if looks.viewer.desk else STAFF_INBOX
        return await fetch_all(listed, looks.viewer.staff_id, archived, at, seat, limit)
    if looks.viewer.off and not looks.viewer.accesses:
        raise await messaging_off()
    return await fetch_all(PORTAL_INBOX, list(looks.viewer.accesses), archived, at, seat, limit)


async def _desk_rows(
    looks: Looks, *, unclaimed: bool, past: Past | None, limit: int
) -> list[Row]:
    if not looks.viewer.desk:
        return []
    phase, at, seat = past or ("w", None, None)
    return await fetch_all(DESK_INBOX, unclaimed, phase == "l", at, seat, limit)


def _next(row: Row) -> str:
    return f"{'w' if row['waits'] else 'l'}~{row['at'].isoformat()}~{row['seat_id']}"


def _cursor(text: str | None) -> Past | None:
    if not text:
        return None
    try:
        phase, at, seat = text.split("~")
        moment = datetime.fromisoformat(at)
        if phase not in ("w", "l") or moment.tzinfo is None:
            raise ValueError
        return phase, moment, UUID(seat)
    except ValueError:
        raise Invalid(errors={"cursor": ["This page is not known. Start again at the first."]}) from None


def _line(row: Row, looks: Looks) -> ConversationLine:
    seats = [seated(one) for one in row["people"] or ()]
    masked = not looks.reads(seats, row["last_position"]) and row["sender"] is not None
    return {
        "id": row["id"],
        "title": title(seats, looks.viewer),
        "subject": row["subject"] if looks.sits(seats) or not looks.through else "",
        "people": [person(one, looks) for one in seats if not looks.viewer.holds(one) or one.kind == "front-desk"],
        "about": about(row["client_id"], row["client_name"], show=names_the_client(seats, looks)),
        "snippet": MASKED if masked else snippet(
            row["body"] or "", row["types"] or (), deleted=row["deleted_at"] is not None, said=row["sender"] is not None
        ),
        "snippet_by": "" if masked else _by(row, seats, looks),
        "at": row["sent_at"] or row["last_at"],
        "unread": row["unread"],
        "marked_unread": row["marked_unread_at"] is not None,
        "muted": row["muted_at"] is not None,
        "archived": row["archived_at"] is not None,
        "seated": row["left_at"] is None,
        "desk": desk(row, seats, looks) if row["left_at"] is None else None,
    }


def desk(row: Mapping[str, Any], seats: Sequence[Seated], looks: Looks) -> Desk | None:
    """Front desk's side, when it sits there and the viewer is of the practice."""
    if looks.portal or not any(one.kind == "front-desk" and one.open for one in seats):
        return None
    return {
        "waiting_since": row["unanswered_since"],
        "claimed_by": row["claimed_by"],
        "claimed_by_name": row["claimed_by_name"] or "",
        "claimed_by_you": row["claimed_by"] is not None and row["claimed_by"] == looks.staff_id,
        "may_claim": looks.viewer.desk,
        "replying": "",
    }


def seated(one: Mapping[str, Any]) -> Seated:
    """A seat as it comes inside a line of the list, in JSON."""
    typed: dict[str, Any] = {name: _typed(kind, one[name]) for name, kind in _KINDS.items()}
    return Seated(**typed)


_KINDS = {field.name: str(field.type).removesuffix(" | None") for field in fields(Seated)}


def _typed(kind: str, value: Any) -> Any:
    if value is None or kind not in ("UUID", "datetime"):
        return value
    return UUID(value) if kind == "UUID" else datetime.fromisoformat(value)


def _by(row: Row, seats: Sequence[Seated], looks: Looks) -> str:
    """Who said the latest, when that is not plain: oneself, or one of several."""
    if row["sender"] is None:
        return ""
    mine = row["sender"] == row["seat_id"] if looks.portal else row["sender_staff_id"] == looks.staff_id
    if mine:
        return "You"
    return first_name(row["sender_name"]) if len(seats) > 2 else ""
