"""What forms add up to, what that is called, and which answers alert."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.documents.formulas import adding_up
from tests.documents.forms import asks, extension, form, group, shared, state_of, when

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
HOUSE = "https://portico.example/fhir/StructureDefinition/"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
MOST = "http://hl7.org/fhir/StructureDefinition/maxValue"
PHQ9 = [f"%2F{one}" for one in ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
                                "44260-8")]
OFTEN = {"system": "http://loinc.org", "code": "LA6571-9"}
SOMETIMES = {"system": "http://loinc.org", "code": "LA6569-3"}


def weighed(link_id, most=3, **more):
    options = [
        {"valueCoding": {"code": str(n), "display": f"Option {n}"},
         "extension": [extension(ORDINAL, valueDecimal=n), *more.pop(f"on_{n}", [])]}
        for n in range(most + 1)
    ]
    return asks(link_id, "choice", answerOption=options, **more)


def total(*of, bands=(), **more):
    marks = [extension(HOUSE + "score-of", valueString=one) for one in of]
    marks += [
        {"url": HOUSE + "score-band", "extension": [
            {"url": "least", "valueDecimal": least}, {"url": "most", "valueDecimal": most},
            {"url": "words", "valueString": words}]}
        for least, most, words in bands
    ]
    return asks("sum", "integer", extension=marks, readOnly=True, **more)


def chosen(number):
    return [{"code": str(number)}]


def test_the_phq9_of_others_adds_up_to_its_27():
    blank = state_of(shared("phq9"))
    assert [(one.value, one.most, one.missing) for one in blank.scores] == [(None, 27, 9)]
    some = state_of(shared("phq9"), {path: [SOMETIMES] for path in PHQ9[:3]})
    assert [(one.value, one.missing) for one in some.scores] == [(3, 6)]
    assert some.values["%2F44261-6"] == [3]
    full = state_of(shared("phq9"), {path: [OFTEN] for path in PHQ9})
    assert [(one.value, one.missing) for one in full.scores] == [(27, 0)]
    assert full.complete


def test_apgar_is_worked_out_by_weights_once_all_five_are_answered():
    source = shared("apgar-with-itemWeight-variable")
    answers = {item["linkId"]: [item["answerOption"][2]["valueCoding"]] for item in source["item"][:5]}
    assert state_of(source, answers).values["9272-6"] == [10]
    answers.pop("32410-3")
    assert "9272-6" not in state_of(source, answers).values
    assert state_of(source, answers).scores[0].value is None
    assert state_of(source, answers).scores[0].most == 10


def test_weights_of_a_value_set_inside_the_form_count():
    answers = {
        "link-1/link-1.1/link-1.1.1": [{"system": "some-system-1", "code": "some-code-2"}],
        "link-1/link-1.1/link-1.1.2": [{"system": "some-system-2", "code": "some-code-2"}],
    }
    state = state_of(shared("q-with-contained-valueset"), answers)
    assert state.values["link-2"] == [22]
    assert state.scores[0].most == 40


def test_a_score_says_its_band_its_most_and_what_is_missing():
    bands = [(0, 4, "minimal"), (5, 9, "mild")]
    source = form(weighed("a"), weighed("b"), weighed("c"), total("a", "b", bands=bands))
    score = state_of(source, {"a": chosen(3), "b": chosen(2)}).scores[0]
    assert (score.value, score.most, score.words, score.missing) == (5, 6, "mild", 0)
    assert state_of(source, {"a": chosen(1)}).scores[0].missing == 1
    assert state_of(source, {"c": chosen(1)}).scores[0].value is None


def test_numbers_that_a_score_names_count_as_they_are():
    summed = {"language": "text/fhirpath", "expression": adding_up(["n", "a"], {"n"})}
    adds = total("n", "a")
    adds["extension"].append(extension(CALCULATED, valueExpression=summed))
    source = form(asks("n", "integer"), weighed("a"), adds)
    scores = [state_of(source, answers).scores[0] for answers in ({}, {"n": [4]}, {"n": [4], "a": chosen(2)})]
    assert [(one.value, one.most, one.missing) for one in scores] == [(None, None, 2), (4, None, 1), (6, None, 0)]
    limited = form(asks("n", "integer", extension=[extension(MOST, valueInteger=10)]), weighed("a"), adds)
    assert state_of(limited, {"n": [4]}).scores[0].most == 13


def test_scores_of_parts_count_their_own_questions():
    second = {**total("b"), "linkId": "second"}
    state = state_of(form(weighed("a"), weighed("b"), total("a"), second), {"a": chosen(2), "b": chosen(3)})
    assert [(one.link_id, one.value, one.most) for one in state.scores] == [("sum", 2, 3), ("second", 3, 3)]


def test_where_nothing_adds_up_weights_the_whole_is_one_score():
    state = state_of(form(weighed("a"), weighed("b"), title="Mood"), {"a": chosen(2)})
    assert [(one.title, one.value, one.most, one.missing) for one in state.scores] == [("Mood", Decimal(2), 6, 1)]


def test_questions_that_are_not_asked_do_not_count():
    source = form(asks("yes", "boolean"), weighed("a", enableWhen=[when("yes", True)]), weighed("b"), total("a", "b"))
    answers = {"a": chosen(3), "b": chosen(1)}
    assert state_of(source, {**answers, "yes": [False]}).scores[0].value == 1
    assert state_of(source, {**answers, "yes": [True]}).scores[0].value == 4


def test_a_sum_that_was_sent_along_is_not_believed():
    state = state_of(form(weighed("a"), total("a")), {"a": chosen(1), "sum": [3]})
    assert state.values["sum"] == [1]


@pytest.mark.parametrize(("answer", "alerts"), [(0, []), (1, ["Option 1"])])
def test_an_answer_marked_as_a_risk_alerts(answer, alerts):
    marked = weighed("q9", on_1=[extension(HOUSE + "risk", valueBoolean=True)])
    state = state_of(form(group("g", marked)), {"g/q9": chosen(answer)})
    assert [(one.path, one.question, one.answer) for one in state.risks] == [("g/q9", "q9", said) for said in alerts]


def test_a_yes_can_be_a_risk_and_what_is_not_asked_is_none():
    risky = asks("harm", "boolean", extension=[extension(HOUSE + "risk", valueBoolean=True)],
                 enableWhen=[when("asked", True)])
    source = form(asks("asked", "boolean"), risky)
    assert [one.answer for one in state_of(source, {"asked": [True], "harm": [True]}).risks] == ["Yes"]
    assert state_of(source, {"asked": [True], "harm": [False]}).risks == ()
    assert state_of(source, {"asked": [False], "harm": [True]}).risks == ()
