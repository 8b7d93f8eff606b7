"""Saving an answer, field by field, while a form is filled in.

An answer is as new as the moment it was typed, by the server's clock: what waited on a device that was offline, or
comes a second time, never stands over what was typed later elsewhere. Whoever sends the older one is told what stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Invalid
from models.documents import risk
from models.documents.attaching import let_see
from models.documents.events import OPENED, PROGRESSED
from models.documents.filling import form_of, opened_form, refuse_submitted
from models.documents.items import Item, Value
from models.documents.paths import instance_at, item_at
from models.documents.places import REMOVED
from models.documents.tables import Document
from models.documents.telling import tell

MOST_VALUES = 200
LARGEST = 200_000
MOST_ANSWERS = 5_000
QUIET = timedelta(seconds=30)  # so often others are told, at most, that somebody goes on

KEEP = """INSERT INTO answer (document_id, path, value, login_id, side, typed_at)
  VALUES ($1, $2, $3::jsonb, $4, $5, $6)
  ON CONFLICT (practice_id, document_id, path) DO UPDATE SET value = excluded.value, login_id = excluded.login_id,
    side = excluded.side, typed_at = excluded.typed_at, saved_at = clock_timestamp()
  WHERE answer.typed_at <= excluded.typed_at RETURNING path"""
STANDS = """SELECT value, typed_at FROM answer
  WHERE practice_id = portico_here() AND document_id = $1 AND path = $2"""
COUNTED = "SELECT count(*)::int AS there FROM answer WHERE practice_id = portico_here() AND document_id = $1"
GO_ON = """UPDATE document SET saved_at = $2, started_at = coalesce(started_at, $2), page = coalesce($3, page),
    told_at = CASE WHEN $4 THEN $2 ELSE told_at END WHERE practice_id = portico_here() AND id = $1"""
OPEN = """UPDATE document SET opened_at = coalesce(opened_at, $2), pages = $3
  WHERE practice_id = portico_here() AND id = $1"""


@dataclass(frozen=True)
class Saved:
    """What became of an answer: `stale` when a newer one stands there, which is `value`, typed `at`."""

    at: datetime
    access: UUID
    client: UUID
    stale: bool = False
    value: tuple[Value, ...] = ()
    alerted: bool = False


async def answer(
    actor: Actor, id: UUID, *, path: str, value: Sequence[Value], page: int | None = None,
    typed_at: datetime | None = None,
) -> Saved:
    """Keep what was typed at this place; an empty list empties it. At an instance of a repeating group (`meds:2`) an
    empty list begins it and `["removed"]` takes it away for good. `page`: where the person is, from 1.

    Raises Invalid for a place that the form does not have, Conflict `submitted`, Gone `withdrawn`.
    """
    actor, document = await opened_form(actor, id, lock=True)
    async with change(actor, "document.answer"):
        refuse_submitted(document)
        item = _place((await form_of(document)).items, path)
        plain = await _plain(actor, document, item, value)
        at = min(typed_at or now(), now()).astimezone(UTC)
        if not await _keep(actor, document, path, plain, at):
            return await _what_stands(document, path)
        await _go_on(actor, document, page)
        alerted = await risk.look(actor, document, item, path, plain)
        return Saved(at, document.access_id, document.client_id, alerted=alerted)


async def go_to(actor: Actor, id: UUID, page: int) -> None:
    """The person is on another page; others see it."""
    actor, document = await opened_form(actor, id, lock=True)
    async with change(actor, "document.go_to"):
        if document.submitted_at is None and document.started_at is not None:
            await _go_on(actor, document, page)


async def note_opened(actor: Actor, document: Document, pages: int) -> None:
    """The person that it was asked of looks at it for the first time."""
    if actor.lens or actor.desk or (document.opened_at and document.pages == pages):
        return
    if actor.access is not None and actor.access.read_only:
        return
    async with change(actor, "document.open"):
        await execute(OPEN, document.id, now(), min(pages, 32_000))
        if document.opened_at is None:
            await tell(actor, OPENED, document)


def _place(items: Sequence[Item], path: str) -> Item:
    """The question, or the repeating group of which this is an instance."""
    item = item_at(items, path)
    if item is not None and item.type not in ("group", "display"):
        return item
    if (group := instance_at(items, path)) is None:
        raise Invalid(errors={"path": ["This form has no such question."]})
    return group


async def _plain(actor: Actor, document: Document, item: Item, value: Sequence[Value]) -> list[Value]:
    """The values as they can be kept. Whether they answer the question is said when the form is looked at."""
    try:
        text = orjson.dumps(list(value))
    except (orjson.JSONEncodeError, UnicodeEncodeError):
        raise Invalid(errors={"value": ["This holds characters that cannot be kept."]}) from None
    if len(value) > MOST_VALUES or len(text) > LARGEST:
        raise Invalid(errors={"value": ["This is more than an answer can hold. Shorten it."]})
    if b"\\u0000" in text or not all(_flat(one) for one in value):
        raise Invalid(errors={"value": ["This cannot be kept as an answer."]})
    if item.type == "group":
        return [REMOVED] if REMOVED in value else []
    values = [one for one in value if one is not None and one != ""]
    if item.type == "attachment":
        await let_see(actor, document, values)
    return values


def _flat(value: Value) -> bool:
    if isinstance(value, Mapping):
        return len(value) < 10 and all(_scalar(one) for one in value.values())
    return _scalar(value)


def _scalar(value: Value) -> bool:
    return value is None or isinstance(value, str | bool | float) or (isinstance(value, int) and abs(value) < 2**63)


async def _keep(actor: Actor, document: Document, path: str, values: list[Value], at: datetime) -> bool:
    counted = await fetch_one(COUNTED, document.id)
    if counted is not None and counted["there"] > MOST_ANSWERS:
        raise Invalid(errors={"path": ["This form holds as many answers as it can."]})
    side = "desk" if actor.desk else "portal"
    return await fetch_one(KEEP, document.id, path, values, actor.login_id, side, at) is not None


async def _what_stands(document: Document, path: str) -> Saved:
    row = await fetch_one(STANDS, document.id, path)
    assert row is not None
    return Saved(row["typed_at"], document.access_id, document.client_id, stale=True, value=tuple(row["value"]))


async def _go_on(actor: Actor, document: Document, page: int | None) -> None:
    """How far they are. Others hear of the first answer, of another page, and now and then; not of every letter."""
    here = min(max(page, 1), 32_000) if page is not None else None
    moved = here is not None and here != document.page
    told = document.started_at is None or moved or document.told_at is None or now() - document.told_at > QUIET
    await execute(GO_ON, document.id, now(), here, told)
    if told:
        await tell(actor, PROGRESSED, document)
