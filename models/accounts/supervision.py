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

# Those who work here and whom nobody else who works here supervises.
OWNED = """SELECT s.id, s.name AS words FROM supervision v
  JOIN staff_member s ON s.practice_id = v.practice_id AND s.id = v.supervisee_id AND s.deactivated_at IS NULL
  WHERE v.practice_id = portico_here() AND v.supervisor_id = $1 AND NOT EXISTS (
    SELECT FROM supervision o JOIN staff_member m ON m.practice_id = o.practice_id AND m.id = o.supervisor_id
    WHERE o.practice_id = v.practice_id AND o.supervisee_id = v.supervisee_id AND o.supervisor_id <> $1
      AND m.deactivated_at IS NULL) ORDER BY s.name, s.id"""
HEIRS = """SELECT id, name FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL AND id <> $1
  AND 'supervisor' = ANY (roles) ORDER BY name, id"""
GIVE = """INSERT INTO supervision (supervisor_id, supervisee_id) SELECT $1, s FROM unnest($2::uuid[]) s
  ON CONFLICT DO NOTHING"""
LEAVE = "DELETE FROM supervision WHERE supervisor_id = $1 OR supervisee_id = $1"


async def _owned(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(OWNED, staff_id)]


async def _heirs(actor: Actor, staff_id: UUID) -> list[Heir]:
    return [Heir(**row) for row in await fetch_all(HEIRS, staff_id)]


async def _hand_over(actor: Actor, staff_id: UUID, to: UUID, supervisees: Sequence[UUID]) -> None:
    if to in supervisees:
        raise Invalid(errors={"supervisees": ["Nobody supervises themselves. Choose somebody else for that one."]})
    await execute(GIVE, to, list(supervisees))
    for one in supervisees:
        heard = [Part([ToStaff()], {"staff": one})]
        await record(actor, SUPERVISION_HANDED_OVER, heard, subject_id=one)


async def _leave(actor: Actor, staff_id: UUID) -> None:
    await execute(LEAVE, staff_id)


SUPERVISEES = Ownership(
    "supervisees", "Supervises", "The new supervisor sees their clients and countersigns.",
    "Nobody else is a supervisor. Give somebody that role first.", _owned, _heirs, _hand_over, _leave,
)
