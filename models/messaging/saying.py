"""Something is said to one person about a client, whether there is a conversation with them or not."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.messaging.seats import conversation_for
from models.messaging.sending import send
from models.messaging.starting import start


async def say_to(actor: Actor, client_id: UUID, person_id: UUID, words: str) -> UUID:
    """In the conversation of these two about this client, which begins with it if there is none; gives its id. Raises
    what starting one and sending raise."""
    conversation_id = await start(actor, [person_id], client=client_id)
    await send(actor, await conversation_for(actor, conversation_id), body=words)
    return conversation_id
