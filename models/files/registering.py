"""What files add to what accounts and clients show. They stand in the registries (server/wiring.py)."""

from __future__ import annotations

from models.accounts.registries import Feature
from models.core.actor import Actor
from models.core.database import execute
from models.core.events import Event

UPLOADS = Feature("client-uploads", "Client uploads",
                  "Clients and their contacts share files with you in the portal, under My Uploads.")

OFF = """UPDATE practice_profile SET features_off = array_append(features_off, $1)
  WHERE practice_id = portico_here() AND $1 <> ALL (features_off)"""


async def furnish(actor: Actor | None, event: Event) -> None:
    """Listener on practice.founded: what clients do by themselves comes switched off."""
    await execute(OFF, UPLOADS.key)
