"""Paths lead to questions and to nothing else, and numbers of entries are given once."""

from __future__ import annotations

import pytest

from models.documents.items import Item
from models.documents.paths import instance_at, item_at, link_of, next_number, step

ITEMS = (
    Item("about", "group", items=(Item("a/b", "string"),)),
    Item("meds", "group", repeats=True, items=(Item("dose", "string"),)),
)


def test_a_path_leads_to_its_question_by_linkids_as_they_are_spelled():
    assert step("a/b") == "a%2Fb" and link_of("about/a%2Fb") == "a/b"
    found = item_at(ITEMS, "about/a%2Fb")
    assert found is not None and found.link_id == "a/b"
    assert item_at(ITEMS, "meds:12/dose") is ITEMS[1].items[0]


@pytest.mark.parametrize("path", [
    "about/a/b", "meds/dose", "meds:0/dose", "meds:01/dose", "meds:x/dose", "about:1/a%2Fb", "meds:-1/dose",
    "meds:²/dose", "", "/", "dose",
])
def test_other_paths_lead_nowhere(path):
    assert item_at(ITEMS, path) is None


def test_an_entry_of_what_repeats_is_a_place_of_its_own():
    assert instance_at(ITEMS, "meds:2") is ITEMS[1]
    for path in ("meds", "about:1", "meds:2/dose", "meds:"):
        assert instance_at(ITEMS, path) is None


def test_numbers_of_entries_that_were_taken_away_are_not_given_again():
    assert next_number(["meds:1/dose", "meds:4"], "meds") == 5
    assert next_number(["medsother:9/x"], "meds") == 1
