"""Forms and documents as rows, for tests of what stands upon them; the verbs that make them have tests of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from models.core.database import fetch_one
from models.documents.tables import Document, Form, FormVersion
from tests.support.cast import Cast

INTAKE: dict[str, Any] = {
    "resourceType": "Questionnaire", "status": "active", "title": "Intake",
    "item": [
        {"linkId": "about", "type": "group", "text": "About you", "item": [
            {"linkId": "why", "type": "text", "text": "What brings you here?", "required": True},
            {"linkId": "before", "type": "boolean", "text": "Have you been in therapy before?"},
            {"linkId": "when", "type": "string", "text": "When was that?",
             "enableWhen": [{"question": "before", "operator": "=", "answerBoolean": True}]},
        ]},
        {"linkId": "sleep", "type": "group", "text": "Sleep", "item": [
            {"linkId": "hours", "type": "integer", "text": "How many hours do you sleep?"},
            {"linkId": "nights", "type": "choice", "text": "How often do you wake up at night?",
             "answerOption": [{"valueString": one} for one in ("Never", "Some nights", "Every night")]},
        ]},
    ],
}


async def a_form(cast: Cast, questionnaire: Mapping[str, Any] = INTAKE, *, kind: str = "intake", **more: Any) -> Form:
    """A form of the library with one published version."""
    return await cast.inside(lambda: _form(dict(questionnaire), kind, more))


async def _form(questionnaire: dict[str, Any], kind: str, more: dict[str, Any]) -> Form:
    title, text = questionnaire.get("title") or "Form", json.dumps(questionnaire)
    signs = more.pop("signs", False)
    form = await Form.create(kind=kind, title=title, **more)
    await FormVersion.create(
        form_id=form.id, number=1, title=title, questionnaire=text, sha256=sha256(text.encode()).digest(), signs=signs
    )
    return form


async def a_document(
    cast: Cast, form: Form, person: str = "client", *, client: str | None = None, **more: Any
) -> Document:
    """The newest version of the form, asked of that person (of `client`, where they have several)."""
    return await cast.inside(lambda: _document(cast, form, person, client, more))


async def _document(cast: Cast, form: Form, person: str, client: str | None, more: dict[str, Any]) -> Document:
    access = await access_of(cast, person, client)
    version = await FormVersion.filter(form_id=form.id).order_by("-number").first()
    assert version is not None
    return await Document.create(
        access_id=access["id"], client_id=access["client_id"], kind="form", form_id=form.id, version_id=version.id,
        title=version.title, **{"signs": version.signs, **more},
    )


async def access_of(cast: Cast, person: str, client: str | None = None) -> Mapping[str, UUID]:
    """`id` and `client_id` of that person's access; inside a scope."""
    of = cast.people.clients[client] if client else None
    row = await fetch_one(
        """SELECT id, client_id FROM portal_access WHERE practice_id = portico_here() AND login_id = $1
           AND ($2::uuid IS NULL OR client_id = $2) AND revoked_at IS NULL ORDER BY id LIMIT 1""",
        cast.people.logins[person], of,
    )
    assert row is not None
    return {"id": row["id"], "client_id": row["client_id"]}
