"""The list of clients: found, filtered, in order, a page at a time by cursor. What it costs does not grow with pages.

A page begins after the row of a client, so that rows added meanwhile move nobody to another page; the cursor is that
client's id, because the name would stand in the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from models.accounts.me import initials
from models.accounts.practices import today_here
from models.clients.access import seen_clients
from models.clients.asks import FindClients
from models.clients.profile import years_between
from models.clients.words import fitting, looked_for
from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Invalid

PAGE = 50

ORDERS = {"name": ("c.by_last", "asc"), "first": ("c.by_first", "asc"), "newest": ("c.created_at", "desc")}

ROWS = """SELECT c.id, c.name, c.first_name, c.last_name, c.pronouns, c.born_on, c.kind, c.status, c.portal,
    coalesce((SELECT array_agg(s.name ORDER BY s.name) FROM assignment a JOIN staff_member s ON s.id = a.staff_id
      WHERE a.client_id = c.id AND a.ended_at IS NULL AND s.deactivated_at IS NULL), '{{}}') AS practitioners
  FROM (SELECT c.* FROM client c WHERE {where} ORDER BY {order} LIMIT {most}) c ORDER BY {order}"""
COUNT = "SELECT count(*)::int AS clients FROM client c WHERE {where}"
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
    """`next`, `previous`: the cursors of the pages beside this one, None where there is none."""

    clients: list[ClientRow]
    total: int
    next: UUID | None
    previous: UUID | None


@dataclass
class Where:
    """Conditions on `client c` and their arguments."""

    conditions: list[str]
    args: list[object]

    def add(self, condition: str, *args: object) -> None:
        """`{0}`, `{1}` … in the condition stand for the arguments."""
        places = [f"${len(self.args) + number}" for number in range(1, len(args) + 1)]
        self.conditions.append(condition.format(*places))
        self.args += args

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions) or "true"


async def clients(actor: Actor, asked: FindClients) -> ClientsPage:
    """A page of the clients this staff member sees. Raises Invalid for a cursor that is none of theirs."""
    where = await _where(actor, asked)
    if where is None:
        return {"clients": [], "total": 0, "next": None, "previous": None}
    total = await fetch_one(COUNT.format(where=where.sql), *where.args)
    rows, more = await _page(where, asked)
    back, ahead = (more, True) if asked.before else (asked.after is not None, more)
    today = await today_here()
    return {
        "clients": [_row(row, today) for row in rows], "total": total["clients"] if total else 0,
        "next": rows[-1]["id"] if ahead and rows else None, "previous": rows[0]["id"] if back and rows else None,
    }


async def _where(actor: Actor, asked: FindClients) -> Where | None:
    """None when nobody can be meant by what was typed."""
    seen = seen_clients(actor)
    where = Where([f"c.id IN ({seen})"], [actor.staff_id]) if seen else Where([], [])
    for column, value in (("status", asked.status), ("kind", asked.kind), ("portal", asked.portal)):
        if value:  # one of a few words of ours: written out, so that the planner knows how rare it is
            where.conditions.append(f"c.{column} = '{value}'")
    if asked.practitioner == "nobody":
        where.add(f"NOT EXISTS ({OF_STAFF} AND client_id = c.id)")
    elif asked.practitioner:
        where.add(f"c.id IN ({OF_STAFF} AND staff_id = {{0}})", asked.practitioner)
    if asked.tag:
        where.add("c.id IN (SELECT client_id FROM client_tag WHERE tag_id = {0})", asked.tag)
    if asked.words.strip():
        terms = await looked_for(asked.words)
        if not terms:
            return None
        found, bounds = fitting(terms, table="client_word", of="client_id", column="c.id", start=len(where.args))
        where.conditions += found
        where.args += bounds
    return where


async def _page(where: Where, asked: FindClients) -> tuple[Sequence[Row], bool]:
    """The rows in their order, and whether there are more in the direction of the walk."""
    column, direction = ORDERS[asked.sort]
    cursor, forward = asked.before or asked.after, asked.before is None
    ascending = (direction == "asc") is forward
    if cursor:
        await _walk_on(where, cursor, column, ">" if ascending else "<")
    way = "ASC" if ascending else "DESC"
    order = f"{column} {way}, c.id {way}"
    rows = await fetch_all(ROWS.format(where=where.sql, order=order, most=PAGE + 1), *where.args)
    shown = rows[:PAGE]
    return shown if forward else shown[::-1], len(rows) > PAGE


async def _walk_on(where: Where, cursor: UUID, column: str, beyond: str) -> None:
    there = f"SELECT {column} AS place FROM client c WHERE {where.sql} AND c.id = ${len(where.args) + 1}"
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
