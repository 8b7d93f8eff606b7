"""Looks: who opened whose record. Written with the request's own scope, sealed into a chain a minute later."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.database import execute
from models.core.ids import new_id


async def note_look(actor: Actor, subject: str, subject_id: UUID, *, reason: str = "") -> None:
    """Note that this person opened something; `subject` says what it is. Never raises for a reader: no one reads
    unseen, so a look that cannot be kept undoes the reading with the scope."""
    await execute(
        "INSERT INTO look (id, login_id, subject, subject_id, reason) VALUES ($1, $2, $3, $4, $5)",
        new_id(), actor.login_id, subject, subject_id, reason,
    )
