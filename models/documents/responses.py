"""Answers as a FHIR R4 QuestionnaireResponse, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from models.documents.checking import fits
from models.documents.evaluating import State
from models.documents.items import Item, Questionnaire, Value
from models.documents.places import INSTANCE, Node, segment
from models.documents.spelling import as_fhir, from_fhir, value_key
from models.documents.values import answered

Json = dict[str, Any]

NOBODY: Mapping[str, str] = {}

# Who put an answer down, where it was not the person that was asked: an extension of the standard's own.
AUTHOR = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-author"


def response(
    state: State, *, authored: datetime, canonical: str = "", status: str = "completed",
    by: Mapping[str, str] | None = None, **more: Any,
) -> Json:
    """What counts of the answers, as a QuestionnaireResponse; what is not of its question's type is left out, so that
    the response always is what the standard wants. `canonical`: the address of the form, its own where it
    has one. `by`: names of staff who filled in an answer, by its path. `more`: further elements (`id`, `subject`,
    `author`), as JSON."""
    form = state.questionnaire
    own = f"{form.url}|{form.version}" if form.url and form.version else form.url
    made: Json = {"resourceType": "QuestionnaireResponse", **more, "status": status, "authored": authored.isoformat()}
    if canonical or own:
        made["questionnaire"] = canonical or own
    if items := response_items(state.nodes, by or {}):
        made["item"] = items
    return made


def response_items(nodes: Iterable[Node], by: Mapping[str, str] = NOBODY) -> list[Json]:
    """The items with something in them. An instance of what repeats carries its path as id, so that it stays the same
    place when it is read again."""
    return [item for node in nodes for item in _items(node, by)]


def _items(node: Node, by: Mapping[str, str]) -> list[Json]:
    item = node.item
    if not node.enabled or item.type == "display":
        return []
    if node.instances:
        return [made for one in node.instances for made in _items(one, by)]
    below = response_items(node.children, by)
    made: Json = {"linkId": item.link_id}
    if node.number is not None:
        made = {"id": node.path, **made}
    if item.text:
        made["text"] = item.text
    values = [value for value in node.values if fits(item, value)]
    if values:
        said = _author(by[node.path]) if node.path in by else {}
        made["answer"] = [{**said, value_key(item, value): as_fhir(item, value)} for value in values]
        if below:
            made["answer"][0]["item"] = below
    elif below:
        made["item"] = below
    return [made] if values or below else []


def _author(name: str) -> Json:
    return {"extension": [{"url": AUTHOR, "valueReference": {"type": "Practitioner", "display": name}}]}


def answers_of(questionnaire: Questionnaire, response: Mapping[str, Any]) -> dict[str, list[Value]]:
    """The answers that a QuestionnaireResponse holds, by path. What the form does not have is left out."""
    answers: dict[str, list[Value]] = {}
    _read(questionnaire.items, response.get("item"), "", answers, {})
    return answers


def authors_of(questionnaire: Questionnaire, response: Mapping[str, Any]) -> dict[str, str]:
    """Names of staff who filled in an answer, by its path."""
    by: dict[str, str] = {}
    _read(questionnaire.items, response.get("item"), "", {}, by)
    return by


def _read(
    items: tuple[Item, ...], held: Any, above: str, answers: dict[str, list[Value]], by: dict[str, str]
) -> None:
    by_link: dict[str, list[Mapping[str, Any]]] = {}
    for one in held if isinstance(held, list) else []:
        if isinstance(one, Mapping):
            by_link.setdefault(str(one.get("linkId")), []).append(one)
    for item in items:
        path = f"{above}/{segment(item.link_id)}" if above else segment(item.link_id)
        found = by_link.get(item.link_id, [])
        if item.type == "group" and item.repeats:
            _read_instances(item, found, path, answers, by)
        elif found:
            _read_one(item, found[0], path, answers, by)


def _read_instances(
    item: Item, found: list[Mapping[str, Any]], path: str, answers: dict[str, list[Value]], by: dict[str, str]
) -> None:
    last = 0
    for one in found:
        named = INSTANCE.search(str(one.get("id") or "").rsplit("/", 1)[-1])
        number = int(named.group(1)) if named is not None else 0
        last = number if number > last else last + 1
        answers.setdefault(f"{path}:{last}", [])
        _read(item.items, one.get("item"), f"{path}:{last}", answers, by)


def _read_one(
    item: Item, one: Mapping[str, Any], path: str, answers: dict[str, list[Value]], by: dict[str, str]
) -> None:
    given = [each for each in one.get("answer") or [] if isinstance(each, Mapping)]
    values = answered(from_fhir(item, each) for each in given)
    if values and item.type not in ("group", "display"):
        answers[path] = values
        if author := next((name for each in given for name in _authors(each)), ""):
            by[path] = author
    below = [*(one.get("item") or []), *(inner for each in given for inner in each.get("item") or [])]
    _read(item.items, below, path, answers, by)


def _authors(answer: Mapping[str, Any]) -> list[str]:
    said = answer.get("extension")
    found = [one.get("valueReference") for one in said if isinstance(one, Mapping) and one.get("url") == AUTHOR] \
        if isinstance(said, list) else []
    return [str(one.get("display") or "") for one in found if isinstance(one, Mapping)]
