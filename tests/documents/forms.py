"""Forms for tests: the five that others made, and small ones written on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.documents.evaluating import Context, State, evaluate
from models.documents.items import Questionnaire
from models.documents.questionnaires import read
from models.documents.texts import parsed

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

FHIR = Path(__file__).with_name("fhir")
SHARED = ("apgar-with-itemWeight-variable", "bit-of-everything", "enableWhen-test.R4", "phq9",
          "q-with-contained-valueset")


def shared(name: str) -> dict[str, Any]:
    return parsed((FHIR / f"{name}.json").read_text(encoding="utf-8"))


def form(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "title": "A form", "item": list(items), **more}


def asks(link_id: str, type: str = "string", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": type, "text": link_id, **more}


def group(link_id: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": "group", "text": link_id, "item": list(items), **more}


def when(question: str, answer: Any, operator: str = "=", key: str = "") -> dict[str, Any]:
    kinds = {bool: "answerBoolean", int: "answerInteger", float: "answerDecimal", str: "answerString",
             dict: "answerCoding"}
    return {"question": question, "operator": operator, key or kinds[type(answer)]: answer}


def extension(url: str, **value: Any) -> dict[str, Any]:
    return {"url": url, **value}


def worked_out(link_id: str, kind: str, formula: str) -> dict[str, Any]:
    said = {"language": "text/fhirpath", "expression": formula}
    return asks(link_id, kind, extension=[extension(SDC + "calculatedExpression", valueExpression=said)])


def state_of(source: Questionnaire | dict[str, Any], answers: dict[str, list[Any]] | None = None,
             context: Context | None = None) -> State:
    form = source if isinstance(source, Questionnaire) else read(source)
    return evaluate(form, answers or {}, context=context)
