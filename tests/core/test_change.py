"""What a change records: events without a gap, those who hear of them, jobs and keys, by trying to break it."""

from __future__ import annotations

import asyncio
import random
from uuid import UUID

import asyncpg
import pytest
from redis import asyncio as aioredis
from tortoise.connection import get_connection

from models.core import bell
from models.core.change import change, enqueue, on, record
from models.core.database import execute, fetch_all, fetch_one, pool
from models.core.errors import Conflict
from models.core.events import Part, ToStaff, event_type
from models.core.ids import new_id
from models.core.keys import first_answer, keep_answer
from models.core.scope import current_scope, practice_scope, run_scope
from models.core.settings import settings
from tests.core.tried import TRIED

FOLLOWED = event_type("test.followed", audiences="staff", ids="place")
ABOUT = event_type("test.about", audiences="access", ids="client place")


async def _try(cast, number: int = 0, *, rights=()) -> int:
    async with practice_scope(cast.practice_id) as scope, change(None, "test.try"):
        await record(None, TRIED, [Part((ToStaff(),), {"place": number}, {"number": number})], rights_of=rights)
    return scope.seq


async def test_events_are_numbered_without_a_gap_whatever_rolls_back(cast):
    async def one(number: int) -> None:
        try:
            async with practice_scope(cast.practice_id), change(None, "test.try"):
                await record(None, TRIED, [Part((ToStaff(),), {"place": number})])
                await asyncio.sleep(random.random() / 100)
                if number % 3 == 0:
                    raise RuntimeError("changed my mind")
        except RuntimeError:
            pass

    await asyncio.gather(*(one(number) for number in range(60)))
    async with practice_scope(cast.practice_id):
        seqs = [row["seq"] for row in await fetch_all("SELECT seq FROM event ORDER BY seq")]
    assert seqs == list(range(1, len(seqs) + 1)) and len(seqs) == 40


async def test_a_rolled_back_change_rings_nobody_and_leaves_no_job(cast):
    rung: list[int] = []
    stop = bell.listen(lambda practice, seq: rung.append(seq) if practice == cast.practice_id else None)
    try:
        with pytest.raises(RuntimeError):
            async with practice_scope(cast.practice_id), change(None, "test.try"):
                await record(None, TRIED, [Part((ToStaff(),), {"place": 1})])
                await enqueue("test.job", {"place": new_id()}, key=f"rolled-back {cast.practice_id}")
                raise RuntimeError("no")
        assert rung == []
        assert await _jobs(f"rolled-back {cast.practice_id}") == 0
        assert await _try(cast) == 1 and rung == [1]
    finally:
        stop()


async def test_the_bell_rings_after_the_commit_and_not_before(cast):
    seen: list[int] = []

    def look(practice: UUID, seq: int) -> None:
        assert get_connection("default").__class__.__name__ != "TransactionWrapper"
        seen.append(seq)

    stop = bell.listen(look)
    try:
        async with practice_scope(cast.practice_id) as scope, change(None, "test.try"):
            await record(None, TRIED, [Part((ToStaff(),), {"place": 1})])
            assert seen == [] and scope.seq is None
        assert seen == [1]
    finally:
        stop()


async def test_a_bell_about_rights_rings_twice_and_any_other_once(cast, monkeypatch):
    """A lost bell costs half a second, which is too long for a right that has ended."""
    rung: list[str] = []

    class Redis:
        async def publish(self, channel: str, seq: str) -> None:
            if channel == bell.channel(cast.practice_id):  # of a test before this one a second ring may be on its way
                rung.append(seq)

    assert bell.RIGHTS_REPEAT == 0.3
    monkeypatch.setattr(bell, "RIGHTS_REPEAT", 0.0)
    monkeypatch.setattr(bell, "_redis", Redis())
    for rights_of in ([], [new_id()]):
        async with practice_scope(cast.practice_id), change(None, "test.try"):
            await record(None, TRIED, [Part((ToStaff(),), {"place": 1})], rights_of=rights_of)
        await asyncio.gather(*bell._tasks)
    assert rung == ["1", "2", "2"]


async def test_a_job_key_used_twice_makes_one_job(cast):
    for _ in range(2):
        async with practice_scope(cast.practice_id):
            await enqueue("test.job", {"place": new_id()}, key=f"twice {cast.practice_id}")
    assert await _jobs(f"twice {cast.practice_id}") == 1


async def test_an_event_belongs_to_a_verb(cast):
    async with practice_scope(cast.practice_id) as scope:
        with pytest.raises(RuntimeError, match=r"recorded outside change\(\)"):
            await record(None, TRIED, [Part((ToStaff(),), {"place": 1})])
        assert scope.events == []


async def test_rights_ring_twice_and_everything_else_once(cast, monkeypatch):
    monkeypatch.setattr(bell, "RIGHTS_REPEAT", 0.01)
    redis = aioredis.Redis.from_url(settings().redis_url or "")
    async with redis.pubsub() as ear:
        await ear.subscribe(bell.channel(cast.practice_id))
        rung = [await _try(cast), await _try(cast, rights=[cast.logins["client"]]), await _try(cast)]
        await asyncio.gather(*bell._tasks)
        heard = [one["data"] async for one in _told(ear, 4)]
        assert await ear.get_message(ignore_subscribe_messages=True) is None
    await redis.aclose()
    assert sorted(map(int, heard)) == [rung[0], rung[1], rung[1], rung[2]]


async def _told(ear, count):
    async with asyncio.timeout(60):
        while count:
            if (one := await ear.get_message(ignore_subscribe_messages=True, timeout=5)) is not None:
                count -= 1
                yield one


async def test_listeners_act_in_the_order_in_which_they_were_registered_and_within_the_change(cast):
    told = []

    def listener(name):
        async def hear(actor, event) -> None:
            assert current_scope().practice_id == cast.practice_id and current_scope().seq is None
            told.append(name)
            if name == "first":
                await record(actor, TRIED, [Part((ToStaff(),), {"place": 2})])

        return hear

    for name in ("first", "second", "third"):
        on("test.followed", listener(name))
    async with practice_scope(cast.practice_id) as scope, change(None, "test.try"):
        await record(None, FOLLOWED, [Part((ToStaff(),), {"place": 1})])
    assert told == ["first", "second", "third"] and scope.seq == 2


async def test_an_event_cannot_reach_an_audience_it_did_not_declare():
    from models.core.clock import now
    from models.core.events import Event, ToAccess

    with pytest.raises(ValueError, match="must never reach access"):
        Event(TRIED, now(), [Part((ToAccess(new_id()),), {"place": 1})])
    with pytest.raises(ValueError, match="does not declare"):
        Event(TRIED, now(), [Part((ToStaff(),), {"secret": 1})])
    with pytest.raises(ValueError, match="must say which client"):
        Event(ABOUT, now(), [Part((ToAccess(new_id()),), {"place": 1})])


def test_the_public_hears_what_is_declared_for_it_and_no_more():
    from models.core.clock import now
    from models.core.events import Event, ToPublic

    freed = event_type("test.freed", audiences="staff public", ids="practitioner place", data="starts", public="starts")
    staff = Part((ToStaff(),), {"practitioner": new_id()}, {"starts": 9})
    Event(freed, now(), [staff, Part((ToPublic(),), {}, {"starts": 9})])
    for more in ({"practitioner": new_id()}, {"place": 1}):
        with pytest.raises(ValueError, match="tells the public more"):
            Event(freed, now(), [staff, Part((ToPublic(),), more, {"starts": 9})])
    with pytest.raises(ValueError, match="tells the public more"):
        Event(freed, now(), [Part((ToStaff(), ToPublic()), staff.ids, staff.data)])


async def test_history_cannot_be_written_over(cast):
    await _try(cast)
    for statement in ("UPDATE event SET type = 'x'", "DELETE FROM event", "DELETE FROM look"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with practice_scope(cast.practice_id):
                await execute(statement)


async def test_each_event_holds_the_hash_of_the_row_before(cast):
    for number in range(3):
        await _try(cast, number)
    async with practice_scope(cast.practice_id):
        rows = await fetch_all("SELECT former FROM event ORDER BY seq")
        head = await fetch_one("SELECT last_hash FROM practice_head WHERE practice_id = portico_here()")
    chain = [bytes(row["former"]) for row in rows] + [bytes(head["last_hash"])]
    assert chain[0] == b"" and len(set(chain)) == 4


async def test_rights_remember_the_seq_of_the_event_that_changed_them(cast):
    login = cast.logins["client"]
    await _try(cast)
    seq = await _try(cast, rights=[login])
    async with practice_scope(cast.practice_id):
        row = await fetch_one("SELECT seq FROM login_rights WHERE login_id = $1", login)
    assert row["seq"] == seq


async def test_a_key_sent_twice_at_once_happens_once(cast):
    actor = await cast.actor("client")
    key = new_id()

    async def send(_) -> dict:
        if (before := await first_answer(actor, "test", key, {"a": 1})) is not None:
            return before
        async with change(actor, "test.try"):
            await record(actor, TRIED, [Part((ToStaff(),), {"place": 1})])
        keep_answer(actor, "test", key, {"made": "one"})
        return {"made": "one"}

    answers = await asyncio.gather(*(run_scope(cast.practice_id, send) for _ in range(5)))
    assert [one["made"] for one in answers] == ["one"] * 5
    assert {one["seq"] for one in answers if "seq" in one} == {1}
    async with practice_scope(cast.practice_id):
        assert (await fetch_one("SELECT count(*) AS n FROM event"))["n"] == 1


async def test_a_key_with_another_payload_is_refused(cast):
    actor = await cast.actor("client")
    key = new_id()

    async def send(payload: dict) -> object:
        async def work(_) -> object:
            before = await first_answer(actor, "test", key, payload)
            keep_answer(actor, "test", key, {"made": "one"})
            return before

        return await run_scope(cast.practice_id, work)

    assert await send({"a": 1}) is None
    with pytest.raises(Conflict) as refused:
        await send({"a": 2})
    assert refused.value.code == "key-reused"


async def _jobs(key: str) -> int:
    return await pool().fetchval("SELECT count(*) FROM pgqueuer WHERE dedupe_key = $1", key)
