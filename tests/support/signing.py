"""What it takes to sign in a test: a document that waits for a signature, the fields as a page sends them, the job."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any
from uuid import UUID

from pypdf import PdfWriter

from models.core.actor import Actor
from models.core.database import execute, fetch_one
from models.core.ids import new_id
from models.documents import signing
from models.documents.copies import newest_copy
from models.documents.signature_asks import Countersign, SignatureFields
from models.documents.tables import Document, SignedCopy
from server import signed_copies, storage
from tests.support.cast import Cast
from tests.support.papers import access_of

CONSENT: dict[str, Any] = {
    "resourceType": "Questionnaire", "status": "active", "title": "Consent to treatment",
    "item": [
        {"linkId": "words", "type": "display", "text": "You may end treatment at any time."},
        {"linkId": "reached", "type": "string", "text": "Whom may we call?", "required": True},
        {"linkId": "voice", "type": "boolean", "text": "May we leave a message?"},
    ],
}
DRAWN = "M40.0,150.0L90.5,40.0L140.0,150.0M200.0,60.0L320.0,150.0L420.0,50.0"
FILE = """INSERT INTO file (id, login_id, name, type, size, sha256, storage_key)
  VALUES ($1, $2, $3, $4, $5, $6, $7)"""
GRANT = "INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id) VALUES ($1, $2, 'access', $3, $4)"


def a_pdf(pages: int = 2) -> bytes:
    made, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page(612, 792)
    made.write(out)
    return out.getvalue()


async def a_file_to_sign(
    cast: Cast, person: str = "client", *, client: str | None = None, content: bytes | None = None,
    name: str = "Policies.pdf", type: str = "application/pdf", **more: Any,
) -> Document:
    """A file of the practice, shared with that person for their signature, with its bytes in the storage."""
    body = a_pdf() if content is None else content
    file_id, document_id = new_id(), new_id()
    key = f"{cast.practice_id}/{file_id}"
    await storage.keep(key, body)

    async def made() -> Document:
        access = await access_of(cast, person, client)
        await execute(FILE, file_id, cast.people.logins["owner"], name, type, len(body), sha256(body).digest(), key)
        await execute(GRANT, new_id(), file_id, access["id"], document_id)
        return await Document.create(
            id=document_id, access_id=access["id"], client_id=access["client_id"], kind="file", file_id=file_id,
            title="Practice policies", signs=True, **more,
        )

    return await cast.inside(made)


def spelled(made: SignatureFields) -> dict[str, str]:
    """The fields as a form sends them."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in made.model_dump().items()}


async def fields(cast: Cast, actor: Actor, document: Document, name: str = "", **more: Any) -> SignatureFields:
    """What the page that this person sees now would send."""
    panel = await cast.inside(lambda: signing.panel(actor, document))
    return _filled(panel, name, SignatureFields, more)


def beside(panel: signing.Panel, name: str = "", **more: Any) -> Countersign:
    """The same of staff, from their panel."""
    return _filled(panel, name, Countersign, more)


def _filled(panel: signing.Panel, name: str, kind: Any, more: dict[str, Any]) -> Any:
    given = {"sign_name": name or panel.name, "sign_shown": panel.shown, "sign_agreed": True,
             "sign_disclosure": panel.disclosure.number, "sign_zone": "America/New_York"}
    return kind(**{**given, **more})


async def signed_file(cast: Cast, person: str = "client", *, client: str | None = None, **more: Any) -> Document:
    """A shared file that this person has signed."""
    document = await a_file_to_sign(cast, person, client=client, **more)
    actor = await cast.actor(person, client=client)
    sent = await fields(cast, actor, document)
    return await cast.inside(lambda: signing.sign_file(actor, document.id, sent))


async def make_copy(cast: Cast, document: Document) -> tuple[SignedCopy, bytes]:
    """Run the job; the newest copy and its bytes."""
    await signed_copies.make(cast.practice_id, {"document": document.id})
    return await read_copy(cast, document.id)


async def read_copy(cast: Cast, document_id: UUID) -> tuple[SignedCopy, bytes]:
    copy = await cast.inside(lambda: newest_copy(document_id))
    assert copy is not None
    return copy, await storage.read_all(copy.storage_key)


async def jobs_of(cast: Cast, document: Document) -> int:
    """How many jobs wait to make a copy of it."""
    row = await fetch_one(
        "SELECT count(*)::int AS jobs FROM pgqueuer WHERE dedupe_key LIKE $1", f"document.copy:{document.id}:%"
    )
    assert row is not None
    return int(row["jobs"])
