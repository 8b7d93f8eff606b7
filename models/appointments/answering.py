"""What whoever asked for an appointment is told when staff answered, by mail and behind its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.accounts.tables import StaffMember
from models.appointments.events import REQUEST_CHANGED
from models.appointments.moments import expire_then
from models.appointments.news import readers
from models.appointments.registering import BOOK
from models.appointments.requests import Proposed, drop_offers, end, record_free
from models.appointments.tables import Appointment, BookingRequest
from models.appointments.telling import tell
from models.appointments.wishes import once_chosen, once_held, wished
from models.appointments.zones import zone_here, zone_of
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import missing
from models.core.ids import new_token, token_hash

TIMES = """SELECT a.id, a.starts_at, m.name FROM appointment a JOIN staff_member m ON m.id = a.staff_id
  WHERE a.request_id = $1 AND a.state = 'offered' ORDER BY a.starts_at"""

# A newcomer takes it back, or chooses, behind the link; words that staff wrote stand there as well, in no mail.
LINKED = ("open", "countered", "declined")


@dataclass(frozen=True)
class Decided:
    """As it stands now. `login_id` of a client or contact, `email` of a newcomer, who may be a client by now."""

    state: str
    version: int
    login_id: UUID | None
    email: str
    client_id: UUID | None


@dataclass(frozen=True)
class Told:
    """For one mail: `email` of a newcomer (a login's own is known), words for the template, where its link leads."""

    email: str
    path: str
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Offered:
    """Behind the link of a mail: the time that a newcomer asked for, those that are held for them in its place, or the
    one that they took."""

    state: str
    reply: str
    times: tuple[Proposed, ...]
    asked: Proposed
    expires_at: datetime
    taken: bool = False


async def decided(id: UUID) -> Decided | None:
    found = await BookingRequest.get_or_none(id=id)
    if found is None:
        return None
    return Decided(found.state, found.version, found.login_id, found.email, found.client_id)


async def told(id: UUID, version: int) -> Told | None:
    """None when it was decided otherwise since, or is no longer theirs to hear. A newcomer's link to the answer is made
    with the mail, which alone holds it."""
    request = await BookingRequest.get_or_none(id=id, version=version)
    if request is None:
        return None
    zone = await zone_of(request.client_id) if request.client_id else await zone_here()
    where = await Appointment.get_or_none(request_id=id, state="requested" if request.state == "open" else "scheduled")
    words = {
        "reach": await reach_by_phone(), "new": request.login_id is None,
        "when": f"{where.starts_at.astimezone(zone):%A, %B %-d, %-I:%M %p}" if where else "",
        "times": [f"{row['starts_at'].astimezone(zone):%A, %B %-d, %-I:%M %p}" for row in await fetch_all(TIMES, id)],
    }
    if request.login_id is not None and request.client_id is not None:
        # whose right to book ended meanwhile hears no times of that client any more
        hears = request.login_id in await readers(request.client_id, BOOK.key)
        return Told("", f"/for/{request.client_id}/appointments", words) if hears else None
    path = "/request" if request.state == "expired" else "/"
    if request.state in LINKED:
        token = new_token()
        await execute("UPDATE booking_request SET offer_hash = $2 WHERE id = $1", id, token_hash(token))
        path = f"/request/offer/{token}"
    return Told(request.email, path, words)


async def offered_by_link(token: str) -> Offered | None:
    """Opening it changes nothing: mail scanners do. None for a link that leads nowhere."""
    request = await BookingRequest.get_or_none(offer_hash=token_hash(token))
    if request is None:
        return None
    times = tuple(Proposed(row["id"], row["starts_at"], row["name"]) for row in await fetch_all(TIMES, request.id))
    row = await wished(request)
    asked = Proposed(row.id, row.starts_at, (await StaffMember.get(id=row.staff_id)).name)
    taken = agreed(row) and row.state in ("requested", "scheduled") and row.starts_at > now()
    return Offered(request.state, request.reply, times, asked, request.expires_at, taken)


def agreed(row: Appointment) -> bool:
    """Whether the time that is asked for is one that the practice had proposed."""
    return row.made_side == "desk"


async def take_by_link(token: str, appointment_id: UUID) -> None:
    """A newcomer takes one of the proposed times in a tap. It is theirs; what is left to staff is to take them in as a
    client. Raises Missing, Conflict `offer-over`, `decided`."""
    found = await BookingRequest.get_or_none(offer_hash=token_hash(token)) or missing("offer")
    async with change(None, "request.take"):
        request, row, chosen = await once_chosen(found, appointment_id)
        await Appointment.filter(id=chosen.id).update(
            state="requested", held_until=None, version=chosen.version + 1, made_at=now()
        )
        await Appointment.filter(id=row.id).update(state="declined", version=row.version + 1)
        await drop_offers(None, request)
        await BookingRequest.filter(id=request.id).update(
            state="open", expires_at=chosen.starts_at, version=request.version + 1
        )
        await expire_then(request.id, chosen.starts_at - now(), f"taken:{request.version}")
        await record_free(None, row)
        await tell(None, REQUEST_CHANGED, chosen, [], ids={"request": request.id})


async def withdraw_by_link(token: str) -> None:
    """None of the proposed times suits."""
    found = await BookingRequest.get_or_none(offer_hash=token_hash(token)) or missing("offer")
    async with change(None, "request.withdraw"):
        await end(None, *await once_held(found), "withdrawn")
