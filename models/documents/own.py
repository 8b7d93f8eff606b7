"""The tab Documents & Forms of one portal access: what is to do, what was shared, what is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q

from models.core.actor import Actor
from models.core.database import Row, fetch_all
from models.core.errors import missing
from models.documents.rights import manages_documents
from models.documents.tables import Document
from models.documents.vouching import unvouched

LISTED = """SELECT d.id, d.kind, d.title, d.note, d.signs, d.required, d.due_on, d.page, d.pages, d.opened_at,
    d.started_at, d.saved_at, d.submitted_at, d.returned_at, d.shared_at, d.file_id, d.voided_at,
    (SELECT s.on_behalf FROM submission s WHERE s.practice_id = d.practice_id AND s.document_id = d.id
     ORDER BY s.number DESC LIMIT 1) AS on_behalf
  FROM document d WHERE d.practice_id = portico_here() AND d.access_id = $1 AND d.withdrawn_at IS NULL
    AND (d.voided_at IS NULL OR d.submitted_at IS NOT NULL) ORDER BY d.place, d.shared_at, d.id"""


@dataclass(frozen=True)
class Listed:
    """One of them. `state`: new, started, returned, to-read, read, done; `fills`: it is a form; `vouched`: what was
    signed stands as it was signed."""

    id: UUID
    kind: str
    title: str
    note: str
    state: str
    signs: bool
    required: bool
    due_on: date | None
    page: int
    pages: int
    shared_at: datetime
    opened_at: datetime | None
    saved_at: datetime | None
    submitted_at: datetime | None
    file_id: UUID | None
    on_behalf: bool
    voided_at: datetime | None = None
    vouched: bool = True

    @property
    def fills(self) -> bool:
        return self.kind == "form"


@dataclass(frozen=True)
class Papers:
    """`todo` in the practice's order, `shared` to read, `done` newest first."""

    todo: list[Listed]
    shared: list[Listed]
    done: list[Listed]


async def papers_of(actor: Actor) -> Papers:
    """What this person has, for whom they act; of what is not handed in, only what they may fill in."""
    access = actor.lens or actor.access
    if access is None:
        missing("document")
    rows = await fetch_all(LISTED, access.access_id)
    wrong = await unvouched(row["id"] for row in rows)
    found = [_listed(row, vouched=row["id"] not in wrong) for row in rows]
    if not manages_documents(access):
        found = [one for one in found if one.state == "done"]
    done = sorted((one for one in found if one.state == "done"), key=lambda one: one.submitted_at or one.shared_at)
    return Papers(
        todo=[one for one in found if one.state in ("new", "started", "returned")],
        shared=[one for one in found if one.state in ("to-read", "read")], done=done[::-1],
    )


async def waiting_count(actor: Actor) -> int:
    """How much is to do for whom this person acts; who has not chosen acts for all of theirs."""
    one = actor.lens or actor.access
    chosen = [access.access_id for access in ((one,) if one else actor.accesses) if manages_documents(access)]
    to_do = Q(kind__not="file") | Q(signs=True)
    return await Document.filter(
        to_do, access_id__in=chosen, withdrawn_at=None, voided_at=None, submitted_at=None
    ).count()


def _listed(one: Row, *, vouched: bool) -> Listed:
    names = ("id", "kind", "title", "note", "signs", "required", "due_on", "page", "pages", "shared_at", "opened_at",
             "saved_at", "submitted_at", "file_id", "voided_at")
    return Listed(**{name: one[name] for name in names}, state=_state(one), on_behalf=bool(one["on_behalf"]),
                  vouched=vouched)


def _state(one: Row) -> str:
    if one["submitted_at"] is not None:
        return "done"
    if one["kind"] == "file" and not one["signs"]:
        return "to-read" if one["opened_at"] is None else "read"
    if one["returned_at"] is not None:
        return "returned"
    return "new" if one["started_at"] is None else "started"
