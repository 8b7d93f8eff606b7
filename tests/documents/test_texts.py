"""Texts are kept letter by letter, numbers as they are spelled, and what cannot be kept is refused with where."""

from __future__ import annotations

import json

import pytest

from models.core.errors import Invalid, TooLarge
from models.documents.texts import MOST_TEXT, parsed, same, written

SPELLED = '{"a": 1.50, "b": 0.000000012345678901, "c": 12345678901234567890, "d": [1.0, -2], "e": "é \\u2028 \\/"}'


def test_numbers_come_out_as_they_went_in():
    again = written(parsed(SPELLED))
    assert parsed(again) == parsed(SPELLED)
    assert "1.50" in again and "12345678901234567890" in again and "1.0" in again


def test_two_texts_say_the_same_however_they_are_set():
    assert same('{"a": 1.50, "b": [2]}', '{"b":[2],\n"a":1.5}')
    assert not same('{"a": [1, 2]}', '{"a": [2, 1]}')
    assert not same('{"a": 1}', '{"a": "1"}')


@pytest.mark.parametrize(("text", "said"), [
    ("", "line 1, column 1"),
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
