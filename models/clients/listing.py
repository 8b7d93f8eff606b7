"""The list of clients: found, filtered, in order, a page at a time by cursor. What it costs does not grow with pages.

A page begins after the row of a client, so that rows added meanwhile move nobody to another page; the cursor is that
client's id, because the name would stand in the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict
from uuid import UUID

from models.accounts.me import initials
from models.accounts.practices import today_here
from models.clients.access import seen_clients, sees_all, sees_row
from models.clients.asks import FindClients
from models.clients.profile import years_between
from models.clients.words import fitting, looked_for
from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Invalid

PAGE, COUNTED, GATHERED = 50, 1_000, 2_000

ORDERS = {"name": ("c.by_last", "asc"), "first": ("c.by_first", "asc"), "newest": ("c.created_at", "desc")}

THERE = "c.merged_into IS NULL"  # the others only point to these
ROWS = """SELECT c.id, c.name, c.first_name, c.last_name, c.pronouns, c.born_on, c.kind, c.status, c.portal,
    coalesce((SELECT array_agg(s.name ORDER BY s.name) FROM assignment a JOIN staff_member s ON s.id = a.staff_id
      WHERE a.client_id = c.id AND a.ended_at IS NULL AND s.deactivated_at IS NULL), '{{}}') AS practitioners
  FROM (SELECT c.id FROM client c WHERE {there} AND {where} ORDER BY {order} LIMIT {most}) page
  JOIN client c ON c.id = page.id ORDER BY {order}"""
# Everybody is counted whole, an index knows; those of a filter or a search only so far.
ALL = """SELECT (count(*) - (SELECT count(*) FROM client WHERE merged_into IS NOT NULL))::int AS clients
  FROM client c"""
COUNT = "SELECT count(*)::int AS clients FROM (SELECT FROM client c WHERE {there} AND {where} LIMIT {most}) c"
MANY = "SELECT count(*) AS seen FROM (SELECT FROM ({seen}) s LIMIT {most}) s"
OF_STAFF = "SELECT client_id FROM assignment WHERE ended_at IS NULL"


class ClientRow(TypedDict):
    """`legal_name`: first and last name where screens show another one."""

    id: UUID
    name: str
    legal_name: str
    pronouns: str
    initials: str
    age: int | None
    kind: str
    status: str
    portal: str
    practitioners: list[str]


class ClientsPage(TypedDict):
    """`total`: how many there are; with `many`, that there are more than these. `next`, `previous`: the cursors of the
    pages beside this one, None where there is none."""

    clients: list[ClientRow]
    total: int
    many: bool
    next: UUID | None
    previous: UUID | None


@dataclass
class Where:
    """Conditions on `client c` and their arguments; `gathered`: statements for ids, which are fetched first and then
    looked up, whatever the planner thinks of a name. `of_many`: the first condition is that somebody sees the row who
    sees more than are counted."""

    conditions: list[str]
    args: list[object]
    gathered: list[str] = field(default_factory=list)
    of_many: bool = False

    def add(self, condition: str, *args: object) -> None:
        """`{0}`, `{1}` … in the condition stand for the arguments."""
        self.conditions.append(self._placed(condition, args))

    def gather(self, condition: str, *args: object) -> None:
        self.gathered.append(self._placed(condition, args))

    @property
    def sql(self) -> str:
        ids = " INTERSECT ".join(f"({one})" for one in self.gathered)
        return " AND ".join((*self.conditions, *([f"c.id = ANY(ARRAY({ids}))"] if ids else []))) or "true"

    @property
    def plainly_many(self) -> bool:
        """That there are more than are counted is known without counting."""
        return self.of_many and len(self.conditions) == 1 and not self.gathered

    def _placed(self, condition: str, args: Sequence[object]) -> str:
        self.args += args
        first = len(self.args) - len(args) + 1
        return condition.format(*(f"${first + number}" for number in range(len(args))))

    def walking(self) -> None:
        """When many fit: the rows are walked in their order until a page is full, and asked whether they are among the
        gathered. A CASE is never turned into a join, after which all would have to be put in order."""
        self.conditions += [f"CASE WHEN c.id IN ({ids}) THEN true ELSE false END" for ids in self.gathered]
        self.gathered = []


async def clients(actor: Actor, asked: FindClients) -> ClientsPage:
    """A page of the clients this staff member sees. Raises Invalid for a cursor that is none of theirs."""
    where = await _where(actor, asked)
    if where is None:
        return {"clients": [], "total": 0, "many": False, "next": None, "previous": None}
    total, many = await _total(where)
    if many:
        where.walking()
    rows, more = await _page(where, asked)
    back, ahead = (more, True) if asked.before else (asked.after is not None, more)
    today = await today_here()
    return {
        "clients": [_row(row, today) for row in rows], "total": total, "many": many,
        "next": rows[-1]["id"] if ahead and rows else None, "previous": rows[0]["id"] if back and rows else None,
    }


async def _where(actor: Actor, asked: FindClients) -> Where | None:
    """None when nobody can be meant."""
    if asked.practitioner == "nobody" and not sees_all(actor):
        return None  # whom nobody takes care of, only who sees all sees
    where = await _seen(actor)
    for column, value in (("status", asked.status), ("kind", asked.kind), ("portal", asked.portal)):
        if value:  # one of a few words of ours: written out, so that the planner knows how rare it is
            where.conditions.append(f"c.{column} = '{value}'")
    if asked.practitioner == "nobody":
        where.add(f"NOT EXISTS ({OF_STAFF} AND client_id = c.id)")
    elif asked.practitioner:
        where.gather(f"{OF_STAFF} AND staff_id = {{0}}", asked.practitioner)
    if asked.tag:
        where.gather("SELECT client_id FROM client_tag WHERE tag_id = {0}", asked.tag)
    if asked.words.strip():
        terms = await looked_for(asked.words)
        if not terms:
            return None
        found, bounds = fitting(terms, table="client_word", of="client_id", start=len(where.args))
        where.gathered.append(found)
        where.args += bounds
    return where


async def _seen(actor: Actor) -> Where:
    seen = seen_clients(actor)
    if seen is None:
        return Where([], [])
    row = await fetch_one(MANY.format(seen=seen, most=GATHERED + 1), actor.staff_id)
    if row is None or row["seen"] <= GATHERED:
        return Where([], [actor.staff_id], [seen])
    return Where([f"CASE WHEN {sees_row(actor, 'c.id')} THEN true ELSE false END"], [actor.staff_id], of_many=True)


async def _total(where: Where) -> tuple[int, bool]:
    if where.plainly_many:
        return COUNTED, True
    narrowed = bool(where.conditions or where.gathered)
    sql = COUNT.format(there=THERE, where=where.sql, most=COUNTED + 1) if narrowed else ALL
    row = await fetch_one(sql, *where.args)
    found = row["clients"] if row else 0
    many = narrowed and found > COUNTED
    return COUNTED if many else found, many


async def _page(where: Where, asked: FindClients) -> tuple[Sequence[Row], bool]:
    """The rows in their order, and whether there are more in the direction of the walk."""
    column, direction = ORDERS[asked.sort]
    cursor, forward = asked.before or asked.after, asked.before is None
    ascending = (direction == "asc") is forward
    if cursor:
        await _walk_on(where, cursor, column, ">" if ascending else "<")
    way = "ASC" if ascending else "DESC"
    order = f"{column} {way}, c.id {way}"
    rows = await fetch_all(ROWS.format(there=THERE, where=where.sql, order=order, most=PAGE + 1), *where.args)
    shown = rows[:PAGE]
    return shown if forward else shown[::-1], len(rows) > PAGE


async def _walk_on(where: Where, cursor: UUID, column: str, beyond: str) -> None:
    there = f"SELECT {column} AS place FROM client c WHERE {THERE} AND {where.sql} AND c.id = ${len(where.args) + 1}"
    place = await fetch_one(there, *where.args, cursor)
    if place is None:
        raise Invalid(errors={"after": ["This page is not known. Start again at the first."]})
    where.add(f"({column}, c.id) {beyond} ({{0}}, {{1}})", place["place"], cursor)


def _row(row: Row, today: date) -> ClientRow:
    legal = f"{row['first_name']} {row['last_name']}".strip()
    return {
        "id": row["id"], "name": row["name"], "legal_name": legal if legal and legal != row["name"] else "",
        "pronouns": row["pronouns"], "initials": initials(row["name"]),
        "age": years_between(row["born_on"], today) if row["born_on"] else None,
        "kind": row["kind"], "status": row["status"], "portal": row["portal"], "practitioners": row["practitioners"],
    }
