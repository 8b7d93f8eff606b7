"""Forms come in from elsewhere: what was brought is read and looked at, and only then becomes part of the library."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Invalid, Refusal, missing
from models.core.ids import new_id
from models.documents import publishing
from models.documents.candidates import Candidate, candidates, title_in
from models.documents.library import KINDS, form_to_change, newest_version, told
from models.documents.rights import ensure_edits_forms
from models.documents.shelving import add_alone, add_form
from models.documents.tables import Form, FormImport
from models.documents.texts import parsed, same, written

KEPT = timedelta(days=7)
Existing = Literal["version", "new", "leave"]

OLD = "DELETE FROM form_import WHERE practice_id = portico_here() AND began_at < $1"
BY_URL = """SELECT DISTINCT ON (v.url) v.url, v.form_id FROM form_version v
  JOIN form f ON f.practice_id = v.practice_id AND f.id = v.form_id
  WHERE v.practice_id = portico_here() AND v.url = ANY ($1) AND f.archived_at IS NULL
  ORDER BY v.url, v.published_at DESC"""


@dataclass(frozen=True)
class Wish:
    """How what was brought comes in. `existing`: what becomes of one whose address a form of the library has already;
    `publish`: to be asked of people at once, else as drafts; `kind`, `title`: of a single one."""

    existing: Existing = "version"
    publish: bool = True
    kind: str = ""
    title: str = ""


async def bring(actor: Actor, text: str) -> UUID:
    """Keep what was brought, for seven days, to be looked at before it comes in. Returns its id.

    Raises Forbidden, and Invalid with a sentence that says where it cannot be read.
    """
    ensure_edits_forms(actor)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(errors={"text": ["Paste a Questionnaire, or choose a file."]})
    await asyncio.to_thread(candidates, text)
    async with change(actor, "form.bring"):
        await execute(OLD, now() - KEPT)
        made = await FormImport.create(id=new_id(), staff_id=actor.staff_id, source=text)
        return made.id


async def brought(actor: Actor, id: UUID) -> FormImport:
    """What this person brought in the last seven days. Raises Missing, Forbidden."""
    ensure_edits_forms(actor)
    found = await FormImport.get_or_none(id=id, staff_id=actor.staff_id, began_at__gt=now() - KEPT)
    return found or missing("import")


async def looked_at(actor: Actor, id: UUID) -> tuple[list[Candidate], Mapping[str, UUID]]:
    """What is in it, and which forms of the library have the same address, by address. Raises Missing, Forbidden."""
    found = await brought(actor, id)
    held = await asyncio.to_thread(candidates, found.source) if found.source else []
    rows = await fetch_all(BY_URL, [one.url for one in held if one.url])
    return held, {row["url"]: row["form_id"] for row in rows}


async def take_in(actor: Actor, id: UUID, wish: Wish) -> Sequence[Mapping[str, Any]]:
    """All that can come in comes in; returns what became of each: `title`, `form` (an id, or None), `what`, and in
    `words` why one stayed out. Raises Missing, Forbidden, Invalid by field, Conflict `already-imported`."""
    async with change(actor, "form.import"):
        await execute("SELECT 1 FROM form_import WHERE practice_id = portico_here() AND id = $1 FOR UPDATE", id)
        row = await brought(actor, id)
        if row.ended_at is not None:
            raise Conflict("already-imported", "This was imported already. What became of it is on its page.")
        held, known = await looked_at(actor, id)
        if len(held) == 1:
            _ensure_named(held[0], wish)
        await add_alone()
        outcome, here = list[Mapping[str, Any]](), dict(known)
        for one in held:
            came = await _came(actor, one, here.get(one.url), wish, alone=len(held) == 1)
            outcome.append(came)
            if one.url and came["form"]:
                # Of one address a Bundle may hold several: what comes after is the next version of what came before.
                here.setdefault(one.url, UUID(came["form"]))
        await FormImport.filter(id=id).update(ended_at=now(), outcome=outcome, source="")
        return outcome


async def drop(actor: Actor, id: UUID) -> None:
    """Forget what was brought. Raises Missing, Forbidden."""
    async with change(actor, "form.drop_import"):
        await brought(actor, id)
        await FormImport.filter(id=id).delete()


def _ensure_named(one: Candidate, wish: Wish) -> None:
    if wish.kind and wish.kind not in KINDS:
        raise Invalid(errors={"as_kind": ["Choose what kind of form this is."]})


async def _came(actor: Actor, one: Candidate, known: UUID | None, wish: Wish, *, alone: bool) -> dict[str, Any]:
    title = (wish.title if alone else "") or one.title
    told = {"title": title, "form": None, "what": "refused", "words": one.fault}
    if one.found is None:
        return told
    if known is not None and wish.existing == "leave":
        return {**told, "form": str(known), "what": "left", "words": "A form with this address is here already."}
    try:
        if known is not None and wish.existing == "version":
            return {**told, "form": str(known), **await _as_version(actor, one, known, title, publish=wish.publish)}
        kind = (wish.kind if alone else "") or one.kind
        made = await _as_form(actor, one, title, kind, publish=wish.publish)
    except Refusal as refusal:
        # Refused before anything was written: the others still come in.
        return {**told, "words": refusal.detail}
    return {**told, "form": str(made.id), "what": "published" if wish.publish else "draft", "words": ""}


async def _as_form(actor: Actor, one: Candidate, title: str, kind: str, *, publish: bool) -> Form:
    made = await add_form(actor, kind, title, draft=one.source if publish else _called(one, title))
    if one.guardian_signs:
        await Form.filter(id=made.id).update(guardian_signs=True)
    if publish:
        await publishing.publish(actor, made.id, title=title)
    return made


async def _as_version(actor: Actor, one: Candidate, form_id: UUID, title: str, *, publish: bool) -> dict[str, Any]:
    form = await form_to_change(actor, form_id)
    newest = await newest_version(form.id)
    if newest is not None and same(newest.questionnaire, one.source):
        return {"what": "same", "words": "It says what the newest version here says."}
    if form.draft is not None:
        return {"what": "left", "words": "Its form here has a draft with changes. Publish or discard that first."}
    draft = one.source if publish else _called(one, title)
    await Form.filter(id=form.id).update(draft=draft, draft_version=form.draft_version + 1)
    if not publish:
        await told(actor, form.id)
        return {"what": "draft", "words": ""}
    made = await publishing.publish(actor, form.id, title=title)
    return {"what": "version", "number": made.number, "words": ""}


def _called(one: Candidate, title: str) -> str:
    """A draft under the title that it was given; with its own it stays as it is spelled."""
    resource = parsed(one.source)
    return one.source if title == title_in(resource) else written({**resource, "title": title})
