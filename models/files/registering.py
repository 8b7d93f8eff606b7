"""What files add to what accounts and clients show. They stand in the registries (server/wiring.py)."""

from __future__ import annotations

from uuid import UUID

from models.accounts.registries import Feature
from models.clients.registries import Happenings
from models.core.actor import Actor
from models.core.database import execute
from models.core.events import Event

UPLOADS = Feature("client-uploads", "Client uploads",
                  "Clients and their contacts share files with you in the portal, under My Uploads.")


async def _whoever(actor: Actor, client_id: UUID) -> bool:
    return True


# It leads nowhere: who reads files has them beside it.
HAPPENINGS = Happenings(
    words={"client.file_uploaded": ("file-up", "uploaded a file", "uploaded {} files")},
    path="", shown=_whoever, told={},
)

OFF = """UPDATE practice_profile SET features_off = array_append(features_off, $1)
  WHERE practice_id = portico_here() AND $1 <> ALL (features_off)"""


async def furnish(actor: Actor | None, event: Event) -> None:
    """Listener on practice.founded: what clients do by themselves comes switched off."""
    await execute(OFF, UPLOADS.key)
