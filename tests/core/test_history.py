"""What happened cannot be changed unseen, not even by who owns the tables."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from models.core import change as changes
from models.core import history
from models.core.change import change, record
from models.core.events import Part, ToStaff, event_type
from models.core.history import history_holds
from models.core.ids import new_id
from models.core.settings import settings

WRITTEN = event_type("test.written", audiences="staff", ids="place what")


async def write(cast, count: int = 1) -> None:
    owner = await cast.actor("owner")

    async def work() -> None:
        async with change(owner, "test.write"):
            for number in range(count):
                part = Part((ToStaff(),), {"place": number, "what": "Grüße 🙂"})
                await record(owner, WRITTEN, [part], subject_id=new_id(), rights_of=[owner.login_id] if number else ())

    await cast.inside(work)


@pytest.fixture
def in_batches(monkeypatch):
    monkeypatch.setattr(history, "BATCH", 2)


async def test_the_chain_holds_whatever_was_written(cast, in_batches, monkeypatch):
    assert await cast.inside(history_holds), "also with nothing in it"
    await write(cast, 5)
    await write(cast)
    monkeypatch.setattr(changes, "now", lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    await write(cast, 2)
    assert await cast.inside(history_holds)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE event SET login_id = NULL WHERE seq = 3",
        "UPDATE event SET at = at - interval '1 microsecond' WHERE seq = 3",
        "UPDATE event SET ids = '{}' WHERE seq = 3",
        "UPDATE event SET rights = NULL WHERE seq = 3",
        "UPDATE event SET client_id = subject_id WHERE seq = 3",
        "UPDATE event SET digest = sha256('x') WHERE seq = 3",
        "UPDATE event SET type = 'test.else', digest = digest WHERE seq = 5",
        "DELETE FROM event_data WHERE seq = 3; DELETE FROM event WHERE seq = 3",
        "DELETE FROM event_data WHERE seq = 5; DELETE FROM event WHERE seq = 5",
        "DELETE FROM event_data WHERE seq = 5; DELETE FROM event WHERE seq = 5;"
        " UPDATE practice_head SET seq = 4 WHERE practice_id = portico_here()",
    ],
)
async def test_whoever_gets_past_the_locks_is_found_out(cast, in_batches, tampering):
    await write(cast, 5)
    assert await cast.inside(history_holds)
    owner = await asyncpg.connect(settings().owner_url)
    try:
        async with owner.transaction():
            await owner.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
            await owner.execute("ALTER TABLE event DISABLE TRIGGER append_only")
            await owner.execute(tampering)
            await owner.execute("ALTER TABLE event ENABLE TRIGGER append_only")
    finally:
        await owner.close()
    assert not await cast.inside(history_holds)
