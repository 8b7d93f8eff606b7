"""What the set-up checklist asks of clients."""

from __future__ import annotations

from models.accounts.registries import Readiness
from models.core.actor import Actor
from models.core.database import fetch_one


async def _somebody_invited(actor: Actor) -> bool:
    return await fetch_one("SELECT 1 FROM portal_access WHERE invited_at IS NOT NULL LIMIT 1") is not None


INVITED = Readiness(
    "invited", "Invite your first client", "From the Portal tab of a client.", "/staff/clients", _somebody_invited,
    on="access.invited invitation.sent invitation.accepted",
)
