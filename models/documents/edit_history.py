"""What was done to a draft, so that it can be taken back and done again, also after a reload: the last hundred changes.

Ways hold only while nothing else touched the draft; publishing, or starting from another version, ends them. Nobody
takes back what somebody else did.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.ids import new_id
from models.documents.tables import Form, FormEdit
from models.documents.texts import parsed, written

KEPT = 100
ONE_GO = timedelta(seconds=20)
MOST_WAY = 4_000_000
CUT = "DELETE FROM form_edit WHERE practice_id = portico_here() AND form_id = $1 AND (undone OR $2)"
AGED = "DELETE FROM form_edit WHERE practice_id = portico_here() AND form_id = $1 AND number <= $2"
NEWEST = "SELECT max(version) AS version FROM form_edit WHERE practice_id = portico_here() AND form_id = $1"


async def done(actor: Actor, form: Form, way: dict[str, Any], *, typing: str, version: int) -> None:
    """Inside a change: this was done to the draft, which is at `version` now. What was undone before cannot be done
    again."""
    holds = await _holds(form)
    await execute(CUT, form.id, not holds)
    last = await _last(form.id, undone=False)
    if last and _goes_on(actor, last, way, typing):
        await FormEdit.filter(id=last.id).update(version=version, at=now())
        return
    number = last.number + 1 if last else 1
    await FormEdit.create(
        id=new_id(), form_id=form.id, number=number, login_id=actor.login_id, way=written(way), typing=typing,
        version=version,
    )
    await execute(AGED, form.id, number - KEPT)


async def undoable(actor: Actor, form: Form) -> FormEdit | None:
    """The change that this person can take back now."""
    return await _usable(actor, form, undone=False)


async def redoable(actor: Actor, form: Form) -> FormEdit | None:
    """The change that this person can do again now."""
    return await _usable(actor, form, undone=True)


async def turned(edit: FormEdit, way: dict[str, Any], *, version: int) -> None:
    """Inside a change: this one was taken back, or done again; `way` is the opposite."""
    await FormEdit.filter(id=edit.id).update(undone=not edit.undone, way=written(way), version=version, typing="")


def way_of(edit: FormEdit) -> dict[str, Any]:
    return parsed(edit.way, most=MOST_WAY)


def _goes_on(actor: Actor, last: FormEdit, way: dict[str, Any], typing: str) -> bool:
    if not typing or last.typing != typing or last.login_id != actor.login_id or last.at < now() - ONE_GO:
        return False
    before = way_of(last)
    fits = {*way.get("items", ())} <= {*before.get("items", ())} and before.get("order") == way.get("order")
    return fits and ("form" in before or "form" not in way)


async def _usable(actor: Actor, form: Form, *, undone: bool) -> FormEdit | None:
    edit = await _last(form.id, undone=undone) if await _holds(form) else None
    return edit if edit is not None and edit.login_id == actor.login_id else None


async def _holds(form: Form) -> bool:
    """Whether nothing but what is written here came to the draft since."""
    row = await fetch_one(NEWEST, form.id)
    return row is not None and row["version"] == form.draft_version


async def _last(form_id: UUID, *, undone: bool) -> FormEdit | None:
    """The newest that stands, or the oldest of those that were undone."""
    order = "number" if undone else "-number"
    return await FormEdit.filter(form_id=form_id, undone=undone).order_by(order).first()
