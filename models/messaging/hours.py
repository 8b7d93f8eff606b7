"""Weekly office hours, in the practice's zone: outside them a client's message is answered automatically."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Invalid
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from models.messaging.absence import AFTER_HOURS, Opening
from models.messaging.away import for_whom
from models.messaging.events import HOURS
from models.messaging.text import cleaned

ADD = "INSERT INTO office_hours (id, staff_id, weekday, opens, closes) VALUES ($1, $2, $3, $4, $5)"
ANSWER = """INSERT INTO office_hours_answer (staff_id, text) VALUES ($1, $2)
  ON CONFLICT (practice_id, staff_id) DO UPDATE SET text = excluded.text"""


async def set_hours(
    actor: Actor, openings: Sequence[Opening], *, text: str = "", staff_id: UUID | None = None
) -> None:
    """Replace somebody's office hours and what is answered outside them; no openings: always there.

    Raises Forbidden for somebody else's unless administrator, Invalid for an opening that closes before it opens.
    """
    whose = await for_whom(actor, staff_id)
    if any(one.closes <= one.opens for one in openings):
        raise Invalid(errors={"openings": ["Each day closes after it opens."]})
    async with change(actor, "office_hours.set"):
        await execute("DELETE FROM office_hours WHERE staff_id = $1", whose)
        for one in sorted(set(openings), key=lambda opening: (opening.weekday, opening.opens)):
            await execute(ADD, new_id(), whose, one.weekday, one.opens, one.closes)
        await execute(ANSWER, whose, cleaned(text, may_be_empty=True))
        await record(actor, HOURS, [Part((ToStaff(),), {"staff": whose})], subject_id=whose)


async def hours_of(actor: Actor, staff_id: UUID | None = None) -> tuple[list[Opening], str]:
    """Somebody's openings in the order of the week, and the text that is answered outside them."""
    whose = await for_whom(actor, staff_id)
    rows = await fetch_all(
        "SELECT weekday, opens, closes FROM office_hours WHERE staff_id = $1 ORDER BY weekday, opens", whose
    )
    answer = await fetch_one("SELECT text FROM office_hours_answer WHERE staff_id = $1", whose)
    return [Opening(**row) for row in rows], (answer["text"] if answer else "") or AFTER_HOURS
