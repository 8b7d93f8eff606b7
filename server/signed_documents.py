"""Doors of staff at a signed document: signing beside, voiding, and the copy."""

from __future__ import annotations

from uuid import UUID

from quart import Request

from models.core.actor import Actor
from models.core.looking import note_look
from models.core.scope import Scope, run_scope
from models.documents import copies, countersigning, voiding
from models.documents.finding import document_of_client
from models.documents.printing import printed
from models.documents.signature_asks import Countersign, VoidDocument
from models.documents.signing import signed_roles
from server.client_document import client_document
from server.door import STAFF, Done, Raw, get, post
from server.signing import Taken, handed_out

HERE = "/staff/clients/<uuid:client>/documents/<uuid:id>"


@post(f"{HERE}/countersign", allow=STAFF, body=Countersign, again=client_document, key="document.countersign")
async def countersign(actor: Actor, client: UUID, id: UUID, body: Countersign) -> Done:
    """After the person who was asked, never before."""
    await countersigning.countersign(actor, client, id, body)
    return Done({"document": id}, see=_page(client, id))


@post(f"{HERE}/void", allow=STAFF, body=VoidDocument, again=client_document)
async def void(actor: Actor, client: UUID, id: UUID, body: VoidDocument) -> Done:
    """With a reason, which the signer reads. Nothing is taken away."""
    await voiding.void(actor, client, id, body.reason)
    return Done({"document": id}, see=_page(client, id))


@get(f"{HERE}/copy", allow=STAFF, streams=True)
async def copy(actor: Actor, request: Request) -> Raw:
    """The PDF of what was handed in; of what is signed, with its certificate."""
    args = request.view_args or {}

    async def found(_: Scope) -> Taken:
        document = await document_of_client(actor, args["client"], args["id"])
        if await signed_roles(document.id):
            return document, await copies.copy_of_client(actor, args["client"], args["id"])
        await note_look(actor, "document", document.id, client_id=document.client_id)
        return document, await printed(document)

    return await handed_out(await run_scope(actor.practice_id, found))


def _page(client: UUID, document: UUID) -> str:
    return f"/staff/clients/{client}/documents/{document}"
