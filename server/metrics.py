"""/metrics, /healthz, /readyz: how the house stands. Counts only; no name, no address, no practice."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError

from models.core.database import AWAY, pool
from models.core.lending import lent
from models.core.queue import standing
from server import wiring
from server.door import ANYONE, Raw, get

if TYPE_CHECKING:
    from realtime.hub import Hub

REGISTRY = CollectorRegistry()
SOCKETS = Gauge("portico_sockets", "Sockets of this worker", registry=REGISTRY)
PRACTICES = Gauge("portico_practices_followed", "Practices whose sockets this worker holds", registry=REGISTRY)
JOBS_DUE = Gauge("portico_jobs_due", "Jobs that wait although their time has come", registry=REGISTRY)
JOBS_LATE = Gauge("portico_jobs_late_seconds", "How long the oldest of those has waited", registry=REGISTRY)
JOBS_GIVEN_UP = Gauge("portico_jobs_given_up", "Jobs that failed for a day", ["job"], registry=REGISTRY)
WORKERS_SILENT = Gauge("portico_workers_silent_seconds", "Since a job worker's last sign of life", registry=REGISTRY)
POOL = Gauge("portico_database_connections", "Connections to PostgreSQL", ["state"], registry=REGISTRY)

JSON = "application/json"


def watch(hub: Hub) -> None:
    """Let the gauges read this hub at each scrape."""
    SOCKETS.set_function(lambda: len(hub.lines))
    PRACTICES.set_function(lambda: len(hub.feed.practices))


@get("/healthz", allow=ANYONE, practice=False)
async def healthz() -> Raw:
    return Raw(b'{"alive": true}', JSON)


@get("/readyz", allow=ANYONE, practice=False)
async def readyz() -> Raw:
    """503 only without PostgreSQL: without Redis the house is slower, not closed."""
    if not await _database_answers():
        return Raw(orjson.dumps({"database": "away"}), JSON, status=503)
    return Raw(orjson.dumps({"database": "here", "redis": "here" if await _redis_answers() else "away"}), JSON)


@get("/metrics", allow=ANYONE, practice=False)
async def metrics() -> Raw:
    """Also without a database: what cannot be asked then keeps its last value."""
    with suppress(TimeoutError, *AWAY):
        await _look_at_jobs()
    POOL.labels("open").set(pool().get_size())
    POOL.labels("idle").set(pool().get_idle_size())
    return Raw(generate_latest(REGISTRY), CONTENT_TYPE_LATEST)


async def _look_at_jobs() -> None:
    async with asyncio.timeout(2):
        found = await standing(pool())
    JOBS_DUE.set(found.due)
    JOBS_LATE.set(found.late)
    WORKERS_SILENT.set(math.inf if found.silent is None else found.silent)
    JOBS_GIVEN_UP.clear()
    for job, count in found.given_up.items():
        JOBS_GIVEN_UP.labels(job).set(count)


async def _database_answers() -> bool:
    try:
        async with lent(pool(), 2) as connection:
            await connection.fetchval("SELECT 1")
    except (TimeoutError, *AWAY):
        return False
    return True


async def _redis_answers() -> bool:
    redis: Any = wiring.redis()
    if redis is None:
        return False
    try:
        async with asyncio.timeout(1):
            await redis.ping()
    except (RedisError, OSError, TimeoutError):
        return False
    return True
