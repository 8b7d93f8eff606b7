"""Whatever a form asks can be answered where it is drawn: generated forms, and those that others made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents.beginning import first_answers
from models.documents.evaluating import evaluate
from models.documents.places import every_node
from models.documents.questionnaires import read
from tests.documents import generated
from tests.documents.drawn import draw
from tests.documents.forms import SHARED, asks, form, group, shared
from tests.documents.sampler import control
from tests.documents.test_agreement import FEW


def is_hidden(node):
    return node.item.hidden or (node.parent is not None and is_hidden(node.parent))


def check(source, answers):
    """Each question that is not hidden stands there once, has a control, and the control a name."""
    state = evaluate(read(source), answers)
    drawn = draw(state.nodes)
    nodes = [one for one in every_node(state.nodes) if not is_hidden(one)]
    asked = [one.path for one in nodes if one.item.type not in ("group", "display")]
    assert sorted(drawn.controls) == sorted(asked)
    assert [path for path in asked if not drawn.controls[path]] == []
    assert drawn.nameless == []
    assert len(drawn.places) == len(set(drawn.places)), "no place stands there twice"


@FEW
@given(st.data())
def test_generated_forms_can_be_answered_where_they_are_drawn(data):
    source = data.draw(generated.forms())
    for one in source["item"]:
        if one["type"] == "group":
            code = data.draw(st.sampled_from(["list", "table", "gtable", "grid"]))
            one.setdefault("extension", []).append(control(code))
    check(source, data.draw(generated.answers(source)))


@pytest.mark.parametrize("name", SHARED)
def test_forms_that_others_made_can_be_answered_where_they_are_drawn(name):
    source = shared(name)
    check(source, first_answers(read(source)))


@pytest.mark.parametrize("kind", ["choice", "open-choice"])
def test_a_choice_from_a_list_kept_elsewhere_has_a_field_to_write_in(kind):
    far = asks("a", kind, answerValueSet="https://example.org/countries")
    check(form(far, {**far, "linkId": "b", "repeats": True}), {"b": ["Norway", "Chad"]})
    check(form(group("g", group("r", far), extension=[control("grid")])), {})
