"""A file's name as people may see it: whatever was sent, cleaned; never used as a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST, MOST_BYTES = 120, 240  # letters; bytes, of which folders take 255

# Joins emoji and Persian letters; every other invisible letter only serves to deceive (…gpj.exe read backwards).
KEPT = {"\u200c", "\u200d"}
DROPPED = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def clean_name(given: str) -> str:
    """The last part of a path, without control, direction or surrogate characters, at most 120 letters and 240 bytes
    long.

    The extension stays, however long the rest. May come out empty or without an extension; the caller refuses that.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(letter for letter in last if letter in KEPT or unicodedata.category(letter) not in DROPPED)
    return _shortened(" ".join(shown.split()).strip(". "))


def extension_of(name: str) -> str:
    """`jpg` of `Photo.JPG`; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def _shortened(name: str) -> str:
    if len(name) <= LONGEST and len(name.encode()) <= MOST_BYTES:
        return name
    extension = extension_of(name)
    if not extension or len(extension.encode()) > 10:
        return _cut(name, LONGEST, MOST_BYTES)
    end = f"….{extension}"
    return _cut(name, LONGEST - len(end), MOST_BYTES - len(end.encode())) + end


def _cut(name: str, letters: int, most: int) -> str:
    return name[:letters].encode()[:most].decode(errors="ignore").rstrip(". ")
