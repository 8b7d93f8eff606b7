"""The command line, as a shell calls it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def _portico(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *words], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, **given},
    )  # fmt: skip


def test_routes_lists_every_area_s_doors_and_asks():
    said = _portico("routes").stdout
    for word in ("/sign-in", "/staff/messages", "/files", "/unsubscribe/", "message.send", "/readyz"):
        assert word in said


def test_the_doctor_finds_nothing_wrong_here_and_what_is_wrong_elsewhere():
    well = [line for line in _portico("doctor").stdout.splitlines() if "job" not in line]  # in tests none works
    assert len(well) == 4 and all(line.split()[0] == "well" for line in well)
    ill = _portico("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1/0")
    assert ill.returncode == 1 and ill.stdout.count("ILL") >= 3 and "Traceback" not in ill.stdout + ill.stderr


@pytest.mark.parametrize("given", [{"PORT": "none"}, {"PORTICO_DATTA": "x"}])
def test_a_wrong_setting_is_one_sentence(given):
    said = _portico("routes", **given)
    assert said.returncode == 2 and next(iter(given)) in said.stderr and "Traceback" not in said.stderr


def test_the_demo_world_is_found_when_it_is_there():
    first, again = _portico("seed").stdout, _portico("seed").stdout
    assert "Demo world" in first and "0 practices made, 2 found" in again
