"""A run that was killed: nothing of it stays, and the next one finds everything as it was."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from server.local import LocalServiceError, _remedy, running_services
from server.local.memory import PORTS, free_port, is_free, keep, recall
from tests.setup.conftest import eventually, processes_in, settings_for

HOLD = """
import sys, signal
from pathlib import Path
from models.core.settings import load_settings
from server.local import running_services
with running_services(load_settings({"PORTICO_DATA": sys.argv[1]})) as services:
    print(services.environment["DATABASE_OWNER_URL"], flush=True)
    signal.pause()
"""


@pytest.fixture
def killed(tmp_path: Path) -> str:
    """A run that kept one row and was then killed without a word; the owner's address."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        address = run.stdout.readline().strip()
        _keep_a_row(address)
        assert processes_in(tmp_path)
        run.kill()
    return address


async def test_nothing_of_a_killed_run_stays(killed: str, tmp_path: Path) -> None:
    await eventually(lambda: _none_in(tmp_path))


async def test_the_next_run_has_the_same_address_and_rows(killed: str, tmp_path: Path) -> None:
    with running_services(settings_for(tmp_path)) as services:
        assert services.environment["DATABASE_OWNER_URL"] == killed
        connection = await asyncpg.connect(killed)
        assert await connection.fetchval("SELECT word FROM kept") == "still here"
        await connection.close()


async def test_servers_that_nothing_tied_to_their_run_are_ended_by_the_next(killed: str, tmp_path: Path) -> None:
    """As on a system that does not end children with their parent."""
    await eventually(lambda: _none_in(tmp_path))
    left = _start_untied(tmp_path)
    with running_services(settings_for(tmp_path)) as services:
        assert all(process.poll() is not None for process in left)
        assert services.kept["postgres"].pid not in [process.pid for process in left]


async def test_a_process_id_left_in_the_data_folder_that_is_another_program_now_stops_nothing(
    killed: str, tmp_path: Path
) -> None:
    await eventually(lambda: _none_in(tmp_path))
    cluster = tmp_path / "postgres" / recall(tmp_path).cluster
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n5432\n\n127.0.0.1\n1 1\nready\n")
    with running_services(settings_for(tmp_path)) as services:
        assert services.kept["postgres"].pid


def test_a_cluster_half_made_is_made_anew(tmp_path: Path) -> None:
    memory = recall(tmp_path)
    keep(memory, tmp_path)
    half = tmp_path / "postgres" / f"{memory.cluster}.making"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with running_services(settings_for(tmp_path)):
        assert not half.exists()


def test_a_port_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    import socket

    memory = recall(tmp_path)
    port = memory.port("valkey")
    with socket.create_server(("127.0.0.1", port)):
        assert memory.port("valkey") != port
    assert memory.port("valkey") in PORTS and is_free(free_port())


def test_a_data_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LocalServiceError, match=r"cannot be written .*free space or set PORTICO_DATA"):
        with running_services(settings_for(tmp_path / "file" / "data")):
            raise AssertionError("it started")


def test_a_data_folder_of_somebody_else_is_told_with_its_own_remedy() -> None:
    assert _remedy(PermissionError(errno.EACCES, "Permission denied")) == "let this account write there"
    assert _remedy(OSError(errno.ENOSPC, "No space left on device")) == "free space"


def _keep_a_row(address: str) -> None:
    import asyncio

    async def work() -> None:
        connection = await asyncpg.connect(address)
        await connection.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
        await connection.close()

    asyncio.run(work())


def _start_untied(data: Path) -> list[subprocess.Popen[bytes]]:
    from server.local.postgres import postgres
    from server.local.valkey import valkey

    memory = recall(data)
    made = []
    for program in (postgres(data, memory), valkey(data, memory)):
        uid, gid = program.account
        who = {"user": uid, "group": gid, "extra_groups": []} if uid >= 0 else {}
        command = [str(program.executable), *program.arguments]
        made.append(
            subprocess.Popen(command, cwd=program.folder, start_new_session=True, stderr=subprocess.DEVNULL, **who)
        )
    return made


async def _none_in(data: Path) -> None:
    assert processes_in(data) == []


def test_the_signal_that_ends_postgresql_lets_it_write_what_it_holds(tmp_path: Path) -> None:
    from server.local.postgres import postgres

    assert postgres(tmp_path, recall(tmp_path)).stop_signal is signal.SIGINT
