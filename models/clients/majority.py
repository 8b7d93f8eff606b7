"""A client comes of age: staff are told sixty days ahead, and on the day, by the practice's own calendar, the accesses
of contacts end, unless the client agreed that one goes on. Who had access, and until when, stays on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from models.accounts.practices import until_day
from models.clients.detail_events import MAJORITY_AGREED, MAJORITY_NEAR, MAJORITY_REACHED
from models.clients.people import assigned_to
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Forbidden, missing
from models.core.events import Audience, EventType, Part, ToAccess, ToDesk, ToStaffAllClients, ToStaffOf
from models.core.ids import new_id
from models.core.practices import where_waiting
from models.core.scope import Scope

TURN = "clients.turn"
AHEAD = timedelta(days=60)
BATCH = 100


@dataclass(frozen=True)
class Coming:
    """`on_day`: the day; `reached`: it has come; `ended`: contacts whose access ended on it."""

    on_day: date
    reached: bool
    ended: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A contact whom the client may let go on: `access` is open still, or ended on the day."""

    contact_id: UUID
    name: str
    relation: str
    agreed: bool
    open: bool


async def coming(client_id: UUID) -> Coming | None:
    """What staff and the client read about it, from sixty days ahead on; None for everybody else."""
    row = await fetch_one("SELECT on_day, ended_at FROM majority WHERE id = $1", client_id)
    if row is None:
        return None
    ended = await fetch_all(ENDED, client_id)
    return Coming(row["on_day"], row["ended_at"] is not None, tuple(one["name"] for one in ended))


ENDED = """SELECT DISTINCT co.name FROM majority_ending e JOIN contact co ON co.id = e.contact_id
  WHERE e.client_id = $1 ORDER BY 1"""


async def choices(client_id: UUID) -> list[Choice]:
    """The contacts who have access, or had it until the day."""
    return [Choice(**row) for row in await fetch_all(CHOICES, client_id)]


CHOICES = """SELECT co.id AS contact_id, co.name, coalesce(cc.relation, '') AS relation,
    EXISTS (SELECT FROM majority_agreement g WHERE g.client_id = $1 AND g.contact_id = co.id
      AND g.withdrawn_at IS NULL) AS agreed,
    EXISTS (SELECT FROM portal_access a WHERE a.client_id = $1 AND a.contact_id = co.id
      AND a.revoked_at IS NULL) AS open
  FROM contact co LEFT JOIN client_contact cc ON cc.contact_id = co.id AND cc.client_id = $1
  WHERE co.id IN (SELECT contact_id FROM portal_access WHERE client_id = $1 AND revoked_at IS NULL
    UNION SELECT contact_id FROM majority_ending WHERE client_id = $1) ORDER BY co.name, co.id"""


async def agree(actor: Actor, contact_id: UUID, on: bool) -> None:
    """The client lets this contact go on, or takes that back. After the day it opens, or ends, the access at once.
    Raises Forbidden for anybody but the client, Missing for a contact without access."""
    access = actor.access
    if not actor.portal or access is None or access.contact_id is not None:
        raise Forbidden("own-record", "Only the client decides who goes on having access.")
    client_id = access.client_id
    found = await coming(client_id)
    if found is None or contact_id not in {one.contact_id for one in await choices(client_id)}:
        missing("contact")
    async with change(actor, "majority.agree"):
        await _agree(actor, client_id, contact_id, on=on, reached=found.reached)


async def ended_for(access_id: UUID) -> bool:
    """Whether this access ended because the client came of age; it stays as it ended, and a new one may begin."""
    return await fetch_one("SELECT 1 FROM majority_ending WHERE id = $1", access_id) is not None


async def begin_again(actor: Actor, client_id: UUID, contact_id: UUID, *, agreed: bool) -> bool:
    """Inside a change of staff: a new access begins, when the client gave their word outside the portal (that staff
    say so is in the log), or is a minor after all. False: without the word nothing begins."""
    row = await fetch_one("SELECT portico_turns(born_on, portico_majority()) > portico_today() AS minor FROM client"
                          " WHERE id = $1", client_id)
    if row is not None and row["minor"]:
        await _reopen(client_id, contact_id)
    elif agreed:
        await _agree(actor, client_id, contact_id, on=True, reached=True)
    else:
        return False
    return True


async def _agree(actor: Actor, client_id: UUID, contact_id: UUID, *, on: bool, reached: bool) -> None:
    logins = await _logins(client_id, contact_id)
    await execute(WITHDRAW, client_id, contact_id)
    if on:
        await execute("INSERT INTO majority_agreement (id, client_id, contact_id) VALUES ($1, $2, $3)",
                      new_id(), client_id, contact_id)
    if reached:
        await (_reopen(client_id, contact_id) if on else _end(client_id, contact_id))
    await _tell(actor, MAJORITY_AGREED, client_id, {"contact": contact_id}, logins)


WITHDRAW = """UPDATE majority_agreement SET withdrawn_at = clock_timestamp()
  WHERE client_id = $1 AND contact_id = $2 AND withdrawn_at IS NULL"""


async def turn_all() -> None:
    """By the clock, in each practice where somebody comes of age. Outside any scope. The day itself has a job."""
    await where_waiting("majorities", AHEAD, turn_here)


async def wake(after: timedelta | None = None) -> None:
    """Inside a change: what is due is done at once, or then; open pages hear of it in the same moment."""
    await enqueue(TURN, {}, after=after, key=f"{TURN}:{new_id()}")


async def wake_on(on_day: date) -> None:
    """Inside a change: at the midnight at which this day begins where the practice is."""
    await wake(max(await until_day(on_day), timedelta(0)))


async def turned_by(age: int) -> int:
    """How many minors would be adults, and their contacts without access, if the age of majority were this one now."""
    row = await fetch_one(TURNED, age)
    return int(row["n"]) if row else 0


TURNED = """SELECT count(*) AS n FROM client WHERE kind = 'minor' AND merged_into IS NULL
  AND portico_turns(born_on, $1) <= portico_today()"""


async def turn_here(scope: Scope) -> bool:
    """The same for the open practice; True when there may be more."""
    rows = await fetch_all(DUE, AHEAD, BATCH)
    async with change(None, "majority.turn"):
        for row in rows:
            await (_reach(row) if row["reached"] else _near(row))
    return len(rows) == BATCH


DUE = """SELECT c.id, t.on_day, t.on_day <= portico_today() AS reached FROM client c
  CROSS JOIN LATERAL (SELECT portico_turns(c.born_on, portico_majority()) AS on_day) t
  LEFT JOIN majority m ON m.id = c.id
  WHERE c.kind = 'minor' AND c.born_on IS NOT NULL AND t.on_day <= portico_today() + $1::interval
    AND (m.id IS NULL OR (m.ended_at IS NULL AND t.on_day <= portico_today()))
  ORDER BY c.id LIMIT $2 FOR UPDATE OF c SKIP LOCKED"""


async def _near(row: Row) -> None:
    await execute("INSERT INTO majority (id, on_day) VALUES ($1, $2)", row["id"], row["on_day"])
    await wake_on(row["on_day"])
    await _tell(None, MAJORITY_NEAR, row["id"], {}, desks=await _desks(row["id"]))


async def _reach(row: Row) -> None:
    """The day has come: from now on the client is an adult."""
    client_id = row["id"]
    logins = await _logins(client_id)
    for one in await fetch_all(ENDING, client_id):
        await _end(client_id, one["contact_id"])
    await execute("UPDATE client SET kind = 'adult', own_consent_at = NULL WHERE id = $1", client_id)
    await execute(REACHED, client_id, row["on_day"])
    await _tell(None, MAJORITY_REACHED, client_id, {}, logins, desks=await _desks(client_id))


REACHED = """INSERT INTO majority (id, on_day, ended_at) VALUES ($1, $2, clock_timestamp())
  ON CONFLICT (practice_id, id) DO UPDATE SET on_day = excluded.on_day, ended_at = excluded.ended_at"""
ENDING = """SELECT a.contact_id FROM portal_access a
  WHERE a.client_id = $1 AND a.contact_id IS NOT NULL AND a.revoked_at IS NULL
    AND NOT EXISTS (SELECT FROM majority_agreement g WHERE g.client_id = a.client_id AND g.contact_id = a.contact_id
      AND g.withdrawn_at IS NULL) ORDER BY 1"""


async def _end(client_id: UUID, contact_id: UUID) -> None:
    await execute(
        "WITH ended AS (UPDATE portal_access SET revoked_at = clock_timestamp() WHERE client_id = $1"
        " AND contact_id = $2 AND revoked_at IS NULL RETURNING id)"
        " INSERT INTO majority_ending (id, client_id, contact_id) SELECT id, $1, $2 FROM ended", client_id, contact_id,
    )


async def _reopen(client_id: UUID, contact_id: UUID) -> None:
    """An access like the one that ended, beginning now: the old one stays as it was. Who had not accepted has to be
    invited anew."""
    await execute(
        "INSERT INTO portal_access (id, client_id, contact_id, login_id, permissions, features_off, invited_at,"
        " accepted_at) SELECT $3, a.client_id, a.contact_id, a.login_id, a.permissions, a.features_off,"
        " CASE WHEN a.accepted_at IS NOT NULL THEN a.invited_at END,"
        " CASE WHEN a.accepted_at IS NOT NULL THEN clock_timestamp() END"
        " FROM majority_ending e JOIN portal_access a ON a.id = e.id"
        " WHERE e.client_id = $1 AND e.contact_id = $2 AND NOT EXISTS (SELECT FROM portal_access o"
        " WHERE o.client_id = $1 AND o.contact_id = $2 AND o.revoked_at IS NULL) ORDER BY e.ended_at DESC LIMIT 1",
        client_id, contact_id, new_id(),
    )


async def _logins(client_id: UUID, contact_id: UUID | None = None) -> list[UUID]:
    sql = """SELECT DISTINCT login_id FROM portal_access WHERE client_id = $1 AND login_id IS NOT NULL
      AND contact_id IS NOT NULL AND ($2::uuid IS NULL OR contact_id = $2) ORDER BY 1"""
    return [row["login_id"] for row in await fetch_all(sql, client_id, contact_id)]


async def _desks(client_id: UUID) -> list[UUID]:
    """Whoever is assigned to the client; when nobody is, the administrators."""
    assigned = [one.login_id for one in await assigned_to(client_id)]
    sql = "SELECT login_id FROM staff_member WHERE deactivated_at IS NULL AND 'administrator' = ANY (roles) ORDER BY 1"
    return assigned or [row["login_id"] for row in await fetch_all(sql)]


async def _tell(
    actor: Actor | None, kind: EventType, client_id: UUID, ids: dict[str, UUID], logins: list[UUID] | None = None,
    desks: list[UUID] | None = None,
) -> None:
    """`desks`: the logins in whose feed of the day it stands."""
    own = await fetch_one(OWN_ACCESS, client_id)
    rooms: list[Audience] = [ToDesk(login) for login in desks or ()]
    rooms += [ToStaffOf(client_id), ToStaffAllClients(), *([ToAccess(own["id"])] if own else [])]
    part = Part(rooms, {"client": client_id, **ids})
    await record(actor, kind, [part], subject_id=client_id, rights_of=logins or [])


OWN_ACCESS = "SELECT id FROM portal_access WHERE client_id = $1 AND contact_id IS NULL AND revoked_at IS NULL"
