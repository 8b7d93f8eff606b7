"""Two hundred who want one time; and what a booking costs while thirty of the staff watch the calendar.

The race goes over HTTP to two workers, every attempt on a line of its own, all sent at once. The watching is paced as a
busy practice books: twenty a minute, written by the verb in this process, heard by thirty sockets on two workers.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import cycle
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.actors import actor_of_session
from models.appointments.filling import book_by_staff
from models.appointments.taking import Wanted
from models.core.scope import practice_scope
from server import wiring
from tests.bench.appointments.practice import LOCATIONS, MINUTES, Bookable, new_bookable
from tests.bench.stack.figures import percentile, tell, tell_times
from tests.bench.stack.house import House, cpu
from tests.bench.stack.line import Line
from tests.faults.ground import WebWorker
from tests.faults.race import BOOK, Answer, sent, tally, wish

BENCH, ATTEMPTS, GOAL = "appointments", 200, 5.0
WATCHING, A_MINUTE, BOOKINGS, WARM = 30, 20, 24, 4
GOALS = (5.0, 25.0)
NEW_YORK = ZoneInfo("America/New_York")


async def measure(house: House) -> None:
    wiring.wire()
    workers = [await _worker(house, name) for name in "ab"]
    await _race(house, workers)
    await _watched(house, workers)


async def _worker(house: House, name: str) -> WebWorker:
    worker = WebWorker(house, name)  # type: ignore[arg-type]
    house.workers.append(worker)
    await worker.start()
    return worker


async def _race(house: House, workers: list[WebWorker]) -> None:
    there = await new_bookable(house.admin)
    await _try(there, workers, day_of(1), 20)  # what is loaded once is loaded
    began = time.monotonic()
    answers, took = await _try(there, workers, day_of(2), ATTEMPTS)
    seconds = time.monotonic() - began
    said = tally(answers)
    figure = f"{ATTEMPTS} attempts at overlapping times at once: until the last is answered"
    tell(BENCH, figure, seconds, "s", goal=GOAL, p50=percentile(took, 50),
         p99=percentile(took, 99), answers=said)
    tell(BENCH, "winners of them beside the one", abs(said.get("200", 0) - 1), "attempts", goal=0.0)
    unheard = sum(one.status not in (200, 409) for one in answers)
    tell(BENCH, "of the others: not told which times are free", unheard, "attempts", goal=0.0)


async def _try(
    there: Bookable, workers: list[WebWorker], day: datetime, count: int
) -> tuple[list[Answer], list[float]]:
    people, turns = cycle(there.pairs), cycle(workers)
    starts = cycle([day + timedelta(minutes=15 * number) for number in range(4)])
    took: list[float] = []

    async def one(worker: WebWorker, begins: datetime) -> Answer:
        client = next(people).client
        cast: Any = SimpleNamespace(subdomain=client.subdomain, tokens={client.session_id: client.token})
        given = {"practitioner": there.staff_ids[0], **wish(there.service.id, begins, there.locations[0])}
        began = time.monotonic()
        answer = await sent(worker, cast, client.session_id, BOOK, given)
        took.append(time.monotonic() - began)
        return answer

    return await asyncio.gather(*(one(next(turns), next(starts)) for _ in range(count))), took


async def _watched(house: House, workers: list[WebWorker]) -> None:
    there = await new_bookable(house.admin, WATCHING)
    heard: dict[int, list[float]] = {}
    lines = [Line(pair.practitioner, workers[number % 2]) for number, pair in enumerate(there.pairs)]
    for line in lines:
        line.on_event = lambda name, payload, at: heard.setdefault(payload["seq"], []).append(at)
    await asyncio.gather(*(line.open() for line in lines))
    before = sum(cpu(worker.pid) for worker in workers)
    began, committed = time.monotonic(), dict[int, float]()
    for number in range(BOOKINGS):
        await asyncio.sleep(max(0.0, began + number * 60 / A_MINUTE - time.monotonic()))
        seq, at = await _book(there, number)
        committed[seq] = at
    await asyncio.sleep(1)
    spent, lasted = sum(cpu(worker.pid) for worker in workers) - before, time.monotonic() - began
    seqs = list(committed)[WARM:]
    missed = sum(WATCHING - len(heard.get(seq, ())) for seq in committed)
    delays = [at - committed[seq] for seq in seqs for at in heard.get(seq, ())]
    figure = f"{A_MINUTE} bookings a minute before {WATCHING} of the staff"
    tell_times(BENCH, f"{figure}: commit to socket", delays, GOALS)
    tell(BENCH, f"{figure}: not heard", missed, "of " + str(WATCHING * BOOKINGS), goal=0.0,
         faults=sum(line.faults for line in lines), resyncs=sum(line.resyncs for line in lines))
    tell(BENCH, f"{figure}: both workers", spent / lasted * 100, "% of a core", goal=5.0)
    for line in lines:
        line.cut()


async def _book(there: Bookable, number: int) -> tuple[int, float]:
    """One after the other through the day; the moment right after its COMMIT."""
    pair = there.pairs[number % len(there.pairs)]
    wanted = Wanted(there.service.id, MINUTES, pair.staff_id, day_of(3) + timedelta(hours=number // len(there.pairs)),
                    "in-person", there.locations[number % LOCATIONS])
    async with practice_scope(there.practice_id) as scope:
        actor = await actor_of_session(there.practice_id, pair.practitioner.session_id)
        await book_by_staff(actor, wanted, [_client(there, number)])
    assert scope.seq is not None
    return scope.seq, time.monotonic()


def _client(there: Bookable, number: int) -> UUID:
    return there.pairs[number % len(there.pairs)].client_id


def day_of(week: int) -> datetime:
    """Ten in the morning of a Tuesday in New York, some weeks ahead."""
    today = datetime.now(UTC).astimezone(NEW_YORK)
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7, weeks=week)
    return tuesday.replace(hour=10, minute=0, second=0, microsecond=0)
