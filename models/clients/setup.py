"""Start Setup, finished: from then on the client's page opens without it."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import managed_client
from models.clients.portal_events import CLIENT_SET_UP
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.events import Part, ToStaffAllClients, ToStaffOf


async def finish_setup(actor: Actor, client_id: UUID) -> None:
    """Twice changes nothing."""
    await managed_client(actor, client_id)
    async with change(actor, "client.finish_setup"):
        done = await execute(
            "UPDATE client SET set_up_at = $2 WHERE id = $1 AND set_up_at IS NULL", client_id, now()
        )
        if done:
            heard = Part([ToStaffOf(client_id), ToStaffAllClients()], {"client": client_id})
            await record(actor, CLIENT_SET_UP, [heard], subject_id=client_id)
