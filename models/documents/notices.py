"""E-mails about documents: one for all that was shared at once, one for a nudge. What stands in them names nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import fetch_all, fetch_one
from models.core.events import EventType, Part, ToStaffAllClients, ToStaffOf
from models.core.ids import new_id
from models.documents.events import MAIL_SETTLED, MAILED
from models.documents.rights import DOCUMENTATION
from models.documents.tables import ShareNotice

LONGEST = 2000
USUAL = "There is something new for you in your client portal. Please look at it when you have a moment."

# Still of use: the person may come in, and something of theirs waits or can be looked at.
NEEDED = """SELECT n.kind, n.message, a.login_id, a.client_id
  FROM share_notice n JOIN portal_access a ON a.id = n.access_id
  WHERE n.practice_id = portico_here() AND n.id = $1 AND portico_open(a)
    AND (a.contact_id IS NULL OR $2 = ANY (a.permissions))
    AND EXISTS (SELECT FROM document d WHERE d.access_id = a.id AND d.withdrawn_at IS NULL AND d.submitted_at IS NULL
      AND d.voided_at IS NULL)"""
# The words are kept until they have left, and no longer.
SETTLE = """UPDATE share_notice SET state = $2, failure = $3, settled_at = clock_timestamp(), message = ''
  WHERE practice_id = portico_here() AND id = $1 AND state = 'queued' RETURNING access_id"""
NEWEST = """SELECT DISTINCT ON (n.access_id) n.access_id, n.kind, n.state, n.failure, n.made_at
  FROM share_notice n JOIN portal_access a ON a.id = n.access_id
  WHERE n.practice_id = portico_here() AND a.client_id = $1 ORDER BY n.access_id, n.made_at DESC, n.id DESC"""


@dataclass(frozen=True)
class Notice:
    """What became of the newest e-mail to one person."""

    kind: str
    state: str
    failure: str
    at: datetime


@dataclass(frozen=True)
class Outgoing:
    """What a mail needs that leaves now."""

    kind: str
    message: str
    login_id: UUID
    client_id: UUID


async def notify(actor: Actor, access: PortalAccess, *, kind: str, message: str) -> None:
    """Inside a change: an e-mail is on its way to who has come in already; who was only invited finds everything behind
    the invitation."""
    if access.accepted_at is None or access.login_id is None:
        return
    id = new_id()
    await ShareNotice.create(id=id, access_id=access.id, kind=kind, message=message, made_by=actor.staff_id)
    await _tell(actor, MAILED, id, access)


async def outgoing(notice_id: UUID) -> Outgoing | None:
    """The mail, while somebody is still to get it; None else."""
    row = await fetch_one(NEEDED, notice_id, DOCUMENTATION.key)
    return Outgoing(**row) if row else None


async def settle(notice_id: UUID, state: str, failure: str = "") -> None:
    """What became of it: taken, refused with a code, unwanted. Told to staff once."""
    async with change(None, "document.settle_mail"):
        row = await fetch_one(SETTLE, notice_id, state, failure)
        if row is not None:
            await _tell(None, MAIL_SETTLED, notice_id, await PortalAccess.get(id=row["access_id"]))


async def newest(client_id: UUID) -> dict[UUID, Notice]:
    """By access."""
    rows = await fetch_all(NEWEST, client_id)
    return {row["access_id"]: Notice(row["kind"], row["state"], row["failure"], row["made_at"]) for row in rows}


async def _tell(actor: Actor | None, kind: EventType, notice_id: UUID, access: PortalAccess) -> None:
    ids = {"client": access.client_id, "access": access.id}
    await record(actor, kind, [Part((ToStaffOf(access.client_id), ToStaffAllClients()), ids)], subject_id=notice_id)
