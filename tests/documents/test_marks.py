"""Marks and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import Invalid
from models.documents.marks import drawn_mark, initials_of, is_name_of, typed_mark
from tests.support.signing import DRAWN


def test_a_drawing_is_lines_and_nothing_else():
    assert drawn_mark(f" {DRAWN} ") == DRAWN
    for wrong in ("", "M1,1", "M1,1 L2,2", "M0,0L10,10Z", "L1,1", "M0,0L10,10<svg>", "M0,0Lurl(x),1", "M0.123,1L90,90"):
        with pytest.raises(Invalid):
            drawn_mark(wrong)


@given(st.text(max_size=60))
def test_whatever_is_sent_is_lines_or_refused(text):
    try:
        assert set(drawn_mark(text)) <= set("ML0123456789.,-")
    except Invalid as refused:
        assert "sign_mark" in refused.errors


def test_a_name_is_compared_by_its_letters():
    for same in ("Karen Marsh", "karen  marsh", "Karen L. Marsh", "KAREN MARSH"):
        assert is_name_of(same, ["Karen Marsh"])
    assert is_name_of("Zoe Muller", ["Zoë Müller"]) and is_name_of("Bobby Marsh", ["Bob Marsh", "Bobby Marsh"])
    for other in ("Karen", "K. Marsh", "David Marsh", "Marsh"):
        assert not is_name_of(other, ["Karen Marsh"])


def test_a_name_needs_letters():
    assert typed_mark("  李  明 ") == "李 明"
    assert typed_mark("Karen \u202emarsh\u202c") == "Karen marsh" and typed_mark("שרה כהן") == "שרה כהן"
    with pytest.raises(Invalid):
        typed_mark(" . ")


def test_strangers_read_initials():
    assert initials_of("Karen van der Marsh") == "K. V. D. M."
