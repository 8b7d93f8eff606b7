"""Whether a PDF is a copy that this practice made, byte for byte. Asked by anybody who holds one: nothing is told that
the PDF itself would not say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.core.database import fetch_one
from models.documents.chaining import links_of
from models.documents.marks import initials_of
from models.documents.tables import Document, Signature, SignedCopy
from models.documents.vouching import COPY, vouch

# How a copy says which one it is: in its metadata, and behind its last byte of content.
REFERENCE = "portico-copy:"
PATTERN = re.compile(rb"portico-copy:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
# Also one whose row was taken away: the chain still names it.
KNOWN = """SELECT c.id IS NOT NULL AS kept FROM (SELECT $1::uuid AS id) asked
  LEFT JOIN signed_copy c ON c.practice_id = portico_here() AND c.id = asked.id
  LEFT JOIN signing_link l ON l.practice_id = portico_here() AND l.kind = 'copy' AND l.subject_id = asked.id
  WHERE c.id IS NOT NULL OR l.subject_id IS NOT NULL LIMIT 1"""
NEWER = "SELECT 1 FROM signed_copy WHERE practice_id = portico_here() AND document_id = $1 AND after > $2"


@dataclass(frozen=True)
class Verdict:
    """`answer`: unaltered, altered (it says which copy it is, and is not that one any more), broken (the records about
    it do not hold) or unknown. `faults`: of a broken one, what does not hold, in sentences that name nobody. The rest
    of an unaltered one alone: `signers` of this copy, as initials with their role; `newer`: somebody signed or voided
    it since."""

    answer: Literal["unaltered", "altered", "broken", "unknown"]
    made_at: datetime | None = None
    signers: tuple[tuple[str, str, datetime], ...] = ()
    voided_at: datetime | None = None
    newer: bool = False
    faults: tuple[str, ...] = ()


async def judge(digest: bytes, reference: UUID | None) -> Verdict:
    """Of the open practice: by the SHA-256 of the whole file, and by the copy that it says it is."""
    copy = await SignedCopy.filter(sha256=digest).order_by("made_at").first()
    if copy is not None:
        return await _told(copy)
    known = await fetch_one(KNOWN, reference) if reference is not None else None
    if known is None:
        return Verdict("unknown")
    return Verdict("altered") if known["kept"] else Verdict("broken", faults=(COPY,))


async def _told(copy: SignedCopy) -> Verdict:
    vouched = await vouch(copy.document_id)
    if not vouched.holds:
        return Verdict("broken", faults=vouched.sentences)
    document, links = await Document.get(id=copy.document_id), await links_of(copy.document_id)
    every = await Signature.filter(document_id=copy.document_id).order_by("signed_at")
    signed = [one for one in every if (link := links.get(("signature", one.id))) and link.number <= copy.after]
    return Verdict(
        "unaltered", copy.made_at, tuple((initials_of(one.name), one.role, one.signed_at) for one in signed),
        document.voided_at, await fetch_one(NEWER, copy.document_id, copy.after) is not None,
    )


def reference_in(content: bytes) -> UUID | None:
    """Which copy some bytes say they are; the last one they name."""
    found = PATTERN.findall(content)
    return UUID(found[-1].decode()) if found else None
