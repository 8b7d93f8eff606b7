"""A thousand sockets lose their connection in one moment and come back with their cursors while events go on."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import uvloop

from models.core.change import change, record
from models.core.events import Part, ToStaff, event_type
from models.core.scope import practice_scope
from tests.bench.stack.figures import tell, tell_times
from tests.bench.stack.house import House, cpu, new_house
from tests.bench.stack.line import Line, opened
from tests.bench.stack.people import Pair, new_practices

PRACTICES, SOCKETS = 20, 1000
EVENTS_PER_SECOND = 20.0
# A backend tells its counts when it rests, at the latest after ten seconds.
COUNTED_AFTER = 11.0
TOLD = event_type("storm.told", audiences="staff", data="number")
COUNTED = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'portico'"


class Ears:
    """What each socket heard, to be compared with what was told."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.heard: dict[Line, list[int]] = {line: [] for line in lines}
        for line in lines:
            line.on_event = lambda name, payload, at, to=self.heard[line]: to.append(payload["seq"])

    async def missed(self, told: dict[UUID, list[int]], within: float = 5.0) -> int:
        """How many sockets did not hear exactly what was told in their practice, once it had time to arrive."""
        for _ in range(int(within / 0.1)):
            if not self._wrong(told):
                break
            await asyncio.sleep(0.1)
        return self._wrong(told)

    def _wrong(self, told: dict[UUID, list[int]]) -> int:
        return sum(heard != told[line.person.practice_id] for line, heard in self.heard.items())


class Teller:
    """Events in all practices in turn, at a steady pace, until it is stopped."""

    def __init__(self, practices: Sequence[UUID]) -> None:
        self.told: dict[UUID, list[int]] = {practice: [] for practice in practices}
        self._task = asyncio.create_task(self._tell())

    async def stop(self) -> None:
        self._going = False
        await self._task

    async def _tell(self) -> None:
        self._going = True
        while self._going:
            for practice in self.told:
                self.told[practice].append(await _tell_one(practice))
                await asyncio.sleep(1 / EVENTS_PER_SECOND)


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    async with new_house("storm") as house:
        a, b = await house.new_worker("a"), await house.new_worker("b")
        groups = await new_practices(house.admin, PRACTICES, pairs=SOCKETS // PRACTICES)
        lines = [Line(pair.practitioner, (a, b)[place % 2]) for group in groups for place, pair in enumerate(group)]
        began = time.monotonic()
        await opened(lines)
        tell("storm", f"opening {SOCKETS} sockets, 40 at a time", time.monotonic() - began, "s", practices=PRACTICES)
        await _storm(house, groups, lines)


async def _storm(house: House, groups: list[list[Pair]], lines: list[Line]) -> None:
    ears, teller = Ears(lines), Teller([group[0].practice_id for group in groups])
    usual = await _transactions_a_second(house)
    before, began, spent = await house.admin.fetchval(COUNTED), time.monotonic(), _cpu(house)
    await _all_back(lines)
    spent = [now - then for now, then in zip(_cpu(house), spent, strict=True)]
    await asyncio.sleep(COUNTED_AFTER)
    beside = usual * (time.monotonic() - began)
    transactions = await house.admin.fetchval(COUNTED) - before - beside
    await teller.stop()
    missed = await ears.missed(teller.told)
    for what, seconds in zip(("web workers", "PostgreSQL"), spent, strict=True):
        tell("storm", f"CPU of the {what} for a reconnect", seconds / SOCKETS * 1000, "ms")
    tell("storm", "database transactions for a reconnect", transactions / SOCKETS, "transactions", beside_per_s=usual)
    tell("storm", "sockets that missed an event, or heard it twice or out of order", missed, "sockets", goal=0)
    tell("storm", "sockets that had to start anew", sum(line.resyncs for line in lines), "sockets", goal=0)


async def _transactions_a_second(house: House) -> float:
    """What events and polls take anyway."""
    await asyncio.sleep(COUNTED_AFTER)
    before, began = await house.admin.fetchval(COUNTED), time.monotonic()
    await asyncio.sleep(COUNTED_AFTER)
    return float(await house.admin.fetchval(COUNTED) - before) / (time.monotonic() - began)


async def _all_back(lines: list[Line]) -> None:
    """All at once, as when a worker's machine goes."""
    began = time.monotonic()
    for line in lines:
        line.cut()
    await asyncio.gather(*(_back(line) for line in lines))
    tell_times("storm", f"cut to live again, {SOCKETS} at once", [line.live_at - began for line in lines])
    tell("storm", f"cut to the last of {SOCKETS} live again", max(line.live_at for line in lines) - began, "s")


async def _back(line: Line) -> None:
    """As a page: again, when it was refused."""
    while True:
        with suppress(OSError):
            await line.open()
            return
        await asyncio.sleep(0.2)


def _cpu(house: House) -> list[float]:
    return [sum(cpu(one.pid) for one in house.workers), sum(house.backends_cpu(one) for one in house.workers)]


async def _tell_one(practice_id: UUID) -> int:
    async with practice_scope(practice_id) as scope, change(None, "storm.tell"):
        await record(None, TOLD, [Part([ToStaff()], {}, {"number": 1})])
    assert scope.seq is not None
    return scope.seq


if __name__ == "__main__":
    sys.exit(main())
