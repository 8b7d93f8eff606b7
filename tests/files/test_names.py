"""A file's name is shown to others: it deceives nobody and is never a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.files.names import LONGEST, clean_name, extension_of


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ana\\letter.pdf", "letter.pdf"),
        ("two\nlines\t.txt", "twolines.txt"),
        ("nul\x00l.pdf", "null.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("  spaced   out .pdf ", "spaced out .pdf"),
        ("résumé 👩‍👧.pdf", "résumé 👩‍👧.pdf"),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_name_is_cleaned(sent, kept):
    assert clean_name(sent) == kept


def test_a_name_of_a_thousand_letters_keeps_its_ending():
    name = clean_name("ä" * 1000 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("….pdf")


@given(st.text(max_size=400))
def test_whatever_is_sent_no_name_is_a_path_or_holds_what_cannot_be_seen(sent):
    name = clean_name(sent)
    assert len(name) <= LONGEST
    assert not set(name) & set("/\\\x00\r\n\u202e\u2066\u2028")
    assert clean_name(name) == name


def test_the_last_ending_counts():
    assert extension_of("letter.pdf.EXE") == "exe"
    assert extension_of(".pdf") == ""


@pytest.mark.parametrize("letter", ["é", "﷽", "🐈", "a\u0301\u0302"])
def test_a_name_fits_into_a_folder_whatever_its_letters_weigh(letter):
    name = clean_name(letter * 300 + ".pdf")
    assert len(name.encode()) <= 240 and name.endswith("….pdf")
    assert len(clean_name(letter * 300).encode()) <= 240
