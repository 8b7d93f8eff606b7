"""What a member of the team was given and what was taken from them, by whom and when. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.accounts.standing import administrators_only
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id

SHOWN = 30
What = Literal["joined", "changed", "deactivated", "reactivated"]

ADD = """INSERT INTO staff_change (id, staff_id, login_id, what, given, taken, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)"""
READ = """SELECT c.what, c.given, c.taken, c.at, m.name AS by FROM staff_change c
  LEFT JOIN staff_member m ON m.practice_id = c.practice_id AND m.login_id = c.login_id
  WHERE c.practice_id = portico_here() AND c.staff_id = $1 ORDER BY c.id DESC LIMIT $2"""


@dataclass(frozen=True)
class Changed:
    """`given`, `taken`: roles and switches, by their words; `by`: None for an invitation that was accepted, and for the
    shell. Times are UTC."""

    what: What
    given: Sequence[str]
    taken: Sequence[str]
    at: datetime
    by: str | None


async def keep(
    actor: Actor | None, staff_id: UUID, what: What, *, before: Iterable[str] = (), after: Iterable[str] = ()
) -> None:
    """Inside a change. A change that gives and takes nothing (a name, a colour) leaves no row."""
    had, has = list(before), list(after)
    given, taken = [one for one in has if one not in had], [one for one in had if one not in has]
    if given or taken or what != "changed":
        login_id = actor.login_id if actor else None
        await execute(ADD, new_id(), staff_id, login_id, what, given, taken, now())


async def history_of(actor: Actor, staff_id: UUID) -> list[Changed]:
    """The newest first; for administrators."""
    administrators_only(actor)
    return [Changed(**row) for row in await fetch_all(READ, staff_id, SHOWN)]
