"""Doors of the ready forms: measures and samples that can be put into the library."""

from __future__ import annotations

from typing import Any

from models.core.actor import Actor
from models.core.errors import missing
from models.documents import ready
from models.documents.form_asks import AddReady
from models.documents.library import KINDS
from models.documents.questionnaires import form_in
from models.documents.ready import READY, Ready
from models.documents.rights import edits_forms, ensure_sees_forms
from server.door import STAFF, Done, Page, get, post
from server.form_outline import outline
from server.form_preview import tried
from server.forms import HERE as FORMS

HERE = f"{FORMS}/ready"


@get(HERE, allow=STAFF)
async def ready_page(actor: Actor) -> Page:
    """All of them, and which are in the library."""
    found = [{**_told(one), "here": here} for one, here in await ready.ready_forms(actor)]
    return Page("documents/ready.html", json={"forms": found}, ready=found, may_edit=edits_forms(actor),
                current="forms")


@get(f"{HERE}/<key>", allow=STAFF)
async def ready_one(actor: Actor, key: str) -> Page:
    """What one of them asks."""
    ensure_sees_forms(actor)
    one = READY[key] if key in READY else missing("form")
    asks = outline(form_in(one.source))
    return Page("documents/ready_one.html", json={**_told(one), "asks": asks}, one=_told(one), asks=asks,
                current="forms")


@get(f"{HERE}/<key>/preview", allow=STAFF)
async def try_ready(actor: Actor, key: str) -> Page:
    """One of them as a client gets it, to be tried."""
    ensure_sees_forms(actor)
    one = READY[key] if key in READY else missing("form")
    return await tried(one.title, one.source)


@post(HERE, allow=STAFF, body=AddReady, again=ready_page)
async def add_ready(actor: Actor, body: AddReady) -> Done:
    """Copies of these in the library, where they are not there yet."""
    made = await ready.add_ready(actor, body.keys)
    return Done({"forms": [one.id for one in made]}, see=f"{FORMS}?done=ready")


def _told(one: Ready) -> dict[str, Any]:
    return {
        "key": one.key, "kind": one.kind, "kind_words": KINDS[one.kind], "title": one.title, "sample": one.sample,
        "description": one.description, "guardian_signs": one.guardian_signs, "signs": one.signs,
    }
