"""One practice, one transaction: what the scope promises, by trying to break it."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from models.accounts.tables import Login
from models.clients.tables import Client
from models.core import scope as scope_module
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one, pool
from models.core.errors import Busy
from models.core.events import Part, ToLogin, ToStaff
from models.core.ids import new_id
from models.core.scope import after_commit, detached, finish_work, practice_scope, remembered, run_scope
from models.core.transaction import transaction
from tests.core.tried import TRIED
from tests.support.meeting import meet


async def test_outside_a_scope_nothing_of_a_practice_is_visible(cast):
    async with practice_scope(cast.practice_id):
        assert await Login.all().count() == 9
    assert await Login.all().count() == 0
    assert await pool().fetchval("SELECT count(*) FROM client") == 0


async def test_what_the_orm_makes_belongs_to_the_open_practice_and_without_one_nothing_is_made(cast):
    async with practice_scope(cast.practice_id):
        made = await Client.create(name="Ada Byron")
    async with practice_scope(cast.practice_id):
        assert (await Client.get(id=made.id)).practice_id == cast.practice_id
    with pytest.raises((IntegrityError, OperationalError)):
        await Client.create(name="Nobody's")
    assert await pool().fetchval("SELECT count(*) FROM client WHERE name = 'Nobody''s'") == 0


async def test_a_change_tells_the_row_it_changed(cast):
    """The ORM's own execute_query forgets what RETURNING answers."""
    client = cast.clients["client"]
    async with practice_scope(cast.practice_id):
        one = await fetch_one("UPDATE client SET phone = '1' WHERE id = $1 RETURNING id, phone", client)
        many = await fetch_all("UPDATE client SET phone = '2' RETURNING id")
    assert one and (one["id"], one["phone"]) == (client, "1")
    assert {row["id"] for row in many} == set(cast.clients.values())


async def test_one_practice_never_sees_or_writes_into_another(cast, neighbours):
    async with practice_scope(neighbours.practice_id):
        assert await Client.get_or_none(id=cast.clients["client"]) is None
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(
                "INSERT INTO contact (practice_id, id, name) VALUES ($1, $2, 'x')", cast.practice_id, new_id()
            )


async def test_a_foreign_key_cannot_cross_practices(cast, neighbours):
    async def assign_a_neighbours_client() -> None:
        async with practice_scope(cast.practice_id):
            await execute(
                "INSERT INTO assignment (id, client_id, staff_id) VALUES ($1, $2, $3)",
                new_id(),
                neighbours.clients["client"],
                cast.staff["owner"],
            )

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await assign_a_neighbours_client()


async def test_concurrent_scopes_keep_to_their_own_practice(cast, neighbours):
    async def names(one) -> set[UUID]:
        async with practice_scope(one.practice_id):
            await asyncio.sleep(0)
            return {row["id"] for row in await fetch_all("SELECT id FROM client")}

    for found, one in zip(
        await asyncio.gather(*(names(x) for x in (cast, neighbours) * 8)), (cast, neighbours) * 8, strict=True
    ):
        assert found == set(one.clients.values())


async def test_scopes_do_not_nest_and_changes_belong_inside(cast):
    async with practice_scope(cast.practice_id):
        with pytest.raises(RuntimeError, match="do not nest"):
            async with practice_scope(cast.practice_id):
                raise AssertionError("unreachable")
    with pytest.raises(RuntimeError, match="no practice is open"):
        async with change(None, "test.try"):
            raise AssertionError("unreachable")


async def test_a_statement_or_a_change_after_the_events_were_written_is_refused(cast):
    async with practice_scope(cast.practice_id) as scope:
        await scope.flush()
        with pytest.raises(RuntimeError, match="after the events"):
            await fetch_one("SELECT 1")
        with pytest.raises(RuntimeError, match="after the events"):
            async with change(None, "test.try"):
                raise AssertionError("unreachable")
        scope.flushed = False


async def test_a_closed_tab_in_mid_change_neither_half_does_it_nor_loses_a_connection(cast):
    size = pool().get_max_size()
    done = asyncio.Event()

    async def work(_) -> None:
        async with change(None, "test.try"):
            await record(None, TRIED, [Part((ToLogin(cast.logins["client"]),), {"place": 1})])
            await asyncio.sleep(0.01)
        done.set()

    for _ in range(size * 4):
        done.clear()
        waiting = asyncio.create_task(run_scope(cast.practice_id, work))
        await asyncio.sleep(0.002)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(done.wait(), 60)
    await finish_work(60)
    async with practice_scope(cast.practice_id):
        assert (await fetch_one("SELECT count(*) AS n FROM event"))["n"] == size * 4
    assert pool().get_idle_size() == pool().get_size()


async def test_a_scope_cancelled_while_it_begins_gives_its_connection_back(cast):
    rolled = random.Random(7)

    async def short() -> None:
        async with practice_scope(cast.practice_id):
            await fetch_one("SELECT 1")

    for _ in range(300):
        task = asyncio.create_task(short())
        await asyncio.sleep(rolled.random() * 0.003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(short(), 60)
    assert pool().get_idle_size() == pool().get_size()


async def test_two_that_lock_each_other_out_both_get_done(cast):
    first, second = cast.clients["client"], cast.clients["teen"]

    async def swap(one: UUID, other: UUID) -> None:
        async def work(_) -> None:
            await execute("UPDATE client SET phone = phone || '1' WHERE id = $1", one)
            await asyncio.sleep(0.05)
            await execute("UPDATE client SET phone = phone || '1' WHERE id = $1", other)

        await run_scope(cast.practice_id, work)

    await asyncio.gather(swap(first, second), swap(second, first))
    async with practice_scope(cast.practice_id):
        rows = await fetch_all("SELECT phone FROM client WHERE id = ANY($1)", [first, second])
    assert all(row["phone"].endswith("11") for row in rows)


async def test_background_work_does_not_inherit_the_scope(cast):
    async def look() -> int:
        return await Login.all().count()

    async with practice_scope(cast.practice_id):
        task = detached(look)
        assert await Login.all().count() == 9
    assert await task == 0


async def test_what_is_told_after_the_commit_finds_what_was_written(cast):
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    client = cast.clients["client"]

    async def look() -> None:
        async with practice_scope(cast.practice_id):
            found.set_result((await Client.get(id=client)).phone)

    async with practice_scope(cast.practice_id):
        await execute("UPDATE client SET phone = '7' WHERE id = $1", client)
        after_commit(look)
        await asyncio.sleep(0.1)  # whoever began before the commit would be done by then
        assert not found.done()
    assert await found == "7"


async def test_of_what_is_undone_nobody_is_told(cast):
    told: list[int] = []

    async def tell() -> None:
        told.append(1)

    with pytest.raises(RuntimeError):
        async with practice_scope(cast.practice_id):
            after_commit(tell)
            raise RuntimeError("no")
    attempts: list[int] = []

    async def lose_once(_: object) -> None:
        attempts.append(1)
        after_commit(tell)
        if len(attempts) == 1:
            raise asyncpg.DeadlockDetectedError("lost")

    await run_scope(cast.practice_id, lose_once)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(attempts) == 2 and told == [1]


async def test_what_is_remembered_is_asked_once_until_a_verb_begins(cast):
    asked = []

    async def read() -> int:
        asked.append("again")
        return len(asked)

    async with practice_scope(cast.practice_id):
        assert [await remembered("it", read) for _ in range(3)] == [1, 1, 1]
        assert await remembered("another", read) == 2
        async with change(None, "test.try"):
            assert [await remembered("it", read) for _ in range(2)] == [3, 4]
        assert await remembered("it", read) == 5
    async with practice_scope(cast.practice_id):
        assert await remembered("it", read) == 6


async def test_two_who_write_at_once_what_can_be_there_once_find_each_other(cast):
    """The second did not see the first's row, waits for it, and is run again; it says what it finds then."""
    async def find_or_make() -> str:
        if await fetch_one("SELECT 1 FROM tag WHERE name = 'evening'"):
            return "there"
        await execute("INSERT INTO tag (id, name) VALUES ($1, 'evening')", new_id())
        return "made"

    async def changing() -> str:
        async with change(None, "test.try"):
            await record(None, TRIED, [Part((ToStaff(),), {"place": 1})])
            return await find_or_make()

    inside = lambda: cast.inside(changing)  # noqa: E731
    assert sorted(await meet(cast.practice_id, inside, inside, inside)) == ["made", "there", "there"]


async def test_what_only_a_fault_of_ours_explains_is_told_as_one(cast):
    attempts: list[int] = []

    async def assign_nobody(_: object) -> None:
        attempts.append(1)
        sql = "INSERT INTO assignment (id, client_id, staff_id) VALUES ($1, $2, $1)"
        await execute(sql, new_id(), cast.clients["client"])

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await run_scope(cast.practice_id, assign_nobody)
    assert len(attempts) == 4


@pytest.mark.parametrize(("changes", "told"), [(True, "Look whether it was kept"), (False, "Nothing was changed")])
async def test_whoever_is_cut_off_in_the_midst_of_the_commit_of_a_change_is_told_to_look(
    cast, monkeypatch, changes, told
):
    """Also where nothing is told of the change: a draft, a piece of an upload."""
    @asynccontextmanager
    async def cut_off():
        async with transaction():
            yield
        raise ConnectionResetError

    async def save(_: object) -> None:
        if changes:
            async with change(None, "test.try"):
                await execute("UPDATE client SET phone = '7' WHERE id = $1", cast.clients["client"])

    monkeypatch.setattr(scope_module, "transaction", cut_off)
    with pytest.raises(Busy) as refused:
        await run_scope(cast.practice_id, save)
    assert told in refused.value.detail
