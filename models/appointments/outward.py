"""What leaves the house about an appointment, in mails and calendar files: when, where, and how to reach the practice.
No service, practitioner, note, reason or name of anybody: a mailbox is not the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.core.database import fetch_one

READ = """SELECT t.id AS attendance_id, t.client_id, t.state AS own_state, t.confirmed_at, t.told, a.id, a.state,
    a.starts_at, a.ends_at, a.mode, a.sequence, a.location_id, a.staff_id, coalesce(l.name, '') AS location,
    coalesce(l.address, '') AS address, f.name AS practice_name, coalesce(nullif(l.phone, ''), f.phone) AS phone,
    coalesce(nullif(d.time_zone, ''), f.time_zone) AS zone, p.subdomain
  FROM attendance t JOIN appointment a ON a.practice_id = t.practice_id AND a.id = t.appointment_id
  JOIN practice p ON p.id = t.practice_id JOIN practice_profile f ON f.practice_id = t.practice_id
  LEFT JOIN location l ON l.practice_id = a.practice_id AND l.id = a.location_id
  LEFT JOIN client_details d ON d.practice_id = t.practice_id AND d.id = t.client_id
  WHERE t.practice_id = portico_here() AND {where}"""
BY_ID = READ.format(where="t.id = $1")
OF_CLIENT = READ.format(where="a.id = $1 AND t.client_id = $2")
# From when on a link to a video call is shown.
VIDEO_OPENS = timedelta(minutes=15)
COMES = ("booked", "attended", "no-show")


@dataclass(frozen=True)
class Outward:
    """One client's part of an appointment. `zone`: the client's own, else the practice's."""

    attendance_id: UUID
    client_id: UUID
    own_state: str
    confirmed_at: datetime | None
    told: Any
    id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    mode: str
    sequence: int
    location_id: UUID | None
    staff_id: UUID
    location: str
    address: str
    practice_name: str
    phone: str
    zone: str
    subdomain: str

    @property
    def comes(self) -> bool:
        """Whether the time still stands for this client."""
        return self.state == "scheduled" and self.own_state in COMES

    @property
    def waits(self) -> bool:
        """Whether it is only asked for, or proposed: nothing to put into a calendar."""
        return self.state in ("hold", "requested", "offered", "declined")

    @property
    def path(self) -> str:
        """Its page in the portal, for whoever acts for this client."""
        return f"/for/{self.client_id}/appointments/{self.id}"

    @property
    def day(self) -> str:
        return f"{self._local(self.starts_at):%A, %B %-d}"

    @property
    def times(self) -> str:
        """`10:00 AM to 10:50 AM (EST)`: read outside the portal, so the zone stands with them."""
        start, end = self._local(self.starts_at), self._local(self.ends_at)
        return f"{start:%-I:%M %p} to {end:%-I:%M %p} ({_zone_words(start)})"

    @property
    def place(self) -> list[str]:
        """Lines."""
        if self.mode == "video":
            return ["By video: the link stands in the portal from 15 minutes before."]
        if self.mode == "phone":
            return ["By phone: you are called."]
        return [line.strip() for line in (self.location, *self.address.splitlines()) if line.strip()]

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))


async def outward(attendance_id: UUID) -> Outward | None:
    return _made(await fetch_one(BY_ID, attendance_id))


async def outward_of(appointment_id: UUID, client_id: UUID) -> Outward | None:
    return _made(await fetch_one(OF_CLIENT, appointment_id, client_id))


def _made(row: Any) -> Outward | None:
    return Outward(**row) if row else None


def _zone_words(at: datetime) -> str:
    """`EST`; where a zone has no letters of its own, `UTC-03:00`."""
    name = at.tzname() or ""
    if name.isalpha():
        return name
    offset = at.utcoffset() or timedelta()
    sign, minutes = "-" if offset < timedelta() else "+", abs(offset) // timedelta(minutes=1)
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"
