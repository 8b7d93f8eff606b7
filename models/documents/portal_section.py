"""Clients > [name] > Portal > Requested and Shared Documents: what is asked of whom and how far each of it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.clients.access import sees_client
from models.clients.registries import PortalSection
from models.core.actor import Actor
from models.core.clock import now
from models.documents.notices import Notice, newest
from models.documents.nudging import EVERY, last_nudges
from models.documents.recipients import Recipient, recipients_of
from models.documents.rights import sees_documents
from models.documents.standing import Standing, standing_of

ON = ("document.shared document.withdrawn document.changed document.opened document.progressed document.submitted"
      " document.returned document.signed document.countersigned document.voided document.nudged document.mailed"
      " document.mail_settled document.files_changed access.permissions_changed access.turned_on access.turned_off"
      " access.revoked access.restored invitation.accepted contact.added contact.linked contact.changed"
      " contact.unlinked client.own_consent_changed majority.reached majority.agreed")


@dataclass(frozen=True)
class Group:
    """One person with what is theirs: `early` more were settled long ago. `nudged`: when they were reminded last, while
    that is less than a day ago; `notice`: what became of the newest e-mail."""

    person: Recipient
    documents: tuple[Standing, ...]
    notice: Notice | None
    nudged: datetime | None
    early: int = 0


async def section_of(actor: Actor, client_id: UUID) -> Mapping[str, Any] | None:
    """None for who does not see how far documents are."""
    if not await sees_documents(actor, client_id):
        return None
    found, mails, nudges = await standing_of(client_id), await newest(client_id), await last_nudges(client_id)
    groups = [_group(one, found, mails, nudges) for one in await recipients_of(actor, client_id)]
    return {"groups": groups, "manages": await sees_client(actor, client_id, "manages")}


def _group(
    person: Recipient, found: list[Standing], mails: Mapping[UUID, Notice], nudges: Mapping[UUID, datetime]
) -> Group:
    access = person.access_id
    mine = [one for one in found if one.access_id == access]
    lately = tuple(sorted((one for one in mine if not one.early), key=lambda one: one.age))  # what is open first
    last = nudges.get(access) if access else None
    recent = last if last is not None and last > now() - EVERY else None
    return Group(person, lately, mails.get(access) if access else None, recent, len(mine) - len(lately))


SECTION = PortalSection("documents", "documents/_portal_section.html", section_of, ON)
