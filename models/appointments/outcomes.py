"""What became of an appointment, said by staff for each client: attended, stayed away, a fee waived, and each taken
back. Diagnoses freeze with the outcome."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from models.appointments.diagnoses import diagnoses_on
from models.appointments.events import BOOKED, OUTCOME
from models.appointments.finding import Found, changed_by_staff
from models.appointments.joining import GONE, ensure_place, places_left
from models.appointments.locking import hold_calendars
from models.appointments.rights import ensure_fills
from models.appointments.tables import Appointment, Attendance
from models.appointments.taking import standing_there
from models.appointments.telling import tell
from models.appointments.terms import policy_for
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.errors import Conflict, Invalid

Outcome = Literal["attended", "no-show"]
BEFORE = "It has not begun yet. Say afterwards what became of it, or cancel it."


async def set_outcome(
    actor: Actor, id: UUID, client_id: UUID, outcome: Outcome, *, version: int | None = None
) -> None:
    """From the appointment's start on. A no-show carries its fee. Raises Missing, Forbidden, Conflict `too-early`,
    `not-coming`, and `changed-meanwhile` when it changed since the page showed `version`, as do all verbs here."""
    found = await _mine(actor, id, version)
    async with change(actor, "appointment.set_outcome"):
        await hold_calendars([found.appointment.staff_id, id])
        found = await _mine(actor, id, version)
        one = found.of(client_id)
        if one.state not in ("booked", "attended", "no-show") or found.appointment.state != "scheduled":
            raise Conflict("not-coming", "They had cancelled. Take that back first.")
        if found.appointment.starts_at > now():
            raise Conflict("too-early", BEFORE)
        if one.state == outcome:
            return  # said already: its fee and what was waived of it stay
        await settle(actor, found, one, outcome)


async def settle(actor: Actor | None, found: Found, one: Attendance, outcome: Outcome) -> None:
    """Inside a change: the outcome of one client, with what it costs and the diagnoses of that day."""
    fees: dict[str, Any] = {"policy": None, "fee_cents": None, "waived_at": None, "waived_by": None, "waiver": ""}
    if outcome == "no-show":
        policy = await policy_for(found.appointment, one.client_id)
        fees |= {"policy": policy.row(), "fee_cents": policy.no_show_fee_cents or None}
    frozen = await diagnoses_on(one.client_id, found.appointment.starts_at)
    await Attendance.filter(id=one.id).update(state=outcome, outcome_at=now(), diagnoses=frozen, **fees)
    await _told(actor, found, one.client_id)


async def waive(
    actor: Actor, id: UUID, client_id: UUID, reason: str, *, version: int | None = None
) -> None:
    """The fee of a late cancellation or a no-show is not asked for. Raises Invalid without a reason, Conflict `no-fee`.
    """
    if not reason.strip():
        raise Invalid(errors={"reason": ["Say why the fee is waived."]})
    found = await _mine(actor, id, version)
    async with change(actor, "appointment.waive"):
        await hold_calendars([found.appointment.staff_id, id])
        found = await _mine(actor, id, version)
        one = found.of(client_id)
        if one.fee_cents is None or one.waived_at is not None:
            raise Conflict("no-fee", "There is no fee to waive.")
        await Attendance.filter(id=one.id).update(
            waived_at=now(), waived_by=actor.staff_id, waiver=reason.strip()[:1000]
        )
        await _told(actor, found, client_id)


async def charge_again(actor: Actor, id: UUID, client_id: UUID, *, version: int | None = None) -> None:
    """Takes a waiver back. Raises Conflict `no-waiver`."""
    found = await _mine(actor, id, version)
    async with change(actor, "appointment.charge"):
        await hold_calendars([found.appointment.staff_id, id])
        found = await _mine(actor, id, version)
        one = found.of(client_id)
        if one.waived_at is None:
            raise Conflict("no-waiver", "Nothing was waived.")
        await Attendance.filter(id=one.id).update(waived_at=None, waived_by=None, waiver="")
        await _told(actor, found, client_id)


async def take_back(actor: Actor, id: UUID, client_id: UUID, *, version: int | None = None) -> None:
    """The client comes, or came, as was booked: an outcome or a cancellation is undone, with its fee. Raises Conflict
    `overlaps` when the time was taken meanwhile, `full` when their place was, `nothing-to-undo`."""
    found = await _mine(actor, id, version)
    async with change(actor, "appointment.take_back"):
        await hold_calendars([found.appointment.staff_id, id, *filter(None, [found.appointment.room_id])])
        found = await _mine(actor, id, version)
        here, one = found.appointment, found.of(client_id)
        if one.state == "booked":
            raise Conflict("nothing-to-undo", "There is nothing to take back.")
        if one.state in GONE:
            ensure_place(found)
        back = here.state == "cancelled"
        if back and await standing_there(here):
            raise Conflict("overlaps", "The time was taken meanwhile. Book another one.")
        await Attendance.filter(id=one.id).update(
            state="booked", cancelled_at=None, cancelled_by=None, cancelled_side=None, reason="", outcome_at=None,
            policy=None, fee_cents=None, waived_at=None, waived_by=None, waiver="", diagnoses=None,
        )
        changed: dict[str, Any] = {"version": here.version + 1, "sequence": here.sequence + 1}
        if back:
            changed |= {"state": "scheduled", "cancelled_at": None}
        await Appointment.filter(id=here.id).update(**changed)
        seated = here.kind == "group" and one.state in GONE  # whoever looks at its places hears of it
        free = seated and places_left(found) > 1
        await tell(actor, BOOKED if back or seated else OUTCOME, here, [client_id],
                   free=free if back or seated else None)


async def _mine(actor: Actor, id: UUID, version: int | None) -> Found:
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    return found


async def _told(actor: Actor | None, found: Found, client_id: UUID) -> None:
    here = found.appointment
    await Appointment.filter(id=here.id).update(version=here.version + 1)
    await tell(actor, OUTCOME, here, [client_id])
