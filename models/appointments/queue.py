"""The queue of requests, as whoever fills those calendars sees it: the longest waiting first, with who handles it; and
those that were answered, the last one first, with who answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.answering import TIMES
from models.appointments.availability import FreeTime, Search, free_times
from models.appointments.requests import Proposed, request_for
from models.appointments.rights import filled_by
from models.appointments.tables import Appointment, BookingRequest, Offering
from models.appointments.taking import Wanted, standing_there
from models.appointments.wishes import wished
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import missing
from models.core.scope import remembered

MOST = 400  # more than the newcomers who may wait (asking.py), so that they hide nobody
PAGE = 30
SUGGESTED, SOME, AHEAD = 20, 4, 21  # times in all, of one day, days

# The time is the last one that was asked for: one that was taken in its place comes after it. Who answered is who
# decided, or who had proposed the time that was taken.
QUEUE = """SELECT q.id, q.client_id, q.for_whom, q.first_name, q.last_name, q.email, q.phone, q.other_first_name,
    q.other_last_name, q.other_born_on, q.relation, q.message, q.answers, q.state, q.handled_by, q.reply, q.created_at,
    q.expires_at, q.version, q.decided_at, q.decided_by, q.erased_at, c.name AS client, h.name AS handler,
    d.name AS decider, a.id AS appointment_id, a.starts_at, a.ends_at, a.mode, a.staff_id, a.location_id, a.made_side,
    m.name AS practitioner, m.voice, s.id AS service_id, s.name AS service, l.name AS location,
    (SELECT count(*)::int FROM appointment o WHERE o.request_id = q.id AND o.state = 'offered') AS offered
  FROM booking_request q
  JOIN LATERAL (SELECT * FROM appointment x WHERE x.request_id = q.id AND x.state <> 'offered'
    ORDER BY x.made_at DESC, x.id DESC LIMIT 1) a ON true
  JOIN staff_member m ON m.id = a.staff_id
  LEFT JOIN client c ON c.id = q.client_id LEFT JOIN staff_member h ON h.id = q.handled_by
  LEFT JOIN staff_member p ON a.made_side = 'desk' AND p.login_id = a.made_by
  LEFT JOIN staff_member d ON d.id = coalesce(q.decided_by, p.id)
  LEFT JOIN service s ON s.id = a.service_id LEFT JOIN location l ON l.id = a.location_id
  WHERE {where} ORDER BY {order} LIMIT {most}"""
THEIRS = "($1::uuid[] IS NULL OR a.staff_id = ANY ($1))"
WAITING = QUEUE.format(
    where=f"q.state IN ('open', 'countered') AND {THEIRS}", order="q.created_at, q.id", most=MOST,
)
ANSWERED = QUEUE.format(
    where=f"""q.decided_at IS NOT NULL AND {THEIRS} AND ($2::text IS NULL OR q.state = $2)
    AND ($3::uuid IS NULL OR a.staff_id = $3) AND ($4::uuid IS NULL OR d.id = $4)
    AND ($5::boolean IS NULL OR (q.email <> '' OR q.erased_at IS NOT NULL) = $5)
    AND ($6::timestamptz IS NULL OR (q.decided_at, q.id) < ($6, $7::uuid))
    AND ($8 = '' OR position(lower($8) IN lower(concat_ws(' ', c.name, q.first_name, q.last_name, q.other_first_name,
      q.other_last_name))) > 0)""",
    order="q.decided_at DESC, q.id DESC", most=PAGE + 1,
)
COUNT = f"""SELECT count(*)::int AS waiting FROM booking_request q
  JOIN appointment a ON a.request_id = q.id AND a.state = 'requested' WHERE q.state = 'open' AND {THEIRS}"""
ONE = QUEUE.format(where="q.id = $1", order="q.id", most=1)
ANSWERERS = """SELECT id, name FROM staff_member WHERE id IN (SELECT decided_by FROM booking_request)
  ORDER BY name, id"""


@dataclass(frozen=True)
class Waiting:
    """One request. Without `client_id` it is a newcomer's who was not taken in. `agreed`: its time is one that the
    practice had proposed, and whoever asked has taken it; `decider`: who answered, by name."""

    id: UUID
    client_id: UUID | None
    client: str
    for_whom: str
    first_name: str
    last_name: str
    email: str
    phone: str
    other_first_name: str
    other_last_name: str
    other_born_on: date | None
    relation: str
    message: str
    answers: list[dict[str, str]]
    state: str
    handled_by: UUID | None
    handler: str
    reply: str
    created_at: datetime
    expires_at: datetime
    version: int
    decided_at: datetime | None
    decided_by: UUID | None
    decider: str
    erased_at: datetime | None
    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime
    mode: str
    staff_id: UUID
    practitioner: str
    voice: str
    service_id: UUID | None
    service: str
    location_id: UUID | None
    location: str
    offered: int
    agreed: bool

    @property
    def asker(self) -> str:
        """Who asked, in a name."""
        return self.client or f"{self.first_name} {self.last_name}".strip() or "A new client"


@dataclass(frozen=True)
class Looked:
    """One request as its page shows it. `overlaps`: something was booked over its time; `free`: times to propose."""

    waiting: Waiting
    overlaps: bool
    times: tuple[Proposed, ...]
    free: tuple[FreeTime, ...]


@dataclass(frozen=True)
class Filter:
    """Of answered requests. `state`: accepted, declined, withdrawn, expired; whose calendar; who answered; of newcomers
    or of clients alone; None: all. `words`: a piece of the name of who asked, or comes; `before`: the last one of the
    page before."""

    state: str | None = None
    staff_id: UUID | None = None
    decider_id: UUID | None = None
    newcomers: bool | None = None
    before: UUID | None = None
    words: str = ""


async def waiting(actor: Actor) -> list[Waiting]:
    """Of the calendars this staff member fills; nothing for who fills none."""
    return [_waiting(row) for row in await fetch_all(WAITING, await _theirs(actor))]


async def count_waiting(actor: Actor) -> int:
    """How many wait for an answer that this staff member may give; not those whose asker has to choose now."""
    async def count() -> int:
        row = await fetch_one(COUNT, await _theirs(actor))
        return int(row["waiting"]) if row else 0

    return await remembered(("requests-waiting", actor.staff_id), count)


async def answered(actor: Actor, by: Filter) -> tuple[list[Waiting], UUID | None]:
    """Thirty that are decided, of the calendars this staff member fills, the last one first; and where the next page
    begins."""
    start = await BookingRequest.get_or_none(id=by.before) if by.before else None
    rows = await fetch_all(
        ANSWERED, await _theirs(actor), by.state, by.staff_id, by.decider_id, by.newcomers,
        start.decided_at if start else None, start.id if start else None, " ".join(by.words.split()),
    )
    found = [_waiting(row) for row in rows[:PAGE]]
    return found, found[-1].id if len(rows) > PAGE else None


async def answerers() -> list[tuple[UUID, str]]:
    """Who of the team has answered any, by name."""
    return [(row["id"], row["name"]) for row in await fetch_all(ANSWERERS)]


async def look(actor: Actor, id: UUID) -> Looked:
    """Raises Missing, as for a calendar that they do not fill."""
    request = await request_for(actor, id)
    rows = await fetch_all(ONE, id)
    found, row = _waiting(rows[0]) if rows else missing("request"), await wished(request)
    times = tuple(Proposed(one["id"], one["starts_at"], one["name"]) for one in await fetch_all(TIMES, id))
    is_open = request.state in ("open", "countered")
    free = await _free(row, found) if is_open else ()
    return Looked(found, is_open and await standing_there(row), times, tuple(free))


async def proposals(actor: Actor, id: UUID, times: Sequence[tuple[datetime, UUID | None]]) -> list[Wanted]:
    """The same appointment at other times."""
    row = await wished(await request_for(actor, id))
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    service = row.service_id or missing("service")
    return [Wanted(service, minutes, row.staff_id, starts_at, row.mode, location) for starts_at, location in times]


async def _theirs(actor: Actor) -> list[UUID] | None:
    whose = await filled_by(actor)
    return None if whose is None else list(whose)


async def _free(row: Appointment, found: Waiting) -> list[FreeTime]:
    service = await Offering.get_or_none(id=row.service_id) if row.service_id else None
    if service is None:
        return []
    zone = ZoneInfo((await profile()).time_zone)
    first = max(now().astimezone(zone).date(), found.starts_at.astimezone(zone).date() - timedelta(days=3))
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    search = Search(service, minutes, row.mode, (row.staff_id,), first, AHEAD, online=False)
    apart = timedelta(minutes=minutes + service.buffer_before + service.buffer_after)
    free, a_day = list[FreeTime](), Counter[date]()
    for one in await free_times(search):  # such as could all be proposed together, of several days
        day = one.starts_at.astimezone(zone).date()
        if one.starts_at <= now() or a_day[day] >= SOME or (free and one.starts_at < free[-1].starts_at + apart):
            continue
        free.append(one)
        a_day[day] += 1
    return free[:SUGGESTED]


def _waiting(row: Row) -> Waiting:
    given: dict[str, Any] = {name: row[name] for name in Waiting.__annotations__ if name != "agreed"}
    for name in ("client", "handler", "decider", "service", "location"):
        given[name] = given[name] or ""
    return Waiting(**given, agreed=row["made_side"] == "desk")
