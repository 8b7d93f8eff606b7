"""What of documents goes into the download of one's data: what was asked of and shared with this person, and what they
handed in. Never another person's copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from models.core.actor import AccessOf, Actor
from models.core.database import fetch_all
from models.documents.file_requests import files_of
from models.documents.rights import manages_documents
from models.documents.tables import Document, Submission

ANSWERS = """SELECT path, value, saved_at FROM answer WHERE practice_id = portico_here() AND document_id = $1
  ORDER BY path"""


async def documents_part(actor: Actor, access: AccessOf) -> list[dict[str, Any]]:
    """Of one client, in their order; a contact without Manage Documentation has what they handed in. `files`: ids and
    names of files that belong to it."""
    found = await Document.filter(access_id=access.access_id, withdrawn_at=None).order_by("place", "shared_at", "id")
    manages = manages_documents(access)
    return [await _told(one) for one in found if manages or one.submitted_at is not None]


async def _told(one: Document) -> dict[str, Any]:
    handed_in = await Submission.filter(document_id=one.id).order_by("number")
    given = [{"id": file.id, "name": file.name} for file in await files_of(one.id)]
    shared = [{"id": one.file_id, "name": one.title}] if one.file_id else []
    return {
        "id": one.id, "title": one.title, "kind": one.kind, "shared_at": one.shared_at, "due_on": one.due_on,
        "handed_in_at": one.submitted_at, "files": [*shared, *given], "answers_so_far": await _so_far(one.id),
        "handed_in": [{"at": row.submitted_at, "response": _as_it_stands(row.response)} for row in handed_in],
    }


async def _so_far(document_id: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await fetch_all(ANSWERS, document_id)]


def _as_it_stands(response: str) -> Any:
    """What was handed in; the bare text where somebody changed it so that it is no JSON any more."""
    try:
        return orjson.loads(response)
    except orjson.JSONDecodeError:
        return response
