"""Forms go out as FHIR R4 Questionnaires: exactly the resource that came in or was built, nothing left out."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID

import orjson

from models.core.actor import Actor
from models.core.errors import missing
from models.documents.candidates import GUARDIAN, KIND
from models.documents.library import form_for, newest_version, version_for
from models.documents.rights import ensure_sees_forms
from models.documents.tables import Form

TYPE = "application/fhir+json"


async def version_text(actor: Actor, form_id: UUID, number: int) -> tuple[str, str]:
    """A name for the file, and the resource as it was published. Raises Missing, Forbidden."""
    found = await version_for(actor, form_id, number)
    return f"{file_name(found.title)}-v{number}.json", found.questionnaire


async def draft_text(actor: Actor, form_id: UUID) -> tuple[str, str]:
    """The same of the draft. Raises Missing, also when nothing is drafted, Forbidden."""
    form = await form_for(actor, form_id)
    if form.draft is None:
        missing("draft")
    return f"{file_name(form.title)}-draft.json", form.draft


async def library_text(actor: Actor) -> str:
    """A Bundle of every form that is not archived, as its newest version stands, else as its draft. What the library
    knows beside the form (kind, guardian signs) stands on the entry. Raises Forbidden."""
    ensure_sees_forms(actor)
    entries = [await _entry(one) for one in await Form.filter(archived_at=None).order_by("title", "id")]
    bundle = {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}
    return orjson.dumps(bundle, option=orjson.OPT_INDENT_2).decode()


def file_name(title: str) -> str:
    """Letters that every system keeps in the name of a file."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "form"


async def _entry(form: Form) -> dict[str, Any]:
    newest = await newest_version(form.id)
    source = newest.questionnaire if newest else form.draft or "{}"
    said: list[dict[str, Any]] = [{"url": KIND, "valueCode": form.kind}]
    said += [{"url": GUARDIAN, "valueBoolean": True}] if form.guardian_signs else []
    return {
        "extension": said, "fullUrl": f"urn:uuid:{newest.id if newest else form.id}",
        "resource": orjson.Fragment(source),
    }
