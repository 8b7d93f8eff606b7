"""Handing in: the server looks at everything itself, and what it finds complete is written down for good."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Invalid
from models.documents import risk
from models.documents.attaching import hand_over
from models.documents.evaluating import NOTHING, State
from models.documents.events import SUBMITTED
from models.documents.filling import opened_form, refuse_submitted, state_of, typed_by_staff
from models.documents.items import Item
from models.documents.onboarding import after_done
from models.documents.places import every_node
from models.documents.responses import response
from models.documents.signature_asks import SignatureFields
from models.documents.signing import sign_in_change
from models.documents.tables import Document, Submission
from models.documents.telling import tell
from models.documents.values import plain

HANDED_IN = """UPDATE document SET submitted_at = $2, saved_at = $2, started_at = coalesce(started_at, $2),
    opened_at = coalesce(opened_at, $2), returned_at = NULL, page = pages
  WHERE practice_id = portico_here() AND id = $1"""
NOT_ALL = "Some answers are missing or need a correction. Nothing was handed in yet."
NOT_YOURS = "Whoever this was asked of signs it and hands it in. What you filled in is saved for them."
NOT_SIGNED = "Sign it, then hand it in. Nothing was handed in yet."


@dataclass(frozen=True)
class HandedIn:
    document: UUID
    submission: UUID
    number: int


async def submit(actor: Actor, id: UUID, *, signature: SignatureFields | None = None) -> HandedIn:
    """Hand in what stands in the form. `signature`: where the form is signed, by whom it was asked of alone.

    Raises Invalid with sentences by path while something is missing, wrong or not signed (`sign`), Conflict
    `submitted`, Gone `withdrawn`. What the browser thought complete counts for nothing.
    """
    actor, document = await opened_form(actor, id, lock=True)
    refuse_submitted(document)
    at = now()
    state, typed = await state_of(document, at)
    refuse_unfinished(state, blank=not any(typed.values()))
    if document.signs and (signature is None or actor.desk):
        raise Invalid(detail=NOT_YOURS if actor.desk else NOT_SIGNED, errors={"sign": ["Sign here."]})
    async with change(actor, "document.submit"):
        submission = await _write(actor, document, state, at)
        if document.signs and signature is not None:
            await sign_in_change(actor, document, submission, signature)
        await hand_over(actor, document, state.values)
        await _alert(actor, document, state)
        await execute(HANDED_IN, document.id, submission.submitted_at)
        await tell(actor, SUBMITTED, document)
        await after_done(actor, document)
    return HandedIn(document.id, submission.id, submission.number)


def refuse_unfinished(state: State, *, blank: bool) -> None:
    """What is wrong, by path. `blank`: nobody typed anything; what the form began with is no answer. One that asks
    nothing (a text to be signed) has nothing to be missing."""
    faults = {path: list(said) for path, said in state.faults.items()}
    if blank and asks_anything(state):
        faults.setdefault("", [NOTHING])
    if faults:
        form = faults.pop("", None)
        raise Invalid(detail=NOT_ALL, errors={**faults, **({"form": form} if form else {})})


def asks_anything(state: State) -> bool:
    return any(_asks(node.item) and node.enabled for node in every_node(state.nodes))


def _asks(item: Item) -> bool:
    return item.type not in ("group", "display") and not item.read_only and not item.calculated and not item.signs


async def _write(actor: Actor, document: Document, state: State, at: datetime) -> Submission:
    made = response(state, authored=at, by=await typed_by_staff(document.id), id=str(document.id))
    text = json.dumps(made, default=plain, ensure_ascii=False)
    return await Submission.create(
        document_id=document.id, number=await Submission.filter(document_id=document.id).count() + 1, response=text,
        sha256=sha256(text.encode()).digest(), scores=told_scores(state), login_id=actor.login_id, on_behalf=actor.desk,
        submitted_at=at,
    )


def told_scores(state: State) -> Sequence[Mapping[str, Any]]:
    """Each score in words, as it is kept: `title`, `value`, `most`, `band`."""
    return [
        {"title": one.title, "value": plain(one.value), "most": None if one.most is None else plain(one.most),
         "band": one.words}
        for one in state.scores if one.value is not None
    ]


async def _alert(actor: Actor, document: Document, state: State) -> None:
    """Whoever was not alerted when the answer was saved is now."""
    for node in every_node(state.nodes):
        if node.enabled and risk.is_risk(node.item, node.values):
            await risk.look_again(actor, document, node.path)
