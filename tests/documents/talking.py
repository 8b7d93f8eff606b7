"""Questionnaires for tests of building: by hand, and made up by hypothesis with what the builder does not know."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
SCORE = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def option(code: str, display: str, score: int | None = None) -> Json:
    scored = {"extension": [{"url": SCORE, "valueDecimal": score}]} if score is not None else {}
    return {**scored, "valueCoding": {"code": code, "display": display}}


TALK: Json = {
    "resourceType": "Questionnaire", "status": "draft", "title": "Talk", "code": [{"system": "urn:x", "code": "talk"}],
    "item": [
        {"linkId": "you", "type": "group", "text": "You", "item": [
            {"linkId": "why", "type": "text", "text": "Why now?", "required": True},
            {"linkId": "before", "type": "boolean", "text": "Have you been in therapy?"},
            {"linkId": "when", "type": "string", "text": "When?",
             "enableWhen": [{"question": "before", "operator": "=", "answerBoolean": True}]},
        ]},
        {"linkId": "sleep", "type": "choice", "text": "How do you sleep?",
         "answerOption": [option("well", "Well", 0), option("badly", "Badly", 2)]},
        {"linkId": "weight", "type": "quantity", "text": "Weight", "code": [{"code": "w"}]},
    ],
}

TYPES = ("string", "text", "integer", "decimal", "boolean", "date", "dateTime", "time", "url", "choice", "open-choice",
         "attachment", "quantity", "reference", "display", "group")
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1,
                max_size=12)
STRANGE = st.fixed_dictionaries({}, optional={
    "extension": st.lists(st.builds(lambda words: {"url": f"urn:{words}", "valueString": words}, WORDS), min_size=1,
                          max_size=2),
    "code": st.lists(st.builds(lambda words: {"system": "urn:x", "code": words}, WORDS), min_size=1, max_size=2),
    "definition": WORDS, "prefix": WORDS, "x-unknown": st.dictionaries(WORDS, st.integers(), min_size=1, max_size=2),
})


@st.composite
def questionnaires(draw: st.DrawFn) -> Json:
    """A tree of items of every type, each with strange parts; linkIds are their numbers."""
    form: Json = {"resourceType": "Questionnaire", "status": "draft", **draw(STRANGE)}
    holders, count = [form], draw(st.integers(1, 12))
    for number in range(count):
        item = draw(_items(number))
        draw(st.sampled_from(holders)).setdefault("item", []).append(item)
        if item["type"] == "group":
            holders.append(item)
    return form


@st.composite
def _items(draw: st.DrawFn, number: int) -> Json:
    item: Json = {"linkId": str(number), "type": draw(st.sampled_from(TYPES)), "text": draw(WORDS), **draw(STRANGE)}
    if item["type"] in ("choice", "open-choice"):
        item["answerOption"] = [{**option(code, code.upper(), score), **draw(STRANGE)}
                                for code, score in draw(st.sampled_from(([("a", 1), ("b", None)], [("c", 0)])))]
    if number and draw(st.booleans()):
        item["enableWhen"] = [{"question": str(draw(st.integers(0, number - 1))), "operator": "exists",
                               "answerBoolean": True, **draw(STRANGE)}]
    return item
