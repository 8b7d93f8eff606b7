"""One page at a time edits a form. Who comes second is told who does, sees it live, and may take over.

A page says every now and then that it is still there; one that went lets the form go by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from models.documents.events import FORM_EDITOR
from models.documents.library import form_for, form_to_change
from models.documents.publishing import ensure_on_the_shelf
from models.documents.rights import ensure_edits_forms
from models.documents.tables import Form

# A page tells that it is there three times in this time.
LAPSES = timedelta(seconds=45)
WHO = """SELECT e.tab, e.login_id, e.since, e.beat_at, coalesce(m.name, '') AS name FROM form_editor e
  LEFT JOIN staff_member m ON m.practice_id = e.practice_id AND m.login_id = e.login_id
  WHERE e.practice_id = portico_here() AND e.form_id = $1"""
TAKE = """INSERT INTO form_editor (id, form_id, tab, login_id, since, beat_at) VALUES ($1, $2, $3, $4, $5, $5)
  ON CONFLICT (practice_id, form_id) DO UPDATE SET tab = $3, login_id = $4, since = $5, beat_at = $5"""
BEAT = "UPDATE form_editor SET beat_at = $3 WHERE practice_id = portico_here() AND form_id = $1 AND tab = $2"
LEAVE = """DELETE FROM form_editor WHERE practice_id = portico_here() AND form_id = $1 AND tab = $2 AND login_id = $3"""


@dataclass(frozen=True)
class Editor:
    """Who edits a form, in which page, since when."""

    tab: UUID
    login_id: UUID
    name: str
    since: datetime


async def editor_of(form_id: UUID) -> Editor | None:
    """Who edits it now; None when nobody does, or a page went without a word."""
    row = await fetch_one(WHO, form_id)
    if row is None or row["beat_at"] < now() - LAPSES:
        return None
    return Editor(row["tab"], row["login_id"], row["name"], row["since"])


async def begin(actor: Actor, form_id: UUID, tab: UUID, *, take_over: bool = False) -> Editor:
    """This page edits from now on; gives who does, which is another with `take_over` left out and somebody there.

    Raises Missing, Forbidden, Conflict `form-archived`.
    """
    async with change(actor, "form.begin_editing"):
        form = await form_to_change(actor, form_id)
        ensure_on_the_shelf(form)
        there = await editor_of(form.id)
        if there is not None and there.tab != tab and not take_over:
            return there
        return await _take(actor, form, tab, there)


async def beat(actor: Actor, form_id: UUID, tab: UUID) -> Editor | None:
    """This page is still there. Gives who edits: another, when somebody took over. Raises Forbidden, and Missing for
    a form that is not here."""
    ensure_edits_forms(actor)
    there = await editor_of((await form_for(actor, form_id)).id)
    if there is not None and there.tab == tab and there.login_id == actor.login_id:
        await execute(BEAT, form_id, tab, now())
    return there


async def leave(actor: Actor, form_id: UUID, tab: UUID) -> None:
    """This page edits no longer. Nothing when it did not. Raises Forbidden."""
    ensure_edits_forms(actor)
    async with change(actor, "form.leave_editing"):
        if await execute(LEAVE, form_id, tab, actor.login_id):
            await _told(actor, form_id)


async def ensure_theirs(actor: Actor, form: Form, tab: UUID) -> None:
    """Inside a change that holds the form: the page edits it, or begins to, as nobody else does. Raises Conflict
    `editing-elsewhere` with who does since when."""
    there = await editor_of(form.id)
    if there is not None and there.tab == tab and there.login_id == actor.login_id:
        await execute(BEAT, form.id, tab, now())
    elif there is None:
        await _take(actor, form, tab, None)
    else:
        raise Conflict("editing-elsewhere", f"{whose(there, actor)} this form now. What you saved is part of it.")


def whose(editor: Editor, actor: Actor) -> str:
    """“Ana edits”, or “Another page of yours edits”."""
    if editor.login_id == actor.login_id:
        return "Another page of yours edits"
    return f"{editor.name or 'Somebody'} edits"


async def _take(actor: Actor, form: Form, tab: UUID, there: Editor | None) -> Editor:
    if there is not None and there.tab == tab and there.login_id == actor.login_id:
        await execute(BEAT, form.id, tab, now())
        return there
    at = now()
    await execute(TAKE, new_id(), form.id, tab, actor.login_id, at)
    await _told(actor, form.id)
    return Editor(tab, actor.login_id, actor.name, at)


async def _told(actor: Actor, form_id: UUID) -> None:
    await record(actor, FORM_EDITOR, [Part([ToStaff()], {"form": form_id})], subject_id=form_id)


def shown(editor: Editor | None, actor: Actor, tab: UUID | None) -> dict[str, Any] | None:
    """Who edits, for a page: by name, whether it is this page, and whether it is another of the same person."""
    if editor is None:
        return None
    own = editor.login_id == actor.login_id
    return {"tab": editor.tab, "name": editor.name, "since": editor.since, "here": own and editor.tab == tab,
            "own": own}
