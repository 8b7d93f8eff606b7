"""What of messaging needs somebody when a member leaves: conversations in which nobody else of the practice sits,
those they took care of at the front desk, and absences in which they stand in for a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.accounts.registries import Heir, Owned, Ownership
from models.clients.access import ROLES
from models.clients.people import staff_named
from models.core.actor import Actor, Role
from models.core.change import record
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Invalid
from models.core.events import Part, ToStaff
from models.messaging.away import END
from models.messaging.changing import CLOSE, tell
from models.messaging.desk import front_desk_staff, give
from models.messaging.events import AWAY
from models.messaging.seated import Viewer
from models.messaging.seating import FRONT_DESK, Place, seat
from models.messaging.seats import sitting_of
from models.messaging.unanswered import first_unanswered

MOST_STAFF = 500

# Who else sits there is all that is told of a conversation to somebody who does not.
ALONE = """SELECT c.id, string_agg(coalesce(co.name, cl.name), ', ' ORDER BY coalesce(co.name, cl.name)) AS words
  FROM seat s JOIN conversation c ON c.practice_id = s.practice_id AND c.id = s.conversation_id
  JOIN seat o ON o.practice_id = c.practice_id AND o.conversation_id = c.id AND o.kind = 'access' AND o.left_at IS NULL
  JOIN portal_access pa ON pa.practice_id = o.practice_id AND pa.id = o.access_id
  JOIN client cl ON cl.practice_id = pa.practice_id AND cl.id = pa.client_id
  LEFT JOIN contact co ON co.practice_id = pa.practice_id AND co.id = pa.contact_id
  WHERE s.practice_id = portico_here() AND s.staff_id = $1 AND s.kind = 'staff' AND s.left_at IS NULL AND NOT EXISTS (
    SELECT FROM seat p LEFT JOIN staff_member m ON m.practice_id = p.practice_id AND m.id = p.staff_id
    WHERE p.practice_id = c.practice_id AND p.conversation_id = c.id AND p.left_at IS NULL AND p.id <> s.id
      AND (p.kind = 'front-desk' OR (p.kind = 'staff' AND m.deactivated_at IS NULL)))
  GROUP BY c.practice_id, c.id ORDER BY words, c.id"""
SEATED = """SELECT conversation_id FROM seat WHERE practice_id = portico_here() AND staff_id = $1 AND kind = 'staff'
  AND left_at IS NULL ORDER BY conversation_id"""
CLAIMED = """SELECT c.id, coalesce(cl.name, 'A conversation among staff') AS words FROM conversation c
  LEFT JOIN client cl ON cl.practice_id = c.practice_id AND cl.id = c.client_id
  WHERE c.practice_id = portico_here() AND c.claimed_by = $1 ORDER BY words, c.id"""
COVERED = """SELECT a.id, 'For ' || m.name AS words FROM away a
  JOIN staff_member m ON m.practice_id = a.practice_id AND m.id = a.staff_id
  WHERE a.practice_id = portico_here() AND a.cover_id = $1 AND a.ended_at IS NULL AND a.ends_at > $2
  ORDER BY words, a.id"""
COVER = "UPDATE away SET cover_id = $2 WHERE id = $1 AND staff_id <> $2 RETURNING staff_id"


async def _alone_in(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(ALONE, staff_id)]


async def _anybody(actor: Actor, staff_id: UUID) -> list[Heir]:
    return [Heir(one.id, one.name) for one in await staff_named("", most=MOST_STAFF) if one.id != staff_id]


async def _anybody_or_the_desk(actor: Actor, staff_id: UUID) -> list[Heir]:
    return [Heir(actor.practice_id, "Front desk"), *await _anybody(actor, staff_id)]


async def _at_the_desk(actor: Actor, staff_id: UUID) -> list[Heir]:
    people = [Heir(one.id, one.name) for one in await front_desk_staff() if one.id != staff_id]
    return [Heir(actor.practice_id, "Front desk, nobody in person"), *people]


async def _seat_instead(actor: Actor, staff_id: UUID, to: UUID, conversations: Sequence[UUID]) -> None:
    """Who takes over sees what still waits for an answer, and what is said from now on."""
    place = FRONT_DESK if to == actor.practice_id else Place(staff_id=to)
    for one in conversations:
        sitting = await sitting_of(one, Viewer(staff_id=staff_id), lock=True)
        if sitting is not None:
            waiting = await first_unanswered(one)
            after = sitting.last_position if waiting is None else waiting - 1
            await seat(one, place, after=after, at=now())


async def _leave_seats(actor: Actor, staff_id: UUID) -> None:
    """Every seat closes, with what was said until now; an absence of their own ends."""
    for row in await fetch_all(SEATED, staff_id):
        sitting = await sitting_of(row["conversation_id"], Viewer(staff_id=staff_id), lock=True)
        if sitting is not None:
            gone = [one for one in sitting.mine if one.open]
            await execute(CLOSE, [one.id for one in gone], sitting.last_position, now())
            await tell(actor, sitting, gone)
    if await execute(END, staff_id, now()):
        await record(actor, AWAY, [Part((ToStaff(),), {"staff": staff_id})], subject_id=staff_id)


async def _claimed_by(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(CLAIMED, staff_id)]


async def _give(actor: Actor, staff_id: UUID, to: UUID, conversations: Sequence[UUID]) -> None:
    for one in conversations:
        sitting = await sitting_of(one, Viewer(staff_id=staff_id), lock=True)
        if sitting is not None:
            await give(actor, sitting, None if to == actor.practice_id else to)


async def _give_back(actor: Actor, staff_id: UUID) -> None:
    """Who is no longer of the front desk takes care of nothing there: the others see it as unclaimed."""
    claimed = [one.id for one in await _claimed_by(actor, staff_id)]
    await _give(actor, staff_id, actor.practice_id, claimed)


async def _stands_in(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(COVERED, staff_id, now())]


async def _cover_instead(actor: Actor, staff_id: UUID, to: UUID, absences: Sequence[UUID]) -> None:
    for one in absences:
        covered = await fetch_all(COVER, one, to)
        if not covered:
            raise Invalid(errors={"covers": ["Nobody stands in for themselves. Choose somebody else for that one."]})
        await record(actor, AWAY, [Part((ToStaff(),), {"staff": covered[0]["staff_id"]})], subject_id=one)


NOBODY = "Nobody else works here. Invite somebody first."
CONVERSATIONS = Ownership(
    "conversations", "Conversations with nobody else of the practice",
    "Whoever takes over sees what still waits for an answer, and what is said from now on.", NOBODY,
    _alone_in, _anybody_or_the_desk, _seat_instead, _leave_seats,
)
CLAIMS = Ownership(
    "claims", "Taken care of at the front desk", "Front desk reads them in any case.", NOBODY,
    _claimed_by, _at_the_desk, _give, _give_back,
    roles=frozenset(role.value for role in Role if ROLES[role].front_desk),
)
COVERS = Ownership(
    "covers", "Stands in for absent colleagues", "The new cover joins when a client writes.", NOBODY,
    _stands_in, _anybody, _cover_instead,
)
OWNERSHIPS = (CONVERSATIONS, CLAIMS, COVERS)
