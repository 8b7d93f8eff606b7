"""What is in a text that was brought: one form, or a Bundle with some that can come in and some that cannot."""

from __future__ import annotations

import json

import pytest

from models.core.errors import Invalid, TooLarge
from models.documents.candidates import GUARDIAN, KIND, candidates, questions_in
from models.documents.ready import READY
from models.documents.texts import MOST_BUNDLE
from tests.documents.forms import FHIR, SHARED, asks, form, group


@pytest.mark.parametrize("name", SHARED)
def test_the_shared_forms_are_candidates_letter_by_letter(name):
    text = (FHIR / f"{name}.json").read_text()
    (one,) = candidates(text)
    assert one.source == text and one.found is not None and not one.fault and one.title


def test_a_form_without_a_title_gets_one_to_be_changed():
    (one,) = candidates((FHIR / "q-with-contained-valueset.json").read_text())
    assert one.title == "Untitled form"


def test_questions_are_counted_however_deep_without_words_and_calculations():
    sum_up = {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
              "valueExpression": {"language": "text/fhirpath", "expression": "1 + 1"}}
    source = form(asks("a"), group("g", asks("b"), group("h", asks("c"))), {"linkId": "w", "type": "display"},
                  asks("sum", "integer", extension=[sum_up]))
    (one,) = candidates(json.dumps(source))
    assert one.found is not None and questions_in(one.found.items) == 3


def test_a_bundle_says_of_each_what_it_is_or_what_keeps_it_out():
    said = [{"url": KIND, "valueCode": "intake"}, {"url": GUARDIAN, "valueBoolean": True}]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": form(asks("a"), title="Fine"), "extension": said},
        {"resource": form({"linkId": "a", "type": "riddle"}, title="Odd")},
        {"resource": {"resourceType": "Observation"}},
        {"fullUrl": "urn:uuid:1"},
    ]}
    fine, odd, other, empty = candidates(json.dumps(bundle))
    assert (fine.title, fine.kind, fine.guardian_signs, fine.fault) == ("Fine", "intake", True, "")
    assert json.loads(fine.source) == form(asks("a"), title="Fine")
    assert odd.found is None and odd.title == "Odd" and "Item “a”" in odd.fault
    assert other.title == "Entry 3" and "Observation" in other.fault
    assert "no resource" in empty.fault


def test_what_it_looks_like_is_offered_as_its_kind():
    assert candidates(READY["consent-treatment"].source)[0].kind == "consent"
    assert candidates(json.dumps(form(asks("a"))))[0].kind == "questionnaire"


def test_a_file_that_is_too_large_is_told_how_large_it_may_be():
    with pytest.raises(TooLarge) as refused:
        candidates('{"x": "' + "y" * MOST_BUNDLE + '"}')
    assert refused.value.detail == "This is larger than 10 MB. A form alone has at most 2."


@pytest.mark.parametrize(("text", "said"), [
    ('{"resourceType": "Observation"}', "Observation"),
    ('{"resourceType": "Bundle", "type": "collection"}', "no entries"),
    ('{"resourceType": "Bundle", "entry": 3}', "no entries"),
    (json.dumps(form(asks("a"), asks("a"))), "Item “a”"),
    (json.dumps({"resourceType": "Bundle", "entry": [{}] * 301}), "more than 300"),
])
def test_what_is_none_is_refused_with_where(text, said):
    with pytest.raises(Invalid) as refused:
        candidates(text)
    assert said in refused.value.detail
