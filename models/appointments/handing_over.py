"""Coming appointments of a practitioner who leaves go to a colleague, at the same time; who comes is told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.accounts.registries import Heir, Owned, Ownership
from models.appointments.events import MOVED
from models.appointments.locking import hold_calendars
from models.appointments.tables import Appointment, Attendance
from models.appointments.telling import Former, tell
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Invalid

KEY = "appointments"
OWNED = """SELECT id, starts_at FROM appointment WHERE practice_id = portico_here() AND staff_id = $1 AND ends_at > $2
  AND starts_at > $2::timestamptz - interval '12 hours' AND state IN ('requested', 'offered', 'scheduled')
  ORDER BY starts_at, id"""
HEIRS = """SELECT id, name FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL AND id <> $1
  AND 'practitioner' = ANY (roles) ORDER BY name, id"""
# Something of the new practitioner's, buffers included; what is handed over together stood together before.
# The bounds are worked out first: under the policy no index is asked for what is still to be computed from a row.
IN_THE_WAY = """WITH these AS MATERIALIZED (SELECT id, starts_at, busy, starts_at - interval '21 hours' AS earliest,
    ends_at + interval '9 hours' AS latest FROM appointment WHERE id = ANY ($1))
  SELECT a.starts_at, m.name FROM these a JOIN staff_member m ON m.id = $2
  WHERE EXISTS (SELECT FROM appointment o WHERE o.staff_id = $2 AND o.starts_at BETWEEN a.earliest AND a.latest
    AND o.state IN ('hold', 'requested', 'offered', 'scheduled') AND o.busy && a.busy AND o.id <> ALL ($1) OFFSET 0)
  ORDER BY a.starts_at LIMIT 1"""
GIVE = """UPDATE appointment SET staff_id = $2, version = version + 1, sequence = sequence + 1
  WHERE practice_id = portico_here() AND id = $1"""
HOLDS = "UPDATE appointment SET held_until = $2 WHERE staff_id = $1 AND state = 'hold' AND held_until > $2"


async def _owned(actor: Actor, staff_id: UUID) -> list[Owned]:
    """By their time alone: who hands over may not see who comes."""
    return [Owned(row["id"], await _when(row["starts_at"])) for row in await fetch_all(OWNED, staff_id, now())]


async def _heirs(actor: Actor, staff_id: UUID) -> list[Heir]:
    return [Heir(**row) for row in await fetch_all(HEIRS, staff_id)]


async def _hand_over(actor: Actor, staff_id: UUID, to: UUID, ids: Sequence[UUID]) -> None:
    await hold_calendars([staff_id, to, *ids])
    taken = await fetch_one(IN_THE_WAY, list(ids), to)
    if taken is not None:
        said = f"On {await _when(taken['starts_at'])} {taken['name']} has something else. Give that one to another" \
            " colleague, or move or cancel it first."
        raise Invalid(errors={KEY: [said]})
    for id in ids:
        await execute(GIVE, id, to)
        here = await Appointment.get(id=id)
        clients = [one.client_id for one in await Attendance.filter(appointment_id=id, state="booked").order_by("id")]
        former = Former(staff_id, here.starts_at, here.ends_at)
        await tell(actor, MOVED, here, clients, free=False, former=former)


async def _leave(actor: Actor, staff_id: UUID) -> None:
    """Nobody goes on choosing a time with who is gone."""
    await execute(HOLDS, staff_id, now())
    await hold_calendars([staff_id])


def _first(count: int) -> str:
    many = "1 coming appointment stands" if count == 1 else f"{count} coming appointments stand"
    return f"{many} on their calendar. Move them to a colleague or cancel them first."


async def _when(at: datetime) -> str:
    return f"{at.astimezone(await zone_here()):%A, %B %-d, %-I:%M %p}"


OWNERSHIP = Ownership(
    KEY, "Coming appointments", "They stay at their time, on the new practitioner’s calendar. Clients are told.",
    "Nobody else is a practitioner. Give somebody that role first, or cancel them.", _owned, _heirs, _hand_over, _leave,
    roles=frozenset({"practitioner"}), first=_first,
)
