"""Short ways to put things on a calendar and to look for free times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.availability import FreeTime, Search, free_times, is_free
from models.appointments.tables import Appointment, CalendarBlock, Offering, Room
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id

NEW_YORK = ZoneInfo("America/New_York")


class Looking:
    """In one practice, at the practitioner's calendar, from a Monday that no notice reaches."""

    def __init__(self, cast: Any, offering: Offering, hours: Any) -> None:
        self.cast, self.offering, self.hours = cast, offering, hours
        today = now().astimezone(NEW_YORK).date()
        self.monday: date = today + timedelta(days=14 - today.weekday())

    def at(self, clock: str, day: int = 0) -> datetime:
        """`09:30` of the Monday, or so many days later."""
        hour, minute = clock.split(":")
        return datetime.combine(self.monday + timedelta(days=day), time(int(hour), int(minute)), NEW_YORK)

    def search(self, **other: Any) -> Search:
        given = {
            "service": self.offering, "minutes": 50, "mode": "in-person", "staff_ids": (self.hours.staff_id,),
            "first_day": self.monday, "days": 1,
        }
        return Search(**{**given, **other})

    async def free(self, **other: Any) -> list[FreeTime]:
        search = self.search(**other)
        return await self.cast.inside(lambda: free_times(search))

    async def clocks(self, **other: Any) -> list[str]:
        """The free times as a clock in New York shows them."""
        return [f"{one.starts_at.astimezone(NEW_YORK):%H:%M}" for one in await self.free(**other)]

    async def is_free(self, starts_at: datetime, location_id: UUID | None, **other: Any) -> bool:
        search = self.search(**other)
        staff_id = search.staff_ids[0]
        return await self.cast.inside(lambda: is_free(search, staff_id, starts_at, location_id))

    async def take(self, opens: str, closes: str, *, day: int = 0, **other: Any) -> UUID:
        """An appointment of the practitioner's, or as said."""
        given = {
            "id": new_id(), "state": "scheduled", "staff_id": self.hours.staff_id, "made_side": "desk",
            "starts_at": self.at(opens, day), "ends_at": self.at(closes, day), **other,
        }
        return (await self.cast.inside(lambda: Appointment.create(**given))).id

    async def block(self, opens: str, closes: str, **whose: Any) -> None:
        given = {"kind": "block", "starts_at": self.at(opens), "ends_at": self.at(closes), **whose}
        await self.cast.inside(lambda: CalendarBlock.create(id=new_id(), **given))

    async def rooms(self, *names: str) -> Sequence[UUID]:
        """Of the location of the hours."""
        made = [Room(id=new_id(), location_id=self.hours.location_id, name=name) for name in names]
        for one in made:
            await self.cast.inside(one.save)
        return [one.id for one in made]

    async def run(self, sql: str, *args: object) -> None:
        assert await self.cast.inside(lambda: execute(sql, *args))

    async def settings(self, **values: Any) -> None:
        for name, value in values.items():
            await self.run(f"UPDATE booking_settings SET {name} = $1", value)

    async def own(self, **values: Any) -> None:
        """The practitioner's own rules."""
        for name, value in values.items():
            await self.run(f"UPDATE practitioner_booking SET {name} = $2 WHERE staff_id = $1",
                           self.hours.staff_id, value)
