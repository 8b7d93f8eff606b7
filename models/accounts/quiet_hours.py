"""Hours in which mail that can be switched off waits: from one minute of the day to another, by the person's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.accounts.events import PREFERENCES_CHANGED
from models.accounts.time_zones import known_zones
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Invalid
from models.core.events import Part, ToLogin


@dataclass(frozen=True)
class QuietHours:
    """Minutes of the day in `zone`; past midnight where `until` is the smaller one."""

    start: int
    until: int
    zone: str

    def rest(self, at: datetime) -> timedelta | None:
        """How long they still last at this moment; None outside them. By the clock on the wall: a night in which it is
        put forward is shorter."""
        here = at.astimezone(ZoneInfo(self.zone))
        minute = here.hour * 60 + here.minute
        inside = self.start <= minute < self.until if self.start < self.until else (
            minute >= self.start or minute < self.until
        )
        if not inside:
            return None
        end = here.replace(hour=self.until // 60, minute=self.until % 60, second=0, microsecond=0, fold=0)
        end = end if end > here else end + timedelta(days=1)
        return max(timedelta(seconds=end.timestamp() - at.timestamp()), timedelta(seconds=1))


async def set_quiet_hours(actor: Actor, start: str, until: str, zone: str) -> None:
    """`22:00` and `07:00`, or both empty: none. Raises Invalid by field."""
    errors = {}
    if zone not in known_zones():
        errors["zone"] = ["Choose a time zone from the list."]
    first, last = _minute(start), _minute(until)
    if bool(start) != bool(until):
        errors["until" if start else "start"] = ["Give both times, or leave both empty."]
    elif first is None or last is None:
        errors["start"] = ["Give a time such as 22:00."]
    elif start and first == last:
        errors["until"] = ["Choose another time than the first: this would be no hours, or all of them."]
    if errors:
        raise Invalid(errors=errors)
    async with change(actor, "preferences.set_quiet_hours"):
        await execute(
            "UPDATE login SET quiet_from = $2, quiet_until = $3, quiet_zone = $4 WHERE id = $1",
            actor.login_id, first if start else None, last if start else None, zone,
        )
        await record(actor, PREFERENCES_CHANGED, [Part([ToLogin(actor.login_id)])], subject_id=actor.login_id)


def _minute(given: str) -> int | None:
    """Of the day; 0 for empty, None for what is no time."""
    if not given:
        return 0
    try:
        at = datetime.strptime(given, "%H:%M")
    except ValueError:
        return None
    return at.hour * 60 + at.minute
