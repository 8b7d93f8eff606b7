"""Documents that an invitation asks for: the stages of onboarding after the questions about the person."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from models.clients import onboarding
from models.clients.registries import Paper, Wish
from models.core.actor import Actor
from models.documents.rights import DOCUMENTATION
from models.documents.tables import Document


class WayBack(NamedTuple):
    """What a page of a paper leads back to; `path` follows the base of the person's portal."""

    words: str
    path: str


DOCUMENTS, STAGES = WayBack("Documents & Forms", "/documents"), WayBack("Getting started", "/onboarding")


async def after_done(actor: Actor | None, document: Document) -> None:
    """Inside a change: a document was handed in, read, or is asked no more. With the last one that an invitation asked
    for the onboarding is complete, and who waits for that is told."""
    if document.onboarding:
        await onboarding.paper_done(actor, document.access_id)


async def goes_on(actor: Actor, document: Document) -> str | None:
    """Where its person goes on after handing it in: the next stage of an onboarding that is not complete, else the
    list of its stages; None for what no invitation asked for. It follows the base of their portal."""
    if actor.access is None or not document.onboarding:
        return None
    found = await onboarding.progress(actor.access)
    return found.next.path if found.next else "/onboarding"


async def way_back(actor: Actor, document: Document) -> WayBack:
    """Where its person came from: the stages of an onboarding that goes on, else Documents & Forms."""
    if actor.access is None or not document.onboarding:
        return DOCUMENTS
    return STAGES if (await onboarding.progress(actor.access)).next else DOCUMENTS


async def stages(access_id: UUID, contact: bool, permissions: Collection[str]) -> list[Paper]:
    """What is asked of this access and not taken back; of a contact only while they manage documents."""
    if contact and DOCUMENTATION.key not in permissions:
        return []
    found = await Document.filter(
        access_id=access_id, onboarding=True, withdrawn_at=None, voided_at=None
    ).order_by("place", "shared_at", "id")
    return [_paper(one) for one in found]


def _paper(document: Document) -> Paper:
    wish: Wish = "required" if document.required else "optional"
    return Paper(document.id, document.title, f"/documents/{document.id}", wish, is_done(document), _how_far(document))


def _how_far(document: Document) -> str:
    if document.started_at is None:
        return ""
    pages = document.pages if document.kind == "form" else None
    return f"Page {max(document.page, 1)} of {pages}, go on" if pages else "Begun, go on"


def is_done(document: Document) -> bool:
    """Handed in; of a file that is only to be read: opened."""
    reads = document.kind == "file" and not document.signs
    return document.submitted_at is not None or (reads and document.opened_at is not None)
