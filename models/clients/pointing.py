"""Unusual looking is pointed out to administrators: cheaply at each look, and every night against a person's own last
weeks. Once a person, kind, record and day; somebody says that they have seen it, or what explains it: then that person
and record are not pointed out again for the same reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.clients.access import ROLES
from models.clients.audit_events import UNUSUAL_FOUND, UNUSUAL_SETTLED
from models.clients.auditing import to_administrators
from models.clients.unusual import KINDS, WEEKS, Day, Finding, Seen, family_name, unusual
from models.core.actor import Actor, Role
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid, missing
from models.core.events import Part
from models.core.ids import new_id
from models.core.looking import FOUND, TAKEN_OUT, id_at
from models.core.practices import where_waiting

HOUR = timedelta(hours=1)
NIGHT = timedelta(hours=26)  # what came since the night before, with room for a late turn
SHOWN = 100
MOST_COUNTED = 100

SEEN = """SELECT c.id, c.last_name, c.name, c.status, c.status_since,
    EXISTS (SELECT FROM assignment a WHERE a.client_id = c.id AND a.ended_at IS NULL) AS anybody,
    EXISTS (SELECT FROM assignment a LEFT JOIN supervision v ON v.supervisee_id = a.staff_id AND v.supervisor_id = $2
      WHERE a.client_id = c.id AND a.ended_at IS NULL AND (a.staff_id = $2 OR v.supervisor_id IS NOT NULL)) AS mine
  FROM client c WHERE c.id = ANY($1)"""
# Records that were opened one by one; an export asks for a proof of its own, and a word stands in many conversations.
OPENED = f"client_id IS NOT NULL AND subject NOT IN ('{TAKEN_OUT}', '{FOUND}')"
IN_AN_HOUR = f"""SELECT count(DISTINCT client_id)::int AS many FROM look
  WHERE practice_id = portico_here() AND login_id = $1 AND id > $2 AND {OPENED}"""
# Records a person opened on each day where the practice is: those of a day by id, of the others only how many.
DAYS = f"""SELECT l.login_id, (l.at AT TIME ZONE $2)::date AS day, array_agg(DISTINCT l.client_id) AS clients
  FROM look l WHERE l.practice_id = portico_here() AND l.id >= $1 AND {OPENED} GROUP BY 1, 2"""
STAFF = "SELECT id, login_id, name, roles FROM staff_member WHERE login_id = ANY($1)"
# Whoever shares a name with a client whom they treat would be pointed out every day: what was explained of a person and
# a record stays explained, and what still waits to be seen stands there once.
POINT_OUT = """INSERT INTO unusual_look (id, login_id, kind, day, client_id, looks, usual)
  SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM unusual_look u WHERE u.practice_id = portico_here()
    AND u.login_id = $2 AND u.kind = $3 AND u.client_id = $5 AND (u.settled_at IS NULL OR u.explanation <> ''))
  ON CONFLICT DO NOTHING"""
LISTED = """SELECT u.id, u.kind, u.login_id, m.name AS who, u.day, u.client_id, c.name AS client_name, u.looks, u.usual,
    u.found_at, u.settled_at, s.name AS settled_by, u.explanation
  FROM unusual_look u LEFT JOIN staff_member m ON m.practice_id = u.practice_id AND m.login_id = u.login_id
  LEFT JOIN client c ON c.practice_id = u.practice_id AND c.id = u.client_id
  LEFT JOIN staff_member s ON s.practice_id = u.practice_id AND s.id = u.settled_by
  WHERE u.practice_id = portico_here() ORDER BY u.settled_at IS NOT NULL, u.id DESC LIMIT $1"""
OPEN = """SELECT count(*)::int AS open FROM (SELECT 1 FROM unusual_look
  WHERE practice_id = portico_here() AND settled_at IS NULL LIMIT $1) u"""
SETTLE = """UPDATE unusual_look SET settled_by = $2, settled_at = $3, explanation = $4
  WHERE id = $1 AND (settled_at IS NULL OR explanation = '')"""


@dataclass(frozen=True)
class Unusual:
    """Something pointed out. `words` go after the name; settled without an explanation means seen."""

    id: UUID
    kind: str
    login_id: UUID
    who: str | None
    day: date
    client_id: UUID | None
    client_name: str | None
    looks: int
    usual: int | None
    found_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    explanation: str

    @property
    def words(self) -> str:
        return KINDS[self.kind]


async def at_look(actor: Actor, client_id: UUID) -> None:
    """Examine the look that was just noted; two reads, and nothing is written unless it is unusual."""
    if not actor.desk or actor.staff_id is None or actor.lens is not None:
        return
    row = await fetch_one(IN_AN_HOUR, actor.login_id, id_at(now() - HOUR))
    on = now().astimezone(await _zone()).date()
    day = Day(
        on=on, family_name=family_name("", actor.name), front_desk=_front_desk(actor.roles),
        seen=await _seen([client_id], actor.staff_id), in_an_hour=row["many"] if row else 0,
    )
    await _point_out(actor.login_id, on, unusual(day))


async def look_for_unusual() -> None:
    """Every practice in which somebody looked since last night; outside any scope."""
    await where_waiting("fresh_looks", id_at(now() - NIGHT), lambda _: examine_lately())


async def examine_lately() -> None:
    """Examine today and yesterday of the open practice, each person against their own last weeks."""
    zone = await _zone()
    today = now().astimezone(zone).date()
    first = datetime.combine(today - timedelta(weeks=WEEKS, days=1), time.min, zone).astimezone(UTC)
    rows = await fetch_all(DAYS, id_at(first), str(zone))
    days = {(row["login_id"], row["day"]): row["clients"] for row in rows}
    staff = {row["login_id"]: row for row in await fetch_all(STAFF, list({login for login, _ in days}))}
    for (login, on), clients in sorted(days.items()):
        if login in staff and on >= today - timedelta(days=1):
            usual = [len(some) for (one, day), some in days.items() if one == login and day < on]
            who = staff[login]
            roles = frozenset(Role(role) for role in who["roles"])
            seen = await _seen(clients, who["id"])
            day = Day(on, family_name("", who["name"]), _front_desk(roles), seen, usual)
            await _point_out(login, on, unusual(day))


async def pointed_out(actor: Actor) -> list[Unusual]:
    """What was pointed out, unsettled first, newest first; for administrators."""
    _administrators_alone(actor)
    return [Unusual(**row) for row in await fetch_all(LISTED, SHOWN)]


async def waiting() -> int:
    """How much nobody has settled yet, at most 100."""
    row = await fetch_one(OPEN, MOST_COUNTED)
    return int(row["open"]) if row else 0


async def settle(actor: Actor, unusual_id: UUID, *, explanation: str | None = None) -> None:
    """An administrator has seen it, or says what explains it (which may follow later). Raises Invalid when an
    explanation is empty, Missing for what was never pointed out."""
    _administrators_alone(actor)
    if explanation is not None and not explanation.strip():
        raise Invalid(errors={"explanation": ["Say what explains it."]})
    row = await fetch_one("SELECT client_id FROM unusual_look WHERE id = $1", unusual_id) or missing("look")
    async with change(actor, "unusual_look.settle"):
        if await execute(SETTLE, unusual_id, actor.staff_id, now(), (explanation or "").strip()):
            await _tell(actor, UNUSUAL_SETTLED, [row["client_id"]])


async def _point_out(login_id: UUID, on: date, findings: Sequence[Finding]) -> None:
    fresh = []
    for one in findings:
        if await execute(POINT_OUT, new_id(), login_id, one.kind, on, one.client, one.looks, one.usual):
            fresh.append(one.client)
    if fresh:
        async with change(None, "unusual_look.point_out"):
            await _tell(None, UNUSUAL_FOUND, fresh)


async def _tell(actor: Actor | None, kind: Any, clients: Iterable[UUID | None]) -> None:
    rooms = await to_administrators()
    for client in clients:
        await record(actor, kind, [Part(rooms, {"client": client} if client else {})], subject_id=client)


async def _seen(clients: Sequence[UUID], staff_id: UUID) -> list[Seen]:
    zone = await _zone()
    return [
        Seen(row["id"], family_name(row["last_name"], row["name"]), row["status"],
             row["status_since"].astimezone(zone).date(), row["anybody"], row["mine"])
        for row in await fetch_all(SEEN, list(clients), staff_id)
    ]


async def _zone() -> ZoneInfo:
    return ZoneInfo((await profile()).time_zone)


def _front_desk(roles: Iterable[Role]) -> bool:
    return any(ROLES[role].front_desk for role in roles)


def _administrators_alone(actor: Actor) -> None:
    if not actor.administrator or actor.lens is not None:
        raise Forbidden("administrator-only", "Only an administrator sees what was pointed out.")
