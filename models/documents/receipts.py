"""What was handed in, as it is read: the answers in words, who handed them in and when, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from models.core.database import fetch_all
from models.core.errors import missing
from models.documents.evaluating import evaluate
from models.documents.filling import form_of
from models.documents.places import every_node
from models.documents.responses import answers_of
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


@dataclass(frozen=True)
class Receipt:
    """One submission. `who` handed it in; `on_behalf`: that was staff; `code`: the first letters of its SHA-256, which
    say on paper which one it is."""

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
    risky: bool
    return_note: str
    returned_at: datetime | None


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
    response = orjson.loads(row["response"])
    form = await form_of(document)
    state = evaluate(form, answers_of(form, response))
    risky = any(node.enabled and is_risk(node.item, node.values) for node in every_node(state.nodes))
    names = ("id", "number", "who", "on_behalf", "submitted_at", "scores", "return_note", "returned_at")
    return Receipt(
        **{name: row[name] for name in names}, title=document.title, code=row["sha256"].hex()[:12], response=response,
        sheets=[one for one in sheets_of(state) if one.asks], risky=risky,
    )


async def newest_text(document: Document) -> str:
    """The newest submission exactly as it was written down; raises Missing where there is none."""
    rows = await fetch_all(SUBMISSIONS, document.id)
    if not rows:
        missing("submission")
    return str(rows[0]["response"])
