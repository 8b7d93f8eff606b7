"""The chains of changes and of looks: walked every night, and by `portico verify`."""

from __future__ import annotations

import asyncio
import contextvars
from datetime import timedelta

import asyncpg
import pytest

from models.clients import auditing
from models.core import sealing
from models.core.change import change, record
from models.core.events import Part, ToStaff
from models.core.history import walk_history
from models.core.looking import note_look
from models.core.settings import settings
from models.core.verifying import check_chains
from tests.audit.test_log import ABOUT, HERE, happen, look

SAID = ("type", "subject_id", "ids", "audience", "rights", "login_id", "side", "at", "digest", "client_id")
# The second and the third change places, all but their numbers and hashes.
SWAPPED = f"""UPDATE event SET {", ".join(f"{one} = o.{one}" for one in SAID)}
  FROM (SELECT seq AS place, {", ".join(SAID)} FROM event) o WHERE o.place = 5 - seq AND seq IN (2, 3)"""
# The heads stand outside the policies: without a name this would be every practice's.
HEAD_BACK = "UPDATE practice_head SET seq = 3 WHERE practice_id = portico_here()"
FIRST_SEAL = "(SELECT sealed_to FROM look_seal ORDER BY sealed_to LIMIT 1)"


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
        ("UPDATE event SET login_id = NULL WHERE seq = 1", 1),
        ("UPDATE event SET client_id = NULL WHERE seq = 2", 2),
        ("UPDATE event SET login_id = NULL WHERE seq = 4", 4),
        ("DELETE FROM event_data WHERE seq = 3; DELETE FROM event WHERE seq = 3", 3),
        ("DELETE FROM event_data WHERE seq = 4; DELETE FROM event WHERE seq = 4", 4),
        ("DELETE FROM event_data WHERE seq = 1; DELETE FROM event WHERE seq = 1", 1),
        ("DELETE FROM event_data; DELETE FROM event", 1),
        ("DELETE FROM event_data WHERE seq > 2; DELETE FROM event WHERE seq > 2", 3),
        (f"{HEAD_BACK}; DELETE FROM event_data WHERE seq = 4; DELETE FROM event WHERE seq = 4", 3),
        ("UPDATE event SET former = sha256(former) WHERE seq = 3", 2),
        ("INSERT INTO event SELECT (jsonb_populate_record(e, '{\"seq\": 5}')).* FROM event e WHERE seq = 4", 5),
        (SWAPPED, 2),
    ],
)
async def test_the_first_broken_number_is_named(cast, sql, number):
    for client in ("teen", "child", "client", "teen"):
        await happen(cast, client)
    assert await cast.inside(walk_history) == (4, None)
    await tamper(cast, "event", sql)
    assert (await cast.inside(check_chains)).broken_event == number


@pytest.mark.parametrize(
    "altered",
    [
        "type = 'test.something_else'", "subject_id = gen_random_uuid()", "subject_id = NULL", "ids = '{}'",
        "ids = ids || '{\"more\": 1}'", "audience = '[]'", "rights = ARRAY[gen_random_uuid()]", "rights = NULL",
        "login_id = gen_random_uuid()", "side = 'portal'", "at = at + interval '1 microsecond'",
        "digest = sha256(digest)", "client_id = gen_random_uuid()", "device = 'Chrome on Mac'",
        "device = NULL", "address = '192.0.2.1'", "address = NULL", "device = NULL, address = NULL",
    ],
)
async def test_no_word_of_a_change_is_altered_unseen(cast, browse, altered):
    """At the doors, so that where it came from is there to be altered."""
    browser = await browse(cast, "owner")
    for name in ("One", "Two", "Three"):
        await browser.send("/staff/settings/practice/locations", {"name": name})
    await cast.inside(lambda: _rights_changed(cast))
    (held, broken) = await cast.inside(walk_history)
    assert broken is None and held == 4
    seq = 4 if altered.startswith("rights = NULL") else 2
    await tamper(cast, "event", f"UPDATE event SET {altered} WHERE seq = {seq}")
    assert (await cast.inside(check_chains)).broken_event == seq


async def _rights_changed(cast):
    async with change(None, "test.rights"):
        await record(None, ABOUT, [Part([ToStaff()])], rights_of=[cast.logins["owner"]])


async def sealed(cast, count=4):
    """That many looks, in two seals."""
    for number in range(count):
        await look(cast)
        if number == count // 2 - 1:
            await cast.inside(sealing.seal_looks)
    await cast.inside(sealing.seal_looks)
    assert await cast.inside(sealing.walk_seals) == (count, None)


NEWEST = "(SELECT id FROM look ORDER BY id DESC LIMIT 1)"
LAST_SEAL = "(SELECT sealed_to FROM look_seal ORDER BY sealed_to DESC LIMIT 1)"


@pytest.mark.parametrize(
    "altered",
    [
        "login_id = gen_random_uuid()", "subject = 'file'", "subject_id = gen_random_uuid()", "reason = 'Because'",
        "at = at + interval '1 microsecond'", "client_id = NULL", "access_id = gen_random_uuid()",
        "session_id = gen_random_uuid()", "device = 'Chrome on Mac'", "address = '192.0.2.1'", "id = gen_random_uuid()",
    ],
)
async def test_no_word_of_a_look_is_altered_unseen(cast, at_once, altered):
    await sealed(cast)
    await tamper(cast, "look", f"UPDATE look SET {altered} WHERE id = {NEWEST}")
    assert (await cast.inside(check_chains)).broken_look == 3


@pytest.mark.parametrize(
    ("table", "sql", "number"),
    [
        ("look", f"DELETE FROM look WHERE id = {NEWEST}", 3),
        ("look", "DELETE FROM look", 1),
        ("look", "DELETE FROM look WHERE id = (SELECT id FROM look ORDER BY id LIMIT 1)", 1),
        ("look_seal", f"DELETE FROM look_seal WHERE sealed_to = {LAST_SEAL}", 3),
        ("look_seal", f"DELETE FROM look_seal WHERE sealed_to = {FIRST_SEAL}", 1),
        ("look_seal", "DELETE FROM look_seal", 1),
        ("look_seal", f"UPDATE look_seal SET looks = 1 WHERE sealed_to = {LAST_SEAL}", 3),
        ("look_seal", "UPDATE look_seal SET version = 1", 1),
        ("look_seal", f"UPDATE look_seal SET hash = sha256(hash) WHERE sealed_to = {LAST_SEAL}", 3),
    ],
)
async def test_a_look_or_a_seal_that_is_missing_is_missed(cast, at_once, table, sql, number):
    await sealed(cast)
    await tamper(cast, table, sql)
    assert (await cast.inside(check_chains)).broken_look == number


async def test_the_last_looks_taken_away_with_their_seal_are_missed(cast, at_once):
    await sealed(cast)
    await tamper(cast, "look", f"DELETE FROM look WHERE id > {FIRST_SEAL}")
    await tamper(cast, "look_seal", f"DELETE FROM look_seal WHERE sealed_to = {LAST_SEAL}")
    assert (await cast.inside(check_chains)).broken_look == 3


async def test_who_forges_the_ends_as_well_is_betrayed_by_the_last_nights_check(cast, at_once):
    """Everything swept away, the heads set back: the check of the night before had counted more."""
    await happen(cast)
    await sealed(cast)
    await cast.inside(auditing.check_here)
    await tamper(cast, "look", "DELETE FROM look")
    await tamper(cast, "look_seal", "DELETE FROM look_seal; DELETE FROM look_head")
    await tamper(cast, "event", "DELETE FROM event_data; DELETE FROM event;"
                                "UPDATE practice_head SET seq = 0, last_hash = '' WHERE practice_id = portico_here()")
    found = await cast.inside(check_chains)
    assert (found.broken_event, found.broken_look) == (1, 1)


async def test_a_look_slipped_in_among_sealed_ones_is_found(cast, at_once):
    await sealed(cast)
    between = "(SELECT id FROM look ORDER BY id LIMIT 1)"
    slip = f"""INSERT INTO look (id, login_id, subject, subject_id)
      SELECT (substr({between}::text, 1, 24) || 'ffffffffffff')::uuid, login_id, 'file', subject_id FROM look LIMIT 1"""
    await tamper(cast, "look", slip)
    assert (await cast.inside(check_chains)).broken_look == 1


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
    assert "The log is as it was written: 1 change and 1 look" in page


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
    assert f"{cast.subdomain}: 1 change and 0 looks are as they were written; head " in capsys.readouterr().out
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
