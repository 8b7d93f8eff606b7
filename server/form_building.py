"""Doors of the form builder: the page, and what a page does without its line. Others who see forms may look on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from models.core.actor import Actor
from models.documents import editing, taking_turns
from models.documents.edit_asks import Begin, EditForm, Markdown, PageOf, TurnBack
from models.documents.rights import edits_forms, ensure_sees_forms
from models.documents.safe_text import from_markdown
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/forms/<uuid:id>/edit"


@get(HERE, allow=STAFF)
async def builder(actor: Actor, id: UUID) -> Page:
    """The draft with who edits it. JSON: the state that a page follows."""
    draft = await editing.look(actor, id)
    form = draft.form
    state = _state(actor, draft)
    text = orjson.dumps(state, default=str).decode()
    return Page("documents/builder.html", json=state, form=form, state_text=text, current="forms")


@post(f"{HERE}/operations", allow=STAFF, body=EditForm, key="form.edit")
async def edit(actor: Actor, id: UUID, body: EditForm) -> Done:
    """One operation on the draft."""
    return Done(vars(await editing.edit(actor, id, body.tab, body.version, body.spelled())))


@post(f"{HERE}/turn-back", allow=STAFF, body=TurnBack, key="form.turn_back")
async def turn_back(actor: Actor, id: UUID, body: TurnBack) -> Done:
    """Take back what one did last, or do it again."""
    return Done(vars(await editing.turn_back(actor, id, body.tab, body.version, again=body.again)))


@post(f"{HERE}/begin", allow=STAFF, body=Begin)
async def begin(actor: Actor, id: UUID, body: Begin) -> Done:
    """This page edits from now on, unless another does."""
    there = await taking_turns.begin(actor, id, body.tab, take_over=body.take_over)
    return Done({"editor": taking_turns.shown(there, actor, body.tab)})


@post(f"{HERE}/leave", allow=STAFF, body=PageOf)
async def leave(actor: Actor, id: UUID, body: PageOf) -> Done:
    """This page edits no longer: sent as it goes away."""
    await taking_turns.leave(actor, id, body.tab)
    return Done()


@post("/staff/forms/markdown", allow=STAFF, body=Markdown)
async def markdown(actor: Actor, body: Markdown) -> Page:
    """How a text in Markdown will read."""
    ensure_sees_forms(actor)
    html = from_markdown(body.text)
    return Page("documents/_markdown.html", json={"html": html}, html=html)


def _state(actor: Actor, draft: editing.Draft) -> dict[str, Any]:
    form = draft.form
    return {
        "form": form.id, "version": form.draft_version, "kind": form.kind, "guardian_signs": form.guardian_signs,
        "drafted": draft.drafted, "archived": form.archived_at is not None, "editable": edits_forms(actor),
        "faults": [vars(one) for one in draft.faults], "undo": draft.undo, "redo": draft.redo,
        "editor": taking_turns.shown(draft.editor, actor, None), **draft.view,
    }
