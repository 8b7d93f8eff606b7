"""Forms of others come in, and those that cannot be read are told where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import Invalid
from models.documents.beginning import first_answers
from models.documents.definition import for_browser
from models.documents.evaluating import evaluate
from models.documents.items import Item
from models.documents.pages import pages_of
from models.documents.questionnaires import every, read, understood
from tests.documents import generated
from tests.documents.forms import SHARED, asks, extension, form, group, shared, when
from tests.documents.test_agreement import FEW

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


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
    (form(asks("a"), modifierExtension=5), "“modifierExtension” is not a list."),
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


def only(item: dict[str, Any], **more: Any) -> Item:
    return read(form(item, **more)).items[0]


def with_extension(name: str, link_id: str = "a", kind: str = "string", base: str = HL7, **value: Any) -> Any:
    return asks(link_id, kind, extension=[extension(base + name, **value)])


TYPES = (
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "choice",
    "open-choice", "attachment", "quantity", "reference",
)
CONTROLS = (
    "radio-button", "check-box", "drop-down", "autocomplete", "text-box", "slider", "spinner", "grid", "table",
    "gtable", "page", "header", "footer",
)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_the_standard_comes_in_and_is_evaluated(kind):
    below = {"item": [asks("b")]} if kind == "group" else {}
    read_in = read(form(asks("a", kind, **below), asks("other")))
    assert read_in.items[0].type == kind
    assert evaluate(read_in, {"other": ["x"]}).complete


@pytest.mark.parametrize("code", CONTROLS)
def test_controls_are_understood(code):
    item = with_extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": code}]})
    assert only(item).control == code
    assert read(form(item)).unsupported == ()


LIMITS = [
    ("minValue", {"valueInteger": 1}, "min_value", 1), ("maxValue", {"valueDecimal": 1.5}, "max_value", 1.5),
    ("minLength", {"valueInteger": 2}, "min_length", 2), ("maxDecimalPlaces", {"valueInteger": 0}, "decimals", 0),
    ("regex", {"valueString": "[a-z]"}, "pattern", "[a-z]"),
    ("mimeType", {"valueCode": "a/b"}, "media_types", ("a/b",)),
    ("maxSize", {"valueDecimal": 100}, "max_size", 100), ("entryFormat", {"valueString": "DD"}, "placeholder", "DD"),
    ("questionnaire-hidden", {"valueBoolean": True}, "hidden", True),
    ("questionnaire-minOccurs", {"valueInteger": 2}, "min_occurs", 2),
    ("questionnaire-sliderStepValue", {"valueInteger": 5}, "step", 5),
    ("questionnaire-choiceOrientation", {"valueCode": "horizontal"}, "vertical", False),
    ("questionnaire-unit", {"valueCoding": {"code": "kg", "display": "kilo"}}, "units",
     ({"unit": "kilo", "code": "kg"},)),
]


@pytest.mark.parametrize(("name", "value", "field", "read_as"), LIMITS, ids=[name for name, *_ in LIMITS])
def test_extensions_of_the_standard_are_read(name, value, field, read_as):
    assert getattr(only(with_extension(name, **value)), field) == read_as


def test_what_is_said_of_an_option_stays_with_it():
    option = {"valueCoding": {"code": "a", "display": "Ay"}, "initialSelected": True, "extension": [
        extension(HL7 + "questionnaire-optionPrefix", valueString="1)"),
        extension(HL7 + "questionnaire-optionExclusive", valueBoolean=True),
        extension(HL7 + "itemWeight", valueDecimal=2)]}
    item = only(asks("a", "open-choice", answerOption=[option], extension=[
        extension(SDC + "openLabel", valueString="Something else")]))
    made = item.options[0]
    assert (made.label, made.initial, made.exclusive, made.score) == ("1) Ay", True, True, 2)
    assert item.open_label == "Something else"


def test_a_value_set_inside_the_form_is_listed_by_expansion_or_by_what_it_includes():
    spelled = {"resourceType": "ValueSet", "id": "v", "url": "urn:v", "compose": {
        "include": [{"system": "s", "concept": [{"code": "a"}, {"code": "b"}]}],
        "exclude": [{"system": "s", "concept": [{"code": "b"}]}]}}
    expanded = {"resourceType": "ValueSet", "id": "w", "expansion": {"contains": [
        {"abstract": True, "code": "all", "contains": [{"system": "s", "code": "c", "display": "Cee"}]}]}}
    items = [asks("x", "choice", answerValueSet="#v"), asks("y", "choice", answerValueSet="urn:v|2"),
             asks("z", "choice", answerValueSet="#w")]
    made = read(form(*items, contained=[spelled, expanded]))
    assert [[one.value["code"] for one in item.options] for item in made.items] == [["a"], ["a"], ["c"]]
    assert made.unsupported == ()


def test_help_belongs_to_its_question():
    helping = {"linkId": "h", "type": "display", "text": "As on the bottle.", "extension": [
        extension(HL7 + "questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "help"}]})]}
    item = only(asks("a", item=[helping]))
    assert (item.help, item.items) == ("As on the bottle.", ())


def test_unit_and_ends_of_a_range_belong_to_their_question_and_are_words_elsewhere():
    below = [{"linkId": code, "type": "display", "text": f"The {code}", "extension": [
        extension(HL7 + "questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": code}]})]}
        for code in ("unit", "lower", "upper")]
    item = only(asks("a", "integer", item=below))
    assert (item.units, item.lower, item.upper, item.items) == (({"unit": "The unit"},), "The lower", "The upper", ())
    assert read(form(asks("a", "integer", item=below))).unsupported == ()
    assert [one.link_id for one in only(group("g", *below)).items] == ["unit", "lower", "upper"]


def test_a_form_or_an_item_can_ask_for_a_signature():
    signs = extension(HL7 + "questionnaire-signatureRequired", valueCodeableConcept={"text": "Client"})
    assert read(form(asks("a"), extension=[signs])).signs
    assert read(form(asks("a", "boolean", extension=[signs]))).signs
    assert not read(form(asks("a"))).signs


UNSUPPORTED = [
    (with_extension("observationLinkPeriod", base=SDC, valueString="x"),
     "“observationLinkPeriod” is kept, not acted upon."),
    (asks("a", modifierExtension=[extension("urn:other/rule", valueBoolean=True)]),
     "“rule” changes what this means in another system. It is kept, not followed."),
    (asks("a", "choice", answerValueSet="https://example.org/countries"),
     "Its answers are a list kept elsewhere (https://example.org/countries). It is answered in one's own words."),
    (with_extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "tab-container"}]}),
     "The control “tab-container” is shown as a usual one."),
    (with_extension("regex", valueString="(?=x)"),
     "The pattern of its answers (regex) is not checked: it uses what is not understood here."),
    (with_extension("calculatedExpression", base=SDC, valueExpression={"language": "text/cql", "expression": "x"}),
     "Its calculation (calculatedExpression) is written in text/cql and is not worked out."),
    (with_extension("calculatedExpression", base=SDC, valueExpression={
        "language": "text/fhirpath", "expression": "answer.memberOf('x')"}),
     "Its calculation (calculatedExpression) is not worked out: the function “memberOf” is not known here."),
    (asks("a", "choice", repeats=True, answerOption=[{"valueString": "x"}], item=[asks("below")]),
     "What stands below it is asked once, not again for each of its answers, and goes with the first of them."),
    (asks("a", "choice", repeats=True, answerOption=[{"valueString": "x"}], extension=[
        extension(HL7 + "questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "drop-down"}]})]),
     "Several answers can be chosen, so it is shown as boxes to tick, not as a list that opens."),
    (asks("a", "choice", answerValueSet="#all"),
     "Its answers are a list kept elsewhere (#all). It is answered in one's own words."),
    (asks("a", "quantity", item=[asks("b", enableWhen=[
        when("a", {"value": 1, "unit": "kg"}, ">", key="answerQuantity")])]),
     "Amounts are not converted between units: conditions and formulas compare those of one unit alone."),
    (asks("a", "reference"), "It refers to a record of another system. It is answered in one's own words."),
]


@pytest.mark.parametrize(("item", "sentence"), UNSUPPORTED, ids=[words[:40] for _, words in UNSUPPORTED])
def test_what_is_not_acted_upon_is_named_and_kept(item, sentence):
    made = read(form(item))
    assert [(one.where, one.words) for one in made.unsupported] == [("a", sentence)]
    assert made.source["item"] == [item]


def test_amounts_of_one_unit_need_no_converting():
    kilo = extension(HL7 + "questionnaire-unit", valueCoding={"code": "kg"})
    below = asks("b", enableWhen=[when("a", {"value": 1, "unit": "kg"}, ">", key="answerQuantity")])
    assert read(form(asks("a", "quantity", extension=[kilo]), below)).unsupported == ()
    assert read(form(asks("a", "quantity"))).unsupported == ()


def test_what_is_not_acted_upon_in_the_form_itself_is_named_without_a_place():
    made = read(form(asks("a"), extension=[extension("urn:x/terminology-server", valueUrl="y")]))
    assert [one.where for one in made.unsupported] == [""]
    assert made.unsupported[0].words == "“terminology-server” is kept, not acted upon."


PATH = "text/fhirpath"
BROKEN = [
    (with_extension("calculatedExpression", base=SDC, valueExpression={"language": PATH, "expression": "1 +"}),
     "Item “a”: Its calculation (calculatedExpression) is no FHIRPath: it ends too early (letter 4)."),
    (with_extension("variable", valueExpression={"name": "v", "language": "text/fhirpath", "expression": "a b"}),
     "Item “a”: Its variable “v” is no FHIRPath: “b” cannot stand here (letter 3)."),
    (with_extension("enableWhenExpression", base=SDC, valueExpression={"language": "text/fhirpath", "expression": "("}),
     "Item “a”: Its condition (enableWhenExpression) is no FHIRPath: it ends too early (letter 2)."),
]


@pytest.mark.parametrize(("item", "sentence"), BROKEN, ids=[words[:40] for _, words in BROKEN])
def test_a_broken_formula_is_told_at_its_letter(item, sentence):
    with pytest.raises(Invalid) as refusal:
        read(form(item))
    assert refusal.value.detail == sentence


def test_a_form_whose_formulas_would_hold_up_the_house_is_refused():
    endless = "%resource.descendants()" + ".select(%resource.descendants())" * 6
    items = [asks(f"q{n}", "choice", answerOption=[{"valueCoding": {"code": "a"}}]) for n in range(60)]
    said = {"language": "text/fhirpath", "expression": endless + ".count()"}
    sums = [asks(f"s{n}", "integer", extension=[extension(SDC + "calculatedExpression", valueExpression=said)])
            for n in range(50)]
    with pytest.raises(Invalid) as refusal:
        read(form(*items, *sums))
    assert refusal.value.detail == "The formulas of this form take too long."


def test_true_and_false_as_text_are_understood():
    assert only(asks("a", repeats="true", required="false")).repeats is True


@pytest.mark.parametrize("strange", [
    {"extension": "x"}, {"extension": [None, 5]}, {"answerOption": [None]}, {"answerOption": "x"},
    {"enableWhen": ["x"]}, {"enableWhen": [{}]}, {"enableWhen": [{"question": ["a"], "operator": "="}]}, {"item": {}},
    {"initial": [5]}, {"item": [None]}, {"_text": 5}, {"text": 5}, {"prefix": 5}, {"maxLength": "x"}, {"type": ["x"]},
    {"answerValueSet": 5}, {"linkId": 5}, {"answerOption": [{"valueCoding": "x"}]},
    {"answerOption": [{"valueDecimal": []}]},
    {"extension": [{"url": HL7 + "questionnaire-itemControl", "valueCodeableConcept": "x"}]},
    {"extension": [{"url": HL7 + "minValue", "valueInteger": {}}]},
    {"extension": [{"url": HL7 + "regex", "valueString": 5}]},
    {"extension": [{"url": SDC + "calculatedExpression", "valueExpression": 5}]},
    {"extension": [{"url": HL7 + "questionnaire-unit", "valueCoding": "kg"}]},
    {"extension": [{"url": HL7 + "variable", "valueExpression": {"name": 5, "expression": 5}}]},
], ids=str)
def test_whatever_stands_in_a_form_it_is_read_or_refused(strange):
    try:
        made = read(form({**asks("a", "choice"), **strange}))
    except Invalid as refusal:
        assert refusal.detail.endswith(".")
    else:
        assert evaluate(made, {"a": ["x"]}).values
        assert for_browser(made)


@pytest.mark.parametrize("strange", [{"contained": "x"}, {"contained": [5, {"resourceType": "ValueSet", "compose": 5}]},
                                     {"extension": [{"url": 5}]}, {"item": "x"}, {"title": 5}, {"url": 5}], ids=str)
def test_whatever_stands_around_the_items_it_is_read_or_refused(strange):
    try:
        read({**form(asks("a")), **strange})
    except Invalid as refusal:
        assert refusal.detail.endswith(".")


@settings(FEW, max_examples=150)
@given(st.data())
def test_a_form_spoiled_anywhere_is_read_or_refused(data):
    source = data.draw(generated.forms()) if data.draw(st.booleans()) else shared(data.draw(st.sampled_from(SHARED)))
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(source, data.draw)
    try:
        made = understood(source)
    except Invalid as refusal:
        assert refusal.detail.endswith(".")
    else:
        evaluate(made, {})
        assert for_browser(made) and first_answers(made) is not None and pages_of(made)


def spoil(place: Any, draw: Any) -> None:
    """Something in it becomes something else."""
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        deeper = isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 4))
        if not deeper:
            place[key] = draw(st.sampled_from([None, 5, -1, 1.5, True, "x", "", [], {}, ["x"], [None], [{}], {"x": 1}]))
            return
        place = place[key]
