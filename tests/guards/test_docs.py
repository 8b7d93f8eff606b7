"""What the README names exists, and what exists is named."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from models.core.events import REGISTRY
from models.core.settings import Settings
from realtime.door import ASKS
from server.cli import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def _settings_table() -> dict[str, str]:
    return {name: default for name, default in re.findall(r"^\| `([A-Z_]+)` \| ([^|]*?) \|", README, re.MULTILINE)}


def test_every_setting_stands_in_the_table_with_its_default():
    defaults = {name.upper(): _shown(field.default) for name, field in Settings.model_fields.items()}
    assert _settings_table() == defaults


def _shown(default: object) -> str:
    return f"`{default}`" if default not in (None, "", ()) else ""


def test_every_command_is_named_and_every_named_one_exists():
    assert set(re.findall(r"`portico ([\w-]+)", README)) == set(COMMANDS)


def test_every_line_of_the_menu_is_named():
    menu = {
        line.split(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if re.match(r"^[a-z][\w-]*:", line)
    }
    assert menu - {"setup"} == {name for name in re.findall(r"make ([\w-]+)", README) if name != "Makefile"} & menu - {
        "setup"
    }


@pytest.mark.usefixtures("wired")
def test_every_event_and_ask_that_is_named_exists():
    known = set(REGISTRY) | set(ASKS)
    things = {name.split(".")[0] for name in known}
    named = {name for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", README) if name.split(".")[0] in things}
    assert "message.send" in named and named <= known


def test_it_holds_what_a_reader_looks_for():
    heads = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert heads == [
        "What it does", "The two commands", "The map", "How a change travels", "Settings", "Measured", "Decisions"
    ]  # fmt: skip
    assert re.findall(r"^make (run|test) ", README, re.MULTILINE) == ["run", "test"]
    assert re.search(r"!\[", README.split("## ")[0]), "a picture stands above everything"


def test_the_map_names_every_folder():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.split("/")[0] for line in listed.splitlines() if "/" in line and not line.startswith(".")}
    rows = re.findall(r"^\| ((?:`\w+/`(?:, )?)+) \|", README.split("## The map")[1].split("## ")[0], re.MULTILINE)
    assert {folder for row in rows for folder in re.findall(r"`(\w+)/`", row)} == folders


def test_each_decision_has_its_day_and_its_sentence_in_the_order_of_time():
    decisions = README.split("## Decisions")[1].strip().split("\n\n")
    days = [re.match(r"\*\*(\d{4}-\d\d-\d\d) · [^*]+\.\*\* ", one) for one in decisions]
    assert decisions and all(days), [one[:60] for one, day in zip(decisions, days, strict=True) if not day]
    assert [day[1] for day in days if day] == sorted(day[1] for day in days if day)


def test_the_benches_say_on_which_machine():
    measured = README.split("## Measured")[1].split("## ")[0]
    assert "`make bench` on two cores" in measured and "Python 3.11" in measured and "PostgreSQL 18" in measured


def test_pictures_are_there():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture


def test_files_the_text_names_exist():
    for path in set(re.findall(r"`((?:models|server|realtime|static|templates|tests|tools)/[\w/.-]+\.\w+)", README)):
        assert (ROOT / path).is_file(), path
