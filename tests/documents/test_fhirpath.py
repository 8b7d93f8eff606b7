"""FHIRPath: what the reference implementation gives, in the browser as well, and never without end."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from models.documents.fhirpath.compiling import compiled, run
from models.documents.fhirpath.kinds import is_kind
from models.documents.fhirpath.parsing import Broken, parse
from models.documents.fhirpath.running import STEPS, Exhausted, Failed, Run
from models.documents.fhirpath.things import text_of
from tests.documents.formulas import FORMULAS, ODD, OTHERWISE, RESOURCE, VARIABLES
from tests.documents.in_browser import NOW, a_browser


def given(name: str) -> list[Any]:
    value = VARIABLES.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def found(expression: str, resource: Any = RESOURCE) -> Any:
    """What it gives, as JSON; "failed" where it has no sense."""
    try:
        return [simple(one) for one in run(expression, Run(given, NOW), [resource])]
    except Failed:
        return "failed"


def is_formula(expression: str) -> bool:
    with suppress(Broken):
        return compiled(expression) is not None
    return False


def steps_left(expression: str) -> int:
    """What is left of the budget."""
    purse = Run(given, NOW)
    with suppress(Failed):
        run(expression, purse, [RESOURCE])
    return purse.steps


def kinds(expression: str) -> list[str]:
    """Which of the two types of numbers each of what it gives is; empty for all else."""
    with suppress(Failed):
        values = run(expression, Run(given, NOW), [RESOURCE])
        return [next((kind for kind in ("integer", "decimal") if is_kind(one, kind)), "") for one in values]
    return []


def simple(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return round(float(value), 8)
    return value if isinstance(value, bool | str | dict) else text_of(value)


def told(answer: dict[str, Any]) -> Any:
    return [simple(one) for one in answer["found"]] if "found" in answer else "failed"


@pytest.fixture(scope="module")
def reference():
    with a_browser("reference.mjs") as process:
        yield process


def test_formulas_give_what_the_reference_gives(reference):
    differing = {}
    for expression in FORMULAS:
        theirs = told(reference.ask({"expression": expression, "resource": RESOURCE, "variables": VARIABLES}))
        if found(expression) != theirs:
            differing[expression] = (found(expression), theirs)
    assert differing == {}


@pytest.mark.parametrize(("expression", "answer"), OTHERWISE.items())
def test_where_the_reference_differs_the_standard_or_sense_is_followed(expression, answer):
    assert found(expression) == answer


def test_the_browser_runs_the_same_trees_to_the_same_end_in_the_same_steps():
    expressions = [*FORMULAS, *OTHERWISE, *(one for one in ODD if is_formula(one))]
    case = {"trees": [parse(one) for one in expressions], "resource": RESOURCE, "variables": VARIABLES,
            "now": NOW.isoformat(), "steps": STEPS}
    with a_browser() as browser:
        answers = browser.ask(json.loads(json.dumps(case)))
    theirs = [(told(one), one.get("kinds", []), one["steps"]) for one in answers]
    mine = [(found(one), kinds(one), steps_left(one)) for one in expressions]
    assert [pair for pair in zip(expressions, mine, theirs, strict=True) if pair[1] != pair[2]] == []


@pytest.mark.parametrize(("expression", "words", "position"), [
    ("a.where(x = 1", "“)” is missing", 14), ("a b", "“b” cannot stand here", 3), ("1 +", "it ends too early", 4),
    ("'abc", "a text without its end cannot stand here", 1), ("%", "after “%” comes the name of a variable", 2),
    ("a # b", "“#” cannot stand here", 3),
])
def test_what_is_no_fhirpath_is_told_at_which_letter(expression, words, position):
    with pytest.raises(Broken) as broken:
        parse(expression)
    assert (broken.value.words, broken.value.position) == (words, position)


@pytest.mark.parametrize("expression", [
    "a.memberOf('x')", "a.where()", "a.first(1)", "a.ofType(1)", "a.ofType()", "a.is()", "a.as(string, 2)",
    "9" * 29, "9" * 5_000 + ".5", "9" * 29 + " 'mg'",
])
def test_what_is_not_known_is_told_before_it_runs(expression):
    with pytest.raises(Broken) as broken:
        compiled(expression)
    assert broken.value.position == 0


HOSTILE = [
    "(1|2|3|4|5|6|7|8|9).repeat($this + 1)",
    "'aaaaaaaaaa'.aggregate($this & $this)" + ".select($this & $this & $this & $this)" * 20,
    "(1|2|3|4|5|6|7|8)" + ".select((1|2|3|4|5|6|7|8).combine($this))" * 8,
    "descendants().select(%context.descendants()).select(%context.descendants()).count()",
    "descendants().distinct().combine(descendants()).distinct().count()",
    "2.power(1000000)", "(10.power(27) * 10.power(27))",
    "'" + "a" * 3000 + "'.matches('(a+)+b')",
    "'" + "a" * 2000 + "'.replace('a', '" + "b" * 2000 + "').replace('b', '" + "c" * 2000 + "').length()",
]


@pytest.mark.parametrize("expression", HOSTILE, ids=[one[:40] for one in HOSTILE])
def test_no_formula_runs_without_end(expression):
    big = {"resourceType": "QuestionnaireResponse", "item": [
        {"linkId": str(n), "answer": [{"valueString": "x"}]} for n in range(2000)
    ]}
    begun = time.process_time()
    answer = found(expression, big)
    assert time.process_time() - begun < 2.0
    assert answer == "failed" or len(json.dumps(answer)) < 2_000_000


@pytest.mark.parametrize("expression", ["(" * 100 + "1" + ")" * 100, "a" + ".a" * 3000, "1" + "+1" * 3000, "a" * 9000])
def test_no_formula_is_nested_or_chained_without_end(expression):
    with pytest.raises(Broken):
        parse(expression)


def test_a_budget_is_shared_by_all_that_run_with_it():
    shared = Run(given, NOW, steps=50)
    with pytest.raises(Exhausted):
        for _ in range(50):
            run("item.linkId", shared, [RESOURCE])


def test_no_function_reaches_out_of_the_data():
    """Names are looked up in JSON alone: nothing of the machine can be named."""
    for name in ("__class__", "keys", "get", "items", "_weight", "constructor"):
        assert found(f"%context.{name}") in ([], "failed")
        assert found(f"item.{name}") == []
