"""The rules by which a practitioner can be booked: their own where they have them, else the practice's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models.appointments.free_times import Rules
from models.appointments.tables import BookingSettings


@dataclass(frozen=True)
class BookingRules:
    """In force for one practitioner. None: no such limit. The horizon is so many days or until a date, whichever ends
    first; a practitioner's own days stand in place of the practice's, its date holds for everybody."""

    notice_minutes: int
    horizon_days: int | None
    horizon_until: date | None
    slot_minutes: int
    max_day: int | None
    max_week: int | None
    avoid_gaps: bool

    def last_day(self, today: date) -> date | None:
        """The last that can be booked, the day it is where the practice is being `today`; None: there is no end."""
        rolling = None if self.horizon_days is None else today + timedelta(days=self.horizon_days)
        ends = [day for day in (rolling, self.horizon_until) if day is not None]
        return min(ends, default=None)

    def for_clients(self, at: datetime, today: date, shortest: int) -> Rules:
        """As free times know them. `shortest`: the shortest length that can be booked of this practitioner."""
        notice = at + timedelta(minutes=self.notice_minutes)
        return Rules(
            step=self.slot_minutes, earliest=-int(-notice.timestamp() // 60), last_day=self.last_day(today),
            max_day=self.max_day, max_week=self.max_week, shortest=shortest if self.avoid_gaps else 0,
        )


def rules_of(practice: BookingSettings, own: Mapping[str, Any] | None) -> BookingRules:
    """`own`: the practitioner's row of practitioner_booking, if there is one."""

    def chosen(name: str) -> Any:
        value = own[name] if own is not None else None
        return getattr(practice, name) if value is None else value

    return BookingRules(
        notice_minutes=chosen("notice_minutes"), horizon_days=chosen("horizon_days"),
        horizon_until=practice.horizon_until, slot_minutes=chosen("slot_minutes"), max_day=chosen("max_day"),
        max_week=chosen("max_week"), avoid_gaps=chosen("avoid_gaps"),
    )
