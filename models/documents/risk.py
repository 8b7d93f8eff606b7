"""Answers that may mean danger alert the practitioners and who stands in for them, the moment such an answer is saved.

Not at the submission: whoever ticks that item may never hand the form in. One alert stands for a document until
somebody says that they take care of it; what is changed to and fro meanwhile alerts nobody twice. Being on the list of
an alert opens what it says of the client, also for a colleague who stands in and does not see the record otherwise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from models.clients.people import assigned_to
from models.core.actor import Actor
from models.core.change import record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.events import Part, ToDesk
from models.core.ids import new_id
from models.documents.events import RISK_RAISED
from models.documents.items import Item, Value
from models.documents.tables import Document, RiskAlert
from models.documents.values import same

# Who stands in for whom at a moment: (absent, cover) pairs. Filled by server.wiring.
COVERS: list[Callable[[Sequence[UUID], datetime], Awaitable[list[tuple[UUID, UUID]]]]] = []

RAISE = """INSERT INTO risk_alert (id, document_id, client_id, access_id, path) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (practice_id, document_id) WHERE seen_at IS NULL DO NOTHING"""
ADDRESS = """INSERT INTO risk_alert_for (alert_id, staff_id, covers) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"""
LOGINS = """SELECT m.login_id FROM risk_alert_for f JOIN staff_member m ON m.practice_id = f.practice_id
    AND m.id = f.staff_id
  WHERE f.practice_id = portico_here() AND f.alert_id = $1 AND m.login_id IS NOT NULL AND m.deactivated_at IS NULL"""
ADMINISTRATORS = """SELECT id FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL
  AND 'administrator' = ANY(roles) ORDER BY id"""
SEEN_SINCE = """SELECT 1 FROM risk_alert WHERE practice_id = portico_here() AND document_id = $1 AND path = $2
  AND raised_at > coalesce($3, '-infinity'::timestamptz)"""


def is_risk(item: Item, values: Sequence[Value]) -> bool:
    """Whether one of these answers is marked as one that may mean danger."""
    return any(same(risk, one) for risk in item.risk for one in values)


async def look(actor: Actor, document: Document, item: Item, path: str, values: Sequence[Value]) -> bool:
    """Inside a change: alert when this answer, just saved, may mean danger; True when it does."""
    if not is_risk(item, values):
        return False
    await alert(actor, document, path)
    return True


async def look_again(actor: Actor, document: Document, path: str) -> None:
    """Inside a change that hands in: alert about an answer that nobody was alerted of since the form was asked."""
    if await fetch_one(SEEN_SINCE, document.id, path, document.returned_at) is None:
        await alert(actor, document, path)


async def alert(actor: Actor, document: Document, path: str) -> None:
    """Inside a change: tell whom it concerns, unless an alert about this document is open."""
    id = new_id()
    if not await execute(RAISE, id, document.id, document.client_id, document.access_id, path):
        return
    staff = [one.id for one in await assigned_to(document.client_id)] or await _administrators()
    covers = [pair for rule in COVERS for pair in await rule(staff, now())]
    for one in staff:
        await execute(ADDRESS, id, one, None)
    for absent, cover in covers:
        await execute(ADDRESS, id, cover, absent)
    parts = [Part(await rooms(id), {"client": document.client_id, "document": document.id, "alert": id})]
    await record(actor, RISK_RAISED, parts, subject_id=id)


async def rooms(alert_id: UUID) -> list[ToDesk]:
    """The desks of whom an alert went to."""
    return [ToDesk(login_id) for login_id in await whom(alert_id)]


async def whom(alert_id: UUID) -> list[UUID]:
    """Their logins, of those who still work here."""
    return [row["login_id"] for row in await fetch_all(LOGINS, alert_id)]


async def is_open(alert_id: UUID) -> bool:
    """Whether nobody takes care of it yet."""
    return await RiskAlert.exists(id=alert_id, seen_at=None)


async def _administrators() -> list[UUID]:
    """Where nobody is assigned somebody has to hear of it."""
    return [row["id"] for row in await fetch_all(ADMINISTRATORS)]
