"""The worker: jobs at their time, once, through cut connections and deaths."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from models.core.change import change, enqueue
from models.core.clock import now
from models.core.ids import new_id
from models.core.queue import call_again, standing
from models.notifications.unread import wake_overdue
from server import worker
from tests.jobs.conftest import PREFIX


class Noted:
    """A job that notes its runs; `answers` are given back one by one, an exception is raised. The first run waits
    while `hold` is set."""

    def __init__(self) -> None:
        self.name = f"{PREFIX}{new_id()}"
        self.runs: list[tuple[UUID, dict]] = []
        self.answers: list = []
        self.began = asyncio.Event()
        self.hold = False
        self.go_on = asyncio.Event()
        self.done = asyncio.Condition()

    async def __call__(self, practice_id, ids):
        self.runs.append((practice_id, dict(ids)))
        self.began.set()
        if self.hold and len(self.runs) == 1:
            await self.go_on.wait()
        answer = self.answers.pop(0) if self.answers else None
        async with self.done:
            self.done.notify_all()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ran(self, count: int) -> None:
        async with asyncio.timeout(60), self.done:
            await self.done.wait_for(lambda: len(self.runs) >= count)


@pytest.fixture
def noted(own_queue):
    job = Noted()
    own_queue[job.name] = job
    return job


@pytest.fixture
def order(cast, noted):
    async def place(*, after: float = 0, key: str | None = None, **ids):
        async def work():
            async with change(None, "test.order"):
                await enqueue(noted.name, ids, after=timedelta(seconds=after), key=key)

        await cast.inside(work)

    return place


@pytest.fixture
def waiting(database, noted):
    """What of this test's jobs is still in the queue."""
    return lambda: database.fetch("SELECT status, attempts FROM pgqueuer WHERE entrypoint = $1", noted.name)


@pytest.fixture
def cut(database):
    """Cut the connections of so many workers to their queue, once all of them have theirs; an earlier test's worker may
    still be about to give its own back."""

    async def them(count):
        there = "SELECT pid FROM pg_stat_activity WHERE application_name = $1"
        async with asyncio.timeout(60):
            while len(pids := await database.fetch(there, PREFIX)) != count:
                await asyncio.sleep(0.01)
        for row in pids:
            await database.execute("SELECT pg_terminate_backend($1)", row["pid"])

    return them


async def test_an_unread_mail_goes_out_within_two_seconds_of_its_time(talk, post, crew, soon):
    """Tried again, because a busy machine may stand still for a moment; a worker that is slow is late every time."""
    crew.hire()
    for turn in range(1, 9):
        await talk.say("practitioner", await talk.start("practitioner", about="client"))
        due = max(streak["due_at"] for streak in await talk.streaks())
        await post.wait_for(talk.address("client"), turn)
        late = now() - due
        assert late >= timedelta(0), "before its time"
        if late < timedelta(seconds=2):
            return
    raise AssertionError(f"the last of them {late} after its time")


async def test_a_forgotten_password_is_answered_by_the_worker(talk, post, crew):
    from models.accounts import resetting

    crew.hire()
    await talk.cast.inside(lambda: resetting.ask(talk.address("teen"), address="203.0.113.77"))
    (mail,) = await post.wait_for(talk.address("teen"))
    assert "/reset/" in mail.get_body(("plain",)).get_content()


async def test_a_job_knows_its_practice_and_ids(cast, crew, noted, order):
    crew.hire()
    thing = new_id()
    await order(thing=thing)
    await noted.ran(1)
    assert noted.runs == [(cast.practice_id, {"thing": thing})]


async def test_workers_side_by_side_run_each_job_once(crew, noted, order, waiting):
    crew.hire(3)
    things = [new_id() for _ in range(40)]
    await asyncio.gather(*(order(thing=thing) for thing in things))
    await noted.ran(40)
    await crew.dismiss()
    assert sorted(ids["thing"] for _, ids in noted.runs) == sorted(things)
    assert await waiting() == []


async def test_a_twin_under_one_key_is_queued_once(crew, noted, order):
    thing = new_id()
    for _ in range(3):
        await order(key=f"{PREFIX}{thing}", thing=thing)
    crew.hire()
    await noted.ran(1)
    await crew.dismiss()
    assert len(noted.runs) == 1


async def test_a_job_that_asks_for_more_time_comes_again(crew, noted, order, waiting):
    noted.answers = [timedelta(seconds=0.2), None]
    crew.hire()
    await order()
    await noted.ran(2)
    await crew.dismiss()
    assert await waiting() == []


async def test_a_job_that_fails_is_tried_again_and_says_nothing_of_what_it_held(
    crew, noted, order, database, monkeypatch
):
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0.1)
    noted.answers = [ValueError("canary-name of a person"), None]
    crew.hire()
    await order()
    await noted.ran(2)
    await crew.dismiss()
    log = await database.fetch("SELECT traceback::text FROM pgqueuer_log WHERE entrypoint = $1", noted.name)
    assert log
    assert not [row for row in log if "canary" in (row["traceback"] or "")]


@pytest.fixture
def gives_up_soon(monkeypatch):
    for name, value in {"FIRST_PAUSE": 0.05, "MOST_ATTEMPTS": 2, "GIVES_UP_AFTER": timedelta(0)}.items():
        monkeypatch.setattr(worker, name, value)


async def test_a_job_that_always_fails_gives_up_and_stays_to_be_called_again(
    crew, noted, order, waiting, database, gives_up_soon
):
    noted.answers = [ValueError("canary-name of a person")] * 3
    crew.hire()
    thing = new_id()
    await order(thing=thing)
    await noted.ran(3)
    await crew.dismiss()
    assert [row["status"] for row in await waiting()] == ["failed"]
    assert (await standing(database)).given_up[noted.name] == 1
    log = await database.fetch("SELECT traceback::text FROM pgqueuer_log WHERE entrypoint = $1", noted.name)
    assert [row for row in log if "GaveUp" in (row["traceback"] or "")]
    assert not [row for row in log if "canary" in (row["traceback"] or "")]
    assert await call_again(database) >= 1
    crew.hire()
    await noted.ran(4)
    await crew.dismiss()
    assert await waiting() == [] and noted.runs[3] == (noted.runs[0][0], {"thing": thing})


async def test_many_tries_alone_or_a_long_time_alone_are_no_reason_to_give_up(crew, noted, order, gives_up_soon,
                                                                              monkeypatch):
    monkeypatch.setattr(worker, "GIVES_UP_AFTER", timedelta(days=1))
    noted.answers = [ValueError("once more")] * 4
    crew.hire()
    await order()
    await noted.ran(5)


async def test_what_gave_up_is_called_again_by_a_person_and_not_by_the_net(talk, database, own_queue):
    await talk.say("practitioner", await talk.start("practitioner", about="client"))
    (streak,) = await talk.streaks()
    key = f"unread.mail:{streak['id']}:{streak['first_position']}"
    held = "SELECT status FROM pgqueuer WHERE dedupe_key = $1"
    await database.execute("UPDATE pgqueuer SET status = 'failed' WHERE dedupe_key = $1", key)
    await talk.pass_time(200)
    await talk.cast.inside(wake_overdue)
    assert [row["status"] for row in await database.fetch(held, key)] == ["failed"]
    await call_again(database)
    await talk.cast.inside(wake_overdue)
    assert [row["status"] for row in await database.fetch(held, key)] == ["queued"]


async def test_a_cut_connection_is_built_anew(crew, noted, order, cut):
    crew.hire(2)
    await order()
    await noted.ran(1)
    await cut(2)
    await order()
    await noted.ran(2)


async def test_a_job_ends_although_the_queue_is_cut_off_and_is_looked_at_again(
    crew, noted, order, waiting, cut, monkeypatch
):
    monkeypatch.setattr(worker, "STALE", timedelta(seconds=1))
    noted.hold = True
    crew.hire()
    await order()
    await asyncio.wait_for(noted.began.wait(), 60)
    await cut(1)
    noted.go_on.set()
    await noted.ran(1)
    await noted.ran(2)
    await crew.dismiss()
    assert await waiting() == []


async def test_what_a_dead_worker_had_begun_another_one_does(crew, noted, order, waiting, cut, monkeypatch):
    monkeypatch.setattr(worker, "STALE", timedelta(seconds=1))
    noted.hold = True
    crew.hire()
    await order()
    await asyncio.wait_for(noted.began.wait(), 60)
    await cut(1)
    crew.hire()
    await noted.ran(2)
    noted.go_on.set()
    await crew.dismiss()
    assert await waiting() == []


async def test_asked_to_stop_a_worker_finishes_what_runs(crew, noted, order, waiting):
    noted.hold = True
    crew.hire()
    await order()
    await asyncio.wait_for(noted.began.wait(), 60)
    leaving = asyncio.create_task(crew.dismiss())
    await asyncio.wait({leaving}, timeout=0.05)
    assert not leaving.done()
    noted.go_on.set()
    await leaving
    assert len(noted.runs) == 1
    assert await waiting() == []


async def test_a_job_of_a_change_that_was_undone_does_not_exist(cast, noted, waiting):
    async def work():
        async with change(None, "test.order"):
            await enqueue(noted.name, {})
        raise KeyError("afterwards")

    with pytest.raises(KeyError):
        await cast.inside(work)
    assert await waiting() == []


async def test_nothing_is_notified_when_a_job_is_queued(database):
    enabled = await database.fetchval(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'pgqueuer'::regclass AND NOT tgisinternal AND tgenabled <> 'D'"
    )
    assert enabled == 0
