"""What a browser sends is checked once, and the faults come back in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pydantic import Field

from models.core.errors import Invalid
from models.core.payload import Payload, parse


class Said(Payload):
    body: str = Field(max_length=10)
    about: UUID | None = None
    name: str = Field("Ana", min_length=1)
    reason: str = Field("Because", min_length=3)
    several: list[Any] = Field(default_factory=list)


def _faults(given: object) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        parse(Said, given)
    return refused.value.errors


def test_what_fits_is_taken():
    assert parse(Said, {"body": "שלום 🙂"}).body == "שלום 🙂"


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({}, "body", "Fill this in."),
        ({"body": "x" * 11}, "body", "Use at most 10 characters."),
        ({"body": "x", "name": ""}, "name", "Fill this in."),
        ({"body": "x", "reason": "no"}, "reason", "Use at least 3 characters."),
        ({"body": "x", "extra": 1}, "extra", "This field is not known here."),
        ({"body": 5}, "body", "This must be text."),
        ({"body": "x", "about": "me"}, "about", "This is not a known id."),
        ({"body": "a\x00b"}, "body", "cannot be kept"),
        ({"body": "a\ud800b"}, "body", "cannot be kept"),
        ({"body": "x", "several": ["a", "a\x00b"]}, "several", "cannot be kept"),
        ({"body": "x", "several": [{"deep": [{"a\ud800": 1}]}]}, "several", "cannot be kept"),
    ],
)
def test_what_does_not_is_refused_with_a_sentence_for_its_field(given, field, sentence):
    assert any(sentence in text for text in _faults(given)[field])


@pytest.mark.parametrize("given", [None, [], "text", 5])
def test_no_object_is_refused_as_a_whole(given):
    assert _faults(given) == {}
