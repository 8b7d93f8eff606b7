"""Doors of exporting clients: a table for spreadsheets, a bundle for other systems. Streamed, and kept as a look."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import orjson

from models.clients import exporting, fhir
from models.core.actor import Actor
from models.core.limits import Limit, take
from server.door import STAFF, Raw, get
from server.importing import harmless

EXPORTS = Limit("exports", most=20, seconds=3600)


@get("/staff/clients/export.csv", allow=STAFF, streams=True, step_up=True)
async def export_table(actor: Actor) -> Raw:
    """The clients this person sees as CSV, with the headings that an import understands."""
    await take(EXPORTS, actor.practice_id, actor.login_id)
    return Raw(_table(actor), "text/csv; charset=utf-8", _named("clients.csv"))


@get("/staff/clients/export.json", allow=STAFF, streams=True, step_up=True)
async def export_fhir(actor: Actor) -> Raw:
    """The clients this person sees as a FHIR R4 Bundle (type collection) of Patient resources."""
    await take(EXPORTS, actor.practice_id, actor.login_id)
    return Raw(_bundle(actor), "application/fhir+json", _named("clients.fhir.json"))


async def _table(actor: Actor) -> AsyncIterator[bytes]:
    yield "\ufeff".encode() + _lines([list(exporting.HEADINGS)])
    async for rows in exporting.exported(actor, "csv"):
        yield _lines([[harmless(cell) for cell in exporting.cells(row)] for row in rows])


def _lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


async def _bundle(actor: Actor) -> AsyncIterator[bytes]:
    yield b'{"resourceType":"Bundle","type":"collection"'
    before = b',"entry":['  # of nobody there is no list: FHIR knows no empty ones
    async for rows in exporting.exported(actor, "fhir"):
        yield before + b",".join(orjson.dumps(fhir.entry(row)) for row in rows)
        before = b","
    yield b"]}" if before == b"," else b"}"


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
