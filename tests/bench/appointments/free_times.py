"""90 days of 20 practitioners with 5,000 appointments: the pure function, and the whole search with its loading.

The function does nothing but compute, so its figure is the CPU it takes, whoever else uses the machine.

Does it grow with history? Two practices have the same 90 days ahead, and one of them 100,000 appointments of former
years, which lie in the same tables. They are asked turn by turn, so that a slower moment meets them alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments import availability, loading
from models.appointments import free_times as pure
from models.appointments.availability import Search
from models.appointments.openings import WallClock
from models.core.database import execute
from models.core.scope import practice_scope
from realtime.fanout import settle_collector
from tests.bench.appointments.practice import BUFFER, MINUTES, Bookable, fill, new_bookable
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House

BENCH, DAYS, AHEAD, HISTORY = "appointments", 90, 5_000, 100_000
ROUNDS, WARM, GOAL, FLAT = 40, 5, 50.0, 1.2
NEW_YORK = ZoneInfo("America/New_York")
WISH = pure.Wish(MINUTES, 0, BUFFER)


async def measure(house: House) -> None:
    plain, old = await new_bookable(house.admin), await new_bookable(house.admin)
    first = datetime.now(UTC).date() + timedelta(days=3)
    for one in (plain, old):
        await fill(house.admin, one, first, DAYS, a_day=4, most=AHEAD)
    await fill(house.admin, old, first - timedelta(days=1275), 1268, a_day=6, most=HISTORY)
    await house.admin.execute("VACUUM ANALYZE", timeout=120)
    settle_collector()  # as each web worker does
    await _tell_pure(plain, first)
    for staff, days in ((len(plain.pairs), DAYS), (1, 7)):
        await _tell_search(plain, old, first, staff, days)


async def _tell_pure(there: Bookable, first: date) -> None:
    """By nothing but the function: what it is given lies there."""
    async with practice_scope(there.practice_id):
        await execute("SELECT 1")
        loaded = await loading.load(_search(there, first), NEW_YORK)
    roomless = replace(loaded.house, rooms={})
    plain = _with(loaded.calendars, shortest=0)
    strict = _with(loaded.calendars, shortest=MINUTES, max_day=8, max_week=40)
    _time_pure("without rooms", plain, roomless, first)
    _time_pure("with rooms", plain, loaded.house, first)
    _time_pure("with rooms and maxima, gaps avoided", strict, loaded.house, first)


def _time_pure(figure: str, calendars: Mapping[UUID, pure.Calendar], house: pure.House, first: date) -> None:
    def search() -> dict[UUID, pure.Found]:
        fresh = replace(house, clock=WallClock(NEW_YORK, first, DAYS))
        return pure.free_times(calendars, fresh, WISH, first, DAYS)

    seconds = _times(search)
    tell(
        BENCH, f"free times of {DAYS} days and {len(calendars)} practitioners, the pure function {figure}: CPU, p95",
        percentile(seconds, 95) * 1000, "ms", goal=GOAL, median=percentile(seconds, 50) * 1000,
        appointments=sum(len(one.taken) for one in calendars.values()),
        times=sum(len(starts) for found in search().values() for starts in found.values()),
    )


async def _tell_search(plain: Bookable, old: Bookable, first: date, staff: int, days: int) -> None:
    figure = f"{days} days, {staff} practitioner{'s' if staff > 1 else ''}"
    without, with_history, found = list[float](), list[float](), [0, 0]
    for round in range(WARM + ROUNDS):
        pairs = [(0, plain, without), (1, old, with_history)]
        for place, there, times in pairs if round % 2 else pairs[::-1]:
            took, found[place] = await _search_once(there, first, staff, days)
            times.append(took)
    assert found[0] == found[1], found
    cpu = await _cpu(plain, first, staff, days)
    tell(BENCH, f"search with its loading: {figure}, p95", percentile(without[WARM:], 95) * 1000, "ms",
         median=percentile(without[WARM:], 50) * 1000, own_cpu=cpu * 1000, times=found[0])
    # The quicker ones: what waits for a busy machine says nothing about history.
    grown = percentile(with_history[WARM:], 20) / percentile(without[WARM:], 20)
    tell(BENCH, f"the same with {HISTORY:,} old appointments: {figure}", grown, "times", goal=FLAT)


async def _search_once(there: Bookable, first: date, staff: int, days: int) -> tuple[float, int]:
    """Seconds inside its scope, and how many times it found."""
    search = replace(_search(there, first), staff_ids=there.staff_ids[:staff], days=days)
    async with practice_scope(there.practice_id):
        await execute("SELECT 1")
        began = time.perf_counter()
        found = await availability.free_times(search)
        return time.perf_counter() - began, len(found)


async def _cpu(there: Bookable, first: date, staff: int, days: int) -> float:
    """Seconds of this process a search takes; the rest is PostgreSQL's, and waiting."""
    began = time.process_time()
    for _ in range(WARM):
        await _search_once(there, first, staff, days)
    return (time.process_time() - began) / WARM


def _search(there: Bookable, first: date) -> Search:
    return Search(there.service, MINUTES, "in-person", there.staff_ids, first, DAYS)


def _with(calendars: Mapping[UUID, pure.Calendar], **rules: int) -> dict[UUID, pure.Calendar]:
    return {whose: replace(one, rules=replace(one.rules, **rules)) for whose, one in calendars.items()}


def _times(work: Callable[[], object]) -> Sequence[float]:
    """Seconds of CPU of each round."""
    found = []
    for _ in range(WARM + ROUNDS):
        began = time.thread_time()
        work()
        found.append(time.thread_time() - began)
    return found[WARM:]
