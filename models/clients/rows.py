"""Phones, addresses, policies: things of which a record holds several. Read and saved one by one, by their ids.

`by` is the contact who looks or types, None for the client and staff. What another contact entered, or what is hidden
from this one, is not there for them: neither read, nor counted, nor changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from models.clients.fields import SLOTS, Rows, given_in
from models.clients.walls import others
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Invalid, missing
from models.core.ids import new_id

SEEN = "t.client_id = $1 AND ($2::uuid IS NULL OR t.by_contact_id IS NULL OR t.by_contact_id = $2)"
NOT_HIDDEN = """t.client_id = $1
  AND NOT EXISTS (SELECT FROM address_hidden h WHERE h.address_id = t.id AND h.contact_id = $2)"""
HIDDEN = "ARRAY(SELECT h.contact_id FROM address_hidden h WHERE h.address_id = t.id ORDER BY 1) AS hidden"


async def rows_of(rows: Rows, client_id: UUID, by: UUID | None = None) -> list[Row]:
    """Those that `by` sees, in the order in which they were added."""
    columns = ["t.id", "t.main", "t.by_contact_id", *(f"t.{field.name}" for field in rows.fields)]
    columns += [HIDDEN] if rows.hides else []
    where = NOT_HIDDEN if rows.hides else SEEN
    sql = f"SELECT {', '.join(columns)} FROM {rows.table} t WHERE {where} ORDER BY t.added_at, t.id"
    wall = await others(client_id, by)
    return [row for row in await fetch_all(sql, client_id, by) if not wall.told_by(row.values())]


def told(rows: Rows, found: list[Row]) -> dict[str, Any]:
    """The rows as fields of a form: `phone_1_id`, `phone_1_number` …, `phone_main`."""
    values: dict[str, Any] = {}
    for place, row in enumerate(found[:SLOTS], 1):
        values |= {rows.name(place, field.name): plain(row[field.name]) for field in rows.fields}
        values[rows.name(place, "id")] = str(row["id"])
        if rows.hides:
            values[rows.name(place, "hidden")] = [str(one) for one in row["hidden"]]
        if row["main"]:
            values[f"{rows.key}_main"] = str(row["id"])
    return values


def plain(value: object) -> str:
    """As a form holds it."""
    return value.isoformat() if isinstance(value, date) else str(value) if value is not None else ""


async def save_rows(rows: Rows, client_id: UUID, values: Mapping[str, Any], by: UUID | None) -> None:
    """Change what is given, add what is new, remove what `<key>_remove` names. Raises Invalid with the faults by field,
    Missing for an id that is another client's or not theirs to see."""
    await fetch_one("SELECT 1 FROM client WHERE id = $1 FOR UPDATE", client_id)  # two pages add and remove one by one
    gone = values.get(f"{rows.key}_remove")
    errors: dict[str, list[str]] = {}
    for place in range(1, SLOTS + 1):
        given = given_in(rows, place, values)
        row_id = values.get(rows.name(place, "id"))
        if given and (gone is None or row_id != gone):
            errors |= await _save_one(rows, client_id, place, row_id, given, by)
    if errors:
        raise Invalid(errors=errors)
    if gone is not None:
        await _remove(rows, client_id, gone, by)
    if main := values.get(f"{rows.key}_main"):
        await _set_main(rows, client_id, main, by, gone)
    await _have_main(rows, client_id)


async def _save_one(
    rows: Rows, client_id: UUID, place: int, row_id: UUID | None, given: dict[str, Any], by: UUID | None
) -> dict[str, list[str]]:
    hidden = given.pop("hidden", None)
    before = await _own(rows, client_id, row_id, by) if row_id else None
    blank = rows.needed in given and not given[rows.needed]
    if before is None and not _worth_keeping(rows, given):
        return {}
    if blank or (before is None and rows.needed not in given):
        return {rows.name(place, rows.needed): [f"Fill this in, or remove the {rows.one}."]}
    if before is None:
        if len(await rows_of(rows, client_id, by)) >= rows.most:
            return {rows.name(place, rows.needed): [f"There are {rows.most} already. Remove one first."]}
        row_id = await _add(rows, client_id, row_id or new_id(), given, by)
    elif given:
        names = list(given)
        sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(names, 2))
        await execute(f"UPDATE {rows.table} SET {sets} WHERE id = $1", row_id, *given.values())
    if rows.hides and hidden is not None and by is None:
        await _hide(row_id, hidden, client_id)
    return {}


def _worth_keeping(rows: Rows, given: Mapping[str, Any]) -> bool:
    """A blank group of the form has nothing typed in it; its selects stand at something all the same."""
    return any(given.get(field.name) for field in rows.fields if field.kind != "select")


async def _add(rows: Rows, client_id: UUID, row_id: UUID, given: dict[str, Any], by: UUID | None) -> UUID:
    names = ["id", "client_id", "by_contact_id", *given]
    marks = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    sql = f"INSERT INTO {rows.table} ({', '.join(names)}) VALUES ({marks})"
    await execute(sql, row_id, client_id, by, *given.values())
    if rows.hides and by is not None:
        await execute(HIDE_FROM_OTHERS, row_id, client_id, by)
    return row_id


# An address that one contact enters is hidden from the others until staff show it.
HIDE_FROM_OTHERS = """INSERT INTO address_hidden (address_id, contact_id)
  SELECT $1, contact_id FROM client_contact WHERE client_id = $2 AND contact_id <> $3"""


async def _own(rows: Rows, client_id: UUID, row_id: UUID, by: UUID | None) -> Row | None:
    """The row, None when there is none with this id; raises Missing for one that is not theirs to see."""
    if not await fetch_one(f"SELECT 1 FROM {rows.table} WHERE id = $1", row_id):
        return None
    seen = [row for row in await rows_of(rows, client_id, by) if row["id"] == row_id]
    return seen[0] if seen else missing(rows.one)


async def _hide(address_id: UUID | None, hidden: tuple[UUID, ...], client_id: UUID) -> None:
    """For the contacts there are; from somebody unlinked it stays hidden, should they come back."""
    await execute(
        "DELETE FROM address_hidden WHERE address_id = $1 AND contact_id IN"
        " (SELECT contact_id FROM client_contact WHERE client_id = $2)", address_id, client_id,
    )
    await execute(
        "INSERT INTO address_hidden (address_id, contact_id) SELECT $1, contact_id FROM client_contact"
        " WHERE client_id = $2 AND contact_id = ANY($3::uuid[])",
        address_id, client_id, list(hidden),
    )


async def _remove(rows: Rows, client_id: UUID, row_id: UUID, by: UUID | None) -> None:
    if await _own(rows, client_id, row_id, by) is not None:
        await execute(f"DELETE FROM {rows.table} WHERE id = $1", row_id)


async def _set_main(rows: Rows, client_id: UUID, row_id: UUID, by: UUID | None, gone: UUID | None) -> None:
    if row_id == gone or not await _sees_main(rows, client_id, by):
        return
    if await _own(rows, client_id, row_id, by) is None:
        missing(rows.one)
    await execute(f"UPDATE {rows.table} SET main = false WHERE client_id = $1 AND main AND id <> $2", client_id, row_id)
    await execute(f"UPDATE {rows.table} SET main = true WHERE id = $1", row_id)


async def _sees_main(rows: Rows, client_id: UUID, by: UUID | None) -> bool:
    """A contact from whom the main one is kept does not put another in its place."""
    has = await fetch_one(f"SELECT 1 FROM {rows.table} WHERE client_id = $1 AND main", client_id)
    return has is None or any(row["main"] for row in await rows_of(rows, client_id, by))


async def _have_main(rows: Rows, client_id: UUID) -> None:
    """One of them is the main one, always: the eldest, when nobody chose."""
    await execute(
        f"UPDATE {rows.table} SET main = true WHERE id = (SELECT id FROM {rows.table} WHERE client_id = $1"
        f" ORDER BY added_at, id LIMIT 1) AND NOT EXISTS (SELECT FROM {rows.table} WHERE client_id = $1 AND main)",
        client_id,
    )
