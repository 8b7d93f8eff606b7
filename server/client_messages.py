"""Clients > [name] > Messages: conversations about one client in which this staff member sits."""

from __future__ import annotations

from uuid import UUID, uuid4

from models.clients.access import client_for
from models.core import presence
from models.core.actor import Actor
from models.core.looking import note_look
from models.messaging import about_client
from models.messaging.showing import with_presence
from models.messaging.views import ConversationLine
from server.door import STAFF, Page, get
from server.profile import profile_page

HERE = "/staff/clients/<uuid:id>/messages"


@get(HERE, allow=STAFF)
async def client_messages(actor: Actor, id: UUID) -> Page:
    """The list, and whom to write to."""
    talks = await _talks(actor, id)
    choices = await about_client.to_write_to(actor, id)
    told = {"conversations": talks, "choices": choices}
    return await profile_page(
        actor, id, "messages", "clients/messages.html", json=told, talks=talks, choices=choices, key=uuid4()
    )


@get(f"{HERE}/list", allow=STAFF)
async def client_talks(actor: Actor, id: UUID) -> Page:
    """The list alone, which an open page fetches again."""
    talks = await _talks(actor, id)
    await note_look(actor, "client-messages", id, client_id=id, again=True)
    return Page("clients/_talks.html", json={"conversations": talks}, talks=talks)


async def _talks(actor: Actor, id: UUID) -> list[ConversationLine]:
    await client_for(actor, id)
    talks = await about_client.talks_about(actor, id)
    online = await presence.online(actor.practice_id)
    for line in talks:
        with_presence(line["people"], online)
    return talks
