"""Saying something: a message to everyone who sits in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.errors import Conflict, Invalid
from models.messaging.absence import Absent
from models.messaging.answering import answer_for_the_absent, bring_cover
from models.messaging.asks import MOST_FILES
from models.messaging.keeping import drop_draft
from models.messaging.listening import why_silent
from models.messaging.seats import Sitting, held, own_seat
from models.messaging.text import cleaned
from models.messaging.writing import Said, write


async def send(
    actor: Actor, sitting: Sitting, *, body: str = "", files: Sequence[UUID] = (), key: UUID | None = None
) -> UUID:
    """Send text, files or both; returns the message's id. At once there for everyone; may be undone for a while.

    Raises Invalid (`empty`, too long), Forbidden `not-seated`, Conflict `nobody-there`, Missing for a file that is
    not the sender's to give.
    """
    text, given = cleaned(body, may_be_empty=bool(files)), tuple(dict.fromkeys(files))
    if len(given) > MOST_FILES:
        raise Invalid(errors={"files": [f"Attach at most {MOST_FILES} files to a message."]})
    async with change(actor, "message.send"):
        sitting = await held(actor, sitting)
        seat = own_seat(sitting)
        absent: Absent = {}
        if not seat.of_practice:
            sitting, absent = await bring_cover(sitting)
        if silent := await why_silent(sitting):
            raise Conflict("nobody-there", silent)
        staff_id = actor.staff_id if actor.desk else None
        message_id = await write(actor, sitting, Said(seat, text, given, staff_id=staff_id, key=key))
        await drop_draft(actor, sitting)
        await answer_for_the_absent(sitting, absent)
    return message_id
