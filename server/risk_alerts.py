"""Doors of alerts about answers that may mean danger: the notice on every page of the desk, one alert, taking care."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.documents import alerts
from models.documents.filling_asks import Besides
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/alerts"


@get(HERE, allow=STAFF, query=Besides)
async def alert_notices(actor: Actor, query: Besides | None = None) -> Page:
    """What nobody takes care of yet, for the top of every page."""
    found, besides = await alerts.waiting_for(actor), query.besides if query else None
    told = [vars(one) for one in found if one.id != besides]
    return Page("documents/_alerts.html", json={"alerts": told}, alerts_waiting=found, besides=besides)


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def one_alert(actor: Actor, id: UUID) -> Page:
    """Who it is about, what was answered, how to reach them; that it was opened is kept."""
    found = await alerts.open_alert(actor, id)
    told = {"id": found.id, "client": found.client_id, "document": found.document_id, "seen_at": found.seen_at,
            "opened": [vars(one) for one in found.went_to]}
    return Page("documents/alert.html", json=told, current="today", alert=found, besides=found.id)


@post(f"{HERE}/<uuid:id>/seen", allow=STAFF)
async def take_care(actor: Actor, id: UUID) -> Done:
    """I take care of it: the others need not any more."""
    await alerts.take_care(actor, id)
    return Done(see=f"{HERE}/{id}")


async def alerts_part(actor: Actor | None) -> dict[str, Any]:
    """For the frame of every page of the desk."""
    return {"alerts_waiting": await alerts.waiting_for(actor)} if actor is not None and actor.desk else {}
