"""How answers stand in fields and how they read."""

from __future__ import annotations

from types import SimpleNamespace

from models.documents.drawing import (
    answer_words,
    are_alike,
    blank_instance,
    fits_grid,
    is_chosen,
    is_listed,
    is_whole,
    own_answers,
    side_by_side,
    typed_value,
)
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


def test_a_long_list_opens_unless_the_form_wants_it_otherwise():
    many = tuple(Option(str(one), str(one)) for one in range(13))
    assert is_listed(Item("a", "choice", options=many)) and not is_listed(Item("a", "choice", options=many[:12]))
    assert not is_listed(Item("a", "choice", control="radio-button", options=many))
    assert is_listed(Item("a", "choice", control="drop-down", options=many[:2]))
    assert not side_by_side(Item("a", "choice", vertical=True, options=many[:3]))


def test_a_choice_whose_options_are_elsewhere_is_written_into_a_field():
    assert is_whole(Item("a", "choice", options=CODED)) and is_whole(Item("a", "boolean"))
    assert not is_whole(Item("a", "choice")) and not is_whole(Item("a", "open-choice"))


def test_only_questions_that_fit_stand_in_tables():
    one, two = Item("a", "choice", options=CODED), Item("b", "choice", options=CODED)
    assert are_alike([one, two, Item("h", "string", hidden=True)]) and not are_alike([])
    for odd in (Item("b", "choice", options=CODED[:1]), Item("b", "choice", options=CODED, items=(one,)),
                Item("b", "choice", options=CODED, help="x"), Item("b", "choice", options=CODED, read_only=True)):
        assert not are_alike([one, odd])
    row = Item("r", "group", items=(Item("x", "string", text="Age"),))
    assert fits_grid(Item("g", "group", items=(row, row))) and not fits_grid(Item("g", "group", items=(one,)))
    for odd in (Item("x", "string", text="Year"), Item("x", "display", text="Age"),
                Item("x", "string", text="Age", repeats=True), Item("x", "string", text="Age", items=(one,))):
        assert not fits_grid(Item("g", "group", items=(row, Item("r", "group", items=(odd,)))))
    assert not fits_grid(Item("g", "group", items=(Item("r", "group", repeats=True, items=row.items),)))


def test_a_blank_entry_begins_as_the_form_says():
    group = Item("meds", "group", repeats=True, items=(Item("dose", "string", initial=("daily",)),))
    assert blank_instance(SimpleNamespace(path="meds", item=group)).children[0].values == ["daily"]


def test_a_blank_entry_carries_a_mark_in_place_of_its_number():
    group = Item("meds", "group", repeats=True, items=(Item("dose", "string"),))
    blank = blank_instance(SimpleNamespace(path="meds", item=group))
    assert blank.path == "meds:§" and [one.path for one in blank.children] == ["meds:§/dose"]
