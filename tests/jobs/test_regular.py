"""What runs by the clock: every piece of it runs, and of several workers one takes each turn."""

import asyncio
from datetime import timedelta

import pytest
from croniter import croniter

from models.core import practices, sealing
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from server import jobs
from tests.jobs.conftest import PREFIX


@pytest.fixture
def this_practice(cast, monkeypatch):
    """Only this test's practice has its turn."""

    async def mine():
        return [cast.practice_id]

    monkeypatch.setattr(practices, "_all", mine)


def turn(name):
    return next(regular for regular in jobs.REGULAR if regular.name == name).work


def test_every_turn_has_a_name_of_its_own_and_a_time_that_cron_knows():
    names = [regular.name for regular in jobs.REGULAR]
    assert len(names) == len(set(names)) > 3
    assert all(croniter.is_valid(regular.when) for regular in jobs.REGULAR)


async def test_looks_are_sealed_by_the_clock(cast, this_practice, monkeypatch):
    monkeypatch.setattr(sealing, "STILL_COMING", timedelta(seconds=-5))
    await cast.inside(lambda: execute(
        "INSERT INTO look (id, login_id, subject, subject_id) VALUES ($1, $2, 'client', $2)",
        new_id(), cast.logins["owner"],
    ))
    await turn("house.seal_looks")()
    assert len(await cast.inside(lambda: fetch_all("SELECT 1 FROM look_seal"))) == 1


async def test_what_is_old_goes_by_the_clock(cast, this_practice):
    await cast.inside(lambda: execute(
        "INSERT INTO request_key (login_id, door, key, payload, at) VALUES ($1, 'test', $1, '\\x00', $2)",
        new_id(), now() - timedelta(days=31),
    ))
    await turn("house.retention")()
    assert await cast.inside(lambda: fetch_all("SELECT 1 FROM request_key")) == []


async def test_what_the_queue_lost_is_called_again_by_the_clock(talk, this_practice):
    conversation = await talk.start("practitioner", about="client")
    await talk.say("practitioner", conversation)
    (streak,) = await talk.streaks()
    waiting = "FROM pgqueuer WHERE entrypoint = 'unread.mail' AND convert_from(payload, 'UTF8') LIKE $1"
    await talk.run(f"DELETE {waiting}", f"%{streak['id']}%")
    await talk.pass_time(200)
    await turn("house.nets")()
    assert len(await talk.rows(f"SELECT 1 {waiting}", f"%{streak['id']}%")) == 1


async def test_files_nobody_shared_are_let_go_by_the_clock(cast, this_practice):
    file = new_id()
    await cast.inside(lambda: execute(
        "INSERT INTO file (id, login_id, name, type, size, sha256, storage_key, created_at)"
        " VALUES ($1, $2, 'a.txt', 'text/plain', 1, '\\x00', $3, $4)",
        file, cast.logins["client"], f"{cast.practice_id}/{file}", now() - timedelta(hours=25),
    ))
    await turn("house.forgotten_files")()
    (row,) = await cast.inside(lambda: fetch_all("SELECT refused_at FROM file WHERE id = $1", file))
    assert row["refused_at"] is not None


async def test_of_several_workers_one_takes_each_turn(crew, monkeypatch):
    runs, enough = [], asyncio.Event()

    async def tick():
        runs.append(now())
        if len(runs) == 5:
            enough.set()

    monkeypatch.setattr(jobs, "REGULAR", [jobs.Regular(f"{PREFIX}{new_id()}", "* * * * * *", tick)])
    crew.hire(3)
    async with asyncio.timeout(20):
        await enough.wait()
    await crew.dismiss()
    assert runs[4] - runs[0] > timedelta(seconds=1.5)  # were each of the three to take it, five would fit into one


async def test_a_turn_that_fails_comes_again(crew, monkeypatch):
    runs, again = [], asyncio.Event()

    async def fails():
        runs.append(now())
        if len(runs) == 2:
            again.set()
        raise ValueError("once more")

    monkeypatch.setattr(jobs, "REGULAR", [jobs.Regular(f"{PREFIX}{new_id()}", "* * * * * *", fails)])
    crew.hire()
    async with asyncio.timeout(20):
        await again.wait()
