"""What of a form is not acted upon is named with where it stands, before it comes in: no sum is wrong, no question
missing, and no answer lost without a word. It goes out as it came."""

from __future__ import annotations

from typing import Any

import pytest

from models.documents.fhirpath.calls import KNOWN
from models.documents.questionnaires import read
from tests.documents.forms import SDC, asks, extension, form, group, when
from tests.documents.formulas import LEFT_OUT

HL7 = "http://hl7.org/fhir/StructureDefinition/"
CALCULATION = "Its calculation (calculatedExpression)"
KILO = extension(HL7 + "questionnaire-unit", valueCoding={"code": "kg", "display": "kg"})
FORMATTED = extension(HL7 + "rendering-xhtml", valueString="<b>1.</b>")


def said(url: str, expression: str, base: str = SDC, **more: Any) -> dict[str, Any]:
    return extension(base + url, valueExpression={"language": "text/fhirpath", "expression": expression, **more})


def worked_out(expression: str, kind: str = "string", *more: Any, **parts: Any) -> dict[str, Any]:
    return asks("a", kind, extension=[said("calculatedExpression", expression), *more], **parts)


def rule(severity: str) -> dict[str, Any]:
    return extension(HL7 + "questionnaire-constraint", extension=[
        extension("key", valueId="k"), extension("severity", valueCode=severity),
        extension("expression", valueString="1 = 1"), extension("human", valueString="Are you sure?"),
    ])


def chosen(**option: Any) -> dict[str, Any]:
    return asks("a", "choice", answerOption=[{"valueCoding": {"code": "x", "display": "X"}, **option}])


def named(source: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.where, one.words) for one in read(source).unsupported]


NAMED = [
    (worked_out("%encounter.period"), f"{CALCULATION} asks for “%encounter”, which is not known here and stays empty."),
    (worked_out("%terminologies.x"),
     f"{CALCULATION} asks for “%terminologies”, which is not known here and stays empty."),
    (worked_out("%resource.item.answer.value.ofType(Strnig)"),
     f"{CALCULATION} looks for the type “Strnig”, which is not told here: it finds none."),
    (worked_out("%resource.item.answer.value is FHIR.Period2"),
     f"{CALCULATION} looks for the type “FHIR.Period2”, which is not told here: it finds none."),
    (worked_out("1", "group", item=[asks("b")]), f"{CALCULATION} is not worked out: a group has no answer."),
    (worked_out("1", "display"), f"{CALCULATION} is not worked out: words alone have no answer."),
    (worked_out("1", "attachment"), f"{CALCULATION} is not worked out: no file can be."),
    (asks("a", "group", item=[asks("b")], extension=[said("initialExpression", "1")]),
     "Its first value (initialExpression) is not worked out: a group has no answer."),
    (worked_out("1", "integer", said("calculatedExpression", "2")),
     "It has more than one calculation (calculatedExpression). Only the first is looked at."),
    (worked_out("9" * 40), f"{CALCULATION} is not worked out: the number “{'9' * 40}” is too large."),
    (asks("a", extension=[rule("warning")]),
     "Its rule “Are you sure?” only warns in other systems. It is kept, not shown."),
    (worked_out("%resource.item.answer.value > 500 'g'", "quantity", KILO),
     f"{CALCULATION} has an amount in “g”, in which nothing here is answered. Amounts are not converted between "
     "units."),
    (worked_out("1 'kg' + 5", "quantity", KILO),
     f"{CALCULATION} adds amounts in “kg” and numbers without a unit. Amounts are not converted between units: where "
     "both are there, nothing comes of them."),
    (asks("a", "quantity", extension=[KILO, extension(HL7 + "minValue", valueQuantity={"value": 1, "unit": "g"})]),
     "Its limit is in “g”, and amounts are not converted between units: it is not checked."),
    (asks("a", "quantity", extension=[extension(HL7 + "minValue", valueQuantity={"value": 1, "unit": "g"})]),
     "Amounts are not converted between units: conditions and formulas compare those of one unit alone."),
    (asks("a", "integer", extension=[extension(HL7 + "regex", valueString="[1-3]")]),
     "The pattern of its answers (regex) is not checked: it is no question for words."),
    (asks("a", extension=[extension(HL7 + "questionnaire-supportLink", valueUri="https://example.org")]),
     "“supportLink” is kept, not acted upon."),
    (asks("a", extension=[extension(HL7 + "questionnaire-usageMode", valueCode="display")]),
     "“usageMode” is kept, not acted upon."),
    (asks("a", "integer", extension=[
        {"url": HL7 + "minValue", "_valueInteger": {"extension": [said("cqf-calculatedValue", "1", HL7)]}}]),
     "“cqf-calculatedValue” is kept, not acted upon."),
    (asks("a", prefix="1.", _prefix={"extension": [FORMATTED]}),
     "Its “prefix” is shown without its formatting."),
    (chosen(extension=[extension(SDC + "itemAnswerMedia", valueAttachment={"url": "urn:x"})]),
     "“itemAnswerMedia” of its options is kept, not acted upon."),
    (chosen(valueCoding={"code": "x", "_display": {"extension": [FORMATTED]}}),
     "Its options are shown without their formatting."),
    (chosen(modifierExtension=[extension("urn:other/not", valueBoolean=True)]),
     "“not” changes what an option means in another system. It is kept, not followed."),
]


@pytest.mark.parametrize(("item", "sentence"), NAMED, ids=[words[:60] for _, words in NAMED])
def test_what_an_item_says_in_vain_is_named_at_its_place_and_kept(item, sentence):
    source = form(item)
    assert named(source) == [("a", sentence)]
    assert read(source).source["item"] == [item]


# All functions of FHIRPath, and those that FHIR and Structured Data Capture add to it, that are not worked out here.
NOT_WORKED_OUT = (
    "checkModifiers", "coalesce", "comparable", "conformsTo", "convertsToLong", "dateOf", "dayOf", "decode",
    "defineVariable", "duration", "difference", "elementDefinition", "encode", "escape", "highBoundary", "hourOf",
    "htmlChecks", "lowBoundary", "memberOf", "millisecondOf", "minuteOf", "monthOf", "precision",
    "repeatAll", "resolve", "secondOf", "slice", "sort", "subsumedBy", "subsumes", "timeOf", "timezoneOffsetOf",
    "toLong", "type", "unescape", "yearOf",
)
WORKED_OUT = (
    "abs", "aggregate", "all", "allFalse", "allTrue", "anyFalse", "anyTrue", "as", "avg", "ceiling", "children",
    "combine", "contains", "convertsToBoolean", "convertsToDate", "convertsToDateTime", "convertsToDecimal",
    "convertsToInteger", "convertsToQuantity", "convertsToString", "convertsToTime", "count", "descendants", "distinct",
    "empty", "endsWith", "exclude", "exists", "exp", "extension", "first", "floor", "getValue", "hasValue", "iif",
    "indexOf", "intersect", "is", "isDistinct", "join", "last", "lastIndexOf", "length", "ln", "log", "lower",
    "matches", "matchesFull", "max", "min", "not", "now", "ofType", "ordinal", "power", "repeat", "replace",
    "replaceMatches", "round", "select", "single", LEFT_OUT, "split", "sqrt", "startsWith",
    "subsetOf", "substring", "sum", "supersetOf",
    "tail", "take", "timeOfDay", "toBoolean", "toChars", "toDate", "toDateTime", "toDecimal", "toInteger", "toQuantity",
    "toString", "toTime", "today", "trace", "trim", "truncate", "union", "upper", "weight", "where",
)


@pytest.mark.parametrize("name", NOT_WORKED_OUT)
def test_each_function_that_is_not_worked_out_is_named(name):
    assert named(form(worked_out(f"%resource.item.{name}('x')"))) == [
        ("a", f"{CALCULATION} is not worked out: the function “{name}” is not known here.")]


def test_the_functions_that_are_worked_out_are_these():
    assert set(WORKED_OUT) == KNOWN and not KNOWN & set(NOT_WORKED_OUT)


SPANISH = extension(HL7 + "translation", extension=[
    extension("lang", valueCode="es"), extension("content", valueString="Hola")])
NARROWED = "The list “Moods” is narrowed by rules that are not followed. It may offer more than it should."


def moods(**parts: Any) -> dict[str, Any]:
    return form(asks("a", "choice", answerValueSet="#moods"),
                contained=[{"resourceType": "ValueSet", "id": "moods", "title": "Moods", **parts}])


GOOD = {"system": "s", "concept": [{"code": "good"}]}
ROUND_ABOUT = [
    (form(asks("a", _text={"extension": [SPANISH]}), title="T", _title={"extension": [SPANISH]}),
     "It came with translations (es). They are kept, not shown."),
    (form(asks("a"), implicitRules="urn:rules"), "It goes by rules kept elsewhere (urn:rules). They are not followed."),
    (form(asks("a"), extension=[said("variable", "%encounter.id", HL7, name="who")]),
     "Its variable “who” asks for “%encounter”, which is not known here and stays empty."),
    (moods(compose={"include": [{**GOOD, "filter": [{"property": "p", "op": "=", "value": "v"}]}]}), NARROWED),
    (moods(compose={"include": [GOOD], "exclude": [{"system": "s", "filter": []}]}), NARROWED),
    (moods(expansion={"total": 900, "contains": [{"system": "s", "code": "good"}]}),
     "Of the list “Moods” 1 of 900 answers came along. The others cannot be chosen."),
]


@pytest.mark.parametrize(("source", "sentence"), ROUND_ABOUT, ids=[words[:60] for _, words in ROUND_ABOUT])
def test_what_concerns_the_whole_form_is_named_once_without_a_place(source, sentence):
    assert named(source) == [("", sentence)]


def test_a_condition_in_another_unit_is_named_where_it_stands():
    more = asks("more", enableWhen=[when("a", {"value": 500, "unit": "g"}, ">", key="answerQuantity")])
    assert named(form(asks("a", "quantity", extension=[KILO]), more)) == [(
        "more", "Its condition asks “a” for an amount in “g”, and amounts are not converted between units.")]


def test_a_variable_is_known_where_it_stands_and_below_it_alone():
    inside = worked_out("%base + %more")
    held = group("g", inside, extension=[said("variable", "2", HL7, name="more")])
    outside = asks("b", extension=[said("calculatedExpression", "%base + %more")])
    source = form(held, outside, extension=[said("variable", "1", HL7, name="base")])
    assert named(source) == [("b", f"{CALCULATION} asks for “%more”, which is not known here and stays empty.")]


FOLLOWED = [
    worked_out("%resource.item.answer.value.where($this is Coding or $this is System.Decimal).ofType(FHIR.uri)"),
    worked_out("%resource.item.count() + %context.item.count() + %questionnaire.item.count() + %qitem.item.count()"),
    worked_out("%resource.item.extension(%`ext-ordinalValue`).where(system = %ucum or system = %loinc)"),
    worked_out("today() - 18 years > @2000-01-01 and 1 week > 3 'd'", "quantity", KILO),
    worked_out("%resource.item.answer.value > 500 'kg'", "quantity", KILO),
    asks("a", extension=[rule("error")]), asks("a", "text", extension=[extension(HL7 + "regex", valueString="[a-z]")]),
    chosen(extension=[extension(HL7 + "ordinalValue", valueDecimal=1)]),
    asks("a", _text={"extension": [extension(HL7 + "rendering-markdown", valueMarkdown="*x*")]}),
    asks("a", "quantity", extension=[KILO, extension(HL7 + "minValue", valueQuantity={"value": 1, "unit": "kg"})]),
]


@pytest.mark.parametrize("item", FOLLOWED, ids=range(len(FOLLOWED)))
def test_what_is_followed_is_not_named(item):
    assert named(form(item)) == []


def test_a_list_that_is_spelled_out_is_not_named():
    assert named(moods(compose={"include": [GOOD], "exclude": [GOOD]})) == []
    assert named(moods(expansion={"total": 1, "contains": [{"code": "good"}]})) == []
