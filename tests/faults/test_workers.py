"""Workers killed and stopped: also in the moment between the commit and its bell."""

from __future__ import annotations

import asyncio

from models.core.database import fetch_all
from tests.faults.drill import Writer
from tests.faults.drills import broken, checked, conversation, new_key
from tests.faults.ground import eventually, eventually_so

COUNT = "SELECT count(*) FROM message WHERE practice_id = $1 AND body = $2"


async def test_a_worker_killed_between_commit_and_bell_loses_nothing(ground, cast, open_page):
    sender = await open_page(cast, "practitioner", on=ground.a)
    readers = [await open_page(cast, name, on=ground.b) for name in ("client", "practitioner")]
    where = await conversation(sender, cast)
    await checked([sender, *readers])
    ground.redis.stall()  # the bell cannot leave
    asking = asyncio.create_task(sender.ask("message.send", conversation=where, body="in between", key=new_key()))
    await _committed(cast, "in between")
    ground.a.kill()
    await eventually(lambda: all(_hears(page, "in between") for page in readers), within=5)
    sender.workers = lambda: ground.b
    answer = await asking
    assert answer["ok"] and await _messages(cast, "in between") == 1
    ground.redis.heal()
    await checked([sender, *readers])


async def test_a_worker_that_dies_before_its_bell_is_heard_of_all_the_same_while_redis_is_well(
    ground, cast, open_page
):
    """Nobody else has a reason to look at the table: only the poll brings it."""
    readers = [await open_page(cast, name, on=ground.b) for name in ("client", "practitioner")]
    where = await conversation(readers[1], cast)
    async with broken(ground, "dying") as worker:
        sender = await open_page(cast, "practitioner", on=worker)
        asking = asyncio.create_task(sender.ask("message.send", conversation=where, body="last words", key=new_key()))
        await eventually(lambda: not worker.alive, what="its death")
        assert await _messages(cast, "last words") == 1
        await eventually(lambda: all(_hears(page, "last words") for page in readers), within=8)
        sender.workers = lambda: ground.b
        assert (await asking)["ok"] and await _messages(cast, "last words") == 1
        await checked([sender, *readers])


async def test_what_was_asked_of_a_killed_worker_happens_once(ground, cast, open_page):
    sender = await open_page(cast, "practitioner")
    reader = await open_page(cast, "client", on=ground.b)
    where = await conversation(sender, cast)
    bodies = [f"line {number}" for number in range(12)]
    asks = [sender.ask("message.send", conversation=where, body=body, key=new_key()) for body in bodies]
    asking = [asyncio.create_task(one) for one in asks]
    await eventually(lambda: len(reader.heard) > 3)
    ground.a.kill()
    assert all(answer["ok"] for answer in await asyncio.gather(*asking))
    assert [await _messages(cast, body) for body in bodies] == [1] * len(bodies)
    await checked([sender, reader])


async def test_a_worker_that_is_stopped_sends_its_pages_to_the_other(ground, cast, open_page):
    pages = [await open_page(cast, name, on=ground.a) for name in ("owner", "practitioner", "client", "parent")]
    writing = asyncio.create_task(Writer(cast, 1).write(120, pause=0.01))
    await asyncio.sleep(0.2)
    for page in pages:
        page.workers = lambda: ground.b
    await ground.a.stop()
    await eventually(lambda: all(page.connects >= 2 and page.live for page in pages))
    await writing
    await checked(pages)


def _hears(page, body):
    return any(name == "message.sent" and told["data"]["body"] == body for name, told in page.heard.values())


async def _committed(cast, body):
    async def so():
        return await _messages(cast, body) > 0

    await eventually_so(so, what="the commit")


async def _messages(cast, body):
    [row] = await cast.inside(lambda: fetch_all(COUNT, cast.practice_id, body))
    return row["count"]
