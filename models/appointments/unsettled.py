"""What is over and has no outcome yet: who came is said by whoever fills that calendar, or counts as attended once the
practice's day has ended, where it is set so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from models.appointments.cancelling import cancel_by_staff
from models.appointments.finding import Found
from models.appointments.furnishing import booking_settings
from models.appointments.locking import hold_calendars
from models.appointments.outcomes import set_outcome, settle
from models.appointments.policy import Policy
from models.appointments.rights import filled_by
from models.appointments.tables import Appointment, Attendance
from models.appointments.terms import policies_of
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Missing
from models.core.practices import where_waiting
from models.core.scope import Scope

PAGE, AT_A_TIME = 30, 50
# What is older than this when it is switched on stays for somebody to look at.
COUNTED = timedelta(days=7)
Said = Literal["attended", "no-show", "late-cancelled"]

# From what is open to when it was: few are open, however long the history.
OPEN = """FROM (SELECT id, appointment_id, client_id FROM attendance WHERE state = 'booked' OFFSET 0) t
  CROSS JOIN LATERAL (SELECT * FROM appointment WHERE id = t.appointment_id AND state = 'scheduled' AND ends_at <= $1
    AND ($2::uuid[] IS NULL OR staff_id = ANY ($2)) OFFSET 0) a"""
LIST = f"""SELECT a.id, a.version, a.starts_at, a.ends_at, a.staff_id, t.id AS attendance_id, t.client_id, c.name,
    a.service_id, s.name AS service, m.name AS practitioner, m.voice, a.mode
  {OPEN} JOIN client c ON c.id = t.client_id JOIN staff_member m ON m.id = a.staff_id
  LEFT JOIN service s ON s.id = a.service_id
  WHERE ($3::uuid IS NULL OR (a.starts_at, t.id) > (SELECT b.starts_at, u.id FROM attendance u
      JOIN appointment b ON b.id = u.appointment_id WHERE u.id = $3))
  ORDER BY a.starts_at, t.id LIMIT $4"""
JUST_SAID = """SELECT a.id, a.version, t.client_id, c.name, t.state, t.fee_cents FROM attendance t
  JOIN appointment a ON a.id = t.appointment_id JOIN client c ON c.id = t.client_id
  WHERE a.id = $1 AND t.client_id = $2 AND t.state <> 'booked' AND ($3::uuid[] IS NULL OR a.staff_id = ANY ($3))"""
COUNT = f"SELECT count(*)::int AS count, min(a.starts_at) AS since {OPEN}"
NEXT = """SELECT min(ends_at) AS at FROM appointment WHERE state = 'scheduled' AND ends_at > $1
  AND starts_at <= $1::timestamptz + interval '1 day' AND starts_at > $1::timestamptz - interval '12 hours'
  AND ($2::uuid[] IS NULL OR staff_id = ANY ($2))"""
ENDED = """SELECT a.staff_id, a.id, a.starts_at FROM (SELECT x.staff_id, x.id, x.starts_at, x.ends_at
      FROM appointment x WHERE x.state = 'scheduled' AND x.starts_at < $1
        AND x.starts_at > $1::timestamptz - $2::interval OFFSET 0) a
    JOIN practice_profile p ON true
  WHERE a.ends_at <= date_trunc('day', $1::timestamptz AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone
    AND EXISTS (SELECT FROM attendance t WHERE t.appointment_id = a.id AND t.state = 'booked' OFFSET 0)
  ORDER BY a.starts_at, a.id LIMIT $3"""


@dataclass(frozen=True)
class Open:
    """One client of one appointment that is over. `policy`: what it would cost not to have come."""

    id: UUID
    version: int
    attendance_id: UUID
    client_id: UUID
    client: str
    staff_id: UUID
    practitioner: str
    voice: str
    service: str
    mode: str
    starts_at: datetime
    ends_at: datetime
    policy: Policy


@dataclass(frozen=True)
class JustSaid:
    """What somebody said a moment ago, to take it back. `fee_cents`: 0 for none."""

    id: UUID
    version: int
    client_id: UUID
    client: str
    state: str
    fee_cents: int


@dataclass(frozen=True)
class Waiting:
    """How many wait, since when, and when the next may (None: nothing ends within a day)."""

    count: int
    since: datetime | None
    again_at: datetime | None


async def unsettled(actor: Actor, after: UUID | None = None) -> tuple[list[Open], UUID | None]:
    """On the calendars that this person fills, the oldest first, thirty at a time; and after which the next begin."""
    rows = await fetch_all(LIST, now(), await _whose(actor), after, PAGE + 1)
    policies = await policies_of([(row["service_id"], row["client_id"]) for row in rows[:PAGE]])
    found = [
        Open(row["id"], row["version"], row["attendance_id"], row["client_id"], row["name"], row["staff_id"],
             row["practitioner"], row["voice"], row["service"] or "Appointment", row["mode"], row["starts_at"],
             row["ends_at"], policy)
        for row, policy in zip(rows[:PAGE], policies, strict=True)
    ]
    return found, found[-1].attendance_id if len(rows) > PAGE else None


async def just_said(actor: Actor, id: UUID, client_id: UUID) -> JustSaid | None:
    """None for what nobody said anything of, or what stands on a calendar that is not theirs."""
    row = await fetch_one(JUST_SAID, id, client_id, await _whose(actor))
    return None if row is None else JustSaid(row["id"], row["version"], row["client_id"], row["name"], row["state"],
                                             row["fee_cents"] or 0)


async def waiting(actor: Actor) -> Waiting:
    """For Today."""
    whose, at = await _whose(actor), now()
    if whose == []:
        return Waiting(0, None, None)
    row, following = await fetch_one(COUNT, at, whose), await fetch_one(NEXT, at, whose)
    assert row is not None and following is not None
    return Waiting(row["count"], row["since"], following["at"])


async def settle_several(actor: Actor, chosen: Iterable[tuple[UUID, UUID]], said: Said) -> int:
    """(appointment, client) pairs; answers for how many it was said. What somebody else said meanwhile stays as they
    said it; what is not theirs is passed over like what is not there."""
    pairs, done = list(dict.fromkeys(chosen)), 0
    async with change(actor, "appointment.settle_several"):
        held = await Appointment.filter(id__in=[id for id, _ in pairs])
        await hold_calendars([*(one.staff_id for one in held), *(one.id for one in held)])
        for id, client_id in pairs:
            try:
                done += await _say(actor, id, client_id, said)
            except (Missing, Conflict, Forbidden):
                continue
    return done


async def count_ended_days() -> None:
    """Soon after midnight, in each practice that has it so: what has no outcome counts as attended."""
    await where_waiting("ended_days", COUNTED, _count_here)


async def _count_here(scope: Scope) -> bool:
    if not (await booking_settings()).attended_at_day_end:
        return False
    rows = await fetch_all(ENDED, now(), COUNTED, AT_A_TIME)
    async with change(None, "appointment.count_as_attended"):
        await hold_calendars(row["staff_id"] for row in rows)
        for row in rows:
            await _attended(row["id"])
    return len(rows) == AT_A_TIME


async def _attended(id: UUID) -> None:
    here = await Appointment.get_or_none(id=id, state="scheduled")
    there: Sequence[Attendance] = await Attendance.filter(appointment_id=id).order_by("id")
    for one in there if here is not None else ():
        if one.state == "booked" and here is not None:
            await settle(None, Found(here, tuple(there)), one, "attended")


async def _say(actor: Actor, id: UUID, client_id: UUID, said: Said) -> bool:
    one = await Attendance.get_or_none(appointment_id=id, client_id=client_id)
    if one is None or one.state != "booked":
        return False
    if said == "late-cancelled":
        await cancel_by_staff(actor, id, [client_id], late=True)
    else:
        await set_outcome(actor, id, client_id, said)
    return True


async def _whose(actor: Actor) -> list[UUID] | None:
    whose = await filled_by(actor)
    return None if whose is None else sorted(whose)
