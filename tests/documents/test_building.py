"""Operations of the form builder: each does what it says, is taken back by what it gives, and spares what it does not
know."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import Conflict, Invalid
from models.documents.building import apply
from models.documents.describing import described
from models.documents.draft_faults import faults
from models.documents.elements import CONTROL, MARKDOWN, SIGNATURE, extension, extensions
from models.documents.evaluating import evaluate
from models.documents.questionnaires import read
from models.documents.trees import find, walk
from tests.documents.talking import SCORE, STRANGE, TALK, WORDS, questionnaires

Json = dict[str, Any]
KINDS = ("string", "text", "number", "boolean", "single", "several", "open", "date", "file", "heading", "page",
         "words", "signature", "total")


def done(operation: Json, form: Json = TALK) -> Json:
    """The form after it; taking it back gives the form as it was."""
    before = copy.deepcopy(form)
    made, back = apply(form, operation)
    assert form == before
    again, forth = apply(made, back)
    assert again == form
    assert apply(again, forth)[0] == made
    return made


def changed(item: str, form: Json = TALK, **fields: Any) -> Json:
    return find(done({"do": "change", "item": item, "fields": fields}, form), item)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_added_as_the_standard_spells_it_and_shown_as_that_kind(kind: str):
    made = done({"do": "add", "item": {"id": "new", "kind": kind, "text": "Say"}, "under": "you", "at": 1})
    assert [one["id"] for one in described(made)["items"][0]["items"]] == ["why", "new", "before", "when"]
    shown = described(made)["items"][0]["items"][1]
    assert (shown["kind"], shown["text"]) == (kind, "Say")


def test_words_and_help_are_kept_as_markdown_beside_their_text():
    words = {"do": "add", "item": {"id": "w", "kind": "words", "text": "Read **this**."}, "under": None, "at": 0}
    item = find(done(words), "w")
    assert item["type"] == "display"
    assert extension(item["_text"], MARKDOWN) == "Read **this**."
    helped = changed("why", help="In *your* words.")
    assert extension(helped["item"][0], CONTROL)["coding"][0]["code"] == "help"
    assert described(done({"do": "change", "item": "why", "fields": {"help": "Short."}}))["items"][0]["items"][0][
        "help"] == "Short."


def test_help_is_taken_away_again_and_never_counts_as_a_question():
    form = done({"do": "change", "item": "why", "fields": {"help": "In your words."}})
    assert described(form)["items"][0]["items"][0]["items"] == []
    assert "item" not in changed("why", form, help="")


def test_a_heading_with_help_takes_questions_where_the_builder_shows_them():
    form = done({"do": "change", "item": "you", "fields": {"help": "About you."}})
    moved = done({"do": "move", "item": "sleep", "under": "you", "at": 0}, form)
    assert [one["id"] for one in described(moved)["items"][0]["items"]][:2] == ["sleep", "why"]


def test_what_is_required_and_how_long():
    assert changed("when", required=True, max_length=40) == {
        **find(TALK, "when"), "required": True, "maxLength": 40}
    assert changed("why", required=False)["required"] is False


def test_numbers_have_units_and_limits():
    add = {"do": "add", "item": {"id": "n", "kind": "number", "unit": "hours", "min": 0, "max": 24, "decimals": 1},
           "under": None, "at": 9}
    shown = described(done(add))["items"][-1]
    assert {name: shown[name] for name in ("unit", "min", "max", "decimals")} == {
        "unit": "hours", "min": 0, "max": 24, "decimals": 1}
    assert find(done(add), "n")["type"] == "decimal"


def test_a_file_says_what_it_may_be_and_how_large():
    add = {"do": "add", "item": {"id": "f", "kind": "file", "media": ["application/pdf"], "max_size": 5_000_000},
           "under": None, "at": 0}
    shown = described(done(add))["items"][0]
    assert (shown["media"], shown["max_size"]) == (["application/pdf"], 5_000_000)


def test_a_signature_says_that_it_is_needed():
    add = {"do": "add", "item": {"id": "s", "kind": "signature", "text": "I agree."}, "under": None, "at": 9}
    assert extensions(find(done(add), "s"), SIGNATURE)


def test_options_keep_their_codes_and_what_came_in_with_them():
    form = copy.deepcopy(TALK)
    form["item"][1]["answerOption"][1]["valueCoding"]["system"] = "http://loinc.org"
    item = changed("sleep", form, options=[
        {"was": 1, "label": "Poorly", "score": 3, "risk": True}, {"was": 0, "label": "Well", "score": 0},
        {"label": "Not at all", "score": 4, "code": "none"},
    ])
    assert [one["valueCoding"] for one in item["answerOption"]] == [
        {"system": "http://loinc.org", "code": "badly", "display": "Poorly"}, {"code": "well", "display": "Well"},
        {"code": "none", "display": "Not at all"}]
    shown = described({"item": [item]})["items"][0]["options"]
    assert [(one["score"], one["risk"]) for one in shown] == [(3, True), (0, False), (4, False)]


def test_an_option_of_plain_words_takes_those_along_that_wait_for_it():
    form: Json = {"item": [
        {"linkId": "a", "type": "choice", "answerOption": [{"valueString": "No"}, {"valueString": "Yes"}]},
        {"linkId": "b", "type": "string",
         "enableWhen": [{"question": "a", "operator": "=", "answerString": "Yes"}]},
    ]}
    made = done({"do": "change", "item": "a", "fields": {"options": [{"was": 1, "label": "Yes, often"}]}}, form)
    assert find(made, "b")["enableWhen"][0]["answerString"] == "Yes, often"


def test_options_that_are_a_list_elsewhere_stay():
    form: Json = {"item": [{"linkId": "a", "type": "choice", "answerValueSet": "#set"}]}
    with pytest.raises(Invalid):
        apply(form, {"do": "change", "item": "a", "fields": {"options": []}})


@pytest.mark.parametrize("question, operator, answer, written", [
    ("before", "=", True, {"answerBoolean": True}),
    ("sleep", "=", "|badly", {"answerCoding": {"code": "badly", "display": "Badly"}}),
    ("why", "exists", True, {"answerBoolean": True}),
    ("why", "!=", "x", {"answerString": "x"}),
])
def test_conditions_are_written_for_the_kind_of_their_question(
    question: str, operator: str, answer: Any, written: Json
):
    one = {"question": question, "operator": operator, "answer": answer}
    item = changed("when", conditions=[one])
    assert item["enableWhen"] == [{"question": question, "operator": operator, **written}]
    shown = described({"item": [item]})["items"][0]["conditions"][0]
    assert (shown["question"], shown["operator"], shown["answer"]) == (question, operator, answer)


def test_several_conditions_are_any_or_all_of_them():
    two = [{"question": "before", "operator": "=", "answer": True, "was": 0},
           {"question": "why", "operator": "exists", "answer": True}]
    assert changed("when", conditions=two)["enableBehavior"] == "all"
    assert changed("when", conditions=two, any=True)["enableBehavior"] == "any"


def test_a_condition_of_another_kind_stays_as_it_came_in():
    form = copy.deepcopy(TALK)
    kept = {"question": "weight", "operator": ">", "answerQuantity": {"value": 50, "unit": "kg"}}
    find(form, "when")["enableWhen"] = [kept]
    shown = described(form)["items"][0]["items"][2]["conditions"]
    assert changed("when", form, conditions=shown)["enableWhen"] == [kept]


def test_removing_a_question_takes_the_conditions_that_wait_for_it():
    made = done({"do": "remove", "item": "before"})
    assert "enableWhen" not in find(made, "when")


def test_a_copy_stands_behind_and_its_conditions_wait_for_the_copies():
    ids = {"you": "you2", "why": "why2", "before": "before2", "when": "when2"}
    made = done({"do": "duplicate", "item": "you", "ids": ids})
    assert [one["linkId"] for one in made["item"]] == ["you", "you2", "sleep", "weight"]
    assert find(made, "when2")["enableWhen"][0]["question"] == "before2"


def test_a_total_adds_up_what_was_chosen():
    total = {"id": "t", "kind": "total", "text": "Score", "sums": ["sleep"],
             "bands": [{"least": 0, "most": 1, "words": "fine"}]}
    form = done({"do": "add", "item": total, "under": None, "at": 9})
    assert described(form)["items"][-1]["sums"] == ["sleep"]
    assert described(form)["items"][-1]["bands"] == [{"least": 0, "most": 1, "words": "fine"}]
    paper = read(form)
    assert evaluate(paper, {"sleep": [{"code": "badly", "display": "Badly"}]}).values["t"] == [2]
    assert evaluate(paper, {}).values.get("t", []) == []


def test_a_total_adds_up_numbers_as_well():
    hours = {"id": "h", "kind": "number", "text": "Hours", "max": 24, "decimals": 1}
    total = {"id": "t", "kind": "total", "text": "Score", "sums": ["sleep", "h"]}
    form = TALK
    for item in (hours, total):
        form = done({"do": "add", "item": item, "under": None, "at": 9}, form)
    badly, paper = {"sleep": [{"code": "badly", "display": "Badly"}]}, read(form)
    state = evaluate(paper, {**badly, "h": [6.5]})
    assert state.values["t"] == [8.5]
    assert [(one.value, one.most, one.missing) for one in state.scores] == [(8.5, 26, 0)]
    assert evaluate(paper, {"h": [3]}).scores[0].value == 3
    assert [one for one in faults(form) if one.item == "t"] == []


@pytest.mark.parametrize("was, kind, type, repeats", [
    ("single", "several", "choice", True), ("several", "single", "choice", None),
    ("single", "open", "open-choice", None),
    ("several", "open", "open-choice", True), ("open", "single", "choice", None), ("string", "text", "text", None),
    ("text", "string", "string", None),
])
def test_a_question_becomes_one_of_a_kind_that_is_alike(was: str, kind: str, type: str, repeats: bool | None):
    held = {"max_length": 9} if type in ("string", "text") else {"options": [{"label": "Well", "code": "well"}]}
    add = {"do": "add", "item": {"id": "n", "kind": was, "text": "So?", "help": "Say.", **held}, "under": None, "at": 9}
    before = done(add)
    made = find(done({"do": "change", "item": "n", "fields": {"kind": kind}}, before), "n")
    assert (made["type"], made.get("repeats")) == (type, repeats)
    rest = {name: value for name, value in find(before, "n").items() if name not in ("type", "repeats")}
    assert {name: value for name, value in made.items() if name not in ("type", "repeats")} == rest


def test_a_menu_that_becomes_several_choices_is_a_menu_no_more():
    menu = done({"do": "change", "item": "sleep", "fields": {"control": "drop-down"}})
    assert extensions(changed("sleep", menu, kind="several"), CONTROL) == []


def test_a_score_no_longer_adds_up_what_was_removed():
    twice = done({"do": "duplicate", "item": "sleep", "ids": {"sleep": "nap"}})
    total = {"id": "t", "kind": "total", "text": "Score", "sums": ["sleep", "nap"]}
    form = done({"do": "add", "item": total, "under": None, "at": 9}, twice)
    assert described(done({"do": "remove", "item": "nap"}, form))["items"][-1]["sums"] == ["sleep"]


def test_the_form_is_called_and_explained():
    made = done({"do": "form", "fields": {"title": "Talk to us", "description": "Ten minutes."}})
    assert (made["title"], made["description"]) == ("Talk to us", "Ten minutes.")


def test_several_are_done_together_or_not_at_all():
    both = {"do": "several", "operations": [{"do": "remove", "item": "sleep"}, {"do": "remove", "item": "gone"}]}
    with pytest.raises(Conflict):
        apply(TALK, both)
    moved = {"do": "several", "operations": [
        {"do": "change", "item": "when", "fields": {"conditions": []}},
        {"do": "move", "item": "before", "under": None, "at": 9}]}
    assert [one["linkId"] for one in done(moved)["item"]][-1] == "before"


@pytest.mark.parametrize("operation, refusal", [
    ({"do": "fly"}, Invalid),
    ({"do": "change", "item": "weight", "fields": {"text": "Mass"}}, Invalid),
    ({"do": "change", "item": "why", "fields": {"options": []}}, Invalid),
    ({"do": "change", "item": "gone", "fields": {}}, Conflict),
    ({"do": "change", "item": "why", "fields": {"kind": "single"}}, Invalid),
    ({"do": "change", "item": "before", "fields": {"kind": "string"}}, Invalid),
    ({"do": "move", "item": "you", "under": "you", "at": 0}, Invalid),
    ({"do": "move", "item": "sleep", "under": "why", "at": 0}, Invalid),
    ({"do": "add", "item": {"id": "why", "kind": "text"}, "under": None, "at": 0}, Conflict),
    ({"do": "add", "item": {"id": "new", "kind": "planet"}, "under": None, "at": 0}, Invalid),
    ({"do": "duplicate", "item": "sleep", "ids": {"sleep": "why"}}, Conflict),
    ({"do": "form", "fields": {"status": "active"}}, Invalid),
    ({"do": "change", "item": "when", "fields": {"conditions": [{"question": "why", "operator": "~"}]}}, Invalid),
])
def test_what_cannot_be_is_said(operation: Json, refusal: type[Exception]):
    with pytest.raises(refusal):
        apply(TALK, operation)


def test_what_is_kept_as_it_came_in_moves_and_goes_as_a_whole():
    form = copy.deepcopy(TALK)
    grid = {"url": CONTROL, "valueCodeableConcept": {"coding": [{"code": "grid"}]}}
    form["item"][0]["extension"] = [grid]
    assert described(form)["items"][0]["items"][0]["locked"]
    done({"do": "move", "item": "you", "under": None, "at": 2}, form)
    done({"do": "remove", "item": "you"}, form)
    for one in ({"do": "remove", "item": "why"}, {"do": "move", "item": "why", "under": None, "at": 0},
                {"do": "change", "item": "why", "fields": {"text": "Hm"}},
                {"do": "add", "item": {"id": "n", "kind": "text"}, "under": "you", "at": 0}):
        with pytest.raises(Invalid):
            apply(form, one)


def test_a_form_has_no_end_of_questions_and_no_bottomless_headings():
    form: Json = {"item": [{"linkId": str(number), "type": "string"} for number in range(2_000)]}
    with pytest.raises(Invalid):
        apply(form, {"do": "add", "item": {"id": "more", "kind": "text"}, "under": None, "at": 0})
    deep: Json = {"item": []}
    for number in range(13):
        deep = {"item": [{"linkId": str(number), "type": "group", **deep}]}
    with pytest.raises(Invalid):
        apply(deep, {"do": "form", "fields": {"title": "Deep"}})


FIELDS = st.one_of(
    st.builds(lambda words: {"text": words}, WORDS), st.builds(lambda words: {"help": words}, WORDS),
    st.builds(lambda kind: {"kind": kind}, st.sampled_from(KINDS)),
    st.builds(lambda on: {"required": on}, st.booleans()), st.just({"conditions": []}), st.just({"any": True}),
    st.just({"options": [{"was": 0, "label": "Other", "score": 4, "risk": True}]}), st.just({"max_length": 9}),
    st.just({"decimals": 2, "min": 0.5}), st.just({"media": ["image/png"], "max_size": 10}),
)


@given(questionnaires(), st.data())
def test_any_operation_is_taken_back_and_spares_what_it_does_not_know(form: Json, data: st.DataObject):
    before = copy.deepcopy(form)
    operation = data.draw(_operations(form))
    try:
        made, back = apply(form, operation)
    except (Invalid, Conflict):
        assert form == before
        return
    assert form == before
    assert apply(made, json.loads(json.dumps(back)))[0] == form
    there = {one["linkId"]: one for one in walk(made)}
    for item in walk(form):
        if item["linkId"] in there:
            _ensure_spared(item, there[item["linkId"]])


@st.composite
def _operations(draw: st.DrawFn, form: Json) -> Json:
    ids = [one["linkId"] for one in walk(form)]
    item, at = draw(st.sampled_from(ids)), draw(st.integers(0, 12))
    under = draw(st.sampled_from([None, *ids]))
    return draw(st.sampled_from([
        {"do": "add", "item": {"id": "new", "kind": draw(st.sampled_from(KINDS)), "text": draw(WORDS)}, "under": under,
         "at": at},
        {"do": "move", "item": item, "under": under, "at": at}, {"do": "remove", "item": item},
        {"do": "duplicate", "item": item, "ids": {one: f"copy-{one}" for one in ids}},
        {"do": "change", "item": item, "fields": draw(FIELDS)}, {"do": "form", "fields": {"title": draw(WORDS)}},
    ]))


KNOWN = {"http://hl7.org/fhir/StructureDefinition/" + name for name in (
    "minValue", "maxDecimalPlaces", "mimeType", "maxSize")} | {SCORE, MARKDOWN}


def _ensure_spared(item: Json, after: Json) -> None:
    for name in ("code", "definition", "prefix", "x-unknown"):
        assert after.get(name) == item.get(name)
    strange = [one for one in item.get("extension", ()) if one["url"] not in KNOWN]
    assert [one for one in after.get("extension", ()) if one["url"] not in KNOWN] == strange


@given(STRANGE)
def test_strange_parts_of_the_form_itself_survive(strange: Json):
    form = {**TALK, **strange, "contained": [{"resourceType": "ValueSet", "id": "set"}]}
    made = done({"do": "form", "fields": {"title": "New"}}, form)
    assert {**made, "title": "Talk"} == form
