"""Redis well, dead, paused, half open, absent from the start: it costs time, never an event."""

from __future__ import annotations

import asyncio
import json
from statistics import median

from redis import asyncio as aioredis

from realtime.wire import all_down
from tests.faults.drill import Writer
from tests.faults.drills import checked, conversation, new_key, promptness, quickness
from tests.faults.ground import WebWorker, eventually, in_time


async def _pages(open_page, cast, ground):
    return [await open_page(cast, "owner", on=ground.a), await open_page(cast, "practitioner", on=ground.b),
            await open_page(cast, "biller", on=ground.b)]


async def test_while_redis_is_well_bells_are_heard_and_not_the_poll(ground, cast, open_page):
    pages = await _pages(open_page, cast, ground)
    await quickness(Writer(cast, 1), pages, events=120)
    await checked(pages)


async def test_a_message_asked_of_one_worker_is_at_once_on_the_other(ground, cast, open_page):
    sender = await open_page(cast, "practitioner", on=ground.a)
    reader = await open_page(cast, "client", on=ground.b)
    where = await conversation(sender, cast)
    for _ in range(8):  # a busy machine may be slow for a moment; who hears no bell is late every time
        if median(await _waits(sender, reader, where)) < 0.15:
            break
    else:
        raise AssertionError("the poll alone would take a quarter of a second on average")
    await checked([sender, reader])


async def _waits(sender, reader, where):
    """How long each of thirty messages took from the answer at one worker to the page at the other."""
    waits = []
    for number in range(30):
        answer = await sender.ask("message.send", conversation=where, body=f"line {number}", key=new_key())
        waits.append(await eventually(lambda seq=answer["seq"]: seq in reader.heard))
    return waits


async def test_redis_hears_numbers_and_ids_and_no_word_of_anybody(ground, cast, open_page):
    """Whoever listens there learns that something happened, and to whom it may be told; nothing of what."""
    desk, client = await open_page(cast, "practitioner", on=ground.a), await open_page(cast, "client", on=ground.b)
    where = await conversation(desk, cast)
    redis = aioredis.Redis.from_url(ground.direct_redis)
    async with redis.pubsub() as listening:
        await listening.psubscribe("*")
        sent = await desk.ask("message.send", conversation=where, body="canary words", key=new_key())
        await desk.ask("note.add", conversation=where, body="canary note", key=new_key())
        await client.ask("typing", conversation=where, on=True)
        await client.leave()
        said: list[tuple[str, bytes]] = []
        async with asyncio.timeout(60):  # the last thing said is that the client went
            while not said or b"away" not in said[-1][1]:
                message = await listening.get_message(ignore_subscribe_messages=True, timeout=1)
                channel = message["channel"].decode() if message else ""
                said += [(channel, message["data"])] if message and not _of_another(channel, cast) else []
        kept = [await redis.dump(key) or b"" for key in await redis.keys("*")]
    await redis.aclose()
    bells = [data for channel, data in said if channel == f"portico:bell:{cast.practice_id}"]
    hints = [json.loads(data) for channel, data in said if channel == f"portico:hint:{cast.practice_id}"]
    assert len(bells) + len(hints) == len(said) and all(data.isdigit() for data in bells)
    assert str(sent["seq"]).encode() in bells and {"typing", "presence"} <= {hint["name"] for hint in hints}
    for hint in hints:
        all_down()[hint["name"]].model_validate(hint["payload"])
    assert b"canary" not in b"".join([*kept, *(data for _, data in said)])


def _of_another(channel, cast):
    """A bell or a hint of a practice of a test before: who went then may be told of only now."""
    kind, _, practice = channel.rpartition(":")
    return kind in ("portico:bell", "portico:hint") and practice != str(cast.practice_id)


async def test_redis_killed_and_back_costs_nothing_and_bells_are_heard_again(ground, cast, open_page):
    pages, writer = await _pages(open_page, cast, ground), Writer(cast, 2)
    writing = asyncio.create_task(writer.write(200, pause=0.01))
    for _ in range(2):
        await asyncio.sleep(0.5)
        ground.kill_redis()
    await writing
    ground.redis.close()
    await promptness(writer, pages, within=4)
    ground.redis.heal()
    await ground.redis_is_up()
    await _quick_again(writer, pages)
    await checked(pages)


async def test_redis_paused_delays_events_by_the_poll_and_answers_hardly(ground, cast, open_page):
    pages, writer = await _pages(open_page, cast, ground), Writer(cast, 3)
    where = await conversation(pages[1], cast)
    with ground.redis_paused():
        asking = pages[1].ask("message.send", conversation=where, body="while Redis sleeps", key=new_key())
        assert (await in_time(asking, 5))["ok"], "it does not wait until Redis is back"
        await promptness(writer, pages, within=4, events=4)
    await _quick_again(writer, pages)
    await checked(pages)


async def test_a_half_open_connection_to_redis_is_noticed(ground, cast, open_page):
    pages, writer = await _pages(open_page, cast, ground), Writer(cast, 4)
    ground.redis.lose()
    await promptness(writer, pages, within=4, events=3)
    await _quick_again(writer, pages)
    await checked(pages)


async def test_a_worker_starts_without_redis_and_finds_it_later(ground, cast, open_page):
    ground.redis.close()
    late = WebWorker(ground, "late")
    try:
        await late.start()
        page, writer = await open_page(cast, "owner", on=late), Writer(cast, 5)
        await promptness(writer, [page], within=4, events=3)
        ground.redis.heal()
        await _quick_again(writer, [page])
        await checked([page])
    finally:
        late.kill()


async def _quick_again(writer, pages, within=30.0):
    """Bells are heard again: soon after Redis is back, not when some back-off of a minute is over."""
    until = asyncio.get_running_loop().time() + within
    while True:
        try:
            return await quickness(writer, pages, events=15, tries=1)
        except AssertionError:
            assert asyncio.get_running_loop().time() < until, "the workers stay deaf"
