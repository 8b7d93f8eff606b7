"""Forms that ask for more than a page, a machine or a person can bear are refused with a sentence, and cost little
until then."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from models.core.errors import Invalid
from models.documents.expressions import BEGINS, Budget, Surroundings, definitions
from models.documents.fhirpath.compiling import run
from models.documents.fhirpath.running import STEPS, Failed, Run
from models.documents.places import every_node, grow, places_at_first
from models.documents.questionnaires import read
from models.documents.safe_text import from_markdown
from models.documents.texts import parsed, written
from tests.documents.forms import SDC, asks, extension, form, group

HL7 = "http://hl7.org/fhir/StructureDefinition/"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def a_set(name: str, many: int) -> dict[str, Any]:
    concepts = [{"code": f"c{number}"} for number in range(many)]
    return {"resourceType": "ValueSet", "id": name, "compose": {"include": [{"system": "s", "concept": concepts}]}}


def repeated(link_id: str, *items: Any) -> dict[str, Any]:
    return group(link_id, *items, repeats=True, extension=[extension(HL7 + "questionnaire-minOccurs", valueInteger=50)])


def formatted(link_id: str, letters: int) -> dict[str, Any]:
    words = extension(HL7 + "rendering-markdown", valueMarkdown="a" * letters)
    return {"linkId": link_id, "type": "display", "_text": {"extension": [words]}}


def calculated(link_id: str, expression: str) -> dict[str, Any]:
    said = {"language": "text/fhirpath", "expression": expression}
    return asks(link_id, "integer", extension=[extension(SDC + "calculatedExpression", valueExpression=said)])


REFUSED = [
    (form(asks("a", "choice", answerValueSet="#v"), contained=[a_set("v", 1001)]),
     "Item “a”: It has more than 1,000 options."),
    (form(*(asks(f"q{number}", "choice", answerValueSet="#v") for number in range(31)), contained=[a_set("v", 1000)]),
     "Item “q30”: Together its questions have more than 30,000 options. Split the form."),
    (form(repeated("a", repeated("b", asks("c"), asks("d")))),
     "What repeats in it gives more than 5,000 questions to begin with. Ask for fewer."),
    (form(formatted("a", 50_001)), "Item “a”: Its formatted text is longer than 50,000 letters."),
    (form(*(formatted(f"q{number}", 50_000) for number in range(5))),
     "This form has more than 200,000 letters of formatted text. Split it into several."),
    (form(asks("a", text="x" * 50_001)), "Item “a”: Its text is not a text of at most 50,000 letters."),
    (form(*(calculated(f"q{number}", "'" + "a" * 4_000 + "'") for number in range(30))),
     "The formulas of this form have more than 100,000 letters."),
    (form(*(calculated(f"q{number}", "1") for number in range(1001))), "This form has more than 1,000 formulas."),
    (form(asks("a"), title={"en": "Sleep"}), "Its “title” is not a text."),
]


@pytest.mark.parametrize(("source", "sentence"), REFUSED, ids=[sentence[:60] for _, sentence in REFUSED])
def test_what_is_too_much_is_refused_with_where(source, sentence):
    with pytest.raises(Invalid) as refused:
        read(source)
    assert refused.value.detail == sentence


def test_as_much_as_is_allowed_comes_in_whole():
    items = [asks(f"q{number}", "choice", answerValueSet="#v") for number in range(30)]
    made = read(form(*items, formatted("w", 50_000), asks("t", text="x" * 50_000), contained=[a_set("v", 1000)]))
    assert len(made.items[29].options) == 1000 and len(made.items[30].html) == len("<p></p>") + 50_000
    assert made.items[0].options[0] is made.items[29].options[0], "a list is read once, however many name it"


def test_places_are_counted_as_they_grow():
    made = read(form(repeated("a", group("b", asks("c"), asks("d", repeats=True))), asks("e")))
    grown = [one for one in every_node(grow(made.items, {})) if not one.instances]
    assert places_at_first(made.items) == len(grown)


@pytest.mark.parametrize("spelled", ["1e999999999", "1e-999999999", "-1E+400", "9" * 101, "0." + "1" * 99])
def test_a_number_that_no_memory_holds_is_refused_as_it_is_spelled(spelled):
    with pytest.raises(Invalid) as refused:
        parsed(f'{{"resourceType": "Questionnaire", "item": [{spelled}]}}')
    assert f"the number “{spelled[:40]}” has more digits" in refused.value.detail


@pytest.mark.parametrize("spelled", ["1e90", "-1e30", "1e-90", "9" * 99, "1e28"])
def test_a_very_large_number_is_kept_and_harms_nothing(spelled):
    item = {**asks("a", "decimal", initial=[{"valueDecimal": 0}]), "extension": [
        extension(HL7 + "minValue", valueDecimal=0), extension(HL7 + "maxDecimalPlaces", valueInteger=0)]}
    option = {"valueCoding": {"code": "a"}, "extension": [extension(HL7 + "ordinalValue", valueDecimal=0)]}
    text = json.dumps(form(item, asks("b", "choice", answerOption=[option]))).replace(": 0}", f": {spelled}}}")
    made = read(parsed(text))
    assert made.items[1].options[0].score == made.items[0].initial[0]
    assert parsed(written(made.source)) == made.source


def test_a_name_that_stands_twice_is_found_among_many():
    names = ",".join(f'"k{number}":0' for number in range(120_000))
    with pytest.raises(Invalid) as refused:
        parsed(f'{{{names},"k119999":1}}')
    assert "“k119999” stands twice" in refused.value.detail


def test_thousands_of_brackets_in_a_long_text_stay_brackets():
    assert "<a href" in from_markdown("[here](https://example.org) " * 100)
    made = from_markdown("[here](https://example.org) " + "[" * 40_000)
    assert "<a href" not in made and made.startswith("<p>[here](https://example.org) [[[")


BIG = {"item": [{"linkId": str(number), "text": "x", "code": [{"code": "y"}]} for number in range(400)]}
TEXT = "ab" * 20_000
COSTS = [
    ("%big = %same", 2_000), ("%big.item.first() in %big.item", 400), ("%big.item.tail()", 100),
    ("%big.item.extension('x')", 400), ("%big.item.weight()", 100), ("%text ~ %text", 1_000),
    ("%text.matches('(a?b?){500}')", 100_000), ("%text.matches('[')", 1_000), ("%text.upper()", 400),
    ("%text & %text", 40),
]


@pytest.mark.parametrize(("expression", "least"), COSTS)
def test_what_takes_longer_costs_more_steps(expression, least):
    told = {"big": [BIG], "same": [json.loads(json.dumps(BIG))], "text": [TEXT]}
    purse = Run(lambda name: told[name], NOW, 10**9)
    run(expression, purse, [BIG])
    assert 10**9 - purse.steps >= least


@pytest.mark.parametrize("expression", [
    "%text.replaceMatches('', %text)", "%text.toChars()", "%text.split('a').select(%text).join('')", "%text.split('a')",
])
def test_what_would_fill_the_memory_has_no_sense(expression):
    with pytest.raises(Failed):
        run(expression, Run(lambda name: ["ab" * 30_000], NOW, 10**9), [BIG])


def test_a_variable_is_paid_from_the_purse_of_the_formula_that_asks_for_it():
    costly = "(1|2|3|4|5|6|7|8|9).select((1|2|3|4|5|6|7|8|9).select(1 + 1)).count()"
    said = {"name": "v", "language": "text/fhirpath", "expression": costly}
    made = read(form(asks("a"), extension=[extension(HL7 + "variable", valueExpression=said)]))
    budget = Budget()
    around = Surroundings(made, grow(made.items, {}), NOW, {}, budget, definitions(made.source))
    assert around.result("%v + 1", None) == [82]
    assert STEPS - budget.steps > 200 + BEGINS
