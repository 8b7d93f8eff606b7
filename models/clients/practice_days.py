"""When the practice says of itself that its day begins elsewhere, or from which birthday on clients are adults: rights
that hang on a day begin and end at other moments then. Doors compare days by themselves; open pages are told here."""

from __future__ import annotations

from models.clients import allowing, majority, status
from models.core.actor import Actor
from models.core.change import enqueue
from models.core.database import execute, fetch_all
from models.core.events import Event
from models.core.ids import new_id


async def on_details_changed(actor: Actor | None, event: Event) -> None:
    """Listener on practice.details_changed. Each job looks anew whether anything is due."""
    await execute(TOLD_FOR_ANOTHER_DAY)
    await majority.wake()
    for row in await fetch_all(COMING_OF_AGE):
        await majority.wake_on(row["on_day"])
    for row in await fetch_all(ACCESSES):
        await enqueue(allowing.DAY_JOB, {"access": row["id"]}, key=f"{allowing.DAY_JOB}:{row['id']}:{new_id()}")
    for row in await fetch_all(DISCHARGED):
        await enqueue(status.CLOSE, {"client": row["id"]}, key=f"{status.CLOSE}:{row['id']}:{new_id()}")


# Staff are told anew, of the right day.
TOLD_FOR_ANOTHER_DAY = """DELETE FROM majority m USING client c WHERE c.id = m.id AND m.ended_at IS NULL
  AND m.on_day IS DISTINCT FROM portico_turns(c.born_on, portico_majority())"""
# Zones are at most a day apart: of all other days the jobs that wait already come in time.
COMING_OF_AGE = """SELECT DISTINCT on_day FROM majority WHERE ended_at IS NULL
  AND on_day BETWEEN portico_today() AND portico_today() + 2"""
ACCESSES = """SELECT id FROM portal_access WHERE revoked_at IS NULL
  AND (starts_on BETWEEN portico_today() - 2 AND portico_today() + 2
    OR ends_on BETWEEN portico_today() - 2 AND portico_today() + 2)"""
DISCHARGED = """SELECT id FROM client WHERE status = 'discharged' AND read_only_until = portico_today() - 1"""
