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

FEW, MANY, SOCKETS = 10, 10_000, 2_000  # two cores open 2,000 sockets in a bearable time
ROUNDS, MESSAGES = 9, 60
QUIET_SECONDS = 1.0
FLAT = 1.2
NAMES = {"worker_ms": "CPU of the worker", "database_ms": "CPU of PostgreSQL", "screen_ms": "ask to screen, median"}

Figures = dict[str, float]


@dataclass
class Place:
    """A worker, two people who talk through it, and what was measured there."""

    name: str
    worker: WebWorker
    talk: Talk
    rounds: list[Figures] = field(default_factory=list)
    quiet: list[tuple[float, float]] = field(default_factory=list)

    def figure(self, name: str) -> float:
        return median(one[name] for one in self.rounds)


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    async with new_house("practices") as house:
        alone, rows, sockets, lines = await _places(house)
        for _ in range(ROUNDS):
            for place in (alone, rows, sockets):
                await _quiet(house, place)
                place.rounds.append(await _round(house, place))
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
    places = [Place(worker.name, worker, talk) for worker, talk in zip(workers, talks, strict=True)]
    return places[0], places[1], places[2], [line for some in lines for line in some][-SOCKETS:]


async def _quiet(house: House, place: Place) -> None:
    """What a second costs in which nothing happens here."""
    worker, database, began = cpu(place.worker.pid), house.backends_cpu(place.worker), time.monotonic()
    await asyncio.sleep(QUIET_SECONDS)
    took = time.monotonic() - began
    place.quiet.append(
        ((cpu(place.worker.pid) - worker) / took, (house.backends_cpu(place.worker) - database) / took)
    )


async def _round(house: House, place: Place) -> Figures:
    """One message after the other."""
    worker, database, began = cpu(place.worker.pid), house.backends_cpu(place.worker), time.monotonic()
    starts: dict[int, float] = {}
    for _ in range(MESSAGES):
        start = time.monotonic()
        _, answer = await place.talk.send()
        starts[answer["seq"]] = start
    await place.talk.until_heard(list(starts))
    took = time.monotonic() - began
    spent = cpu(place.worker.pid) - worker, house.backends_cpu(place.worker) - database
    idle = [median(one[what] for one in place.quiet) * took for what in (0, 1)]
    delays = [place.talk.heard[seq] - start for seq, start in starts.items()]
    return {
        "worker_ms": (spent[0] - idle[0]) / MESSAGES * 1000,
        "database_ms": (spent[1] - idle[1]) / MESSAGES * 1000,
        "screen_ms": percentile(delays, 50) * 1000,
    }


def _tell(place: Place) -> None:
    for name, words in NAMES.items():
        tell("practices", f"{place.name}: {words}", place.figure(name), "ms a message", of=ROUNDS * MESSAGES)
    for what, words in enumerate(("worker", "PostgreSQL")):
        share = median(one[what] for one in place.quiet) * 100
        tell("practices", f"{place.name}: {words} while nothing happens", share, "% of a core")


def _compare(what: str, many: Place, few: Place) -> None:
    for name, words in NAMES.items():
        tell("practices", f"{words}, while {what}", many.figure(name) / few.figure(name), "times", goal=FLAT)


if __name__ == "__main__":
    sys.exit(main())
