"""Who no longer comes: by themselves within the practice's policy, or as staff decide.

A late cancellation stays on the calendar, its time is free again, and its fee stands with it, with the policy that was
in force. The event is what billing listens to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.appointments.events import CANCELLED, CHANGED, LATE_CANCELLED
from models.appointments.finding import Found, changed_by_staff, read_in_portal
from models.appointments.furnishing import booking_settings
from models.appointments.locking import hold_calendars
from models.appointments.money import spoken
from models.appointments.policy import Policy, Standing, standing
from models.appointments.registering import BOOK, CANCEL
from models.appointments.rights import ensure_fills
from models.appointments.tables import Appointment, Attendance
from models.appointments.telling import tell
from models.appointments.terms import policy_for
from models.core.actor import AccessOf, Actor, Side
from models.core.change import change
from models.core.clock import now
from models.core.errors import Conflict, Forbidden, Invalid

OVER = "This appointment has begun. The practice decides what becomes of it."
NOT_COMING = "This appointment was cancelled already."


async def ensure_cancels(actor: Actor) -> AccessOf:
    """The access of a portal person who may cancel for the client; raises Forbidden, with the practice's phone."""
    access = actor.access
    if access is None or (access.contact_id is not None and BOOK.key not in access.permissions):
        raise Forbidden("no-booking", f"You may not cancel for this client. {await reach_by_phone()}")
    if CANCEL.key not in access.features:
        said = f"Appointments cannot be cancelled here. {await reach_by_phone()}"
        raise Forbidden("cancel-appointments-off", said)
    access.may_change()
    return access


async def cancel_in_portal(
    actor: Actor, id: UUID, *, reason: str = "", late_agreed: bool = False, shown_cents: int | None = None
) -> Standing:
    """For the client the actor acts for; answers what it counted as. `late_agreed`: the page showed that it is late and
    what it costs, and `shown_cents` is that amount; None: it is not known.

    Raises Forbidden without the right and `call-to-cancel` in the closed hours, Missing, Conflict `late` without
    `late_agreed` and where it costs more by now than was shown, `over` once it began and `not-coming`, Invalid when a
    reason is asked for.
    """
    access = await ensure_cancels(actor)
    found = await read_in_portal(actor, id)
    async with change(actor, "appointment.cancel"):
        await hold_calendars([found.appointment.staff_id, id, access.client_id])
        found = await read_in_portal(actor, id)
        policy = await policy_for(found.appointment, access.client_id)
        counted = await allowed_standing(found, access.client_id, policy, late_agreed, shown_cents)
        kept = await _checked_reason(reason, counted)
        late = policy if counted is Standing.LATE else None
        # a group that staff put on the calendar stands there for whoever books next
        stays = found.appointment.kind == "group" and found.appointment.made_side == Side.DESK.value
        await leave(actor, found, [access.client_id], late=late, reason=kept, stays=stays)
        return counted


async def allowed_standing(
    found: Found, client_id: UUID, policy: Policy, late_agreed: bool, shown_cents: int | None = None
) -> Standing:
    """What cancelling or moving means now for this client, when they may do it by themselves; raises otherwise."""
    here = found.appointment
    if here.state != "scheduled" or found.of(client_id).state != "booked":
        raise Conflict("not-coming", NOT_COMING)
    counted = standing(policy, here.starts_at, now(), found.undo_until(client_id))
    if counted is Standing.OVER:
        raise Conflict("over", OVER)
    if counted is Standing.CLOSED:
        said = f"It is too near to cancel here. {await reach_by_phone()}"
        raise Forbidden("call-to-cancel", said)
    costlier = shown_cents is not None and policy.late_fee_cents > shown_cents
    if counted is Standing.LATE and (costlier or not late_agreed):
        raise Conflict("late", f"It is late by now: {late_words(policy)}")
    return counted


def late_words(policy: Policy) -> str:
    """What a late cancellation means for this client; no amount where none is charged."""
    if not policy.late_fee_cents:
        return "it is marked as a late cancellation."
    return f"it is marked as a late cancellation, and {spoken(policy.late_fee_cents)} is charged."


async def cancel_by_staff(
    actor: Actor, id: UUID, clients: Sequence[UUID] = (), *, late: bool = False, reason: str = "",
    version: int | None = None,
) -> None:
    """For these clients, or all who still come. `late`: it counts as late, with the fee of now.

    Raises Missing, Forbidden for a calendar that is not theirs, Conflict `changed-meanwhile`, `not-coming`.
    """
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    async with change(actor, "appointment.cancel"):
        await hold_calendars([found.appointment.staff_id, id])
        found = await changed_by_staff(actor, id, version)
        chosen = list(clients) or found.clients
        for client_id in chosen:
            if found.of(client_id).state != "booked":
                raise Conflict("not-coming", NOT_COMING)
        waits = found.appointment.kind == "group" and not chosen
        if found.appointment.state != "scheduled" or not (chosen or waits):
            raise Conflict("not-coming", NOT_COMING)
        if waits:
            await leave(actor, found, [], late=None, reason="")
        for client_id in chosen:
            policy = await policy_for(found.appointment, client_id) if late else None
            await leave(actor, found, [client_id], late=policy, reason=reason.strip())
            found = await changed_by_staff(actor, id)


async def leave(
    actor: Actor | None, found: Found, clients: Sequence[UUID], *, late: Policy | None, reason: str, stays: bool = False
) -> None:
    """Inside a change, on a held calendar, checked by the caller: they no longer come. When nobody is left, the time is
    free again, unless it `stays`. `late`: the policy by which it counts as late; None: it costs nothing."""
    here, at = found.appointment, now()
    state = "late-cancelled" if late else "cancelled"
    await Attendance.filter(appointment_id=here.id, client_id__in=list(clients), state="booked").update(
        state=state, cancelled_at=at, cancelled_by=actor.login_id if actor else None,
        cancelled_side=actor.side.value if actor else None, reason=reason,
        policy=late.row() if late else None, fee_cents=(late.late_fee_cents or None) if late else None,
    )
    nobody_left = not stays and not set(found.clients) - set(clients)
    changed: dict[str, Any] = {"version": here.version + 1, "sequence": here.sequence + 1}
    if nobody_left:
        changed |= {"state": "cancelled", "cancelled_at": at}
    await Appointment.filter(id=here.id).update(**changed)
    kind = LATE_CANCELLED if late else CANCELLED
    await tell(actor, kind, here, clients, free=True if nobody_left or here.kind == "group" else None)
    # in a group nobody sees who else comes
    if not nobody_left and here.kind != "group" and (others := [one for one in found.clients if one not in clients]):
        await tell(actor, CHANGED, here, others)


async def _checked_reason(reason: str, counted: Standing) -> str:
    reason = reason.strip()
    asked = (await booking_settings()).reason
    if asked == "required" and not reason and counted is not Standing.UNDO:
        raise Invalid(errors={"reason": ["Say why, in a few words."]})
    return "" if asked == "no" else reason[:1000]
