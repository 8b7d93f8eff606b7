"""Saved replies: a staff member's own, and the practice's, which administrators keep."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.errors import Forbidden, missing
from models.core.events import Audience, Part, ToDesk, ToStaff
from models.messaging.events import REPLIES
from models.messaging.tables import SavedReply
from models.messaging.text import cleaned


async def replies_of(actor: Actor) -> list[SavedReply]:
    """The actor's own and the practice's, by title."""
    _staff_only(actor)
    own = await SavedReply.filter(staff_id=actor.staff_id)
    shared = await SavedReply.filter(staff_id=None)
    return sorted([*own, *shared], key=lambda reply: reply.title.lower())


async def reply_for(actor: Actor, reply_id: UUID) -> SavedReply:
    """A saved reply that the actor may change: their own, and the practice's for administrators. Raises Missing."""
    _staff_only(actor)
    reply = await SavedReply.get_or_none(id=reply_id)
    if reply is None or reply.staff_id not in (actor.staff_id, None):
        missing("saved reply")
    _may_keep(actor, shared=reply.staff_id is None)
    return reply


async def save(actor: Actor, *, title: str, body: str, shared: bool = False) -> UUID:
    """Keep a new reply; `shared` for the whole practice. Returns its id."""
    _staff_only(actor)
    _may_keep(actor, shared=shared)
    async with change(actor, "saved_reply.save"):
        reply = await SavedReply.create(
            staff_id=None if shared else actor.staff_id, title=cleaned(title), body=cleaned(body)
        )
        await _tell(actor, reply)
    return reply.id


async def rewrite(actor: Actor, reply: SavedReply, *, title: str, body: str) -> None:
    """Change its words."""
    async with change(actor, "saved_reply.rewrite"):
        reply.title, reply.body = cleaned(title), cleaned(body)
        await reply.save(update_fields=["title", "body"])
        await _tell(actor, reply)


async def drop(actor: Actor, reply: SavedReply) -> None:
    """Forget it."""
    async with change(actor, "saved_reply.drop"):
        await reply.delete()
        await _tell(actor, reply)


def _staff_only(actor: Actor) -> None:
    if not actor.desk or actor.staff_id is None:
        raise Forbidden()


def _may_keep(actor: Actor, *, shared: bool) -> None:
    if shared and not actor.administrator:
        raise Forbidden("administrator-only", "The practice’s replies are kept by administrators. Save it as your own.")


async def _tell(actor: Actor, reply: SavedReply) -> None:
    audience: Audience = ToStaff() if reply.staff_id is None else ToDesk(actor.login_id)
    await record(actor, REPLIES, [Part((audience,))], subject_id=reply.id)
