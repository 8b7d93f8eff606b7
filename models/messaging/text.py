"""What people write, made ready to keep: one kind of line break, never nothing, never too much."""

from __future__ import annotations

from models.core.errors import Invalid

LONGEST = 10_000


def cleaned(body: str, *, may_be_empty: bool = False) -> str:
    """The text as it is kept. Raises Invalid when it is too long or says nothing (invisible signs say nothing)."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if len(text) > LONGEST:
        raise Invalid(errors={"body": [f"Use at most {LONGEST:,} characters; these are {len(text):,}."]})
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid(errors={"body": ["This text holds characters that cannot be kept. Remove them, then try again."]})
    if not says_something(text):
        if not may_be_empty:
            raise Invalid("empty", errors={"body": ["Write something, or attach a file."]})
        return ""
    return text


def says_something(text: str) -> bool:
    return any(letter.isprintable() and not letter.isspace() for letter in text)
