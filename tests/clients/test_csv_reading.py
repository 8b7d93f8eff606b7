"""Tables as spreadsheets and other programs write them, and what is none."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.clients.csv_reading import MOST_ROWS, read_table
from models.core.errors import Invalid

PLAIN = "First name,Last name\nAna,Beltrán\n"


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as told:
        read_table(data)
    return told.value.errors["file"][0]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_read(coding):
    table = read_table(PLAIN.encode(coding))
    assert table.headings == ("First name", "Last name")
    assert table.lines[0].cells == ("Ana", "Beltrán")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_found(separator):
    table = read_table(f'Name{separator}Notes\nAna{separator}"calls, writes; sings"\nLeo{separator}\n'.encode())
    assert [line.cells for line in table.lines] == [("Ana", "calls, writes; sings"), ("Leo", "")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_quotes_hold_separators_breaks_and_quotes(ending):
    text = ending.join(["Name,Notes", f'"O""Neil, Ada","two{ending}lines"', "Leo,short", ""])
    first, second = read_table(text.encode()).lines
    assert first.cells[0] == 'O"Neil, Ada' and first.cells[1].split() == ["two", "lines"]
    assert (first.number, second.number) == (2, 3), "counted as a spreadsheet counts"


def test_empty_rows_are_left_out_and_keep_their_number():
    table = read_table(b"Name,Phone\n\n,,\nAna,1\n,\nLeo,2\n")
    assert [(line.number, line.cells[0]) for line in table.lines] == [(4, "Ana"), (6, "Leo")]


def test_short_rows_are_filled_up():
    assert read_table(b"a,b,c\n1\n").lines[0].cells == ("1", "", "")


def test_headings_without_a_name_or_twice_the_same_get_names_of_their_own():
    assert read_table(b"Phone,,Phone\n1,2,3\n").headings == ("Phone", "Column 2", "Phone (3)")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds nothing"),
        (b"\n \n,\n", "holds nothing"),
        (b"Name,Phone\n", "headings and no rows"),
        (b"PK\x03\x04\x00\x00\x08\x00\x00\x00!\x00", "not a CSV file"),
        (bytes(range(256)) * 20, "not a CSV file"),
        (b"Name,Phone\nAna,1,2\n", "Row 2 has more cells"),
        (b"Name\n" + b"a" * 2001 + b"\n", "Row 2 has a cell"),
        (b"a," * 101 + b"\nb\n", "more than 100 columns"),
    ],
)
def test_what_is_no_table_is_told_in_words(data, words):
    assert words in refused(data)


def test_ten_thousand_rows_are_read_and_one_more_is_refused():
    rows = b"Name\n" + b"Ana\n" * MOST_ROWS
    assert len(read_table(rows).lines) == MOST_ROWS
    assert "more than 10,000 rows" in refused(rows + b"Leo\n")


def test_a_quote_that_never_ends_is_told_with_its_row():
    assert "Row 2" in refused(b'Name,Phone\n"Ana,1\n' + b"x,y\n" * 900)


cell = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(str.strip)


@given(st.lists(st.lists(cell, min_size=3, max_size=3).filter(any), min_size=1, max_size=8))
def test_what_a_spreadsheet_writes_is_what_is_read(rows):
    out = io.StringIO()
    csv.writer(out).writerows([["First", "Last", "Phone"], *rows])
    read = [list(line.cells) for line in read_table(out.getvalue().encode()).lines]
    assert read == [[one.strip().strip("\ufeff") for one in row] for row in rows if any(c.strip("\ufeff") for c in row)]
