"""How answers stand in fields and how they read."""

from __future__ import annotations

from types import SimpleNamespace

from models.documents.drawing import answer_words, blank_instance, is_chosen, own_answers, side_by_side, typed_value
from models.documents.items import Item, Option

CODED = (Option({"system": "s", "code": "1", "display": "One"}, "One"), Option({"system": "s", "code": "2"}, "Two"))


def test_an_option_is_chosen_whatever_words_the_answer_brings_along():
    assert is_chosen(CODED[0].value, [{"code": "1"}]) and not is_chosen(CODED[0].value, [{"code": "2"}])


def test_answers_of_ones_own_are_those_that_are_no_option():
    assert own_answers(Item("a", "open-choice", options=CODED), [{"code": "1"}, "A poster"]) == ["A poster"]


def test_moments_stand_in_fields_as_browsers_want_them_and_read_in_words():
    moment, time = Item("a", "dateTime"), Item("a", "time")
    assert typed_value(moment, "2026-12-01T14:30:00-05:00") == "2026-12-01T14:30"
    assert typed_value(time, "22:45:00") == "22:45" and typed_value(time, None) == ""
    assert answer_words(moment, ["2026-12-01T14:30:00-05:00"]) == ["Tuesday, December 1, 2026, 2:30 PM"]
    assert answer_words(Item("a", "date"), ["1988-04-09", "1988"]) == ["Saturday, April 9, 1988", "1988"]
    assert answer_words(time, ["22:45:00"]) == ["10:45 PM"]


def test_numbers_read_with_their_unit_and_truths_as_yes_and_no():
    assert answer_words(Item("a", "integer", units=({"unit": "hours"},)), [5]) == ["5 hours"]
    assert answer_words(Item("a", "boolean"), [True, False]) == ["Yes", "No"]


def test_a_few_short_options_stand_beside_each_other():
    few = tuple(Option(one, one) for one in ("Never", "Some nights", "Every night"))
    assert side_by_side(Item("a", "choice", options=few))
    assert not side_by_side(Item("a", "choice", options=(*few, Option("x", "x" * 40))))
    assert not side_by_side(Item("a", "choice", repeats=True, options=few))


def test_a_blank_entry_carries_a_mark_in_place_of_its_number():
    group = Item("meds", "group", repeats=True, items=(Item("dose", "string"),))
    blank = blank_instance(SimpleNamespace(path="meds", item=group))
    assert blank.path == "meds:§" and [one.path for one in blank.children] == ["meds:§/dose"]
