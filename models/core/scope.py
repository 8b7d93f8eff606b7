"""Which practice: the one transaction a door works in.

`async with practice_scope(practice)` opens it and sets the practice for row-level security. At its exit, with nothing
between: one statement adds the events, COMMIT, bell. A verb never opens a transaction; a nested one would be a
savepoint, ring before the commit, and hold the practice's counter while the door still renders.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, overload
from uuid import UUID

from models.core import bell
from models.core.actor import Actor
from models.core.database import AWAY, FULL, MET, RETRIED, execute, fetch_one, json_text
from models.core.errors import Busy
from models.core.events import Event
from models.core.transaction import transaction

T = TypeVar("T")

ATTEMPTS = 4
# More than half of two hundred who want the same time at once, on two workers: they wait in turn for a connection,
# seconds at most, and each is told how it ended.
MOST_AT_ONCE = 128
NO_ROOM = "The practice’s server has no room for more right now. Nothing was changed. Tell the practice, or try later."

# One statement: the practice, and the time limits, which hold whoever pools the connection.
OPEN = """SELECT set_config('portico.practice', $1, true), set_config('statement_timeout', '15s', true),
  set_config('lock_timeout', '3s', true), set_config('idle_in_transaction_session_timeout', '5s', true)"""


@dataclass(frozen=True)
class Whence:
    """Where a request came from, as changes and looks keep it: the network address and the device in words. `again`: a
    page that stands open fetches itself anew, by its own account; that can only make fewer looks, never none."""

    address: str = ""
    device: str = ""
    again: bool = False


NOWHERE = Whence()
_whence: ContextVar[Whence] = ContextVar("portico_whence", default=NOWHERE)


def comes_from(whence: Whence) -> None:
    """Where this task's request comes from: every scope that it opens says so, also those of a download that goes on
    for minutes."""
    _whence.set(whence)


@dataclass
class Scope:
    """An open practice. After its exit `seq` is the number of its last event, None when nothing happened. `whence` is
    said by the door (comes_from); jobs come from nowhere. `kept`: answers that hold until a verb begins. `counted`:
    how many tries were left, by key, as it took them (limits.py); `before`: of the run that lost a race."""

    practice_id: UUID
    actor: Actor | None = None
    whence: Whence = field(default_factory=lambda: _whence.get())
    events: list[Event] = field(default_factory=list)
    keyed: dict[str, Any] | None = None
    seq: int | None = None
    flushed: bool = False
    kept: dict[Hashable, Any] = field(default_factory=dict)
    afterwards: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)
    changing: bool = False
    counted: dict[str, list[int]] = field(default_factory=dict)
    before: dict[str, list[int]] = field(default_factory=dict)

    async def flush(self) -> None:
        """Write the buffered events as the transaction's last statement."""
        where = self.whence
        if self.events or self.keyed:
            row = await fetch_one(
                "SELECT append_events($1::jsonb, $2::jsonb) AS seq",
                json_text([event.row(device=where.device, address=where.address) for event in self.events]),
                json_text(self.keyed),
            )
            self.seq = row["seq"] if row and self.events else None
        self.flushed = True

    def ring(self) -> None:
        """Tell who listens that there is news; called after the commit only."""
        if self.seq is not None:
            rights = any(event.rights_of for event in self.events)
            bell.ring(self.practice_id, self.seq, twice=rights)
        for work in self.afterwards:
            detached(work)


_current: ContextVar[Scope | None] = ContextVar("portico_scope", default=None)
_working: set[asyncio.Task[Any]] = set()


@overload
def current_scope(*, required: Literal[False]) -> Scope | None: ...
@overload
def current_scope(*, required: Literal[True] = True) -> Scope: ...
def current_scope(*, required: bool = True) -> Scope | None:
    """The open scope; raises RuntimeError outside one."""
    scope = _current.get()
    if scope is None and required:
        raise RuntimeError("no practice is open: this belongs inside practice_scope()")
    return scope


def after_commit(work: Callable[[], Awaitable[Any]]) -> None:
    """Start `work` in the background once the open scope has committed: who is told of something looks at once, and
    must find it. Never when the scope is undone."""
    current_scope().afterwards.append(work)


async def remembered(key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
    """What `read` answers, asked once while the open scope only reads: a page is drawn from many parts that want the
    same row. From its first verb on a scope asks anew each time. What is answered must not be written into."""
    scope = current_scope()
    if scope.changing:
        return await read()
    if key not in scope.kept:
        scope.kept[key] = await read()
    answer: T = scope.kept[key]
    return answer


@asynccontextmanager
async def practice_scope(practice_id: UUID, *, again: Scope | None = None) -> AsyncIterator[Scope]:
    """Open one practice; commit at a clean exit, else undo everything. Scopes do not nest. `again`: the scope of the
    run that lost a race; what it counted outside of the transaction counts for this one."""
    if _current.get() is not None:
        raise RuntimeError("a practice is open already: scopes do not nest")
    scope = Scope(practice_id, before=again.counted if again else {})
    async with transaction():
        token = _current.set(scope)
        try:
            await execute(OPEN, str(practice_id))
            yield scope
            await scope.flush()
        finally:
            _current.reset(token)
    scope.ring()


async def run_scope(practice_id: UUID, work: Callable[[Scope], Awaitable[T]]) -> T:
    """Run `work` in a scope, in a task of its own, and wait for it.

    A caller that goes away (a closed tab) leaves the work to finish. A lost race (deadlock, serialization, lock
    timeout, two who wrote what can be there once) is run again, so `work` must have no effect outside the transaction.
    Raises Busy when the process has its hands full or the database is away.
    """
    if len(_working) >= MOST_AT_ONCE:
        raise Busy(retry_after=1)
    task = asyncio.get_running_loop().create_task(_attempt(practice_id, work), context=contextvars.copy_context())
    _working.add(task)
    task.add_done_callback(_forget)
    return await asyncio.shield(task)


async def finish_work(seconds: float) -> None:
    """At shutdown: wait for the scopes that still run."""
    if _working:
        await asyncio.wait(set(_working), timeout=seconds)


def detached(work: Callable[[], Awaitable[Any]]) -> asyncio.Task[Any]:
    """Start background work that inherits no scope: a child task would keep using its connection after release."""

    async def run() -> Any:
        return await work()

    task = asyncio.get_running_loop().create_task(run(), context=contextvars.Context())
    _background.add(task)
    task.add_done_callback(_background.discard)
    return task


_background: set[asyncio.Task[Any]] = set()


async def _attempt(practice_id: UUID, work: Callable[[Scope], Awaitable[T]]) -> T:
    scope: Scope | None = None
    for attempt in range(1, ATTEMPTS + 1):
        former, scope = scope, None
        try:
            async with practice_scope(practice_id, again=former) as scope:
                return await work(scope)
        except RETRIED as lost:
            if attempt == ATTEMPTS:
                raise Busy(retry_after=1) from lost
            await asyncio.sleep(0.02 * attempt)
        except MET:
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(0.02 * attempt)
        except AWAY as away:
            raise _out_of_reach(scope) from away
        except FULL as full:
            raise Busy("database-full", NO_ROOM, retry_after=30) from full
    raise AssertionError("unreachable")


def _out_of_reach(scope: Scope | None) -> Busy:
    """Whoever was cut off in the middle of COMMIT cannot know. With its key, what is sent again happens once."""
    unsure = scope is not None and scope.flushed and (scope.changing or scope.events or scope.keyed)
    told = "Nothing was changed." if not unsure else "Look whether it was kept before you send it again."
    return Busy("database-away", f"The practice’s records cannot be reached. {told}", retry_after=2)


def _forget(task: asyncio.Task[Any]) -> None:
    _working.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that a caller who left causes no complaint about it
