"""Wishes of clients as they see them in the portal: taken back, answered with other times of which one is taken in a
tap, and what became of those that were answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.appointments.events import BOOKED, REQUEST_CHANGED
from models.appointments.moments import GRACE
from models.appointments.requests import Proposed, decide, drop_offers, end, record_free
from models.appointments.rights import ensure_answers, ensure_views
from models.appointments.tables import Appointment, Attendance, BookingRequest
from models.appointments.telling import tell
from models.appointments.wishes import once_chosen, once_held
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import Row, fetch_all
from models.core.errors import missing


async def withdraw(actor: Actor, id: UUID) -> None:
    """By the client, a contact who books for them, or whoever asked. Raises Missing, Conflict `decided`."""
    async with change(actor, "request.withdraw"):
        request = await _own(actor, id)
        await end(actor, *await once_held(request), "withdrawn")


async def take_offer(actor: Actor, id: UUID, appointment_id: UUID) -> UUID:
    """The client takes one of the proposed times in a tap; the other times are free again."""
    async with change(actor, "request.take"):
        request, row, chosen = await once_chosen(await _own(actor, id), appointment_id)
        clients = [request.client_id] if request.client_id else []
        return await take(actor, request, row, chosen, clients)


async def take(
    actor: Actor | None, request: BookingRequest, row: Appointment, chosen: Appointment, clients: Sequence[UUID]
) -> UUID:
    """Inside a change, on held calendars: the chosen time in place of the one that was asked for."""
    await Appointment.filter(id=chosen.id).update(
        state="scheduled", held_until=None, version=chosen.version + 1, undo_until=now() + GRACE
    )
    chosen.state, chosen.held_until = "scheduled", None
    await drop_offers(actor, request)
    await Attendance.filter(appointment_id=row.id).delete()
    await Appointment.filter(id=row.id).update(state="declined", version=row.version + 1)
    for client_id in clients:
        await Attendance.create(
            appointment_id=chosen.id, client_id=client_id, booked_by=actor.login_id if actor else None,
            booked_side=row.made_side, answers=request.answers,
        )
    await decide(actor, request, "accepted")
    await record_free(actor, row)
    await tell(actor, BOOKED, chosen, clients, free=False)
    await tell(actor, REQUEST_CHANGED, row, clients, ids={"request": request.id})
    return chosen.id


@dataclass(frozen=True)
class Countered:
    """A wish in whose place other times are proposed, until `expires_at`; `was`: the time that was asked for."""

    id: UUID
    reply: str
    expires_at: datetime
    was: datetime
    times: tuple[Proposed, ...]


OFFERED = """SELECT a.id, a.starts_at, a.state, a.request_id, m.name, q.reply, q.expires_at FROM booking_request q
  JOIN appointment a ON a.request_id = q.id JOIN staff_member m ON m.id = a.staff_id
  WHERE q.client_id = $1 AND q.state = 'countered' ORDER BY q.created_at, q.id, a.starts_at"""


async def offered_to(actor: Actor) -> list[Countered]:
    """What the practice proposes to the client the actor acts for. Raises Forbidden without View Appointments."""
    rows = await fetch_all(OFFERED, ensure_views(actor).client_id)
    found = []
    for id in dict.fromkeys(row["request_id"] for row in rows):
        own = [row for row in rows if row["request_id"] == id]
        was = next(row["starts_at"] for row in own if row["state"] != "offered")
        times = tuple(Proposed(row["id"], row["starts_at"], row["name"]) for row in own if row["state"] == "offered")
        found.append(Countered(id, own[0]["reply"], own[0]["expires_at"], was, times))
    return found


ANSWERED_SHOWN = timedelta(days=14)
# The time that was asked for is the oldest of a request; what was taken in its place is younger.
ANSWERED = """SELECT q.id, q.state, q.reply, q.decided_at, a.id AS appointment_id, a.starts_at, a.ends_at,
    s.name AS service, m.name AS practitioner, t.id AS taken_id, t.starts_at AS taken_at
  FROM booking_request q
  JOIN LATERAL (SELECT * FROM appointment x WHERE x.request_id = q.id ORDER BY x.made_at, x.id LIMIT 1) a ON true
  JOIN staff_member m ON m.id = a.staff_id LEFT JOIN service s ON s.id = a.service_id
  LEFT JOIN appointment t ON t.request_id = q.id AND t.state IN ('scheduled', 'cancelled') AND t.id <> a.id
  WHERE q.client_id = $1 AND {where}"""
# What they took back themselves they need not be told.
LATELY = ANSWERED.format(where="""q.state IN ('declined', 'expired') AND q.decided_at > $2 AND a.starts_at > $3
  ORDER BY q.decided_at DESC, q.id LIMIT 10""")
OF_TIME = ANSWERED.format(where="a.id = $2 AND a.state = 'declined' AND q.state NOT IN ('open', 'countered')")


@dataclass(frozen=True)
class Answer:
    """What became of a wish. `state`: accepted (another time was taken in its place, `taken_id` at `taken_at`),
    declined, withdrawn, expired; `reply`: the practice's words."""

    id: UUID
    appointment_id: UUID
    state: str
    reply: str
    decided_at: datetime
    starts_at: datetime
    ends_at: datetime
    service: str
    practitioner: str
    taken_id: UUID | None
    taken_at: datetime | None


async def answered_lately(actor: Actor) -> list[Answer]:
    """A no of the last 14 days, and what lapsed, while the time that was asked for is still to come. Raises Forbidden
    without View Appointments."""
    access, at = ensure_views(actor), now()
    return [_answer(row) for row in await fetch_all(LATELY, access.client_id, at - ANSWERED_SHOWN, at)]


async def answer_to(actor: Actor, appointment_id: UUID) -> Answer | None:
    """What became of the wish for this time, when nobody comes at it; None for any other appointment."""
    rows = await fetch_all(OF_TIME, ensure_views(actor).client_id, appointment_id)
    return _answer(rows[0]) if rows else None


def _answer(row: Row) -> Answer:
    given: dict[str, Any] = {name: row[name] for name in Answer.__annotations__}
    return Answer(**{**given, "service": row["service"] or ""})


async def _own(actor: Actor, id: UUID) -> BookingRequest:
    """For who may answer it in the portal: the right is asked before what is there."""
    request = await BookingRequest.get_or_none(id=id, client_id=actor.access.client_id) if actor.access else None
    ensure_answers(actor, request.login_id if request else None)
    return request or missing("request")
