"""Who sits where: fetching a conversation is checking that the actor sits, or sat, in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.clients.access import handles_front_desk
from models.core.actor import Actor
from models.core.database import fetch_all, fetch_one
from models.core.errors import Forbidden, missing
from models.core.events import Audience
from models.messaging.practices import messaging_off
from models.messaging.seated import SEAT_ROWS, Seated, Viewer

CLOSED = "You no longer sit in this conversation. What was said while you did stays here."

CONVERSATION = """SELECT c.id, c.client_id, cl.name AS client_name, c.subject, c.people_key, c.last_position,
    c.created_at, c.unanswered_since, c.claimed_by, cb.name AS claimed_by_name, c.auto_answered_at
  FROM conversation c
  LEFT JOIN client cl ON cl.id = c.client_id
  LEFT JOIN staff_member cb ON cb.id = c.claimed_by
  WHERE c.id = $1"""

SEATS = f"{SEAT_ROWS} WHERE s.conversation_id = $1 ORDER BY s.joined_at, s.id"


@dataclass(frozen=True)
class Sitting:
    """A conversation as the actor may see it: all seats, and which of them are the actor's own."""

    id: UUID
    client_id: UUID | None
    client_name: str | None
    subject: str
    people_key: str
    last_position: int
    created_at: datetime
    unanswered_since: datetime | None
    claimed_by: UUID | None
    claimed_by_name: str | None
    auto_answered_at: datetime | None
    viewer: Viewer
    locked: bool = False
    seats: tuple[Seated, ...] = field(default=())

    @property
    def mine(self) -> tuple[Seated, ...]:
        return tuple(seat for seat in self.seats if self.viewer.holds(seat))

    @property
    def seat(self) -> Seated | None:
        """The seat the actor speaks from: their own before Front desk's; None when it is closed."""
        return min((seat for seat in self.mine if seat.open), key=lambda seat: seat.kind == "front-desk", default=None)

    @property
    def open_seats(self) -> tuple[Seated, ...]:
        return tuple(seat for seat in self.seats if seat.open)

    @property
    def company(self) -> tuple[Seated, ...]:
        """Who sits there, as far as the actor may know: for who left, those they left behind at that moment."""
        if self.seat is not None or not self.mine:
            return self.open_seats
        gone = max(seat.left_at for seat in self.mine if seat.left_at is not None)
        return tuple(seat for seat in self.seats if seat.there_at(gone))

    @property
    def desk_seat(self) -> Seated | None:
        return next((seat for seat in self.open_seats if seat.kind == "front-desk"), None)

    def seen(self, position: int) -> bool:
        return any(seat.sees(position) for seat in self.mine)


def viewer_of(actor: Actor) -> Viewer:
    """Whose seats count. Who looks through another person's eyes has that person's seats; what is said there is masked
    (Looks.reads)."""
    if actor.lens is None and actor.desk:
        return Viewer(staff_id=actor.staff_id, desk=handles_front_desk(actor))
    one = actor.lens or actor.access
    chosen = (one,) if one else actor.accesses
    return Viewer(
        accesses=tuple(access.access_id for access in chosen if access.messaging),
        off=tuple(access.access_id for access in chosen if not access.messaging),
    )


def holders_of(actor: Actor) -> list[UUID]:
    """Whose seats are the actor's, whatever client is acted for: by the staff member, Front desk's practice, the
    accesses."""
    viewer = viewer_of(actor)
    desk = [one for one in (viewer.staff_id, actor.practice_id if viewer.desk else None) if one]
    return [*desk, *(one.access_id for one in actor.accesses if one.messaging and actor.portal)]


async def conversation_for(actor: Actor, conversation_id: UUID, *, lock: bool = False) -> Sitting:
    """The conversation, for whoever sits or sat in it. `lock`: nobody changes it until the scope ends.

    Raises Missing for an unknown one and for one that is not yours alike, Forbidden `messaging-off` with the
    practice's phone when messaging is switched off for the access.
    """
    sitting = await sitting_of(conversation_id, viewer_of(actor), lock=lock)
    if sitting is not None and any(seat.access_id in sitting.viewer.off for seat in sitting.seats):
        raise await messaging_off()
    if sitting is None or not sitting.mine:
        missing("conversation")
    return sitting


async def sitting_of(conversation_id: UUID, viewer: Viewer, *, lock: bool) -> Sitting | None:
    """The conversation whether the viewer sits in it or not; for work that has checked in another way."""
    row = await fetch_one(CONVERSATION + (" FOR UPDATE OF c" if lock else ""), conversation_id)
    return Sitting(**row, viewer=viewer, locked=lock, seats=await seats_of(conversation_id)) if row else None


async def seats_of(conversation_id: UUID) -> tuple[Seated, ...]:
    """All seats, closed ones too, in the order people came."""
    return tuple(Seated(**row) for row in await fetch_all(SEATS, conversation_id))


async def held(actor: Actor, sitting: Sitting) -> Sitting:
    """The same conversation, locked and read anew: who was removed a moment ago finds the seat closed."""
    return sitting if sitting.locked else await conversation_for(actor, sitting.id, lock=True)


def own_seat(sitting: Sitting) -> Seated:
    """The actor's open seat; raises Forbidden `not-seated`."""
    if sitting.seat is None:
        raise Forbidden("not-seated", CLOSED)
    return sitting.seat


def rooms(seats: Iterable[Seated]) -> list[Audience]:
    """Who hears of something these seats see."""
    return list(dict.fromkeys(seat.audience for seat in seats if seat.active and seat.messaging))
