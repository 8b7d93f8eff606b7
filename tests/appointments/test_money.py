"""Amounts as people type them."""

from __future__ import annotations

import pytest

from models.appointments.money import amount, cents_of, spoken


@pytest.mark.parametrize(("typed", "cents"), [
    ("150", 15000), ("150.00", 15000), ("$12.5", 1250), (" 1,200.05 ", 120005), ("0", 0), ("", None), ("  ", None),
    ("100000", 10_000_000),
])
def test_an_amount_is_read_in_cents(typed, cents):
    assert cents_of(typed) == cents


@pytest.mark.parametrize("typed", ["a", "-1", "1.234", "12,34", "1,00", "1e3", "12 dollars", "٣", "1 000"])
def test_what_is_no_amount_is_said_so(typed):
    with pytest.raises(ValueError, match="Write an amount"):
        cents_of(typed)


@pytest.mark.parametrize("typed", ["100000.01", "999,999", "12345678"])
def test_what_is_too_much_is_said_so(typed):
    with pytest.raises(ValueError, match=r"Use at most \$100,000\."):
        cents_of(typed)


def test_an_amount_is_written_as_it_is_typed_and_as_it_is_read():
    assert [amount(one) for one in (None, 0, 15000, 1205)] == ["", "0.00", "150.00", "12.05"]
    assert [spoken(one) for one in (None, 0, 120000, 1205)] == ["", "$0", "$1,200", "$12.05"]
