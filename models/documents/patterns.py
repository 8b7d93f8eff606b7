"""Regular expressions that came with a form. They are strangers' code: they run in an engine whose time grows with the
length of the text alone, and whose memory is bounded."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

LONGEST_PATTERN, MOST_MEMORY = 500, 1 << 20


def matches(pattern: str, text: str) -> bool | None:
    """Whether the whole text is as the pattern wants it; None for a pattern that is not understood."""
    program = _program(pattern)
    return None if program is None else program.fullmatch(text) is not None


def finds(pattern: str, text: str) -> bool | None:
    """Whether the pattern is found anywhere in the text."""
    program = _program(pattern)
    return None if program is None else program.search(text) is not None


def replaces(pattern: str, text: str, put: str) -> str | None:
    """The text with each find replaced; None for a pattern that is not understood."""
    program = _program(pattern)
    return None if program is None else str(program.sub(put, text))


def is_understood(pattern: str) -> bool:
    """Whether a pattern can be acted upon: no references back, no looking around, not longer than sensible."""
    return _program(pattern) is not None


@lru_cache(512)
def _program(pattern: str) -> Any:
    if len(pattern) > LONGEST_PATTERN:
        return None
    options = re2.Options()
    options.max_mem, options.log_errors = MOST_MEMORY, False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None
