"""Logs hold ids. What a person typed, who they are and where they looked stay out, also when something breaks."""

from __future__ import annotations

import json

import structlog

from models.core.settings import load_settings
from server.logs import FIELDS, only_known_fields, set_up_logs

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
