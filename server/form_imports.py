"""Doors of importing forms: a text or file is brought, looked at, and then comes in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from json import detect_encoding
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.core.actor import Actor
from models.core.errors import Invalid, missing
from models.core.limits import Limit, take
from models.core.scope import run_scope
from models.documents import taking_in
from models.documents.candidates import Candidate
from models.documents.form_asks import BringText, TakeIn
from models.documents.rights import ensure_edits_forms
from models.documents.taking_in import Wish
from models.documents.texts import MOST_BUNDLE
from server.door import STAFF, Done, Page, get, post, upload
from server.form_outline import outline
from server.form_preview import tried
from server.forms import HERE as FORMS
from server.forms import KIND_OPTIONS
from server.incoming import incoming

HERE = f"{FORMS}/import"
IMPORTS = Limit("form-imports", most=60, seconds=3600)


@get(HERE, allow=STAFF)
async def import_page(actor: Actor) -> Page:
    """Choose a file, or paste."""
    ensure_edits_forms(actor)
    return Page("documents/import.html", json={}, current="forms", key=uuid4())


@post(HERE, allow=STAFF, body=BringText, again=import_page)
async def bring_text(actor: Actor, body: BringText) -> Done:
    """A Questionnaire or a Bundle of them as text; it is looked at before anything comes in."""
    await take(IMPORTS, actor.practice_id, actor.login_id)
    import_id = await taking_in.bring(actor, body.text)
    return Done({"import": import_id}, see=f"{HERE}/{import_id}")


@upload(f"{HERE}/file", allow=STAFF, again=import_page)
async def bring_file(actor: Actor, stream: AsyncIterator[bytes], headers: Mapping[str, str], request: Request) -> Done:
    """The same as a file of JSON, in UTF-8."""
    await take(IMPORTS, actor.practice_id, actor.login_id)
    await run_scope(actor.practice_id, lambda _: _allowed(actor))
    async with incoming(stream, headers, request.args.get("name", "form.json")) as came:
        if came.size > 2 * MOST_BUNDLE:
            raise Invalid(errors={"file": [f"Choose a file of at most {MOST_BUNDLE // 1_000_000} MB."]})
        came.file.seek(0)
        text = _decoded(came.file.read())
    import_id = await run_scope(actor.practice_id, lambda _: taking_in.bring(actor, text))
    return Done({"import": import_id}, see=f"{HERE}/{import_id}")


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def look_at_import(actor: Actor, id: UUID) -> Page:
    """What it is and asks, what is not supported, and what will become of it; afterwards, what became of it."""
    row = await taking_in.brought(actor, id)
    if row.ended_at is not None:
        return Page("documents/imported.html", json={"outcome": row.outcome}, outcome=row.outcome, current="forms")
    held, known = await taking_in.looked_at(actor, id)
    told = [_told(one, known) for one in held]
    json = {"id": id, "forms": told}
    return Page("documents/import_look.html", json=json, id=id, held=told, kinds=KIND_OPTIONS, current="forms")


@get(f"{HERE}/<uuid:id>/preview/<int:place>", allow=STAFF)
async def try_brought(actor: Actor, id: UUID, place: int) -> Page:
    """One of what was brought, by its place from 1, as a client would get it; nothing came in yet."""
    held, _ = await taking_in.looked_at(actor, id)
    found = [one for one in held[max(place, 1) - 1:place] if one.found]
    return await tried(found[0].title, found[0].source) if found else missing("form")


@post(f"{HERE}/<uuid:id>", allow=STAFF, body=TakeIn, again=look_at_import)
async def take_in(actor: Actor, id: UUID, body: TakeIn) -> Done:
    """All that can come in comes in."""
    wish = Wish(existing=body.existing, publish=body.publish, kind=body.kind, title=" ".join(body.title.split()))
    outcome = await taking_in.take_in(actor, id, wish)
    came = [one["form"] for one in outcome if one["what"] in ("published", "draft", "version")]
    alone = came[0] if len(outcome) == 1 and came else None
    return Done({"outcome": outcome}, see=f"{FORMS}/{alone}?done=added" if alone else f"{HERE}/{id}")


@post(f"{HERE}/<uuid:id>/drop", allow=STAFF)
async def drop_import(actor: Actor, id: UUID) -> Done:
    """Forget what was brought."""
    await taking_in.drop(actor, id)
    return Done(see=f"{FORMS}?done=dropped")


async def _allowed(actor: Actor) -> None:
    ensure_edits_forms(actor)


def _decoded(raw: bytes) -> str:
    # Some editors write UTF-16; JSON says by its first letters which it is.
    coding = detect_encoding(raw)
    try:
        return raw.decode(coding)
    except UnicodeDecodeError as fault:
        named = coding.removesuffix("-sig").upper()
        said = f"This is no text in {named}: byte {fault.start + 1:,} cannot be read. Choose a file of JSON."
        raise Invalid(errors={"file": [said]}) from None


def _told(one: Candidate, known: Mapping[str, UUID]) -> dict[str, Any]:
    return {
        "title": one.title, "url": one.url, "kind": one.kind, "fault": one.fault, "existing": known.get(one.url),
        "asks": outline(one.found) if one.found else None,
    }
