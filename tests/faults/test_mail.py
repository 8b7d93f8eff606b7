"""The e-mail about an unread message while everything is killed: it comes, once; twice only when a worker died between
the server's yes and its record, and then under one Message-ID."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from models.notifications import streaks
from tests.faults.crew import JobWorker, SlowServer
from tests.faults.ground import Ground, eventually_so
from tests.notifications.conftest import Talk

# What a worker held when it died, as if its lease and its heartbeat had run out by now.
ABANDONED = """UPDATE outgoing_mail SET leased_until = clock_timestamp() WHERE leased_until IS NOT NULL"""
SILENT = "UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 hour' WHERE status = 'picked'"
AT_ONCE = "UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued' AND entrypoint = 'mail.send'"


@pytest_asyncio.fixture(loop_scope="session")
async def post() -> AsyncIterator[SlowServer]:
    server = SlowServer()
    await server.start()
    yield server
    server.go_on.set()
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def crew(ground: Ground, post: SlowServer, request: pytest.FixtureRequest) -> AsyncIterator[list[JobWorker]]:
    """Two workers, not yet started."""
    workers = [JobWorker(ground, f"jobs-{number}", post.url) for number in (1, 2)]
    yield workers
    for worker in workers:
        worker.kill()
        request.node.add_report_section("call", worker.log.name, worker.words())


@pytest.fixture
def talk(cast, wired, monkeypatch) -> Talk:
    """An unread message is mailed after half a second."""
    _mailed_after(monkeypatch, seconds=0.5)
    return Talk(cast)


def _mailed_after(monkeypatch, *, seconds):
    monkeypatch.setattr(streaks, "unread_delay", lambda: timedelta(seconds=seconds))


async def test_a_worker_killed_before_the_servers_yes_doubles_it_under_one_id(ground, post, crew, talk):
    first, second = crew
    post.hold(talk.address("client"))
    first.start()
    await _unread(talk)
    await asyncio.wait_for(post.in_hand.wait(), 60)
    first.kill()
    post.go_on.set()
    await _time_passes(ground, talk)
    second.start()
    await _recorded(talk)
    assert _ids_of(post, talk) == 2 * _ids_of(post, talk)[:1]


async def test_a_worker_killed_again_and_again_loses_no_mail(ground, post, crew, talk, neighbours):
    talks, chance = [talk, Talk(neighbours)], random.Random(7)
    for one in talks:
        await _unread(one)
    for holding in (True, False):
        crew[0].start()
        await _until_at_work(ground)
        if holding:
            post.hold()
        await asyncio.sleep(chance.uniform(0, 0.8))
        crew[0].kill()
        post.go_on.set()
        await _until_at_work(ground, count=0)
        for one in talks:
            await _time_passes(ground, one)
    crew[1].start()
    for one in talks:
        await _recorded(one)
        assert len(set(_ids_of(post, one))) == 1


async def test_postgresql_restarted_in_mid_send_sends_it_once(ground, post, crew, talk):
    post.hold(talk.address("client"))
    crew[0].start()
    await _unread(talk)
    await asyncio.wait_for(post.in_hand.wait(), 60)
    await ground.restart_postgres()
    post.go_on.set()
    await _recorded(talk)
    await _time_passes(ground, talk)
    await _nothing_waits(ground, talk)
    assert len(_ids_of(post, talk)) == 1 and crew[0].alive


async def test_a_restart_of_everything_before_its_time_delays_nothing_else(ground, post, crew, talk, monkeypatch):
    _mailed_after(monkeypatch, seconds=10)  # so that it is before its time also on a machine that stands still then
    crew[0].start()
    await _until_at_work(ground)
    await _unread(talk)
    crew[0].kill()
    ground.kill_redis()
    await ground.restart_postgres()
    await ground.redis_is_up()
    crew[0].start()
    crew[1].start()
    await _recorded(talk)
    await _nothing_waits(ground, talk)
    assert len(_ids_of(post, talk)) == 1


async def test_without_redis_mail_leaves_in_time(ground, post, crew, talk):
    ground.redis.close()
    crew[0].start()
    await _until_at_work(ground)
    await _unread(talk)
    await post.wait_for(talk.address("client"))
    await _recorded(talk)


async def test_two_workers_send_each_mail_once_and_one_may_die(ground, post, crew, talk, neighbours):
    for worker in crew:
        worker.start()
    await _until_at_work(ground, count=2)
    talks = [talk, Talk(neighbours)]
    for one in talks:
        await _unread(one)
        await _recorded(one)
    crew[0].kill()
    for one in talks:
        talking = await one.start("practitioner", about="teen", others=[one.cast.contacts["parent"]])
        await one.say("practitioner", talking)
        await _recorded(one, name="parent")
    assert all(len(_ids_of(post, one, name)) == 1 for one in talks for name in ("client", "parent"))


async def _unread(talk):
    await talk.say("practitioner", await talk.start("practitioner", about="client"))


def _ids_of(post, talk, name="client"):
    return [mail["Message-ID"] for mail in post.to(talk.address(name))]


async def _time_passes(ground, talk):
    """Until whatever a killed worker held is free again."""
    await talk.run(ABANDONED)
    await _run(ground, SILENT)
    await _run(ground, AT_ONCE)


async def _recorded(talk, name="client"):
    async def so():
        try:
            return any(mail["accepted_at"] for mail in await talk.mails(name))
        except Exception:  # the database may be on its way back
            return False

    await eventually_so(so, within=60, what="a mail recorded as taken")


async def _nothing_waits(ground, talk):
    async def so():
        return not await _run(ground, WAITING, f"%{talk.cast.practice_id}%")

    await eventually_so(so, within=40, what="an empty queue")


WAITING = "SELECT 1 FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE $1"


async def _until_at_work(ground, *, count=1):
    async def so():
        return len(await _run(ground, AT_WORK)) == count

    await eventually_so(so, within=90, what=f"{count} at work")


AT_WORK = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'portico jobs'"


async def _run(ground, sql, *args):
    connection = await asyncpg.connect(ground.direct)
    try:
        return await connection.fetch(sql, *args)
    finally:
        await connection.close()


