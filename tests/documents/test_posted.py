"""A page that a browser without a script posts: read as the answers that the same controls give with one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from models.documents.items import Item, Option
from models.documents.places import UNSAID
from models.documents.posted import read_posted

NEW_YORK = ZoneInfo("America/New_York")
ONE, TWO = {"code": "1", "display": "One"}, {"code": "2", "display": "Two"}
OPTIONS = (Option(ONE, "One"), Option(TWO, "Two"))


def read(item, *values, own="", unit=""):
    posted = {f"a/{item.link_id}": list(values), f"o/{item.link_id}": [own], f"u/{item.link_id}": [unit]}
    return read_posted((item,), posted, [item.link_id], NEW_YORK).get(item.link_id)


def test_each_type_is_read_as_its_values():
    assert read(Item("a", "boolean"), "true") == [True] and read(Item("a", "boolean"), "false") == [False]
    assert read(Item("a", "integer"), "7") == [7] and read(Item("a", "decimal"), "7,5") == [7.5]
    assert read(Item("a", "time"), "22:45") == ["22:45:00"]
    assert read(Item("a", "dateTime"), "2026-12-01T14:30") == ["2026-12-01T14:30:00-05:00"]
    assert read(Item("a", "reference"), "Dr. Lee") == [{"display": "Dr. Lee"}]
    kilo = {"unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    assert read(Item("a", "quantity", units=(kilo,)), "61.5", unit="0") == [{"value": 61.5, **kilo}]


def test_options_come_by_their_number_and_an_answer_of_ones_own_beside_them():
    assert read(Item("a", "choice", options=OPTIONS), "1") == [TWO]
    assert read(Item("a", "choice", repeats=True, options=OPTIONS), "0", "1") == [ONE, TWO]
    assert read(Item("a", "open-choice", options=OPTIONS), "own", own="A poster") == ["A poster"]
    for nonsense in ("2", "-1", "x", "²"):
        assert read(Item("a", "choice", options=OPTIONS), nonsense) == []


def test_what_cannot_be_read_stays_as_it_was_typed_and_nothing_is_no_answer():
    assert read(Item("a", "integer"), "seven") == ["seven"]
    assert read(Item("a", "string"), "  ") == [] and read(Item("a", "boolean"), "maybe") == []
    assert read(Item("a", "attachment"), "{no json") == []


def test_each_amount_has_the_unit_beside_it():
    kilo, gram = {"unit": "kg"}, {"unit": "g"}
    item = Item("a", "quantity", repeats=True, units=(kilo, gram))
    posted = {"a/a": ["2", "", "5"], "u/a": ["0", "0", "1"]}
    values = read_posted((item,), posted, ["a"], NEW_YORK)["a"]
    assert values == [{"value": 2, **kilo}, {"value": 5, **gram}]


def test_what_nobody_answers_by_hand_is_not_read():
    for item in (Item("a", "integer", calculated="1+1"), Item("a", "string", read_only=True), Item("a", "display")):
        assert read(item, "1") is None


def test_an_answer_of_ones_own_that_is_chosen_and_not_written_is_kept_as_that():
    own = Item("a", "open-choice", options=OPTIONS)
    assert read(own, "own") == [UNSAID] and read(own, "own", own="  ") == [UNSAID]
    assert read(Item("a", "open-choice", repeats=True, options=OPTIONS), "0", "own") == [ONE, UNSAID]
