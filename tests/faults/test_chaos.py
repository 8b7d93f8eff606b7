"""Everything at once: writers write, pages read, and what stands between them dies, stalls and comes back."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

from models.core.database import fetch_all
from tests.faults.drill import Writer
from tests.faults.drills import conversation, new_key
from tests.faults.ground import Ground
from tests.faults.page import Page
from tests.support.cast import new_cast

EVERYBODY = ("owner", "practitioner", "supervisor", "frontdesk", "biller", "client", "teen", "parent", "coparent")


async def test_whatever_dies_each_page_hears_everything_once_in_order(ground, cast, neighbours, open_page, seed):
    names = EVERYBODY + EVERYBODY[:4]
    pages = [await open_page(one, name, wait=False) for one in (cast, neighbours) for name in names]
    await asyncio.gather(*(page.until_live() for page in pages))
    writers = [Writer(one, seed * 100 + number) for number in range(4) for one in (cast, neighbours)]
    writing = [asyncio.create_task(writer.write(140, pause=0.05)) for writer in writers]
    talking = [asyncio.create_task(_talk(page, 40)) for page in pages if page.name == "practitioner"]
    await _break_things(ground, pages, Random(seed))
    await asyncio.gather(*writing, *talking)
    await ground.whole()
    await asyncio.gather(*(page.settle() for page in pages))
    for page in pages:
        await page.check(resyncs=0)
    assert sum(page.connects for page in pages) > len(pages), "nothing was broken"
    for one in (cast, neighbours):
        assert await _bodies(one) == [f"line {number}" for number in range(40) for _ in range(2)]


async def _talk(page: Page, lines: int) -> None:
    """An outbox: each line once the one before is answered, whatever happens to the line or the worker."""
    where = await conversation(page, page.cast)
    for number in range(lines):
        answer = await page.ask("message.send", conversation=where, body=f"line {number}", key=new_key())
        assert answer["ok"], answer
        await asyncio.sleep(0.1)


async def _bodies(cast: Any) -> list[str]:
    rows = await cast.inside(lambda: fetch_all("SELECT body FROM message"))
    return sorted((row["body"] for row in rows), key=lambda body: int(body.split()[1]))


async def _break_things(ground: Ground, pages: list[Page], random: Random) -> None:
    database = ("database cut", "database silent", "database slow")
    plan = ["redis dies", "redis silent", "redis away", *database, *("worker", "sockets") * 2]
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
    elif what == "database silent":
        ground.postgres.stall()
        await asyncio.sleep(1.0)
        ground.postgres.heal()
    elif what == "database slow":
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
    pages = [await open_page(cast, name) for name in ("practitioner", "biller", "client", "coparent")]
    heard = [frozenset(await page.truth.heard_by(cast.practice_id, page.ears)) for page in pages]
    assert all(heard) and len(set(heard)) == len(pages)
