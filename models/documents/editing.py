"""Editing the draft of a form: each operation is saved as it is made, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToStaff
from models.documents import building, edit_history
from models.documents.candidates import title_in
from models.documents.describing import described
from models.documents.draft_faults import Fault, faults
from models.documents.events import FORM_EDITED
from models.documents.library import form_for, form_to_change, told
from models.documents.publishing import ensure_on_the_shelf
from models.documents.shelving import latest_text
from models.documents.tables import Form
from models.documents.taking_turns import Editor, editor_of, ensure_theirs
from models.documents.texts import MOST_TEXT, parsed, written

SAVE = """UPDATE form SET draft = $2, draft_version = $3, title = $4, kind = $5, guardian_signs = $6,
    version = version + $7::int
  WHERE practice_id = portico_here() AND id = $1"""
OF_LIBRARY = ("kind", "guardian_signs")
# What people type into, word by word: its changes are taken back in one go.
TYPED = frozenset({"text", "help", "title", "description", "unit", "options", "bands"})
MEANWHILE = "This form was changed elsewhere in the meantime. What stands there now is shown."


@dataclass(frozen=True)
class Draft:
    """A form as the builder shows it. `view`: its items; `drafted`: something waits to be published."""

    form: Form
    view: Mapping[str, Any]
    faults: list[Fault]
    editor: Editor | None
    undo: bool
    redo: bool

    @property
    def drafted(self) -> bool:
        return self.form.draft is not None


@dataclass(frozen=True)
class Saved:
    """The draft's version after a change, when that was, and whether it can be taken back or done again."""

    version: int
    at: datetime
    undo: bool
    redo: bool


async def look(actor: Actor, form_id: UUID) -> Draft:
    """For who may look at forms. Raises Missing, Forbidden."""
    form = await form_for(actor, form_id)
    source = parsed(await latest_text(form))
    undo, redo = await edit_history.undoable(actor, form), await edit_history.redoable(actor, form)
    return Draft(form, described(source), faults(source, form.kind), await editor_of(form.id), bool(undo), bool(redo))


async def edit(actor: Actor, form_id: UUID, tab: UUID, version: int, operation: Mapping[str, Any]) -> Saved:
    """Do this to the draft, which the page knows at `version`.

    Raises Missing, Forbidden, Invalid for what cannot be done, Conflict `form-archived`, `editing-elsewhere`,
    `changed-meanwhile`, `item-gone`.
    """
    async with change(actor, "form.edit"):
        form = await _held(actor, form_id, tab, version)
        row, inside = _parted(operation)
        source = parsed(await latest_text(form))
        made, way = building.apply(source, inside) if inside else (source, {"do": "back", "items": {}, "order": {}})
        if row:
            way["row"] = {name: getattr(form, name) for name in OF_LIBRARY}
        return await _keep(actor, form, made, way, row, typing=_typing(operation))


async def turn_back(actor: Actor, form_id: UUID, tab: UUID, version: int, *, again: bool = False) -> Saved:
    """Take back what this person did last, or do again what they took back. Raises as edit does, Conflict
    `nothing-to-undo`."""
    async with change(actor, "form.undo"):
        form = await _held(actor, form_id, tab, version)
        found = await (edit_history.redoable if again else edit_history.undoable)(actor, form)
        if found is None:
            raise Conflict("nothing-to-undo", "There is nothing more to do again." if again else UNDONE)
        way = edit_history.way_of(found)
        made, opposite = building.apply(parsed(await latest_text(form)), way)
        row = way.get("row", {})
        if row:
            opposite["row"] = {name: getattr(form, name) for name in OF_LIBRARY}
        saved = await _write(actor, form, made, row)
        await edit_history.turned(found, opposite, version=saved.draft_version)
        return await _saved(actor, saved)


UNDONE = "There is nothing more of yours to take back."


async def _held(actor: Actor, form_id: UUID, tab: UUID, version: int) -> Form:
    form = await form_to_change(actor, form_id)
    ensure_on_the_shelf(form)
    await ensure_theirs(actor, form, tab)
    if form.draft_version != version:
        raise Conflict("changed-meanwhile", MEANWHILE)
    return form


def _parted(operation: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the library keeps, and what the form says of itself."""
    if operation.get("do") != "form":
        return {}, dict(operation)
    fields = operation["fields"]
    row = {name: fields[name] for name in OF_LIBRARY if name in fields}
    rest = {name: value for name, value in fields.items() if name not in OF_LIBRARY}
    return row, {"do": "form", "fields": rest} if rest else {}


def _typing(operation: Mapping[str, Any]) -> str:
    fields = set(operation.get("fields", ()))
    if operation.get("do") not in ("change", "form") or len(fields) != 1 or not fields <= TYPED:
        return ""
    return f"{operation.get('item', '')}:{fields.pop()}"


async def _keep(
    actor: Actor, form: Form, made: Mapping[str, Any], way: dict[str, Any], row: Mapping[str, Any], *, typing: str
) -> Saved:
    saved = await _write(actor, form, made, row)
    await edit_history.done(actor, form, way, typing=typing, version=saved.draft_version)
    return await _saved(actor, saved)


async def _write(actor: Actor, form: Form, made: Mapping[str, Any], row: Mapping[str, Any]) -> Form:
    text = written(made)
    if len(text) > MOST_TEXT:
        raise Invalid("too-large", "This form is too large to be kept. Make two forms of it.")
    title, version = title_in(made) or form.title, form.draft_version + 1
    of_library = {name: row.get(name, getattr(form, name)) for name in OF_LIBRARY}
    shelf = title != form.title or any(value != getattr(form, name) for name, value in of_library.items())
    await execute(SAVE, form.id, text, version, title, of_library["kind"], of_library["guardian_signs"], int(shelf))
    await record(actor, FORM_EDITED, [Part([ToStaff()], {"form": form.id})], subject_id=form.id)
    if shelf or form.draft is None:
        await told(actor, form.id)
    return await Form.get(id=form.id)


async def _saved(actor: Actor, form: Form) -> Saved:
    undo, redo = await edit_history.undoable(actor, form), await edit_history.redoable(actor, form)
    return Saved(form.draft_version, now(), bool(undo), bool(redo))
