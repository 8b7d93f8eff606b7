"""Front desk: schedulers and administrators share its seat; one of them claims, or is given, a conversation."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import ROLES, handles_front_desk
from models.clients.people import Staff, staff_named
from models.core.actor import Actor, Role
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.events import EventType, Part, ToFrontDesk
from models.messaging.changing import tell
from models.messaging.events import CLAIMED, HANDED_OVER, RELEASED
from models.messaging.notes import add_note
from models.messaging.seating import FRONT_DESK, seat
from models.messaging.seats import Sitting, conversation_for, held, own_seat, rooms
from models.messaging.unanswered import first_unanswered

CLAIM = "UPDATE conversation SET claimed_by = $2, claimed_at = $3 WHERE id = $1"


async def claim(actor: Actor, sitting: Sitting) -> None:
    """Say that one takes care of it. Raises Conflict `claimed` when somebody else said so already."""
    async with change(actor, "conversation.claim"):
        sitting = await _at_desk(actor, sitting)
        if sitting.claimed_by not in (None, actor.staff_id):
            raise Conflict("claimed", f"{sitting.claimed_by_name} takes care of this already.")
        await give(actor, sitting, actor.staff_id)


async def assign(actor: Actor, sitting: Sitting, staff_id: UUID | None) -> None:
    """Give it to a colleague at the front desk, or back to all of them (None)."""
    if staff_id is not None and staff_id not in {one.id for one in await front_desk_staff()}:
        raise Invalid(errors={"staff": ["Choose a colleague who works at the front desk."]})
    async with change(actor, "conversation.assign"):
        await give(actor, await _at_desk(actor, sitting), staff_id)


async def hand_over(actor: Actor, sitting: Sitting, *, note: str = "", unanswered: bool = False) -> None:
    """Seat Front desk in one's own conversation. It sees what is said from now on; with `unanswered` also the
    messages that still wait for an answer. The note says what to do.

    Raises Forbidden for who does not sit there in person, Conflict when Front desk does already or no client is in it.
    """
    async with change(actor, "conversation.hand_over"):
        sitting = await held(actor, sitting)
        if own_seat(sitting).kind != "staff":
            raise Forbidden("not-seated", "Only who sits in this conversation in person hands it over.")
        if sitting.client_id is None or sitting.desk_seat is not None:
            raise Conflict("at-front-desk", "Front desk reads this already, or no client is in it.")
        waiting = await first_unanswered(sitting.id) if unanswered else None
        after = sitting.last_position if waiting is None else waiting - 1
        await seat(sitting.id, FRONT_DESK, after=after, at=now())
        await tell(actor, sitting)
        sitting = await conversation_for(actor, sitting.id, lock=True)
        await _record(actor, HANDED_OVER, sitting, actor.staff_id)
        if note.strip():
            await add_note(actor, sitting, note)


async def front_desk_staff() -> list[Staff]:
    """Who works at the front desk."""
    answering = {role.value for role in Role if ROLES[role].front_desk}
    return [one for one in await staff_named("", most=500) if one.roles & answering]


async def _at_desk(actor: Actor, sitting: Sitting) -> Sitting:
    sitting = await held(actor, sitting)
    if not handles_front_desk(actor) or sitting.desk_seat is None:
        raise Forbidden("not-front-desk", "Only the front desk claims conversations in which it sits.")
    return sitting


async def give(actor: Actor, sitting: Sitting, staff_id: UUID | None) -> None:
    """Inside a change, when it was checked that this may be: who takes care of it, or nobody."""
    if staff_id == sitting.claimed_by:
        return
    await execute(CLAIM, sitting.id, staff_id, now() if staff_id else None)
    await _record(actor, CLAIMED if staff_id else RELEASED, sitting, staff_id or sitting.claimed_by)


async def _record(actor: Actor, kind: EventType, sitting: Sitting, staff_id: UUID | None) -> None:
    hearers = [ToFrontDesk(), *rooms(one for one in sitting.open_seats if one.kind == "staff")]
    ids = {"conversation": sitting.id, "client": sitting.client_id, "staff": staff_id}
    await record(actor, kind, [Part(hearers, ids)], subject_id=sitting.id)
