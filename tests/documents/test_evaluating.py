"""What is asked, what counts, and when a form is complete."""

from __future__ import annotations

import pytest

from models.documents.evaluating import NOTHING, Context
from models.documents.settling import NEVER_SETTLES
from tests.documents.forms import SDC, asks, extension, form, group, shared, state_of, when
from tests.documents.in_browser import NOW

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def test_a_blank_form_is_never_complete():
    assert state_of(form(asks("a"))).faults == {"": (NOTHING,)}
    assert state_of(form(asks("a")), {"a": ["  "]}).faults == {"": (NOTHING,)}
    assert state_of(form(asks("a")), {"a": ["x"]}).complete


def test_words_to_read_are_complete_by_themselves():
    assert state_of(form({"linkId": "w", "type": "display", "text": "Please read this."})).complete


def test_answers_of_what_is_not_asked_are_dropped_and_do_not_count():
    source = form(
        asks("a", "boolean"), asks("b", "boolean", enableWhen=[when("a", True)]),
        asks("c", required=True, enableWhen=[when("b", True)]),
    )
    assert state_of(source, {"a": [True], "b": [True]}).faults == {"c": ("Please answer this.",)}
    gone = state_of(source, {"a": [False], "b": [True], "c": ["x"]})
    assert gone.values == {"a": [False]}
    assert gone.enabled == {"a"}
    assert gone.complete


def test_a_disabled_group_takes_along_what_stands_in_it():
    source = form(asks("a", "boolean"), group("g", asks("b", required=True), enableWhen=[when("a", True)]))
    assert state_of(source, {"a": [False]}).complete
    assert state_of(source, {"a": [True]}).faults == {"g/b": ("Please answer this.",)}


def test_each_instance_asks_by_its_own_answers():
    which = asks("which", enableWhen=[when("other", True)])
    source = form(group("meds", asks("other", "boolean"), which, repeats=True))
    state = state_of(source, {"meds:1/other": [True], "meds:3/other": [False]})
    assert [one.path for one in state.by_path["meds"].instances] == ["meds:1", "meds:3"]
    assert "meds:1/which" in state.enabled and "meds:3/which" not in state.enabled


def test_an_entry_that_was_taken_away_is_gone_and_its_number_is_not_given_again():
    source = form(group("meds", asks("name"), repeats=True), asks("other"))
    state = state_of(source, {"meds:1": ["removed"], "meds:1/name": ["x"], "other": ["y"]})
    assert [one.path for one in state.by_path["meds"].instances] == ["meds:2"]
    assert state.values == {"other": ["y"]}
    assert state_of(source, {"meds:1": ["removed"], "meds:2/name": ["z"]}).values == {"meds:2/name": ["z"]}


def test_the_entries_that_are_wanted_keep_their_places_whichever_is_answered_first():
    twice = extension(HL7 + "questionnaire-minOccurs", valueInteger=2)
    source = form(group("kin", asks("who"), repeats=True, extension=[twice]))
    def paths(answers):
        return [one.path for one in state_of(source, answers).by_path["kin"].instances]
    assert paths({}) == paths({"kin:2/who": ["x"]}) == ["kin:1", "kin:2"]
    assert paths({"kin:1": ["removed"]}) == ["kin:2", "kin:3"]


def test_a_choice_is_kept_as_the_form_offers_it():
    state = state_of(shared("phq9"), {"%2F44250-9": [{"code": "LA6568-5", "display": "Something else"}]})
    assert state.values["%2F44250-9"][0]["display"] == "Not at all"


def formula(name, expression, link_id="f", kind="integer", **more):
    said = extension(SDC + name, valueExpression={"language": "text/fhirpath", "expression": expression})
    return asks(link_id, kind, **{**more, "extension": [*more.get("extension", []), said]})


def variable(name, expression):
    return extension(HL7 + "variable", valueExpression={
        "name": name, "language": "text/fhirpath", "expression": expression})


CONDITIONS = [
    ("exists", True, [], False), ("exists", True, [1], True), ("exists", False, [], True),
    ("exists", False, [1], False),
    ("=", 1, [1], True), ("=", 1, [2], False), ("=", 1, [], False), ("!=", 1, [], True), ("!=", 1, [1], False),
    ("!=", 1, [2], True), (">", 1, [2], True), (">", 1, [1], False), (">=", 1, [1], True), ("<", 1, [0], True),
    ("<", 1, [], False), ("<=", 1, [2], False),
]


@pytest.mark.parametrize(("operator", "answer", "given", "asked"), CONDITIONS)
def test_a_condition_is_as_r4_has_it(operator, answer, given, asked):
    source = form(asks("q", "integer"), asks("then", enableWhen=[when("q", answer, operator)]))
    assert ("then" in state_of(source, {"q": given}).enabled) is asked


def test_all_and_any_of_several_conditions():
    both = [when("a", True), when("b", True)]
    source = form(asks("a", "boolean"), asks("b", "boolean"), asks("all", enableWhen=both),
                  asks("any", enableWhen=both, enableBehavior="any"))
    assert state_of(source, {"a": [True]}).enabled == {"a", "b", "any"}
    assert state_of(source, {"a": [True], "b": [True]}).enabled == {"a", "b", "any", "all"}


def test_one_of_several_answers_is_enough():
    source = form(asks("q", "integer", repeats=True), asks("then", enableWhen=[when("q", 2)]))
    assert "then" in state_of(source, {"q": [1, 2]}).enabled


def test_codings_are_the_same_by_code_and_system():
    option = {"system": "s", "code": "a"}
    source = form(asks("q", "choice", answerOption=[{"valueCoding": {**option, "display": "A"}}]),
                  asks("then", enableWhen=[when("q", option)]))
    assert "then" in state_of(source, {"q": [{**option, "display": "whatever"}]}).enabled
    assert "then" not in state_of(source, {"q": [{"system": "t", "code": "a"}]}).enabled


def test_days_and_moments_are_compared_by_time():
    source = form(asks("q", "dateTime"), asks("then", enableWhen=[
        when("q", "2026-01-01T12:00:00Z", ">=", key="answerDateTime")]))
    assert "then" in state_of(source, {"q": ["2026-01-01T13:30:00+01:00"]}).enabled
    assert "then" not in state_of(source, {"q": ["2026-01-01T12:30:00+01:00"]}).enabled


def test_the_conditions_that_others_wrote_for_every_type():
    """The form of LHC-Forms: what is asked at first, and after one answer of each type."""
    blank = state_of(shared("enableWhen-test.R4"))
    assert {"g1/Q1-not-exists", "g1/Q1-not-true"} <= blank.enabled
    assert not {"g1/Q1-exists", "g1/Q1-true", "g1/Q1-false"} & blank.enabled
    yes = state_of(shared("enableWhen-test.R4"), {"g1/Q1": [True]})
    assert {path for path in yes.enabled if path.startswith("g1/")} == {"g1/Q1", "g1/Q1-exists", "g1/Q1-true"}
    no = state_of(shared("enableWhen-test.R4"), {"g1/Q1": [False]})
    assert {path for path in no.enabled if path.startswith("g1/")} == {
        "g1/Q1", "g1/Q1-exists", "g1/Q1-false", "g1/Q1-not-true"}
    more = state_of(shared("enableWhen-test.R4"), {"g2/Q2": [5.6], "g3/Q3": [4], "g4/Q4": ["2020-05-02"]})
    asked = {"g2/Q2-equal", "g2/Q2-ge", "g3/Q3-ge", "g4/Q4-ge"}
    assert asked <= more.enabled and not {"g3/Q3-equal", "g4/Q4-equal"} & more.enabled


def test_long_chains_of_conditions_are_followed():
    chain = [asks("q0", "boolean")] + [
        asks(f"q{n}", "boolean", enableWhen=[when(f"q{n - 1}", True)]) for n in range(1, 1500)]
    state = state_of(form(*reversed(chain)), {f"q{n}": [n != 700] for n in range(1500)})
    assert len(state.enabled) == 701


def test_calculations_lean_on_each_other_and_settle():
    source = form(
        asks("a", "integer"),
        formula("calculatedExpression", "%resource.item.where(linkId = 'second').answer.value * 2", "third"),
        formula("calculatedExpression", "%resource.item.where(linkId = 'a').answer.value + 1", "second"),
    )
    assert state_of(source, {"a": [4]}).values == {"a": [4], "second": [5], "third": [10]}


def test_a_calculation_decides_what_is_asked():
    source = form(
        asks("a", "integer"),
        formula("calculatedExpression", "%resource.item.where(linkId = 'a').answer.value + 1", "f"),
        asks("much", enableWhen=[when("f", 10, ">")]),
        formula("enableWhenExpression", "%resource.item.where(linkId = 'a').answer.value > 5", "also", "string"),
    )
    assert state_of(source, {"a": [20]}).enabled == {"a", "f", "much", "also"}
    assert state_of(source, {"a": [5]}).enabled == {"a", "f"}


def test_variables_of_the_form_and_of_groups_are_seen_from_within():
    inner = formula("calculatedExpression", "%x + %y", "f")
    source = form(
        asks("a", "integer"),
        group("g", asks("b", "integer"), inner,
              extension=[variable("y", "%context.item.where(linkId = 'b').answer.value")]),
        formula("calculatedExpression", "%y", "outside"),
        extension=[variable("x", "%resource.item.where(linkId = 'a').answer.value")],
    )
    state = state_of(source, {"a": [1], "g/b": [2]})
    assert state.values["g/f"] == [3]
    assert "outside" not in state.values


def test_each_instance_calculates_from_its_own():
    row = group("row", asks("n", "integer"), formula(
        "calculatedExpression", "%n * 2", "double"), repeats=True,
        extension=[variable("n", "%context.item.where(linkId = 'n').answer.value")])
    state = state_of(form(row), {"row:1/n": [2], "row:4/n": [5]})
    assert [state.values[path] for path in ("row:1/double", "row:4/double")] == [[4], [10]]


def test_calculations_that_never_rest_are_told_and_end():
    source = form(asks("a"), formula("calculatedExpression", "iif(%resource.item.where(linkId = 'f').exists(), {}, 1)"))
    assert state_of(source, {"a": ["x"]}).faults == {"": (NEVER_SETTLES,)}


def test_a_formula_without_sense_gives_nothing():
    source = form(asks("a"), formula("calculatedExpression", "%resource.item.answer.value + 1"))
    state = state_of(source, {"a": ["x"]})
    assert state.complete and "f" not in state.values


@pytest.mark.parametrize(("kind", "expression", "value"), [
    ("date", "today() + 1 day", "2026-11-30"), ("string", "1.50 & ' kg'", "1.5 kg"), ("boolean", "1 < 2", True),
    ("decimal", "0.1 + 0.2", 0.3), ("integer", "7 / 2", 4), ("time", "@T10:00 + 30 minutes", "10:30"),
    ("choice", "'b'", {"code": "b", "display": "Bee"}), ("quantity", "70 'kg'", {"value": 70, "unit": "kg"}),
])
def test_what_is_calculated_becomes_an_answer_of_its_type(kind, expression, value):
    options = {"answerOption": [{"valueCoding": {"code": "b", "display": "Bee"}}]} if kind == "choice" else {}
    source = form(asks("a"), formula("calculatedExpression", expression, kind=kind, **options))
    assert state_of(source, {"a": ["x"]}, Context(now=NOW)).values["f"] == [value]


def test_what_must_fit_together_is_told_in_its_own_words():
    answer = "item.where(linkId = '{}').answer.value"
    rule = {"url": HL7 + "questionnaire-constraint", "extension": [
        {"url": "key", "valueId": "k"}, {"url": "human", "valueString": "The end comes after the beginning."},
        {"url": "severity", "valueCode": "error"},
        {"url": "expression", "valueString": f"{answer.format('to')} > {answer.format('from')}"}]}
    source = form(group("g", asks("from", "integer"), asks("to", "integer"), extension=[rule]))
    assert state_of(source, {"g/from": [3], "g/to": [2]}).faults == {"g": ("The end comes after the beginning.",)}
    assert state_of(source, {"g/from": [3], "g/to": [4]}).complete


def test_answers_of_places_that_are_not_there_are_dropped():
    assert state_of(form(asks("a")), {"a": ["x"], "b": ["y"], "a:1": ["z"]}).values == {"a": ["x"]}


def test_no_number_of_instances_is_too_many_to_bear():
    source = form(group("g", group("h", asks("a"), repeats=True), repeats=True))
    answers = {f"g:{one}/h:{other}/a": ["x"] for one in range(1, 200) for other in range(1, 200)}
    assert len(state_of(source, answers).by_path) < 15_000
