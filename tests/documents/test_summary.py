"""A form with its answers as rows to read."""

from __future__ import annotations

from models.documents.summary import rows_of
from tests.documents.forms import asks, extension, form, group, state_of, when

UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"


def told(source, answers, **more):
    return [(row.kind, row.text, row.answers, row.depth) for row in rows_of(state_of(source, answers), **more)]


def test_what_was_asked_stands_with_what_was_answered():
    source = form(
        group("About you", asks("Born", "date", prefix="1."), asks("Well", "boolean"), asks("Left out")),
        {"linkId": "w", "type": "display", "text": "Read this"},
    )
    answers = {"About%20you/Born": ["2008-05-03"], "About%20you/Well": [False]}
    rows = [
        ("heading", "About you", (), 0), ("question", "1. Born", ("3 May 2008",), 1), ("question", "Well", ("No",), 1),
        ("question", "Left out", (), 1),
    ]
    assert told(source, answers) == rows
    assert told(source, answers, with_words=True) == [*rows, ("words", "Read this", (), 0)]


def test_what_is_not_asked_or_hidden_is_left_out():
    hidden = extension("http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", valueBoolean=True)
    source = form(asks("a", "boolean"), asks("b", enableWhen=[when("a", True)]), asks("c", extension=[hidden]))
    assert told(source, {"a": [False], "b": ["x"], "c": ["y"]}) == [("question", "a", ("No",), 0)]


def test_each_instance_has_its_heading():
    source = form(group("Medicine", asks("Name"), repeats=True))
    assert told(source, {"Medicine:1/Name": ["A"], "Medicine:4/Name": ["B"]}) == [
        ("heading", "Medicine 1", (), 0), ("question", "Name", ("A",), 1),
        ("heading", "Medicine 2", (), 0), ("question", "Name", ("B",), 1),
    ]


def test_answers_read_as_one_says_them():
    source = form(
        asks("weight", "decimal", extension=[extension(UNIT, valueCoding={"code": "kg", "display": "kg"})]),
        asks("at", "dateTime"), asks("month", "date"), asks("size", "quantity"), asks("scan", "attachment"),
        asks("who", "reference"), asks("many", "choice", repeats=True, answerOption=[
            {"valueCoding": {"code": "a", "display": "Ay"}}, {"valueString": "B"}]),
    )
    answers = {
        "weight": [70.5], "at": ["2026-11-29T14:30:00Z"], "month": ["2026-11"], "size": [{"value": 3, "unit": "m"}],
        "scan": [{"file": "f", "title": "card.jpg"}], "who": [{"display": "Dr. Sol"}], "many": [{"code": "a"}, "B"],
    }
    assert [row[2] for row in told(source, answers)] == [
        ("70.5 kg",), ("29 November 2026, 14:30",), ("November 2026",), ("3 m",), ("card.jpg",), ("Dr. Sol",),
        ("Ay", "B"),
    ]
