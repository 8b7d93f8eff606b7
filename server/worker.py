"""`portico worker`: runs jobs at their time, any number of workers side by side.

The queue is polled, never notified. When its connection is cut, connection and queue are built anew; what ran then
is picked up again by whoever polls first once its heartbeat is stale, so every job may run twice and none is lost.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as Queued
from pgqueuer.models import Schedule

from models.core import bell
from models.core.clock import monotonic, now
from models.core.database import close_database, open_database
from models.core.errors import Busy
from models.core.lending import notice_silence
from models.core.scope import finish_work
from models.core.settings import settings
from server import jobs, wiring
from server.doctor import Unhealthy, refuse_unsafe_connection, refuse_unsafe_role
from server.logs import set_up_logs
from server.redis import open_redis

NAME = "portico jobs"
TOLD = {"application_name": NAME}
POLL = timedelta(seconds=0.5)
STALE = timedelta(seconds=20)
BATCH = 8
AT_ONCE = 16
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
WELL_AFTER = 30.0
FIRST_PAUSE = 5.0
LONGEST_PAUSE = timedelta(minutes=10)
# Failing for longer than this and so often, a job gives up: it stays in the queue as failed until `portico retry`.
GIVES_UP_AFTER = timedelta(days=1)
MOST_ATTEMPTS = 100

log = structlog.get_logger("portico.jobs")


async def run_worker(stop: asyncio.Event | None = None) -> None:
    """Run until SIGTERM or SIGINT (or `stop`), then finish what runs. Raises Unhealthy for a role that walks through
    the walls between practices."""
    stop = stop or _stop_by_signal()
    set_up_logs(settings())
    _quiet_queue()
    wiring.wire()
    await open_database(settings().database_url or "", pool=settings().database_pool)
    address = settings().redis_url
    redis = open_redis(address, name="portico-jobs") if address else None
    bell.use(redis)
    try:
        await refuse_unsafe_role(settings())
        await _keep_running(stop)
    finally:
        await finish_work(10)
        bell.use(None)
        await close_database()
        if redis is not None:
            await redis.aclose()


def _stop_by_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _quiet_queue() -> None:
    """PgQueuer logs failures with their text; ours hold none, but a database's may quote a row."""
    logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)


async def _keep_running(stop: asyncio.Event) -> None:
    failures = 0
    while not stop.is_set():
        began = monotonic()
        try:
            await _run_queue(stop)
        except Unhealthy:
            raise
        except Exception as cut:
            failures = 0 if monotonic() - began > WELL_AFTER else failures + 1
            log.warning("jobs.cut", error=type(cut).__name__, attempt=failures)
            await _pause(stop, PAUSES[min(failures, len(PAUSES) - 1)])


async def _run_queue(stop: asyncio.Event) -> None:
    """One connection's life. Every statement has a limit: a network that only goes silent counts as cut."""
    connection = await asyncpg.connect(settings().direct_url, timeout=5, command_timeout=10, server_settings=TOLD)
    notice_silence(connection)
    try:
        await refuse_unsafe_connection(connection, settings(), given=_given())
        queue = _queue(connection)
        watch = asyncio.create_task(_pass_on(stop, queue.shutdown))
        try:
            await queue.run(
                dequeue_timeout=POLL, batch_size=BATCH, max_concurrent_tasks=AT_ONCE, heartbeat_timeout=STALE
            )
        finally:
            watch.cancel()
    finally:
        connection.terminate()


def _given() -> str:
    return "DATABASE_DIRECT_URL" if settings().database_direct_url else "DATABASE_URL"


def _queue(connection: asyncpg.Connection) -> PgQueuer:
    queue = PgQueuer.from_asyncpg_connection(connection)
    for name, job in jobs.JOBS.items():
        queue.entrypoint(name, on_failure="hold", accepts_context=False)(_entry(name, job))
    for regular in jobs.REGULAR:
        queue.schedule(regular.name, regular.when, clean_old=False, accepts_context=False)(_turn(regular))
    return queue


class GaveUp(Exception):
    """Says no more than the type of what went wrong."""


def _entry(name: str, job: jobs.Job) -> Any:
    async def run(queued: Queued) -> None:
        """Nothing but a retry or GaveUp leaves here: an error's text would be kept in the queue's log."""
        try:
            again = await _undisturbed(job(*_payload(queued.payload)))
        except Busy as busy:
            again = timedelta(seconds=busy.retry_after or 1)
        except Exception as error:
            log.exception("job.failed", job=name, attempt=queued.attempts, error=type(error).__name__)
            if _tried_enough(queued):
                log.error("job.gave_up", job=name, attempt=queued.attempts, error=type(error).__name__)
                raise GaveUp(type(error).__name__) from None
            again = min(timedelta(seconds=FIRST_PAUSE * 2 ** min(queued.attempts, 10)), LONGEST_PAUSE)
        if again is not None:
            raise RetryRequested(delay=again)

    return run


def _tried_enough(queued: Queued) -> bool:
    """Both: a job waits long before its time, and Busy makes many short tries."""
    return queued.attempts >= MOST_ATTEMPTS and now() - queued.created >= GIVES_UP_AFTER


async def _undisturbed(work: Coroutine[Any, Any, jobs.Answer]) -> jobs.Answer:
    """Let the work end whatever happens to the queue: PgQueuer cancels what runs when its connection fails, and calls
    it done. A mail cut off between the server's yes and our record would be sent twice."""
    task = asyncio.get_running_loop().create_task(work)
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise


def _turn(regular: jobs.Regular) -> Any:
    async def run(schedule: Schedule) -> None:
        try:
            await regular.work()
        except Exception as error:
            log.exception("regular.failed", job=regular.name, error=type(error).__name__)

    return run


def _payload(raw: bytes | None) -> tuple[UUID, Mapping[str, UUID]]:
    ids = {name: UUID(value) for name, value in orjson.loads(raw or b"{}").items()}
    return ids.pop("practice"), ids


async def _pass_on(stop: asyncio.Event, shutdown: asyncio.Event) -> None:
    await stop.wait()
    shutdown.set()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
