"""What a form begins with."""

from __future__ import annotations

from models.documents.beginning import first_answers
from models.documents.evaluating import Context
from models.documents.questionnaires import read
from tests.documents.forms import asks, extension, form, group
from tests.documents.in_browser import NOW

INITIAL = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"


def begins(*items, **variables):
    return first_answers(read(form(*items)), context=Context(now=NOW, variables=variables))


def works_out(link_id, kind, expression):
    said = {"language": "text/fhirpath", "expression": expression}
    return asks(link_id, kind, extension=[extension(INITIAL, valueExpression=said)])


def test_initial_values_stand_in_their_places():
    assert begins(
        group("g", asks("a", initial=[{"valueString": "x"}]), repeats=True),
        asks("b", "integer", initial=[{"valueInteger": 0}]),
        asks("c", "boolean", initial=[{"valueBoolean": False}]), asks("d"),
    ) == {"g:1/a": ["x"], "b": [0], "c": [False]}


def test_one_more_entry_begins_as_the_first_did():
    given = form(group("g", asks("a", initial=[{"valueString": "x"}]), repeats=True),
                 asks("b", initial=[{"valueString": "y"}]))
    assert first_answers(read(given), entry="g:4") == {"g:4/a": ["x"]}


def test_options_chosen_from_the_start():
    options = [{"valueCoding": {"code": "a"}}, {"valueCoding": {"code": "b"}, "initialSelected": True}]
    assert begins(asks("a", "choice", answerOption=options)) == {"a": [{"code": "b"}]}


def test_values_are_worked_out_of_the_moment_and_of_whom_it_is_about():
    person = {"resourceType": "Person", "name": [{"given": ["Leo"]}]}
    assert begins(
        works_out("day", "date", "today()"), works_out("name", "string", "%who.name.given.first()"),
        works_out("lost", "string", "%nobody.name"), works_out("wrong", "integer", "'x' + 1"), who=person,
    ) == {"day": ["2026-11-29"], "name": ["Leo"]}


def test_one_value_for_who_gives_one_answer():
    both = [{"valueString": "x"}, {"valueString": "y"}]
    assert begins(asks("a", initial=both), asks("b", initial=both, repeats=True)) == {"a": ["x"], "b": ["x", "y"]}
