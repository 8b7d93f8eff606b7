"""The practice's cancellation policy and its two default fees, as administrators set them. They hold from now on: what
was cancelled before keeps the policy of its moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.accounts.details import ensure_administrator, ensure_unchanged
from models.appointments.events import FEES, POLICY
from models.appointments.money import cents_of
from models.appointments.policy import hours_faults
from models.appointments.tables import BookingSettings
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Invalid
from models.core.events import EventType, Part, ToStaff
from models.core.scope import current_scope

REASONS = ("no", "optional", "required")


async def set_policy(
    actor: Actor, version: int | None, *, late_hours: int | None, closed_hours: int | None, reason: str,
    attended_at_day_end: bool | None = None,
) -> None:
    """Hours before the start; None: never late, never closed. `attended_at_day_end`: what has no outcome then counts as
    attended; None: as it is. Raises Forbidden, Invalid by field, Conflict
    `changed-meanwhile`."""
    ensure_administrator(actor)
    wrong = hours_faults(late_hours, closed_hours)
    if reason not in REASONS:
        wrong["reason"] = ["Choose one of them."]
    if wrong:
        raise Invalid(errors=wrong)
    values: dict[str, Any] = {"late_hours": late_hours, "closed_hours": closed_hours, "reason": reason}
    if attended_at_day_end is not None:
        values["attended_at_day_end"] = attended_at_day_end
    await _save(actor, "cancellation.set_policy", "policy_version", version, values, POLICY)


async def set_fees(actor: Actor, version: int | None, *, late: str, no_show: str) -> None:
    """Amounts in dollars as they are typed; empty: nothing is charged. Raises as `set_policy` does."""
    ensure_administrator(actor)
    values, wrong = {}, {}
    for name, typed in (("late_fee_cents", late), ("no_show_fee_cents", no_show)):
        try:
            values[name] = cents_of(typed) or 0
        except ValueError as fault:
            wrong[name.removesuffix("_cents")] = [str(fault)]
    if wrong:
        raise Invalid(errors=wrong)
    await _save(actor, "billing.set_fees", "fees_version", version, values, FEES)


async def _save(
    actor: Actor, verb: str, counter: str, version: int | None, values: Mapping[str, Any], kind: EventType
) -> None:
    async with change(actor, verb):
        practice_id = current_scope().practice_id
        here = await BookingSettings.filter(practice_id=practice_id).select_for_update().get()
        ensure_unchanged(version, getattr(here, counter))
        if all(getattr(here, name) == value for name, value in values.items()):
            return
        places = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 1))
        await execute(
            f"UPDATE booking_settings SET {places}, {counter} = {counter} + 1 WHERE practice_id = portico_here()",
            *values.values(),
        )
        await record(actor, kind, [Part([ToStaff()])])
