"""Search words and what is shown of a hit. Pure: no HTML here; pieces say what to highlight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from models.messaging.views import Piece

LENGTH = 160
BEFORE = 40


def query(practice_id: UUID, words: Sequence[str], last: Sequence[str]) -> str:
    """A tsquery for the practice's own words: all of `words` whole, those of `last` as beginnings."""
    lead = practice_id.hex[:16]
    terms = [f"{_quoted(lead + word)}" for word in words] + [f"{_quoted(lead + word)}:*" for word in last]
    return " & ".join(terms)


def pieces(body: str, words: Sequence[str]) -> list[Piece]:
    """About 160 characters around the first word found, cut at words, each word that begins so highlighted."""
    text = " ".join(body.split())
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}\w*" for word in words if word) or r"(?!)", re.IGNORECASE)
    first = pattern.search(text)
    start = _cut_before(text, first.start() - BEFORE) if first else 0
    shown = text[start : start + LENGTH]
    if start + LENGTH < len(text):
        shown = (shown.rsplit(" ", 1)[0] or shown) + " …"
    return _marked("… " + shown if start else shown, pattern)


def _marked(text: str, pattern: re.Pattern[str]) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() > at:
            found.append({"text": text[at : match.start()], "mark": False})
        found.append({"text": match.group(), "mark": True})
        at = match.end()
    return [*found, {"text": text[at:], "mark": False}] if at < len(text) else found


def _cut_before(text: str, place: int) -> int:
    return text.rfind(" ", 0, place) + 1 if place > 0 else 0


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
