"""One entry of a calendar, with everything that this staff member may know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from models.appointments.entries import Entry, Wanted, entries
from models.appointments.finding import Found, read_by_staff
from models.clients.access import visible_clients
from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import missing

FROM, UNTIL = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
TIMES = "SELECT starts_at, ends_at FROM appointment WHERE id = $1"
MADE = """SELECT a.note, a.video_link, a.made_at, a.made_side, a.service_id, a.fee_cents, m.name AS made_by
  FROM appointment a LEFT JOIN staff_member m ON m.login_id = a.made_by WHERE a.id = $1"""
WHO = """SELECT t.client_id, t.state, t.confirmed_at, t.booked_side, t.booked_at, t.answers, t.cancelled_at,
    t.cancelled_side, t.reason, t.fee_cents, t.waived_at, t.waiver, c.name, c.phone
  FROM attendance t JOIN client c ON c.id = t.client_id WHERE t.appointment_id = $1 ORDER BY t.id"""


@dataclass(frozen=True)
class Attending:
    """One client of it. `record`: whether the client's record is open to this person; `phone` and what they answered
    only then."""

    client_id: UUID
    name: str
    state: str
    record: bool
    phone: str = ""
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_side: str | None = None
    reason: str = ""
    fee_cents: int | None = None
    waiver: str = ""
    answers: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Details:
    """`whole`: the entry itself is read whole; `found`: what its verbs take, for who may change it."""

    entry: Entry
    whole: bool = False
    note: str = ""
    video_link: str = ""
    made_at: datetime | None = None
    made_by: str = ""
    made_side: str = ""
    service_id: UUID | None = None
    fee_cents: int | None = None
    attending: list[Attending] = field(default_factory=list)
    found: Found | None = None


async def details(actor: Actor, id: UUID) -> Details:
    """Raises Missing for what is on no calendar (any more), or cancelled and not theirs to read."""
    times = await fetch_one(TIMES, id) or missing("appointment")
    wanted = Wanted(times["starts_at"], times["ends_at"], only=frozenset((id,)))
    one = next(iter(await entries(actor, wanted)), None) or missing("appointment")
    if one.status in ("busy", "held"):
        return Details(one)
    rows = [row for row in await fetch_all(WHO, id)]
    records = await visible_clients(actor)
    if not one.version:  # a visit: what is billed, and nothing beside it
        return Details(one, attending=[_named(row, records) for row in rows if _in(row, await _visits(actor))])
    made = await fetch_one(MADE, id) or missing("appointment")
    seen = None if one.may_change else await visible_clients(actor, "calendar")
    return Details(
        one, True, made["note"], made["video_link"], made["made_at"], made["made_by"] or "", made["made_side"],
        made["service_id"], made["fee_cents"],
        [_attending(row, records) for row in rows if _in(row, seen)],
        await read_by_staff(actor, id) if one.may_change else None,
    )


async def _visits(actor: Actor) -> list[UUID] | None:
    return await visible_clients(actor, "visits")


def _in(row: Row, seen: Sequence[UUID] | None) -> bool:
    return seen is None or row["client_id"] in seen


def _named(row: Row, records: Sequence[UUID] | None) -> Attending:
    return Attending(row["client_id"], row["name"], row["state"], _in(row, records))


def _attending(row: Row, records: Sequence[UUID] | None) -> Attending:
    record = _in(row, records)
    return Attending(
        row["client_id"], row["name"], row["state"], record, row["phone"] if record else "", row["confirmed_at"],
        row["cancelled_at"], row["cancelled_side"], row["reason"], row["fee_cents"], row["waiver"],
        row["answers"] if record else (),
    )
