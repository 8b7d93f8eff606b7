"""Imports go one way: areas stand upon each other, rules know no doors, doors and the line do not know each other."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
CONTRACTS = {one["name"]: one for one in TOOLS["importlinter"]["contracts"]}
# From the highest to the lowest; those that are still to come have their place.
AREAS = ["notifications", "billing", "appointments", "documents", "messaging", "files", "clients", "accounts", "core"]
# What joins the whole, tells of it, or starts it.
SEES_EVERYTHING = {"server.asgi", "server.wiring", "server.overview", "server.cli"}


def test_the_contracts_are_kept():
    command = [Path(sys.executable).parent / "lint-imports"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0 and f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said.stdout, said.stdout[-2000:]


def test_every_area_has_its_place_in_the_stack():
    there = {path.name for path in (ROOT / "models").iterdir() if (path / "__init__.py").exists()} - {"migrations"}
    # "a | b": beside each other, neither imports the other
    layers = CONTRACTS["areas are stacked upon the core"]["layers"]
    stacked = [name.removeprefix("models.") for layer in layers for name in layer.split(" | ")]
    assert set(stacked) == there and stacked == [name for name in AREAS if name in there]


def test_of_the_doors_only_what_joins_the_whole_knows_the_line():
    contract = CONTRACTS["doors do not know the line"]
    assert (contract["source_modules"], contract["forbidden_modules"]) == (["server"], ["realtime"])
    assert {line.split(" -> ")[0] for line in contract["ignore_imports"]} == SEES_EVERYTHING
    other = CONTRACTS["the socket door does not know the HTTP door"]
    assert (other["source_modules"], other["forbidden_modules"]) == (["realtime"], ["server"])
    rules = CONTRACTS["rules know nothing of HTTP or sockets"]
    assert (rules["source_modules"], set(rules["forbidden_modules"])) == (["models"], {"server", "realtime"})
