"""Alerts about answers that may mean danger, for whom they went to: reading one, and taking care of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import missing
from models.core.events import EventType, Part
from models.core.looking import note_look
from models.documents.drawing import answer_words
from models.documents.events import RISK_OPENED, RISK_SEEN
from models.documents.filling import answers_of, form_of
from models.documents.paths import item_at
from models.documents.risk import rooms
from models.documents.tables import Document, RiskAlert

MINE = """SELECT r.id, r.raised_at, c.name AS client, k.name AS contact, cover.name AS covers,
    f.opened_at FROM risk_alert r
  JOIN risk_alert_for f ON f.practice_id = r.practice_id AND f.alert_id = r.id AND f.staff_id = $1
  JOIN client c ON c.practice_id = r.practice_id AND c.id = r.client_id
  JOIN portal_access a ON a.practice_id = r.practice_id AND a.id = r.access_id
  LEFT JOIN contact k ON k.practice_id = a.practice_id AND k.id = a.contact_id
  LEFT JOIN staff_member cover ON cover.practice_id = f.practice_id AND cover.id = f.covers
  WHERE r.practice_id = portico_here() AND r.seen_at IS NULL ORDER BY r.raised_at"""
ADDRESSED = """SELECT 1 FROM risk_alert_for WHERE practice_id = portico_here() AND alert_id = $1 AND staff_id = $2"""
OPEN = """INSERT INTO risk_alert_for (alert_id, staff_id, opened_at) VALUES ($1, $2, $3)
  ON CONFLICT (practice_id, alert_id, staff_id) DO UPDATE SET opened_at = excluded.opened_at
  WHERE risk_alert_for.opened_at IS NULL RETURNING staff_id"""
SEE = """UPDATE risk_alert SET seen_at = $2, seen_by = $3
  WHERE practice_id = portico_here() AND id = $1 AND seen_at IS NULL"""
WHO = """SELECT s.name, cover.name AS covers, f.opened_at FROM risk_alert_for f
  JOIN staff_member s ON s.practice_id = f.practice_id AND s.id = f.staff_id
  LEFT JOIN staff_member cover ON cover.practice_id = f.practice_id AND cover.id = f.covers
  WHERE f.practice_id = portico_here() AND f.alert_id = $1 ORDER BY f.covers IS NOT NULL, s.name"""
PERSON = """SELECT c.name AS client, c.phone, k.name AS contact, k.phone AS contact_phone, s.name AS seen_by
  FROM risk_alert r JOIN client c ON c.practice_id = r.practice_id AND c.id = r.client_id
  JOIN portal_access a ON a.practice_id = r.practice_id AND a.id = r.access_id
  LEFT JOIN contact k ON k.practice_id = a.practice_id AND k.id = a.contact_id
  LEFT JOIN staff_member s ON s.practice_id = r.practice_id AND s.id = r.seen_by
  WHERE r.practice_id = portico_here() AND r.id = $1"""


@dataclass(frozen=True)
class Waiting:
    """An alert that nobody takes care of yet. `contact`: who answered, when it was not the client."""

    id: UUID
    raised_at: datetime
    client: str
    contact: str | None
    covers: str | None
    opened_at: datetime | None


@dataclass(frozen=True)
class Addressed:
    """Whom an alert went to, `covers`: for whom they stand in, and when they first opened it."""

    name: str
    covers: str | None
    opened_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """One alert: who, the question and the answer as it stands now, how to reach them, who opened it."""

    id: UUID
    client_id: UUID
    document_id: UUID
    client: str
    phone: str
    contact: str | None
    contact_phone: str | None
    question: str
    answer: Sequence[str]
    handed_in: bool
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None
    went_to: Sequence[Addressed]
    sees_record: bool


async def waiting_for(actor: Actor) -> list[Waiting]:
    """Alerts that went to this staff member and that nobody takes care of yet, oldest first."""
    if not actor.desk or actor.staff_id is None:
        return []
    return [Waiting(**row) for row in await fetch_all(MINE, actor.staff_id)]


async def open_alert(actor: Actor, id: UUID) -> Shown:
    """What an alert says; that this person opened it, and when, is kept and told to the others. Raises Missing for whom
    it did not go to, unless they may read the client's documents."""
    alert = await _alert_for(actor, id)
    await note_look(actor, "risk-alert", alert.id, client_id=alert.client_id)
    async with change(actor, "risk.open"):
        if await fetch_one(OPEN, alert.id, actor.staff_id, now()) is not None:
            await _tell(actor, RISK_OPENED, alert)
    return await _shown(actor, alert)


async def take_care(actor: Actor, id: UUID) -> None:
    """This person takes care of it: it leaves everybody's desk, with their name. A second one changes nothing."""
    alert = await _alert_for(actor, id)
    async with change(actor, "risk.take_care"):
        if await execute(SEE, alert.id, now(), actor.staff_id):
            await _tell(actor, RISK_SEEN, alert)


async def _alert_for(actor: Actor, id: UUID) -> RiskAlert:
    alert = await RiskAlert.get_or_none(id=id) if actor.desk and actor.lens is None else None
    if alert is None:
        missing("alert")
    if await fetch_one(ADDRESSED, id, actor.staff_id) is None and not await sees_client(
        actor, alert.client_id, "clinical"
    ):
        missing("alert")
    return alert


async def _tell(actor: Actor, kind: EventType, alert: RiskAlert) -> None:
    ids = {"client": alert.client_id, "document": alert.document_id, "alert": alert.id, "staff": actor.staff_id}
    await record(actor, kind, [Part(await rooms(alert.id), ids)], subject_id=alert.id)


async def _shown(actor: Actor, alert: RiskAlert) -> Shown:
    document = await Document.get(id=alert.document_id)
    item = item_at((await form_of(document)).items, alert.path)
    values = (await answers_of(document.id)).get(alert.path, [])
    person = await fetch_one(PERSON, alert.id)
    assert person is not None
    return Shown(
        id=alert.id, client_id=alert.client_id, document_id=document.id, **person,
        question=item.text if item else "", answer=answer_words(item, values) if item else [],
        handed_in=document.submitted_at is not None, raised_at=alert.raised_at, seen_at=alert.seen_at,
        went_to=[Addressed(**row) for row in await fetch_all(WHO, alert.id)],
        sees_record=await sees_client(actor, alert.client_id, "clinical"),
    )
