"""Account Settings > Reminders: how many hours before an appointment e-mails remind of it, three times at most."""

from __future__ import annotations

from collections.abc import Sequence

from models.accounts.details import ensure_administrator, ensure_unchanged
from models.appointments.events import REMINDERS
from models.appointments.tables import BookingSettings
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Invalid
from models.core.events import Part, ToStaff
from models.core.scope import current_scope

MOST, MOST_HOURS = 3, 336
# What is offered; any other number can be typed.
OFFERED = ((2, "2 hours"), (24, "A day"), (48, "Two days"), (72, "Three days"), (168, "A week"))
SAVE = """UPDATE booking_settings SET reminders = $1::smallint[], reminders_version = reminders_version + 1
  WHERE practice_id = portico_here()"""


async def set_reminders(actor: Actor, version: int | None, hours: Sequence[int | None]) -> None:
    """Hours before the start, the fields in their order; None: no such reminder. They hold for every appointment whose
    moment is still to come.

    Raises Forbidden, Invalid by field (`hours_1` …), Conflict `changed-meanwhile`.
    """
    ensure_administrator(actor)
    chosen = _checked(hours)
    async with change(actor, "reminders.set"):
        here = await BookingSettings.filter(practice_id=current_scope().practice_id).select_for_update().get()
        ensure_unchanged(version, here.reminders_version)
        if list(here.reminders) != chosen:
            await execute(SAVE, chosen)
            await record(actor, REMINDERS, [Part([ToStaff()])])


def _checked(hours: Sequence[int | None]) -> list[int]:
    wrong: dict[str, list[str]] = {}
    seen: set[int] = set()
    for number, one in enumerate(hours[:MOST], 1):
        if one is None:
            continue
        if not 1 <= one <= MOST_HOURS:
            wrong[f"hours_{number}"] = [f"Use 1 to {MOST_HOURS} hours, which is two weeks."]
        elif one in seen:
            wrong[f"hours_{number}"] = ["This one stands there already. Choose another, or leave it empty."]
        seen.add(one)
    if wrong:
        raise Invalid(errors=wrong)
    return sorted(seen, reverse=True)
