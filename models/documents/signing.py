"""Signing: who was asked signs what they were shown, inside the change that hands it in."""

from __future__ import annotations

from models.core.actor import Actor
from models.documents.signature_asks import SignatureFields
from models.documents.tables import Document, Signature, Submission


async def sign_in_change(
    actor: Actor, document: Document, submission: Submission | None, fields: SignatureFields
) -> Signature:
    """Inside a change, after what is handed in was written and before any of its answers change: the signature of who
    was asked for it. Records document.signed and has the copy made.

    Raises Invalid by field (`sign_name`, `sign_mark`, `sign_agreed`), StepUp where the practice asks for a proof,
    Conflict `shown-changed` when the page showed something else than what stands here now, `signed-already`, Forbidden
    `paper-chosen` for who has withdrawn from signing electronically.
    """
    raise NotImplementedError
