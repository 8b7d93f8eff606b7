"""Every door and ask before every kind of person, against the table in people.txt; and ids of another practice.

The table is read and corrected by hand: a row that changed is looked at before it is written down.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.walking import Walk

TABLE = Path(__file__).with_name("people.txt")


def _table() -> tuple[list[str], dict[str, dict[str, str]]]:
    """The people in the order of the columns, and for each door what they are answered."""
    people: list[str] = []
    row: list[str] = []
    doors: dict[str, dict[str, str]] = {}
    for line in TABLE.read_text().splitlines():
        number, _, word = line.strip().partition("  ")
        if number == str(len(people) + 1):
            people.append(word.strip())
        elif line.startswith("| "):
            row = ["200" if one == "." else one for one in line[2:].split()]
        elif line.startswith("  ") and row:
            assert line.strip() not in doors, f"{line.strip()} stands twice"
            doors[line.strip()] = dict(zip(people, row, strict=True))
    return people, doors


@pytest.mark.timeout(300)  # a busy machine is slower, not wrong
async def test_every_kind_of_person_is_answered_as_the_table_says(cast, browse):
    people, stated = _table()
    walk = Walk(cast, browse)
    await walk.gather()
    assert list(walk.people) == people
    told = await walk.answers()
    assert set(told) == set(stated), "a door is not in the table, or no longer there"
    wrong = [
        f"{door} · {word}: {told[door][word]}, the table says {stated[door][word]}"
        for door in stated for word in people if told[door][word] != stated[door][word]
    ]
    assert not wrong, "\n".join(wrong)
