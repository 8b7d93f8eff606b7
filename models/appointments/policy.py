"""What a cancellation or a move means at a moment: free, late, or no longer by oneself. Hours are hours, also over a
change of the clocks; the moment a deadline names belongs to the better side."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MOST_HOURS = 720


class Standing(StrEnum):
    """`undo`: within the minutes of grace after booking; `closed`: the client has to call; `over`: it has begun."""

    UNDO = "undo"
    FREE = "free"
    LATE = "late"
    CLOSED = "closed"
    OVER = "over"


@dataclass(frozen=True)
class Policy:
    """In force for one client of one appointment. None hours: there is no such deadline. Fees in cents, 0: none."""

    late_hours: int | None = None
    closed_hours: int | None = None
    late_fee_cents: int = 0
    no_show_fee_cents: int = 0

    def row(self) -> dict[str, Any]:
        """As it is kept with a cancellation or a no-show."""
        return asdict(self)


@dataclass(frozen=True)
class Deadlines:
    """`free_until`: the last moment that costs nothing; `closed_from`: after it a client cannot cancel by themselves;
    `starts_at`. None: there is no such moment."""

    free_until: datetime | None
    closed_from: datetime | None
    starts_at: datetime


def deadlines(policy: Policy, starts_at: datetime) -> Deadlines:
    """The moments at which something changes."""
    return Deadlines(_before(starts_at, policy.late_hours), _before(starts_at, policy.closed_hours), starts_at)


def standing(policy: Policy, starts_at: datetime, at: datetime, undo_until: datetime | None = None) -> Standing:
    """What cancelling or moving means at this moment."""
    if at >= starts_at:
        return Standing.OVER
    if undo_until is not None and at < undo_until:
        return Standing.UNDO
    moments = deadlines(policy, starts_at)
    if moments.closed_from is not None and at > moments.closed_from:
        return Standing.CLOSED
    if moments.free_until is not None and at > moments.free_until:
        return Standing.LATE
    return Standing.FREE


def hours_faults(late_hours: int | None, closed_hours: int | None) -> dict[str, list[str]]:
    """What would be wrong with these deadlines, by field."""
    named = (("late_hours", late_hours), ("closed_hours", closed_hours))
    wrong = {
        name: [f"Use 0 to {MOST_HOURS} hours, or leave it empty."]
        for name, hours in named if hours is not None and not 0 <= hours <= MOST_HOURS
    }
    if not wrong and closed_hours is not None and late_hours is not None and closed_hours > late_hours:
        wrong["closed_hours"] = ["Close it no earlier than a cancellation is late, or nothing would ever be late."]
    return wrong


def _before(starts_at: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else starts_at - timedelta(hours=hours)
