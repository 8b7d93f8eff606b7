"""What tests of the library share: forms that are built and published by its own verbs."""

from __future__ import annotations

import json
from typing import Any

from models.documents import library, publishing, shelving
from models.documents.tables import Form
from tests.support.cast import Cast

HERE = "/staff/forms"
MOOD: dict[str, Any] = {
    "resourceType": "Questionnaire", "status": "active", "title": "Mood", "url": "https://forms.test/mood",
    "item": [{"linkId": "mood", "type": "string", "text": "How are you?"}],
}


def mood(**more: Any) -> str:
    return json.dumps({**MOOD, **more})


async def built(cast: Cast, source: str | None = None, *, kind: str = "intake", title: str = "Mood") -> Form:
    """A form of the practitioner, not published."""
    actor = await cast.actor("practitioner")
    return await cast.inside(lambda: shelving.add_form(actor, kind, title, draft=source or mood()))


async def published(cast: Cast, source: str | None = None, **more: Any) -> Form:
    """The same with a first version."""
    actor, form = await cast.actor("practitioner"), await built(cast, source, **more)
    await cast.inside(lambda: publishing.publish(actor, form.id))
    return form


async def redrafted(cast: Cast, form: Form, source: str) -> None:
    """As the builder keeps it."""
    await cast.inside(lambda: _keep(form, source))


async def _keep(form: Form, source: str) -> None:
    row = await Form.get(id=form.id)
    await Form.filter(id=form.id).update(draft=source, draft_version=row.draft_version + 1)


async def row(cast: Cast, form: Form) -> Form:
    return await cast.inside(lambda: Form.get(id=form.id))


async def shelf(cast: Cast, name: str = "practitioner", **asked: str) -> list[library.Shelved]:
    actor = await cast.actor(name)
    return await cast.inside(lambda: library.library(actor, **asked))
