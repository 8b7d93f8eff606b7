"""All practices, one scope each: the only way for work that spans them. Without a scope an UPDATE changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from models.core.database import fetch_all
from models.core.scope import Scope, run_scope

log = structlog.get_logger("portico.practices")


async def for_each_practice(work: Callable[[Scope], Awaitable[object]]) -> None:
    """Run `work` once in a scope of each practice, one after the other; call it outside any scope.

    A practice where it fails is logged and does not keep the others waiting; raises the last such failure at the end.
    """
    failure: Exception | None = None
    for practice_id in await _all():
        try:
            await run_scope(practice_id, work)
        except Exception as error:
            log.error("practice.failed", practice=str(practice_id), error=type(error).__name__)
            failure = error
    if failure is not None:
        raise failure


async def _all() -> list[UUID]:
    return [row["id"] for row in await fetch_all("SELECT id FROM practice ORDER BY id")]
