"""`make run` after the set-up, with a double in place of the `portico` command."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from server.local.memory import free_port
from server.processes import CRASHES_BORNE, command_of
from tests.setup.conftest import Copy, eventually, processes_in

ROOT = Path(__file__).resolve().parents[2]
DOUBLE = Path(__file__).with_name("portico_double.py")


@pytest.fixture
def environment(tmp_path: Path, harbor: Copy) -> dict[str, str]:
    """As of a person with an address for each service, and the double as `portico`."""
    command = tmp_path / "bin" / "portico"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{DOUBLE}" "$@"\n')
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    data = {"PORTICO_DATA": str(tmp_path / "data"), "PORT": str(free_port())}
    return {"PATH": path, "HOME": str(tmp_path), **data, **harbor.services.environment}


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "server.run", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        try:
            yield run
        finally:
            run.terminate()


def read_until(run: subprocess.Popen[str], *words: str) -> str:
    """What the run says until all these words were said; fails when it ends without them."""
    said = ""
    for line in run.stdout or ():
        said += line
        if all(word in said for word in words):
            return said
    raise AssertionError(f"{words} were never said, but:\n{said}")


def read_to_its_end(run: subprocess.Popen[str]) -> str:
    """All that a run says which ends by itself."""
    assert run.stdout
    said = run.stdout.read()
    run.wait()
    return said


def test_it_migrates_seeds_serves_and_says_where_to_look(environment: dict[str, str]) -> None:
    with running(environment) as run:
        said = read_until(run, "Ctrl-C stops it all")
    for words in ("Tables · ", "The demo world · ", f"http://harbor.localhost:{environment['PORT']}/staff"):
        assert words in said
    for login in ("owner", "practitioner", "supervisor", "frontdesk", "biller", "client", "parent", "coparent", "teen"):
        assert f"{login}@harbor.test" in said


def test_web_and_worker_are_told_the_same_port(environment: dict[str, str]) -> None:
    port = environment["PORT"]
    with running(environment) as run:
        assert read_until(run, f"portico serve PORT={port}", f"portico worker PORT={port}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_leaves_no_process(environment: dict[str, str], number: signal.Signals) -> None:
    data = Path(environment["PORTICO_DATA"])
    with running(environment) as run:
        read_until(run, "Ctrl-C stops it all")
        assert processes_in(data)  # premise
        run.send_signal(number)
        assert "Stopped." in read_to_its_end(run)
    assert (run.returncode, processes_in(data)) == (0, [])


async def test_killed_it_leaves_no_process(environment: dict[str, str]) -> None:
    data = Path(environment["PORTICO_DATA"])
    with running(environment) as run:
        read_until(run, "Ctrl-C stops it all")
        assert processes_in(data)  # premise
        run.kill()
    await eventually(lambda: _none_in(data))


def test_what_a_killed_run_left_is_ended_by_the_next(environment: dict[str, str]) -> None:
    """When run and runner were killed together, nobody was there to end the web workers."""
    with running(environment) as run:
        read_until(run, "Ctrl-C stops it all")
        left = _kill_all_but_web(run)
    assert left.is_running()
    with running(environment) as run:
        read_until(run, "Ctrl-C stops it all")
        assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("word", ["serve", "worker"])
def test_a_killed_process_is_started_again(environment: dict[str, str], word: str) -> None:
    with running(environment) as run:
        read_until(run, "Ctrl-C stops it all")
        first = _process(run, word)
        first.kill()
        assert f"portico {word} PORT=" in read_until(run, "was killed (-9) and is started again", f"portico {word} ")
        assert _process(run, word).pid != first.pid
        run.send_signal(signal.SIGINT)
        assert "Stopped." in read_to_its_end(run)
    assert (run.returncode, processes_in(Path(environment["PORTICO_DATA"]))) == (0, [])


def test_a_process_that_is_killed_again_and_again_ends_the_run(environment: dict[str, str]) -> None:
    with running({**environment, "KILLED": "worker"}) as run:
        said = read_to_its_end(run)
    assert said.count("was killed (-9) and is started again") == CRASHES_BORNE
    assert "Web or worker ended by itself" in said and run.returncode == 1
    assert processes_in(Path(environment["PORTICO_DATA"])) == []


def test_a_web_process_that_ends_ends_the_run_with_a_sentence(environment: dict[str, str]) -> None:
    with running({**environment, "FAILS": "serve"}) as run:
        said = read_to_its_end(run)
    assert "older than the code can read" in said and "Web or worker ended by itself" in said
    assert run.returncode == 1
    assert processes_in(Path(environment["PORTICO_DATA"])) == []


def test_a_failed_migration_is_named_with_what_it_said(environment: dict[str, str]) -> None:
    with running({**environment, "FAILS": "migrate"}) as run:
        said = read_to_its_end(run)
    assert "older than the code can read" in said and "“Tables” failed (`portico migrate`)" in said
    assert "Traceback" not in said and run.returncode == 1


def test_a_taken_port_is_told_in_one_sentence(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))), running(environment) as run:
        said = read_to_its_end(run)
    assert f"Port {environment['PORT']} of 127.0.0.1 is taken" in said and "Traceback" not in said


def test_an_unknown_setting_is_told_in_one_sentence(environment: dict[str, str]) -> None:
    with running({**environment, "PORTICO_COLOUR": "green"}) as run:
        said = read_to_its_end(run)
    assert "PORTICO_COLOUR is no setting of Portico" in said and "Traceback" not in said and run.returncode == 1


def test_a_second_run_of_the_same_copy_is_refused_and_a_seed_is_not(environment: dict[str, str]) -> None:
    with running(environment) as first:
        read_until(first, "Ctrl-C stops it all")
        with running(environment) as second:
            assert "stop it, or set PORT and PORTICO_DATA" in read_to_its_end(second)
        with running(environment, "seed", "load") as seeding:
            assert "The load world · " in read_to_its_end(seeding)
        assert (second.returncode, seeding.returncode, first.poll()) == (1, 0, None)


def test_in_production_no_demo_world_is_made(environment: dict[str, str]) -> None:
    with running({**environment, "PORTICO_ENV": "production", "SECRET_KEY": "k" * 32}) as run:
        said = read_until(run, "Ctrl-C stops it all")
    assert "demo world" not in said and "@harbor.test" not in said


@pytest.mark.parametrize("name", ["release", "web", "worker"])
def test_the_procfile_calls_the_portico_command(name: str) -> None:
    assert command_of(name).startswith("portico ")


def _kill_all_but_web(run: subprocess.Popen[str]) -> psutil.Process:
    family = psutil.Process(run.pid).children(recursive=True)
    web = _process(run, "serve")
    for process in (psutil.Process(run.pid), *(one for one in family if one.pid != web.pid)):
        process.suspend()  # so that none of them sees another end and tidies up
    for process in (*(one for one in family if one.pid != web.pid), psutil.Process(run.pid)):
        process.kill()
    return web


def _process(run: subprocess.Popen[str], word: str) -> psutil.Process:
    family = psutil.Process(run.pid).children(recursive=True)
    return next(process for process in family if _command(process)[-2:] == [str(DOUBLE), word])


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # one of the others, which ended meanwhile
        return []


async def _none_in(data: Path) -> None:
    assert processes_in(data) == []
