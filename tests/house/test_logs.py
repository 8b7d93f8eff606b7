"""Logs hold ids. What a person typed, who they are and where they looked stay out, also when something breaks."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys

import pytest
import structlog

from models.core.settings import load_settings
from server.logs import FIELDS, JsonLine, only_known_fields, set_up_logs

CANARY = "Ana Beltrán feels worse since Tuesday"


def test_a_field_that_is_not_known_is_dropped_and_named():
    line = only_known_fields(None, "info", {"event": "sent", "practice": "1", "body": CANARY, "email": "a@b.c"})
    assert CANARY not in json.dumps(line) and "a@b.c" not in json.dumps(line)
    assert line == {"event": "sent", "practice": "1", "dropped": ["body", "email"]}


def test_no_known_field_is_one_for_words_of_people():
    assert FIELDS.isdisjoint({"body", "name", "email", "address", "subject", "text", "query", "cookie", "token", "ip"})


def test_a_trace_says_where_and_of_which_type_but_not_what(capsys):
    set_up_logs(load_settings({}))
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger("portico.test").exception("ask.failed", ask="message.send")
    said = capsys.readouterr()
    line = json.loads((said.out + said.err).strip().splitlines()[-1])
    assert line["error"] == "ValueError" and "test_logs.py" in line["exception"][0]
    assert CANARY not in json.dumps(line, ensure_ascii=False)


def _record(name: str, message: str, *args: object, error: Exception | None = None) -> dict[str, object]:
    trace = (type(error), error, error.__traceback__) if error else None
    said = JsonLine().format(logging.LogRecord(name, logging.ERROR, "file.py", 1, message, args, trace))
    assert len(said.splitlines()) == 1
    return json.loads(said)


@pytest.mark.parametrize(
    ("message", "args"),
    [("Exception on request %s %s", ("GET", CANARY)), ("Task exception was never retrieved\nfuture: " + CANARY, ())],
)
def test_a_library_s_record_keeps_its_sentence_and_not_what_it_was_about(message, args):
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        line = _record("asyncio", message, *args, error=error)
    assert line["event"] == message.splitlines()[0] and line["logger"] == "asyncio" and line["level"] == "error"
    assert line["error"] == "ValueError" and "test_logs.py" in line["exception"][0]
    assert "Ana" not in json.dumps(line)


def test_our_own_record_is_told_whole():
    assert _record("portico.serve", "serve: worker ended code=%d", -9)["event"] == "serve: worker ended code=-9"


def test_every_line_of_the_standard_library_is_one_of_json():
    """In a process of its own: here pytest has taken the root logger already."""
    code = f"""
import logging
from models.core.settings import load_settings
from server.logs import set_up_logs
set_up_logs(load_settings({{}}))
try:
    raise ValueError({CANARY!r})
except ValueError:
    logging.getLogger("quart").exception('Exception on "request" %s', "x")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert [json.loads(line)["event"] for line in said.splitlines()] == ['Exception on "request" %s']
    assert CANARY not in said


async def test_of_a_group_the_fault_inside_is_told():
    async def breaks() -> None:
        raise LookupError(CANARY)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(breaks())
    except ExceptionGroup as error:
        line = _record("uvicorn.error", "Exception in ASGI application\n", error=error)
    assert line["error"] == "LookupError" and "breaks" in line["exception"][-1]
