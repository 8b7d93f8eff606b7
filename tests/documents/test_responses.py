"""What comes in goes out again: forms as they came, answers as FHIR has them and back."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.documents.checking import fits
from models.documents.evaluating import State
from models.documents.questionnaires import form_in, read
from models.documents.responses import answers_of, response
from models.documents.texts import parsed, written
from models.documents.values import KEYS
from tests.documents import generated
from tests.documents.forms import SHARED, asks, form, group, shared, state_of
from tests.documents.test_agreement import FEW

AUTHORED = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)


def round_trip(state: State) -> None:
    """Answers, response, answers, response: the same at each end. What is not of its type goes nowhere."""
    conforms(response(state, authored=AUTHORED).get("item", []))
    fitting = {
        path: [one for one in held if fits(state.by_path[path].item, one)] for path, held in state.values.items()
    }
    state = state_of(state.questionnaire, fitting)
    made = response(state, authored=AUTHORED)
    again = state_of(state.questionnaire, answers_of(state.questionnaire, made))
    assert again.values == state.values
    assert response(again, authored=AUTHORED) == made


def conforms(items: list[dict[str, Any]]) -> None:
    """The shape that FHIR R4 wants of items and answers."""
    for item in items:
        assert item["linkId"] and set(item) <= {"id", "linkId", "text", "answer", "item"}
        assert not ("answer" in item and "item" in item), "nested items stand in the answer"
        assert item.get("answer", True) and item.get("item", True), "nothing empty"
        for answer in item.get("answer", []):
            keys = [key for key in answer if key.startswith("value")]
            assert len(keys) == 1 and keys[0] in {*KEYS.values()} and set(answer) <= {*keys, "item"}
            conforms(answer.get("item", []))
        conforms(item.get("item", []))


@settings(FEW, max_examples=80)
@given(st.data())
def test_answers_to_generated_forms_survive_the_way_through_fhir(data):
    source = data.draw(generated.forms())
    state = state_of(source, data.draw(generated.answers(source)))
    if not state.faults.get(""):
        round_trip(state)


@settings(FEW, max_examples=50)
@given(generated.forms())
def test_generated_forms_are_exported_as_they_came(source):
    before = copy.deepcopy(source)
    kept = read(source)
    assert kept.source == before
    assert list(parsed(written(kept.source))) == list(before)
    assert json.loads(written(kept.source)) == before


@pytest.mark.parametrize("name", SHARED)
@settings(FEW, max_examples=8)
@given(data=st.data())
def test_forms_that_others_made_go_in_and_out(name, data):
    source = shared(name)
    text = written(source)
    assert parsed(text) == source
    assert form_in(text).source == source
    round_trip(state_of(form_in(text), data.draw(generated.answers(source))))


def test_a_response_says_when_of_what_and_how_far():
    state = state_of(form(asks("a"), url="https://example.org/q", version="3"), {"a": ["x"]})
    made = response(state, authored=AUTHORED, id="7", subject={"display": "Leo"})
    assert made == {
        "resourceType": "QuestionnaireResponse", "id": "7", "subject": {"display": "Leo"}, "status": "completed",
        "authored": "2026-11-29T10:00:00+00:00", "questionnaire": "https://example.org/q|3",
        "item": [{"linkId": "a", "text": "a", "answer": [{"valueString": "x"}]}],
    }
    assert response(state, authored=AUTHORED, canonical="urn:x", status="in-progress")["questionnaire"] == "urn:x"


def test_what_stands_below_a_question_goes_into_its_answer():
    source = form(asks("a", "boolean", item=[asks("b")]))
    made = response(state_of(source, {"a": [True], "a/b": ["x"]}), authored=AUTHORED)
    assert made["item"][0]["answer"] == [
        {"valueBoolean": True, "item": [{"linkId": "b", "text": "b", "answer": [{"valueString": "x"}]}]}
    ]


def test_instances_stay_the_places_they_are():
    source = form(group("meds", asks("name"), repeats=True))
    state = state_of(source, {"meds:2/name": ["a"], "meds:5/name": ["b"]})
    made = response(state, authored=AUTHORED)
    assert [item["id"] for item in made["item"]] == ["meds:2", "meds:5"]
    assert state_of(source, answers_of(state.questionnaire, made)).values == state.values


def test_responses_of_others_without_such_ids_are_read_in_their_order():
    source = read(form(group("meds", asks("name"), repeats=True)))
    names = [{"linkId": "name", "answer": [{"valueString": one}]} for one in "ab"]
    made = {"item": [{"linkId": "meds", "item": [one]} for one in names]}
    assert answers_of(source, made) == {"meds:1": [], "meds:1/name": ["a"], "meds:2": [], "meds:2/name": ["b"]}


def test_an_option_that_is_a_day_or_a_number_goes_out_as_one():
    source = form(
        asks("day", "choice", answerOption=[{"valueDate": "2022-09"}]),
        asks("count", "choice", answerOption=[{"valueInteger": 12}]),
        asks("own", "open-choice", answerOption=[{"valueString": "A"}]),
        asks("far", "choice", answerValueSet="https://example.org/countries"),
    )
    answers = {"day": ["2022-09"], "count": [12], "own": ["my own"], "far": [{"display": "Norway"}]}
    made = response(state_of(source, answers), authored=AUTHORED)
    assert [item["answer"] for item in made["item"]] == [
        [{"valueDate": "2022-09"}], [{"valueInteger": 12}], [{"valueString": "my own"}],
        [{"valueCoding": {"display": "Norway"}}],
    ]
