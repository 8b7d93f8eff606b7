"""What the README names exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path

from models.core.settings import Settings
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


def test_pictures_are_there():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture


def test_files_the_text_names_exist():
    for path in set(re.findall(r"`((?:models|server|realtime|static|templates|tests|tools)/[\w/.-]+\.\w+)", README)):
        assert (ROOT / path).is_file(), path
