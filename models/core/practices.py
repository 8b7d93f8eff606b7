"""All practices, one scope each: the only way for work that spans them. Without a scope an UPDATE changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from models.core.database import fetch_all
from models.core.scope import Scope, run_scope

log = structlog.get_logger("portico.practices")

MOST_BATCHES = 50


async def for_each_practice(work: Callable[[Scope], Awaitable[object]]) -> None:
    """Run `work` once in a scope of each practice, one after the other; call it outside any scope.

    A practice where it fails is logged and does not keep the others waiting; raises the last such failure at the end.
    """
    await _one_by_one(await _all(), work)


async def where_waiting(what: str, limit: timedelta | UUID, work: Callable[[Scope], Awaitable[object]]) -> None:
    """The same for those practices alone in which such work waits: the others cost nothing. While `work` answers True,
    it is run again in the same practice, up to 50 times.

    `what` and `limit` are those of the database's function practices_with_<what>.
    """
    await _one_by_one(await _waiting(what, limit), work)


async def _one_by_one(practices: Sequence[UUID], work: Callable[[Scope], Awaitable[object]]) -> None:
    failure: Exception | None = None
    for practice_id in practices:
        try:
            for _ in range(MOST_BATCHES):
                if await run_scope(practice_id, work) is not True:
                    break
        except Exception as error:
            log.error("practice.failed", practice=str(practice_id), error=type(error).__name__)
            failure = error
    if failure is not None:
        raise failure


async def _all() -> list[UUID]:
    return [row["id"] for row in await fetch_all("SELECT id FROM practice ORDER BY id")]


async def _waiting(what: str, limit: timedelta | UUID) -> list[UUID]:
    found = await fetch_all(f"SELECT practice_id FROM practices_with_{what}($1) AS practice_id ORDER BY 1", limit)
    return [row["practice_id"] for row in found]
