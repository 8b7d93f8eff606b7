"""Judging the rows of an imported table: a job, batch by batch, whose progress the pages show."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from models.accounts.practices import today_here
from models.clients.import_columns import LEFT_OUT
from models.clients.import_rows import Record, Surroundings, day_first, identities, record
from models.clients.importing import AT_ONCE, BATCH, Batch, batch_in, tell_import
from models.core.change import change
from models.core.database import Row, execute, fetch_all, fetch_one, json_text
from models.core.scope import run_scope

NEXT_ROWS = """SELECT number, cells FROM import_row WHERE practice_id = portico_here() AND batch_id = $1 AND number > $2
  ORDER BY number LIMIT $3"""
JUDGED = """UPDATE import_row r SET facts = j.facts, problems = ARRAY(SELECT jsonb_array_elements_text(j.problems)),
    twin_id = j.twin_id, twin_row = j.twin_row
  FROM jsonb_to_recordset($2::jsonb) AS j (number integer, facts jsonb, problems jsonb, twin_id uuid, twin_row integer)
  WHERE r.practice_id = portico_here() AND r.batch_id = $1 AND r.number = j.number"""
KNOWN_MAILS = "SELECT email, id FROM client WHERE practice_id = portico_here() AND email = ANY($1::text[])"
KNOWN_BIRTHS = """SELECT id, portico_fold(first_name || ' ' || last_name) AS named, born_on FROM client
  WHERE practice_id = portico_here() AND born_on = ANY($1::date[])"""


async def check_rows(practice_id: UUID, batch_id: UUID) -> None:
    """The job that judges all rows, batch by batch; outside any scope. Begun again it starts over, to the same end."""
    run = await run_scope(practice_id, lambda _: _begin_checking(batch_id))
    while run is not None:
        rows = await run_scope(practice_id, lambda _: fetch_all(NEXT_ROWS, batch_id, run.reached, AT_ONCE))
        made = await asyncio.to_thread(run.judge, rows)
        done = await run_scope(practice_id, lambda _, rows=rows, made=made: _keep_judged(run, rows, made))  # type: ignore[misc]
        if done:
            return


class _Run:
    """One pass over a table: what is judged by, and who came in earlier rows."""

    def __init__(self, batch: Batch, around: Surroundings) -> None:
        self.batch, self.around = batch, around
        self.reached = 0
        self.met: dict[tuple[object, ...], int] = {}

    def judge(self, rows: Sequence[Row]) -> list[Record]:
        targets = [self.batch.columns.get(heading, LEFT_OUT) for heading in self.batch.headings]
        return [
            record({target: cell for target, cell in zip(targets, row["cells"], strict=True) if target}, self.around)
            for row in rows
        ]

    def twin_row(self, number: int, one: Record) -> int | None:
        same = [self.met[identity] for identity in identities(one) if identity in self.met]
        for identity in identities(one):
            self.met.setdefault(identity, number)
        return same[0] if same else None


async def _begin_checking(batch_id: UUID) -> _Run | None:
    row = await fetch_one(BATCH, batch_id)
    if row is None or row["state"] != "checking":
        return None
    batch = batch_in(row)
    staff = await fetch_all(
        "SELECT lower(name) AS name, id FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL"
    )
    place = next((at for at, one in enumerate(batch.headings, 1) if batch.columns.get(one) == "born_on"), None)
    dates = await fetch_all(
        "SELECT cells[$2] AS cell FROM import_row WHERE practice_id = portico_here() AND batch_id = $1", batch_id, place
    ) if place else []
    return _Run(batch, Surroundings(
        today=await today_here(), majority=await _majority(), day_first=day_first(one["cell"] for one in dates),
        practitioners={one["name"]: str(one["id"]) for one in staff},
    ))


async def _majority() -> int:
    row = await fetch_one("SELECT portico_majority() AS years")
    return int(row["years"]) if row else 18


async def _keep_judged(run: _Run, rows: Sequence[Row], made: Sequence[Record]) -> bool:
    """True when that was the last of them, or when somebody chose other columns meanwhile."""
    current = await fetch_one(BATCH + " FOR UPDATE", run.batch.id)
    if current is None or current["state"] != "checking" or dict(current["columns"]) != dict(run.batch.columns):
        return True
    known = await _known(made)
    judged = [
        {"number": row["number"], "facts": one.values, "problems": one.problems,
         "twin_id": next((known[identity] for identity in identities(one) if identity in known), None),
         "twin_row": run.twin_row(row["number"], one)}
        for row, one in zip(rows, made, strict=True)
    ]
    await execute(JUDGED, run.batch.id, json_text(judged))
    over = len(rows) < AT_ONCE
    run.reached = rows[-1]["number"] if rows else run.reached
    async with change(None, "import.check"):
        await execute(
            "UPDATE import_batch SET checked = CASE WHEN $3 THEN rows ELSE checked + $2 END,"
            " state = CASE WHEN $3 THEN 'checked' ELSE state END WHERE practice_id = portico_here() AND id = $1",
            run.batch.id, len(rows), over,
        )
        await tell_import(None, run.batch.login_id, run.batch.id)
    return over


async def _known(made: Sequence[Record]) -> dict[tuple[object, ...], UUID]:
    """Clients of the practice by what tells that they are the same person."""
    mails = [one.values["email"] for one in made if one.values.get("email")]
    births = list({one.values["born_on"] for one in made if one.values.get("born_on")})
    found: dict[tuple[object, ...], UUID] = {
        ("born", row["named"], row["born_on"]): row["id"] for row in await fetch_all(KNOWN_BIRTHS, births)
    }
    return found | {("email", row["email"]): row["id"] for row in await fetch_all(KNOWN_MAILS, mails)}
