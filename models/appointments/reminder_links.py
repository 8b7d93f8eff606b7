"""The link in a reminder: it opens a page about one appointment at one time, for one person, without signing in.
Nothing else can be done with it than to confirm; a time that moved makes it worthless. Of who has no sign-in it holds
for the address that it went to, and leads to the video call, which others find in the portal."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from models.appointments.by_address import PERMISSIONS, people_of
from models.appointments.events import CONFIRMED
from models.appointments.locking import hold_calendars
from models.appointments.outward import VIDEO_OPENS, Outward, outward
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
# As the person may now, by their login ($1) or as who they are: whether they get reminders, see the appointment in the
# portal, and cancel or move it there.
MAY = """SELECT bool_or(a.contact_id IS NULL OR $3 = ANY (a.permissions)) AS reads,
    bool_or(a.contact_id IS NULL OR $4 = ANY (a.permissions)) AS sees,
    bool_or((a.contact_id IS NULL OR ($4 = ANY (a.permissions) AND $5 = ANY (a.permissions)))
      AND portico_on($6, a.features_off)) AS changes
  FROM portal_access a WHERE a.practice_id = portico_here() AND a.client_id = $2 AND portico_open(a)
    AND $1 IN (a.login_id, coalesce(a.contact_id, a.client_id))"""
VIDEO = "SELECT video_link FROM appointment WHERE practice_id = portico_here() AND id = $1"
CONFIRM = """UPDATE attendance SET confirmed_at = $2 WHERE practice_id = portico_here() AND id = $1
  AND confirmed_at IS NULL"""


@dataclass(frozen=True)
class Linked:
    """`sees`: it can be opened in the portal; `changes`: it can be cancelled or moved there by this person.
    `video_link`: for who does not sign in, from 15 minutes before to the end."""

    one: Outward
    state: State
    sees: bool
    changes: bool
    video_link: str = ""


def reminder_token(
    practice_id: UUID, attendance_id: UUID, reader_id: UUID, starts_at: datetime, *, email: str = ""
) -> str:
    """For one person, of one appointment at one time: a login, or with an `email` the client or contact whose address
    that is."""
    told = attendance_id.bytes + reader_id.bytes + int(starts_at.timestamp() // 60).to_bytes(4, "big")
    return base64.urlsafe_b64encode(told + _signatures(practice_id, told, email)[0]).decode().rstrip("=")


async def linked(token: str) -> Linked:
    """What stands behind a link now; changes nothing. Raises Missing for any other text, and Gone `link-expired` when
    this person gets no reminders of that client any more."""
    told, signature = _parts(token)
    attendance_id, reader_id, starts_at = _read(told)
    by_login, one = _signed(told, signature), await outward(attendance_id) or missing("link")
    reads = by_login or await _hears(one.client_id, reader_id, told, signature)
    row = await fetch_one(MAY, reader_id, one.client_id, REMIND.key, VIEW.key, BOOK.key, CANCEL.key)
    assert row is not None
    if not reads or (by_login and not row["reads"]):
        raise Gone("link-expired", "This link can no longer be used.")
    found = Linked(one, _state(one, starts_at), bool(row["sees"]), bool(row["changes"]))
    return found if by_login or found.sees else replace(found, video_link=await _video_link(one, starts_at))


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


async def _hears(client_id: UUID, person_id: UUID, told: bytes, signature: bytes) -> bool:
    """Whether who has no sign-in may still hear of it. Raises Missing when the link never went to the address they
    have."""
    people = await people_of(client_id)
    person = next((one for one in people if one.id == person_id), None)
    if person is None or not person.email or not _signed(told, signature, person.email):
        missing("link")
    return any(person.may(kind) and not person.apart(kind, people) for kind in PERMISSIONS)


async def _video_link(one: Outward, starts_at: datetime) -> str:
    at = now()
    if one.mode != "video" or not one.comes or one.starts_at != starts_at:
        return ""
    row = await fetch_one(VIDEO, one.id) if one.starts_at - VIDEO_OPENS <= at < one.ends_at else None
    return str(row["video_link"]) if row else ""


def _parts(token: str) -> tuple[bytes, bytes]:
    """What a link tells, and its signature, which is checked by nobody yet."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        missing("link")
    return (raw[:LENGTH], raw[LENGTH:]) if len(raw) == LENGTH + SIGNATURE else missing("link")


def _read(told: bytes) -> tuple[UUID, UUID, datetime]:
    starts_at = datetime.fromtimestamp(int.from_bytes(told[32:], "big") * 60, UTC)
    return UUID(bytes=told[:16]), UUID(bytes=told[16:32]), starts_at


def _signed(told: bytes, signature: bytes, email: str = "") -> bool:
    practice_id = current_scope().practice_id
    return any(hmac.compare_digest(signature, one) for one in _signatures(practice_id, told, email))


def _signatures(practice_id: UUID, told: bytes, email: str) -> list[bytes]:
    """Today's first."""
    said = practice_id.bytes + told + email.encode()
    return [hmac.new(key, said, sha256).digest()[:SIGNATURE] for key in keys_for(PURPOSE)]
