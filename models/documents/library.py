"""The library of a practice: its forms, what was published of each, and how many people have one to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.clients.access import reaches, visible_clients
from models.core.actor import Actor
from models.core.change import record
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import missing
from models.core.events import Part, ToStaff
from models.documents.events import FORM_CHANGED
from models.documents.rights import ensure_edits_forms, ensure_sees_forms
from models.documents.tables import Form, FormVersion

KINDS = {"consent": "Consent", "intake": "Intake", "assessment": "Assessment", "questionnaire": "Questionnaire"}

FORMS = """SELECT f.id, f.kind, f.title, f.sample, f.guardian_signs, f.countersigns, f.made_from, f.archived_at,
    f.version, f.draft_version, f.draft IS NOT NULL AS drafted, f.created_at, v.number, v.signs, v.published_at,
    m.name AS published_by, coalesce(o.open, 0) AS open
  FROM form f
  LEFT JOIN LATERAL (SELECT number, signs, published_at, published_by FROM form_version
    WHERE practice_id = portico_here() AND form_id = f.id ORDER BY number DESC LIMIT 1) v ON true
  LEFT JOIN staff_member m ON m.practice_id = portico_here() AND m.id = v.published_by
  LEFT JOIN (SELECT form_id, count(*) AS open FROM document WHERE practice_id = portico_here() AND form_id IS NOT NULL
    AND submitted_at IS NULL AND withdrawn_at IS NULL AND voided_at IS NULL
    AND ($1::uuid[] IS NULL OR client_id = ANY ($1))
    GROUP BY form_id) o ON o.form_id = f.id
  WHERE f.practice_id = portico_here() AND ($2 = '' OR f.kind = $2) AND ($3::uuid IS NULL OR f.id = $3)
    AND strpos(lower(f.title), lower($4)) > 0
  ORDER BY f.archived_at IS NOT NULL, lower(f.title), f.id"""
VERSIONS = """SELECT v.id, v.number, v.title, v.signs, v.sha256, v.published_at, m.name AS published_by
  FROM form_version v LEFT JOIN staff_member m ON m.practice_id = v.practice_id AND m.id = v.published_by
  WHERE v.practice_id = portico_here() AND v.form_id = $1 ORDER BY v.number DESC"""
HELD = "SELECT 1 FROM form WHERE practice_id = portico_here() AND id = $1 FOR UPDATE"


@dataclass(frozen=True)
class Shelved:
    """A form as the library shows it. `number`: of its newest version, None while none was published; `drafted`: a
    draft waits to be published; `open`: how many people have it to fill in now, None for who may not know."""

    id: UUID
    kind: str
    title: str
    sample: bool
    guardian_signs: bool
    countersigns: bool
    made_from: str
    archived_at: datetime | None
    version: int
    draft_version: int
    drafted: bool
    created_at: datetime
    number: int | None
    signs: bool
    published_at: datetime | None
    published_by: str
    open: int | None


async def library(actor: Actor, *, kind: str = "", words: str = "") -> list[Shelved]:
    """The forms by title, archived ones last; of one kind, with these words in the title. Raises Forbidden."""
    ensure_sees_forms(actor)
    return await _shelved(actor, kind, words, None)


async def shelved_form(actor: Actor, form_id: UUID) -> Shelved:
    """One form, archived or not. Raises Missing, Forbidden."""
    ensure_sees_forms(actor)
    found = await _shelved(actor, "", "", form_id)
    return found[0] if found else missing("form")


async def form_for(actor: Actor, form_id: UUID) -> Form:
    """The row, for who may look at forms. Raises Missing, Forbidden."""
    ensure_sees_forms(actor)
    return await Form.get_or_none(id=form_id) or missing("form")


async def form_to_change(actor: Actor, form_id: UUID) -> Form:
    """The row, held until the scope ends, for who may change forms. Raises Missing, Forbidden."""
    ensure_edits_forms(actor)
    await fetch_one(HELD, form_id)
    return await Form.get_or_none(id=form_id) or missing("form")


async def versions_of(actor: Actor, form_id: UUID) -> Sequence[Row]:
    """What was published of a form, the newest first, with who published it. Raises Forbidden."""
    ensure_sees_forms(actor)
    return await fetch_all(VERSIONS, form_id)


async def version_for(actor: Actor, form_id: UUID, number: int) -> FormVersion:
    """Raises Missing, Forbidden."""
    ensure_sees_forms(actor)
    return await FormVersion.get_or_none(form_id=form_id, number=number) or missing("version of a form")


async def newest_version(form_id: UUID) -> FormVersion | None:
    """What is asked of people who are asked now; None while nothing was published."""
    return await FormVersion.filter(form_id=form_id).order_by("-number").first()


async def told(actor: Actor | None, form_id: UUID) -> None:
    """Inside a change: staff hear that something about this form is new."""
    await record(actor, FORM_CHANGED, [Part([ToStaff()], {"form": form_id})], subject_id=form_id)


async def _shelved(actor: Actor, kind: str, words: str, form_id: UUID | None) -> list[Shelved]:
    reached = await visible_clients(actor, "document_status")
    rows = await fetch_all(FORMS, reached, kind, form_id, " ".join(words.split()))
    knows = bool(reaches(actor, "document_status"))
    return [
        Shelved(**{**row, "signs": bool(row["signs"]), "published_by": row["published_by"] or "",
                   "open": row["open"] if knows else None})
        for row in map(dict, rows)
    ]
