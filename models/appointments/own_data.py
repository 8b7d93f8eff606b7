"""What of appointments goes into the download of one's data: as the portal shows it to this person, never more."""

from __future__ import annotations

from typing import Any

from models.appointments.own import Coming, past_of, upcoming_of
from models.appointments.registering import VIEW
from models.core.actor import AccessOf, Actor

SHOWN = ("starts_at", "ends_at", "state", "outcome", "service", "practitioner", "mode", "location", "address", "room",
         "others", "fee_cents", "confirmed")


async def appointments_part(actor: Actor, access: AccessOf) -> list[dict[str, Any]] | None:
    """Of one client, the latest first; None for a contact without View Appointments."""
    if access.contact_id is not None and VIEW.key not in access.permissions:
        return None
    acting = actor.acting_for(access.client_id)
    found, before = list(reversed(await upcoming_of(acting))), None
    while True:
        page, before = await past_of(acting, before)
        found += page
        if before is None:
            return [_told(one) for one in found]


def _told(one: Coming) -> dict[str, Any]:
    return {name: getattr(one, name) for name in SHOWN}
