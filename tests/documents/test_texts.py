"""Texts are kept letter by letter, numbers as they are spelled, and what cannot be kept is refused with where."""

from __future__ import annotations

import json

import pytest

from models.core.errors import Invalid, TooLarge
from models.documents.questionnaires import form_in
from models.documents.texts import MOST_TEXT, parsed, same, written
from tests.documents.forms import SHARED, asks, form, shared

SPELLED = '{"a": 1.50, "b": 0.000000012345678901, "c": 12345678901234567890, "d": [1.0, -2], "e": "é \\u2028 \\/"}'


def test_numbers_come_out_as_they_went_in():
    again = written(parsed(SPELLED))
    assert parsed(again) == parsed(SPELLED)
    assert "1.50" in again and "12345678901234567890" in again and "1.0" in again


def test_names_keep_their_order_and_a_second_writing_changes_nothing():
    text = written(parsed('{"z": 1e2, "a": {"y": null, "b": []}}'))
    assert list(parsed(text)) == ["z", "a"] and list(parsed(text)["a"]) == ["y", "b"]
    assert written(parsed(text)) == text


@pytest.mark.parametrize("name", SHARED)
def test_forms_of_others_are_written_as_they_were_read(name):
    assert parsed(written(shared(name))) == shared(name)


def test_a_mark_at_the_beginning_of_a_file_is_no_harm():
    assert parsed("\ufeff{}") == {}


def test_the_largest_form_that_comes_in_can_be_read_for_filling_in_and_is_read_once():
    asked = [asks(f"q{number}", "text", text="x" * 20_000) for number in range(MOST_TEXT // 20_500)]
    text = written(form(*asked))
    assert 1_900_000 < len(text) <= MOST_TEXT
    assert form_in(text) is form_in(text)


def test_two_texts_say_the_same_however_they_are_set():
    assert same('{"a": 1.50, "b": [2]}', '{"b":[2],\n"a":1.5}')
    assert not same('{"a": [1, 2]}', '{"a": [2, 1]}')
    assert not same('{"a": 1}', '{"a": "1"}')


@pytest.mark.parametrize(("text", "said"), [
    ("", "line 1, column 1"),
    (' <Questionnaire xmlns="http://hl7.org/fhir"/>', "This is XML"),
    ('{"a": 1,\n "b" 2}', "line 2, column 6"),
    ('{"a": NaN}', "NaN is no number"),
    ('{"a": 1, "a": 2}', "“a” stands twice"),
    ('["a"]', "no form"),
    ('"a"', "no form"),
    ('{"a": "\\u0000"}', "characters that cannot be kept"),
    ('{"a": "\\ud800"}', "characters that cannot be kept"),
    ('{"\\ud800": 1}', "characters that cannot be kept"),
    ('{"a":' * 300 + "1" + "}" * 300, "nested too deeply"),
    ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
])
def test_what_cannot_be_kept_is_refused_with_a_sentence(text, said):
    with pytest.raises(Invalid) as refused:
        parsed(text)
    assert said in refused.value.detail


def test_what_is_larger_than_a_form_can_be_is_not_even_read():
    with pytest.raises(TooLarge):
        parsed(json.dumps({"a": "x" * MOST_TEXT}))
