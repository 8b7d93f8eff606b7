"""What is told of a draft before it is published, each with the item it is about."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from models.core.errors import Conflict
from models.documents.building import apply
from models.documents.draft_faults import faults
from models.documents.publishing import publish
from tests.documents.drafts import a_draft, page_of
from tests.documents.forms import SHARED, shared
from tests.documents.talking import TALK, option

READY = Path(__file__).parents[2] / "models" / "documents" / "ready"


def said(form, kind="intake"):
    return [(one.item, one.words, one.blocks) for one in faults(form, kind)]


def after(*operations, form=TALK):
    for one in operations:
        form, _ = apply(form, one)
    return said(form)


def add(kind, **more):
    return {"do": "add", "item": {"id": "new", "kind": kind, "text": "New", **more}, "under": None, "at": 99}


def test_a_form_that_is_fine_says_nothing():
    assert said(TALK) == []


@pytest.mark.parametrize("path", sorted(READY.glob("*.json")), ids=lambda path: path.stem)
def test_nothing_keeps_what_comes_ready_from_being_published(path):
    assert [one for one in said(json.loads(path.read_text())) if one[2]] == []


@pytest.mark.parametrize("name", SHARED)
def test_nothing_keeps_what_others_made_from_being_published(name):
    form = shared(name)
    assert [one for one in said({"title": "Given", **form}) if one[2]] == []


def test_an_empty_form_says_so():
    assert said({"resourceType": "Questionnaire"}) == [
        ("", "The form has no title.", True), ("", "This form asks nothing yet. Add a question or a text.", True)]


@pytest.mark.parametrize("operation, words", [
    (add("single"), "“New” has nothing to choose from."),
    (add("single", options=[{"label": "Yes"}, {"label": " "}]), "“New” has an option without words."),
    ({**add("string"), "item": {"id": "new", "kind": "string"}}, "A question without words."),
    (add("number", min=5, max=1), "“New” cannot be answered: its least is more than its most."),
    (add("total"), "“New” adds up nothing, or questions that are gone. Choose them again."),
    (add("total", sums=["gone"]), "“New” adds up nothing, or questions that are gone. Choose them again."),
    (add("total", sums=["why"]), "“New” adds up questions whose options have no score."),
    (add("total", sums=["sleep"], bands=[{"least": 5, "most": 1, "words": "x"}]),
     "“New” has a range that ends before it begins."),
    (add("string", conditions=[{"question": "gone", "operator": "exists", "answer": True}]),
     "“New” waits for the answer of a question that is not there."),
    (add("string", conditions=[{"question": "new", "operator": "exists", "answer": True}]),
     "“New” waits for its own answer."),
    (add("string", conditions=[{"question": "sleep", "operator": "=", "answer": "|never"}]),
     "“New” waits for an answer that cannot be given."),
    (add("string", conditions=[{"question": "why", "operator": "=", "answer": ""}]),
     "“New” waits for an answer that cannot be given."),
])
def test_what_blocks_is_said_with_the_question(operation, words):
    assert ("new", words, True) in after(operation)


def test_what_only_looks_odd_does_not_block():
    moved = {"do": "move", "item": "before", "under": None, "at": 9}
    assert after(moved) == [("when", "“When?” waits for “Have you been in therapy?”, which comes later.", False)]
    twice = {"do": "change", "item": "sleep", "fields": {"options": [{"label": "Well"}, {"label": "well"}]}}
    assert after(twice) == [("sleep", "“How do you sleep?” has two options with the same words.", False)]
    assert said(TALK, "consent") == [
        ("", "Nobody signs this consent. Add a signature, if somebody should.", False)]


def test_two_questions_that_wait_for_each_other_are_told():
    form = copy.deepcopy(TALK)
    form["item"][1]["enableWhen"] = [{"question": "new", "operator": "exists", "answerBoolean": True}]
    circle = add("string", conditions=[{"question": "sleep", "operator": "exists", "answer": True}])
    assert any("depends on it" in words and blocks for _, words, blocks in after(circle, form=form))


def test_a_condition_that_leaves_out_the_system_means_the_code():
    form = copy.deepcopy(TALK)
    form["item"][1]["answerOption"] = [{"valueCoding": {**option("well", "Well")["valueCoding"], "system": "urn:x"}}]
    form["item"][0]["enableWhen"] = [{"question": "sleep", "operator": "=", "answerCoding": {"code": "well"}}]
    assert [one for one in said(form) if one[2]] == []


async def test_a_draft_with_faults_is_not_published(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "owner", form)
    await page.does(**add("single"))
    with pytest.raises(Conflict, match="draft-faults") as refused:
        await cast.inside(lambda: publish(page.actor, form.id))
    assert "“New” has nothing to choose from." in refused.value.detail
    await page.does(do="remove", item="new")
    assert (await cast.inside(lambda: publish(page.actor, form.id))).number == 1
