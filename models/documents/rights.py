"""Who may see documents, and how much of them.

Clients see what was shared with them. A contact sees what was shared with them, and fills it in while Manage
Documentation is theirs; what they have handed in stays theirs to read. Staff see that something was asked for and how
far it is with `document_status`, and what it says with `clinical`.

The library of forms: administrators, practitioners and supervisors make, publish and archive forms; who schedules looks
at them, to share them; who only bills does not see it.
"""

from __future__ import annotations

from uuid import UUID

from models.clients.access import managed_client, sees_client
from models.clients.registries import ContactPermission
from models.clients.tables import Client
from models.core.actor import AccessOf, Actor, Role
from models.core.errors import Forbidden

DOCUMENTATION = ContactPermission(
    "documentation", "Manage Documentation",
    "Gets forms and documents to fill in and sign for the client, and sees what they handed in",
)

EDITORS = frozenset({Role.ADMINISTRATOR, Role.PRACTITIONER, Role.SUPERVISOR})
READERS = EDITORS | {Role.SCHEDULER}


def edits_forms(actor: Actor) -> bool:
    """Whether this person may make, change, publish, archive and import forms of the library."""
    return actor.desk and actor.lens is None and bool(actor.roles & EDITORS)


def sees_forms(actor: Actor) -> bool:
    """Whether this person may look at the library, and share what is in it."""
    return actor.desk and actor.lens is None and bool(actor.roles & READERS)


def ensure_edits_forms(actor: Actor) -> None:
    """Raises Forbidden `no-forms` or `forms-read-only`."""
    ensure_sees_forms(actor)
    if not edits_forms(actor):
        raise Forbidden("forms-read-only", "You may look at the forms and share them. Administrators, practitioners and"
                        " supervisors change them.")


def ensure_sees_forms(actor: Actor) -> None:
    """Raises Forbidden `no-forms`."""
    if not sees_forms(actor):
        raise Forbidden("no-forms", "Your role does not include the practice’s forms.")


def manages_documents(access: AccessOf) -> bool:
    """Whether this person fills in what is asked of them: the client always, a contact by permission."""
    return access.contact_id is None or DOCUMENTATION.key in access.permissions


async def documentation_of(actor: Actor, client_id: UUID) -> Client:
    """The client, for staff who may ask and share: who changes the record and sees how far its documents are. Raises
    Missing, Forbidden."""
    client = await managed_client(actor, client_id)
    if not await sees_documents(actor, client_id):
        raise Forbidden("no-documents", "What somebody is asked to fill in is not open to you. Ask an administrator.")
    return client


async def sees_documents(actor: Actor, client_id: UUID) -> bool:
    """Whether this staff member sees what was asked of this client's people and how far it is."""
    return await sees_client(actor, client_id, "document_status") or await sees_client(actor, client_id, "clinical")
