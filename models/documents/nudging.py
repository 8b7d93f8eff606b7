"""A nudge: an e-mail that something still waits, once a day at most for one person, whatever waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, missing
from models.documents import notices
from models.documents.events import NUDGED
from models.documents.recipients import recipients_of
from models.documents.rights import documentation_of
from models.documents.standing import Standing, standing_of
from models.documents.tables import Document
from models.documents.telling import tell

EVERY = timedelta(days=1)
LAST = """SELECT access_id, max(nudged_at) AS at FROM document
  WHERE practice_id = portico_here() AND client_id = $1 AND nudged_at IS NOT NULL GROUP BY access_id"""
HELD = "SELECT 1 FROM portal_access WHERE practice_id = portico_here() AND id = $1 FOR UPDATE"


async def nudge(actor: Actor, client_id: UUID, document_id: UUID) -> None:
    """Raises Missing, Forbidden; Conflict `nothing-waits`, `not-reachable` for who does not come in or may not fill it
    in, and `nudged-today` for who was nudged less than a day ago."""
    await documentation_of(actor, client_id)
    found = await Document.get_or_none(id=document_id, client_id=client_id, withdrawn_at=None)
    document = found or missing("document")
    async with change(actor, "document.nudge"):
        await fetch_one(HELD, document.access_id)
        standing = await standing_of(client_id)
        await _refuse(actor, client_id, next(one for one in standing if one.id == document_id))
        await execute("UPDATE document SET nudged_at = $2 WHERE id = $1", document_id, now())
        await tell(actor, NUDGED, document)
        access = await PortalAccess.get(id=document.access_id)
        await notices.notify(actor, access, kind="nudged", message="")


async def _refuse(actor: Actor, client_id: UUID, one: Standing) -> None:
    if not one.waits:
        raise Conflict("nothing-waits", f"{one.title} is done. Nobody has to be reminded of it.")
    people = await recipients_of(actor, client_id)
    person = next((person for person in people if person.access_id == one.access_id), None)
    if person is None or person.why_not or not person.mailed:
        why = person.why_not if person and person.why_not else "They have not come into the portal yet."
        raise Conflict("not-reachable", f"No reminder can reach them: {why}")
    last = (await last_nudges(client_id)).get(one.access_id)
    if last is not None and last > now() - EVERY:
        raise Conflict("nudged-today", f"{person.name} was reminded less than a day ago. Once a day is enough.")


async def last_nudges(client_id: UUID) -> dict[UUID, datetime]:
    """When each person was last nudged, for whatever it was, by access: also for what was taken back since."""
    return {row["access_id"]: row["at"] for row in await fetch_all(LAST, client_id)}
