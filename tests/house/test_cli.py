"""The command line, as a shell calls it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from server import load_world


def _portico(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *words], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, **given},
    )  # fmt: skip


def test_routes_lists_every_area_s_doors_and_asks():
    said = _portico("routes").stdout
    for word in ("/sign-in", "/staff/messages", "/files", "/unsubscribe/", "message.send", "/readyz"):
        assert word in said


def test_whoever_reads_only_the_first_lines_of_a_list_gets_no_traceback():
    command = f"{sys.executable} -m server.cli routes | head -n 1"
    said = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert said.stdout.count("\n") == 1 and not said.stderr


async def test_a_load_practice_is_there_whole_or_not_at_all(cast, monkeypatch):
    name = f"load-{uuid4().hex[:12]}"
    monkeypatch.setattr(load_world, "LINES", "SELECT 1 / ($1 - 50)")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await load_world.make_one(name)
    monkeypatch.undo()
    assert await load_world.make_one(name) == 1, "what failed half-way is made at the next run"
    assert await load_world.make_one(name) == 0


def test_the_doctor_finds_nothing_wrong_here_and_what_is_wrong_elsewhere():
    well = [line for line in _portico("doctor").stdout.splitlines() if "job" not in line]  # in tests none works
    assert len(well) == 6 and all(line.split()[0] == "well" for line in well)
    ill = _portico("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1/0")
    assert ill.returncode == 1 and ill.stdout.count("ILL") >= 3 and "Traceback" not in ill.stdout + ill.stderr


@pytest.mark.parametrize("given", [{"PORT": "none"}, {"PORTICO_DATTA": "x"}])
def test_a_wrong_setting_is_one_sentence(given):
    said = _portico("routes", **given)
    assert said.returncode == 2 and next(iter(given)) in said.stderr and "Traceback" not in said.stderr


@pytest.mark.parametrize("words", [("migrate",), ("seed",), ("worker",), ("seed", "--world", "load")])
def test_a_database_that_is_away_is_one_sentence(words):
    assert _portico("migrate").returncode == 0  # premise: with the right address all is well
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    said = _portico(*words, **away, DATABASE_OWNER_URL=away["DATABASE_URL"])
    assert said.returncode == 2 and "Traceback" not in said.stderr
    assert said.stderr.startswith("PostgreSQL does not answer at DATABASE_URL (") and said.stderr.count("\n") == 1


def test_a_password_that_is_wrong_is_one_sentence():
    address = urlsplit(os.environ["DATABASE_URL"])
    wrong = address._replace(netloc=f"{address.username}:wrong@{address.hostname}:{address.port}").geturl()
    said = _portico("migrate", DATABASE_URL=wrong, DATABASE_OWNER_URL=wrong)
    assert said.returncode == 2 and said.stderr.startswith("PostgreSQL refuses (password authentication failed")
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("word", "given", "other"),
    [
        ("serve", "DATABASE_URL", None),
        ("worker", "DATABASE_URL", "DATABASE_DIRECT_URL"),
        ("worker", "DATABASE_DIRECT_URL", "DATABASE_URL"),
    ],
)
def test_in_production_nothing_starts_with_a_role_that_owns_the_tables(word, given, other):
    production = {"PORTICO_ENV": "production", "SECRET_KEY": "k" * 32, "PORT": "0", "WEB_CONCURRENCY": "1"}
    addresses = {given: os.environ["DATABASE_OWNER_URL"]} | ({other: os.environ["DATABASE_URL"]} if other else {})
    said = _portico(word, **production, **addresses)
    told = said.stderr + said.stdout
    assert said.returncode and f"of {given} owns tables. Give the owner's address as DATABASE_OWNER_URL" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("word", ["serve", "worker", "migrate", "seed"])
def test_without_a_database_s_address_it_says_so(word):
    said = _portico(word, DATABASE_URL="", DATABASE_OWNER_URL="", PORT="0", WEB_CONCURRENCY="1")
    assert said.returncode and "DATABASE_URL is n" in said.stderr and "Traceback" not in said.stderr


def test_a_port_that_is_taken_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _portico("serve", PORT=str(port))
    assert said.returncode == 2 and said.stderr.startswith(f"Port {port} of 127.0.0.1 cannot be used (")
    assert "set PORT" in said.stderr and "Traceback" not in said.stderr


def test_the_empty_world_is_only_tables():
    assert _portico("seed", "--world", "empty").stdout == "The tables are there and nothing is in them.\n"


def test_a_backup_is_said_to_be_put_back_of_a_practice_that_is_there():
    said = _portico("restored", "nobody-has-this")
    assert (said.returncode, said.stderr) == (2, "No practice has the subdomain nobody-has-this.\n")


def test_the_demo_world_is_found_when_it_is_there():
    first, again = _portico("seed"), _portico("seed", PYTHONPROFILEIMPORTTIME="1")
    assert "Demo world" in first.stdout and "0 practices made, 2 found" in again.stdout
    assert "server.worlds" in again.stderr and "server.wiring" not in again.stderr, "the house is not read for nothing"


def test_the_shell_makes_an_administrator(cast):
    address = f"biller@{cast.subdomain}.test"
    said = _portico("make-administrator", cast.subdomain, address)
    assert said.returncode == 0 and said.stdout == f"Ruth Calloway is an administrator of {cast.subdomain} now.\n"
    assert "Nobody of this team" in _portico("make-administrator", cast.subdomain, "nobody@there.test").stderr
    reset = _portico("reset-second-factor", cast.subdomain, address)
    assert "is reset. All their sessions have ended." in reset.stdout and reset.returncode == 0
    assert "Nobody of this team" in _portico("reset-second-factor", cast.subdomain, "nobody@there.test").stderr
    nowhere = _portico("make-administrator", "no-such-practice", address)
    assert nowhere.returncode == 2 and nowhere.stderr == "No practice has the subdomain no-such-practice.\n"
