"""A transaction that gives its connection back even when it is cancelled while it begins.

The ORM's own takes a connection from the pool and then awaits BEGIN; cancelled there it never returns it, and a
few hundred closed tabs would leave the process without any (tried: a pool of five was empty after 2,500).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from models.core.database import turn


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """BEGIN … COMMIT on one pooled connection, in turn; an exception rolls back."""
    async with turn():
        context: Any = in_transaction("default")
        try:
            await context.__aenter__()
        except BaseException:
            await _give_back(context)
            raise
        async with _Entered(context):
            yield


class _Entered:
    def __init__(self, context: Any) -> None:
        self._context = context

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *exc: object) -> Any:
        return await self._context.__aexit__(*exc)


async def _give_back(context: Any) -> None:
    connection = getattr(context.client, "_connection", None)
    token = getattr(context, "token", None)
    if token is not None:
        get_connections().reset(token)
    pool = context.client._parent._pool
    if connection is not None and pool is not None:
        await pool.release(connection)
