"""PostgreSQL restarted, its connections cut, its history put back: pages wait, then know everything again."""

from __future__ import annotations

import asyncio
import os
import signal

import asyncpg

from models.core.database import pool
from models.core.events import ToLogin, ToStaff
from tests.faults.drill import Writer
from tests.faults.drills import checked, conversation, new_key, quickness
from tests.faults.ground import eventually

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"


async def test_a_restart_of_postgresql_is_survived_by_every_socket(ground, cast, open_page):
    pages = [await open_page(cast, "practitioner", on=ground.a), await open_page(cast, "client", on=ground.b),
             await open_page(cast, "owner", on=ground.b)]
    where, writer = await conversation(pages[0], cast), Writer(cast, 1)
    writing = asyncio.create_task(writer.write(150, pause=0.01))
    asking = asyncio.create_task(pages[0].ask("message.send", conversation=where, body="through it", key=new_key()))
    await asyncio.sleep(0.3)
    await ground.restart_postgres()
    await writing
    assert (await asking)["ok"]
    await checked(pages)
    assert [page.connects for page in pages] == [1, 1, 1] and ground.a.alive and ground.b.alive
    await quickness(writer, [pages[0], pages[2]], events=30)


async def test_a_crash_of_postgresql_is_survived_by_every_socket(ground, cast, open_page):
    """One of its processes is killed: it ends all others at once and recovers from its log."""
    pages = [await open_page(cast, "practitioner", on=ground.a), await open_page(cast, "client", on=ground.b)]
    where, writer = await conversation(pages[0], cast), Writer(cast, 8)
    direct = await asyncpg.connect(ground.direct)
    writing = asyncio.create_task(writer.write(100, pause=0.01))
    asking = asyncio.create_task(pages[0].ask("message.send", conversation=where, body="through it", key=new_key()))
    await asyncio.sleep(0.3)
    os.kill(direct.get_server_pid(), signal.SIGKILL)
    await writing
    assert (await asking)["ok"]
    await checked(pages)
    assert [page.connects for page in pages] == [1, 1] and ground.a.alive and ground.b.alive
    direct.terminate()


async def test_connections_cut_again_and_again_lose_nothing(ground, cast, open_page):
    pages = [await open_page(cast, name) for name in ("owner", "practitioner", "client", "parent", "frontdesk")]
    writing = asyncio.create_task(Writer(cast, 2).write(150, pause=0.01))
    direct = await asyncpg.connect(ground.direct)
    for number in range(8):
        await asyncio.sleep(0.25)
        if number % 2:
            ground.postgres.cut()
        else:
            await direct.execute(CUT)
        pages[number % 5].cut()
    await direct.close()
    await writing
    await checked(pages)


async def test_without_the_database_pages_wait_and_are_live_when_it_is_back(ground, cast, open_page):
    pages, writer = [await open_page(cast, "owner", on=ground.a)], Writer(cast, 3)
    ground.postgres.close()
    assert await ground.a.get("/readyz") == 503 and await ground.a.get("/healthz") == 200
    pages[0].cut()
    await writer.tell(ToStaff(), words="while away")
    await asyncio.sleep(1)
    assert not pages[0].live
    ground.postgres.heal()
    await pages[0].until_live(20)
    await checked(pages)


async def test_another_epoch_sends_every_page_to_the_start(ground, cast, open_page):
    here = await open_page(cast, "owner", on=ground.a)
    away = await open_page(cast, "practitioner", on=ground.b)
    before, writer = here.epoch, Writer(cast, 4)
    await away.leave()
    await pool().execute("UPDATE practice_head SET epoch = gen_random_uuid() WHERE practice_id = $1", cast.practice_id)
    await eventually(lambda: here.resyncs == 1 and here.epoch != before, within=8, what="a resync")
    back = await open_page(cast, "practitioner", on=ground.b, wait=False)
    back.epoch = before
    await back.until_live()
    await eventually(lambda: back.epoch == here.epoch)
    assert back.resyncs >= 1
    await quickness(writer, [here, back], events=10)
    await checked([here, back], resyncs=None)


async def test_a_history_put_back_is_told_from_its_new_end(ground, cast, open_page):
    page, writer = await open_page(cast, "owner", on=ground.a), Writer(cast, 5)
    for _ in range(6):
        await writer.tell(ToStaff())
    await checked([page])
    await _put_back(ground, cast, to=2)
    await eventually(lambda: page.resyncs == 1 and page.cursor == 2, within=8, what="a resync")
    page.heard.clear()
    assert await writer.tell(ToStaff(), words="anew") == 3
    await eventually(lambda: page.heard.get(3, ("", {}))[1].get("data", {}).get("words") == "anew")
    assert not page.faults


async def test_a_cursor_that_leads_nowhere_is_answered_with_a_resync(ground, cast, open_page):
    writer = Writer(cast, 6)
    for _ in range(5):
        await writer.tell(ToStaff())
    await pool().execute("UPDATE practice_head SET floor = 3 WHERE practice_id = $1", cast.practice_id)
    for cursor, resyncs in ((2, 1), (3, 0), (5, 0), (6, 1), (10**12, 1)):
        page = await _open_at(open_page, cast, cursor, on=ground.b)
        assert (page.resyncs, page.cursor) == (resyncs, 5), cursor
        assert sorted(page.heard) == ([] if resyncs else list(range(cursor + 1, 6))), cursor


async def test_a_page_that_slept_too_long_starts_anew_and_one_that_dozed_hears_it_all(ground, cast, open_page):
    writer = Writer(cast, 7)
    start = await writer.tell(ToStaff())
    for _ in range(501):
        await writer.tell(ToLogin(cast.logins["biller"]))
    slept = await _open_at(open_page, cast, start, name="biller", on=ground.a)
    dozed = await _open_at(open_page, cast, start + 1, name="biller", on=ground.a)
    other = await _open_at(open_page, cast, start, name="owner", on=ground.a)
    assert slept.resyncs == 1
    assert (dozed.resyncs, len(dozed.heard)) == (0, 500)
    assert (other.resyncs, len(other.heard)) == (0, 0), "what others heard is not counted against it"


async def test_a_page_that_knows_more_than_its_worker_waits_for_it(ground, cast, open_page):
    """Rendered a moment ago, connected to a worker whose bell is late: nothing to start anew for."""
    holds = await open_page(cast, "owner", on=ground.a)
    ground.redis.stall()
    for number in range(8):
        seq = await Writer(cast, number).tell(ToStaff())
        page = await _open_at(open_page, cast, seq, name="practitioner", on=ground.a)
        assert page.resyncs == 0
    ground.redis.heal()
    await checked([holds])


async def _open_at(open_page, cast, cursor, *, name="owner", on):
    page = await open_page(cast, name, on=on, wait=False)
    page.cursor = cursor  # before the first connection: it is made in the next turn of the loop
    await page.until_live()
    return page


async def _put_back(ground, cast, *, to):
    """As a restored backup is: the rows gone, the head lower, another epoch."""
    owner = await asyncpg.connect(ground.owner)
    async with owner.transaction():
        await owner.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
        await owner.execute("ALTER TABLE event DISABLE TRIGGER append_only")
        await owner.execute("DELETE FROM event_data WHERE practice_id = $1 AND seq > $2", cast.practice_id, to)
        await owner.execute("DELETE FROM event WHERE practice_id = $1 AND seq > $2", cast.practice_id, to)
        await owner.execute("ALTER TABLE event ENABLE TRIGGER append_only")
        await owner.execute(RESTORE, cast.practice_id, to)
    await owner.close()


RESTORE = "UPDATE practice_head SET seq = $2, epoch = gen_random_uuid() WHERE practice_id = $1"
