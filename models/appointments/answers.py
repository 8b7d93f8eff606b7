"""What a service asks when it is booked, and the answers: kept as they were asked, so that a later change of the
questions changes no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.core.errors import Invalid

MOST = {"text": 200, "long": 4000, "choice": 200, "yes-no": 3}


def checked_answers(questions: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> list[dict[str, str]]:
    """`questions`: `{"id", "label", "kind": text | long | choice | yes-no, "required": bool, "choices": [...]}`;
    `given` by id. Raises Invalid with `answer_<id>` for what is missing, too long or no choice of the question."""
    made, wrong = [], {}
    for question in questions:
        text = str(given.get(question["id"], "")).strip()
        fault = _fault(question, text)
        if fault:
            wrong[f"answer_{question['id']}"] = [fault]
        elif text:
            made.append({"id": question["id"], "label": question["label"], "answer": text})
    if wrong:
        raise Invalid(errors=wrong)
    return made


def _fault(question: Mapping[str, Any], text: str) -> str:
    kind = question["kind"]
    if not text:
        return "Answer this question." if question.get("required") else ""
    if len(text) > MOST[kind]:
        return f"Use at most {MOST[kind]} characters."
    choices = ("yes", "no") if kind == "yes-no" else question.get("choices", ()) if kind == "choice" else None
    return "Choose one of the answers." if choices is not None and text not in choices else ""
