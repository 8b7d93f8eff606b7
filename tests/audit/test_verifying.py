"""The chains of changes and of looks: walked every night, and by `portico verify`."""

from __future__ import annotations

import asyncio
import contextvars
from datetime import timedelta

import asyncpg
import pytest

from models.clients import auditing
from models.core import sealing
from models.core.history import walk_history
from models.core.looking import note_look
from models.core.settings import settings
from models.core.verifying import check_chains
from tests.audit.test_log import HERE, happen, look


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(sealing, "STILL_COMING", timedelta(seconds=-5))


async def tamper(cast, table: str, sql: str) -> None:
    owner = await asyncpg.connect(settings().owner_url)
    try:
        async with owner.transaction():
            await owner.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
            await owner.execute(sql)
            await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    finally:
        await owner.close()


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ("UPDATE event SET login_id = NULL WHERE seq = 2", 2),
        ("UPDATE event SET login_id = NULL WHERE seq = 1", 1),
        ("UPDATE event SET login_id = NULL WHERE seq = 4", 4),
        ("DELETE FROM event_data WHERE seq = 3; DELETE FROM event WHERE seq = 3", 3),
        ("DELETE FROM event_data WHERE seq = 4; DELETE FROM event WHERE seq = 4", 4),
        ("DELETE FROM event_data WHERE seq = 1; DELETE FROM event WHERE seq = 1", 1),
    ],
)
async def test_the_first_broken_number_is_named(cast, sql, number):
    for _ in range(4):
        await happen(cast)
    assert await cast.inside(walk_history) == (4, None)
    await tamper(cast, "event", sql)
    assert (await cast.inside(walk_history))[1] == number


async def test_the_night_keeps_what_it_found_and_the_page_says_so(cast, browse, at_once):
    await happen(cast)
    await look(cast)
    browser = await browse(cast, "owner")
    assert (await (await browser.json(HERE)).get_json())["checked"] is None
    assert "the first check is still to come" in await (await browser.get(HERE)).get_data(as_text=True)
    await cast.inside(sealing.seal_looks)
    await cast.inside(auditing.check_here)
    checked = (await (await browser.json(HERE)).get_json())["checked"]
    assert checked["whole"] and (checked["events"], checked["looks"]) == (1, 1)
    page = await (await browser.get(HERE)).get_data(as_text=True)
    assert "The log is as it was written: 1 changes and 1 looks" in page


async def test_a_broken_chain_is_told_to_administrators_and_stands_on_the_page(cast, browse, log):
    for _ in range(3):
        await happen(cast)
    await tamper(cast, "event", "UPDATE event SET ids = '{}' WHERE seq = 2")
    await cast.inside(auditing.check_here)
    page = await (await (await browse(cast, "owner")).get(HERE)).get_data(as_text=True)
    assert 'data-tone="danger"' in page and "Change No. 2 was altered or taken away" in page
    assert await log.heard("audit.chain_broken") == {("desk", str(cast.logins["owner"]))}


async def test_every_practice_has_its_turn(cast, neighbours, log, monkeypatch):
    seen = []

    async def only_these(what, age, work):
        for one in (cast, neighbours):
            seen.append(await one.inside(lambda: work(None)))

    monkeypatch.setattr(auditing, "where_waiting", only_these)
    await auditing.check_every_chain()
    assert [one.whole for one in seen] == [True, True]
    assert len(await log.rows("SELECT 1 FROM chain_check")) == 1


async def test_the_new_columns_of_an_event_change_no_hash(cast, log):
    await happen(cast)
    (event,) = await log.events("test.about_a_client")
    assert event["client_id"] == cast.clients["teen"], "the premise: it is filled"
    assert (await cast.inside(check_chains)).whole




async def test_the_command_says_a_line_a_practice_and_fails_for_a_broken_one(cast, neighbours, capsys, monkeypatch):
    monkeypatch.setattr("server.verify.open_database", _nothing)
    monkeypatch.setattr("server.verify.close_database", _nothing)
    from server.verify import verify

    await happen(cast)
    assert await verify(cast.subdomain) == 0
    assert f"{cast.subdomain}: 1 changes and 0 looks are as they were written; head " in capsys.readouterr().out
    await tamper(cast, "event", "UPDATE event SET side = 'x'")
    assert await verify(cast.subdomain) == 1
    assert f"{cast.subdomain}: BROKEN: change 1 is not as it was written." in capsys.readouterr().out
    assert await verify(neighbours.subdomain) == 0
    with pytest.raises(ValueError, match="No practice has the subdomain nowhere-at-all"):
        await verify("nowhere-at-all")


async def _nothing(*_: object, **__: object) -> None:
    return None


async def test_the_command_runs_from_a_shell(cast):
    await cast.inside(check_chains)
    await note(cast)
    assert await asyncio.to_thread(_in_a_process, cast.subdomain) == 0


async def note(cast):
    actor = await cast.actor("owner")
    await cast.inside(lambda: note_look(actor, "file", cast.clients["teen"]))


def _in_a_process(subdomain: str) -> int:
    import subprocess
    import sys

    return subprocess.run([sys.executable, "-m", "server.cli", "verify", subdomain], check=False).returncode


async def test_what_is_written_while_the_chain_is_walked_breaks_nothing(cast, monkeypatch):
    """A practice works at night, too."""
    from models.core import history

    for _ in range(4):
        await happen(cast)
    monkeypatch.setattr(history, "BATCH", 2)
    walked, wrote = history.fetch_all, []

    async def and_somebody_writes(sql, *args):
        found = await walked(sql, *args)
        if not wrote:
            wrote.append(await asyncio.get_running_loop().create_task(happen(cast), context=contextvars.Context()))
        return found

    monkeypatch.setattr(history, "fetch_all", and_somebody_writes)
    assert await cast.inside(walk_history) == (4, None)
    assert wrote, "the premise"
    assert await cast.inside(walk_history) == (5, None)
