"""A transaction that gives its connection back whatever happens to it: cancelled while it begins, or left unanswered.

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
from models.core.lending import ANSWERS_WITHIN, give_back, throw_away
from models.core.patience import answered_within


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """BEGIN … COMMIT on one pooled connection, in turn; an exception rolls back."""
    async with turn():
        context = await _begun()
        async with _left_at_the_end(context):
            try:
                yield
            except TimeoutError:
                raise  # nothing came back: nor would it for a ROLLBACK
            except BaseException:
                await _undo(context)
                raise
            await context.client.commit()


async def _begun() -> Any:
    """A transaction whose BEGIN was answered. If it was not, nothing has been done yet: once more, on a new one."""
    try:
        return await _begin()
    except TimeoutError:
        return await _begin()


async def _begin() -> Any:
    context: Any = in_transaction("default")
    try:
        async with answered_within(ANSWERS_WITHIN):
            await context.__aenter__()
    except BaseException as failed:
        await _leave(context, silent=isinstance(failed, TimeoutError))
        raise
    return context


@asynccontextmanager
async def _left_at_the_end(context: Any) -> AsyncIterator[None]:
    silent = False
    try:
        yield
    except TimeoutError:
        silent = True
        raise
    finally:
        await _leave(context, silent=silent)


async def _undo(context: Any) -> None:
    try:
        async with answered_within(ANSWERS_WITHIN):
            await context.client.rollback()
    except TimeoutError:
        await throw_away(*_lent(context))
    except Exception:
        return  # what failed before is what counts; the pool puts the connection right, or ends it


async def _leave(context: Any, *, silent: bool) -> None:
    """Out of the transaction; its connection goes back to the pool, or away."""
    token = getattr(context, "token", None)
    if token is not None:
        get_connections().reset(token)
    if silent:
        await throw_away(*_lent(context))
    await give_back(*_lent(context))


def _lent(context: Any) -> tuple[Any, Any]:
    return context.client._parent._pool, getattr(context.client, "_connection", None)
