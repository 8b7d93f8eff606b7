"""Weekly office hours, in the practice's zone: outside them a client's message is answered automatically.

Those of the practice hold for every staff member without hours of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from models.messaging.absence import Opening
from models.messaging.away import for_whom
from models.messaging.events import HOURS
from models.messaging.text import cleaned

ADD = "INSERT INTO office_hours (id, staff_id, weekday, opens, closes) VALUES ($1, $2, $3, $4, $5)"
ANSWER = """INSERT INTO office_hours_answer (id, staff_id, text) VALUES ($1, $2, $3)
  ON CONFLICT (practice_id, (coalesce(staff_id, practice_id))) DO UPDATE SET text = excluded.text"""


async def set_hours(
    actor: Actor, openings: Sequence[Opening], *, text: str = "", staff_id: UUID | None = None
) -> None:
    """Replace one's own office hours (administrators: anybody's) and what is answered outside them; no openings: the
    practice's hold; no text: nothing is answered. Raises Forbidden, Invalid."""
    await _keep(actor, await for_whom(actor, staff_id), openings, text)


async def set_practice_hours(actor: Actor, openings: Sequence[Opening], *, text: str = "") -> None:
    """The same for everyone without hours of their own. Raises Forbidden for anybody but an administrator."""
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes this. Ask one of them.")
    await _keep(actor, None, openings, text)


async def hours_of(actor: Actor, staff_id: UUID | None = None) -> tuple[list[Opening], str]:
    """Somebody's own openings in the order of the week, and the text that is answered outside them."""
    return await _read(await for_whom(actor, staff_id))


async def practice_hours(actor: Actor) -> tuple[list[Opening], str]:
    """The practice's openings and text. For the desk only."""
    if not actor.desk:
        raise Forbidden()
    return await _read(None)


def opening(weekday: int, opens: time | None, closes: time | None) -> Opening:
    """A day's opening; raises Invalid when one of its times is missing or it closes before it opens."""
    if opens is None or closes is None:
        raise Invalid(errors={f"hours_{weekday}": ["Give both times, or leave both empty."]})
    if closes <= opens:
        raise Invalid(errors={f"hours_{weekday}": ["Choose a closing time after it opens."]})
    return Opening(weekday, opens, closes)


async def _read(whose: UUID | None) -> tuple[list[Opening], str]:
    rows = await fetch_all(
        "SELECT weekday, opens, closes FROM office_hours WHERE staff_id IS NOT DISTINCT FROM $1"
        " ORDER BY weekday, opens",
        whose,
    )
    answer = await fetch_one("SELECT text FROM office_hours_answer WHERE staff_id IS NOT DISTINCT FROM $1", whose)
    return [Opening(**row) for row in rows], answer["text"] if answer else ""


async def _keep(actor: Actor, whose: UUID | None, openings: Sequence[Opening], text: str) -> None:
    checked = [opening(one.weekday, one.opens, one.closes) for one in openings]
    async with change(actor, "office_hours.set"):
        # first, because there is one row of it: who saves at the same moment waits here, and then sees these openings
        await execute(ANSWER, new_id(), whose, cleaned(text, may_be_empty=True))
        await execute("DELETE FROM office_hours WHERE staff_id IS NOT DISTINCT FROM $1", whose)
        for one in sorted(set(checked), key=lambda each: (each.weekday, each.opens)):
            await execute(ADD, new_id(), whose, one.weekday, one.opens, one.closes)
        ids = {"staff": whose} if whose else {}
        await record(actor, HOURS, [Part((ToStaff(),), ids)], subject_id=whose)
