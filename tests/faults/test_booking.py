"""One time, and two hundred who want it: real workers, real PostgreSQL, every kind of person over HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import cycle

import asyncpg
import pytest
import pytest_asyncio

from models.core.ids import new_id
from tests.appointments.times import at
from tests.faults.drills import broken
from tests.faults.ground import WebWorker
from tests.faults.race import BOOK, LENGTH, STARTS, new_ring, one_won, tally

ATTEMPTS, PLACES = 200, 8
INSERT = """INSERT INTO appointment
  (practice_id, id, state, staff_id, room_id, location_id, made_side, starts_at, ends_at)
  VALUES ($1, $2, 'scheduled', $3, $4, $5, 'desk', $6, $7)"""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def workers(standing_ground):
    """Two."""
    made = [WebWorker(standing_ground, f"booking-{name}") for name in "ab"]
    await asyncio.gather(*(worker.start() for worker in made))
    yield made
    for worker in made:
        worker.kill()


async def clients_of(ring):
    """Clients themselves, and a parent for the child."""
    return cycle(await ring.sign_in(*ring.clients, "client", "teen", "parent"))


async def test_of_200_simultaneous_attempts_at_overlapping_times_exactly_one_wins(cast, workers):
    ring = await new_ring(cast)
    names, turns, starts = await clients_of(ring), cycle(workers), cycle(STARTS)
    staff = cycle(await ring.sign_in("frontdesk", "practitioner"))
    tries = [ring.take(next(turns), next(names), next(starts)) for _ in range(ATTEMPTS - 40)]
    tries += [ring.fill(next(turns), next(staff), next(starts)) for _ in range(40)]
    one_won(await asyncio.gather(*tries), await ring.standing())


async def test_one_room_goes_to_one_of_many_practitioners(cast, workers):
    ring = await new_ring(cast, rooms=1, practitioners=("practitioner", "supervisor"))
    names, turns, starts, staff = await clients_of(ring), cycle(workers), cycle(STARTS), cycle(ring.staff)
    await ring.sign_in("frontdesk")
    tries = [
        ring.take(next(turns), next(names), next(starts), practitioner=next(staff), place=ring.place)
        for _ in range(ATTEMPTS - 40)
    ]
    tries += [
        ring.fill(next(turns), "frontdesk", next(starts), practitioner=next(staff), place=ring.rooms[0],
                  mode="in-person")
        for _ in range(40)
    ]
    one_won(await asyncio.gather(*tries), standing := await ring.standing())
    assert standing[0]["room_id"] == ring.rooms[0]


async def test_a_time_that_is_held_is_not_booked_and_one_that_is_booked_is_not_held(cast, workers):
    """But by whoever holds it: they may choose it again, and book it."""
    ring = await new_ring(cast)
    names, turns, starts = await clients_of(ring), cycle(workers), cycle(STARTS)
    paths = cycle([f"{BOOK}/hold", BOOK])
    wishes = [(next(names), next(starts), next(paths)) for _ in range(ATTEMPTS)]
    answers = await asyncio.gather(*(ring.take(next(turns), *who, path=path) for *who, path in wishes))
    won = [one for one in answers if one.status == 200]
    assert len({wish[:2] for wish, one in zip(wishes, answers, strict=True) if one.status == 200}) == 1, tally(answers)
    booked = [one for one in won if "hold" not in one.told]
    assert len(booked) < 2
    one_won([*(booked or won[:1]), *(one for one in answers if one.status != 200)], standing := await ring.standing())
    assert standing[0]["state"] == ("scheduled" if booked else "hold")


async def test_of_a_group_as_many_get_a_place_as_there_are_places(cast, workers):
    """Fifteen clients and the desk want eight places, by two doors and on two workers."""
    ring = await new_ring(cast, group=PLACES)
    names, turns = await clients_of(ring), cycle(workers)
    await ring.sign_in("frontdesk")
    group = (await ring.fill(workers[0], "frontdesk", at(10), clients=[])).told["appointment"]
    tries = [ring.take(next(turns), next(names), at(10)) for _ in range(ATTEMPTS - 40)]
    added = cycle([cast.clients[name] for name in ("child", *ring.clients)])
    there = f"/staff/appointments/{group}/clients"
    tries += [ring.ask(next(turns), "frontdesk", there, client=next(added)) for _ in range(40)]
    answers = await asyncio.gather(*tries)
    said = tally(answers)
    assert said.pop("200") == PLACES == await ring.coming(group), said
    assert set(said) <= {"409 time-taken", "409 full", "409 already-there"}, said
    assert [str(one["id"]) for one in await ring.standing()] == [group]


async def test_what_staff_move_and_what_clients_book_do_not_meet(cast, workers):
    ring = await new_ring(cast)
    names, turns, starts = await clients_of(ring), cycle(workers), cycle(STARTS)
    desks = cycle(await ring.sign_in("frontdesk", "practitioner"))
    (moved,) = [(await ring.fill(workers[0], "frontdesk", at(15))).told["appointment"]]
    there = f"/staff/calendar/{moved}/move"
    tries = [
        ring.ask(next(turns), next(desks), there, version=1, starts_at=next(starts).isoformat()) for _ in range(40)
    ]
    tries += [ring.take(next(turns), next(names), next(starts)) for _ in range(ATTEMPTS - 40)]
    answers = await asyncio.gather(*tries)
    here = [one for one in await ring.standing() if one["starts_at"] < at(15)]
    one_won(answers, here)
    assert len(await ring.standing()) == (1 if str(here[0]["id"]) == moved else 2)


async def test_a_worker_killed_in_the_middle_leaves_one_or_none_and_no_lock(cast, workers):
    ring = await new_ring(cast)
    names, turns, starts = await clients_of(ring), cycle(workers), cycle(STARTS)
    tries = [asyncio.create_task(ring.take(next(turns), next(names), next(starts))) for _ in range(ATTEMPTS)]
    await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
    workers[0].kill()
    try:
        answers = await asyncio.gather(*tries)
        assert set(tally(answers)) <= {"0", "200", "409 time-taken"}, tally(answers)
        standing = await ring.standing()
        assert len(standing) == 1, "the other worker lives: somebody has the time"
        assert sum(one.status == 200 for one in answers) <= 1
        later = await ring.take(workers[1], "client", at(14))
        assert later.status == 200, later
    finally:
        await workers[0].start()


async def test_without_any_lock_the_table_still_refuses_the_second(ground, cast):
    ring = await new_ring(cast)
    names, starts = await clients_of(ring), cycle(STARTS)
    async with broken(ground, "unlocked") as worker:
        tries = [ring.take(worker, next(names), next(starts)) for _ in range(100)]
        answers = await asyncio.gather(*tries)
    # Some lost the same race four times in a row: they are told to try again, and nothing was changed.
    lost = [one for one in answers if one.status != 200]
    assert len(await ring.standing()) == 1 and len(lost) == 99, tally(answers)
    assert {(one.status, one.code) for one in lost} <= {(409, "time-taken"), (503, "busy")}, tally(answers)
    assert all(one.retry_after for one in lost if one.status == 503)


async def test_a_house_that_books_whoever_comes_is_found_out(ground, cast):
    ring = await new_ring(cast)
    names, starts = await clients_of(ring), cycle(STARTS)
    async with broken(ground, "careless") as worker:
        answers = await asyncio.gather(*(ring.take(worker, next(names), next(starts)) for _ in range(20)))
    with pytest.raises(AssertionError):
        one_won(answers, await ring.standing())


@pytest.mark.parametrize("what", ["practitioner", "room"])
async def test_rows_written_straight_into_the_table_overlap_nowhere(ground, cast, what):
    """Whatever the verbs do: of twenty transactions that are open at once, one commits."""
    ring = await new_ring(cast, rooms=1, practitioners=("practitioner", "supervisor"))
    pool = await asyncpg.create_pool(ground.direct, min_size=20, max_size=20)

    async def insert(number: int) -> str:
        staff = ring.staff[number % 2 if what == "room" else 0]
        room = (ring.rooms[0], ring.place) if what == "room" else (None, None)
        async with pool.acquire() as connection:
            try:
                async with connection.transaction():
                    await connection.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
                    begins = STARTS[number % len(STARTS)] + timedelta(seconds=number)
                    await connection.execute(INSERT, cast.practice_id, new_id(), staff, *room, begins, begins + LENGTH)
            except asyncpg.PostgresError as refused:
                return type(refused).__name__
        return "written"

    said = await asyncio.gather(*(insert(number) for number in range(20)))
    await pool.close()
    assert said.count("written") == 1 == len(await ring.standing())
    assert set(said) <= {"written", "ExclusionViolationError", "DeadlockDetectedError"}
