"""Signatures as pages show them: who signed what, with which evidence, and how many guardians have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all
from models.documents.chaining import Link, links_of
from models.documents.copies import newest_copy
from models.documents.countersigning import countersign_panel
from models.documents.signing import Panel
from models.documents.tables import Document, Signature
from models.documents.voiding import may_void
from models.documents.vouching import FORGED, Vouched, unvouched, vouch

# The copies of one form that contacts of a client hold, without those taken back or void.
GUARDIANS = """SELECT d.id, s.id AS signature FROM document d
  JOIN portal_access a ON a.practice_id = d.practice_id AND a.id = d.access_id AND a.contact_id IS NOT NULL
  LEFT JOIN signature s ON s.practice_id = d.practice_id AND s.document_id = d.id AND s.role = 'recipient'
  WHERE d.practice_id = portico_here() AND d.client_id = $1 AND d.form_id = $2 AND d.signs
    AND d.withdrawn_at IS NULL AND d.voided_at IS NULL"""


@dataclass(frozen=True)
class Guardians:
    """Of one form: how many guardians were asked for a signature, and how many gave it."""

    asked: int
    signed: int

    @property
    def words(self) -> str:
        """"1 of 2 guardians signed"; empty where one alone was asked."""
        return f"{self.signed} of {self.asked} guardians signed" if self.asked > 1 else ""


@dataclass(frozen=True)
class OneSignature:
    """What a page says of a signature. Times are UTC, `zone` is the signer's; hashes in hexadecimal. `number`: of its
    entry in the chain, 0 where it has none; `fault`: why it does not count, in a sentence, empty where it does."""

    id: UUID
    role: str
    name: str
    way: str
    mark: str
    intent: str
    signed_at: datetime
    zone: str
    address: str
    device: str
    method: str
    read_to_end: bool
    disclosure: int
    agreed_at: datetime
    shown_sha256: str
    number: int
    hash: str
    fault: str


@dataclass(frozen=True)
class SignaturesOf:
    """A document's signatures for staff: `vouched` whether they stand as they were given, `panel` where this one may
    sign beside it now, `waits` where somebody of staff is still to, `voids` where this one may void it; `copy_ready`:
    its PDF can be downloaded."""

    document: Document
    signatures: tuple[OneSignature, ...]
    vouched: Vouched
    guardians: Guardians
    copy_ready: bool
    waits: bool
    panel: Panel | None
    voids: bool


async def signatures_of(document_id: UUID, vouched: Vouched) -> tuple[OneSignature, ...]:
    """In the order in which they were given, also those that do not count, with the reason."""
    rows, links = await Signature.filter(document_id=document_id).order_by("signed_at"), await links_of(document_id)
    return tuple(_shown(one, links.get(("signature", one.id)), vouched.faults.get(one.id, "")) for one in rows)


async def signatures_for_staff(actor: Actor, document: Document) -> SignaturesOf:
    """For the page of one client's document; the caller has found it for this staff member."""
    vouched = await vouch(document.id)
    found = await signatures_of(document.id, vouched)
    by = {one.role for one in found}
    return SignaturesOf(
        document=document, signatures=found, vouched=vouched,
        guardians=await guardians_signed(document.client_id, document.form_id),
        copy_ready=await newest_copy(document.id) is not None,
        waits=vouched.holds and document.countersigns and by == {"recipient"} and document.voided_at is None,
        panel=await countersign_panel(actor, document), voids=await may_void(actor, document),
    )


async def guardians_signed(client_id: UUID, form_id: UUID | None) -> Guardians:
    """How many of the contacts who were asked to sign a form for this client have signed their copy."""
    rows = await fetch_all(GUARDIANS, client_id, form_id) if form_id else []
    wrong = await unvouched(row["id"] for row in rows)
    return Guardians(len(rows), sum(row["signature"] is not None and row["id"] not in wrong for row in rows))


def _shown(one: Signature, link: Link | None, fault: str) -> OneSignature:
    return OneSignature(
        id=one.id, role=one.role, name=one.name, way=one.way, mark=one.mark, intent=one.intent, signed_at=one.signed_at,
        zone=one.zone, address=one.address, device=one.device, method=one.method, read_to_end=one.read_to_end,
        disclosure=one.disclosure, agreed_at=one.agreed_at, shown_sha256=bytes(one.shown_sha256).hex(),
        number=link.number if link else 0, hash=link.hash.hex() if link else "",
        fault=fault or ("" if link else FORGED),
    )
