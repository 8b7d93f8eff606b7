"""Every door and ask before every kind of person, against the table in people.txt; and ids of another practice.

The table is read and corrected by hand: a row that changed is looked at before it is written down.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from models.accounts.registries import FEATURES, Feature
from models.clients.registries import CONTACT_PERMISSIONS, ContactPermission
from models.core.actor import Actor, Role
from models.core.keys import keep_answer
from realtime import door as line_door
from server import opening
from server.team import SWITCHES
from tests.support.walking import Walk

TABLE = Path(__file__).with_name("people.txt")
UUID_WORD = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _table() -> tuple[list[str], dict[str, dict[str, str]]]:
    """The people in the order of the columns, and for each door what they are answered."""
    people: list[str] = []
    row: list[str] = []
    doors: dict[str, dict[str, str]] = {}
    likes: list[int] = []
    for line in TABLE.read_text().splitlines():
        number, _, word = line.strip().partition("  ")
        if number == str(len(people) + 1):
            word, _, like = word.partition(" = ")
            people.append(word.strip())
            likes += [int(like) - 1] if like else []
        elif line.startswith("| "):
            row = ["200" if one == "." else one for one in line[2:].split()]
            row += [row[like] for like in likes] if len(row) + len(likes) == len(people) else []
        elif line.startswith("  ") and row:
            assert line.strip() not in doors, f"{line.strip()} stands twice"
            doors[line.strip()] = dict(zip(people, row, strict=True))
    return people, doors


def without_a_column(actors: list[Actor]) -> set[str]:
    """What the table says nothing about: a role that nobody has alone, a switch that is nobody's only one, a permission
    or a feature that nobody lacks alone, or that nobody has."""
    desk = [one for one in actors if one.desk]
    switched = [{name for name, *_ in SWITCHES if getattr(one, name)} for one in desk]
    allowed = [one.access.permissions for one in actors if one.access and one.access.contact_id]
    features = [one.access.features for one in actors if one.access and not one.access.contact_id]
    alone = {f"role {role}" for role in Role if {role} not in [one.roles for one in desk]}
    alone |= {f"switch {name}" for name, *_ in SWITCHES if {name} not in switched}
    for kind, every, seen in (
        ("permission", CONTACT_PERMISSIONS, allowed), ("feature", FEATURES, features),
    ):
        known = [each & set(every) for each in seen]
        alone |= {f"{kind} {key}" for key in every if set(every) - {key} not in known or set(every) not in known}
    return alone


async def test_every_role_switch_permission_and_feature_has_its_people_in_the_table(cast, browse, monkeypatch):
    walk = Walk(cast, browse)
    await walk.gather()
    actors = await walk.actors()
    assert without_a_column(actors) == set()
    more = ContactPermission("later", "Of Later", "")
    monkeypatch.setitem(CONTACT_PERMISSIONS, "later", more)
    monkeypatch.setitem(FEATURES, "forms", Feature("forms", "Forms", ""))
    found = without_a_column(actors)
    assert {"permission later", "feature forms"} <= found, "one that comes later needs a column of its own"


@pytest.mark.timeout(900)  # a busy machine is slower, not wrong
async def test_every_kind_of_person_is_answered_as_the_table_says(cast, browse, monkeypatch):
    people, stated = _table()
    walk = Walk(cast, browse)
    await walk.gather()
    assert list(walk.people) == people
    kept = _kept(monkeypatch)
    told = await walk.answers()
    assert set(told) == set(stated), "a door is not in the table, or no longer there"
    wrong = [
        f"{door} · {word}: {told[door][word]}, the table says {stated[door][word]}"
        for door in stated for word in people if told[door][word] != stated[door][word]
    ]
    assert not wrong, "\n".join(wrong)
    assert len(kept) > 10 and [one for one in kept if not _ids_only(one)] == [], "what is kept under a key is ids"


def _kept(monkeypatch) -> list[Mapping[str, Any]]:
    """The answers that either door keeps under a key from here on."""
    kept: list[Mapping[str, Any]] = []

    def keep(actor: Actor, door: str, key: UUID, result: Mapping[str, Any]) -> None:
        kept.append(result)
        keep_answer(actor, door, key, result)

    for door in (opening, line_door):
        monkeypatch.setattr(door, "keep_answer", keep)
    return kept


def _ids_only(result: Mapping[str, Any]) -> bool:
    """Ids, numbers, and the address of the page to see next."""
    for name, value in result.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, str) and not (UUID_WORD.fullmatch(one) or (name == "see" and one.startswith("/"))):
                return False
    return True
