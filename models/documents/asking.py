"""One thing is asked of or shared with one person: a form of the library, a file, or that they send files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from models.clients.tables import Client, PortalAccess
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id
from models.documents.events import SHARED
from models.documents.shareable import guardian_alone, shareable
from models.documents.tables import Document
from models.documents.telling import tell
from models.files.granting import grant_to_people
from models.files.tables import File

Kind = Literal["form", "file", "sign", "request"]
LONGEST_TITLE = 200
OPEN_ONE = """SELECT 1 FROM document WHERE practice_id = portico_here() AND access_id = $1 AND form_id = $2
  AND withdrawn_at IS NULL AND submitted_at IS NULL AND voided_at IS NULL"""


@dataclass(frozen=True)
class Wanted:
    """What is asked: a form's id, a file's id (`sign`: to be signed), or in words the files that are requested."""

    kind: Kind
    id: UUID | None = None
    title: str = ""
    due_on: date | None = None
    required: bool = True


async def ask(actor: Actor, access: PortalAccess, wanted: Wanted, *, place: int, onboarding: bool = False) -> Document:
    """Inside a change. Raises Invalid for a form that is not in the library or that only a guardian signs, for a
    request without words, for what is no PDF and to be signed; Conflict `asked-already`; Missing for a file of somebody
    else."""
    rest: dict[str, Any] = {
        "access_id": access.id, "client_id": access.client_id, "place": place, "due_on": wanted.due_on,
        "required": wanted.required, "onboarding": onboarding, "shared_by": actor.staff_id,
    }
    if wanted.kind == "form":
        document = await _form(access, wanted, rest)
    elif wanted.kind == "request":
        document = await Document.create(kind="file-request", title=_what(wanted.title), **rest)
    else:
        document = await _file(actor, access, wanted, rest)
    await tell(actor, SHARED, document)
    return document


async def _form(access: PortalAccess, wanted: Wanted, rest: dict[str, Any]) -> Document:
    found = await shareable([wanted.id] if wanted.id else [])
    if not found:
        raise Invalid(errors={"items": ["A form that was chosen is not in the library any more. Look again."]})
    form = found[0]
    if form.guardian_signs and access.contact_id is None and (await Client.get(id=access.client_id)).kind == "minor":
        raise Invalid(errors={"items": [guardian_alone(form.title)]})
    if await fetch_one(OPEN_ONE, access.id, form.id):
        raise Conflict("asked-already", f"{form.title} is asked of them already. Look again.")
    return await Document.create(
        kind="form", form_id=form.id, version_id=form.version_id, title=form.title, signs=form.signs,
        countersigns=form.signs and form.countersigns, **rest
    )


async def _file(actor: Actor, access: PortalAccess, wanted: Wanted, rest: dict[str, Any]) -> Document:
    id = new_id()
    given = [wanted.id] if wanted.id else []
    files = await grant_to_people(actor, given, accesses=[access.id], staff_of=access.client_id, subject_id=id)
    if not files:
        raise Invalid(errors={"files": ["Choose a file."]})
    signs = wanted.kind == "sign"
    if signs:
        ensure_signable(files[0])
    return await Document.create(id=id, kind="file", file_id=files[0].id, title=files[0].name, signs=signs, **rest)


def ensure_signable(file: File) -> None:
    """Raises Invalid for what is no PDF."""
    if file.type != "application/pdf":
        raise Invalid(errors={"files": [f"{file.name} is no PDF: it can be shared, not signed."]})


def _what(title: str) -> str:
    words = " ".join(title.split())
    if not words:
        raise Invalid(errors={"items": ["Say which files you ask for."]})
    if len(words) > LONGEST_TITLE:
        raise Invalid(errors={"items": [f"Say in at most {LONGEST_TITLE} characters which files you ask for."]})
    return words
