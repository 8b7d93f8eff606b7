"""Doors of signing: a shared file is signed, what was signed is taken home, and how one stands to signing on screen."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from quart import Request

from models.accounts.asks import JustDone
from models.core.actor import Actor
from models.core.errors import missing
from models.core.scope import Scope, run_scope
from models.documents import copies, disclosing, signing
from models.documents.finding import own_document
from models.documents.onboarding import goes_on, way_back
from models.documents.printing import Printed, printed
from models.documents.shared_files import shared_file
from models.documents.signature_asks import AgreeToSigning, SignatureFields
from models.documents.signatures import signatures_of
from models.documents.tables import Document, SignedCopy
from models.documents.vouching import vouch
from server import pdf, storage
from server.door import PORTAL, STAFF, Done, Page, Raw, get, post
from server.frames import base_of

Taken = tuple[Document, SignedCopy | Printed]

HERE = "/documents/<uuid:id>"
SAID = {"signed": "Signed. Your copy is being made.", "agreed": "You sign on screen from now on.",
        "paper": "You sign on paper from now on."}


@get(f"{HERE}/sign", allow=PORTAL, portal=True, query=JustDone)
async def sign_page(actor: Actor, id: UUID, query: JustDone | None = None) -> Page:
    """A shared file with the panel to sign it; once it is signed, what was signed and its copy."""
    document, file = await shared_file(actor, id)
    if not document.signs:
        missing("document to sign")
    vouched = await vouch(document.id)
    found = await signatures_of(document.id, vouched)
    panel = None if found or not vouched.holds else await signing.panel(actor, document)
    told = {"document": document.id, "signed": [one.signed_at for one in found],
            "shown": panel.shown if panel else None, "faults": vouched.sentences,
            "copy": await copies.newest_copy(document.id) is not None}
    return Page("documents/sign.html", json=told, current="documents", document=document, file=file, signing=panel,
                signatures=found, vouched=vouched, copy_ready=told["copy"], key=uuid4(), base=base_of(actor),
                way=await way_back(actor, document), toast_words=SAID.get(query.done, "") if query else "")


@post(f"{HERE}/sign", allow=PORTAL, portal=True, body=SignatureFields, again=sign_page, key="document.sign")
async def sign(actor: Actor, id: UUID, body: SignatureFields) -> Done:
    """The file, as the page showed it."""
    document = await signing.sign_file(actor, id, body)
    there = await goes_on(actor, document) or f"/documents/{id}/sign?done=signed"
    return Done({"document": document.id}, see=base_of(actor) + there)


@get(f"{HERE}/copy", allow=PORTAL, portal=True, streams=True)
async def own_copy(actor: Actor, request: Request) -> Raw:
    """The PDF of what this person handed in; of what they signed, with its certificate."""
    id = (request.view_args or {})["id"]

    async def found(_: Scope) -> Taken:
        document = await own_document(actor, id)
        signed = await signing.signed_roles(id)
        return document, await (copies.own_copy(actor, id) if signed else printed(document))

    return await handed_out(await run_scope(actor.practice_id, found))


@get("/signing", allow=PORTAL, query=JustDone)
@get("/staff/signing", allow=STAFF, query=JustDone)
async def signing_page(actor: Actor, query: JustDone | None = None) -> Page:
    """Signing electronically: the words about it, and how this person stands to it."""
    words = await disclosing.disclosure()
    stands = await disclosing.standing(actor, words)
    told = {"number": words.number, "words": words.words, "agreed_at": stands.agreed_at,
            "withdrawn_at": stands.withdrawn_at}
    return Page("documents/signing.html", json=told, disclosure=words, stands=stands, key=None,
                paper=await disclosing.paper_words(), toast_words=SAID.get(query.done, "") if query else "")


@post("/signing/agree", allow=PORTAL, body=AgreeToSigning, again=signing_page)
@post("/staff/signing/agree", allow=STAFF, body=AgreeToSigning, again=signing_page)
async def agree(actor: Actor, body: AgreeToSigning) -> Done:
    await disclosing.agree(actor, body.number)
    return Done(see=f"{_root(actor)}/signing?done=agreed")


@post("/signing/withdraw", allow=PORTAL)
@post("/staff/signing/withdraw", allow=STAFF)
async def withdraw(actor: Actor) -> Done:
    """From now on this person signs on paper; what was signed stays signed."""
    await disclosing.choose_paper(actor)
    return Done(see=f"{_root(actor)}/signing?done=paper")


async def handed_out(taken: Taken) -> Raw:
    """A PDF to be saved: kept since it was signed, or drawn now."""
    document, what = taken
    if isinstance(what, SignedCopy):
        body: Any = await storage.read(what.storage_key, 0, what.size)
        return Raw(body, "application/pdf", _saved(f"{document.title.strip()[:80]} (signed).pdf", what.size))
    content = await pdf.receipt(what)
    return Raw(content, "application/pdf", _saved(f"{document.title.strip()[:80]}.pdf", len(content)))


def _saved(name: str, size: int) -> dict[str, str]:
    plain = re.sub(r'[^ -~]|["\\/]', "_", name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(size), "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _root(actor: Actor) -> str:
    return "/staff" if actor.desk else ""
