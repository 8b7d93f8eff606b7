"""Clients move an appointment to another time in one step, under the policy of cancelling.

Within its free hours the appointment itself moves. Later than that the old time is a late cancellation, with its fee,
and the new one a booking of its own: the practice lost the old time either way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.appointments.availability import rooms_at
from models.appointments.booking import offered_online, with_room, write_booking
from models.appointments.cancelling import allowed_standing, ensure_cancels, leave
from models.appointments.filling import as_it_is, move
from models.appointments.finding import Found, read_in_portal
from models.appointments.locking import hold_calendars
from models.appointments.policy import Policy, Standing, standing
from models.appointments.rights import ensure_books
from models.appointments.taking import Offer, Wanted, books_at_once, ensure_free
from models.appointments.terms import policy_for
from models.core.actor import AccessOf, Actor
from models.core.change import change
from models.core.clock import now
from models.core.errors import Conflict, Forbidden, Refusal, missing

MOVES = (Standing.UNDO, Standing.FREE, Standing.LATE)


@dataclass(frozen=True)
class Moved:
    """`counted`: as what it counted. The id is a new one when the move was late."""

    appointment_id: UUID
    counted: Standing


async def may_move(actor: Actor, id: UUID) -> bool:
    """Whether this person can move it by themselves now; no sentence why not."""
    try:
        _, found = await _movable(actor, id)
        return _standing(found, (await policy_for(found.appointment, found.clients[0]))) in MOVES
    except Refusal:
        return False


async def to_move(actor: Actor, id: UUID) -> tuple[Found, Wanted]:
    """The appointment, and what it is of, to look for another time. Raises as `move_in_portal` does."""
    access, found = await _movable(actor, id)
    policy = await policy_for(found.appointment, access.client_id)
    if _standing(found, policy) is Standing.CLOSED:
        raise Forbidden("call-to-move", f"It is too near to move here. {await reach_by_phone()}")
    await allowed_standing(found, access.client_id, policy, late_agreed=True)
    return found, as_it_is(found)


async def move_in_portal(
    actor: Actor, id: UUID, starts_at: datetime, staff_id: UUID, location_id: UUID | None, *,
    late_agreed: bool = False, shown_cents: int | None = None,
) -> Moved:
    """For the client the actor acts for; service, length and way to meet stay. `late_agreed` and `shown_cents`: as of
    `cancel_in_portal`.

    Raises Forbidden without the right, `call-to-move` in the closed hours and for what the practice alone can move,
    Missing, Conflict `late` without `late_agreed`, `time-taken` with other times, `over`, `not-coming`.
    """
    access, found = await _movable(actor, id)
    async with change(actor, "appointment.move"):
        rooms = await rooms_at(location_id)
        await hold_calendars([found.appointment.staff_id, staff_id, id, access.client_id, *rooms])
        access, found = await _movable(actor, id)  # somebody may have joined, or another length been agreed
        wanted = replace(as_it_is(found), starts_at=starts_at, staff_id=staff_id, location_id=location_id, room_id=None)
        policy = await policy_for(found.appointment, access.client_id)
        if _standing(found, policy) is Standing.CLOSED:
            raise Forbidden("call-to-move", f"It is too near to move here. {await reach_by_phone()}")
        counted = await allowed_standing(found, access.client_id, policy, late_agreed, shown_cents)
        offer = await offered_online(wanted)
        await _ensure_another(found.appointment.starts_at, offer, wanted)
        await ensure_free(offer, wanted, besides=id)
        wanted = await with_room(offer, wanted, id)
        if counted is not Standing.LATE:
            await move(actor, found, offer, wanted)
            return Moved(id, counted)
        await leave(actor, found, [access.client_id], late=policy, reason="")
        answers = found.of(access.client_id).answers
        made = await write_booking(actor, offer, wanted, access.client_id, answers, "", None)
        return Moved(made.appointment_id, counted)


async def _movable(actor: Actor, id: UUID) -> tuple[AccessOf, Found]:
    access = await ensure_cancels(actor)
    await ensure_books(actor)
    found = await read_in_portal(actor, id)
    # others' time, too: of a couple, a family or a group the practice moves it
    alone = found.clients == [access.client_id] and found.appointment.kind != "group"
    if found.appointment.service_id is None or not alone:
        raise Forbidden("call-to-move", f"The practice moves this appointment. {await reach_by_phone()}")
    if found.appointment.state != "scheduled":
        missing("appointment")
    offer = await offered_online(as_it_is(found))
    if offer.service.confirm == "request":
        raise Forbidden("call-to-move", f"The practice moves this appointment. {await reach_by_phone()}")
    return access, found


async def _ensure_another(starts_at: datetime, offer: Offer, wanted: Wanted) -> None:
    if wanted.starts_at == starts_at:
        raise Conflict("same-time", "It is at this time already. Choose another one.")
    if not books_at_once(offer, wanted.starts_at, now()):
        raise Forbidden("call-to-move", f"The practice decides about a time as near as that. {await reach_by_phone()}")


def _standing(found: Found, policy: Policy) -> Standing:
    here = found.appointment
    return standing(policy, here.starts_at, now(), found.undo_until(found.clients[0]))
