"""A practitioner's whole day or range is cleared in one change, with words for the clients; and taken back in one step
for ten minutes, while nothing else changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.appointments.cancelling import leave
from models.appointments.clearing_names import ensure_nobody_named
from models.appointments.clearing_plan import Chosen, Plan, Planned, in_the_way, plan
from models.appointments.events import BOOKED
from models.appointments.filling import as_it_is, move
from models.appointments.finding import Found, changed_by_staff
from models.appointments.locking import hold_calendars
from models.appointments.rights import filled_by
from models.appointments.tables import Appointment, Offering
from models.appointments.taking import Offer, standing_there
from models.appointments.telling import tell
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one, json_text
from models.core.errors import Conflict, Invalid, missing
from models.core.ids import new_id

UNDONE_WITHIN = timedelta(minutes=10)
CHANGED = "Something changed on this calendar while you looked at it. Look at the list again, then repeat."
NOTED = """INSERT INTO calendar_clearing (id, staff_id, kind, words, made_by, made_at)
  VALUES ($1, $2, $3, $4, $5, $6)"""
ITEM = """INSERT INTO calendar_clearing_item (clearing_id, appointment_id, version, sequence, clients, before)
  SELECT $1, id, version, sequence, $3, $4::jsonb FROM appointment WHERE id = $2"""
READ = """SELECT c.id, c.staff_id, c.kind, c.words, c.made_at, c.undone_at, m.name AS made_by, o.name AS whose,
    (SELECT count(*)::int FROM calendar_clearing_item i WHERE i.clearing_id = c.id) AS count
  FROM calendar_clearing c LEFT JOIN staff_member m ON m.login_id = c.made_by
  JOIN staff_member o ON o.id = c.staff_id WHERE {where}"""
ONE = READ.format(where="c.id = $1")
RECENT = READ.format(where="""c.made_at > $1 AND c.undone_at IS NULL AND ($2::uuid[] IS NULL OR c.staff_id = ANY ($2))
  ORDER BY c.made_at DESC LIMIT 10""")
ITEMS = """SELECT i.appointment_id, i.clients, i.before, a.starts_at,
    coalesce(a.sequence = i.sequence, a.version = i.version) AS unchanged FROM calendar_clearing_item i
  JOIN appointment a ON a.id = i.appointment_id WHERE i.clearing_id = $1 ORDER BY a.starts_at, a.id"""
WORDS = """SELECT c.words FROM calendar_clearing_item i JOIN calendar_clearing c ON c.id = i.clearing_id
  JOIN appointment a ON a.id = i.appointment_id
  WHERE i.appointment_id = $1 AND $2 = ANY (i.clients) AND c.undone_at IS NULL
    AND coalesce(a.sequence = i.sequence, a.version = i.version)
  ORDER BY c.made_at DESC LIMIT 1"""
BACK = """UPDATE attendance SET state = 'booked', cancelled_at = NULL, cancelled_by = NULL, cancelled_side = NULL,
  reason = '' WHERE appointment_id = $1 AND client_id = ANY ($2) AND state = 'cancelled'"""


@dataclass(frozen=True)
class Cleared:
    """`whose`: the practitioner's name; `until`: how long it can be taken back; None: no longer."""

    id: UUID
    staff_id: UUID
    whose: str
    kind: str
    words: str
    made_at: datetime
    made_by: str
    count: int
    until: datetime | None


async def clear(actor: Actor, asked: Plan, chosen: Chosen, *, words: str = "", names_ok: bool = False) -> UUID:
    """These appointments, each as the page showed it. Nothing is charged. `names_ok`: words that look like a name of
    somebody concerned are none. Raises what `plan` raises, Invalid `chosen` for none and `names_ok` for such words, and
    Conflict `changed-meanwhile` when one of them changed or can no longer be done."""
    if not chosen:
        raise Invalid(errors={"chosen": ["Choose at least one appointment."]})
    async with change(actor, "calendar.clear"):
        there = await plan(actor, asked, chosen)
        rooms = [one.found.appointment.room_id for one in there if one.found.appointment.room_id]
        await hold_calendars([asked.staff_id, *([asked.to] if asked.to else []), *rooms, *chosen])
        there = await plan(actor, asked, chosen)
        shown = {id: one.version for id, one in chosen.items()}
        if {one.id: one.version for one in there} != shown or any(one.obstacle for one in there):
            raise Conflict("changed-meanwhile", CHANGED)
        if not names_ok:
            whom = {one for each in there for one in each.found.clients}
            await ensure_nobody_named(words, whom, [asked.staff_id, *([asked.to] if asked.to else [])])
        id, at = new_id(), now()
        await execute(NOTED, id, asked.staff_id, asked.kind, words.strip(), actor.login_id, at)
        for one in _in_turn(there):
            before, clients = _place(one.found.appointment), one.found.clients
            await _do(actor, one)
            await execute(ITEM, id, one.id, clients, json_text(before))
        return id


async def cleared(actor: Actor, id: UUID) -> Cleared:
    """For who fills that calendar. Raises Missing."""
    row = await fetch_one(ONE, id) or missing("change")
    whose = await filled_by(actor)
    if whose is not None and row["staff_id"] not in whose:
        missing("change")
    return _cleared(row)


async def just_cleared(actor: Actor) -> list[Cleared]:
    """What can still be taken back on the calendars that this person fills, the last first."""
    whose = await filled_by(actor)
    rows = await fetch_all(RECENT, now() - UNDONE_WITHIN, None if whose is None else sorted(whose))
    return [_cleared(row) for row in rows]


async def undo(actor: Actor, id: UUID) -> None:
    """All of it or nothing. Raises Missing, Conflict `too-late`, `changed-meanwhile` and `overlaps`."""
    await cleared(actor, id)
    async with change(actor, "calendar.undo_clearing"):
        items = await fetch_all(ITEMS, id)
        await hold_calendars(_held_by(items, [await changed_by_staff(actor, row["appointment_id"]) for row in items]))
        there = await cleared(actor, id)
        if there.until is None:
            raise Conflict("too-late", "This can no longer be taken back in one step.")
        pairs = [(row, await _unchanged(actor, row)) for row in await fetch_all(ITEMS, id)]
        for row, found in _backwards(pairs):
            await (_come_back if there.kind == "cancel" else _go_back)(actor, row, found)
        await execute("UPDATE calendar_clearing SET undone_at = $2 WHERE id = $1", id, now())


async def words_about(appointment_id: UUID, client_id: UUID) -> str:
    """What the practice wrote to those concerned when it cancelled or moved this appointment with others, as long as
    that is what happened to it last; for the client's page and mails."""
    row = await fetch_one(WORDS, appointment_id, client_id)
    return str(row["words"]) if row else ""


def _cleared(row: Row) -> Cleared:
    until = row["made_at"] + UNDONE_WITHIN
    open_ = row["undone_at"] is None and until > now()
    return Cleared(row["id"], row["staff_id"], row["whose"], row["kind"], row["words"], row["made_at"],
                   row["made_by"] or "", row["count"], until if open_ else None)


def _in_turn(there: Sequence[Planned]) -> list[Planned]:
    """Whoever moves makes room first for who comes after."""
    later = any(one.wanted is not None and one.wanted.starts_at > one.found.appointment.starts_at for one in there)
    return list(reversed(there)) if later else list(there)


def _backwards(pairs: Sequence[tuple[Row, Found]]) -> list[tuple[Row, Found]]:
    later = any(_began(row) > found.appointment.starts_at for row, found in pairs)
    return list(reversed(pairs)) if later else list(pairs)


def _began(row: Row) -> datetime:
    return datetime.fromisoformat(row["before"]["starts_at"])


def _place(here: Appointment) -> dict[str, Any]:
    return {"staff_id": here.staff_id, "starts_at": here.starts_at.isoformat(), "room_id": here.room_id,
            "overlap_ok": here.overlap_ok}


async def _do(actor: Actor, one: Planned) -> None:
    if one.wanted is None or one.offer is None:
        await leave(actor, one.found, one.found.clients, late=None, reason="")
    else:
        await move(actor, one.found, one.offer, one.wanted, over=one.found.appointment.overlap_ok)


def _held_by(items: Sequence[Row], found: Sequence[Found]) -> set[UUID]:
    ids = {UUID(row["before"]["staff_id"]) for row in items} | {one.appointment.staff_id for one in found}
    ids |= {one.appointment.id for one in found}
    return ids | {one.appointment.room_id for one in found if one.appointment.room_id}


async def _unchanged(actor: Actor, row: Row) -> Found:
    if not row["unchanged"]:
        raise Conflict("changed-meanwhile", "One of them changed since. Look at each of them instead.")
    return await changed_by_staff(actor, row["appointment_id"])


async def _come_back(actor: Actor, row: Row, found: Found) -> None:
    here = found.appointment
    if not here.overlap_ok and await standing_there(here):
        raise Conflict("overlaps", "One of the times was taken meanwhile. Take the others back one by one.")
    await execute(BACK, here.id, row["clients"])
    await Appointment.filter(id=here.id).update(
        state="scheduled", cancelled_at=None, version=here.version + 1, sequence=here.sequence + 1
    )
    await tell(actor, BOOKED, here, row["clients"], free=False)


async def _go_back(actor: Actor, row: Row, found: Found) -> None:
    here, before = found.appointment, row["before"]
    offer = Offer(await Offering.get(id=here.service_id), here.fee_cents)
    wanted = replace(as_it_is(found), staff_id=UUID(before["staff_id"]),
                     starts_at=_began(row))
    if not before["overlap_ok"] and await in_the_way(offer, wanted, [here.id]):
        raise Conflict("overlaps", "One of the times was taken meanwhile. Take the others back one by one.")
    await move(actor, found, offer, wanted, over=before["overlap_ok"])
