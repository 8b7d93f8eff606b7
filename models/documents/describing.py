"""A Questionnaire as the builder shows it: each item by what a therapist calls it, and what can be changed of it.

What the builder does not know is `kept`: shown by name, never changed. The page gets this view alone, so it cannot lose
what it never sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.documents.elements import (
    BAND,
    CALCULATED,
    CONTROL,
    DECIMALS,
    ENABLE_EXPRESSION,
    HIDDEN,
    MARKDOWN,
    MAX_SIZE,
    MAX_VALUE,
    MEDIA_TYPE,
    MIN_VALUE,
    RISK,
    SCORE,
    SIGNATURE,
    SUMS,
    TITLE,
    UNIT,
    WEIGHT,
    XHTML,
    extension,
    extensions,
    value_of,
)
from models.documents.trees import Json
from models.documents.values import plain

KEPT = {
    "quantity": "Quantity", "reference": "Reference", "url": "Web address", "time": "Time", "dateTime": "Date and time",
    "choice": "Choice from a list of another system", "open-choice": "Choice from a list of another system",
}
SIMPLE = {"string": "string", "text": "text", "integer": "number", "decimal": "number", "boolean": "boolean",
          "date": "date", "attachment": "file"}
# What codes begin with that are made here.
MADE = "option-"
WITH_OPTIONS = frozenset({"single", "several", "open"})
GRIDS = frozenset({"grid", "gtable", "htable", "atable", "table"})
ANSWERED = frozenset({*SIMPLE.values(), *WITH_OPTIONS})


def described(form: Json) -> dict[str, Any]:
    """The form's own words, and its items as the builder shows them."""
    return {
        "title": form.get("title", ""), "description": form.get("description", ""),
        "items": [one for one in map(described_item, form.get("item", ())) if one],
    }


def described_item(item: Json) -> dict[str, Any]:
    """One item with what stands in it. What explains it (an item of control `help`) is part of it."""
    kind = kind_of(item)
    parts = [described_item(one) for one in item.get("item", ()) if not is_help(one)]
    if kind == "kept":
        for one in parts:
            one["locked"] = True
    return {**described_alone(item, kind), "items": parts}


def described_alone(item: Json, kind: str = "") -> dict[str, Any]:
    """The same without what stands in it."""
    kind = kind or kind_of(item)
    shown: dict[str, Any] = {
        "id": item["linkId"], "kind": kind, "text": words_of(item), "help": _help(item),
        "required": bool(item.get("required")), **_conditions(item),
        "notes": _notes(item, kind),
    }
    if kind == "kept":
        shown["kept"] = kept_name(item)
    return {**shown, **_particulars(item, kind)}


def kind_of(item: Mapping[str, Any]) -> str:
    """string, text, number, boolean, single, several, open, date, file, heading, page, words, signature, total; `kept`
    for all that the builder leaves alone."""
    type, control = item.get("type", ""), control_of(item)
    if extensions(item, SIGNATURE):
        return "signature" if type == "display" else "kept"
    if extensions(item, SUMS) or (extensions(item, TITLE) and not extensions(item, CALCULATED)):
        return "total"
    if extensions(item, CALCULATED) or extensions(item, HIDDEN):
        return "kept"
    if type == "group":
        return "kept" if control in GRIDS or item.get("repeats") else "page" if control == "page" else "heading"
    if type == "display":
        return "words"
    if type in ("choice", "open-choice"):
        return _choice(item, type)
    repeats = item.get("repeats") and type != "attachment"
    return "kept" if repeats else SIMPLE.get(type, "kept")


def kept_name(item: Mapping[str, Any]) -> str:
    """What is kept as it came in, in words."""
    if extensions(item, SIGNATURE):
        return "Signature of another kind"
    if extensions(item, CALCULATED):
        return "Calculated by a formula"
    if extensions(item, HIDDEN):
        return "Hidden"
    if item.get("type") == "group":
        return "Grid" if control_of(item) in GRIDS else "Group that repeats"
    return KEPT.get(item.get("type", ""), "Question that repeats")


def control_of(item: Mapping[str, Any]) -> str:
    value = extension(item, CONTROL)
    coding = value.get("coding", ()) if isinstance(value, Mapping) else ()
    return next((one["code"] for one in coding if one.get("code")), "")


def is_help(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "display" and control_of(item) == "help"


def help_of(item: Json) -> Json | None:
    return next((one for one in item.get("item", ()) if is_help(one)), None)


def words_of(item: Mapping[str, Any]) -> str:
    """Its Markdown where it has some, else its text."""
    markdown = extension(item.get("_text", {}), MARKDOWN)
    return markdown if isinstance(markdown, str) else item.get("text", "")


def _help(item: Json) -> str:
    found = help_of(item)
    return words_of(found) if found else ""


def _notes(item: Mapping[str, Any], kind: str) -> list[str]:
    """What came in with it and holds, although nothing here changes it."""
    said = []
    if extensions(item, ENABLE_EXPRESSION):
        said.append("A formula that came in decides whether it is shown.")
    if extensions(item.get("_text", {}), XHTML):
        said.append("Its text came in with a format of its own. A change of the text replaces that.")
    if kind in WITH_OPTIONS and item.get("answerValueSet"):
        said.append("Its options are a list that came in, and stay as they are.")
    return said


def _choice(item: Mapping[str, Any], type: str) -> str:
    if not item.get("answerOption") and item.get("answerValueSet") and not str(item["answerValueSet"]).startswith("#"):
        return "kept"
    return "open" if type == "open-choice" else "several" if item.get("repeats") else "single"


def _particulars(item: Json, kind: str) -> dict[str, Any]:
    if kind in WITH_OPTIONS:
        return {"options": [described_option(one, at) for at, one in enumerate(item.get("answerOption", ()))],
                "fixed": fixed_options(item), "several": bool(item.get("repeats")), "control": control_of(item)}
    if kind == "number":
        return _limits(item)
    if kind in ("string", "text"):
        return {"max_length": item.get("maxLength")}
    if kind == "file":
        size = told(extension(item, MAX_SIZE))
        return {"media": [value_of(one) for one in extensions(item, MEDIA_TYPE)], "max_size": size,
                "several": bool(item.get("repeats"))}
    if kind == "total":
        return {"sums": summed(item), "bands": bands_of(item)}
    return {}


def described_option(option: Json, at: int) -> dict[str, Any]:
    """An option; `was` is its number, by which a change says which one it goes on from."""
    value = value_of(option)
    coding = value if isinstance(value, Mapping) else {}
    score = extension(option, SCORE)
    for place, url in ((option, WEIGHT), (coding, SCORE), (coding, WEIGHT)):
        score = extension(place, url) if score is None else score
    label = coding.get("display") or _own_words(coding.get("code", "")) if coding else str(value)
    return {"was": at, "label": label, "key": option_key(value), "score": told(score),
            "risk": extension(option, RISK) is True}


def _own_words(code: str) -> str:
    """A code may be all that an option says; those that the builder makes say nothing."""
    return "" if code.startswith(MADE) else code


def option_key(value: Any) -> str:
    """What tells one option from the others: its code, or the answer itself."""
    if isinstance(value, Mapping):
        return f"{value.get('system', '')}|{value.get('code', '') or value.get('display', '')}"
    return str(value)


def fixed_options(item: Json) -> bool:
    """Whether its options cannot be edited here: a list elsewhere, or answers that are neither words nor codes."""
    return bool(item.get("answerValueSet")) or not all(
        "valueCoding" in one or "valueString" in one for one in item.get("answerOption", ())
    )


def summed(item: Mapping[str, Any]) -> list[str]:
    """The linkIds that a score adds up."""
    return [str(value_of(one)) for one in extensions(item, SUMS)]


def bands_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{part.get("url"): told(value_of(part)) for part in one.get("extension", ())}
            for one in extensions(item, BAND)]


def told(value: Any) -> Any:
    """A number as a page reads it, however it was spelled; all else as it is."""
    return plain(value) if isinstance(value, Decimal) else value


def _limits(item: Json) -> dict[str, Any]:
    unit = extension(item, UNIT)
    whole = item.get("type") == "integer"
    return {
        "min": told(extension(item, MIN_VALUE)), "max": told(extension(item, MAX_VALUE)),
        "decimals": 0 if whole else told(extension(item, DECIMALS)),
        "unit": (unit.get("display") or unit.get("code", "")) if isinstance(unit, Mapping) else "",
    }


def _conditions(item: Json) -> dict[str, Any]:
    given = item.get("enableWhen", ())
    conditions = [_condition(one, at) for at, one in enumerate(given)]
    return {"any": item.get("enableBehavior") == "any", "conditions": conditions}


def _condition(one: Json, at: int) -> dict[str, Any]:
    """`other`: compared with what only its own kind of question knows, so it is kept as it is."""
    key = next((key for key in one if key.startswith("answer")), "")
    answer = one.get(key)
    shown = {"was": at, "question": one.get("question", ""), "operator": one.get("operator", "=")}
    if key == "answerCoding":
        return {**shown, "answer": option_key(answer)}
    if key in ("answerBoolean", "answerDecimal", "answerInteger", "answerString", "answerDate"):
        return {**shown, "answer": told(answer)}
    return {**shown, "answer": None, "other": True}
