"""Tables of clients that a member who leaves was importing: a colleague goes on with them, or they are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.accounts.registries import Heir, Owned, Ownership
from models.clients.importing import drop, tell_import
from models.core.actor import Actor
from models.core.database import fetch_all

# What is being written comes in by itself, whoever began it.
OPEN = """SELECT id, rows, began_at FROM import_batch WHERE practice_id = portico_here() AND staff_id = $1
  AND state IN ('read', 'checking', 'checked') ORDER BY began_at, id"""
HEIRS = """SELECT id, name FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL AND id <> $1
  AND (roles && '{administrator,scheduler}' OR (all_clients AND roles && '{practitioner,supervisor}'))
  ORDER BY name, id"""
GIVE = """UPDATE import_batch b SET staff_id = m.id, login_id = m.login_id FROM staff_member m
  WHERE b.practice_id = portico_here() AND b.id = $1 AND m.practice_id = b.practice_id AND m.id = $2
  RETURNING m.login_id"""


async def _owned(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(row["id"], f"{row['rows']:,} rows, not imported yet") for row in await fetch_all(OPEN, staff_id)]


async def _heirs(actor: Actor, staff_id: UUID) -> list[Heir]:
    people = [Heir(**row) for row in await fetch_all(HEIRS, staff_id)]
    return [*people, Heir(actor.practice_id, "Nobody: forget the file")]


async def _hand_over(actor: Actor, staff_id: UUID, to: UUID, batches: Sequence[UUID]) -> None:
    for one in batches:
        if to == actor.practice_id:
            await drop(actor, one)
        for row in await fetch_all(GIVE, one, to):
            await tell_import(actor, row["login_id"], one)


IMPORTS = Ownership(
    "imports", "Files of clients to import", "Whoever takes over looks at the rows and starts the import.", "",
    _owned, _heirs, _hand_over,
)
