"""Forms as text keep every digit and every name in its place."""

from __future__ import annotations

import pytest

from models.core.errors import Invalid
from models.documents.form_text import form_of, parse, write
from tests.documents.forms import SHARED, shared

SAID = '{\n "resourceType": "Questionnaire",\n "z": 5.60,\n "a": [\n  1e2,\n  1.0,\n  "ü\\n"\n ],\n "n": null\n}\n'


def test_numbers_keep_their_digits_and_names_their_order():
    written = write(parse(SAID))
    assert '"z": 5.60' in written and "1.0" in written
    assert written.index('"z"') < written.index('"a"')
    assert parse(written) == parse(SAID)
    assert write(parse(written)) == written


@pytest.mark.parametrize("name", SHARED)
def test_forms_of_others_are_written_as_they_were_read(name):
    assert parse(write(shared(name))) == shared(name)


@pytest.mark.parametrize(("text", "sentence"), [
    ('{"a": 1,\n "b" 2}', "This file is not JSON: line 2, letter 6."),
    ("[]", "This is not a form: a FHIR Questionnaire is a JSON object."),
    ('{"a": 1, "a": 2}', "“a” stands twice in one object of this file."),
    ('{"a": NaN}', "This file is nested too deep, or has numbers too long to be read."),
    ("[" * 100_000, "This file is nested too deep, or has numbers too long to be read."),
    ('{"a":' + "[" * 200 + "]" * 200 + "}", "This file is nested too deep."),
    ('{"a": "' + "x" * 1_000_000 + '"}', "This file is larger than a form may be (1 MB)."),
    (b"\xff\xfe", "This file is not text (UTF-8)."),
])
def test_what_is_no_form_as_text_is_told(text, sentence):
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert refusal.value.detail == sentence


def test_a_mark_at_the_beginning_is_no_harm():
    assert parse(b"\xef\xbb\xbf{}") == {} == parse("\ufeff{}")


def test_the_same_text_is_read_once():
    text = write(shared("phq9"))
    assert form_of(text) is form_of(text)
