"""What an event costs while few and while many other practices have rows, or hold sockets: it must be the same.

Three workers take turns at the same messages, so that whatever else the machine does falls on all of them:
`alone` (a database of 10 other practices), `rows` (one of 10,000; pages of 10 are open) and `sockets` (the same
database; pages of SOCKETS practices are open). Of the CPU, what the worker spends anyway in that time is taken off.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from statistics import median

import uvloop

from tests.bench.practices.crowd import new_crowd, open_pages
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House, cpu, new_house
from tests.bench.stack.line import Line
from tests.bench.stack.people import new_practices
from tests.bench.stack.talking import Talk, new_talk
from tests.faults.ground import WebWorker

FEW, MANY, SOCKETS = 10, 10_010, 10_000
ROUNDS, MESSAGES = 9, 60
QUIET_SECONDS = 1.0
SETTLE_SECONDS, BUSY = 30, 0.1
FLAT = 1.2
NAMES = {"worker": "CPU of the worker", "database": "CPU of PostgreSQL", "screen": "ask to screen, median"}

Figures = dict[str, float]


@dataclass
class Place:
    """A worker, two people who talk through it, and what was measured there: CPU and time of rounds, shares of a core
    of seconds in which nothing happened."""

    name: str
    worker: WebWorker
    talk: Talk
    rounds: list[Figures] = field(default_factory=list)
    quiet: list[Figures] = field(default_factory=list)

    def idle(self, what: str) -> float:
        return median(one[what] for one in self.quiet)

    def figure(self, what: str) -> float:
        """Median of the rounds, in milliseconds a message, without what would have been spent anyway."""
        if what == "screen":
            return median(one[what] for one in self.rounds) * 1000
        return median((one[what] - self.idle(what) * one["took"]) / MESSAGES for one in self.rounds) * 1000


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    async with new_house("practices") as house:
        alone, rows, sockets, lines = await _places(house)
        for _ in range(ROUNDS):
            for place in (alone, rows, sockets):
                await _quiet(house, place)
                await _round(house, place)
        for place in (alone, rows, sockets):
            _tell(place)
        _compare(f"{MANY} other practices have rows, to {FEW}", rows, alone)
        _compare(f"{len(lines)} other practices hold sockets, to {FEW}", sockets, rows)
        if faults := sum(line.faults for line in lines):
            raise SystemExit(f"{faults} events came twice or out of order")


async def _places(house: House) -> tuple[Place, Place, Place, list[Line]]:
    few = await house.new_database("few")
    small = await house.connect_admin("few")
    pairs = await new_crowd(small, FEW)
    others = await new_crowd(house.admin, MANY)
    own = [*await new_practices(small, 1), *await new_practices(house.admin, 2)]
    await small.close()
    named: dict[str, dict[str, str]] = {"alone": few, "rows": {}, "sockets": {}}
    workers = [await house.new_worker(name, **environment) for name, environment in named.items()]
    began = time.monotonic()
    crowds = (pairs, others[:FEW], others[FEW : FEW + SOCKETS])
    lines = [await open_pages(house, crowd, worker) for crowd, worker in zip(crowds, workers, strict=True)]
    tell("practices", f"opening {SOCKETS} sockets, each in its own practice", time.monotonic() - began, "s")
    talks = [await new_talk(pair, worker, worker) for [pair], worker in zip(own, workers, strict=True)]
    await _settled(workers[2])
    places = [Place(worker.name, worker, talk) for worker, talk in zip(workers, talks, strict=True)]
    return places[0], places[1], places[2], [line for some in lines for line in some][-SOCKETS:]


async def _settled(worker: WebWorker) -> None:
    """Opening pages leaves work behind, who is here is told to others: wait until that is done."""
    for _ in range(SETTLE_SECONDS):
        before = cpu(worker.pid)
        await asyncio.sleep(1)
        if cpu(worker.pid) - before < BUSY:
            return


async def _quiet(house: House, place: Place) -> None:
    """What a second costs in which nothing happens here."""
    before, began = _spent(house, place), time.monotonic()
    await asyncio.sleep(QUIET_SECONDS)
    took = time.monotonic() - began
    place.quiet.append({name: (now - before[name]) / took for name, now in _spent(house, place).items()})


async def _round(house: House, place: Place) -> None:
    """One message after the other."""
    before, began = _spent(house, place), time.monotonic()
    starts: dict[int, float] = {}
    for _ in range(MESSAGES):
        start = time.monotonic()
        _, answer = await place.talk.send()
        starts[answer["seq"]] = start
    await place.talk.until_heard(list(starts))
    took = time.monotonic() - began
    spent = {name: now - before[name] for name, now in _spent(house, place).items()}
    screen = percentile([place.talk.heard[seq] - start for seq, start in starts.items()], 50)
    place.rounds.append({**spent, "took": took, "screen": screen})


def _spent(house: House, place: Place) -> Figures:
    return {"worker": cpu(place.worker.pid), "database": house.backends_cpu(place.worker)}


def _tell(place: Place) -> None:
    for name, words in NAMES.items():
        tell("practices", f"{place.name}: {words}", place.figure(name), "ms", messages=ROUNDS * MESSAGES)
    for name in ("worker", "database"):
        tell("practices", f"{place.name}: {NAMES[name]} while nothing happens", place.idle(name) * 100, "% of a core")


def _compare(what: str, many: Place, few: Place) -> None:
    for name, words in NAMES.items():
        tell("practices", f"{words}, while {what}", many.figure(name) / few.figure(name), "times", goal=FLAT)


if __name__ == "__main__":
    sys.exit(main())
