"""Whether a PDF is a copy that this practice made, byte for byte. Asked by anybody who holds one: nothing is told that
the PDF itself would not say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.core.database import fetch_one
from models.documents.chaining import links_hold
from models.documents.marks import initials_of
from models.documents.tables import Document, Signature, SignedCopy

# How a copy says which one it is: in its metadata, and behind its last byte of content.
REFERENCE = "portico-copy:"
PATTERN = re.compile(rb"portico-copy:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
NEWER = "SELECT 1 FROM signed_copy WHERE practice_id = portico_here() AND document_id = $1 AND after > $2"


@dataclass(frozen=True)
class Verdict:
    """`answer`: unaltered, altered (it says which copy it is, and is not that one any more), broken (the records about
    it do not hold) or unknown. The rest of an unaltered one alone: `signers` as initials with their role; `newer`:
    somebody signed or voided it since."""

    answer: Literal["unaltered", "altered", "broken", "unknown"]
    made_at: datetime | None = None
    signers: tuple[tuple[str, str, datetime], ...] = ()
    voided_at: datetime | None = None
    newer: bool = False


async def judge(digest: bytes, reference: UUID | None) -> Verdict:
    """Of the open practice: by the SHA-256 of the whole file, and by the copy that it says it is."""
    copy = await SignedCopy.get_or_none(sha256=digest)
    if copy is not None:
        return await _told(copy)
    if reference is not None and await SignedCopy.exists(id=reference):
        return Verdict("altered")
    return Verdict("unknown")


async def _told(copy: SignedCopy) -> Verdict:
    if not await links_hold(copy.document_id):
        return Verdict("broken")
    document = await Document.get(id=copy.document_id)
    signed = await Signature.filter(document_id=copy.document_id).order_by("signed_at")
    return Verdict(
        "unaltered", copy.made_at, tuple((initials_of(one.name), one.role, one.signed_at) for one in signed),
        document.voided_at, await fetch_one(NEWER, copy.document_id, copy.after) is not None,
    )


def reference_in(content: bytes) -> UUID | None:
    """Which copy some bytes say they are; the last one they name."""
    found = PATTERN.findall(content)
    return UUID(found[-1].decode()) if found else None
