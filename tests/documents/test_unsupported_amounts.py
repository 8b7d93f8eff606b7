"""A formula that puts amounts of different units together is named before the form comes in; none is named that works,
and of each that is named nothing comes of such answers."""

from __future__ import annotations

from typing import Any

import pytest

from models.documents.fhirpath.parsing import parse
from models.documents.unsupported_amounts import answered_in, shortened, unlike_in
from tests.documents.forms import SDC, asks, extension, form, state_of

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def amount(link_id: str, *units: str, **more: Any) -> dict[str, Any]:
    """A question for an amount in one of these units."""
    url = HL7 + ("questionnaire-unit" if len(units) == 1 else "questionnaire-unitOption")
    return asks(link_id, "quantity", extension=[
        extension(url, valueCoding={"code": one, "display": f"in {one}"}) for one in units
    ], **more)


def formula(url: str, text: str, base: str = SDC, **more: Any) -> dict[str, Any]:
    return extension(base + url, valueExpression={"language": "text/fhirpath", "expression": text, **more})


QUESTIONS = (
    amount("kg", "kg"), amount("g", "g"), amount("m", "m"), amount("hours", "h"), amount("minutes", "min"),
    amount("years", "a"), amount("either", "kg", "lb"), amount("other", "g", "oz"), amount("both", "lb", "oz"),
    asks("free", "quantity"), asks("count", "integer"), asks("part", "decimal"), asks("words"), asks("day", "date"),
)
ANSWERS: dict[str, list[Any]] = {
    **{one: [{"value": 2, "unit": f"in {unit}", "code": unit}] for one, unit in (
        ("kg", "kg"), ("g", "g"), ("m", "m"), ("hours", "h"), ("minutes", "min"), ("years", "a"), ("either", "lb"),
        ("other", "oz"), ("both", "lb"))},
    "free": [{"value": 2, "unit": "kg"}], "count": [2], "part": [2.5], "words": ["x"], "day": ["2026-01-31"],
}
VARIABLES = [formula("variable", text, HL7, name=name) for name, text in (
    ("weight", "%resource.item.where(linkId = 'kg').answer.value"), ("other", "%weight"), ("twice", "1"),
    ("twice", "2"), ("itself", "%itself + 1"),
)]


def said(text: str, *more: dict[str, Any]) -> list[str]:
    source = form(*QUESTIONS, *more, extension=VARIABLES)
    return list(unlike_in(parse(written(text)), answered_in(source)))


def written(text: str) -> str:
    """`<kg>` is the answer to the question of that name."""
    return text.replace("<", "%resource.item.where(linkId = '").replace(">", "').answer.value")


NAMED = [
    ("<kg> + <g>", "adds amounts in “kg” and “g”"),
    ("<g> - <kg>", "subtracts amounts in “g” and “kg”"),
    ("<kg>.first() * 2 + <g>.single().round(1)", "adds amounts in “kg” and “g”"),
    ("-(<kg>[0]) + <g>", "adds amounts in “kg” and “g”"),
    ("<kg> + <m> + <g>", "adds amounts in “kg” and “m”"),
    ("<kg> / (<m> * <m>) + <kg>", "adds amounts in “kg/(m.m)” and “kg”"),
    ("<kg> / <kg> + <kg>", "adds amounts in “kg” and numbers without a unit"),
    ("<kg> + 5", "adds amounts in “kg” and numbers without a unit"),
    ("<count> + 5 'kg'", "adds amounts in “kg” and numbers without a unit"),
    ("iif(<kg>.exists(), <kg>, 0) + iif(<g>.exists(), <g>, 0 'g')", "adds amounts in “kg” and “g”"),
    ("<either> + <other>", "adds amounts in “kg” or “lb” and “g” or “oz”"),
    ("<hours> + <years>", "adds amounts in “hour” and “year”"),
    ("(<kg> | <g>).sum()", "adds amounts in “kg” and “g”"),
    ("<kg>.combine(<g>).max()", "compares amounts in “kg” and “g”"),
    ("%resource.descendants().where(linkId in ('kg' | 'g')).answer.value.sum()", "adds amounts in “kg” and “g”"),
    ("%resource.item.where(answer.exists() and (linkId='kg' or linkId='g')).answer.value.avg()",
     "adds amounts in “kg” and “g”"),
    ("%weight + <g>", "adds amounts in “kg” and “g”"),
    ("%other + <g>.ofType(Quantity)", "adds amounts in “kg” and “g”"),
]


@pytest.mark.parametrize(("text", "words"), NAMED, ids=[text for text, _ in NAMED])
def test_amounts_of_different_units_are_named_and_nothing_comes_of_them(text, words):
    assert said(text) == [
        f"{words}. Amounts are not converted between units: where both are there, nothing comes of them."]
    assert made_of(text) == []


def made_of(text: str) -> list[Any]:
    worked_out = asks("made", "quantity", extension=[formula("calculatedExpression", written(text))])
    return state_of(form(*QUESTIONS, worked_out, extension=VARIABLES), ANSWERS).values.get("made", [])


FOLLOWED = [
    "<kg> + <kg>", "<hours> + <minutes>", "<minutes> - <hours> + 5 'min' + 1 week", "<years> + 2 'mo'",
    "<kg> / <m> + <kg> / <m>", "<hours> * 2 + <minutes>", "<count> + <part> * 2", "<either> + <both>",
    "<either> + <kg>", "<free> + <kg>", "<free> + 5 'kg'", "(<kg> | <either>).sum()", "(<hours> | <minutes>).sum()",
    "<day> + 2 'd'", "today() - 18 years", "<words> + <words>", "iif(<g>.exists(), 1, <kg>) + <kg>",
    "<kg>.value + <g>.value",
    "<kg>.value + 5", "<kg> / 1000 'g' * 1 'g' / 1 'kg'", "%weight + <kg>", "%twice + <kg>", "%itself + <kg>",
    "%unknown + <kg>", "%resource.item.answer.value.sum()", "%resource.item.where(linkId != 'kg').answer.value + <g>",
    "%resource.item.where(linkId = 'kg' or text = 'x').answer.value + <g>", "<kg>.select(value) + <part>",
]


@pytest.mark.parametrize("text", FOLLOWED)
def test_what_works_or_cannot_be_told_is_not_named(text):
    assert said(text) == []


@pytest.mark.parametrize("text", ["{} >= 500", "{} = 500", "500 > {}"])
def test_so_is_what_is_compared(text):
    (one,) = list(unlike_in(parse(text.format(written("<kg>"))), answered_in(form(*QUESTIONS))))
    assert one.startswith("compares amounts in “kg” and numbers without a unit.")


def test_what_is_worked_out_may_be_in_any_unit():
    made = amount("made", "kg")
    made["extension"].append(formula("calculatedExpression", "3 'g'"))
    assert said("<made> + <g>", made) == []
    begun = amount("begun", "kg")
    begun["extension"].append(formula("initialExpression", "3 'g'"))
    assert said("<begun> + <g>", begun) == []


def test_a_formula_of_a_stranger_comes_to_its_end():
    """A long one, and variables that each stand for the one before, many times over: followed to their ends they would
    outlast the test."""
    chain = "(" + " + ".join(["<kg>"] * 130) + ")"
    assert len(said(f"{chain} + <g>")) == 1
    for sign in "|*+":
        grown = [formula("variable", sign.join([f"%v{at}"] * 100), HL7, name=f"v{at + 1}") for at in range(40)]
        first = formula("variable", written("<kg>"), HL7, name="v0")
        assert list(unlike_in(parse("%v40 + 1"), answered_in(form(*QUESTIONS, extension=[first, *grown])))) == []


def test_what_is_long_is_cut():
    assert shortened("x" * 60) == "x" * 60 and shortened("x" * 61) == "x" * 59 + "…"
