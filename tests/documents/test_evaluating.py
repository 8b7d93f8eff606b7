"""What is asked, what counts, and when a form is complete."""

from __future__ import annotations

from models.documents.evaluating import NOTHING
from tests.documents.forms import asks, form, group, shared, state_of, when


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


def test_a_choice_is_kept_as_the_form_offers_it():
    state = state_of(shared("phq9"), {"%2F44250-9": [{"code": "LA6568-5", "display": "Something else"}]})
    assert state.values["%2F44250-9"][0]["display"] == "Not at all"
