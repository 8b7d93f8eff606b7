"""Forms that nobody would think of, and answers to them: trees of all types, nested and repeated, with conditions,
formulas and scores; answers right and wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

Json = dict[str, Any]
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
HOUSE = "https://portico.example/fhir/StructureDefinition/"
NAMES = (
    "sleep", "/sleep/hours", "a:1", "ü b", "(x)'*!", "1.2.3", "50%", "q~", "meds:2/dose", "Ω", "constructor", "d e",
    "f", "g", "__proto__", "h",
)
QUESTIONS = (
    "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "choice", "open-choice",
    "attachment", "quantity", "reference",
)
DAYS = st.sampled_from(["2020-02-29", "2026-11-29", "1999-12", "2024", "2000-01-01"])
MOMENTS = st.sampled_from(["2026-11-29T10:00:00Z", "2026-11-29T12:00:00+02:00", "2020-01-01T00:00", "2021"])
TIMES = st.sampled_from(["10:30", "23:59:59", "00:00:00.5"])
WORDS = st.sampled_from(["x", "Some words", "  ", "ä€🙂", "10", "2020-01-01", "yes", "https://example.org/a",
                         "\ufeff", "\x1c\x85", "ﬁ"])
WHOLES = st.integers(-5, 12)
PARTS = st.sampled_from([0.5, 1.25, -2.75, 3, 0.1, 7.125, 3.0, -2])
CODES = [{"system": "s", "code": code, "display": code.upper()} for code in "abcd"]
VALUES = {
    "boolean": st.booleans(), "integer": WHOLES, "decimal": PARTS, "date": DAYS, "dateTime": MOMENTS, "time": TIMES,
    "string": WORDS, "text": WORDS, "url": st.sampled_from(["https://example.org", "urn:x", "no address"]),
    "choice": st.sampled_from(CODES), "open-choice": st.one_of(st.sampled_from(CODES), WORDS),
    "attachment": st.just({"file": "0b0c", "title": "scan.pdf", "contentType": "application/pdf", "size": 12}),
    "quantity": st.builds(lambda value: {"value": value, "unit": "kg", "code": "kg"}, PARTS),
    "reference": st.just({"display": "Dr. Sol"}),
}
ANYTHING = st.one_of(st.booleans(), WHOLES, PARTS, WORDS, DAYS, st.sampled_from(CODES), st.just({"display": "typed"}))
ANSWER_KEYS = {
    "boolean": "answerBoolean", "integer": "answerInteger", "decimal": "answerDecimal", "date": "answerDate",
    "dateTime": "answerDateTime", "time": "answerTime", "string": "answerString", "text": "answerString",
    "url": "answerString", "choice": "answerCoding", "open-choice": "answerCoding", "quantity": "answerQuantity",
}
FORMULAS = (
    "%resource.descendants().answer.weight().sum()", "%resource.repeat(item).answer.value.ofType(integer).sum()",
    "%resource.descendants().answer.value.ofType(decimal).sum() / 3", "%resource.item.count()", "today() - 18 years",
    "%resource.descendants().value.ofType(decimal).sum()",
    "%resource.descendants().value.where($this is integer).count()",
    "%resource.descendants().value.ofType(string).count()", "%resource.descendants().value.ofType(date).first()",
    "%resource.descendants().value.where($this is time or $this is dateTime).join(' ')",
    "(%resource.descendants().answer.weight() | 2.0).ofType(integer).count()",
    "%resource.descendants().answer.value.select((($this as decimal) + 1) is Decimal).where($this).count()",
    "%resource.descendants().where(linkId = 'sleep').answer.value.first()", "%total + 1",
    "%resource.item.answer.count()",
    "iif(%resource.descendants().answer.exists(), 'some', {})", "%context.linkId", "%qitem.text", "1 + 'x'", "%nobody",
    "%resource.item.answer.value.constructor", "2 'constructor' + 1 'toString'",
)
CONDITIONS = (
    "%resource.descendants().answer.count() > 2", "%resource.descendants().answer.weight().sum() >= 2", "true",
    "%resource.descendants().where(linkId = 'sleep').answer.value = true", "%nobody.exists()", "%total > 1",
    "%resource.descendants().where(linkId = 'sleep').answer.value is decimal", "%total is Decimal",
    "%resource.descendants().answer.value.ofType(decimal).exists()",
)


@st.composite
def forms(draw: st.DrawFn) -> Json:
    """A Questionnaire of up to fourteen items."""
    names = list(draw(st.permutations(NAMES)))[: draw(st.integers(1, len(NAMES)))]
    asked: list[tuple[str, str]] = []
    items = []
    while names:
        items.append(_item(draw, names, asked, depth=0))
    made: Json = {"resourceType": "Questionnaire", "status": "active", "title": "Generated", "item": items}
    if draw(st.booleans()):
        expression = "%resource.descendants().answer.weight().sum()"
        made["extension"] = [{"url": HL7 + "variable", "valueExpression": {
            "name": "total", "language": "text/fhirpath", "expression": expression}}]
    return made


def _item(draw: st.DrawFn, names: list[str], asked: list[tuple[str, str]], depth: int) -> Json:
    name = names.pop()
    kind = draw(st.sampled_from(("group", "group", "display", *QUESTIONS, "choice", "integer", "boolean")))
    made: Json = {"linkId": name, "type": kind, "text": f"About {name}"}
    _condition(draw, made, asked)
    if kind == "display":
        return made
    if kind != "group":
        _question(draw, made)
        asked.append((name, kind))
    if draw(st.integers(0, 3)) == 0:
        made["repeats"] = True
        _extend(made, HL7 + "questionnaire-maxOccurs", valueInteger=draw(st.integers(1, 3)))
    if draw(st.integers(0, 3)) == 0:
        made["required"] = True
    if draw(st.integers(0, 7)) == 0:
        _extend(made, HL7 + "questionnaire-minOccurs", valueInteger=draw(st.integers(1, 2)))
    if draw(st.integers(0, 9)) == 0:
        _extend(made, HL7 + "questionnaire-hidden", valueBoolean=True)
    _children(draw, made, names, asked, depth)
    return made


def _children(draw: st.DrawFn, made: Json, names: list[str], asked: list[tuple[str, str]], depth: int) -> None:
    few = 3 if made["type"] == "group" else draw(st.sampled_from([0, 0, 0, 1]))
    below = []
    while names and depth < 3 and len(below) < few and (not below or draw(st.booleans())):
        below.append(_item(draw, names, asked, depth + 1))
    if below:
        made["item"] = below
    elif made["type"] == "group":
        made["item"] = [{"linkId": made["linkId"] + "-words", "type": "display", "text": "Nothing here"}]


def _condition(draw: st.DrawFn, made: Json, asked: list[tuple[str, str]]) -> None:
    fitting = [(name, kind) for name, kind in asked if kind in ANSWER_KEYS]
    if fitting and draw(st.integers(0, 2)) == 0:
        made["enableWhen"] = [_when(draw, fitting) for _ in range(draw(st.integers(1, 2)))]
        made["enableBehavior"] = draw(st.sampled_from(["any", "all"]))
    elif draw(st.integers(0, 7)) == 0:
        _formula(made, "enableWhenExpression", draw(st.sampled_from(CONDITIONS)))


def _when(draw: st.DrawFn, fitting: list[tuple[str, str]]) -> Json:
    name, kind = draw(st.sampled_from(fitting))
    operator = draw(st.sampled_from(["exists", "=", "=", "!=", ">", "<", ">=", "<="]))
    if operator == "exists":
        return {"question": name, "operator": operator, "answerBoolean": draw(st.booleans())}
    value = draw(st.sampled_from(CODES)) if kind == "open-choice" else draw(VALUES[kind])
    return {"question": name, "operator": operator, ANSWER_KEYS[kind]: value}


def _question(draw: st.DrawFn, made: Json) -> None:
    kind = made["type"]
    if kind in ("choice", "open-choice") and draw(st.integers(0, 5)):
        made["answerOption"] = [_option(at, code) for at, code in enumerate(CODES[: draw(st.integers(1, 4))])]
        if draw(st.booleans()):
            made["answerOption"][-1]["extension"].append({"url": HOUSE + "risk", "valueBoolean": True})
    elif draw(st.integers(0, 3)) == 0:
        _formula(made, "calculatedExpression", draw(st.sampled_from(FORMULAS)))
        if kind in ("integer", "decimal"):
            _extend(made, HOUSE + "score-band", extension=[
                {"url": "least", "valueDecimal": 0}, {"url": "most", "valueDecimal": 3},
                {"url": "words", "valueString": "low"}])
    elif draw(st.integers(0, 2)) == 0:
        _limit(draw, made)


def _limit(draw: st.DrawFn, made: Json) -> None:
    kind = made["type"]
    if kind in ("integer", "decimal"):
        _extend(made, HL7 + "minValue", **{f"value{kind.capitalize()}": 0})
        _extend(made, HL7 + "maxDecimalPlaces", valueInteger=draw(st.integers(0, 2)))
    elif kind == "date":
        _extend(made, HL7 + "maxValue", valueDate="2024-06-01")
    elif kind in ("string", "text"):
        made["maxLength"] = draw(st.integers(1, 6))
        _extend(made, HL7 + "regex", valueString=draw(st.sampled_from(["[a-z]+", "\\d{2}", ".*x.*", "(?=a)a"])))
    elif kind == "attachment":
        _extend(made, HL7 + "mimeType", valueCode=draw(st.sampled_from(["application/*", "image/png"])))
    elif kind == "quantity":
        _extend(made, HL7 + "questionnaire-unitOption",
                valueCoding={"code": draw(st.sampled_from(["kg", "g"])), "display": "unit"})


def _option(at: int, code: Json) -> Json:
    alone = [{"url": HL7 + "questionnaire-optionExclusive", "valueBoolean": True}] if at == 3 else []
    return {"valueCoding": dict(code), "extension": [{"url": ORDINAL, "valueDecimal": at}, *alone]}


def _formula(made: Json, name: str, expression: str) -> None:
    _extend(made, SDC + name, valueExpression={"language": "text/fhirpath", "expression": expression})


def _extend(made: Json, url: str, **value: Any) -> None:
    made.setdefault("extension", []).append({"url": url, **value})


@st.composite
def answers(draw: st.DrawFn, form: Json) -> dict[str, list[Any]]:
    """Answers to a form: to some of it, mostly right."""
    given: dict[str, list[Any]] = {}
    _answer(draw, form["item"], "", given)
    return given


def _answer(draw: st.DrawFn, items: list[Json], above: str, given: dict[str, list[Any]]) -> None:
    for item in items:
        path = above + quote(item["linkId"], safe="")
        kind = item["type"]
        if kind == "group" and item.get("repeats"):
            for number in draw(st.sampled_from([(), (1,), (2,), (1, 2), (1, 3, 7)])):
                given[f"{path}:{number}"] = ["removed"] if draw(st.integers(0, 4)) == 0 else []
                _answer(draw, item["item"], f"{path}:{number}/", given)
            continue
        if kind in VALUES and draw(st.integers(0, 3)):
            value = ANYTHING if draw(st.integers(0, 9)) == 0 else VALUES[kind]
            given[path] = draw(st.lists(value, min_size=1, max_size=3 if item.get("repeats") else 1))
        _answer(draw, item.get("item", []), f"{path}/", given)
