"""Copies of signed documents: what a PDF is made of, that it is kept once, and who may take it away with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from models.accounts.practices import profile
from models.clients.audit_names import login_names
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Missing, missing
from models.core.looking import note_look
from models.core.scope import current_scope
from models.documents.chaining import Link, add_link, holding, links_of
from models.documents.events import COPY_MADE
from models.documents.finding import document_of_client, own_document
from models.documents.tables import Document, Signature, SignedCopy
from models.documents.telling import tell
from models.documents.vouching import FORGED, Vouched, vouch
from models.files.tables import File

EVENTS = """SELECT seq, type, at, login_id FROM event
  WHERE practice_id = portico_here() AND subject_id = $1 AND type ^@ 'document.' ORDER BY seq"""
LAST = """SELECT number, hash, at, (SELECT count(*)::int FROM signing_link o WHERE o.practice_id = l.practice_id
    AND o.document_id = l.document_id AND o.kind <> 'copy') AS acts
  FROM signing_link l WHERE practice_id = portico_here() AND document_id = $1 AND kind <> 'copy'
  ORDER BY number DESC LIMIT 1"""
COPIES = """SELECT l.number, l.kind, l.subject_id, l.document_id, l.digest, l.before, l.hash FROM signing_link l
  WHERE l.practice_id = portico_here() AND l.document_id = $1 AND l.kind = 'copy' ORDER BY l.number DESC"""
HELD = "SELECT 1 FROM document WHERE practice_id = portico_here() AND id = $1 FOR UPDATE"
HERE = "SELECT subdomain FROM practice WHERE id = portico_here()"
# What the history calls each; several in a row of one kind are one line.
WORDS = {
    "document.shared": "asked for it", "document.changed": "changed the due date, the order or whether it is required",
    "document.opened": "opened it", "document.progressed": "went on filling it in",
    "document.submitted": "handed it in", "document.returned": "asked for a correction",
    "document.signed": "signed it", "document.countersigned": "signed beside it", "document.voided": "voided it",
    "document.nudged": "reminded of it",
}
# Each is an entry of the chain; of the same change comes, right behind it, that the document was handed in.
ACTS = frozenset({"document.signed", "document.countersigned", "document.voided"})
SAME_CHANGE = 8
MANY = frozenset({"document.progressed", "document.opened", "document.changed", "document.nudged"})


@dataclass(frozen=True)
class Signed:
    """A signature and its place in the chain; `fault`: why it does not count, in a sentence, empty where it does."""

    signature: Signature
    link: Link | None
    who: str
    fault: str


@dataclass(frozen=True)
class Happened:
    """One line of the history; `times`: how often in a row, the last time at `at`."""

    at: datetime
    who: str
    words: str
    times: int = 1


@dataclass(frozen=True)
class Making:
    """All that one PDF is made of. `id`: the copy's; `after`: the link it is made after; `file`: the signed file's;
    `lost`: what does not hold about it, in sentences."""

    id: UUID
    document: Document
    practice: str
    subdomain: str
    practice_zone: str
    after: int
    made_for: datetime
    signed: tuple[Signed, ...]
    history: tuple[Happened, ...]
    void_link: Link | None
    voided_by: str
    file: File | None
    disclosures: Mapping[int, str]
    lost: Sequence[str]

    @property
    def storage_key(self) -> str:
        """The same at every try: what a worker left behind when it was killed is written over."""
        return f"{current_scope().practice_id}/signed/{self.id}"


async def making(document_id: UUID) -> Making | None:
    """For the job: what is to be made now; None when it was made already, or nobody signed."""
    await fetch_one(HELD, document_id)  # who signs or voids waits: else what is read is of before, and of after
    document, last = await Document.get_or_none(id=document_id), await fetch_one(LAST, document_id)
    if document is None or last is None:
        return None
    if await SignedCopy.exists(document_id=document_id, after=last["number"]):
        return None
    links, face = await links_of(document_id), await profile()
    rows, vouched = await Signature.filter(document_id=document_id).order_by("signed_at"), await vouch(document_id)
    void, here = links.get(("void", document_id)), await fetch_one(HERE)
    assert here is not None
    return Making(
        id=_copy_id(bytes(last["hash"])), document=document, practice=face.name, subdomain=here["subdomain"],
        practice_zone=face.time_zone, after=last["number"], made_for=last["at"], void_link=void,
        voided_by=await _voided_by(document), signed=await _signed(rows, links, vouched),
        history=await history(document_id, last["acts"]), file=await _file(document),
        disclosures=await _disclosures([one.disclosure for one in rows]), lost=vouched.lost,
    )


async def keep_copy(made: Making, *, key: str, digest: bytes, size: int) -> bool:
    """Inside a scope of its own, when the bytes lie in the storage: once, with its link in the chain, told to whoever
    follows the document. False when another worker was first."""
    async with change(None, "document.keep_copy"):
        await fetch_one(HELD, made.document.id)
        if await SignedCopy.exists(document_id=made.document.id, after=made.after):
            return False
        kept = await SignedCopy.create(
            id=made.id, document_id=made.document.id, after=made.after, storage_key=key, sha256=digest, size=size,
            made_at=now(),
        )
        await add_link("copy", kept.id, made.document.id)
        await tell(None, COPY_MADE, made.document)
    return True


async def own_copy(actor: Actor, id: UUID) -> SignedCopy:
    """The newest copy of a document that this portal person signed, with a line in the log; raises Missing for anybody
    else's and while none is made."""
    return await _taken(actor, await own_document(actor, id))


async def copy_of_client(actor: Actor, client_id: UUID, id: UUID) -> SignedCopy:
    """The same for staff who may read the client's documents."""
    return await _taken(actor, await document_of_client(actor, client_id, id))


async def newest_copy(document_id: UUID) -> SignedCopy | None:
    """Without asking who wants it; never one that Portico did not make, or that is not as it was made."""
    rows = await fetch_all(COPIES, document_id)
    sound = await holding(rows)
    for row in rows:
        if row["number"] in sound and (copy := await SignedCopy.get_or_none(id=row["subject_id"])) is not None:
            return copy
    return None


async def history(document_id: UUID, acts: int) -> tuple[Happened, ...]:
    """What happened with a document up to so many acts (signatures, voiding), as the log holds it: the same whenever it
    is asked again."""
    rows = _until(await fetch_all(EVENTS, document_id), acts)
    names = await login_names([row["login_id"] for row in rows if row["login_id"]])
    lines: list[tuple[Row, int]] = []
    for row in rows:
        former = lines[-1] if lines else None
        if former and row["type"] in MANY and _alike(former[0], row):
            lines[-1] = (row, former[1] + 1)
        else:
            lines.append((row, 1))
    return tuple(Happened(row["at"], names.get(row["login_id"], "Portico"), WORDS[row["type"]], times)
                 for row, times in lines)


def _until(rows: list[Row], acts: int) -> list[Row]:
    """The rows up to the last of these acts, and the handing in that belongs to it."""
    kept, counted, last = [], 0, 0
    for row in rows:
        if counted == acts and not (row["type"] == "document.submitted" and row["seq"] - last <= SAME_CHANGE):
            break
        if row["type"] in ACTS:
            counted, last = counted + 1, row["seq"]
        if row["type"] in WORDS:
            kept.append(row)
    return kept


def _alike(one: Row, other: Row) -> bool:
    return (one["type"], one["login_id"]) == (other["type"], other["login_id"])


async def _taken(actor: Actor, document: Document) -> SignedCopy:
    found = await newest_copy(document.id)
    if found is None:
        missing("copy")
    await note_look(actor, "signed-copy", document.id, client_id=document.client_id)
    return found


async def _signed(
    rows: Sequence[Signature], links: Mapping[tuple[str, UUID], Link], vouched: Vouched
) -> tuple[Signed, ...]:
    names = await login_names([one.login_id for one in rows])
    found = [(one, links.get(("signature", one.id))) for one in rows]
    return tuple(Signed(one, link, names.get(one.login_id, one.name),
                        vouched.faults.get(one.id, "" if link else FORGED)) for one, link in found)


async def _voided_by(document: Document) -> str:
    sql = "SELECT name FROM staff_member WHERE practice_id = portico_here() AND id = $1"
    row = await fetch_one(sql, document.voided_by) if document.voided_by else None
    return row["name"] if row else ""


async def _file(document: Document) -> File | None:
    if document.kind != "file":
        return None
    found = await File.get_or_none(id=document.file_id)
    if found is None:
        raise Missing()
    return found


async def _disclosures(numbers: list[int]) -> dict[int, str]:
    sql = "SELECT number, words FROM signing_disclosure WHERE practice_id = portico_here() AND number = ANY($1)"
    return {row["number"]: row["words"] for row in await fetch_all(sql, numbers)}


def _copy_id(link_hash: bytes) -> UUID:
    """Random to everybody else, and the same at every try."""
    return UUID(bytes=sha256(b"copy:" + link_hash).digest()[:16], version=4)


