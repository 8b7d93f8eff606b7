"""Days and times for tests of booking: far enough ahead that no notice stands in the way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.appointments.taking import Wanted
from models.core.clock import now

NEW_YORK = ZoneInfo("America/New_York")
TODAY = now().astimezone(NEW_YORK).date()


def sunday(month: int, nth: int) -> date:
    """The nth Sunday of that month next year."""
    first = date(TODAY.year + 1, month, 1)
    return first + timedelta(days=6 - first.weekday(), weeks=nth - 1)


# Next year's days on which New York changes its clocks.
SPRING, AUTUMN = sunday(3, 2), sunday(11, 1)


def at(hour: int, minute: int = 0, *, week: int = 1, weekday: int = 1) -> datetime:
    """This time of a working day in New York, some weeks ahead; Monday is 0. The same while a test travels in time."""
    day = TODAY + timedelta(days=weekday - TODAY.weekday(), weeks=week + 1)
    return datetime.combine(day, time(hour, minute), NEW_YORK)


def wanted(offering: Any, hours: Any, starts_at: datetime, **other: Any) -> Wanted:
    """Fifty minutes in person with the practitioner."""
    given = {"mode": "in-person", "location_id": hours.location_id, "minutes": 50, **other}
    return Wanted(offering.id, given.pop("minutes"), given.pop("staff_id", hours.staff_id), starts_at, **given)
