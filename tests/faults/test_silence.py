"""A network to PostgreSQL that falls silent and tells nobody: noticed within seconds, not when some limit is over."""

from __future__ import annotations

import asyncio

from tests.faults.drill import Writer
from tests.faults.drills import checked, conversation, new_key, promptness, quickness
from tests.faults.ground import eventually, eventually_so, in_time

# A BEGIN that is not answered is noticed after four seconds; a reading that came too early to profit, six later.
NOTICED = 12.0


async def _pages(open_page, cast, ground):
    return [
        await open_page(cast, "owner", on=ground.a),
        await open_page(cast, "practitioner", on=ground.b),
        await open_page(cast, "client", on=ground.b),
    ]


async def test_half_open_connections_at_rest_cost_seconds_once(ground, cast, open_page):
    pages, writer = await _pages(open_page, cast, ground), Writer(cast, 1)
    where = await conversation(pages[1], cast)
    ground.postgres.lose()
    asking = pages[1].ask("message.send", conversation=where, body="into the dark", key=new_key())
    assert (await in_time(asking, NOTICED))["ok"]
    await promptness(writer, pages[:2], within=NOTICED, events=1)
    await quickness(writer, pages[:2], events=20)
    await checked(pages)


async def test_what_was_on_its_way_when_the_network_fell_silent_is_answered_and_happens_once(ground, cast, open_page):
    pages, writer = await _pages(open_page, cast, ground), Writer(cast, 2)
    where = await conversation(pages[1], cast)
    asks = [
        asyncio.create_task(pages[1].ask("message.send", conversation=where, body=f"line {number}", key=new_key()))
        for number in range(12)
    ]
    await eventually(lambda: len(pages[2].heard) > 3)
    ground.postgres.lose()
    answers = await in_time(asyncio.gather(*asks), 30)
    assert all(answer["ok"] for answer in answers)
    assert len({answer["message"] for answer in answers}) == len(asks)
    await promptness(writer, pages[:2], within=NOTICED, events=1)
    await quickness(writer, pages[:2], events=20)
    await checked(pages)


async def test_a_worker_says_that_it_is_not_ready_while_the_database_is_silent(ground, cast, open_page):
    async def is_ready():
        return await ground.a.get("/readyz") == 200

    await open_page(cast, "owner", on=ground.a)
    await eventually_so(is_ready, what="a worker that is ready")
    ground.postgres.stall()
    assert await ground.a.get("/readyz") == 503
    assert await ground.a.get("/healthz") == 200
    ground.postgres.heal()
    await eventually_so(is_ready, what="a worker that is ready again")
