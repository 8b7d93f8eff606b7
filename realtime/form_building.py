"""Asks of the form builder: what is done to a draft, and who does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.core.actor import Actor
from models.documents import editing, taking_turns
from models.documents.edit_asks import BeginIn, EditFormIn, PageIn, TurnBackIn
from realtime.door import STAFF, ask

Answer = Mapping[str, Any] | None


@ask("form.edit", allow=STAFF, payload=EditFormIn, key=True)
async def edit(actor: Actor, payload: EditFormIn) -> Answer:
    saved = await editing.edit(actor, payload.form, payload.tab, payload.version, payload.spelled())
    return vars(saved)


@ask("form.turn_back", allow=STAFF, payload=TurnBackIn, key=True)
async def turn_back(actor: Actor, payload: TurnBackIn) -> Answer:
    saved = await editing.turn_back(actor, payload.form, payload.tab, payload.version, again=payload.again)
    return vars(saved)


@ask("form.begin_editing", allow=STAFF, payload=BeginIn)
async def begin(actor: Actor, payload: BeginIn) -> Answer:
    there = await taking_turns.begin(actor, payload.form, payload.tab, take_over=payload.take_over)
    return {"editor": taking_turns.shown(there, actor, payload.tab)}


@ask("form.beat", allow=STAFF, payload=PageIn)
async def beat(actor: Actor, payload: PageIn) -> Answer:
    """Told every fifteen seconds by a page that edits."""
    there = await taking_turns.beat(actor, payload.form, payload.tab)
    return {"editor": taking_turns.shown(there, actor, payload.tab)}
