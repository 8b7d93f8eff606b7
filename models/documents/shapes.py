"""Whether a Questionnaire can be read at all: its bounds, its version, the shape of each item. Every sentence says
where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from models.core.errors import Invalid
from models.documents.extensions import first
from models.documents.options import MOST_OPTIONS
from models.documents.values import yes

TYPES = frozenset({
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "choice",
    "open-choice", "attachment", "reference", "quantity",
})
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
MOST_ITEMS, DEEPEST, MOST_CONDITIONS, LONGEST_ID = 2000, 12, 100, 255
# Of one item, written plainly or with form; and of all that has form, which takes its time to be drawn.
LONGEST_TEXT, MOST_FORMED = 50_000, 200_000
LISTS = ("item", "answerOption", "initial", "enableWhen", "code", "extension", "modifierExtension")


def refuse(sentence: str, link_id: str = "") -> NoReturn:
    """The refusal, with where it is: an item's linkId, or the form."""
    raise Invalid("invalid-form", f"Item “{link_id}”: {sentence}" if link_id else sentence)


def check_form(source: Any) -> None:
    """Raises Invalid with a sentence for what is no readable R4 Questionnaire."""
    if not isinstance(source, Mapping):
        refuse("This is not a form: a FHIR Questionnaire is a JSON object.")
    kind = source.get("resourceType")
    if kind != "Questionnaire":
        named = f"“{kind}”" if isinstance(kind, str) and kind else "nothing"
        refuse(f"This is not a form: its resourceType says {named}, not “Questionnaire”.")
    if not isinstance(source.get("item"), list) or not source["item"]:
        refuse("This form has no items.")
    for name in ("title", "name", "description", "url", "version"):
        if not isinstance(source.get(name) or "", str):
            refuse(f"Its “{name}” is not a text.")
    _list(source, "modifierExtension", "")
    seen: dict[str, int] = {}
    formed = 0
    for count, (item, depth, where) in enumerate(walk(source), 1):
        if count > MOST_ITEMS:
            refuse(f"This form has more than {MOST_ITEMS:,} items. Split it into several.")
        check_item(item, depth, where, seen)
        formed += _formed(item)
    if formed > MOST_FORMED:
        refuse(f"This form has more than {MOST_FORMED:,} letters of formatted text. Split it into several.")


def walk(source: Mapping[str, Any], depth: int = 1, where: str = "") -> Iterable[tuple[Any, int, str]]:
    """Every item with its depth and what it stands in, in the order of reading."""
    below = source.get("item") or []
    if not isinstance(below, list):
        refuse("“item” is not a list.", where)
    for place, item in enumerate(below, 1):
        yield item, depth, where
        if isinstance(item, Mapping):
            yield from walk(item, depth + 1, str(item.get("linkId") or f"{where}/{place}"))


def check_item(item: Any, depth: int, inside: str, seen: dict[str, int]) -> None:
    place = f"an item in “{inside}”" if inside else "an item at the top"
    if not isinstance(item, Mapping):
        refuse(f"In {place} stands something that is no item.")
    link_id = item.get("linkId")
    if not isinstance(link_id, str) or not link_id.strip():
        called = f" (“{str(item['text'])[:60]}”)" if item.get("text") else ""
        refuse(f"{place.capitalize()}{called} has no linkId.")
    if len(link_id) > LONGEST_ID:
        refuse(f"A linkId is longer than {LONGEST_ID} letters.", link_id[:60])
    if link_id in seen:
        refuse("This linkId stands twice in the form.", link_id)
    seen[link_id] = depth
    if depth > DEEPEST:
        refuse(f"It is nested more than {DEEPEST} deep.", link_id)
    _check_version(item, link_id)
    _check_shape(item, link_id)


def _formed(item: Mapping[str, Any]) -> int:
    """How many letters of Markdown and XHTML it has. None of them is cut off: what one signs is shown whole."""
    beside = item.get("_text")
    held = [first(beside, name) for name in ("xhtml", "markdown")] if isinstance(beside, Mapping) else []
    letters = sum(len(one) for one in held if isinstance(one, str))
    if letters > LONGEST_TEXT:
        refuse(f"Its formatted text is longer than {LONGEST_TEXT:,} letters.", item["linkId"])
    return letters


def _check_version(item: Mapping[str, Any], link_id: str) -> None:
    """STU3 and R5 say some things with other words."""
    kind = item.get("type")
    if kind == "coding" or "answerConstraint" in item or "disabledDisplay" in item:
        refuse("This is written for FHIR R5. Export the form as R4, then import it.", link_id)
    older = [key for key in item if key in ("option", "options") or (key.startswith("initial") and key != "initial")]
    if older or any(isinstance(one, Mapping) and "hasAnswer" in one for one in _list(item, "enableWhen", link_id)):
        refuse("This is written for FHIR STU3. Export the form as R4, then import it.", link_id)
    if not isinstance(kind, str) or not kind:
        refuse("It has no type.", link_id)
    if kind not in TYPES:
        refuse(f"The type “{kind[:40]}” does not exist in FHIR R4.", link_id)


def _check_shape(item: Mapping[str, Any], link_id: str) -> None:
    for key in LISTS:
        _list(item, key, link_id)
    for key in ("required", "repeats", "readOnly"):
        if key in item and yes(item[key]) is None:
            refuse(f"“{key}” is neither true nor false.", link_id)
    if not isinstance(item.get("text", ""), str) or len(item.get("text", "")) > LONGEST_TEXT:
        refuse(f"Its text is not a text of at most {LONGEST_TEXT:,} letters.", link_id)
    if item["type"] == "display" and item.get("item"):
        refuse("Words alone (“display”) cannot hold other items.", link_id)
    if item["type"] == "group" and (item.get("answerOption") or item.get("answerValueSet")):
        refuse("A group is not answered and cannot have options.", link_id)
    options = item.get("answerOption") or []
    if len(options) > MOST_OPTIONS:
        refuse(f"It has more than {MOST_OPTIONS:,} options.", link_id)
    if any(not isinstance(one, Mapping) or not any(key.startswith("value") for key in one) for one in options):
        refuse("One of its options has no value.", link_id)
    if item.get("enableBehavior") not in (None, "any", "all"):
        refuse(f"The enableBehavior “{item['enableBehavior']}” is neither “any” nor “all”.", link_id)


def check_conditions(item: Mapping[str, Any], questions: Mapping[str, str]) -> None:
    """Each enableWhen names a question of the form (`questions`: the type of each linkId) and says what it wants."""
    link_id = item["linkId"]
    conditions = item.get("enableWhen") or []
    if len(conditions) > MOST_CONDITIONS:
        refuse(f"It has more than {MOST_CONDITIONS} conditions.", link_id)
    for one in conditions:
        if not isinstance(one, Mapping):
            refuse("One of its conditions (enableWhen) is not an object.", link_id)
        asked, operator = one.get("question"), one.get("operator")
        if not isinstance(asked, str) or asked not in questions:
            refuse(f"Its condition (enableWhen) names the question “{asked}”, which is not in the form.", link_id)
        if questions[asked] in ("group", "display"):
            refuse(f"Its condition (enableWhen) names “{asked}”, which is not a question.", link_id)
        if operator not in OPERATORS:
            refuse(f"Its condition has the operator “{operator}”, which does not exist in FHIR R4.", link_id)
        answers = [key for key in one if key.startswith("answer") and one[key] is not None]
        if len(answers) != 1:
            refuse("Its condition needs exactly one answer to compare with.", link_id)
        if operator == "exists" and not isinstance(one[answers[0]], bool):
            refuse("Its condition “exists” needs answerBoolean.", link_id)


def _list(item: Mapping[str, Any], key: str, link_id: str) -> list[Any]:
    held = item.get(key)
    if held is not None and not isinstance(held, list):
        refuse(f"“{key}” is not a list.", link_id)
    return held or []
