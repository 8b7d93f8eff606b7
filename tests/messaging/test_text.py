"""What people write, made ready to keep."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import Invalid
from models.messaging.text import LONGEST, cleaned


@settings(deadline=None)
@given(st.text(max_size=300))
def test_text_is_kept_or_refused_and_cleaning_twice_changes_nothing(body: str) -> None:
    try:
        text = cleaned(body)
    except Invalid:
        return
    assert cleaned(text) == text and "\r" not in text and "\x00" not in text
    assert text.encode()


@pytest.mark.parametrize("body", ["👩‍👩‍👧", "שלום", "x" * LONGEST, " a ", "\ta\n b"])
def test_it_keeps_what_says_something(body: str) -> None:
    assert cleaned(body) == body


def test_nothing_may_come_with_files() -> None:
    assert cleaned(" \n\u200b", may_be_empty=True) == ""
