"""Signing: who was asked signs what they were shown, inside the change that hands it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from models.accounts.proving import PROOF_LASTS, refuse_unless_proved
from models.core.actor import AccessOf, Actor
from models.core.change import change, enqueue
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.documents.chaining import add_link
from models.documents.disclosing import Disclosure, agree_in_change, disclosure, paper_words, standing
from models.documents.events import SIGNED, SUBMITTED
from models.documents.evidence import evidence
from models.documents.finding import own_document
from models.documents.marks import drawn_mark, is_name_of, typed_mark
from models.documents.onboarding import after_done
from models.documents.shown import Shown, shown
from models.documents.signature_asks import SignatureFields
from models.documents.signing_settings import SigningSettings, signing_settings
from models.documents.tables import Document, Signature, Submission
from models.documents.telling import tell
from models.documents.vouching import refuse_unvouched

COPY_JOB = "document.copy"
NAMES = """SELECT coalesce(t.name, c.name) AS name, coalesce(t.first_name, c.first_name) AS first,
    coalesce(t.last_name, c.last_name) AS last
  FROM portal_access a JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.id = $1"""
BEFORE = """SELECT role FROM signature WHERE practice_id = portico_here() AND document_id = $1
  UNION SELECT 'recipient' FROM signing_link
    WHERE practice_id = portico_here() AND document_id = $1 AND kind = 'signature'"""


@dataclass(frozen=True)
class Panel:
    """What the panel for signing shows. `shown`: the SHA-256 of what is signed; `confirms`: the practice wants a proof
    and the last one is too old; `agreed_at`, `withdrawn_at`: how the signer stands to signing electronically;
    `paper`: how to get paper."""

    shown: str
    intent: str
    name: str
    typed: bool
    confirms: bool
    disclosure: Disclosure
    agreed_at: datetime | None
    withdrawn_at: datetime | None
    paper: str


async def panel(actor: Actor, document: Document) -> Panel:
    """For whoever was asked to sign this document, and a view through their eyes."""
    access = actor.lens or actor.access
    assert access is not None
    intent, words = intent_of(access, document), await disclosure()
    what = await shown(document, intent=intent, disclosure=words)
    return await panel_of(actor, what, intent, words, (await names_of(access.access_id))[0])


async def panel_of(actor: Actor, what: Shown, intent: str, words: Disclosure, name: str) -> Panel:
    """The same from its parts, also for staff."""
    chosen, stands = await signing_settings(), await standing(actor, words)
    return Panel(
        shown=what.short, intent=intent, name=name, typed=chosen.typed,
        confirms=chosen.confirms and _unproved(actor), disclosure=words, agreed_at=stands.agreed_at,
        withdrawn_at=stands.withdrawn_at, paper=await paper_words(),
    )


async def sign_in_change(
    actor: Actor, document: Document, submission: Submission | None, fields: SignatureFields
) -> Signature:
    """Inside a change, after what is handed in was written and before any of its answers change: the signature of who
    was asked for it. Records document.signed and has the copy made.

    Raises Invalid by field (`sign_name`, `sign_mark`, `sign_agreed`), StepUp where the practice asks for a proof,
    Conflict `shown-changed` when the page showed something else than what stands here now, `signed-already`, Forbidden
    `paper-chosen` for who has withdrawn from signing electronically; Conflict `not-vouched` where a signature was put
    in from outside.
    """
    access = actor.access
    if not actor.portal or access is None or access.access_id != document.access_id:
        missing("document")
    await refuse_unvouched(document.id)
    if document.voided_at is not None or await fetch_one(BEFORE, document.id) is not None:
        raise Conflict("signed-already", "This was signed already. Its copy stands under Done.")
    intent, words = intent_of(access, document), await disclosure()
    at = submission.submitted_at if submission else None
    what = await shown(document, intent=intent, disclosure=words, at=at)
    names = await names_of(access.access_id)
    written = await write(actor, document, "recipient", what, fields, names=names, submission=submission)
    await tell(actor, SIGNED, document)
    return written


async def write(
    actor: Actor, document: Document, role: str, what: Shown, fields: SignatureFields, *, names: list[str],
    submission: Submission | None = None,
) -> Signature:
    """Inside a change, for who may sign: checks what was sent, writes the signature, its link in the chain, and has a
    copy made. Of two at once the database takes one."""
    chosen, words = await signing_settings(), await disclosure()
    name, mark = _checked(fields, chosen, names)
    agreed_at = await _agreed(actor, words, fields)
    if chosen.confirms:
        refuse_unless_proved(actor)
    if fields.sign_shown != what.short:
        _changed()
    told = await evidence(actor, fields.sign_zone)
    written = await Signature.create(
        document_id=document.id, submission_id=submission.id if submission else None, role=role,
        login_id=actor.login_id, name=name, way=fields.sign_way, mark=mark, intent=what.intent,
        disclosure=words.number, agreed_at=agreed_at, shown=what.text, shown_sha256=what.sha256,
        submission_sha256=bytes(submission.sha256) if submission else None, version_sha256=what.version_sha256,
        file_sha256=what.file_sha256, signed_at=now(), zone=told.zone, address=told.address, device=told.device,
        session=told.session, method=told.method, read_to_end=fields.sign_read,
    )
    link = await add_link("signature", written.id, document.id)
    await enqueue_copy(document.id, link.number)
    return written


async def sign_file(actor: Actor, id: UUID, fields: SignatureFields) -> Document:
    """A shared file is signed by whom it was shared with: its bytes stay, a page is added to the copy."""
    async with change(actor, "document.sign"):
        document = await own_document(actor, id, lock=True)
        if document.kind != "file" or not document.signs:
            missing("document to sign")
        if document.submitted_at is not None:
            raise Conflict("signed-already", "This was signed already. Its copy stands under Done.")
        await sign_in_change(actor, document, None, fields)
        document.submitted_at = now()
        await document.save(update_fields=["submitted_at"])
        await tell(actor, SUBMITTED, document)
        await after_done(actor, document)
    return document


async def enqueue_copy(document_id: UUID, after: int) -> None:
    """Have a PDF made of what stands after this link of the chain."""
    await enqueue(COPY_JOB, {"document": document_id}, key=f"{COPY_JOB}:{document_id}:{after}")


def intent_of(access: AccessOf, document: Document) -> str:
    """What whoever signs says by it."""
    if document.kind == "file":
        said = "By signing you confirm that you have read this document and agree to what it says"
    else:
        said = "By signing you confirm that you have read this document and that the answers in it are right"
    return said + (f", and that you may sign for {access.client_name}." if access.contact_id else ".")


async def names_of(access_id: UUID) -> list[str]:
    """What the record calls the person behind an access: the shown name first, then the legal one."""
    row = await fetch_one(NAMES, access_id)
    return [row["name"], f"{row['first']} {row['last']}".strip()] if row else [""]


async def signed_roles(document_id: UUID) -> frozenset[str]:
    """Who has signed: recipient, staff; also by a signature that does not hold (vouching.py), or was taken away."""
    return frozenset(row["role"] for row in await fetch_all(BEFORE, document_id))


def _checked(fields: SignatureFields, chosen: SigningSettings, names: list[str]) -> tuple[str, str]:
    """(name, mark) as they are kept."""
    if fields.sign_way == "typed" and not chosen.typed:
        raise Invalid(errors={"sign_mark": ["This practice wants a drawn signature. Draw it in the field."]})
    name = typed_mark(fields.sign_name)
    mark = name if fields.sign_way == "typed" else drawn_mark(fields.sign_mark)
    if not fields.sign_sure and not is_name_of(name, names):
        said = f"Your record says {names[0]}. If “{name}” is right all the same, tick the box below."
        raise Invalid("name-differs", errors={"sign_name": [said]})
    return name, mark


async def _agreed(actor: Actor, words: Disclosure, fields: SignatureFields) -> datetime:
    stands = await standing(actor, words)
    if stands.withdrawn_at is not None:
        raise Forbidden("paper-chosen", f"You chose to sign on paper. {await paper_words()} To sign here again, agree "
                        "under Signing electronically in your account.")
    if stands.agreed_at is not None:
        return stands.agreed_at
    if not fields.sign_agreed:
        raise Invalid(errors={"sign_agreed": ["Read this and agree first, or ask for paper."]})
    return await agree_in_change(actor, fields.sign_disclosure)


def _unproved(actor: Actor) -> bool:
    return actor.proved_at is None or now() - actor.proved_at > PROOF_LASTS


def _changed() -> NoReturn:
    raise Conflict("shown-changed", "What stands here changed after this page was shown. Nothing was signed: read it "
                   "again, then sign.")
