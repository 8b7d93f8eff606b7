"""What is not kept for ever: screen data of events, answers under keys, the queue's own log. In batches.

The events themselves, which are the audit lines, stay.
"""

from __future__ import annotations

from datetime import timedelta

from models.core.database import execute, fetch_one
from models.core.practices import where_waiting

EVENT_DATA = timedelta(days=14)
KEYS = timedelta(days=30)
QUEUE_LOG = timedelta(days=14)
BATCH = 2000

# Whatever was told up to this number can no longer be replayed. The head's lock comes last and is short.
OLDEST = """SELECT max(seq) AS seq FROM (SELECT seq, at FROM event_data
  WHERE practice_id = portico_here() ORDER BY seq LIMIT $2) first WHERE at < now() - $1::interval"""
RAISE_FLOOR = "UPDATE practice_head SET floor = greatest(floor, $1) WHERE practice_id = portico_here()"
DROP_KEYS = """DELETE FROM request_key WHERE practice_id = portico_here() AND (login_id, door, key) IN (
  SELECT login_id, door, key FROM request_key WHERE practice_id = portico_here() AND at < now() - $1::interval
  ORDER BY at LIMIT $2)"""
DROP_LOG = """DELETE FROM pgqueuer_log WHERE id IN (
  SELECT id FROM pgqueuer_log WHERE created < now() - $1::interval ORDER BY id LIMIT $2)"""


async def drop_what_is_old() -> None:
    """All of it, in every practice that has some; outside any scope. The database's clock decides: that of one machine
    may be wrong."""
    await where_waiting("old_event_data", EVENT_DATA, lambda _: drop_event_data())
    await where_waiting("old_keys", KEYS, lambda _: drop_keys())
    while await drop_queue_log():
        continue


async def drop_event_data() -> bool:
    """One batch of the open practice's event data older than 14 days; True while there may be more.

    The floor rises in the same transaction: who is behind it reads its pages anew instead of missing something.
    """
    row = await fetch_one(OLDEST, EVENT_DATA, BATCH)
    if row is None or row["seq"] is None:
        return False
    await execute("DELETE FROM event_data WHERE practice_id = portico_here() AND seq <= $1", row["seq"])
    await execute(RAISE_FLOOR, row["seq"])
    return True


async def drop_keys() -> bool:
    """One batch of the open practice's answers under keys older than 30 days; True while there may be more."""
    return await execute(DROP_KEYS, KEYS, BATCH) == BATCH


async def drop_queue_log() -> bool:
    """One batch of the job queue's own log, of all practices (it holds ids only); outside a scope."""
    return await execute(DROP_LOG, QUEUE_LOG, BATCH) == BATCH
