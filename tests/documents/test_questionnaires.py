"""Forms of others come in, and those that cannot be read are told where."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.errors import Invalid
from models.documents.questionnaires import every, read
from tests.documents.forms import SHARED, asks, form, group, shared, when


@pytest.mark.parametrize("name", SHARED)
def test_forms_that_others_made_come_in(name):
    source = shared(name)
    questionnaire = read(source)
    assert questionnaire.source is source
    assert len(every(questionnaire.items)) >= 5


def test_nesting_stands_below_groups_and_below_questions():
    read_in = read(form(group("g", asks("q", "boolean", item=[asks("more")]))))
    assert [one.link_id for one in every(read_in.items)] == ["g", "q", "more"]
    assert read_in.items[0].items[0].items[0].link_id == "more"


REFUSED: list[tuple[Any, str]] = [
    ([], "This is not a form: a FHIR Questionnaire is a JSON object."),
    ({"resourceType": "Patient"}, "This is not a form: its resourceType says “Patient”, not “Questionnaire”."),
    ({}, "This is not a form: its resourceType says nothing, not “Questionnaire”."),
    (form(), "This form has no items."),
    (form(group("a", {"type": "string", "text": "Sleep"})), "An item in “a” (“Sleep”) has no linkId."),
    (form(asks("a"), asks("a")), "Item “a”: This linkId stands twice in the form."),
    (form(asks("a", "rating")), "Item “a”: The type “rating” does not exist in FHIR R4."),
    (form(asks("a", "coding")), "Item “a”: This is written for FHIR R5. Export the form as R4, then import it."),
    (form(asks("a", "choice", option=[{"valueString": "x"}])),
     "Item “a”: This is written for FHIR STU3. Export the form as R4, then import it."),
    (form(group("/sleep", asks("/sleep/hours", enableWhen=[when("/gone", True)]))),
     "Item “/sleep/hours”: Its condition (enableWhen) names the question “/gone”, which is not in the form."),
    (form(asks("a", enableWhen=[when("b", "x")]), asks("b", enableWhen=[when("a", "x")])),
     "Item “b”: It is shown depending on “a”, which itself depends on it."),
    (form(group("g", asks("q"), enableWhen=[when("q", "x")])),
     "Item “q”: It is shown depending on “g”, which itself depends on it."),
    (form(asks("a"), asks("b", enableWhen=[when("a", "x", "~")])),
     "Item “b”: Its condition has the operator “~”, which does not exist in FHIR R4."),
    (form(asks("a"), asks("b", enableWhen=[when("a", "x", "exists")])),
     "Item “b”: Its condition “exists” needs answerBoolean."),
    (form(asks("a", "choice", answerOption=[{}])), "Item “a”: One of its options has no value."),
    (form(asks("a", required="perhaps")), "Item “a”: “required” is neither true nor false."),
    (form(*(asks(f"q{n}") for n in range(2001))), "This form has more than 2,000 items. Split it into several."),
    (form(asks("a", "choice", answerOption=[{"valueInteger": n} for n in range(1001)])),
     "Item “a”: It has more than 1,000 options."),
]


@pytest.mark.parametrize(("source", "sentence"), REFUSED, ids=[sentence[:50] for _, sentence in REFUSED])
def test_what_cannot_be_read_is_told_where(source, sentence):
    with pytest.raises(Invalid) as refusal:
        read(source)
    assert refusal.value.detail == sentence


def test_what_is_nested_too_deep_is_told_where():
    item = asks("bottom")
    for depth in range(12):
        item = group(f"g{depth}", item)
    with pytest.raises(Invalid) as refusal:
        read(form(item))
    assert refusal.value.detail == "Item “bottom”: It is nested more than 12 deep."
