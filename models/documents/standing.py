"""What was asked of and shared with the people of a client, and how far each of it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from models.accounts.practices import today_here
from models.core.database import fetch_all
from models.documents.tables import Document
from models.documents.vouching import unvouched

WORDS = {"consent": "Consent", "intake": "Intake", "assessment": "Assessment", "questionnaire": "Questionnaire",
         "file": "File", "file-request": "File request"}
ROWS = """SELECT d.id, d.access_id, d.kind, coalesce(f.kind, d.kind) AS sort, d.form_id, d.file_id, d.title, d.signs,
    d.onboarding, d.required, d.place, d.due_on, d.shared_at, d.opened_at, d.started_at, d.saved_at, d.page, d.pages,
    d.submitted_at, d.returned_at, d.nudged_at, d.voided_at, a.contact_id IS NOT NULL AS of_contact,
    (SELECT count(*) FROM document_file x WHERE x.document_id = d.id)::int AS files
  FROM document d JOIN portal_access a ON a.practice_id = d.practice_id AND a.id = d.access_id
  LEFT JOIN form f ON f.practice_id = d.practice_id AND f.id = d.form_id
  WHERE d.practice_id = portico_here() AND d.client_id = $1 AND d.withdrawn_at IS NULL
  ORDER BY d.place, d.shared_at, d.id"""


@dataclass(frozen=True)
class Standing:
    """One document. `sort`: the kind of the form, or file, file-request. `state`: waiting, opened, started, returned
    (a correction is asked for), done, voided; a file that is only to be read is waiting until it is opened.
    `guardians`: of a form that several contacts were asked to sign, how many have and of how many; `vouched`:
    what was signed stands as it was signed."""

    id: UUID
    access_id: UUID
    kind: str
    sort: str
    form_id: UUID | None
    file_id: UUID | None
    title: str
    signs: bool
    onboarding: bool
    required: bool
    place: int
    due_on: date | None
    shared_at: datetime
    opened_at: datetime | None
    started_at: datetime | None
    saved_at: datetime | None
    page: int
    pages: int
    submitted_at: datetime | None
    returned_at: datetime | None
    nudged_at: datetime | None
    voided_at: datetime | None
    of_contact: bool
    files: int
    today: date
    guardians: tuple[int, int] | None = None
    vouched: bool = True

    @property
    def words(self) -> str:
        return WORDS[self.sort]

    @property
    def reads(self) -> bool:
        """Only to be looked at."""
        return self.kind == "file" and not self.signs

    @property
    def state(self) -> str:
        if self.voided_at is not None:
            return "voided"
        if self.submitted_at is not None:
            return "done"
        if self.returned_at is not None:
            return "returned"
        return "started" if self.started_at or self.files else "opened" if self.opened_at else "waiting"

    @property
    def open(self) -> bool:
        """It can still be taken back."""
        return self.submitted_at is None and self.voided_at is None

    @property
    def waits(self) -> bool:
        """Somebody still has to do something."""
        return self.open and not self.reads

    @property
    def overdue(self) -> bool:
        return self.waits and self.due_on is not None and self.due_on < self.today


async def standing_of(client_id: UUID) -> list[Standing]:
    """Everything that was not taken back, of each person in their order."""
    rows, today = await fetch_all(ROWS, client_id), await today_here()
    wrong = await unvouched(row["id"] for row in rows)
    found = [Standing(**row, today=today, vouched=row["id"] not in wrong) for row in rows]
    return [_among_guardians(one, found) for one in found]


def version_of(found: Iterable[Standing | Document]) -> str:
    """Changes whenever something is shared, taken back, put in another order or due at another day."""
    told = sorted(f"{one.id} {one.access_id} {one.place} {one.due_on}" for one in found)
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def _among_guardians(one: Standing, found: Sequence[Standing]) -> Standing:
    if not (one.signs and one.of_contact and one.form_id):
        return one
    newest = {other.access_id: other for other in found
              if other.form_id == one.form_id and other.of_contact and other.voided_at is None}
    if len(newest) < 2 or newest.get(one.access_id) is not one:
        return one
    signed = sum(other.submitted_at is not None and other.vouched for other in newest.values())
    return Standing(**{**vars(one), "guardians": (signed, len(newest))})
