"""Reminders that are due: each is claimed by a row before it is sent, so that no two workers send it twice. A moved
appointment is another time and is reminded of anew; one that is cancelled, asked for or past is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.appointments.events import CHANGED, REMINDED
from models.appointments.finding import Found
from models.appointments.tables import Appointment
from models.appointments.telling import tell
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict

BATCH = 100
# Later than this, or than half its hours, a reminder reminds nobody any more. As practices_with_due_reminders has it.
LATE = timedelta(hours=12)

# Where several of one appointment are due together (no worker ran for a while), the nearest one speaks for all.
# The moments are worked out first: under the policy no index is asked for what is still to be computed from a row.
CLAIM = """WITH moment AS MATERIALIZED (
    SELECT h.hours, $1::timestamptz + make_interval(hours => h.hours) AS latest, $1::timestamptz
      + make_interval(hours => h.hours) - least($2::interval, make_interval(hours => h.hours) / 2) AS earliest
    FROM booking_settings b CROSS JOIN LATERAL unnest(b.reminders) AS h (hours) WHERE b.practice_id = portico_here()),
  due AS (
    SELECT DISTINCT ON (t.id) t.id AS attendance_id, t.client_id, a.starts_at, m.hours
    FROM moment m CROSS JOIN LATERAL (SELECT id, starts_at FROM appointment WHERE practice_id = portico_here()
      AND state = 'scheduled' AND starts_at > m.earliest AND starts_at <= m.latest OFFSET 0) a
    CROSS JOIN LATERAL (SELECT id, client_id, news_at FROM attendance WHERE practice_id = portico_here()
      AND appointment_id = a.id AND state = 'booked' OFFSET 0) t
    WHERE t.news_at <= a.starts_at - make_interval(hours => m.hours) AND NOT EXISTS (SELECT FROM reminder r
      WHERE r.practice_id = portico_here() AND r.attendance_id = t.id AND r.starts_at = a.starts_at
        AND r.hours = m.hours)
    ORDER BY t.id, m.hours LIMIT $3),
  claimed AS (INSERT INTO reminder (attendance_id, starts_at, hours)
    SELECT d.attendance_id, d.starts_at, h.hours FROM due d JOIN booking_settings b ON b.practice_id = portico_here()
      CROSS JOIN LATERAL unnest(b.reminders) AS h (hours) WHERE h.hours >= d.hours
    ON CONFLICT DO NOTHING RETURNING attendance_id, hours)
  SELECT d.attendance_id, d.client_id, d.starts_at FROM due d JOIN claimed c USING (attendance_id, hours)
  ORDER BY d.starts_at, d.attendance_id"""
BEGIN = "UPDATE attendance SET reminder_state = '' WHERE practice_id = portico_here() AND id = ANY ($1)"
# One who was reached is enough: another address of the same appointment that fails changes nothing.
NOTE = """UPDATE attendance SET reminder_state = $2 WHERE practice_id = portico_here() AND id = $1
  AND reminder_state <> $2 AND ($2 = 'sent' OR reminder_state = '') RETURNING appointment_id, client_id"""

NO_LONGER_DUE = "It was cancelled, has begun or is over. Nobody is reminded of it."
NOT_UNDELIVERED = "It is on its way again already, or was answered."


@dataclass(frozen=True)
class Due:
    attendance_id: UUID
    client_id: UUID
    starts_at: datetime


async def claim_due() -> list[Due]:
    """Those of the open practice that are to be sent now, and are nobody else's to send from here on; a batch."""
    found = [Due(**row) for row in await fetch_all(CLAIM, now(), LATE, BATCH)]
    if found:
        await execute(BEGIN, [one.attendance_id for one in found])
    return found


async def begin_again(actor: Actor, found: Found, client_id: UUID) -> Due:
    """Inside a change: a reminder that did not arrive is to be sent once more. Raises Conflict `no-longer-due`,
    `not-undelivered`."""
    here, one = found.appointment, found.of(client_id)
    if here.state != "scheduled" or one.state != "booked" or here.starts_at <= now():
        raise Conflict("no-longer-due", NO_LONGER_DUE)
    if one.reminder_state != "undelivered" or one.confirmed_at is not None:
        raise Conflict("not-undelivered", NOT_UNDELIVERED)
    await execute(BEGIN, [one.id])
    await tell(actor, REMINDED, here, [client_id])
    return Due(one.id, client_id, here.starts_at)


async def note_reminder(attendance_id: UUID, *, reached: bool) -> None:
    """What the mail server said of a reminder; the calendar shows it."""
    async with change(None, "appointment.note_reminder"):
        row = await fetch_one(NOTE, attendance_id, "sent" if reached else "undelivered")
        if row is not None:
            await tell(None, CHANGED, await Appointment.get(id=row["appointment_id"]), [row["client_id"]])
