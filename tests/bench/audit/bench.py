"""What a page of the audit log costs in a practice with a million changes and 200,000 looks of a year."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import timedelta
from uuid import UUID

import uvloop

from models.clients.audit import Asked, audit_page
from models.core.actor import Actor, Role, Side
from models.core.clock import now
from models.core.database import fetch_one
from models.core.ids import new_id
from models.core.scope import practice_scope
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House, new_house
from tests.bench.stack.people import new_practices

EVENTS = int(os.environ.get("BENCH_AUDIT_EVENTS", "1000000"))
LOOKS, CLIENTS, ROUNDS, GOAL = EVENTS // 5, 2_000, 40, 100.0

# Rows as append_events leaves them, without their hashes: reading does not look at those.
FILL = """INSERT INTO event (practice_id, seq, type, subject_id, ids, audience, login_id, side, at, digest, former,
    client_id)
  SELECT $1, n, CASE WHEN n % 50000 = 0 THEN 'note.added' ELSE 'message.sent' END, c.id,
    jsonb_build_object('client', c.id), '[]', $2, 'desk', now() - ($3 - n) * interval '1 year' / $3, '\\x', '\\x', c.id
  FROM generate_series($4::bigint, $5::bigint) n JOIN filler c ON c.place = n % $6"""
FILL_LOOKS = """INSERT INTO look (practice_id, id, login_id, subject, subject_id, client_id, at)
  SELECT $1, (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || substr(md5(n::text), 1, 20))::uuid,
    $2, 'client-overview', c.id, c.id, moment
  FROM generate_series(1, $3) n CROSS JOIN LATERAL (SELECT now() - ($3 - n) * interval '1 year' / $3 AS moment) m
  JOIN filler c ON c.place = n % $4"""


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    async with new_house("audit") as house:
        practice = (await new_practices(house.admin, 1))[0][0].practice_id
        login, client = await _fill(house, practice)
        today = now().date()
        questions = {
            "the newest": Asked(), "one client": Asked(client=client), "one person": Asked(person=login),
            "one client, looks": Asked(client=client, what="looks"), "a rare kind": Asked(what="access"),
            "a week, half a year ago": Asked(first=today - timedelta(days=187), last=today - timedelta(days=180)),
            "a kind, of long ago": Asked(what="messages", last=today - timedelta(days=180)),
        }
        for name, asked in questions.items():
            times = [await _time(practice, asked) for _ in range(ROUNDS)]
            tell("audit", f"a page of {EVENTS:,} changes: {name}, p95", percentile(times, 95) * 1000, "ms", goal=GOAL)


async def _fill(house: House, practice: UUID) -> tuple[UUID, UUID]:
    login, client = new_id(), new_id()
    await house.admin.execute("SELECT set_config('portico.practice', $1, false)", str(practice))
    await house.admin.execute("CREATE TEMP TABLE filler AS SELECT n AS place, gen_random_uuid() AS id"
                              f" FROM generate_series(0, {CLIENTS - 1}) n")
    await house.admin.execute("ALTER TABLE filler ADD PRIMARY KEY (place)")
    await house.admin.execute("ANALYZE filler")
    await house.admin.execute("UPDATE filler SET id = $1 WHERE place = 7", client)
    for first in range(1, EVENTS + 1, 100_000):
        last = min(first + 99_999, EVENTS)
        await house.admin.execute(FILL, practice, login, EVENTS, first, last, CLIENTS)
    await house.admin.execute(FILL_LOOKS, practice, login, LOOKS, CLIENTS)
    await house.admin.execute("UPDATE practice_head SET seq = $2 WHERE practice_id = $1", practice, EVENTS)
    await house.admin.execute("ANALYZE event")
    await house.admin.execute("ANALYZE look")
    return login, client


async def _time(practice: UUID, asked: Asked) -> float:
    """Server time of one page inside its scope."""
    administrator = Actor(practice, new_id(), Side.DESK, new_id(), "Owner", roles=frozenset({Role.ADMINISTRATOR}))
    async with practice_scope(practice):
        await fetch_one("SELECT 1")
        began = time.monotonic()
        page = await audit_page(administrator, asked)
        took = time.monotonic() - began
    assert page.entries or asked.what == "access"
    await asyncio.sleep(0)
    return took


if __name__ == "__main__":
    sys.exit(main())
