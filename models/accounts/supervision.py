"""Whom a leaving supervisor supervised goes to another one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.accounts.events import SUPERVISION_HANDED_OVER
from models.accounts.registries import Heir, Owned, Ownership
from models.core.actor import Actor
from models.core.change import record
from models.core.database import execute, fetch_all
from models.core.errors import Invalid
from models.core.events import Part, ToStaff

# Those who work here, and those who are invited, whom nobody else who works here supervises.
OWNED = """SELECT s.id, s.name AS words FROM supervision v
  JOIN staff_member s ON s.practice_id = v.practice_id AND s.id = v.supervisee_id AND s.deactivated_at IS NULL
  WHERE v.practice_id = portico_here() AND v.supervisor_id = $1 AND NOT EXISTS (
    SELECT FROM supervision o JOIN staff_member m ON m.practice_id = o.practice_id AND m.id = o.supervisor_id
    WHERE o.practice_id = v.practice_id AND o.supervisee_id = v.supervisee_id AND o.supervisor_id <> $1
      AND m.deactivated_at IS NULL)
  UNION ALL SELECT i.id, i.name || ' (invited)' FROM staff_invitation i
  WHERE i.practice_id = portico_here() AND $1 = ANY (i.supervisors) AND i.accepted_at IS NULL
    AND i.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM staff_member m WHERE m.practice_id = i.practice_id
      AND m.id = ANY (i.supervisors) AND m.id <> $1 AND m.deactivated_at IS NULL)
  ORDER BY words, id"""
HEIRS = """SELECT id, name FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL AND id <> $1
  AND 'supervisor' = ANY (roles) ORDER BY name, id"""
GIVE = """INSERT INTO supervision (supervisor_id, supervisee_id) SELECT $1, s.id FROM staff_member s
  WHERE s.practice_id = portico_here() AND s.id = ANY ($2::uuid[]) ON CONFLICT DO NOTHING RETURNING supervisee_id"""
GIVE_INVITED = """UPDATE staff_invitation SET supervisors = array_append(supervisors, $1)
  WHERE practice_id = portico_here() AND id = ANY ($2::uuid[])"""
LEAVE_INVITED = """UPDATE staff_invitation SET supervisors = array_remove(supervisors, $1),
  supervisees = array_remove(supervisees, $1) WHERE practice_id = portico_here() AND accepted_at IS NULL
  AND ($1 = ANY (supervisors) OR $1 = ANY (supervisees))"""
LEAVE = "DELETE FROM supervision WHERE supervisor_id = $1 OR supervisee_id = $1"


async def _owned(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(OWNED, staff_id)]


async def _heirs(actor: Actor, staff_id: UUID) -> list[Heir]:
    return [Heir(**row) for row in await fetch_all(HEIRS, staff_id)]


async def _hand_over(actor: Actor, staff_id: UUID, to: UUID, supervisees: Sequence[UUID]) -> None:
    if to in supervisees:
        raise Invalid(errors={"supervisees": ["Nobody supervises themselves. Choose somebody else for that one."]})
    for row in await fetch_all(GIVE, to, list(supervisees)):
        heard = [Part([ToStaff()], {"staff": row["supervisee_id"]})]
        await record(actor, SUPERVISION_HANDED_OVER, heard, subject_id=row["supervisee_id"])
    await execute(GIVE_INVITED, to, list(supervisees))


async def _leave(actor: Actor, staff_id: UUID) -> None:
    await execute(LEAVE, staff_id)
    await execute(LEAVE_INVITED, staff_id)


SUPERVISEES = Ownership(
    "supervisees", "Supervises", "The new supervisor sees their clients and countersigns.",
    "Nobody else is a supervisor. Give somebody that role first.", _owned, _heirs, _hand_over, _leave,
)
