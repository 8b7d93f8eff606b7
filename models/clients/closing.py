"""A person asks to have their account closed. The practice decides, for each client whose portal they open: records
stay as the law asks, the access ends when staff agree. Until then the person may take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.clients.access import sees_client
from models.clients.admitting import revoke
from models.clients.portal_events import (
    ACCESS_CLOSING_AGREED,
    ACCESS_CLOSING_ASKED,
    ACCESS_CLOSING_DECLINED,
    ACCESS_CLOSING_READ,
    ACCESS_CLOSING_WITHDRAWN,
)
from models.clients.portal_people import PortalPerson, tell
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id

MOST_TOLD = 50
WAITS = "r.withdrawn_at IS NULL AND r.decided_at IS NULL"
ADD = """INSERT INTO closing_request (id, access_id, reason, asked_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (practice_id, access_id) WHERE withdrawn_at IS NULL AND decided_at IS NULL DO NOTHING"""
WITHDRAW = f"""UPDATE closing_request r SET withdrawn_at = $2 FROM portal_access a
  WHERE r.practice_id = portico_here() AND a.practice_id = r.practice_id AND a.id = r.access_id AND a.login_id = $1
  AND a.revoked_at IS NULL AND {WAITS} RETURNING a.id"""
# What still says something to the person: what waits, and an answer that was not put away.
OWN = f"""SELECT a.client_id, c.name AS client_name, r.asked_at, r.decided_at, r.answer FROM closing_request r
  JOIN portal_access a ON a.practice_id = r.practice_id AND a.id = r.access_id
  JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  WHERE r.practice_id = portico_here() AND a.login_id = $1 AND portico_open(a)
  AND (({WAITS}) OR (r.agreed = false AND r.seen_at IS NULL)) ORDER BY r.asked_at DESC, c.name"""
SEEN = """UPDATE closing_request r SET seen_at = $2 FROM portal_access a
  WHERE r.practice_id = portico_here() AND a.practice_id = r.practice_id AND a.id = r.access_id AND a.login_id = $1
  AND r.decided_at IS NOT NULL AND r.seen_at IS NULL RETURNING a.id"""
OF_ACCESS = f"""SELECT r.id, r.reason, r.asked_at FROM closing_request r
  WHERE r.practice_id = portico_here() AND r.access_id = $1 AND {WAITS}"""
ALL = f"""SELECT a.client_id, c.name AS client_name, coalesce(co.name, c.name) AS name, r.asked_at
  FROM closing_request r
  JOIN portal_access a ON a.practice_id = r.practice_id AND a.id = r.access_id
  JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  WHERE r.practice_id = portico_here() AND a.revoked_at IS NULL AND {WAITS} ORDER BY r.asked_at, name"""


@dataclass(frozen=True)
class OwnRequest:
    """What the person sees. `decided_at`: declined then, with this answer; None: it waits."""

    client_id: UUID
    client_name: str
    asked_at: datetime
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True)
class Request:
    """What waits for staff."""

    client_id: UUID
    client_name: str
    name: str
    asked_at: datetime


async def ask(actor: Actor, reason: str) -> None:
    """The practice is asked, for every client whose portal this person opens; where it waits already it goes on."""
    async with change(actor, "account.ask_to_close"):
        for one in actor.accesses:
            if await execute(ADD, new_id(), one.access_id, reason.strip(), now()):
                await tell(actor, ACCESS_CLOSING_ASKED, await PortalAccess.get(id=one.access_id))


async def withdraw(actor: Actor) -> None:
    """The person stays after all; what was decided stays decided."""
    async with change(actor, "account.withdraw_closing"):
        for row in await fetch_all(WITHDRAW, actor.login_id, now()):
            await tell(actor, ACCESS_CLOSING_WITHDRAWN, await PortalAccess.get(id=row["id"]))


async def put_away(actor: Actor) -> None:
    """The person has read the answer."""
    async with change(actor, "account.put_answer_away"):
        for row in await fetch_all(SEEN, actor.login_id, now()):
            await tell(actor, ACCESS_CLOSING_READ, await PortalAccess.get(id=row["id"]))


async def own_requests(actor: Actor) -> list[OwnRequest]:
    return [OwnRequest(**row) for row in await fetch_all(OWN, actor.login_id)]


async def agree(actor: Actor, person: PortalPerson) -> None:
    """The access is revoked; who has no other is signed out. Raises Conflict when it was withdrawn or decided."""
    access, request_id = await _waiting(person)
    async with change(actor, "access.agree_to_close"):
        await execute("UPDATE closing_request SET decided_at = $2, agreed = true WHERE id = $1", request_id, now())
        await tell(actor, ACCESS_CLOSING_AGREED, access)
        await revoke(actor, person)


async def decline(actor: Actor, person: PortalPerson, answer: str) -> None:
    """Nothing ends; the person reads why. Raises Invalid without a sentence, Conflict as agree does."""
    access, request_id = await _waiting(person)
    if not answer.strip():
        raise Invalid(errors={"answer": [f"Write a sentence for {person.name}: why, and what they can do."]})
    async with change(actor, "access.decline_to_close"):
        await execute(
            "UPDATE closing_request SET decided_at = $2, agreed = false, answer = $3 WHERE id = $1",
            request_id, now(), answer.strip(),
        )
        await tell(actor, ACCESS_CLOSING_DECLINED, access)


async def reason_of(access: PortalAccess | None) -> str | None:
    """What a request that waits for this access gives as its reason; None when none waits."""
    row = await fetch_one(OF_ACCESS, access.id) if access is not None and access.revoked_at is None else None
    return str(row["reason"]) if row else None


async def waiting_for(actor: Actor) -> list[Request]:
    """For staff who may decide: requests for clients whose record they manage, the oldest first."""
    found = [Request(**row) for row in await fetch_all(ALL)]
    return [one for one in found if await sees_client(actor, one.client_id, "manages")][:MOST_TOLD]


async def _waiting(person: PortalPerson) -> tuple[PortalAccess, UUID]:
    row = await fetch_one(OF_ACCESS + " FOR UPDATE", person.held.id)
    if row is None:
        raise Conflict("no-request", f"{person.name} has taken the request back, or it was answered. Nothing changed.")
    return person.held, row["id"]
