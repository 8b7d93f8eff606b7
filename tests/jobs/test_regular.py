"""What runs by the clock: every piece of it runs, and of several workers one takes each turn."""

import asyncio
from datetime import timedelta

import pytest
from croniter import croniter

from models.accounts import ending
from models.core import practices, retention, sealing
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from server import jobs
from tests.jobs.conftest import PREFIX


@pytest.fixture
def this_practice(cast, monkeypatch):
    """Only this test's practice has its turn."""

    found = practices._waiting

    async def mine(*asked):
        return [one for one in await found(*asked) if one == cast.practice_id]

    monkeypatch.setattr(practices, "_waiting", mine)


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


async def test_a_mail_that_the_queue_lost_is_called_again_by_the_clock(talk, post, this_practice):
    await talk.say("practitioner", await talk.start("practitioner", about="client"))
    await talk.pass_time(121)
    await talk.due()
    (mail,) = await talk.mails()
    waiting = "FROM pgqueuer WHERE entrypoint = 'mail.send' AND convert_from(payload, 'UTF8') LIKE $1"
    await talk.run(f"DELETE {waiting}", f"%{mail['id']}%")
    await talk.pass_time(121)
    await turn("house.nets")()
    assert len(await talk.rows(f"SELECT 1 {waiting}", f"%{mail['id']}%")) == 1


async def test_screen_data_of_old_events_goes_by_the_clock_in_all_its_batches(talk, this_practice, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    conversation = await talk.start("practitioner", about="client")
    for _ in range(5):
        await talk.say("practitioner", conversation)
    await talk.run("UPDATE event_data SET at = at - interval '15 days'")
    await turn("house.retention")()
    assert await talk.rows("SELECT 1 FROM event_data") == []
    assert len(await talk.rows("SELECT 1 FROM event WHERE type = 'message.sent'")) == 5


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
    async with asyncio.timeout(60):
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
    async with asyncio.timeout(60):
        await again.wait()


TURNS = [
    ("overdue_streaks", timedelta(seconds=30)), ("lost_mails", timedelta(minutes=2)), ("unsealed_looks", new_id()),
    ("forgotten_files", timedelta(hours=24)), ("old_event_data", timedelta(days=14)), ("old_keys", timedelta(days=30)),
    ("majorities", timedelta(days=60)),
    ("unproven_openings", timedelta(days=7)),
    ("old_imports", timedelta(days=7)),
    ("ended_days", timedelta(days=7)),
    ("old_requests", timedelta(days=30)),
    ("due_reminders", timedelta(minutes=20)), ("due_reminders", timedelta(hours=12)),
]
NIGHTLY = ["fresh_looks", "unchecked_chains"]  # where somebody looked, and wherever there is a history


@pytest.mark.parametrize(("what", "limit"), TURNS)
async def test_a_practice_in_which_nothing_waits_is_not_even_opened(cast, talk, what, limit):
    await talk.say("practitioner", await talk.start("practitioner", about="client"))
    assert cast.practice_id not in await practices._waiting(what, limit)


async def test_every_turn_over_the_practices_asks_which_have_work(cast, monkeypatch):
    """A new turn that opened all of them would make each practice pay for the others."""
    asked = []

    async def none(what, limit):
        asked.append(what)
        return []

    async def all_of_them():
        raise AssertionError("every practice was opened")

    monkeypatch.setattr(practices, "_waiting", none)
    monkeypatch.setattr(practices, "_all", all_of_them)
    for regular in jobs.REGULAR:
        await regular.work()
    assert sorted(asked) == sorted([*NIGHTLY, *(what for what, _ in TURNS)])


async def test_sessions_are_swept_where_one_is_due_alone(cast, neighbours, monkeypatch):
    opened = []

    async def open_one(practice_id, work):
        opened.append(practice_id)
        return 0

    await cast.session("client")
    session = await neighbours.session("client")
    await execute("UPDATE session_key SET due_at = now() - interval '1 second' WHERE session_id = $1", session)
    monkeypatch.setattr(ending, "run_scope", open_one)
    await turn("house.idle_sessions")()
    assert neighbours.practice_id in opened and cast.practice_id not in opened
