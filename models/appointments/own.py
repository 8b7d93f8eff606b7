"""A client's appointments as the portal shows them, to the client and to contacts with View Appointments: never who
booked or cancelled, and other clients' names only within a couple or family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.appointments.booking import Booked
from models.appointments.calendar_file import calendar_file
from models.appointments.cancelling import ensure_cancels
from models.appointments.finding import read_in_portal
from models.appointments.outward import VIDEO_OPENS, outward_of
from models.appointments.policy import Deadlines, Policy, Standing, deadlines, standing
from models.appointments.rights import ensure_views
from models.appointments.terms import policy_for
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Forbidden, missing

__all__ = ["Booked", "Coming", "Means", "appointment_of", "next_of", "past_of", "upcoming_of", "what_it_means"]

MOST_COMING, PAST_PAGE = 60, 20

COLUMNS = """SELECT a.id, a.state, a.starts_at, a.ends_at, a.mode, a.video_link, a.kind,
    coalesce(t.undo_until, a.undo_until) AS undo_until, a.request_id, a.version, t.state AS own_state, t.fee_cents,
    t.waived_at, t.confirmed_at, s.name AS service, m.id AS staff_id,
    m.name AS practitioner, m.voice, l.name AS location, l.address, l.phone, r.name AS room, q.expires_at,
    q.state AS request_state, ARRAY(SELECT c.name FROM attendance o JOIN client c ON c.id = o.client_id
      WHERE o.appointment_id = a.id AND o.client_id <> t.client_id AND o.state = 'booked'
        AND a.kind IN ('couple', 'family') ORDER BY c.name) AS others
  FROM attendance t JOIN appointment a ON a.id = t.appointment_id
  JOIN staff_member m ON m.id = a.staff_id
  LEFT JOIN service s ON s.id = a.service_id LEFT JOIN location l ON l.id = a.location_id
  LEFT JOIN room r ON r.id = a.room_id LEFT JOIN booking_request q ON q.id = a.request_id
  WHERE t.client_id = $1 AND {where}"""
# What was cancelled stays in sight, struck through; what was taken back within its minutes of grace was never there.
NOT_UNDONE = """(t.state <> 'cancelled'
  OR t.cancelled_at >= coalesce(t.undo_until, a.undo_until, t.cancelled_at))"""
UPCOMING = COLUMNS.format(where=f"""a.state IN ('requested', 'scheduled', 'cancelled') AND a.ends_at > $2
  AND {NOT_UNDONE} ORDER BY a.starts_at, a.id LIMIT $3""")
PAST = COLUMNS.format(where=f"""a.ends_at <= $2 AND a.state IN ('scheduled', 'cancelled') AND {NOT_UNDONE}
  AND ($3::timestamptz IS NULL OR (a.starts_at, a.id) < ($3, $4::uuid))
  ORDER BY a.starts_at DESC, a.id DESC LIMIT $5""")
ONE = COLUMNS.format(where="a.id = $2")
# Of this client: the time of anybody else's appointment is not to be found out by asking for what was before it.
START = """SELECT a.starts_at FROM appointment a JOIN attendance t ON t.appointment_id = a.id
  WHERE t.client_id = $1 AND a.id = $2"""


@dataclass(frozen=True)
class Coming:
    """One appointment. `outcome`: "", attended, no-show, late-cancelled, cancelled; `state`: scheduled, requested,
    cancelled. `video_link` is there from 15 minutes before to the end. `others`: who else comes."""

    id: UUID
    state: str
    outcome: str
    starts_at: datetime
    ends_at: datetime
    service: str
    staff_id: UUID
    practitioner: str
    voice: str
    mode: str
    location: str
    address: str
    phone: str
    room: str
    video_link: str
    others: tuple[str, ...]
    undo_until: datetime | None
    request_id: UUID | None
    decided_by: datetime | None
    confirmed: bool
    fee_cents: int
    version: int


@dataclass(frozen=True)
class Means:
    """What cancelling would mean now, before the click. `may`: by themselves at all."""

    may: bool
    standing: Standing
    deadlines: Deadlines
    policy: Policy


async def upcoming_of(actor: Actor) -> list[Coming]:
    """What is to come of the client the actor acts for, wishes included, the next first. Raises Forbidden."""
    access, at = ensure_views(actor), now()
    return [_coming(row, at) for row in await fetch_all(UPCOMING, access.client_id, at, MOST_COMING)]


async def next_of(actor: Actor) -> Coming | None:
    """The next one for the home page; None also for who may not see appointments."""
    try:
        found = await upcoming_of(actor)
    except Forbidden:
        return None
    return next((one for one in found if one.state == "scheduled" and not one.outcome), None)


async def past_of(actor: Actor, before: UUID | None = None) -> tuple[list[Coming], UUID | None]:
    """Twenty that are over, the last first, from `before` (one of them) on; and where the next page begins."""
    access, at = ensure_views(actor), now()
    start = await fetch_one(START, access.client_id, before) if before else None
    rows = await fetch_all(PAST, access.client_id, at, start["starts_at"] if start else None, before, PAST_PAGE + 1)
    found = [_coming(row, at) for row in rows[:PAST_PAGE]]
    return found, found[-1].id if len(rows) > PAST_PAGE else None


async def appointment_of(actor: Actor, id: UUID) -> Coming:
    """One of them. Raises Forbidden, Missing."""
    access = ensure_views(actor)
    row = await fetch_one(ONE, access.client_id, id)
    if row is None or row["state"] in ("hold", "offered", "declined"):
        missing("appointment")
    return _coming(row, now())


async def file_of(actor: Actor, id: UUID) -> str:
    """The same as a calendar file. Raises Forbidden, and Missing for a wish that nobody has accepted."""
    found = await outward_of(id, ensure_views(actor).client_id)
    if found is None or found.waits:
        missing("appointment")
    return calendar_file(found)


async def what_it_means(actor: Actor, id: UUID) -> Means:
    """The three deadlines, the policy with its amounts, and where this moment stands."""
    found = await read_in_portal(actor, id)
    access = ensure_views(actor)
    policy = await policy_for(found.appointment, access.client_id)
    starts_at = found.appointment.starts_at
    try:
        await ensure_cancels(actor)
        may = True
    except Forbidden:
        may = False
    counted = standing(policy, starts_at, now(), found.undo_until(access.client_id))
    return Means(may, counted, deadlines(policy, starts_at), policy)


def _coming(row: Row, at: datetime) -> Coming:
    # who cancelled, or was not accepted yet, is not let into a conversation that others may have
    comes = row["state"] == "scheduled" and row["own_state"] not in ("cancelled", "late-cancelled")
    opens = comes and row["mode"] == "video" and row["starts_at"] - VIDEO_OPENS <= at < row["ends_at"]
    text: dict[str, Any] = {name: row[name] or "" for name in ("service", "location", "address", "phone", "room")}
    waived = row["waived_at"] is not None
    return Coming(
        id=row["id"], state=row["state"], outcome="" if row["own_state"] == "booked" else row["own_state"],
        starts_at=row["starts_at"], ends_at=row["ends_at"], staff_id=row["staff_id"],
        practitioner=row["practitioner"], voice=row["voice"], mode=row["mode"],
        video_link=row["video_link"] if opens else "", others=tuple(row["others"]), undo_until=row["undo_until"],
        request_id=row["request_id"], decided_by=row["expires_at"] if row["state"] == "requested" else None,
        confirmed=row["confirmed_at"] is not None, fee_cents=0 if waived else row["fee_cents"] or 0,
        version=row["version"], **text,
    )
