"""Importing clients: a table is brought, its columns are named, its rows are judged and shown, then all come in.

Until the last step nothing of it is a client. Judging and writing are jobs: the pages show how far they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.clients.access import Reach, reaches
from models.clients.csv_reading import Line, Table
from models.clients.import_columns import LEFT_OUT, TARGETS, faults, guess, to_remember
from models.clients.import_events import IMPORT_CHANGED
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.database import Row, execute, fetch_all, fetch_one, json_text
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.events import Part, ToDesk
from models.core.ids import new_id
from models.core.practices import where_waiting
from models.core.scope import run_scope

CHECK, WRITE = "import.check", "import.write"
AT_ONCE = 500
KEPT = timedelta(days=7)

BATCH = """SELECT id, staff_id, login_id, headings, columns, state, rows, checked, imported, with_twins, began_at,
  ended_at FROM import_batch WHERE practice_id = portico_here() AND id = $1"""
STAGE = """INSERT INTO import_row (batch_id, number, cells, client_id)
  SELECT $1, r.number, ARRAY(SELECT jsonb_array_elements_text(r.cells)), r.client_id
  FROM jsonb_to_recordset($2::jsonb) AS r (number integer, cells jsonb, client_id uuid)"""


@dataclass(frozen=True)
class Batch:
    """An imported table. `state`: reading, read (say what the columns mean), checking, checked (look, then start),
    importing, done, dropped."""

    id: UUID
    staff_id: UUID
    login_id: UUID
    headings: tuple[str, ...]
    columns: Mapping[str, str]
    state: str
    rows: int
    checked: int
    imported: int
    with_twins: bool
    began_at: Any
    ended_at: Any


def may_import(actor: Actor) -> bool:
    """Who manages all clients may bring in many."""
    return actor.lens is None and Reach.ALL in reaches(actor, "manages")


def refuse_unless_may_import(actor: Actor) -> None:
    if not may_import(actor):
        raise Forbidden("not-managed", "Importing needs the right to change all clients. Ask an administrator.")


async def bring_table(actor: Actor, table: Table) -> UUID:
    """Keep a table to be imported; outside any scope, in batches. Returns its id. Raises Forbidden."""
    batch_id = new_id()

    async def begin(_: Any) -> None:
        refuse_unless_may_import(actor)
        await execute(
            "INSERT INTO import_batch (id, staff_id, login_id, headings, rows) VALUES ($1, $2, $3, $4, $5)",
            batch_id, actor.staff_id, actor.login_id, list(table.headings), len(table.lines),
        )

    await run_scope(actor.practice_id, begin)
    for place in range(0, len(table.lines), AT_ONCE):
        lines = table.lines[place : place + AT_ONCE]
        await run_scope(actor.practice_id, lambda _, lines=lines: _stage(batch_id, lines))  # type: ignore[misc]
    await run_scope(actor.practice_id, lambda _: _read(actor, batch_id))
    return batch_id


async def batch_for(actor: Actor, batch_id: UUID, *, lock: bool = False) -> Batch:
    """An imported table, for whoever may import; raises Missing, Forbidden."""
    refuse_unless_may_import(actor)
    row = await fetch_one(BATCH + (" FOR UPDATE" if lock else ""), batch_id)
    if row is None or row["state"] in ("reading", "dropped"):
        missing("import")
    return batch_in(row)


async def batches(actor: Actor) -> list[Batch]:
    """What is being imported and what was lately, newest first."""
    refuse_unless_may_import(actor)
    rows = await fetch_all(
        BATCH.replace("AND id = $1", "AND state NOT IN ('reading', 'dropped') ORDER BY began_at DESC LIMIT 20")
    )
    return [batch_in(row) for row in rows]


async def guessed(batch: Batch) -> dict[str, str]:
    """What the columns mean: as chosen before, else guessed."""
    if batch.columns:
        return dict(batch.columns)
    rows = await fetch_all("SELECT heading, target FROM import_column WHERE practice_id = portico_here()")
    return guess(batch.headings, {row["heading"]: row["target"] for row in rows})


async def choose_columns(actor: Actor, batch_id: UUID, targets: Sequence[str]) -> None:
    """Say what each column means, in their order; the rows are judged by it from now on. Remembered for next time.

    Raises Invalid for a mapping by which no client could be made, Conflict when the import has begun.
    """
    batch = await batch_for(actor, batch_id, lock=True)
    if batch.state in ("importing", "done"):
        raise Conflict("import-begun", "These rows are imported already.")
    if len(targets) != len(batch.headings) or any(one not in TARGETS and one != LEFT_OUT for one in targets):
        raise Invalid(errors={"columns": ["Say for each column what it holds, or leave it out."]})
    chosen = dict(zip(batch.headings, targets, strict=True))
    if told := faults(chosen):
        raise Invalid(errors={"columns": told})
    async with change(actor, "import.choose_columns"):
        await execute(
            "UPDATE import_batch SET columns = $2::jsonb, state = 'checking', checked = 0"
            " WHERE practice_id = portico_here() AND id = $1", batch_id, json_text(chosen),
        )
        await execute(
            "INSERT INTO import_column (heading, target) SELECT key, value FROM jsonb_each_text($1::jsonb)"
            " ON CONFLICT (practice_id, heading) DO UPDATE SET target = excluded.target",
            json_text(to_remember(chosen)),
        )
        await enqueue(CHECK, {"batch": batch_id})
        await tell_import(actor, batch.login_id, batch_id)


async def start(actor: Actor, batch_id: UUID, *, with_twins: bool) -> None:
    """Have the judged rows come in. Rows with a problem stay out, and those of a person who is there already unless
    `with_twins`. Raises Conflict when there is nothing to import or it has begun."""
    batch = await batch_for(actor, batch_id, lock=True)
    if batch.state != "checked":
        raise Conflict("import-not-checked", "Say first what the columns hold, then look at the rows.")
    async with change(actor, "import.start"):
        await execute(
            "UPDATE import_batch SET state = 'importing', with_twins = $2"
            " WHERE practice_id = portico_here() AND id = $1", batch_id, with_twins,
        )
        await enqueue(WRITE, {"batch": batch_id})
        await tell_import(actor, batch.login_id, batch_id)


async def drop(actor: Actor, batch_id: UUID) -> None:
    """Forget a table that is not to be imported."""
    batch = await batch_for(actor, batch_id, lock=True)
    if batch.state in ("importing", "done"):
        raise Conflict("import-begun", "These rows are imported already.")
    async with change(actor, "import.drop"):
        await _forget(batch_id)
        await tell_import(actor, batch.login_id, batch_id)


async def drop_old() -> None:
    """Tables of a week ago go, imported or not; outside any scope."""
    await where_waiting("old_imports", KEPT, lambda _: _drop_old_here())


async def _drop_old_here() -> None:
    rows = await fetch_all(
        "SELECT id FROM import_batch WHERE practice_id = portico_here() AND began_at < now() - $1::interval LIMIT 20",
        KEPT,
    )
    for row in rows:
        await _forget(row["id"])
        await execute("DELETE FROM import_batch WHERE practice_id = portico_here() AND id = $1", row["id"])


async def _forget(batch_id: UUID) -> None:
    await execute("DELETE FROM import_row WHERE practice_id = portico_here() AND batch_id = $1", batch_id)
    await execute(
        "UPDATE import_batch SET state = 'dropped', ended_at = clock_timestamp()"
        " WHERE practice_id = portico_here() AND id = $1", batch_id,
    )


async def _stage(batch_id: UUID, lines: Sequence[Line]) -> None:
    rows = [{"number": line.number, "cells": line.cells, "client_id": new_id()} for line in lines]
    await execute(STAGE, batch_id, json_text(rows))


async def _read(actor: Actor, batch_id: UUID) -> None:
    async with change(actor, "import.bring"):
        await execute("UPDATE import_batch SET state = 'read' WHERE practice_id = portico_here() AND id = $1", batch_id)
        await tell_import(actor, actor.login_id, batch_id)


async def tell_import(actor: Actor | None, login_id: UUID, batch_id: UUID) -> None:
    """Inside a change: the pages of who imports show how far it is."""
    part = Part([ToDesk(login_id)], {"import": batch_id})
    await record(actor, IMPORT_CHANGED, [part], subject_id=batch_id)


def batch_in(row: Row) -> Batch:
    return Batch(**{**row, "headings": tuple(row["headings"]), "columns": dict(row["columns"])})
