"""Doors of importing clients: a file is brought, its columns are named, its rows are looked at, then they come in."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.clients import import_preview, importing
from models.clients.csv_reading import read_table
from models.clients.import_asks import ChooseColumns, Preview, StartImport
from models.clients.import_columns import TARGETS
from models.clients.importing import Batch
from models.core.actor import Actor
from models.core.limits import Limit, take
from models.core.scope import run_scope
from server.door import STAFF, Done, Page, Raw, get, post, upload
from server.incoming import incoming

HERE = "/staff/clients/import"
# Also as wide letters, which some spreadsheets take for the same.
FORMULA, NUMBER = re.compile("[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]"), re.compile(r"[+-]?[\d\s().-]+")
IMPORTS = Limit("imports", most=40, seconds=3600)


@get(HERE, allow=STAFF)
async def import_page(actor: Actor) -> Page:
    """Bring a file; what was brought lately."""
    found = [_told(one) for one in await importing.batches(actor)]
    return Page("clients/import.html", json={"imports": found}, imports=found, current="clients",
                titles=[target.title for target in TARGETS.values()])


@upload(HERE, allow=STAFF, again=import_page)
async def bring(actor: Actor, stream: AsyncIterator[bytes], headers: Mapping[str, str], request: Request) -> Done:
    """A CSV file, in whatever encoding, with a first line of headings; at most 10,000 rows."""
    await take(IMPORTS, actor.practice_id, actor.login_id)
    await run_scope(actor.practice_id, lambda _: _allowed(actor))
    async with incoming(stream, headers, request.args.get("name", "")) as came:
        table = await asyncio.to_thread(lambda: read_table(came.file.read() if not came.file.seek(0) else b""))
    batch_id = await importing.bring_table(actor, table)
    return Done({"import": batch_id, "rows": len(table.lines)}, see=f"{HERE}/{batch_id}")


@get(f"{HERE}/<uuid:id>", allow=STAFF, query=Preview)
async def import_batch(actor: Actor, id: UUID, query: Preview) -> Page:
    """One file: what its columns hold, then what will become of its rows, then how far it is."""
    return await _batch_page(actor, id, query)


async def _again(actor: Actor, id: UUID) -> Page:
    return await _batch_page(actor, id, Preview(columns=True))


@post(f"{HERE}/<uuid:id>/columns", allow=STAFF, body=ChooseColumns, again=_again)
async def choose_columns(actor: Actor, id: UUID, body: ChooseColumns) -> Done:
    await importing.choose_columns(actor, id, body.columns)
    return Done({"import": id}, see=f"{HERE}/{id}")


@post(f"{HERE}/<uuid:id>/start", allow=STAFF, body=StartImport)
async def start(actor: Actor, id: UUID, body: StartImport) -> Done:
    await importing.start(actor, id, with_twins=body.with_twins)
    return Done({"import": id}, see=f"{HERE}/{id}")


@post(f"{HERE}/<uuid:id>/drop", allow=STAFF)
async def drop(actor: Actor, id: UUID) -> Done:
    await importing.drop(actor, id)
    return Done(see=HERE)


@get(f"{HERE}/<uuid:id>/rows-with-problems", allow=STAFF)
async def wrong_rows(actor: Actor, id: UUID) -> Raw:
    """The rows that stay out, as a file to correct and bring again; its last column says what is wrong."""
    batch = await importing.batch_for(actor, id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*batch.headings, "What is wrong"])
    writer.writerows([*map(harmless, cells), told] for cells, told in await import_preview.wrong_rows(batch))
    name = {"Content-Disposition": 'attachment; filename="rows-with-problems.csv"'}
    return Raw("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", name)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is marked as text; a number, also of a phone, is none."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


async def _allowed(actor: Actor) -> None:
    importing.refuse_unless_may_import(actor)


async def _batch_page(actor: Actor, id: UUID, query: Preview) -> Page:
    batch = await importing.batch_for(actor, id)
    told = _told(batch)
    shown: dict[str, Any] = {"batch": told, "current": "clients", "key": uuid4(), "show": query.show}
    if batch.state == "read" or (query.columns and batch.state == "checked"):
        columns = await _columns(batch)
        return Page("clients/import_columns.html", json={**told, "columns": columns}, columns=columns,
                    targets=[(one.key, one.title) for one in TARGETS.values()], **shown)
    counts = await import_preview.counts(batch)
    rows, following = await import_preview.rows_of(batch, query.show, after=query.after)
    facts: dict[str, Any] = {"counts": counts, "rows": rows, "next": following}
    return Page("clients/import_rows.html", json={**told, **facts}, **facts, **shown)


async def _columns(batch: Batch) -> list[dict[str, Any]]:
    chosen, seen = await importing.guessed(batch), await import_preview.samples(batch)
    return [
        {"heading": heading, "target": chosen[heading], "samples": seen[place]}
        for place, heading in enumerate(batch.headings)
    ]


def _told(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id, "state": batch.state, "rows": batch.rows, "checked": batch.checked, "imported": batch.imported,
        "began_at": batch.began_at,
    }
