"""Files that answer a question: who may open them, from the moment they are attached."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all
from models.core.errors import Invalid, Missing
from models.documents.items import Answers, Value
from models.documents.tables import Document
from models.files.granting import grant_to_people

NO_FILE = "This file is not there any more. Attach it again."
GRANTED = """SELECT file_id FROM file_grant WHERE practice_id = portico_here() AND subject_id = $1 AND holder = $2
  AND until IS NULL"""


async def let_see(actor: Actor, document: Document, values: Sequence[Value]) -> None:
    """Whoever fills in the form keeps seeing what they attached; what nobody holds is let go after a day."""
    new = await _not_yet(document, "access", [_id(one) for one in values])
    try:
        await grant_to_people(actor, new, accesses=[document.access_id], subject_id=document.id, own=True)
    except Missing:
        raise Invalid(errors={"value": [NO_FILE]}) from None


async def hand_over(actor: Actor, document: Document, answers: Answers) -> None:
    """With the form its files go to the staff who may read what it says."""
    named = [_id(one) for values in answers.values() for one in values if isinstance(one, dict) and "file" in one]
    new = await _not_yet(document, "staff-of-client", named)
    await grant_to_people(actor, new, staff_of=document.client_id, subject_id=document.id)


async def _not_yet(document: Document, holder: str, ids: Sequence[UUID]) -> list[UUID]:
    there = {row["file_id"] for row in await fetch_all(GRANTED, document.id, holder)}
    return [one for one in dict.fromkeys(ids) if one not in there]


def _id(value: Value) -> UUID:
    try:
        return UUID(str(value["file"]))
    except (KeyError, TypeError, ValueError):
        raise Invalid(errors={"value": [NO_FILE]}) from None
