"""Doors of the tab Documents & Forms: what is to do, filling in a form page by page, review, receipt."""

from __future__ import annotations

from uuid import UUID

from quart import Request

from models.accounts.practices import profile, today_here
from models.core.actor import Actor
from models.core.errors import Gone, Refusal, missing
from models.core.payload import parse
from models.documents import own, receipts, submitting
from models.documents.copies import newest_copy
from models.documents.filling import opened_form, told_answers
from models.documents.filling_asks import FurtherOn, HandIn, NewerThan, PostedPage, SomeAnswers, WhichPage
from models.documents.finding import own_document
from models.documents.onboarding import goes_on, way_back
from models.documents.signature_asks import SignatureFields
from models.documents.signatures import signatures_of
from models.documents.tables import Document
from models.documents.vouching import vouch
from server import filling
from server.door import PORTAL, Done, Page, See, get, on_refusal, post
from server.frames import base_of, features_of

HERE = "/documents"
EVENTS = ("document.shared document.withdrawn document.changed document.opened document.progressed document.submitted"
          " document.returned document.signed document.countersigned document.voided features.changed"
          " access.features_changed access.permissions_changed")
SIGNED = frozenset(SignatureFields.model_fields)


@get(HERE, allow=PORTAL, portal=True, query=FurtherOn)
async def documents(actor: Actor, query: FurtherOn) -> Page:
    """To do, shared with me, done; and last what one uploaded."""
    found = await own.papers_of(actor, shared_after=query.shared, done_before=query.done)
    told = {name: [vars(one) for one in getattr(found, name)] for name in ("todo", "shared", "done")}
    return Page("documents/own.html", json=told | {"more_shared": found.more_shared, "more_done": found.more_done},
                current="documents", events=EVENTS, papers=found, further=query,
                today=await today_here(), uploads="client-uploads" in features_of(actor))


@get(f"{HERE}/badge", allow=PORTAL, portal=True, unchosen=True)
async def badge(actor: Actor) -> Page:
    """How much is to do, at the entry of the portal's bar."""
    waiting = await own.waiting_count(actor)
    return Page("documents/_to_do_badge.html", json={"to_do": waiting}, documents_waiting=waiting)


@get(f"{HERE}/<uuid:id>", allow=PORTAL, portal=True, query=WhichPage)
async def one_document(actor: Actor, id: UUID, query: WhichPage) -> Page | See:
    """The form at the page where one was; what is handed in; a file where it is looked at."""
    document = await _document(actor, id)
    here = f"{base_of(actor)}{HERE}/{id}"
    if document.kind != "form":
        return See(f"{here}/{'files' if document.kind != 'file' else 'sign' if document.signs else 'file'}")
    if document.submitted_at is not None:
        return await _receipt(actor, document)
    found = await filling.opened(actor, id)
    if actor.lens is not None:
        return Page("documents/looked_at.html", current="documents", document=document, sheets=found.asking,
                    json={"document": filling.shown(document), "answers": await told_answers(id)})
    return await filling.page_of(found, here=here, **await _back(actor, document), number=query.page, tried=False,
                                 behalf="")


@get(f"{HERE}/<uuid:id>/answers", allow=PORTAL, portal=True, query=NewerThan)
async def newer_answers(actor: Actor, id: UUID, query: NewerThan) -> Done:
    """What was typed since, for a page that fills in the same form elsewhere."""
    await opened_form(actor, id)
    return Done(await filling.newer(id, query))


@post(f"{HERE}/<uuid:id>/answers", allow=PORTAL, portal=True, unchosen=True, body=SomeAnswers)
async def keep_answers(actor: Actor, id: UUID, body: SomeAnswers) -> Done:
    """Several answers at once, or one that is too large for the line."""
    return Done(await filling.keep_answers(actor, id, body.answers))


@post(f"{HERE}/<uuid:id>/page", allow=PORTAL, portal=True, body=PostedPage)
async def keep_page(actor: Actor, id: UUID, body: PostedPage, request: Request) -> See:
    """A page of the form, as a browser without a script sends it."""
    return await filling.keep_page(await filling.opened(actor, id), request, body, f"{base_of(actor)}{HERE}/{id}")


@get(f"{HERE}/<uuid:id>/review", allow=PORTAL, portal=True)
async def review(actor: Actor, id: UUID) -> Page | See:
    """All answers, before they are handed in."""
    here = f"{base_of(actor)}{HERE}/{id}"
    if (await _document(actor, id)).submitted_at is not None or actor.lens is not None:
        return See(here)
    found = await filling.opened(actor, id)
    return await filling.review_of(found, here=here, **await _back(actor, found.document), behalf="")


async def _review_again(actor: Actor, id: UUID) -> Page:
    """What is missing stands beside it; one that is handed in by now is refused in words."""
    found = await filling.opened(actor, id)
    here = f"{base_of(actor)}{HERE}/{id}"
    return await filling.review_of(found, here=here, **await _back(actor, found.document), behalf="")


@post(f"{HERE}/<uuid:id>/submit", allow=PORTAL, portal=True, body=HandIn, key="document.submit", again=_review_again)
async def submit(actor: Actor, id: UUID, body: HandIn) -> Done:
    """Hand it in: the server looks at all answers itself."""
    signature = parse(SignatureFields, {name: one for name, one in (body.model_extra or {}).items() if name in SIGNED})
    done = await submitting.submit(actor, id, signature=signature)
    there = await goes_on(actor, await own_document(actor, id)) or f"{HERE}/{id}"
    return Done({"submission": done.submission}, see=base_of(actor) + there)


async def _back(actor: Actor, document: Document) -> dict[str, str]:
    way = await way_back(actor, document)
    return {"back": f"{base_of(actor)}{way.path}", "back_words": way.words}


async def _receipt(actor: Actor, document: Document) -> Page:
    vouched, found = await vouch(document.id), await receipts.receipts_of(document)
    if not found and vouched.holds:
        missing("copy")
    receipt = found[0] if found else None
    return Page("documents/receipt.html", current="documents", document=document, receipt=receipt, events=EVENTS,
                crisis=(await profile()).crisis_text if receipt and receipt.risky else "", vouched=vouched,
                signatures=await signatures_of(document.id, vouched),
                copy_ready=await newest_copy(document.id) is not None,
                json={"document": filling.shown(document), "response": receipt.response if receipt else {},
                      "faults": vouched.sentences})


async def _document(actor: Actor, id: UUID) -> Document:
    """The person's own, also one that was taken back: then it is said so."""
    try:
        return await own_document(actor, id)
    except Refusal:
        await opened_form(actor, id)  # says it better where it was theirs
        raise


@on_refusal("withdrawn")
async def withdrawn(actor: Actor, refusal: Refusal) -> Page:
    """In place of a form that was taken back."""
    return Page("documents/withdrawn.html", status=Gone.status, words=refusal.detail,
                back=f"{base_of(actor)}{HERE}" if actor.portal or actor.lens else "/staff/clients")


@on_refusal("not-vouched")
async def not_vouched(actor: Actor, refusal: Refusal) -> Page:
    """In place of a form under which somebody put a signature from outside."""
    return Page("documents/not_vouched.html", status=refusal.status, words=refusal.detail,
                back=f"{base_of(actor)}{HERE}" if actor.portal or actor.lens else "/staff/clients")
