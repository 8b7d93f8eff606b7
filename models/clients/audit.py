"""The audit log: changes (the rows of events) and looks, merged in time, newest first. For administrators only.

Each arm walks an index and stops after a page, so that a page costs the same in a history of a million rows. The two
have orders of their own (numbers, keys that begin with the time); a cursor remembers the place in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.clients.audit_names import Names, names_for, person_of, staff_in
from models.clients.audit_words import NAMED, TYPES, change_words, look_words
from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid
from models.core.looking import TAKEN_OUT, id_at

PAGE = 50
EARLIEST, LATEST = date(1971, 1, 1), date(2999, 1, 1)  # whatever is typed beyond means as much
FIRST = UUID(int=0)
END = 2**62
LAST = UUID(int=2**128 - 1)
ROOM = timedelta(minutes=1)  # numbers and moments may differ by less than a transaction lasts

COLUMNS = "e.seq, e.type, e.subject_id, e.ids, e.login_id, e.client_id, e.at, e.device, e.address, e.audience"
BOUNDS = """e.practice_id = portico_here() AND e.seq < $1 AND e.seq >= $2
    AND ($3::timestamptz IS NULL OR e.at >= $3) AND ($4::timestamptz IS NULL OR e.at < $4)"""
EVENTS = f"""SELECT {COLUMNS} FROM event e WHERE {BOUNDS} {{more}}
  AND ($5::text[] IS NULL OR e.type = ANY($5)) ORDER BY e.seq DESC LIMIT $6"""
# One walk for each type: a rare one is found without reading what lies between. Compared as pairs, so that the planner,
# which takes every type for a common one, has no other index in the order that is asked for.
BY_TYPE = f"""SELECT e.* FROM unnest($5::text[]) AS kind (name) CROSS JOIN LATERAL (
    SELECT {COLUMNS} FROM event e WHERE e.practice_id = portico_here()
      AND (e.type, e.seq) < (kind.name, $1) AND (e.type, e.seq) >= (kind.name, $2)
      AND ($3::timestamptz IS NULL OR e.at >= $3) AND ($4::timestamptz IS NULL OR e.at < $4)
    ORDER BY e.type DESC, e.seq DESC LIMIT $6) e
  ORDER BY e.seq DESC LIMIT $6"""
LOOKS = """SELECT id, login_id, subject, subject_id, reason, client_id, access_id, device, address, at FROM look
  WHERE practice_id = portico_here() AND id < $1 AND id >= $2
    AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4) {more}
  ORDER BY id DESC LIMIT $5"""
# What was taken out together is one line of the practice's log, and one in the log of each client.
AS_ONE = f"AND subject <> '{TAKEN_OUT}'"
SEQ_AT = "SELECT portico_seq_at($1) AS low, portico_seq_at($2) AS high"


@dataclass(frozen=True)
class Asked:
    """What of the log: all, looks, changes, or one kind of change; of one person (a login), about one client; between
    two days where the practice is, both included; past a cursor."""

    what: str = "all"
    person: UUID | None = None
    client: UUID | None = None
    first: date | None = None
    last: date | None = None
    cursor: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of the log. `at` in the practice's zone; `number`: an event's; `as_whom`: through whose eyes."""

    number: int | None
    at: datetime
    name: str
    person: UUID | None
    who: str
    words: str
    client: UUID | None
    client_name: str
    device: str = ""
    address: str = ""
    reason: str = ""
    as_whom: str = ""

    @property
    def look(self) -> bool:
        return self.number is None


@dataclass(frozen=True)
class AuditPage:
    """`next` goes back as `cursor` for older ones; None: that was all."""

    entries: Sequence[Entry]
    next: str | None


async def audit_page(actor: Actor, asked: Asked, *, limit: int = PAGE) -> AuditPage:
    """A page of the log, newest first. Raises Forbidden for everybody but administrators, Invalid for a cursor that is
    none, or days in the wrong order."""
    if not actor.administrator or actor.lens is not None:
        raise Forbidden("administrator-only", "Only an administrator reads the audit log.")
    if asked.first and asked.last and asked.last < asked.first:
        raise Invalid(errors={"last": ["Choose a day that is not before the first."]})
    zone = ZoneInfo((await profile()).time_zone)
    since, before = _moment(asked.first, zone), _moment(_after(asked.last), zone)
    seq, look = _cursor(asked.cursor)
    events = await _events(asked, seq, since, before, limit + 1)
    looks = await _looks(asked, look, since, before, limit + 1)
    rows = merged(events, looks)
    page = rows[:limit]
    names = await names_for(page)
    following = _next(page, seq, look) if len(rows) > limit else None
    return AuditPage([_entry(row, names, zone) for row in page], following)


async def _events(
    asked: Asked, seq: int, since: datetime | None, before: datetime | None, limit: int
) -> Sequence[Row]:
    if asked.what == "looks":
        return []
    types = list(TYPES[asked.what]) if asked.what in TYPES else None
    low, high = await _numbers(since, before)
    bounds = (min(seq, high), low, since, before, types, limit)
    if asked.client is not None:
        more = f"AND {await _whose(asked.client, 'e.client_id', 7)} AND ($8::uuid IS NULL OR e.login_id = $8)"
        return await fetch_all(EVENTS.format(more=more), *bounds, asked.client, asked.person)
    if asked.person is not None:
        return await fetch_all(EVENTS.format(more="AND e.login_id = $7"), *bounds, asked.person)
    return await fetch_all(BY_TYPE if types else EVENTS.format(more=""), *bounds)


async def _looks(
    asked: Asked, look: UUID, since: datetime | None, before: datetime | None, limit: int
) -> Sequence[Row]:
    if asked.what not in ("all", "looks"):
        return []
    low = id_at(since - ROOM) if since else FIRST
    high = min(look, id_at(before + ROOM)) if before else look
    bounds = (high, low, since, before, limit)
    if asked.client is not None:
        more = f"AND {await _whose(asked.client, 'client_id', 6)} AND ($7::uuid IS NULL OR login_id = $7)"
        return await fetch_all(LOOKS.format(more=more), *bounds, asked.client, asked.person)
    if asked.person is not None:
        return await fetch_all(LOOKS.format(more=f"{AS_ONE} AND login_id = $6"), *bounds, asked.person)
    return await fetch_all(LOOKS.format(more=AS_ONE), *bounds)


async def _whose(client_id: UUID, column: str, place: int) -> str:
    """Of records that were merged into this one the history is its own. Compared with one id where there is only one:
    the index gives that in the order that is asked for."""
    merged = await fetch_one("SELECT 1 FROM client WHERE merged_into = $1", client_id)
    if merged is None:
        return f"{column} = ${place}"
    return f"({column} = ${place} OR {column} IN (SELECT id FROM client WHERE merged_into = ${place}))"


async def _numbers(since: datetime | None, before: datetime | None) -> tuple[int, int]:
    if since is None and before is None:
        return 1, END
    row = await fetch_one(SEQ_AT, since and since - ROOM, before and before + ROOM)
    assert row is not None
    return row["low"] if since else 1, row["high"] if before else END


def merged(events: Sequence[Row], looks: Sequence[Row]) -> list[Row]:
    """Both by their moments, each in its own order: numbers are given at the commit, a little after their moments, and
    what is sorted past its neighbour would be lost between two pages."""
    rows: list[Row] = []
    left, right = list(reversed(events)), list(reversed(looks))
    while left and right:
        rows.append(left.pop() if left[-1]["at"] >= right[-1]["at"] else right.pop())
    return [*rows, *reversed(left), *reversed(right)]


def _next(page: Sequence[Row], seq: int, look: UUID) -> str:
    """The lowest place reached in each arm: what was not shown of one yet comes with the next page."""
    seq = min([seq, *(row["seq"] for row in page if "seq" in row)])
    look = min([look, *(row["id"] for row in page if "seq" not in row)])
    return f"{seq}~{look}"


def _cursor(text: str) -> tuple[int, UUID]:
    if not text:
        return END, LAST
    try:
        seq, look = text.split("~")
        if not 0 <= int(seq) <= END:
            raise ValueError
        return int(seq), UUID(look)
    except ValueError:
        raise Invalid(errors={"cursor": ["This page is not known. Start again at the first."]}) from None


def _moment(day: date | None, zone: ZoneInfo) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(min(max(day, EARLIEST), LATEST), time.min, zone).astimezone(UTC)


def _after(day: date | None) -> date | None:
    return min(day, LATEST) + timedelta(days=1) if day else None


def _entry(row: Row, names: Names, zone: ZoneInfo) -> Entry:
    given: dict[str, Any] = {
        "device": row["device"] or "", "address": row["address"] or "",
        "at": row["at"].astimezone(zone), "person": person_of(row), "who": names.login(person_of(row)),
        "client": row["client_id"], "client_name": names.client(row["client_id"]),
    }
    if "seq" in row:
        words = change_words(row["type"]).format(
            staff=names.staff(staff_in(row["ids"])), contact=names.contact(row["ids"].get("contact")),
            login=names.login(row["subject_id"]),
        )
        name, reason = NAMED.get(str(row["type"]), str(row["type"])), names.reset(row["ids"].get("reset"))
        return Entry(number=row["seq"], name=name, words=words, reason=reason, **given)
    return Entry(
        number=None, name=row["subject"], words=look_words(row["subject"]), reason=row["reason"],
        as_whom=names.access(row["access_id"]), **given,
    )
