"""The tab Documents & Forms of one portal access: what is to do, what was shared, what is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q

from models.core.actor import AccessOf, Actor
from models.core.database import Row, fetch_all
from models.core.errors import missing
from models.documents.rights import manages_documents
from models.documents.tables import Document
from models.documents.vouching import unvouched

PAGE = 30
COLUMNS = """SELECT d.id, d.kind, d.title, d.note, d.signs, d.required, d.due_on, d.page, d.pages, d.opened_at,
    d.started_at, d.saved_at, d.submitted_at, d.returned_at, d.shared_at, d.file_id, d.voided_at,
    (SELECT s.on_behalf FROM submission s WHERE s.practice_id = d.practice_id AND s.document_id = d.id
     ORDER BY s.number DESC LIMIT 1) AS on_behalf
  FROM document d WHERE d.practice_id = portico_here() AND d.access_id = $1 AND d.withdrawn_at IS NULL"""
TO_DO = COLUMNS + """ AND d.submitted_at IS NULL AND d.voided_at IS NULL AND (d.kind <> 'file' OR d.signs)
  ORDER BY d.place, d.shared_at, d.id"""
TO_READ = COLUMNS + """ AND d.submitted_at IS NULL AND d.voided_at IS NULL AND d.kind = 'file' AND NOT d.signs
    AND ($2::uuid IS NULL OR (d.place, d.shared_at, d.id) > (SELECT x.place, x.shared_at, x.id FROM document x
      WHERE x.practice_id = portico_here() AND x.id = $2 AND x.access_id = $1))
  ORDER BY d.place, d.shared_at, d.id LIMIT $3"""
DONE = COLUMNS + """ AND d.submitted_at IS NOT NULL
    AND ($2::uuid IS NULL OR (d.submitted_at, d.id) < (SELECT x.submitted_at, x.id FROM document x
      WHERE x.practice_id = portico_here() AND x.id = $2 AND x.access_id = $1))
  ORDER BY d.submitted_at DESC, d.id DESC LIMIT $3"""


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
    """`todo` and `shared` (to read) in the practice's order, `done` newest first. `more_shared`, `more_done`: the last
    one shown where others follow it; None at the end."""

    todo: list[Listed]
    shared: list[Listed]
    done: list[Listed]
    more_shared: UUID | None = None
    more_done: UUID | None = None


async def papers_of(
    actor: Actor, *, shared_after: UUID | None = None, done_before: UUID | None = None, limit: int = PAGE
) -> Papers:
    """What this person has, for whom they act, `limit` of what is to read and of what is done; of what is not handed
    in, only what they may fill in."""
    access = _acting(actor)
    done, more_done = await _page(DONE, access, done_before, limit)
    if not manages_documents(access):
        return Papers(todo=[], shared=[], done=done, more_done=more_done)
    shared, more_shared = await _page(TO_READ, access, shared_after, limit)
    return Papers(await to_do(actor), shared, done, more_shared, more_done)


async def to_do(actor: Actor) -> list[Listed]:
    """What they may fill in, sign or bring, in the practice's order."""
    access = _acting(actor)
    return await _listed(await fetch_all(TO_DO, access.access_id)) if manages_documents(access) else []


def _acting(actor: Actor) -> AccessOf:
    access = actor.lens or actor.access
    if access is None:
        missing("document")
    return access


async def _page(statement: str, access: AccessOf, edge: UUID | None, limit: int) -> tuple[list[Listed], UUID | None]:
    rows = await fetch_all(statement, access.access_id, edge, limit + 1)
    shown = await _listed(rows[:limit])
    return shown, shown[-1].id if len(rows) > limit else None


async def waiting_count(actor: Actor) -> int:
    """How much is to do for whom this person acts; who has not chosen acts for all of theirs."""
    one = actor.lens or actor.access
    chosen = [access.access_id for access in ((one,) if one else actor.accesses) if manages_documents(access)]
    to_do = Q(kind__not="file") | Q(signs=True)
    return await Document.filter(
        to_do, access_id__in=chosen, withdrawn_at=None, voided_at=None, submitted_at=None
    ).count()


async def _listed(rows: Sequence[Row]) -> list[Listed]:
    names = ("id", "kind", "title", "note", "signs", "required", "due_on", "page", "pages", "shared_at", "opened_at",
             "saved_at", "submitted_at", "file_id", "voided_at")
    wrong = await unvouched(row["id"] for row in rows)
    return [Listed(**{name: one[name] for name in names}, state=_state(one), on_behalf=bool(one["on_behalf"]),
                   vouched=one["id"] not in wrong) for one in rows]


def _state(one: Row) -> str:
    if one["submitted_at"] is not None:
        return "done"
    if one["kind"] == "file" and not one["signs"]:
        return "to-read" if one["opened_at"] is None else "read"
    if one["returned_at"] is not None:
        return "returned"
    return "new" if one["started_at"] is None else "started"
