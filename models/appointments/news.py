"""What whom an appointment is about has to be told by mail: what is true once the minutes of grace are over, compared
with what they were told last. Several changes in between are one piece of news, and none when all is as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from models.appointments.moments import GRACE
from models.appointments.outward import Outward, outward
from models.core.actor import Side
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one, json_text

What = Literal["booked", "moved", "changed", "cancelled", "late"]

NOTE = """UPDATE attendance t SET news_at = $3, news_side = $4 FROM appointment a
  WHERE t.practice_id = portico_here() AND t.appointment_id = $1 AND t.client_id = $2
    AND a.practice_id = t.practice_id AND a.id = t.appointment_id AND a.starts_at > $3 RETURNING t.id"""
LOOK_AGAIN = """UPDATE attendance t SET told_at = NULL, news_side = $4 FROM appointment a
  WHERE t.practice_id = portico_here() AND t.appointment_id = $1 AND t.client_id = $2
    AND a.practice_id = t.practice_id AND a.id = t.appointment_id AND a.starts_at > $3 RETURNING t.id"""
WAITING = """SELECT news_at, news_side, told_at, told FROM attendance WHERE practice_id = portico_here() AND id = $1
  FOR UPDATE"""
TOLD = "UPDATE attendance SET told = $2::jsonb, told_at = $3 WHERE practice_id = portico_here() AND id = $1"
# Who may be told of a client's appointments: themselves, and contacts with the permission ($2).
READERS = """SELECT DISTINCT a.login_id FROM portal_access a WHERE a.practice_id = portico_here() AND a.client_id = $1
  AND portico_open(a) AND a.login_id IS NOT NULL AND (a.contact_id IS NULL OR $2 = ANY (a.permissions))"""


@dataclass(frozen=True)
class News:
    """`number`: counts what this person was told of the appointment; `by_client`: the last change came from the
    portal; `staff_id`: on whose calendar."""

    what: What
    number: int
    client_id: UUID
    staff_id: UUID
    by_client: bool


async def note(
    appointment_id: UUID, client_id: UUID, side: str, *, time_stays: bool = False
) -> tuple[UUID, datetime] | None:
    """Something changed for this client just now: of which attendance, and when. None for what is over. `time_stays`:
    it may be no news at all, and reminders of that time are due as they were."""
    at = now()
    row = await fetch_one(LOOK_AGAIN if time_stays else NOTE, appointment_id, client_id, at, side)
    return (row["id"], at) if row else None


async def take(attendance_id: UUID) -> News | timedelta | None:
    """What has to be told now, which counts as told from now on. A timedelta: it is too early, look again after that.
    None: nothing is news."""
    row, one = await fetch_one(WAITING, attendance_id), await outward(attendance_id)
    if row is None or one is None or (row["told_at"] is not None and row["told_at"] >= row["news_at"]):
        return None
    rest: timedelta = row["news_at"] + GRACE - now()
    if rest > timedelta():
        return rest
    what, number = what_changed(row["told"], one), (row["told"] or {}).get("number", 0) + 1
    await execute(TOLD, attendance_id, json_text({**_said(one), "number": number}), now())
    if what is None or one.starts_at <= now():
        return None
    return News(what, number, one.client_id, one.staff_id, row["news_side"] == Side.PORTAL.value)


def what_changed(told: Any, one: Outward) -> What | None:
    """Between what was told and what is; None: nothing that anybody has to know."""
    here, before = _said(one), told or {}
    if one.comes:
        if not before.get("comes"):
            return "booked"
        if any(before[name] != here[name] for name in ("starts_at", "ends_at")):
            return "moved"
        return "changed" if any(before[name] != value for name, value in here.items()) else None
    if not before.get("comes"):
        return None
    return "late" if one.own_state == "late-cancelled" else "cancelled"


def still_so(one: Outward, number: int) -> bool:
    """Whether this piece of news is the last one, and nothing changed since that somebody will be told of later."""
    told = one.told or {}
    return bool(told.get("number") == number and all(told[name] == value for name, value in _said(one).items()))


async def readers(client_id: UUID, permission: str) -> list[UUID]:
    """Logins that read of this client's appointments: the client's own, and those of contacts with the permission."""
    return [row["login_id"] for row in await fetch_all(READERS, client_id, permission)]


def _said(one: Outward) -> dict[str, Any]:
    return {
        "comes": one.comes, "starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat(),
        "mode": one.mode, "location": str(one.location_id or ""), "practitioner": str(one.staff_id),
    }
