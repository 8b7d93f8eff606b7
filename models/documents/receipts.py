"""What was handed in, as it is read: the answers in words, who handed them in and when, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from models.core.database import fetch_all
from models.core.errors import missing
from models.documents.evaluating import Context, State, evaluate
from models.documents.filling import form_of, moment_of
from models.documents.places import every_node
from models.documents.responses import answers_of, authors_of
from models.documents.risk import is_risk
from models.documents.sheets import Sheet, sheets_of
from models.documents.tables import Document

SUBMISSIONS = """SELECT s.id, s.number, s.response, s.sha256, s.scores, s.on_behalf, s.submitted_at, s.return_note,
    s.returned_at, coalesce(m.name, k.name, c.name, '') AS who
  FROM submission s JOIN document d ON d.practice_id = s.practice_id AND d.id = s.document_id
  LEFT JOIN staff_member m ON s.on_behalf AND m.practice_id = s.practice_id AND m.login_id = s.login_id
  LEFT JOIN portal_access a ON a.practice_id = d.practice_id AND a.id = d.access_id
  LEFT JOIN contact k ON k.practice_id = a.practice_id AND k.id = a.contact_id
  LEFT JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id AND a.contact_id IS NULL
  WHERE s.practice_id = portico_here() AND s.document_id = $1 ORDER BY s.number DESC"""
CHANGED = "The answers that are kept here are not those that were handed in: they were changed from outside of Portico."
UNREADABLE = ("What was handed in was changed from outside of Portico and cannot be read any more. Leave everything as "
              "it is, and call who runs this installation.")


@dataclass(frozen=True)
class Receipt:
    """One submission. `who` handed it in; `on_behalf`: that was staff; `code`: the first letters of its SHA-256, which
    say on paper which one it is. `by`: names of staff who filled in an answer, by its path, unless they filled in all
    and handed it in. `fault`: a sentence where what is kept is not what was handed in; where it cannot be read any
    more there are no sheets, and nothing in `response`."""

    id: UUID
    title: str
    number: int
    who: str
    on_behalf: bool
    submitted_at: datetime
    code: str
    scores: Sequence[Mapping[str, Any]]
    response: Mapping[str, Any]
    sheets: Sequence[Sheet]
    by: Mapping[str, str]
    risky: bool
    return_note: str
    returned_at: datetime | None
    fault: str = ""


async def receipt_of(document: Document) -> Receipt:
    """The newest submission of this document; raises Missing where nothing was handed in."""
    found = await receipts_of(document)
    if not found:
        missing("copy")
    return found[0]


async def receipts_of(document: Document) -> list[Receipt]:
    """All that was handed in, newest first: a correction leaves the former one as it was."""
    return [await _receipt(document, row) for row in await fetch_all(SUBMISSIONS, document.id)]


async def _receipt(document: Document, row: Mapping[str, Any]) -> Receipt:
    names = ("id", "number", "who", "on_behalf", "submitted_at", "scores", "return_note", "returned_at")
    told = {**{name: row[name] for name in names}, "title": document.title, "code": row["sha256"].hex()[:12]}
    whole = sha256(row["response"].encode()).digest() == row["sha256"]
    try:
        return Receipt(**told, **await _read(document, row), fault="" if whole else CHANGED)
    except Exception:
        if whole:
            raise
        # What somebody changed beside Portico may fail anywhere.
        return Receipt(**told, response={}, sheets=[], by={}, risky=False, fault=UNREADABLE)


async def _read(document: Document, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the form says of the answers, as it was at the moment when they were handed in."""
    response, form = orjson.loads(row["response"]), await form_of(document)
    moment = await moment_of(document, row["submitted_at"])
    state = evaluate(form, answers_of(form, response), context=Context(now=moment))
    risky = any(node.enabled and is_risk(node.item, node.values) for node in every_node(state.nodes))
    by = _marks(row, state, authors_of(form, response))
    return {"response": response, "sheets": [one for one in sheets_of(state) if one.asks], "by": by, "risky": risky}


def _marks(row: Mapping[str, Any], state: State, by: dict[str, str]) -> dict[str, str]:
    """Nothing where staff filled in all of it and handed it in: that stands above it."""
    answered = {node.path for node in every_node(state.nodes) if node.values and not node.calculated}
    return {} if row["on_behalf"] and answered <= by.keys() else by


async def newest_text(document: Document) -> str:
    """The newest submission exactly as it was written down; raises Missing where there is none."""
    rows = await fetch_all(SUBMISSIONS, document.id)
    if not rows:
        missing("submission")
    return str(rows[0]["response"])
