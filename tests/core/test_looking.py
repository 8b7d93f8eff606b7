"""Looks: who opened whose record, from where; sealed, and provably whole."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import asyncpg
import orjson
import pytest

from models.core import sealing
from models.core.database import execute, fetch_all
from models.core.looking import note_look
from models.core.scope import Whence, current_scope
from models.core.settings import settings

HOME = Whence("198.51.100.7", "Firefox on Windows")
AGAIN = Whence("198.51.100.7", "Firefox on Windows", again=True)


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(sealing, "STILL_COMING", timedelta(seconds=-5))


async def look(cast, name="owner", client="teen", whence=HOME, subject="client-overview", **more):
    actor = await cast.actor(name)

    async def work():
        current_scope().whence = whence
        return await note_look(actor, subject, cast.clients[client], client_id=cast.clients[client], **more)

    return await cast.inside(work)


async def looks(cast):
    return await cast.inside(lambda: fetch_all("SELECT * FROM look ORDER BY id"))


async def test_a_look_says_who_of_whom_when_and_from_where(cast):
    assert await look(cast, reason="Asked to")
    (kept,) = await looks(cast)
    assert (kept["login_id"], kept["client_id"]) == (cast.logins["owner"], cast.clients["teen"])
    assert (kept["address"], kept["device"], kept["reason"]) == ("198.51.100.7", "Firefox on Windows", "Asked to")
    assert kept["session_id"] is not None and kept["access_id"] is None and kept["at"] is not None


async def test_a_page_that_fetches_itself_anew_is_the_same_look_for_a_minute(cast):
    assert await look(cast)
    assert not await look(cast, whence=AGAIN)
    assert await look(cast, whence=AGAIN, client="child"), "of another record nothing was noted"
    assert await look(cast, whence=AGAIN, subject="client-details"), "nor of another page"
    assert await look(cast, "frontdesk", whence=AGAIN), "nor by another person"
    assert await look(cast), "without saying so every look counts"
    assert len(await looks(cast)) == 5


async def test_after_a_minute_it_is_a_look_again(cast, monkeypatch):
    assert await look(cast)
    assert not await look(cast, whence=AGAIN)
    monkeypatch.setattr("models.core.looking.SAME_LOOK", timedelta(0))
    assert await look(cast, whence=AGAIN)


@pytest.mark.parametrize("column", ["client_id = NULL", "address = ''", "device = 'x'", "session_id = NULL",
                                    "reason = 'x'", "access_id = login_id"])
async def test_whoever_changes_a_sealed_look_is_found_out(cast, at_once, column):
    await look(cast)
    await look(cast, client="child")
    await cast.inside(sealing.seal_looks)
    assert await cast.inside(sealing.walk_seals) == (2, None)
    owner = await asyncpg.connect(settings().owner_url)
    try:
        async with owner.transaction():
            await owner.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
            await owner.execute("ALTER TABLE look DISABLE TRIGGER append_only")
            await owner.execute(f"UPDATE look SET {column}")
            await owner.execute("ALTER TABLE look ENABLE TRIGGER append_only")
    finally:
        await owner.close()
    assert await cast.inside(sealing.walk_seals) == (0, 1)


async def test_seals_of_before_these_columns_still_verify_and_the_chain_goes_on(cast, at_once):
    """As version 1 sealed them: without the client, the session and where from."""
    await look(cast)
    columns = "id, login_id, subject, subject_id, reason, at"
    (old,) = await cast.inside(lambda: fetch_all(f"SELECT {columns} FROM look"))
    hashed = sha256(orjson.dumps([str(value) for value in old.values()])).digest()
    seal = "INSERT INTO look_seal (sealed_to, looks, hash) VALUES ($1, 1, $2)"
    await cast.inside(lambda: execute(seal, old["id"], hashed))
    head = "INSERT INTO look_head (sealed_to, looks, hash) VALUES ($1, 1, $2)"  # as the migration made it
    await cast.inside(lambda: execute(head, old["id"], hashed))
    assert await cast.inside(sealing.seals_hold)
    await look(cast)
    await cast.inside(sealing.seal_looks)
    versions = await cast.inside(lambda: fetch_all("SELECT version FROM look_seal ORDER BY sealed_to"))
    assert [row["version"] for row in versions] == [1, 2]
    assert await cast.inside(sealing.walk_seals) == (2, None)


async def test_a_seal_is_not_passed_off_as_one_that_covers_less(cast, at_once):
    await look(cast)
    (row,) = await looks(cast)
    covered = [str(row[name]) for name in ("id", "login_id", "subject", "subject_id", "reason", "at")]
    hashed = sha256(b"2:" + orjson.dumps(covered)).digest()
    seal = "INSERT INTO look_seal (sealed_to, looks, hash, version) VALUES ($1, 1, $2, $3)"
    await cast.inside(lambda: execute(seal, row["id"], hashed, 2))
    assert await cast.inside(sealing.walk_seals) == (0, 1)


async def test_a_look_of_another_practice_is_none_here(cast, neighbours):
    await look(cast)
    assert await looks(neighbours) == []
