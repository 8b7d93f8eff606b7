"""In which order somebody finds what is asked of them, and until when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from models.core.actor import Actor
from models.core.database import execute
from models.documents.events import CHANGED
from models.documents.tables import Document
from models.documents.telling import tell

SET = "UPDATE document SET place = $2, due_on = $3 WHERE practice_id = portico_here() AND id = $1"


async def arrange(actor: Actor, found: Sequence[tuple[Document, int, date | None]]) -> None:
    """Inside a change: each of these documents stands at this place and is due on this day (None: no day). What stands
    so already is not told."""
    for document, place, due_on in found:
        if (document.place, document.due_on) != (place, due_on):
            await execute(SET, document.id, place, due_on)
            await tell(actor, CHANGED, document)


def places(ids: Sequence[UUID]) -> dict[UUID, int]:
    """From 1 on, in this order."""
    return {id: place for place, id in enumerate(ids, 1)}
