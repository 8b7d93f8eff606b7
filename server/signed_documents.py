"""Doors of staff at a signed document: signing beside, voiding, and the copy."""

from __future__ import annotations

from uuid import UUID

from quart import Request

from models.core.actor import Actor
from models.core.scope import run_scope
from models.documents import copies, countersigning, voiding
from models.documents.finding import document_of_client
from models.documents.signature_asks import Countersign, VoidDocument
from models.documents.signatures import signatures_for_staff
from server.door import STAFF, Done, Page, Raw, get, post
from server.profile import profile_page
from server.signing import handed_out

HERE = "/staff/clients/<uuid:id>/documents/<uuid:document>"


@get(f"{HERE}/signatures", allow=STAFF)
async def signatures(actor: Actor, id: UUID, document: UUID) -> Page:
    """Who signed, how that was known, and what is still to sign; also where a refused signature is drawn again."""
    found = await document_of_client(actor, id, document)
    signed = await signatures_for_staff(actor, found)
    told = {"document": found.id, "waits": signed.waits, "guardians": signed.guardians.words,
            "shown": signed.panel.shown if signed.panel else None,
            "signatures": [{"role": one.role, "name": one.name, "signed_at": one.signed_at, "number": one.number,
                            "shown_sha256": one.shown_sha256} for one in signed.signatures]}
    return await profile_page(actor, id, "portal", "documents/signatures.html", json=told, signed=signed,
                              document=found)


@post(f"{HERE}/countersign", allow=STAFF, body=Countersign, again=signatures, key="document.countersign")
async def countersign(actor: Actor, id: UUID, document: UUID, body: Countersign) -> Done:
    """After the person who was asked, never before."""
    await countersigning.countersign(actor, id, document, body)
    return Done({"document": document}, see=_page(id, document))


@post(f"{HERE}/void", allow=STAFF, body=VoidDocument, again=signatures)
async def void(actor: Actor, id: UUID, document: UUID, body: VoidDocument) -> Done:
    """With a reason, which the signer reads. Nothing is taken away."""
    await voiding.void(actor, id, document, body.reason)
    return Done({"document": document}, see=_page(id, document))


@get(f"{HERE}/copy", allow=STAFF, streams=True)
async def copy(actor: Actor, request: Request) -> Raw:
    """The PDF with its certificate."""
    args = request.view_args or {}
    found = await run_scope(
        actor.practice_id, lambda _: copies.copy_of_client(actor, args["id"], args["document"])
    )
    return await handed_out(*found)


def _page(client: UUID, document: UUID) -> str:
    return f"/staff/clients/{client}/documents/{document}/signatures"
