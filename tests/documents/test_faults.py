"""What is wrong with an answer is said in a plain sentence, at its place."""

from __future__ import annotations

import pytest

from tests.documents.forms import asks, extension, form, group, shared, state_of

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def fault(item, *values):
    """What is said of one question with these answers; empty when all is well."""
    return list(state_of(form(item, asks("other")), {item["linkId"]: list(values), "other": ["x"]}).faults.get("a", ()))


def limited(kind, url="", more=None, **value):
    return asks("a", kind, extension=[extension(HL7 + url, **value)] if url else [], **(more or {}))


REQUIRED = [
    ("string", "Please answer this."), ("boolean", "Please choose yes or no."), ("attachment", "Please add a file."),
    ("choice", "Please choose one."),
]


@pytest.mark.parametrize(("kind", "sentence"), REQUIRED)
def test_what_is_required_is_asked_for_in_its_own_words(kind, sentence):
    options = {"answerOption": [{"valueString": "A"}]} if kind == "choice" else {}
    assert fault(asks("a", kind, required=True, **options)) == [sentence]


def test_not_at_all_is_an_answer_too():
    faults = state_of(shared("phq9")).faults
    assert set(faults.values()) == {("Please choose one. “Not at all” is an answer too.",)}


CASES = [
    (limited("integer"), 1.5, "Please enter a whole number."), (limited("integer"), "x", "Please enter a number."),
    (limited("integer"), True, "Please enter a number."), (limited("integer"), 2**31, "This number is too large."),
    (limited("decimal", "maxDecimalPlaces", valueInteger=1), 1.25, "At most 1 decimal places."),
    (limited("decimal", "minValue", valueDecimal=0.5), 0.4, "At least 0.5."),
    (limited("integer", "maxValue", valueInteger=10), 11, "At most 10."),
    (limited("date", "maxValue", valueDate="2024-01-01"), "2024-01-02", "Not after 2024-01-01."),
    (limited("date", "minValue", valueDate="2024-01-01"), "2023-12-31", "Not before 2024-01-01."),
    (limited("date"), "2023-02-29", "Please enter a date that exists."),
    (limited("dateTime"), "2023-02-28T25:00:00Z", "Please enter a date and a time."),
    (limited("time"), "24:30", "Please enter a time, as 14:30."),
    (limited("boolean"), "yes", "Please choose yes or no."), (limited("string"), 5, "This needs to be text."),
    (limited("string", more={"maxLength": 2}), "abc", "This is too long: at most 2 letters."),
    (limited("string", "minLength", valueInteger=3), "ab", "This is too short: at least 3 letters."),
    (limited("string", "regex", valueString="[0-9]{5}"), "123", "This is not written as asked."),
    (limited("text"), "x" * 20_001, "This is too long: at most 20,000 letters."),
    (limited("url"), "not an address", "Please enter an address as https://example.org."),
    (limited("url"), "javascript:alert(1)", "Please enter an address as https://example.org."),
    (limited("choice", more={"answerOption": [{"valueString": "A"}]}), "B", "Please choose one of the answers given."),
    (limited("choice", more={"answerOption": [{"valueCoding": {"code": "a", "system": "s"}}]}),
     {"code": "a", "system": "other"}, "Please choose one of the answers given."),
    (limited("attachment"), {"title": "x"}, "Please add a file."),
    (limited("attachment", "mimeType", valueCode="image/png"), {"file": "f", "contentType": "text/html"},
     "Please add a file of one of these kinds: image/png."),
    (limited("attachment", "maxSize", valueDecimal=1000), {"file": "f", "size": 1001},
     "This file is too large: at most 1,000 bytes."),
    (limited("quantity", "questionnaire-unitOption", valueCoding={"code": "kg"}), {"value": 1, "unit": "stone"},
     "Please choose one of the units."),
    (limited("quantity"), {"value": "many"}, "Please enter a number."),
    (limited("reference"), "x", "This needs to be text."),
]


@pytest.mark.parametrize(("item", "value", "sentence"), CASES, ids=[sentence for _, _, sentence in CASES])
def test_a_wrong_answer_is_told(item, value, sentence):
    assert fault(item, value) == [sentence]


FINE = [
    (limited("integer"), 0), (limited("boolean"), False), (limited("date"), "2024-02-29"), (limited("date"), "2024"),
    (limited("dateTime"), "2024-02-29T10:00:00+01:00"), (limited("time"), "14:30"), (limited("url"), "mailto:a@b.org"),
    (limited("open-choice", more={"answerOption": [{"valueString": "A"}]}), "my own"),
    (limited("choice", more={"answerValueSet": "https://example.org/far"}), {"display": "Norway"}),
    (limited("string", "regex", valueString="(?=x)x"), "anything: the import said that the pattern is not checked"),
    (limited("quantity", "questionnaire-unitOption", valueCoding={"code": "kg"}), {"value": 1, "code": "kg"}),
    (limited("reference"), {"display": "Dr. Sol"}), (limited("integer", "minValue", valueInteger=0), 0),
]


@pytest.mark.parametrize(("item", "value"), FINE, ids=range(len(FINE)))
def test_a_right_answer_is_taken(item, value):
    assert fault(item, value) == []


def test_how_many_answers_are_wanted_is_told():
    twice = asks("a", repeats=True, extension=[extension(HL7 + "questionnaire-minOccurs", valueInteger=2),
                                               extension(HL7 + "questionnaire-maxOccurs", valueInteger=3)])
    assert fault(twice) == ["Please answer this."]
    assert fault(twice, "x") == ["Please give at least 2 answers."]
    assert fault(twice, "x", "y") == []
    assert fault(twice, *"wxyz") == ["Please give at most 3 answers."]
    assert fault(asks("a"), "x", "y") == ["One answer is enough here."]


def test_an_empty_required_group_is_never_complete():
    source = form(asks("other"), group("g", asks("q"), required=True))
    assert state_of(source, {"other": ["x"]}).faults == {"g": ("Please answer at least one of these.",)}
    assert state_of(source, {"g/q": ["x"]}).complete


def test_a_group_that_repeats_wants_its_number():
    twice = [extension(HL7 + "questionnaire-minOccurs", valueInteger=2)]
    source = form(group("g", asks("q"), repeats=True, extension=twice))
    assert [one.path for one in state_of(source).by_path["g"].instances] == ["g:1", "g:2"]
    assert state_of(source, {"g:1/q": ["x"]}).faults == {"g": ("Please fill in at least 2 of these.",)}
    assert state_of(source, {"g:1/q": ["x"], "g:2/q": ["y"]}).complete


def test_what_nobody_can_answer_is_nobodys_fault():
    hidden = extension(HL7 + "questionnaire-hidden", valueBoolean=True)
    source = form(asks("a"), asks("b", required=True, extension=[hidden]), asks("c", required=True, readOnly=True),
                  group("g", asks("d", required=True), extension=[hidden]))
    assert state_of(source, {"a": ["x"]}).complete


def test_none_of_these_is_chosen_alone():
    alone = extension(HL7 + "questionnaire-optionExclusive", valueBoolean=True)
    options = [{"valueString": "Sleep"}, {"valueString": "None of these", "extension": [alone]}]
    item = asks("a", "choice", repeats=True, answerOption=options)
    assert fault(item, "Sleep", "None of these") == ["“None of these” is chosen alone."]
    assert fault(item, "None of these") == []


def test_a_kind_of_file_can_be_a_whole_family():
    item = limited("attachment", "mimeType", valueCode="image/*")
    assert fault(item, {"file": "f", "contentType": "image/heic"}) == []
    assert fault(item, {"file": "f", "contentType": "text/html"}) != []
