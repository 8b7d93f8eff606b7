"""Everything at once: writers write, pages read, and what stands between them dies, stalls and comes back."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

from tests.faults.drill import Writer
from tests.faults.ground import Ground
from tests.faults.page import Page
from tests.support.cast import new_cast

EVERYBODY = ("owner", "practitioner", "supervisor", "frontdesk", "biller", "client", "teen", "parent", "coparent")


async def test_whatever_dies_every_page_hears_all_of_its_events_once_and_in_order(ground, cast, neighbours, open_page, seed):
    pages = [await open_page(one, name, wait=False) for one in (cast, neighbours) for name in EVERYBODY + EVERYBODY[:4]]
    await asyncio.gather(*(page.until_live() for page in pages))
    writers = [Writer(one, seed * 100 + number) for number in range(4) for one in (cast, neighbours)]
    writing = [asyncio.create_task(writer.write(140, pause=0.05)) for writer in writers]
    await _break_things(ground, pages, Random(seed))
    await asyncio.gather(*writing)
    await ground.whole()
    await asyncio.gather(*(page.settle() for page in pages))
    for page in pages:
        await page.check(resyncs=0)
    assert sum(page.connects for page in pages) > len(pages), "nothing was broken"


async def _break_things(ground: Ground, pages: list[Page], random: Random) -> None:
    plan = ["redis dies", "sockets", "worker", "redis silent", "database cut", "sockets", "redis away", "worker", "slow"]
    random.shuffle(plan)
    for what in plan:
        await asyncio.sleep(0.4)
        await _break(what, ground, pages, random)


async def _break(what: str, ground: Ground, pages: list[Page], random: Random) -> None:
    if what == "redis dies":
        ground.kill_redis()
    elif what == "redis silent":
        ground.redis.stall()
        await asyncio.sleep(1.5)
        ground.redis.heal()
    elif what == "redis away":
        ground.redis.close()
        await asyncio.sleep(1.0)
        ground.redis.heal()
    elif what == "database cut":
        ground.postgres.cut()
    elif what == "slow":
        ground.postgres.slow(0.03)
        await asyncio.sleep(1.0)
        ground.postgres.heal()
    elif what == "worker":
        worker = random.choice(ground.workers)
        worker.kill()
        await worker.start()
    else:
        for page in random.sample(pages, 10):
            page.cut()


async def test_the_drill_reaches_every_kind_of_ear(ground: Ground, open_page: Any):
    """The premise of the test above: each person hears something, and some hear what others must not."""
    cast = await new_cast()
    await Writer(cast, 1).write(80)
    heard = {name: await (await open_page(cast, name)).truth.heard_by(cast.practice_id, (await open_page(cast, name)).ears)
             for name in ("practitioner", "biller", "client", "coparent")}
    assert all(heard.values())
    assert len({frozenset(told) for told in heard.values()}) == len(heard)
