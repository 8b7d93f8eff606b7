"""A form with a draft, and short ways to edit it as one page does."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from models.core.actor import Actor
from models.documents import editing, taking_turns
from models.documents.describing import described
from models.documents.shelving import add_form, latest_text
from models.documents.tables import Form
from models.documents.texts import written
from tests.documents.talking import TALK
from tests.support.cast import Cast

Json = dict[str, Any]


class Page:
    """A page of one person that edits a form; `version` is what it knows."""

    def __init__(self, cast: Cast, actor: Actor, form: UUID, version: int) -> None:
        self.cast, self.actor, self.form, self.version, self.tab = cast, actor, form, version, uuid4()

    async def does(self, **operation: Any) -> editing.Saved:
        saved = await self.cast.inside(
            lambda: editing.edit(self.actor, self.form, self.tab, self.version, operation)
        )
        self.version = saved.version
        return saved

    async def says(self, item: str, **fields: Any) -> editing.Saved:
        return await self.does(do="change", item=item, fields=fields)

    async def turns(self, *, again: bool = False) -> editing.Saved:
        saved = await self.cast.inside(
            lambda: editing.turn_back(self.actor, self.form, self.tab, self.version, again=again)
        )
        self.version = saved.version
        return saved

    async def begins(self, *, take_over: bool = False) -> taking_turns.Editor:
        return await self.cast.inside(
            lambda: taking_turns.begin(self.actor, self.form, self.tab, take_over=take_over)
        )

    async def looks(self) -> editing.Draft:
        draft = await self.cast.inside(lambda: editing.look(self.actor, self.form))
        self.version = draft.form.draft_version
        return draft


async def a_draft(cast: Cast, source: Json = TALK, **more: Any) -> Form:
    owner = await cast.actor("owner")
    title = source.get("title", "Talk")
    return await cast.inside(lambda: add_form(owner, "intake", title, draft=written(source), **more))


async def page_of(cast: Cast, name: str, form: Form) -> Page:
    return Page(cast, await cast.actor(name), form.id, form.draft_version)


async def source_of(cast: Cast, form: Form) -> Json:
    async def read() -> Json:
        return json.loads(await latest_text(await Form.get(id=form.id)))

    return await cast.inside(read)


async def texts(cast: Cast, form: Form) -> list[str]:
    """What stands in it, from top to bottom."""
    def all_of(items: list[Json]) -> list[str]:
        return [text for one in items for text in (one["text"], *all_of(one["items"]))]

    return all_of(described(await source_of(cast, form))["items"])
