"""Many practices writing at once: does a commit wait for another practice's?

commit_delay lets PostgreSQL wait 3 ms for others who commit, and write for all at once. Whoever has to wait for the
commit before cannot share that: one practice's changes go one after the other (its counter), but 32 practices must
write nearly 32 times as much until the cores are busy. To see that the bench can see it, the queue's NOTIFY trigger,
which the migration switches off, is switched on for a moment: then every commit waits for the one before.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import uvloop

from models.core.change import change, enqueue, record
from models.core.events import Part, ToStaff, event_type
from models.core.scope import practice_scope
from tests.bench.stack.figures import tell
from tests.bench.stack.house import House, new_house
from tests.bench.stack.people import new_practices

PRACTICES, SECONDS, ROUNDS = 32, 2.0, 2
COMMIT_DELAY = 3000
MOST_PART = 0.5
LOOK_EVERY = 0.02
TOLD = event_type("bench.told", audiences="staff", data="number")
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
TRIGGERS = """SELECT count(*) FROM pg_trigger WHERE tgrelid = 'pgqueuer'::regclass AND NOT tgisinternal
  AND tgenabled <> 'D'"""


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    async with new_house("writing") as house:
        await _delay_commits(house)
        practices = [group[0].practice_id for group in await new_practices(house.admin, PRACTICES)]
        triggers = await house.admin.fetchval(TRIGGERS)
        tell("writing", "NOTIFY triggers of the queue that are on", triggers, "triggers", goal=0)
        await _compare(house, practices)
        await _with_notify(house, practices)


async def _delay_commits(house: House) -> None:
    """Each commit waits, also one that nobody is near: commits that stand in line are not counted as neighbours."""
    for name, value in {"commit_delay": COMMIT_DELAY, "commit_siblings": 0}.items():
        await house.admin.execute(f"ALTER ROLE portico_app SET {name} = {value}")
    await house.reopen(pool=PRACTICES + 2)


async def _compare(house: House, practices: Sequence[UUID]) -> None:
    """The best of the rounds, turn by turn."""
    alone, together, queued, waits = 0.0, 0.0, 0.0, []
    for _ in range(ROUNDS):
        alone = max(alone, (await _pace(house, practices[:1]))[0])
        queued = max(queued, (await _pace(house, practices[:1] * PRACTICES))[0])
        pace, waited = await _pace(house, practices)
        together, waits = max(together, pace), [*waits, *waited]
    tell("writing", "one practice, one writer", alone, "transactions per second")
    tell("writing", f"one practice, {PRACTICES} writers", queued, "transactions per second")
    tell("writing", f"{PRACTICES} practices, a writer each", together, "transactions per second", delay=COMMIT_DELAY)
    what = f"one practice's {PRACTICES} writers, part of {PRACTICES} practices'"
    tell("writing", what, queued / together, "times", goal=MOST_PART)
    found = sum(map(bool, waits))
    tell("writing", "looks that found a commit waiting for another practice's", found, "looks", goal=0, of=len(waits))


async def _with_notify(house: House, practices: Sequence[UUID]) -> None:
    """The fault that the migration avoids, made on purpose."""
    await house.admin.execute("ALTER TABLE pgqueuer ENABLE TRIGGER USER")
    pace, waits = await _pace(house, practices)
    await house.admin.execute("ALTER TABLE pgqueuer DISABLE TRIGGER USER")
    what, found = f"{PRACTICES} practices, with the NOTIFY trigger on purpose", sum(map(bool, waits))
    tell("writing", what, pace, "transactions per second", looks_that_found_one_waiting=found, of=len(waits))


async def _pace(house: House, practices: Sequence[UUID]) -> tuple[float, list[int]]:
    """Transactions a second of a writer in each of these, and how many waited for a lock at each look."""
    until = time.monotonic() + SECONDS
    looking = asyncio.create_task(_look(house.admin, until))
    done = await asyncio.gather(*(_write(practice, until) for practice in practices))
    return sum(done) / SECONDS, await looking


async def _write(practice_id: UUID, until: float) -> int:
    """A change as doors make it: an event and a job in one scope."""
    done = 0
    while time.monotonic() < until:
        async with practice_scope(practice_id):
            async with change(None, "bench.tell"):
                await record(None, TOLD, [Part([ToStaff()], {}, {"number": done})])
                await enqueue("bench.nothing", {"number": done}, key=str(uuid4()))
        done += 1
    return done


async def _look(admin: asyncpg.Connection, until: float) -> list[int]:
    found = []
    while time.monotonic() < until:
        found.append(await admin.fetchval(WAITING))
        await asyncio.sleep(LOOK_EVERY)
    return found


if __name__ == "__main__":
    sys.exit(main())
