"""What of the library may be asked of somebody now: published, not archived."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from models.core.database import fetch_all

KINDS = (("consent", "Consents"), ("intake", "Intake"), ("assessment", "Assessments"),
         ("questionnaire", "Questionnaires"))

NEWEST = """SELECT DISTINCT ON (f.id) f.id, v.id AS version_id, f.kind, v.title, v.signs, f.guardian_signs,
    f.countersigns
  FROM form f JOIN form_version v ON v.form_id = f.id
  WHERE f.practice_id = portico_here() AND v.practice_id = portico_here() AND f.archived_at IS NULL
    AND ($1::uuid[] IS NULL OR f.id = ANY ($1))
  ORDER BY f.id, v.number DESC"""
ORDER = [key for key, _ in KINDS]


@dataclass(frozen=True)
class Shareable:
    """A form with its newest version."""

    id: UUID
    version_id: UUID
    kind: str
    title: str
    signs: bool
    guardian_signs: bool
    countersigns: bool


async def shareable(ids: Collection[UUID] | None = None) -> list[Shareable]:
    """By kind, then by title; with `ids` only those of them."""
    rows = await fetch_all(NEWEST, None if ids is None else list(ids))
    found = [Shareable(**row) for row in rows]
    return sorted(found, key=lambda one: (ORDER.index(one.kind), one.title.lower(), one.id))


def guardian_alone(title: str) -> str:
    """Why a form that a guardian signs is not asked of a minor."""
    return f"{title} is signed by a guardian. Ask a contact with Manage Documentation."
