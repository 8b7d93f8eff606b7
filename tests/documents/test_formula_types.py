"""Types in formulas: an answer is of the type that its question says, also a decimal that is whole, or words that read
as a day; what is made of numbers is of the type that FHIRPath says. The server and the browser tell both alike."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents.fhirpath.parsing import parse
from models.documents.fhirpath.running import STEPS
from models.documents.questionnaires import read
from models.documents.tables import Submission
from tests.documents.forms import asks, extension, form, state_of, worked_out
from tests.documents.formulas import RESOURCE
from tests.documents.in_browser import NOW
from tests.documents.test_agreement import FEW
from tests.documents.test_fhirpath import found, kinds, told

ANSWERED = "%resource.descendants().where(linkId != 'sum').answer.value"


def added_up(kind: str) -> dict[str, Any]:
    return form(asks("asleep", "decimal"), asks("awake", "decimal"), asks("nights", "integer"),
                worked_out("sum", "decimal", f"{ANSWERED}.ofType({kind}).sum()"))


WHOLE = [
    {"asleep": [3], "awake": [2.5], "nights": [7]}, {"asleep": [3.0], "awake": [2]}, {"asleep": [0], "nights": [0]},
]


@pytest.mark.parametrize(("kind", "sums"), [
    ("decimal", [5.5, 5, 0]), ("System.Decimal", [5.5, 5, 0]),
    ("integer", [7, None, 0]), ("FHIR.integer", [7, None, 0]),
])
def test_a_sum_of_one_type_takes_each_answer_by_its_question(browser, kind, sums):
    states = browser.agrees(read(added_up(kind)), WHOLE)
    assert [next(iter(one.values.get("sum", [])), None) for one in states] == sums


async def test_what_is_handed_in_counts_decimals_that_are_whole(cast, paper):
    document = await paper.ask(questionnaire=added_up("decimal"))
    for path, value in (("asleep", 3), ("awake", 2.5), ("nights", 7)):
        await paper.answer(document, path, value)
    await paper.submit(document)
    [one] = await cast.inside(lambda: Submission.filter(document_id=document.id))
    answers = {item["linkId"]: item["answer"] for item in orjson.loads(one.response)["item"]}
    assert (answers["sum"], answers["nights"]) == ([{"valueDecimal": 5.5}], [{"valueInteger": 7}])


def test_days_and_times_are_of_the_type_of_their_question_and_typed_words_are_none(browser):
    kinds = ("date", "dateTime", "time", "string")
    answers = {"date": ["2026-11-29"], "dateTime": ["2026-11-29T10:00:00Z"], "time": ["10:30"], "string": ["2026"]}
    asked = "%resource.item.where(linkId.startsWith('count') = false).answer.value.ofType({}).count()".format
    made = read(form(*(asks(kind, kind) for kind in kinds), *(worked_out(f"count-{kind}", "integer", asked(kind))
                                                              for kind in kinds)))
    [state] = browser.agrees(made, [answers])
    assert [state.values[f"count-{kind}"] for kind in kinds] == [[1], [1], [1], [1]]


def test_the_value_of_an_amount_and_a_weight_are_decimals(browser):
    made = read(form(
        asks("weight", "quantity"),
        worked_out("amount", "decimal", "%resource.item.answer.value.value.ofType(decimal)"),
        worked_out("none", "decimal", "%resource.item.answer.value.value.ofType(integer)"),
    ))
    [state] = browser.agrees(made, [{"weight": [{"value": 70, "unit": "kg"}]}])
    assert state.values["amount"] == [70] and "none" not in state.values


def test_amounts_are_multiplied_and_divided_with_their_units(browser):
    answer = "%resource.item.where(linkId = '{}').answer.value".format
    index = f"{answer('weight')} / ({answer('height')} * {answer('height')})"
    made = read(form(
        asks("weight", "quantity"), asks("height", "quantity"), worked_out("index", "decimal", f"({index}).round(1)"),
        worked_out("amount", "quantity", f"({index}).round(1)"),
        worked_out("double", "quantity", f"{answer('weight')} * 2"),
        worked_out("share", "decimal", f"{answer('weight')} / {answer('weight')}"),
        worked_out("unlike", "decimal", f"{answer('weight')} + {answer('height')}"),
    ))
    weight, height = {"value": 70, "unit": "kg"}, {"value": 1.75, "unit": "m"}
    [state] = browser.agrees(made, [{"weight": [weight], "height": [height]}])
    assert (state.values["index"], state.values["share"]) == ([22.9], [1]) and "unlike" not in state.values
    assert state.values["amount"] == [{"value": 22.9, "unit": "kg/(m.m)"}]
    assert state.values["double"] == [{"value": 140, "unit": "kg"}]


def test_a_number_in_the_form_itself_is_told_by_its_name():
    marks = [extension("urn:limit", valueDecimal=4), extension("urn:n", valueInteger=4)]
    counted = "%questionnaire.item.first().extension.value.ofType({}).count()".format
    made = form(asks("said", "integer", extension=marks),
                *(worked_out(kind, "integer", counted(kind)) for kind in ("decimal", "integer")))
    state = state_of(made, {"said": [1]})
    assert (state.values["decimal"], state.values["integer"]) == ([1], [1])


def test_thirds_that_make_a_whole_are_that_whole_wherever_it_is_cut(browser):
    """The server counts in tenths and the browser in halves: both are a hair beside it, each elsewhere."""
    for formula in ("(%resource.item.answer.value / 3 * 3)", "((%resource.item.answer.value + 0.2) * 10 - 2)"):
        calls = [f"{formula}.{name}()" for name in ("floor", "ceiling", "truncate", "toInteger", "round")]
        calls += [f"{formula} div 1", f"{formula} mod 1"]
        made = form(asks("said", "decimal"), *(worked_out(f"f{at}", "decimal", one) for at, one in enumerate(calls)))
        browser.agrees(read(made), [{"said": [one]} for one in (0.1, 0.7, 1, 2.9, 10.1, -0.7)])


NUMBERS = st.sampled_from([
    "0", "1", "3", "12", "3.0", "1.0", "0.5", "7.25", "item.where(linkId='a').answer.value",
    "item.where(linkId='d').answer.value.first()", "item.where(linkId='d').answer.value.last()", "%x",
    "'4'.toInteger()", "'4'.toDecimal()", "item.count()", "item.where(linkId='q').answer.value.value", "'abc'.length()",
])


def larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(smaller, smaller)
    calls = st.sampled_from(["abs", "ceiling", "floor", "truncate", "round", "toDecimal", "toInteger", "sum", "avg"])
    kind = st.sampled_from(["decimal", "integer", "Decimal", "System.Integer"])
    chosen = st.sampled_from(["sum", "min", "max", "avg", "first", "last"])
    return st.one_of(
        st.builds("({0[0]} {1} {0[1]})".format, two, st.sampled_from(["+", "-", "*", "/", "div", "mod"])),
        st.builds("{}.{}()".format, smaller, calls), st.builds("(-{})".format, smaller),
        st.builds("({0[0]} | {0[1]}).{1}()".format, two, chosen),
        st.builds("{}.ofType({})".format, smaller, kind),
        st.builds("iif({0[0]} is Decimal, {0[0]}, {0[1]})".format, two),
    )


@FEW
@given(st.lists(st.recursive(NUMBERS, larger, max_leaves=6), min_size=5, max_size=20))
def test_generated_formulas_of_numbers_give_the_same_of_the_same_type(browser, expressions):
    case = {"trees": [parse(one) for one in expressions], "resource": RESOURCE, "variables": {"x": 5},
            "now": NOW.isoformat(), "steps": STEPS}
    theirs = [(told(one), one.get("kinds", [])) for one in browser.ask(json.loads(json.dumps(case)))]
    mine = [(found(one), kinds(one)) for one in expressions]
    assert [one for one in zip(expressions, mine, theirs, strict=True) if one[1] != one[2]] == []
