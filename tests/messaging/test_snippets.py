"""What is shown of a hit, and the words that search."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.messaging.snippets import LENGTH, pieces, query

PRACTICE = UUID("01a208a2-a571-74ca-a341-d0d51b395db8")


def marked(body: str, *words: str) -> list[str]:
    return [piece["text"] for piece in pieces(body, words) if piece["mark"]]


@pytest.mark.parametrize(
    ("body", "words", "shown"),
    [
        ("The card is here", ("card",), ["card"]),
        ("Cards and a CARD", ("card",), ["Cards", "CARD"]),
        ("a discard", ("card",), []),
        ("one two three", ("one", "thr"), ["one", "three"]),
        ("1.5 (a+b)", ("a+b",), ["a+b"]),
        ("Café Beltrán", ("beltrán",), ["Beltrán"]),
        ("nothing", (), []),
    ],
)
def test_words_that_begin_so_are_highlighted(body: str, words: tuple[str, ...], shown: list[str]) -> None:
    assert marked(body, *words) == shown


def test_a_long_message_is_cut_around_the_first_word_found() -> None:
    body = "before " * 100 + "needle " + "after " * 100
    found = pieces(body, ["needle"])
    text = "".join(piece["text"] for piece in found)
    assert marked(body, "needle") == ["needle"] and len(text) <= LENGTH + 8
    assert text.startswith("… before") and text.endswith("after …")


@settings(deadline=None)
@given(st.text(max_size=500), st.lists(st.text(max_size=8), max_size=3))
def test_whatever_was_written_nothing_is_added_or_lost(body: str, words: list[str]) -> None:
    text = "".join(piece["text"] for piece in pieces(body, words))
    assert text.removeprefix("… ").removesuffix(" …") in " ".join(body.split())


def test_the_practice_leads_every_word_and_quotes_stay_inside() -> None:
    lead = PRACTICE.hex[:16]
    assert query(PRACTICE, ["a'b"], ["c\\"]) == f"'{lead}a''b' & '{lead}c\\\\':*"
