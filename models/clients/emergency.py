"""Break-glass: staff who do not see a record open it in an emergency, with a reason, for eight hours.

It begins with a search by name and birth date (emergency_finding.py), together with the reason: known or not, the
search is logged before it is answered. What is opened is a right with an end (its clients join in access.py);
administrators and the practitioners assigned to the client hear of it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from models.clients.access import client_for, sees_client
from models.clients.audit_events import (
    EMERGENCY_ACKNOWLEDGED,
    EMERGENCY_ASKED,
    EMERGENCY_ENDED,
    EMERGENCY_OPENED,
    EMERGENCY_SETTINGS,
)
from models.clients.auditing import to_administrators
from models.clients.emergency_finding import Meant, meant, the_one
from models.clients.people import assigned_to
from models.core.actor import Actor, Role
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid, missing
from models.core.events import EventType, Part, ToDesk, ToStaff
from models.core.ids import new_id
from models.core.limits import Limit, take
from models.core.looking import note_look

LASTS = timedelta(hours=8)
LEAST_REASON = 10
END_JOB = "emergency.end"
SEARCHES = Limit("emergency", most=10, seconds=3600)
MAY = (Role.PRACTITIONER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SCHEDULER, Role.BILLER)
SHOWN = 50

ROLES = "SELECT roles FROM emergency_settings WHERE practice_id = portico_here()"
SET_ROLES = """INSERT INTO emergency_settings (roles) VALUES ($1)
  ON CONFLICT (practice_id) DO UPDATE SET roles = excluded.roles"""
OPEN = """INSERT INTO emergency (id, staff_id, client_id, reason, began_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (practice_id, staff_id, client_id) WHERE ended_at IS NULL DO NOTHING"""
ONE = """SELECT e.id, e.staff_id, e.client_id, m.login_id, e.ends_at, e.ended_at, e.acknowledged_at FROM emergency e
  JOIN staff_member m ON m.practice_id = e.practice_id AND m.id = e.staff_id WHERE e.id = $1"""
STILL_OPEN = "SELECT id FROM emergency WHERE staff_id = $1 AND ended_at IS NULL ORDER BY id"
LISTED = """SELECT e.id, e.client_id, c.name AS client_name, e.staff_id, m.name AS staff_name, e.reason, e.began_at,
    coalesce(e.ended_at, e.ends_at) AS ends_at, e.ended_at IS NULL AND e.ends_at > $2 AS open,
    e.acknowledged_at, a.name AS acknowledged_by
  FROM emergency e JOIN client c ON c.practice_id = e.practice_id AND c.id = e.client_id
  JOIN staff_member m ON m.practice_id = e.practice_id AND m.id = e.staff_id
  LEFT JOIN staff_member a ON a.practice_id = e.practice_id AND a.id = e.acknowledged_by
  WHERE e.practice_id = portico_here() AND ($3::uuid IS NULL OR e.staff_id = $3)
  ORDER BY e.acknowledged_at IS NOT NULL, e.id DESC LIMIT $1"""

UNTIL = """SELECT ends_at FROM emergency
  WHERE staff_id = $1 AND client_id = $2 AND ended_at IS NULL AND ends_at > now()"""
WAITING = """SELECT count(*)::int AS waiting FROM (SELECT 1 FROM emergency
  WHERE practice_id = portico_here() AND acknowledged_at IS NULL LIMIT 100) e"""


@dataclass(frozen=True)
class Emergency:
    """A record that was opened in an emergency. `open`: still is. Times are UTC."""

    id: UUID
    client_id: UUID
    client_name: str
    staff_id: UUID
    staff_name: str
    reason: str
    began_at: datetime
    ends_at: datetime
    open: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None


async def allowed_roles() -> frozenset[Role]:
    """Whose emergencies the practice accepts; practitioners' as long as nobody said otherwise."""
    row = await fetch_one(ROLES)
    return frozenset(Role(role) for role in row["roles"]) if row else frozenset({Role.PRACTITIONER})


async def set_roles(actor: Actor, roles: frozenset[Role]) -> None:
    """Say whose emergencies the practice accepts; for administrators."""
    _administrators_alone(actor)
    async with change(actor, "emergency.set_roles"):
        await execute(SET_ROLES, sorted(roles))
        await record(actor, EMERGENCY_SETTINGS, [Part([ToStaff()])])


async def may_open(actor: Actor) -> bool:
    return actor.desk and actor.lens is None and bool(actor.roles & await allowed_roles())


async def open_record(
    actor: Actor, *, name: str, born_on: date, reason: str, chosen: UUID | None = None
) -> UUID | list[Meant]:
    """Open the record of the one who has this name and birth date, or of whom was `chosen` among those who come close;
    else tells those. The search is logged either way, and nothing is said before there is a reason. Raises Forbidden
    where the practice does not allow it, Invalid for a short reason, TooMany."""
    if not await may_open(actor):
        raise Forbidden("no-emergencies", "This practice does not let your role open records in an emergency.")
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid(errors={"reason": [f"Say why, in at least {LEAST_REASON} letters."]})
    await take(SEARCHES, actor.practice_id, actor.login_id)
    async with change(actor, "emergency.open"):
        await record(actor, EMERGENCY_ASKED, [])
        await note_look(actor, "emergency-search", actor.practice_id, reason=reason.strip())  # found or not
        found = await meant(name, born_on)
        one = the_one(found, chosen)
        if one is None:
            return found
        if not (await sees_client(actor, one.id) and await sees_client(actor, one.id, "clinical")):
            await _open(actor, one.id, reason.strip())
    return one.id


async def emergencies(actor: Actor) -> list[Emergency]:
    """What was opened so: all of it for administrators, unacknowledged first; one's own for others."""
    whose = None if actor.administrator else actor.staff_id
    return [Emergency(**row) for row in await fetch_all(LISTED, SHOWN, now(), whose)]


async def waiting() -> int:
    """How many no administrator has acknowledged yet, at most 100."""
    row = await fetch_one(WAITING)
    return int(row["waiting"]) if row else 0


async def open_until(actor: Actor, client_id: UUID) -> datetime | None:
    """Until when this person has the record open in an emergency; None when they see it otherwise, or not."""
    row = await fetch_one(UNTIL, actor.staff_id, client_id)
    return row["ends_at"] if row else None


async def acknowledge(actor: Actor, emergency_id: UUID) -> None:
    """An administrator has seen that and why it was opened. Saying so twice changes nothing."""
    _administrators_alone(actor)
    one = await fetch_one(ONE, emergency_id) or missing("emergency")
    async with change(actor, "emergency.acknowledge"):
        seen = """UPDATE emergency SET acknowledged_by = $2, acknowledged_at = $3
          WHERE id = $1 AND acknowledged_at IS NULL"""
        if await execute(seen, emergency_id, actor.staff_id, now()):
            await _tell(actor, EMERGENCY_ACKNOWLEDGED, one)


async def end(actor: Actor, emergency_id: UUID) -> None:
    """Close the record before its time: by whoever opened it, or an administrator."""
    one = await fetch_one(ONE, emergency_id)
    if one is None or not (actor.administrator or one["staff_id"] == actor.staff_id):
        missing("emergency")
    async with change(actor, "emergency.end"):
        await _end(actor, one)


async def end_all(actor: Actor | None, staff_id: UUID) -> None:
    """Inside a change: whoever leaves, or is no practitioner any more, has nothing open in an emergency."""
    for row in await fetch_all(STILL_OPEN, staff_id):
        one = await fetch_one(ONE, row["id"])
        assert one is not None
        await _end(actor, one)


async def end_due(emergency_id: UUID) -> timedelta | None:
    """The job at its end; looks anew whether it is still open and due."""
    one = await fetch_one(ONE, emergency_id)
    if one is None or one["ended_at"] is not None:
        return None
    if one["ends_at"] > now():
        left: timedelta = one["ends_at"] - now()
        return left
    async with change(None, "emergency.end"):
        await _end(None, one)
    return None


async def _open(actor: Actor, client_id: UUID, reason: str) -> None:
    await execute("UPDATE emergency SET ended_at = ends_at WHERE staff_id = $1 AND client_id = $2"
                  " AND ended_at IS NULL AND ends_at <= $3", actor.staff_id, client_id, now())
    emergency_id, at = new_id(), now()
    if not await execute(OPEN, emergency_id, actor.staff_id, client_id, reason, at, at + LASTS):
        return  # open already
    one = await fetch_one(ONE, emergency_id)
    assert one is not None
    await _tell(actor, EMERGENCY_OPENED, one, rights=True)
    await enqueue(END_JOB, {"emergency": emergency_id}, after=LASTS)
    await client_for(actor, client_id)


async def _end(actor: Actor | None, one: Row) -> None:
    if await execute("UPDATE emergency SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", one["id"], now()):
        await _tell(actor, EMERGENCY_ENDED, one, rights=True)


async def _tell(actor: Actor | None, kind: EventType, one: Row, *, rights: bool = False) -> None:
    """To administrators, to the practitioners assigned to the client, and to whoever opened it."""
    assigned = [ToDesk(staff.login_id) for staff in await assigned_to(one["client_id"])]
    rooms = list(dict.fromkeys([*await to_administrators(), *assigned, ToDesk(one["login_id"])]))
    ids = {"client": one["client_id"], "staff": one["staff_id"], "emergency": one["id"]}
    await record(actor, kind, [Part(rooms, ids)], subject_id=one["id"], rights_of=[one["login_id"]] if rights else ())


def _administrators_alone(actor: Actor) -> None:
    if not actor.administrator or actor.lens is not None:
        raise Forbidden("administrator-only", "Only an administrator does this.")
