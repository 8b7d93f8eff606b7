"""The libraries whose insides we lean on are the ones we read."""

from importlib.metadata import version
from pathlib import Path

import pytest

from realtime.transport import PINS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", PINS)
def test_what_is_installed_is_what_was_read(name: str) -> None:
    assert version(name) == PINS[name], f"read realtime/transport.py and members.py against {name}, then raise its pin"


@pytest.mark.parametrize("name", PINS)
def test_what_gets_installed_is_what_was_read(name: str) -> None:
    lines = (ROOT / "requirements.txt").read_text().lower().splitlines()
    assert any(line.split(";")[0].strip() == f"{name}=={PINS[name]}" for line in lines)
