"""Whom an id means, and giving them a seat: the part that starting and adding people share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from models.clients import people
from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.ids import new_id
from models.messaging.practices import messaging_settings


@dataclass(frozen=True)
class Place:
    """Somebody who may be given a seat: a staff member, a portal access, or Front desk (neither)."""

    staff_id: UUID | None = None
    access_id: UUID | None = None

    @property
    def kind(self) -> str:
        return "staff" if self.staff_id else "access" if self.access_id else "front-desk"

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.staff_id or self.access_id}"


FRONT_DESK = Place()

SEAT = """INSERT INTO seat (id, conversation_id, kind, staff_id, access_id, from_position, read_position,
    delivered_position, joined_at, last_at, covers_for)
  VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $7, $8) ON CONFLICT DO NOTHING"""

REKEY = """SELECT c.client_id, c.people_key,
    (SELECT jsonb_agg(jsonb_build_object('staff_id', s.staff_id, 'access_id', s.access_id))
     FROM seat s WHERE s.conversation_id = c.id AND s.left_at IS NULL) AS places
  FROM conversation c WHERE c.id = $1"""
SET_KEY = """UPDATE conversation SET people_key =
    CASE WHEN EXISTS (SELECT 1 FROM conversation o WHERE o.people_key = $2 AND o.id <> $1) THEN '' ELSE $2 END
  WHERE id = $1"""


def people_key(client_id: UUID | None, places: Iterable[Place]) -> str:
    """What exactly these people about this client share, in whatever order they were named."""
    named = sorted({place.key for place in places})
    return sha256(f"{client_id}|{'|'.join(named)}".encode()).hexdigest()


async def places_of(ids: Sequence[UUID], *, client_id: UUID | None, practice_id: UUID) -> list[Place]:
    """The people these ids name, seen from the desk, when they can all be written to about this client.

    Raises Missing for an unknown id, Invalid when a contact is named without a client or somebody belongs to
    another client, Conflict `not-reachable` with the reason when a message would not reach one of them.
    """
    wanted = [one for one in dict.fromkeys(ids) if one != practice_id]
    staff = {one.id: Place(staff_id=one.id) for one in await people.staff_by_id(wanted)}
    portals = await people.portals_by_id([one for one in wanted if one not in staff])
    desk = [FRONT_DESK] if practice_id in ids else []
    return [*desk, *(staff.get(one) or _place(one, portals, client_id) for one in wanted)]


def _place(wanted: UUID, portals: Sequence[people.Portal], client_id: UUID | None) -> Place:
    named = [portal for portal in portals if wanted in (portal.contact_id or portal.client_id,)]
    if not named:
        missing("person")
    about = next((portal for portal in named if portal.client_id == client_id), None)
    if about is None:
        raise Invalid(errors={"client": [_whom(named[0], client_id)]})
    reason = unreachable(about)
    if reason or about.access_id is None:
        raise Conflict("not-reachable", f"{about.name} cannot be written to: {reason[0].lower()}{reason[1:]}.")
    return Place(access_id=about.access_id)


def _whom(portal: people.Portal, client_id: UUID | None) -> str:
    if client_id is None:
        return f"Say which client this is about: {portal.name} is a contact."
    return f"{portal.name} does not belong to the client this is about. Start a conversation of their own."


def unreachable(portal: people.Portal) -> str:
    """Why a message would not reach this person; empty when it would."""
    if not portal.accepted:
        return "Invitation not accepted yet" if portal.invited else "No portal access yet"
    return "" if portal.messaging else "Messaging is switched off"


async def may_write_about(actor: Actor, client_id: UUID) -> None:
    """Anyone on the staff may write with any client, unless the practice asks for access to the record.

    It gives no other right: who does not see the record still does not. Raises Forbidden `access-needed`.
    """
    settings = await messaging_settings()
    if settings.start_needs_access and not await sees_client(actor, client_id):
        raise Forbidden("access-needed", "Your practice lets only staff with access to this client write to them.")


async def rekey(conversation_id: UUID) -> None:
    """After people changed: what was this group's conversation becomes the new group's, unless that has one."""
    row = await fetch_one(REKEY, conversation_id)
    if row is None or not row["people_key"]:
        return
    key = people_key(row["client_id"], [Place(one["staff_id"], one["access_id"]) for one in row["places"] or ()])
    await alone_with(key)
    await execute(SET_KEY, conversation_id, key)


async def alone_with(key: str) -> None:
    """One at a time for the same people: who starts and who joins at the same moment meet in one conversation."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)


async def seat(
    conversation_id: UUID, place: Place, *, after: int, at: datetime, covers_for: UUID | None = None
) -> UUID | None:
    """Open a seat that sees what comes after a position; None when the person sits there already."""
    seat_id = new_id()
    fresh = await execute(
        SEAT, seat_id, conversation_id, place.kind, place.staff_id, place.access_id, after, at, covers_for
    )
    return seat_id if fresh else None
