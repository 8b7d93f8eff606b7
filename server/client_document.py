"""Doors of one client's document at the desk: how far it is, what it says, filling in on behalf, corrections."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.errors import missing
from models.core.looking import note_look
from models.documents import histories, receipts, returning, submitting
from models.documents.file_requests import files_shown
from models.documents.filling import typed_by_staff
from models.documents.filling_asks import (
    AskForCorrections,
    Earlier,
    HandIn,
    NewerThan,
    PostedPage,
    SomeAnswers,
    WhichPage,
)
from models.documents.finding import document_of_client
from models.documents.settled import settled_of
from models.documents.signatures import SignaturesOf, signatures_for_staff
from models.documents.tables import Document
from server import filling
from server.door import STAFF, Done, Page, Raw, See, get, post
from server.own_documents import EVENTS
from server.profile import profile_page

HERE = "/staff/clients/<uuid:client>/documents/<uuid:id>"
FILL = f"{HERE}/fill"
NOTHING_TOLD: dict[str, Any] = {"receipts": [], "sheets": [], "alerts": [], "by": {}}


@get(HERE, allow=STAFF)
async def client_document(actor: Actor, client: UUID, id: UUID) -> Page:
    """How far it is, for who sees that; answers and scores for who reads what documents say. That is a look."""
    document = await _status_of(actor, client, id)
    reads = await sees_client(actor, client, "clinical")
    found = await _contents(actor, document) if reads else NOTHING_TOLD
    told = {"document": filling.shown(document), "reads": reads,
            "submissions": [{"id": one.id, "number": one.number, "scores": one.scores, "response": one.response,
                             "on_behalf": one.on_behalf, "fault": one.fault} for one in found["receipts"]]}
    return await profile_page(
        actor, client, "portal", "documents/of_client.html", json=told, document=document, reads=reads, key=uuid4(),
        history=await histories.history_of(document), whose=await histories.whose(document), events=EVENTS,
        manages=reads and await sees_client(actor, client, "manages"),
        signed=await _signed(actor, document) if reads else None,
        files=await files_shown(document) if reads else [], **found,
    )


@get("/staff/clients/<uuid:id>/handed-in/<uuid:person>", allow=STAFF, query=Earlier)
async def handed_in(actor: Actor, id: UUID, person: UUID, query: Earlier) -> Page:
    """All that the client or one contact handed in or that was voided, a page at a time."""
    found = await settled_of(actor, id, person, before=query.before)
    told = {"documents": [{"id": one.id, "title": one.title, "kind": one.words, "state": one.state,
                           "at": one.submitted_at or one.voided_at} for one in found.documents], "next": found.next}
    return await profile_page(actor, id, "portal", "documents/handed_in.html", json=told, found=found,
                              before=query.before, events=EVENTS)


@post(f"{HERE}/return", allow=STAFF, body=AskForCorrections, again=client_document)
async def ask_for_corrections(actor: Actor, client: UUID, id: UUID, body: AskForCorrections) -> Done:
    """The person reads the note and corrects; what was handed in stays."""
    await returning.return_for_correction(actor, client, id, body.note)
    return Done(see=f"/staff/clients/{client}/documents/{id}")


@get(f"{HERE}/answers.json", allow=STAFF)
async def answers_as_fhir(actor: Actor, client: UUID, id: UUID) -> Raw:
    """The newest submission as a FHIR QuestionnaireResponse."""
    document = await document_of_client(actor, client, id)
    text = await receipts.newest_text(document)
    await note_look(actor, "document", id, client_id=client)
    headers = {"Content-Disposition": 'attachment; filename="questionnaire-response.json"'}
    return Raw(text.encode(), "application/fhir+json; charset=utf-8", headers)


@get(FILL, allow=STAFF, query=WhichPage)
async def fill_in(actor: Actor, client: UUID, id: UUID, query: WhichPage) -> Page | See:
    """The form at the desk, filled in on the client's behalf."""
    found = await _opened(actor, client, id)
    if found.document.submitted_at is not None:
        return See(_there(client, id))
    await note_look(actor, "document", id, client_id=client)
    return await filling.page_of(found, here=f"{_there(client, id)}/fill", back=_there(client, id), number=query.page,
                                 tried=False, behalf=(await histories.whose(found.document)).name)


@get(f"{FILL}/answers", allow=STAFF, query=NewerThan)
async def newer_answers_at_desk(actor: Actor, client: UUID, id: UUID, query: NewerThan) -> Done:
    await _opened(actor, client, id)
    return Done(await filling.newer(id, query))


@post("/staff/documents/<uuid:id>/answers", allow=STAFF, body=SomeAnswers)
async def keep_answers_at_desk(actor: Actor, id: UUID, body: SomeAnswers) -> Done:
    """Several answers at once, or one that is too large for the line."""
    return Done(await filling.keep_answers(actor, id, body.answers))


@post(f"{FILL}/page", allow=STAFF, body=PostedPage)
async def keep_page_at_desk(actor: Actor, client: UUID, id: UUID, body: PostedPage, request: Request) -> See:
    return await filling.keep_page(await _opened(actor, client, id), request, body, f"{_there(client, id)}/fill")


@get(f"{FILL}/review", allow=STAFF)
async def review_at_desk(actor: Actor, client: UUID, id: UUID) -> Page | See:
    """All answers, before they are handed in on the client's behalf."""
    found = await _opened(actor, client, id)
    if found.document.submitted_at is not None:
        return See(_there(client, id))
    await note_look(actor, "document", id, client_id=client)
    return await _review(found)


async def _review_again(actor: Actor, client: UUID, id: UUID) -> Page:
    return await _review(await _opened(actor, client, id))


async def _review(found: filling.Opened) -> Page:
    there = _there(found.document.client_id, found.document.id)
    behalf = (await histories.whose(found.document)).name
    return await filling.review_of(found, here=f"{there}/fill", back=there, behalf=behalf)


@post(f"{FILL}/submit", allow=STAFF, body=HandIn, key="document.submit", again=_review_again)
async def submit_at_desk(actor: Actor, client: UUID, id: UUID, body: HandIn) -> Done:
    """Handed in by staff: the submission says so for good."""
    await _opened(actor, client, id)
    done = await submitting.submit(actor, id)
    return Done({"submission": done.submission}, see=_there(client, id))


async def _opened(actor: Actor, client: UUID, id: UUID) -> filling.Opened:
    found = await filling.opened(actor, id)
    if found.document.client_id != client:
        missing("document")
    return found


async def _status_of(actor: Actor, client: UUID, id: UUID) -> Document:
    """For who sees how far documents are, or what they say; administrators and the front desk see the former."""
    right = "document_status" if await sees_client(actor, client, "document_status") else "clinical"
    return await document_of_client(actor, client, id, right=right)  # type: ignore[arg-type]  # one of the two


async def _contents(actor: Actor, document: Document) -> dict[str, Any]:
    if document.kind != "form":
        return NOTHING_TOLD
    await note_look(actor, "document", document.id, client_id=document.client_id)
    return {
        "receipts": await receipts.receipts_of(document), "sheets": await filling.sheets_now(document),
        "alerts": await histories.alerts_of(document), "by": await typed_by_staff(document.id),
    }


async def _signed(actor: Actor, document: Document) -> SignaturesOf | None:
    """Also where none was asked for, and something about signatures does not hold."""
    found = await signatures_for_staff(actor, document)
    return found if document.signs or found.signatures or not found.vouched.holds else None


def _there(client: UUID, id: UUID) -> str:
    return f"/staff/clients/{client}/documents/{id}"
