"""Messages a second through the whole stack: everybody asks again as soon as they are answered."""

from __future__ import annotations

import asyncio
import time

from tests.bench.stack.figures import tell, tell_times
from tests.bench.stack.house import House, cpu
from tests.bench.stack.people import Pair
from tests.bench.stack.talking import Talk, new_talk

SECONDS, WARM_UP = 5.0, 1.0


async def messages_a_second(house: House, name: str, pairs: list[Pair]) -> None:
    """Half of the writers on each worker, each hearer on the other one. Raises when a page missed a message."""
    a, b = house.workers
    talks = await asyncio.gather(
        *(new_talk(pair, *((a, b) if place % 2 else (b, a))) for place, pair in enumerate(pairs))
    )
    await _all_send(talks, WARM_UP)
    spent, began = _cpu(house), time.monotonic()
    waited, shown = await _all_send(talks, SECONDS)
    took, spent = time.monotonic() - began, [now - before for now, before in zip(_cpu(house), spent, strict=True)]
    _check(talks)
    pace = len(waited) / took
    tell("stack", f"{name}: messages answered", pace, "per second", sockets=2 * len(talks), writers=len(talks))
    tell_times("stack", f"{name}: ask to answer", waited)
    tell_times("stack", f"{name}: answer to the other worker's socket", shown)
    for what, seconds in zip(("web workers", "PostgreSQL"), spent, strict=True):
        tell("stack", f"{name}: CPU of the {what} for a message", seconds / len(waited) * 1000, "ms")
    for talk in talks:
        talk.practitioner.cut()
        talk.client.cut()


async def _all_send(talks: list[Talk], seconds: float) -> tuple[list[float], list[float]]:
    """Seconds that each message took to its answer, and from there to the other's page."""
    until = time.monotonic() + seconds

    async def one(talk: Talk) -> tuple[list[float], list[float]]:
        waited, answered = [], {}
        while (began := time.monotonic()) < until:
            at, answer = await talk.send()
            waited.append(at - began)
            answered[answer["seq"]] = at
        await talk.until_heard(list(answered))
        return waited, [talk.heard[seq] - at for seq, at in answered.items()]

    results = await asyncio.gather(*(one(talk) for talk in talks))
    return [one for waited, _ in results for one in waited], [one for _, shown in results for one in shown]


def _check(talks: list[Talk]) -> None:
    lines = [line for talk in talks for line in (talk.practitioner, talk.client)]
    if faults := sum(line.faults + line.resyncs for line in lines):
        raise SystemExit(f"{faults} events came twice, out of order, or were given up")


def _cpu(house: House) -> list[float]:
    return [sum(cpu(one.pid) for one in house.workers), sum(house.backends_cpu(one) for one in house.workers)]
