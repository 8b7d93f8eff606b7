"""What was handed in without a signature, as it is printed: the answers in words, who handed them in and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.accounts.practices import profile
from models.core.database import fetch_one
from models.core.errors import Conflict, missing
from models.documents.content import Line, content_of
from models.documents.evidence import in_zone
from models.documents.filling import form_of, moment_of, staff_in
from models.documents.receipts import receipt_of
from models.documents.responses import answers_of
from models.documents.tables import Document

DIGEST = """SELECT s.sha256, v.number FROM submission s JOIN document d ON d.practice_id = s.practice_id
    AND d.id = s.document_id JOIN form_version v ON v.practice_id = d.practice_id AND v.id = d.version_id
  WHERE s.practice_id = portico_here() AND s.id = $1"""


@dataclass(frozen=True)
class Printed:
    """`summary`: pairs of what stands at the top, a third value marks a hash; `code`: the receipt's."""

    title: str
    practice: str
    code: str
    at: datetime
    summary: Sequence[Sequence[object]]
    content: Sequence[Line]


async def printed(document: Document) -> Printed:
    """The newest submission of a form; raises Missing where nothing was handed in, Conflict `not-vouched` where
    what is kept is not what was."""
    if document.kind != "form":
        missing("copy")
    receipt, face, form = await receipt_of(document), await profile(), await form_of(document)
    if receipt.fault:
        raise Conflict("not-vouched", receipt.fault)
    row = await fetch_one(DIGEST, receipt.id)
    assert row is not None
    moment = await moment_of(document, receipt.submitted_at)
    content, _ = content_of(form, answers_of(form, receipt.response), moment)
    who = f"{receipt.who} of the practice, on the client’s behalf" if receipt.on_behalf else receipt.who
    summary: list[list[object]] = [
        ["Practice", face.name], ["Handed in by", who], ["Handed in", in_zone(receipt.submitted_at, face.time_zone)],
        ["Version", str(row["number"])], ["Receipt", receipt.code],
        ["SHA-256 of the answers", bytes(row["sha256"]).hex(), True], ["Signed", "No signature was asked for"],
    ]
    if receipt.by:
        summary.insert(2, ["Filled in by staff", f"{len(receipt.by)} of the answers, by {staff_in(receipt.by)}"])
    return Printed(document.title, face.name, receipt.code, receipt.submitted_at, summary, content)
