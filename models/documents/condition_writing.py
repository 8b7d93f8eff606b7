"""Conditions in words, written as enableWhen: “show only if [question] [is] [answer]”."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from models.core.errors import Invalid
from models.documents.describing import option_key
from models.documents.elements import put, value_of
from models.documents.trees import Json, walk

OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
ANSWERS = {"boolean": "answerBoolean", "integer": "answerInteger", "decimal": "answerDecimal", "date": "answerDate"}


def write_conditions(form: Json, item: Json, wanted: Sequence[Mapping[str, Any]] | None, any: bool | None) -> None:
    """`wanted`: question, operator, answer of each, and `was`, the number of the condition it goes on from. `any`: one
    of them is enough. What is None stays. Raises Invalid for an operator that is none."""
    if wanted is not None:
        before = item.get("enableWhen", [])
        put(item, "enableWhen", [_written(form, before, one) for one in wanted])
    several = len(item.get("enableWhen", ())) > 1
    if any is not None and several:
        item["enableBehavior"] = "any" if any else "all"
    elif several:
        item.setdefault("enableBehavior", "all")
    elif "enableWhen" not in item:
        item.pop("enableBehavior", None)


def without(form: Json, gone: set[str]) -> set[str]:
    """Take out the conditions of others that wait for one of these; says whose were taken."""
    touched = set()
    for item in walk(form):
        given = item.get("enableWhen", ())
        left = [one for one in given if one.get("question") not in gone]
        if len(left) != len(given):
            touched.add(item["linkId"])
            put(item, "enableWhen", left)
            if not left:
                item.pop("enableBehavior", None)
    return touched


def _written(form: Json, before: Sequence[Json], one: Mapping[str, Any]) -> Json:
    was = one.get("was")
    old = copy.deepcopy(before[was]) if isinstance(was, int) and 0 <= was < len(before) else {}
    if one.get("other"):
        if not old:
            raise Invalid("unknown-condition", "This condition is no longer there.")
        return old
    if one.get("operator") not in OPERATORS:
        raise Invalid("unknown-operator", "This is no way to compare answers.")
    made: Json = {key: value for key, value in old.items() if not key.startswith(("answer", "_answer"))}
    key, answer = _answer(form, one)
    return {**made, "question": one["question"], "operator": one["operator"], key: answer}


def _answer(form: Json, one: Mapping[str, Any]) -> tuple[str, Any]:
    answer = one.get("answer")
    if one["operator"] == "exists":
        return "answerBoolean", answer is not False
    question = next((item for item in walk(form) if item["linkId"] == one["question"]), {})
    for option in question.get("answerOption", ()):
        value = value_of(option)
        if option_key(value) == answer:
            return _of_option(option, value)
    return _of_type(question.get("type", ""), answer)


def _of_option(option: Json, value: Any) -> tuple[str, Any]:
    key = next(key for key in option if key.startswith("value")).replace("value", "answer", 1)
    if isinstance(value, Mapping):
        return key, {name: value[name] for name in ("system", "code", "display") if name in value}
    return key, value


def _of_type(type: str, answer: Any) -> tuple[str, Any]:
    """What somebody has not finished choosing is kept as it is: the draft's faults tell of it."""
    key = ANSWERS.get(type, "answerString")
    if key == "answerBoolean":
        return key, bool(answer)
    if key in ("answerInteger", "answerDecimal"):
        return _number(key, answer)
    return key, "" if answer is None else str(answer)


def _number(key: str, answer: Any) -> tuple[str, Any]:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return key, 0
    return (key, int(answer)) if answer == int(answer) else ("answerDecimal", answer)
