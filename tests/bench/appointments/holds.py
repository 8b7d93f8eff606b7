"""What holds cost that every open page of the portal hears: a thousand pages, twenty holds a minute, each let go again.

Written by the verbs in this process, one every three seconds, heard by sockets of clients on two workers; what the same
sockets cost while nothing happens stands beside it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts.actors import actor_of_session
from models.appointments import holding
from models.appointments.taking import Offer, Wanted
from models.core.scope import practice_scope
from server import wiring
from tests.bench.appointments.booking import day_of
from tests.bench.appointments.practice import MINUTES, Bookable, new_bookable
from tests.bench.stack.figures import tell, tell_times
from tests.bench.stack.house import House, cpu
from tests.bench.stack.line import Line, opened
from tests.bench.stack.people import Person
from tests.faults.ground import WebWorker

BENCH, PAGES, A_MINUTE, HOLDS, IDLE = "appointments", 1_000, 20, 20, 20
GOALS = (10.0, 50.0)
FIGURE = f"{A_MINUTE} holds a minute before {PAGES:,} open pages of the portal"


# The name of an event and whose time it is about: each practitioner here is chosen once.
What = tuple[str, str]


class Listening(Line):
    """What visitors may hear comes without a number."""

    def __init__(self, person: Person, worker: WebWorker, heard: dict[What, list[float]]) -> None:
        super().__init__(person, worker)
        self.heard = heard

    def _event(self, name: str, payload: dict[str, Any], moment: float) -> None:
        if name.startswith("hold."):
            self.heard.setdefault((name, payload["practitioner"]), []).append(moment)
        super()._event(name, payload, moment)


async def measure(house: House) -> None:
    wiring.wire()
    workers = [await house.new_worker(name) for name in ("holds-a", "holds-b")]
    there = await new_bookable(house.admin, PAGES)
    heard: dict[What, list[float]] = {}
    lines = [Listening(pair.client, workers[number % 2], heard) for number, pair in enumerate(there.pairs)]
    await opened([*lines])
    quiet = await _spent(workers, asyncio.sleep(IDLE))
    committed: dict[What, float] = {}
    busy = await _spent(workers, _hold_and_let_go(there, committed))
    delays = [at - done for what, done in committed.items() for at in heard.get(what, ())]
    tell_times(BENCH, f"{FIGURE}: commit to socket", delays, GOALS)
    missed = sum(PAGES - len(heard.get(what, ())) for what in committed)
    tell(BENCH, f"{FIGURE}: not heard", missed, f"of {PAGES * len(committed):,}", goal=0.0)
    tell(BENCH, f"{FIGURE}: both workers", busy, "% of a core", goal=5.0, while_nothing_happens=quiet)
    for line in lines:
        line.cut()


async def _spent(workers: list[WebWorker], work: Awaitable[None]) -> float:
    """How much of a core the workers took meanwhile."""
    before, began = sum(cpu(worker.pid) for worker in workers), time.monotonic()
    await work
    return (sum(cpu(worker.pid) for worker in workers) - before) / (time.monotonic() - began) * 100


async def _hold_and_let_go(there: Bookable, committed: dict[What, float]) -> None:
    began, pause = time.monotonic(), 60 / A_MINUTE
    for number in range(HOLDS):
        await asyncio.sleep(max(0.0, began + number * pause - time.monotonic()))
        held = await _told(there, number, committed, None)
        await asyncio.sleep(pause / 2)
        await _told(there, number, committed, held)
    await asyncio.sleep(1)


async def _told(there: Bookable, number: int, committed: dict[What, float], held: UUID | None) -> UUID:
    """The hold is placed, or let go; the moment right after its COMMIT is noted."""
    pair = there.pairs[number]
    wanted = Wanted(there.service.id, MINUTES, pair.staff_id, day_of(1) + timedelta(hours=number % 6), "in-person",
                    there.locations[number % len(there.locations)])
    name = "hold.placed" if held is None else "hold.released"
    async with practice_scope(there.practice_id):
        actor = await actor_of_session(there.practice_id, pair.client.session_id)
        actor = actor.acting_for(pair.client_id)
        if held is None:
            held = (await holding.place(actor, Offer(there.service, None), wanted)).id
        else:
            await holding.release(actor, held)
    committed[name, str(pair.staff_id)] = time.monotonic()
    return held
