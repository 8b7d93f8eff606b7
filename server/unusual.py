"""Unusual looking, as administrators are shown it: seen, or explained; and the views of the audit page, with counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.clients import emergency, pointing
from models.clients.audit_asks import Explain
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/audit/unusual"


@get(HERE, allow=ADMINISTRATOR)
async def unusual_looking(actor: Actor, id: UUID | None = None) -> Page:
    """What was pointed out, unsettled first."""
    zone = ZoneInfo((await profile()).time_zone)
    listed = [
        {**asdict(one), "words": one.words, "found": f"{one.found_at.astimezone(zone):%a, %b %-d, %-I:%M %p}"}
        for one in await pointing.pointed_out(actor)
    ]
    return Page("clients/unusual.html", json={"unusual": listed}, current="settings", listed=listed, wrong_for=id,
                audit_waiting=await waiting(), key=uuid4())


@post(f"{HERE}/<uuid:id>/seen", allow=ADMINISTRATOR)
async def seen(actor: Actor, id: UUID) -> Done:
    """An administrator has seen it."""
    await pointing.settle(actor, id)
    return Done(see=HERE)


@post(f"{HERE}/<uuid:id>/explained", allow=ADMINISTRATOR, body=Explain, again=unusual_looking)
async def explained(actor: Actor, id: UUID, body: Explain) -> Done:
    """An administrator says what explains it."""
    await pointing.settle(actor, id, explanation=body.explanation)
    return Done(see=HERE)


@get("/staff/settings/audit/views", allow=ADMINISTRATOR)
async def audit_views(actor: Actor) -> Page:
    """How much waits for an administrator; a fragment for the audit pages."""
    counts = await waiting()
    return Page("clients/_audit_waiting.html", json=counts, audit_waiting=counts)


async def waiting() -> dict[str, Any]:
    """What the views of the audit page count."""
    return {"emergencies": await emergency.waiting(), "unusual": await pointing.waiting()}
