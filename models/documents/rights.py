"""Who may see documents, and how much of them.

Clients see what was shared with them. A contact sees what was shared with them, and fills it in while Manage
Documentation is theirs; what they have handed in stays theirs to read. Staff see that something was asked for and how
far it is with `document_status`, and what it says with `clinical`.
"""

from __future__ import annotations

from models.clients.registries import ContactPermission
from models.core.actor import AccessOf

DOCUMENTATION = ContactPermission(
    "documentation", "Manage Documentation",
    "Gets forms and documents to fill in and sign for the client, and sees what they handed in",
)


def manages_documents(access: AccessOf) -> bool:
    """Whether this person fills in what is asked of them: the client always, a contact by permission."""
    return access.contact_id is None or DOCUMENTATION.key in access.permissions
