"""Filling in a form, over the whole stack: how long a field takes to be saved, and a form of 300 questions to be drawn
and handed in."""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import uvloop

from models.core.scope import practice_scope
from models.documents.tables import Document, Form, FormVersion
from realtime.gate import ASKS_PER_SECOND
from server import wiring
from tests.bench.stack.figures import tell
from tests.bench.stack.house import new_house
from tests.bench.stack.line import Line
from tests.bench.stack.people import Pair, new_practices
from tests.faults.ground import WebWorker

QUESTIONS, PAGES, ROUNDS = 300, 15, 10
FREQUENCY = ("Not at all", "Some days", "More than half the days", "Nearly every day")


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    wiring.wire()
    async with new_house("filling") as house:
        worker = await house.new_worker("a")
        [[pair]] = await new_practices(house.admin, 1)
        document = await _asked(pair)
        line = await Line(pair.client, worker).open()
        await _saving(line, document)
        await _drawing(worker, pair, document)


async def _asked(pair: Pair) -> UUID:
    text = json.dumps({
        "resourceType": "Questionnaire", "status": "active", "title": "Long", "item": [
            {"linkId": f"p{page}", "type": "group", "text": f"Page {page}", "item": [_question(page, one)
             for one in range(QUESTIONS // PAGES)]} for page in range(PAGES)],
    })
    async with practice_scope(pair.practice_id):
        form = await Form.create(kind="intake", title="Long")
        version = await FormVersion.create(form_id=form.id, number=1, title="Long", questionnaire=text,
                                           sha256=sha256(text.encode()).digest())
        made = await Document.create(access_id=pair.access_id, client_id=pair.client_id, kind="form", form_id=form.id,
                                     version_id=version.id, title="Long")
    return made.id


def _question(page: int, one: int) -> dict[str, Any]:
    asked = {"linkId": f"q{page}-{one}", "text": f"Question {one}", "required": True}
    if one % 2:
        return {**asked, "type": "string"}
    return {**asked, "type": "choice", "answerOption": [{"valueString": word} for word in FREQUENCY]}


async def _saving(line: Line, document: UUID) -> None:
    """Every question once, one after the other, no faster than the line lets one person ask."""
    took = []
    for page in range(PAGES):
        for one in range(QUESTIONS // PAGES):
            value = "Somebody writes a few words" if one % 2 else FREQUENCY[one % 4]
            began = time.perf_counter()
            _, answer = await line.ask(
                "document.answer", document=document, path=f"p{page}/q{page}-{one}", value=[value], page=page + 1)
            took.append((time.perf_counter() - began) * 1000)
            assert answer["ok"], answer
            await asyncio.sleep(1 / ASKS_PER_SECOND)
    _tell("autosave of a field", took)


async def _drawing(worker: WebWorker, pair: Pair, document: UUID) -> None:
    for name, path in (("page of 300 questions, to fill in", ""), ("its review", "/review")):
        took = [await asyncio.to_thread(_timed, lambda path=path: _asked_of(worker, pair, "GET", f"{document}{path}"))
                for _ in range(ROUNDS)]
        _tell(name, took)
    once = await asyncio.to_thread(_timed, lambda: _asked_of(worker, pair, "POST", f"{document}/submit"))
    tell("filling", "handing in 300 answers", once, "ms")


def _timed(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


def _asked_of(worker: WebWorker, pair: Pair, method: str, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", worker.port, timeout=60)
    headers = {"Host": f"{pair.client.subdomain}.localhost:{worker.port}", "Accept": "text/html",
               "Cookie": f"portico_session_{worker.port}={pair.client.token}",
               "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, f"/documents/{path}", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status in (200, 303), answer.status


def _tell(figure: str, took: Sequence[float]) -> None:
    inline = sorted(took)
    tell("filling", f"{figure}, p95", inline[int(len(inline) * 0.95)], "ms", median=inline[len(inline) // 2],
         times=len(inline))


if __name__ == "__main__":
    sys.exit(main())
