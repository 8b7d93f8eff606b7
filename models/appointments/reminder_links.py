"""The link in a reminder: it opens a page about one appointment at one time, for one person, without signing in.
Nothing else can be done with it than to confirm; a time that moved makes it worthless."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from models.appointments.events import CONFIRMED
from models.appointments.locking import hold_calendars
from models.appointments.outward import Outward, outward
from models.appointments.registering import BOOK, CANCEL, REMIND, VIEW
from models.appointments.tables import Appointment
from models.appointments.telling import tell
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Gone, missing
from models.core.scope import current_scope
from models.core.secret import keys_for

PURPOSE, SIGNATURE, LENGTH = "reminder", 16, 36
State = Literal["open", "confirmed", "moved", "cancelled", "over"]
SAID: dict[State, str] = {
    "moved": "This appointment was moved. The time in that e-mail no longer holds.",
    "cancelled": "This appointment was cancelled.",
    "over": "This appointment has begun or is over.",
}
# As the person may now: whether they get reminders, see the appointment in the portal, and cancel or move it there.
MAY = """SELECT bool_or(a.contact_id IS NULL OR $3 = ANY (a.permissions)) AS reads,
    bool_or(a.contact_id IS NULL OR $4 = ANY (a.permissions)) AS sees,
    bool_or((a.contact_id IS NULL OR ($4 = ANY (a.permissions) AND $5 = ANY (a.permissions)))
      AND portico_on($6, a.features_off)) AS changes
  FROM portal_access a WHERE a.practice_id = portico_here() AND a.login_id = $1 AND a.client_id = $2
    AND portico_open(a)"""
CONFIRM = """UPDATE attendance SET confirmed_at = $2 WHERE practice_id = portico_here() AND id = $1
  AND confirmed_at IS NULL"""


@dataclass(frozen=True)
class Linked:
    """`sees`: it can be opened in the portal; `changes`: it can be cancelled or moved there by this person."""

    one: Outward
    state: State
    sees: bool
    changes: bool


def reminder_token(practice_id: UUID, attendance_id: UUID, login_id: UUID, starts_at: datetime) -> str:
    """For one person, of one appointment at one time."""
    told = attendance_id.bytes + login_id.bytes + int(starts_at.timestamp() // 60).to_bytes(4, "big")
    return base64.urlsafe_b64encode(told + _signatures(practice_id, told)[0]).decode().rstrip("=")


async def linked(token: str) -> Linked:
    """What stands behind a link now; changes nothing. Raises Missing for any other text, and Gone `link-expired` when
    this person gets no reminders of that client any more."""
    attendance_id, login_id, starts_at = _read(token)
    one = await outward(attendance_id)
    if one is None:
        missing("link")
    row = await fetch_one(MAY, login_id, one.client_id, REMIND.key, VIEW.key, BOOK.key, CANCEL.key)
    if row is None or not row["reads"]:
        raise Gone("link-expired", "This link can no longer be used.")
    return Linked(one, _state(one, starts_at), row["sees"], row["changes"])


async def confirm(token: str) -> None:
    """Whom it is about comes; a second time changes nothing. Raises Gone `reminder-over` with what became of it."""
    found = await linked(token)
    async with change(None, "appointment.confirm"):
        await hold_calendars([found.one.staff_id])
        found = await linked(token)
        if found.state in SAID:
            raise Gone("reminder-over", SAID[found.state])
        if await execute(CONFIRM, found.one.attendance_id, now()):
            await tell(None, CONFIRMED, await Appointment.get(id=found.one.id), [found.one.client_id])


def _state(one: Outward, starts_at: datetime) -> State:
    if not one.comes:
        return "cancelled"
    if one.starts_at != starts_at:
        return "moved"
    if one.starts_at <= now():
        return "over"
    return "open" if one.confirmed_at is None else "confirmed"


def _read(token: str) -> tuple[UUID, UUID, datetime]:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        missing("link")
    told, signature = raw[:LENGTH], raw[LENGTH:]
    signed = any(hmac.compare_digest(signature, one) for one in _signatures(current_scope().practice_id, told))
    if len(raw) != LENGTH + SIGNATURE or not signed:
        missing("link")
    starts_at = datetime.fromtimestamp(int.from_bytes(told[32:], "big") * 60, UTC)
    return UUID(bytes=told[:16]), UUID(bytes=told[16:32]), starts_at


def _signatures(practice_id: UUID, told: bytes) -> list[bytes]:
    """Today's first."""
    return [hmac.new(key, practice_id.bytes + told, sha256).digest()[:SIGNATURE] for key in keys_for(PURPOSE)]
