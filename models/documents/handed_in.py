"""Answers as a FHIR R4 QuestionnaireResponse, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from models.documents.evaluating import State
from models.documents.items import Item, Questionnaire, Value
from models.documents.paths import step
from models.documents.places import Node
from models.documents.values import KEYS


def response_of(state: State, *, document_id: UUID, authored: datetime) -> dict[str, Any]:
    """What counts of the answers, as a completed response."""
    form = state.questionnaire
    about = f"{form.url}|{form.version}" if form.url and form.version else form.url
    return {
        "resourceType": "QuestionnaireResponse", "id": str(document_id), "status": "completed",
        **({"questionnaire": about} if about else {}), "authored": authored.isoformat(),
        "item": [one for node in state.nodes for one in _items(node)],
    }


def answers_in(form: Questionnaire, response: Mapping[str, Any]) -> dict[str, list[Value]]:
    """The answers of a response to this form, by path."""
    found: dict[str, list[Value]] = {}
    _gather(form.items, response.get("item") or [], "", found)
    return found


def _items(node: Node) -> list[dict[str, Any]]:
    if not node.enabled or node.item.type == "display":
        return []
    if node.item.type == "group" and node.item.repeats:
        return [one for each in node.instances for one in _group(each)]
    return _group(node) if node.item.type == "group" else _question(node)


def _group(node: Node) -> list[dict[str, Any]]:
    inside = [one for child in node.children for one in _items(child)]
    return [{**_head(node.item), "item": inside}] if inside else []


def _question(node: Node) -> list[dict[str, Any]]:
    inside = [one for child in node.children for one in _items(child)]
    answers: list[dict[str, Any]] = [_answer(node.item, value) for value in node.values]
    if inside and answers:
        answers[0]["item"] = inside
    return [{**_head(node.item), "answer": answers}] if answers else []


def _head(item: Item) -> dict[str, Any]:
    return {"linkId": item.link_id, **({"text": item.text} if item.text else {})}


def _answer(item: Item, value: Value) -> dict[str, Any]:
    if item.type == "attachment":
        told = {"url": f"urn:uuid:{value.get('file')}", "title": value.get("title"),
                "contentType": value.get("contentType"), "size": value.get("size")}
        return {"valueAttachment": {key: one for key, one in told.items() if one}}
    if item.type in ("choice", "open-choice"):
        return {_choice_key(value): value}
    return {KEYS[item.type]: value}


def _choice_key(value: Value) -> str:
    return "valueCoding" if isinstance(value, Mapping) else "valueInteger" if isinstance(value, int) else "valueString"


def _gather(
    items: Sequence[Item], given: Sequence[Mapping[str, Any]], above: str, found: dict[str, list[Value]]
) -> None:
    by_link = {item.link_id: item for item in items}
    numbers: dict[str, int] = {}
    for one in given:
        item = by_link.get(str(one.get("linkId")))
        if item is None:
            continue
        path = f"{above}/{step(item.link_id)}" if above else step(item.link_id)
        if item.type == "group" and item.repeats:
            numbers[path] = numbers.get(path, 0) + 1
            path = f"{path}:{numbers[path]}"
        answers = one.get("answer") or []
        if answers:
            found[path] = [_value(answer) for answer in answers]
        for inner in (one.get("item") or [], *(answer.get("item") or [] for answer in answers)):
            _gather(item.items, inner, path, found)


def _value(answer: Mapping[str, Any]) -> Value:
    value = next((one for key, one in answer.items() if key.startswith("value")), None)
    if "valueAttachment" in answer:
        return {"file": str(value["url"]).removeprefix("urn:uuid:"),  # type: ignore[index]  # it holds a resource
                **{key: one for key, one in dict(value or {}).items() if key != "url"}}
    return value
