"""Files that the practice itself keeps: blanks that its settings name, to be asked of whoever is invited."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.core.actor import Actor
from models.core.database import execute, fetch_all
from models.files.granting import LOCKED, givable, give
from models.files.tables import File

# The subject of such a grant is the practice. What it named before and names no more goes on with whom it was asked of.
HELD = """SELECT file_id FROM file_grant WHERE practice_id = portico_here() AND subject_id = practice_id
  AND until IS NULL FOR UPDATE"""
LET_GO = """UPDATE file_grant SET until = clock_timestamp() WHERE practice_id = portico_here()
  AND subject_id = practice_id AND until IS NULL AND file_id <> ALL ($1)"""


async def hold_for_practice(actor: Actor, file_ids: Sequence[UUID]) -> list[File]:
    """Inside a change: the practice keeps exactly these from now on, and any of its staff may give them on. Raises
    Missing for a file that is not held yet and that the actor neither brought nor may open."""
    await fetch_all(LOCKED, list(file_ids))  # no clean-up may take them from here to the commit
    held = {row["file_id"] for row in await fetch_all(HELD)}
    new = [await givable(actor, id) for id in dict.fromkeys(file_ids) if id not in held]
    await give(new, "login", [actor.login_id], actor.practice_id)
    await execute(LET_GO, list(file_ids))
    return [*new, *await File.filter(id__in=[id for id in file_ids if id in held])]
