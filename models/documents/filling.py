"""A form being filled in: whose it is, what it asks, what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from re import compile as pattern
from typing import Any
from uuid import UUID

from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.database import fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Gone, missing
from models.documents import form_text
from models.documents.beginning import first_answers
from models.documents.evaluating import State, evaluate
from models.documents.finding import document_of_client
from models.documents.items import Questionnaire, Value
from models.documents.rights import manages_documents
from models.documents.tables import Document, FormVersion

WITHDRAWN = "The practice took this form back. What you typed was not handed in; nobody asks for it any more."
INSTANCE = pattern(r":\d+$")
REMOVED = "removed"  # what stands at an instance that was taken away
ANSWERS = """SELECT path, value, typed_at, side FROM answer
  WHERE practice_id = portico_here() AND document_id = $1 ORDER BY path"""
HELD = "SELECT access_id, client_id, withdrawn_at FROM document WHERE practice_id = portico_here() AND id = $1"


async def opened_form(actor: Actor, id: UUID, *, lock: bool = False) -> tuple[Actor, Document]:
    """The form that this person fills in, and the person as they act for its client: the one it was asked of, or staff
    who manage the client and read what documents say.

    Raises Missing for what is not theirs, Gone `withdrawn` for what the practice took back, Forbidden for staff who may
    only look.
    """
    row = await fetch_one(f"{HELD} FOR UPDATE" if lock else HELD, id)
    if row is None:
        missing("document")
    if actor.desk and actor.lens is None:
        document = await document_of_client(actor, row["client_id"], id)
        await _refuse_lookers(actor, document)
    else:
        actor, document = await _own(actor, row, id)
    if document.withdrawn_at is not None or document.voided_at is not None:
        raise Gone("withdrawn", WITHDRAWN)
    if document.kind != "form":
        missing("form")
    return actor, document


def refuse_submitted(document: Document) -> None:
    """What was handed in is not written in any more."""
    if document.submitted_at is not None:
        raise Conflict("submitted", "This was handed in already. To change something, write to the practice.")


async def form_of(document: Document) -> Questionnaire:
    """What this document asks: the version that it was shared with."""
    version = await FormVersion.get(id=document.version_id)
    return form_text.form_of(version.questionnaire)


async def answers_of(document_id: UUID) -> dict[str, list[Value]]:
    """What stands in each field, by path, without instances that were taken away."""
    found = {row["path"]: row["value"] for row in await fetch_all(ANSWERS, document_id)}
    return without_removed(found)


async def state_of(document: Document) -> tuple[State, dict[str, list[Value]]]:
    """The form with what stands in it, and what somebody typed of that; what nobody touched is as the form begins."""
    form, typed = await form_of(document), await answers_of(document.id)
    return evaluate(form, {**first_answers(form), **typed}), typed


def without_removed(found: Mapping[str, list[Value]]) -> dict[str, list[Value]]:
    gone = tuple(path for path, value in found.items() if value == [REMOVED] and INSTANCE.search(path))
    under = tuple(f"{path}/" for path in gone)
    return {path: value for path, value in found.items() if path not in gone and not path.startswith(under)}


async def told_answers(document_id: UUID, since: datetime | None = None) -> dict[str, Mapping[str, Any]]:
    """The same for a page: `value` and `at`, when it was typed; with `since`, only what is newer. Instances that were
    taken away are told as such, without what stood in them."""
    rows = {row["path"]: row for row in await fetch_all(ANSWERS, document_id)}
    there = without_removed({path: row["value"] for path, row in rows.items()})
    return {
        path: {"value": row["value"], "at": round(row["typed_at"].timestamp() * 1000)} for path, row in rows.items()
        if (path in there or row["value"] == [REMOVED]) and (since is None or row["typed_at"] > since)
    }


async def _own(actor: Actor, row: Mapping[str, Any], id: UUID) -> tuple[Actor, Document]:
    accesses = (actor.lens,) if actor.lens else (actor.access,) if actor.access else actor.accesses
    access = next((one for one in accesses if one and one.access_id == row["access_id"]), None)
    if access is None:
        missing("document")
    document = await Document.get(id=id)
    if document.submitted_at is None and not manages_documents(access):
        missing("document")
    return (actor if actor.lens else replace(actor, access=access)), document


async def _refuse_lookers(actor: Actor, document: Document) -> None:
    if not await sees_client(actor, document.client_id, "manages"):
        raise Forbidden("not-managed", "You may look at this document, not fill it in. Ask an administrator.")
