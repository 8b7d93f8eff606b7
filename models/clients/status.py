"""Prospect, active, discharged. A discharge leaves the portal to be read for a while, then nobody signs in any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile, today_here
from models.clients import people
from models.clients.access import managed_client
from models.clients.events import PORTAL_CLOSED, STATUS_CHANGED, who_sees
from models.clients.tables import Client, PortalAccess
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Conflict
from models.core.events import Part, ToAccess

CLOSE = "client.close_portal"
LOGINS = """SELECT DISTINCT login_id FROM portal_access
  WHERE client_id = $1 AND login_id IS NOT NULL AND accepted_at IS NOT NULL AND revoked_at IS NULL"""


@dataclass(frozen=True)
class Outlook:
    """What a discharge will do. `readers`: who can sign in now and will only read; `waiting`: invited and not there
    yet; `practitioners`: stay assigned."""

    client: Client
    readers: tuple[str, ...]
    waiting: tuple[str, ...]
    practitioners: tuple[str, ...]
    today: date


async def outlook(actor: Actor, client_id: UUID) -> Outlook:
    """For the page that asks before a discharge. Raises Missing, Forbidden."""
    client = await managed_client(actor, client_id)
    portals = await people.portals_about(client_id)
    assigned = await people.assigned_to(client_id)
    return Outlook(
        client, readers=tuple(one.name for one in portals if one.accepted),
        waiting=tuple(one.name for one in portals if one.invited and not one.accepted),
        practitioners=tuple(one.name for one in assigned), today=await today_here(),
    )


async def discharge(actor: Actor, client_id: UUID, *, reason: str, days: int) -> None:
    """Care ends today. For `days` from today the portal can be read, then it is closed; with 0 it is closed at once.

    Raises Missing, Forbidden, Conflict `discharged` when it was done before.
    """
    client = await _held(actor, client_id)
    if client.status == "discharged":
        raise Conflict("discharged", "This client has been discharged already.")
    async with change(actor, "client.discharge"):
        until = await today_here() + timedelta(days=days or -1)
        await _set(actor, client, "discharged", reason=reason.strip(), until=until)
        if days:
            await wake_when_closing(client_id)


async def set_status(actor: Actor, client_id: UUID, status: str) -> None:
    """`prospect` or `active`; from a discharge this is reopening: the portal is again what it was."""
    client = await _held(actor, client_id)
    if client.status != status:
        async with change(actor, "client.set_status"):
            await _set(actor, client, status, reason="", until=None)


async def close_portal(client_id: UUID) -> timedelta | None:
    """The job at the end of the reading time: sockets and sessions read their rights anew. Looks whether it is still
    so; comes back when the practice's day is not over yet."""
    client = await Client.get_or_none(id=client_id)
    if client is None or client.status != "discharged" or client.read_only_until is None:
        return None
    if client.read_only_until >= await today_here():
        return max(await _end_of(client.read_only_until) - now(), timedelta(minutes=1))
    async with change(None, "client.close_portal"):
        told = [Part(who_sees(client_id), {"client": client_id})]
        await record(None, PORTAL_CLOSED, told, subject_id=client_id, rights_of=await _logins(client_id))
    return None


async def wake_when_closing(client_id: UUID) -> None:
    """Inside a change: the job comes at the end of the reading time, where there is one."""
    client = await Client.get(id=client_id)
    until = client.read_only_until
    if client.status == "discharged" and until is not None and until >= await today_here():
        key = f"{CLOSE}:{client_id}:{until}:{client.status_since.isoformat()}"
        await enqueue(CLOSE, {"client": client_id}, after=await _end_of(until) - now(), key=key)


async def _held(actor: Actor, client_id: UUID) -> Client:
    """The client as it stands; of two who change its status at once the second sees what the first did."""
    client = await managed_client(actor, client_id)
    await fetch_one("SELECT 1 FROM client WHERE id = $1 FOR UPDATE", client_id)
    await client.refresh_from_db()
    return client


async def _set(actor: Actor, client: Client, status: str, *, reason: str, until: date | None) -> None:
    client.status, client.status_since = status, now()
    client.discharge_reason, client.read_only_until = reason, until
    await client.save(update_fields=["status", "status_since", "discharge_reason", "read_only_until"])
    accesses = await PortalAccess.filter(client_id=client.id, accepted_at__not_isnull=True, revoked_at=None)
    rooms = [*who_sees(client.id), *(ToAccess(one.id) for one in accesses)]
    await record(actor, STATUS_CHANGED, [Part(rooms, {"client": client.id})], subject_id=client.id,
                 rights_of=await _logins(client.id))


async def _logins(client_id: UUID) -> Sequence[UUID]:
    return [row["login_id"] for row in await fetch_all(LOGINS, client_id)]


async def _end_of(day: date) -> datetime:
    zone = ZoneInfo((await profile()).time_zone)
    return datetime.combine(day + timedelta(days=1), time(), zone)
