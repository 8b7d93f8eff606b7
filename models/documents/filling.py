"""A form being filled in: whose it is, what it asks, what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from models.accounts.practices import day_began, on_its_clock
from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Gone, missing
from models.documents.beginning import first_answers
from models.documents.evaluating import Context, State, evaluate
from models.documents.finding import document_of_client
from models.documents.items import Questionnaire, Value
from models.documents.places import REMOVED, is_removed, without
from models.documents.questionnaires import form_in
from models.documents.rights import manages_documents
from models.documents.tables import Document, FormVersion
from models.documents.vouching import refuse_unvouched

WITHDRAWN = "The practice took this form back. What you typed was not handed in; nobody asks for it any more."
ANSWERS = """SELECT path, value, typed_at, saved_at FROM answer
  WHERE practice_id = portico_here() AND document_id = $1 ORDER BY path"""
TYPED_BY = """SELECT a.path, coalesce(s.name, 'Staff') AS name FROM answer a
  LEFT JOIN staff_member s ON s.practice_id = a.practice_id AND s.login_id = a.login_id
  WHERE a.practice_id = portico_here() AND a.document_id = $1 AND a.side = 'desk' AND a.value <> '[]'::jsonb"""
HELD = "SELECT access_id, client_id, withdrawn_at FROM document WHERE practice_id = portico_here() AND id = $1"


async def opened_form(actor: Actor, id: UUID, *, lock: bool = False) -> tuple[Actor, Document]:
    """The form that this person fills in, and the person as they act for its client: the one it was asked of, or staff
    who manage the client and read what documents say.

    Raises Missing for what is not theirs, Gone `withdrawn` for what the practice took back, Forbidden for staff who may
    only look, Conflict `not-vouched` where a signature was put in from outside.
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
    if document.submitted_at is None:
        await refuse_unvouched(document.id)
    return actor, document


def refuse_submitted(document: Document) -> None:
    """What was handed in is not written in any more."""
    if document.submitted_at is not None:
        raise Conflict("submitted", "This was handed in already. To change something, write to the practice.")


async def form_of(document: Document) -> Questionnaire:
    """What this document asks: the version that it was shared with."""
    version = await FormVersion.get(id=document.version_id)
    return form_in(version.questionnaire)


async def answers_of(document_id: UUID) -> dict[str, list[Value]]:
    """What stands in each field, by path, without instances that were taken away."""
    return without_removed(await _kept(document_id))


async def state_of(document: Document, at: datetime | None = None) -> tuple[State, dict[str, list[Value]]]:
    """The form with what stands in it, now or at a moment, and what somebody typed of that."""
    form, kept = await form_of(document), await _kept(document.id)
    context = Context(now=await moment_of(document, at))
    begun = first_answers(form, context=context)
    return evaluate(form, {**begun, **kept}, context=context), without_removed(kept)


async def moment_of(form: Document | Questionnaire, at: datetime | None = None) -> datetime:
    """What a form's expressions hold for now, by the practice's clock; at the moment when it was handed in, what they
    held for it then. Where it is signed that is the beginning of its day: what was shown must be what is signed, and
    between the two pass some minutes."""
    moment = at or now()
    return await day_began(moment) if form.signs else await on_its_clock(moment)


async def typed_by_staff(document_id: UUID) -> dict[str, str]:
    """The answers that staff filled in on the person's behalf, by path, with the name of who did."""
    return {row["path"]: row["name"] for row in await fetch_all(TYPED_BY, document_id)}


def staff_in(by: Mapping[str, str]) -> str:
    """Who they are, each once."""
    return " and ".join(dict.fromkeys(by.values()))


async def all_answers(form: Questionnaire, document_id: UUID, moment: datetime) -> dict[str, list[Value]]:
    """What a form is evaluated with: what somebody typed; what nobody touched is as the form begins."""
    return {**first_answers(form, context=Context(now=moment)), **await _kept(document_id)}


async def _kept(document_id: UUID) -> dict[str, list[Value]]:
    """The same with a mark for each instance that was taken away."""
    return {row["path"]: row["value"] for row in await fetch_all(ANSWERS, document_id)}


def without_removed(found: Mapping[str, list[Value]]) -> dict[str, list[Value]]:
    return without(found, [path for path, value in found.items() if is_removed(path, value)])


async def told_answers(document_id: UUID, since: datetime | None = None) -> dict[str, Mapping[str, Any]]:
    """The same for a page: `value` and `at`, when it was typed; with `since`, only what came in later, whenever it was
    typed. Instances that were taken away are told as such, without what stood in them."""
    rows = {row["path"]: row for row in await fetch_all(ANSWERS, document_id)}
    there = without_removed({path: row["value"] for path, row in rows.items()})
    return {
        path: {"value": row["value"], "at": round(row["typed_at"].timestamp() * 1000)} for path, row in rows.items()
        if (path in there or row["value"] == [REMOVED]) and (since is None or row["saved_at"] > since)
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
