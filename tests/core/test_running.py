"""Work in a scope: run again when it lost a race, refused when there is too much of it, awaited at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from models.clients.tables import Client
from models.core import scope as scopes
from models.core.change import change, on, record
from models.core.database import execute, fetch_all, fetch_one, pool
from models.core.errors import Busy, Conflict, Invalid
from models.core.events import Part, ToStaff, event_type
from models.core.ids import new_id
from models.core.keys import first_answer, keep_answer
from models.core.scope import Scope, finish_work, run_scope
from tests.conftest import OPEN

RAN = event_type("test.ran", audiences="staff")
LISTENED = event_type("test.listened", audiences="staff")

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '%s'; END $$"
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


async def happen(kind=RAN) -> None:
    async with change(None, "test.run"):
        await record(None, kind, [Part((ToStaff(),))])


async def events(cast, kind: str = "test.ran") -> int:
    return len(await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = $1", kind)))


@pytest.mark.parametrize("code", ["40P01", "40001", "55P03"])
async def test_a_lost_race_is_run_again_and_what_the_losers_did_is_gone(cast, code):
    turns = []

    async def work(scope: Scope) -> str:
        turns.append(scope)
        await happen()
        if len(turns) < 4:
            await execute(RAISE % code)
        return "done"

    assert await run_scope(cast.practice_id, work) == "done"
    assert len(turns) == len(set(map(id, turns))) == 4
    assert await events(cast) == 1


@pytest.mark.parametrize("code", ["40P01", "40001", "55P03"])
async def test_after_three_more_tries_it_is_busy_and_says_when_to_come_back(cast, code):
    turns = []

    async def work(scope: Scope) -> None:
        turns.append(scope)
        await happen()
        await execute(RAISE % code)

    with pytest.raises(Busy) as refused:
        await run_scope(cast.practice_id, work)
    assert (len(turns), refused.value.status, refused.value.retry_after) == (4, 503, 1)
    assert await events(cast) == 0


async def test_other_failures_are_not_run_again(cast):
    turns = []

    async def work(scope: Scope) -> None:
        turns.append(scope)
        await execute("SELECT 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await run_scope(cast.practice_id, work)
    assert len(turns) == 1


async def test_a_lock_that_is_held_too_long_is_a_lost_race_also_through_the_orm(cast):
    tried, held, go = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hold(_: Scope) -> None:
        await Client.select_for_update().get(id=cast.clients["client"])
        held.set()
        await go.wait()

    async def want(_: Scope) -> str:
        if tried.is_set():
            go.set()
        else:
            await execute("SET LOCAL lock_timeout = '20ms'")
        tried.set()
        return (await Client.select_for_update().get(id=cast.clients["client"])).name

    holding = asyncio.create_task(run_scope(cast.practice_id, hold))
    await held.wait()
    assert await run_scope(cast.practice_id, want)
    assert tried.is_set() and await holding is None


async def test_the_limits_of_time_live_in_the_database(cast, monkeypatch):
    monkeypatch.setattr(scopes, "OPEN", OPEN)

    async def limits() -> list[str]:
        return [(await fetch_one(f"SHOW {name}"))[name] for name in LIMITS]

    assert await cast.inside(limits) == ["15s", "3s", "5s"]
    async with pool().acquire() as connection:
        left = [await connection.fetchval(f"SHOW {name}") for name in LIMITS]
    assert left == ["0", "0", "0"], "set for one transaction: whoever pools the connection may give it to others"


@pytest_asyncio.fixture(loop_scope="session")
async def stuck(cast, monkeypatch) -> AsyncIterator[asyncio.Event]:
    """As much work as may be at once, which goes on when told."""
    go, most = asyncio.Event(), 3
    monkeypatch.setattr(scopes, "MOST_AT_ONCE", most)
    await finish_work(60)
    tasks = [asyncio.create_task(run_scope(cast.practice_id, lambda _: go.wait())) for _ in range(most)]
    while len(scopes._working) < most:
        await asyncio.sleep(0)
    yield go
    go.set()
    await asyncio.gather(*tasks)


async def test_too_much_at_once_is_refused_at_once(cast, browse, stuck):
    with pytest.raises(Busy) as refused:
        await run_scope(cast.practice_id, lambda _: happen())
    assert refused.value.retry_after
    answer = await (await browse(cast)).json("/sign-in")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "1"
    assert (await answer.get_json(force=True))["code"] == "busy"


async def test_at_the_end_what_runs_is_awaited(cast):
    began, go = asyncio.Event(), asyncio.Event()

    async def work(_: Scope) -> None:
        began.set()
        await go.wait()
        await happen()

    waiting = asyncio.create_task(run_scope(cast.practice_id, work))
    await began.wait()
    waiting.cancel()  # the browser has gone
    ending = asyncio.create_task(finish_work(10))
    await asyncio.sleep(0)
    assert not ending.done()
    go.set()
    await ending
    assert await events(cast) == 1


async def test_at_the_end_nothing_is_awaited_for_ever(cast):
    go = asyncio.Event()
    stuck = asyncio.create_task(run_scope(cast.practice_id, lambda _: go.wait()))
    await asyncio.sleep(0)
    await finish_work(0.05)
    assert not stuck.done()
    go.set()
    await stuck


async def test_who_is_cut_off_before_the_commit_hears_that_nothing_changed(cast):
    async def work(_: Scope) -> None:
        await happen()
        await _cut()
        await fetch_one("SELECT 1")

    with pytest.raises(Busy, match="database-away") as refused:
        await run_scope(cast.practice_id, work)
    assert "Nothing was changed" in refused.value.detail and await events(cast) == 0


async def test_who_is_cut_off_in_the_commit_is_not_told_what_nobody_knows(cast, monkeypatch):
    flush = Scope.flush

    async def flush_and_cut(scope: Scope) -> None:
        await flush(scope)
        scope.flushed = False
        await _cut()
        scope.flushed = True

    monkeypatch.setattr(Scope, "flush", flush_and_cut)
    with pytest.raises(Busy, match="database-away") as refused:
        await run_scope(cast.practice_id, lambda _: happen())
    assert "Nothing was changed" not in refused.value.detail


async def _cut() -> None:
    pid = (await fetch_one("SELECT pg_backend_pid() AS pid"))["pid"]
    async with pool().acquire() as other:
        assert await other.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)


async def test_a_listener_that_fails_takes_the_change_back(cast):
    async def fail(actor, event) -> None:
        raise Invalid("test")

    on("test.listened", fail)
    with pytest.raises(Invalid):
        await run_scope(cast.practice_id, lambda _: happen(LISTENED))
    assert await events(cast, "test.listened") == 0


async def test_a_refusal_is_not_kept_under_its_key(cast):
    actor, key, refused = await cast.actor("client"), new_id(), [True]

    async def send(_: Scope) -> dict[str, str]:
        if (before := await first_answer(actor, "test", key, {"a": 1})) is not None:
            return before
        if refused.pop():
            raise Conflict("taken")
        keep_answer(actor, "test", key, {"made": "one"})
        return {"made": "one"}

    with pytest.raises(Conflict, match="taken"):
        await run_scope(cast.practice_id, send)
    refused.append(False)
    assert await run_scope(cast.practice_id, send) == {"made": "one"}
    assert (await run_scope(cast.practice_id, send))["made"] == "one"


async def test_a_key_belongs_to_one_login_and_one_door(cast):
    key = new_id()

    async def used(name: str, door: str) -> bool:
        actor = await cast.actor(name)
        return await run_scope(cast.practice_id, lambda _: first_answer(actor, door, key, {})) is not None

    assert not await used("client", "test.one")
    assert await used("client", "test.one")
    assert not await used("client", "test.two") and not await used("teen", "test.one")
