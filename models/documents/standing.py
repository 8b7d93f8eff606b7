"""What was asked of and shared with the people of a client, and how far each of it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from models.accounts.practices import today_here
from models.core.database import Row, fetch_all
from models.documents.tables import Document
from models.documents.vouching import unvouched

WORDS = {"consent": "Consent", "intake": "Intake", "assessment": "Assessment", "questionnaire": "Questionnaire",
         "file": "File", "file-request": "File request"}
LATELY = 10
COLUMNS = """SELECT d.id, d.access_id, d.kind, coalesce(f.kind, d.kind) AS sort, d.form_id, d.file_id, d.title, d.signs,
    d.onboarding, d.required, d.place, d.due_on, d.shared_at, d.opened_at, d.started_at, d.saved_at, d.page, d.pages,
    d.submitted_at, d.returned_at, d.nudged_at, d.voided_at, a.contact_id IS NOT NULL AS of_contact,
    (SELECT count(*) FROM document_file x WHERE x.document_id = d.id)::int AS files{more}
  FROM document d JOIN portal_access a ON a.practice_id = d.practice_id AND a.id = d.access_id
  LEFT JOIN form f ON f.practice_id = d.practice_id AND f.id = d.form_id
  WHERE d.practice_id = portico_here() AND d.client_id = $1 AND d.withdrawn_at IS NULL{which}"""
SETTLED = "coalesce(d.submitted_at, d.voided_at)"
# How many settled ones of that person are newer, and itself.
AGE = f""",
    (CASE WHEN {SETTLED} IS NULL THEN 0 ELSE row_number() OVER (
      PARTITION BY d.access_id, {SETTLED} IS NULL ORDER BY {SETTLED} DESC, d.id DESC) END)::int AS age"""
ROWS = COLUMNS.format(more=AGE, which="\n  ORDER BY d.place, d.shared_at, d.id")
EARLIER = COLUMNS.format(more="", which=f"""
    AND d.access_id = $2 AND {SETTLED} IS NOT NULL
    AND ($3::uuid IS NULL OR ({SETTLED}, d.id) < (SELECT coalesce(x.submitted_at, x.voided_at), x.id FROM document x
      WHERE x.practice_id = portico_here() AND x.id = $3 AND x.client_id = $1))
  ORDER BY {SETTLED} DESC, d.id DESC LIMIT $4""")


@dataclass(frozen=True)
class Standing:
    """One document. `sort`: the kind of the form, or file, file-request. `state`: waiting, opened, started, returned
    (a correction is asked for), done, voided; a file that is only to be read is waiting until it is opened.
    `guardians`: of a form that several contacts were asked to sign, how many have and of how many; `vouched`:
    what was signed stands as it was signed; `age`: 0 while it is open, else 1 for the newest of what is settled with
    this person, and so on."""

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
    age: int = 0

    @property
    def early(self) -> bool:
        """Settled so long ago that lists only lead to it."""
        return self.age > LATELY

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
    """Everything that was not taken back, of each person in their order. What is `early` is not looked into, so that
    years of it cost nothing: it says `vouched` unread."""
    found = _all(await fetch_all(ROWS, client_id), await today_here())
    of_guardians = {one.id for each in _newest_of_guardians(found).values() for one in each.values()}
    found = await _vouched(found, {one.id for one in found if not one.early} | of_guardians)
    newest = _newest_of_guardians(found)
    return [_among_guardians(one, newest) for one in found]


async def settled_with(
    client_id: UUID, access_id: UUID, *, limit: int, before: UUID | None = None
) -> tuple[list[Standing], UUID | None]:
    """What this person handed in or was voided, newest first, and the last one shown where others follow it."""
    rows = await fetch_all(EARLIER, client_id, access_id, before, limit + 1)
    found = _all(rows[:limit], await today_here())
    shown = await _vouched(found, {one.id for one in found})
    return shown, shown[-1].id if len(rows) > limit else None


def _all(rows: Sequence[Row], today: date) -> list[Standing]:
    return [Standing(**row, today=today) for row in rows]


async def _vouched(found: Sequence[Standing], ids: Collection[UUID]) -> list[Standing]:
    wrong = await unvouched(ids)
    return [replace(one, vouched=one.id not in wrong) for one in found]


def version_of(found: Iterable[Standing | Document]) -> str:
    """Changes whenever something is shared, taken back, put in another order or due at another day."""
    told = sorted(f"{one.id} {one.access_id} {one.place} {one.due_on}" for one in found)
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def _newest_of_guardians(found: Iterable[Standing]) -> dict[UUID, dict[UUID, Standing]]:
    """Of each form the newest copy of each contact, by form and access."""
    newest: dict[UUID, dict[UUID, Standing]] = {}
    for one in found:
        if one.signs and one.of_contact and one.form_id and one.voided_at is None:
            newest.setdefault(one.form_id, {})[one.access_id] = one
    return newest


def _among_guardians(one: Standing, newest: Mapping[UUID, Mapping[UUID, Standing]]) -> Standing:
    copies = newest.get(one.form_id, {}) if one.form_id else {}
    if len(copies) < 2 or copies.get(one.access_id) is not one:
        return one
    signed = sum(other.submitted_at is not None and other.vouched for other in copies.values())
    return replace(one, guardians=(signed, len(copies)))
