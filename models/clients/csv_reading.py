"""A table out of whatever a spreadsheet or another program calls CSV: odd encodings, separators and quotes.

Pure and blocking: call it in a thread. Nothing is guessed about what the columns mean; that is import_columns.py.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from models.core.errors import Invalid

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
MOST_OF_A_CELL = 2_000
SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 20
# How an export marks text that a spreadsheet would take for a formula.
MARKED = re.compile("^'(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Line:
    """`number`: the line of the file as a spreadsheet counts it, its heading being 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`headings` are never empty and never twice the same; every line has as many cells."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read_table(data: bytes) -> Table:
    """Raises Invalid with a sentence for the file: empty, no text, too long, a quote that never ends."""
    text = _decoded(data)
    rows = list(_rows(text, _separator(text)))
    if not rows:
        raise _wrong("This file holds nothing. Export it again, with a first line of headings.")
    headings = _headings(rows[0][1])
    lines = tuple(Line(number, _cells(cells, len(headings), number)) for number, cells in rows[1:])
    if not lines:
        raise _wrong("This file has headings and no rows. Export it again.")
    return Table(headings, lines)


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _wrong("This file is larger than 20 MB. Split it, then import the parts one after another.")
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _in(data, name)
    if b"\x00" in data:
        return _without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _in(data, "cp1252")


def _without_mark(data: bytes) -> str:
    """UTF-16 whose mark was lost has a zero in every second place; anything else with zeros is no text."""
    head = data[:2000]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.6 * len(zeros):
            return _in(data, name)
    raise _wrong("This is not a CSV file. In your spreadsheet choose Save as, then CSV.")


def _in(data: bytes, name: str) -> str:
    # Windows' own code page leaves five bytes without a letter: they are shown as such instead of losing the file
    text = data.decode(name, errors="replace")
    if text.count("\ufffd") > 10 + len(text) // 100 or "\x00" in text:
        raise _wrong("This is not a CSV file. In your spreadsheet choose Save as, then CSV.")
    return text


def _separator(text: str) -> str:
    """The one that divides the first lines into equally many cells, the more the better."""
    sample = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]

    def worth(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=separator))
        except csv.Error:
            return 0, 0
        width, agreeing = widths.most_common(1)[0] if widths else (1, 0)
        return (agreeing if width > 1 else 0), width

    return max(SEPARATORS, key=worth)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them, with the line on which each ends; a spreadsheet counts a row's own breaks once."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    number = 0
    try:
        for row in reader:
            number += 1
            cells = [MARKED.sub("", cell.strip().strip("\ufeff")) for cell in row]
            if any(cells):
                if number > MOST_ROWS + 1:
                    raise _wrong(f"This file has more than {MOST_ROWS:,} rows. Split it, then import the parts.")
                yield number, cells
    except csv.Error:
        raise _wrong(f"Row {number + 1} cannot be read: a quote begins there and never ends.") from None


def _headings(cells: list[str]) -> tuple[str, ...]:
    if len(cells) > MOST_COLUMNS:
        raise _wrong(f"This file has more than {MOST_COLUMNS} columns. Leave out those that are not needed.")
    named: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:80] or f"Column {place}"
        named.append(name if name not in named else f"{name} ({place})")
    return tuple(named)


def _cells(cells: list[str], width: int, number: int) -> tuple[str, ...]:
    if any(cells[width:]):
        raise _wrong(
            f"Row {number} has more cells than there are headings. A separator inside a cell needs quotes around it."
        )
    filled = [*cells[:width], *[""] * (width - len(cells))]
    if any(len(cell) > MOST_OF_A_CELL for cell in filled):
        raise _wrong(f"Row {number} has a cell of more than {MOST_OF_A_CELL:,} letters. Is a quote missing before it?")
    return tuple(filled)


def _wrong(sentence: str) -> Invalid:
    return Invalid("not-a-table", sentence, errors={"file": [sentence]})
