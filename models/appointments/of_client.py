"""Clients > [name] > Appointments: one client's own, for staff who see them with names. Who has visits alone (billing)
reads date, service, code and what was charged, and none of what was said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.appointments.own import START
from models.clients.access import client_for, sees_client
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Forbidden

MOST_COMING, PAST_PAGE = 100, 30
NOT_YOURS = "You may see this client, but not when they come. Ask an administrator."

COLUMNS = """SELECT a.id, a.state, a.starts_at, a.ends_at, a.mode, a.code, a.kind, a.version, t.state AS own_state,
    t.fee_cents, t.waived_at IS NOT NULL AS waived, t.waiver, t.reason, t.confirmed_at IS NOT NULL AS confirmed,
    t.reminder_state, coalesce(s.name, '') AS service, m.name AS practitioner, m.voice,
    coalesce(l.name, '') AS location, coalesce(r.name, '') AS room,
    coalesce(w.name, '') AS waived_by
  FROM attendance t JOIN appointment a ON a.practice_id = t.practice_id AND a.id = t.appointment_id
  JOIN staff_member m ON m.practice_id = a.practice_id AND m.id = a.staff_id
  LEFT JOIN service s ON s.practice_id = a.practice_id AND s.id = a.service_id
  LEFT JOIN location l ON l.practice_id = a.practice_id AND l.id = a.location_id
  LEFT JOIN room r ON r.practice_id = a.practice_id AND r.id = a.room_id
  LEFT JOIN staff_member w ON w.practice_id = t.practice_id AND w.id = t.waived_by
  WHERE t.practice_id = portico_here() AND t.client_id = $1 AND {where}"""
# What was taken back within its minutes of grace was never there.
NOT_UNDONE = "(t.state <> 'cancelled' OR a.undo_until IS NULL OR t.cancelled_at >= a.undo_until)"
UPCOMING = COLUMNS.format(where=f"""a.state IN ('requested', 'scheduled', 'cancelled') AND a.ends_at > $2
  AND {NOT_UNDONE} ORDER BY a.starts_at, a.id LIMIT $3""")
PAST = COLUMNS.format(where=f"""a.ends_at <= $2 AND a.state IN ('scheduled', 'cancelled') AND {NOT_UNDONE}
  AND ($3::timestamptz IS NULL OR (a.starts_at, a.id) < ($3, $4::uuid))
  ORDER BY a.starts_at DESC, a.id DESC LIMIT $5""")


@dataclass(frozen=True)
class Visit:
    """`state`: requested, booked, cancelled, late-cancelled, attended, no-show. `fee_cents`: what was charged for it,
    None: nothing; `reminder`: "", sent, undelivered. What is for the calendar's right alone is empty without it."""

    id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    service: str
    code: str
    practitioner: str
    voice: str
    fee_cents: int | None
    waived: bool
    waived_by: str = ""
    waiver: str = ""
    reason: str = ""
    mode: str = ""
    location: str = ""
    room: str = ""
    confirmed: bool = False
    reminder: str = ""


@dataclass(frozen=True)
class Visits:
    """`onward`: where the next page of past ones begins."""

    upcoming: list[Visit]
    past: list[Visit]
    onward: UUID | None


async def has_visits(actor: Actor, client_id: UUID) -> bool:
    """Whether this staff member has the tab."""
    return await sees_client(actor, client_id, "calendar") or await sees_client(actor, client_id, "visits")


async def visits_of(actor: Actor, client_id: UUID, before: UUID | None = None) -> Visits:
    """What is to come, the next first, and thirty that are over, the last first, from `before` on.

    Raises Missing for a client who is not seen, Forbidden for who may not see when they come.
    """
    await client_for(actor, client_id)
    if not await has_visits(actor, client_id):
        raise Forbidden("no-calendar", NOT_YOURS)
    whole, at = await sees_client(actor, client_id, "calendar"), now()
    start = await fetch_one(START, client_id, before) if before else None
    coming = await fetch_all(UPCOMING, client_id, at, MOST_COMING)
    rows = await fetch_all(PAST, client_id, at, start["starts_at"] if start else None, before, PAST_PAGE + 1)
    past = [_visit(row, whole) for row in rows[:PAST_PAGE]]
    return Visits([_visit(row, whole) for row in coming], past, past[-1].id if len(rows) > PAST_PAGE else None)


def _visit(row: Row, whole: bool) -> Visit:
    said = {name: row[name] for name in ("waived_by", "waiver", "reason", "mode", "location", "room", "confirmed")}
    return Visit(
        id=row["id"], state="requested" if row["state"] == "requested" else row["own_state"],
        starts_at=row["starts_at"], ends_at=row["ends_at"], service=row["service"], code=row["code"],
        practitioner=row["practitioner"], voice=row["voice"], fee_cents=row["fee_cents"], waived=row["waived"],
        **({**said, "reminder": row["reminder_state"]} if whole else {}),
    )
