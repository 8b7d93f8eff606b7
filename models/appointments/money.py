"""Amounts as people type them, kept in cents."""

from __future__ import annotations

import re

TYPED = re.compile(r"\$?\s*(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?", re.ASCII)
MOST = 10_000_000


def cents_of(text: str) -> int | None:
    """`150`, `$150.00` and `1,200.5` in cents, None for nothing. Raises ValueError with a sentence."""
    text = text.strip()
    if not text:
        return None
    found = TYPED.fullmatch(text)
    if found is None:
        raise ValueError("Write an amount such as 150 or 150.00.")
    cents = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))
    if cents > MOST:
        raise ValueError(f"Use at most {spoken(MOST)}.")
    return cents


def amount(cents: int | None) -> str:
    """As it stands in a field: `150.00`, or nothing."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02}"


def spoken(cents: int | None) -> str:
    """As it is read: `$150`, `$12.50`, or nothing."""
    if cents is None:
        return ""
    return f"${cents // 100:,}" if cents % 100 == 0 else f"${cents // 100:,}.{cents % 100:02}"
