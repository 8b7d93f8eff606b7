"""A form with one of everything that a form can ask."""

from __future__ import annotations

from typing import Any

HL7 = "http://hl7.org/fhir/StructureDefinition/"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def control(code: str) -> dict[str, Any]:
    coding = [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}]
    return {"url": f"{HL7}questionnaire-itemControl", "valueCodeableConcept": {"coding": coding}}


def options(*words: str) -> list[dict[str, Any]]:
    return [{"valueString": one} for one in words]


def weighed(*words: str) -> list[dict[str, Any]]:
    return [
        {"extension": [{"url": f"{HL7}ordinalValue", "valueDecimal": score}],
         "valueCoding": {"code": str(score), "display": one}}
        for score, one in enumerate(words)
    ]


FREQUENCY = ("Not at all", "Some days", "More than half the days", "Nearly every day")

SAMPLER: dict[str, Any] = {
    "resourceType": "Questionnaire", "status": "active", "title": "Sampler",
    "item": [
        {"linkId": "you", "type": "group", "text": "About you", "item": [
            {"linkId": "hello", "type": "display", "text": "This takes about ten minutes. Skip what you do not know."},
            {"linkId": "name", "type": "string", "text": "What should we call you?", "required": True},
            {"linkId": "story", "type": "text", "text": "What brings you here?"},
            {"linkId": "born", "type": "date", "text": "When were you born?"},
            {"linkId": "call", "type": "dateTime", "text": "When may we call?"},
            {"linkId": "bed", "type": "time", "text": "When do you go to bed?"},
            {"linkId": "site", "type": "url", "text": "A page about you"},
            {"linkId": "doctor", "type": "reference", "text": "Who is your doctor?"},
            {"linkId": "smokes", "type": "boolean", "text": "Do you smoke?", "item": [
                {"linkId": "many", "type": "integer", "text": "How many a day?",
                 "enableWhen": [{"question": "smokes", "operator": "=", "answerBoolean": True}]}]},
            {"linkId": "weight", "type": "quantity", "text": "What do you weigh?", "extension": [
                {"url": f"{HL7}questionnaire-unitOption", "valueCoding": {"code": "kg", "display": "kg"}},
                {"url": f"{HL7}questionnaire-unitOption", "valueCoding": {"code": "[lb_av]", "display": "lb"}}]},
        ]},
        {"linkId": "choose", "type": "group", "text": "Choosing", "item": [
            {"linkId": "mood", "type": "choice", "text": "How is your mood?",
             "answerOption": options("Good", "So so", "Bad")},
            {"linkId": "land", "type": "choice", "text": "Where do you live?", "extension": [control("drop-down")],
             "answerOption": options("Maine", "Vermont", "Elsewhere")},
            {"linkId": "drugs", "type": "choice", "text": "What do you take?", "repeats": True,
             "answerOption": options("Aspirin", "Ibuprofen", "Something else")},
            {"linkId": "found", "type": "open-choice", "text": "How did you find us?",
             "answerOption": options("A friend", "The internet")},
            {"linkId": "pain", "type": "integer", "text": "How strong is the pain?", "extension": [
                control("slider"), {"url": f"{HL7}minValue", "valueInteger": 0},
                {"url": f"{HL7}maxValue", "valueInteger": 10}]},
            {"linkId": "pets", "type": "string", "text": "Your pets", "repeats": True},
        ]},
        {"linkId": "scale", "type": "group", "text": "The last two weeks", "extension": [control("table")], "item": [
            {"linkId": f"s{number}", "type": "choice", "text": words, "answerOption": weighed(*FREQUENCY)}
            for number, words in enumerate(("Little interest in doing things", "Trouble falling asleep"), 1)
        ]},
        {"linkId": "sum", "type": "integer", "text": "Score", "readOnly": True,
         "extension": [{"url": CALCULATED, "valueExpression": {
             "language": "text/fhirpath",
             "expression": "%resource.item.where(linkId='scale').item.answer.value.ordinal().sum()"}}]},
        {"linkId": "meds", "type": "group", "text": "Medicines", "repeats": True, "item": [
            {"linkId": "med", "type": "string", "text": "Name"}, {"linkId": "dose", "type": "string", "text": "Dose"}]},
        {"linkId": "papers", "type": "group", "text": "Papers", "item": [
            {"linkId": "card", "type": "attachment", "text": "Your insurance card", "repeats": True}]},
    ],
}
