"""What goes into the download of one's data: every part as its pages show it to this person, never more."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from models.accounts.preferences import preferences
from models.accounts.sessions import own_sessions
from models.clients.own_contact import own_contact
from models.clients.own_language import own_language
from models.clients.sections import INFORMATION, SECTIONS, seen
from models.core.actor import AccessOf, Actor
from models.core.looking import note_look
from models.messaging.inbox import inbox
from models.messaging.seats import conversation_for
from models.messaging.thread import lines

PAGE = 200
SAID = ("message", "deleted")


async def own_part(actor: Actor) -> dict[str, Any]:
    """The login: its address, preferences, sessions; a contact's own name and phone."""
    contact = await own_contact(actor)
    sessions = [
        {"device": one.device, "began_at": one.began_at, "seen_at": one.seen_at} for one in await own_sessions(actor)
    ]
    chosen = {**asdict(await preferences(actor)), "language": await own_language(actor)}
    told = {"preferences": chosen, "sessions": sessions}
    return told | ({"you": {**asdict(contact), "id": None}} if contact else {})


async def record_part(actor: Actor, access: AccessOf) -> dict[str, Any] | None:
    """The record of a client: the person's own, or a child's under Manage information with what other people's walls
    leave of it; None for who may not see it."""
    if access.contact_id is not None and INFORMATION.key not in access.permissions:
        return None
    if access.contact_id is not None:
        await note_look(actor, "client.profile", access.client_id, client_id=access.client_id)
    acting = actor.acting_for(access.client_id)
    return {section.title: await seen(acting, section, access.client_id) for section in SECTIONS.values()}


async def conversations(actor: Actor, access: AccessOf) -> list[UUID]:
    """Where this person sits or sat for this client, put away or not."""
    found: list[UUID] = []
    if not access.messaging:
        return found
    acting = actor.acting_for(access.client_id)
    for archived in (False, True):
        cursor = None
        while True:
            page = await inbox(acting, show="archived" if archived else "mine", cursor=cursor, limit=100)
            found += [one["id"] for one in page["conversations"]]
            cursor = page["next"]
            if cursor is None:
                break
    return found


async def said_in(actor: Actor, access: AccessOf, conversation_id: UUID) -> dict[str, Any]:
    """A conversation as the person saw it: oldest first, with the ids and names of its files."""
    acting = actor.acting_for(access.client_id)
    sitting = await conversation_for(acting, conversation_id)
    said: list[dict[str, Any]] = []
    before = None
    while True:
        page = await lines(acting, sitting, before=before, limit=PAGE)
        said = [_line(line) for line in page["lines"] if line["kind"] in SAID] + said
        before = page["older"]
        if before is None:
            return {"subject": sitting.subject, "messages": said}


def _line(line: Any) -> dict[str, Any]:
    if line["kind"] == "deleted":
        return {"at": line["at"], "by": line["by"], "deleted": True}
    files = [{"id": one["id"], "name": one["name"]} for one in line["files"]]
    return {"at": line["at"], "by": line["by"], "words": line["body"], "files": files}
