"""What happened to one document, and whose it is, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.core.database import fetch_all, fetch_one
from models.core.errors import missing
from models.documents.tables import Document

MOST = 100
# In words, after the name of who did it.
WORDS = {
    "document.shared": "asked for this", "document.withdrawn": "took it back", "document.opened": "opened it",
    "document.submitted": "handed it in", "document.returned": "asked for a correction",
    "document.signed": "signed it", "document.countersigned": "countersigned it", "document.voided": "voided it",
    "document.nudged": "sent a reminder", "document.changed": "changed what is asked",
}
ICONS = {
    "document.shared": "send", "document.withdrawn": "undo-2", "document.opened": "eye",
    "document.submitted": "circle-check", "document.returned": "pencil-line", "document.signed": "pen-line",
    "document.countersigned": "badge-check", "document.voided": "ban", "document.nudged": "bell",
    "document.changed": "settings-2",
}
SHARED = "shared this"  # a file that is only to be read is asked of nobody
HISTORY = """SELECT e.seq, e.type, e.at, e.side, coalesce(m.name, k.name, c.name, 'Somebody') AS who FROM event e
  LEFT JOIN staff_member m ON e.side = 'desk' AND m.practice_id = e.practice_id AND m.login_id = e.login_id
  LEFT JOIN portal_access a ON e.side = 'portal' AND a.practice_id = e.practice_id AND a.id = $4
  LEFT JOIN contact k ON k.practice_id = a.practice_id AND k.id = a.contact_id
  LEFT JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id AND a.contact_id IS NULL
  WHERE e.practice_id = portico_here() AND e.subject_id = $1 AND e.type = ANY($2) ORDER BY e.seq DESC LIMIT $3"""
WHOSE = """SELECT coalesce(k.name, c.name) AS name, c.name AS client, a.contact_id IS NOT NULL AS contact
  FROM portal_access a JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  LEFT JOIN contact k ON k.practice_id = a.practice_id AND k.id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.id = $1"""
ALERTS = """SELECT r.id, r.raised_at, r.seen_at, s.name AS seen_by FROM risk_alert r
  LEFT JOIN staff_member s ON s.practice_id = r.practice_id AND s.id = r.seen_by
  WHERE r.practice_id = portico_here() AND r.document_id = $1 ORDER BY r.raised_at DESC"""


@dataclass(frozen=True)
class Happened:
    icon: str
    who: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Whose:
    """The person it was asked of; `client`: about whom; `contact`: they are another."""

    name: str
    client: str
    contact: bool


@dataclass(frozen=True)
class AlertLine:
    id: UUID
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None


async def history_of(document: Document) -> list[Happened]:
    """Newest first: who asked, opened, handed in, corrected, signed."""
    rows = await fetch_all(HISTORY, document.id, list(WORDS), MOST, document.access_id)
    words = {**WORDS, "document.shared": SHARED} if document.kind == "file" and not document.signs else WORDS
    return [Happened(ICONS[row["type"]], row["who"], words[row["type"]], row["at"]) for row in rows]


async def whose(document: Document) -> Whose:
    row = await fetch_one(WHOSE, document.access_id)
    if row is None:
        missing("document")
    return Whose(row["name"], row["client"], row["contact"])


async def alerts_of(document: Document) -> list[AlertLine]:
    """Alerts about its answers, newest first."""
    return [AlertLine(**row) for row in await fetch_all(ALERTS, document.id)]
