"""Whose an e-mail address is already. It is one client's own; who shares it with a child is that child's contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from models.clients import contacts
from models.clients.access import sees_client, visible_clients
from models.core.actor import Actor
from models.core.database import fetch_all, fetch_one

# Who is a client and a contact at once stands here as the client.
OWNERS = """SELECT 'client' AS kind, id, name, email FROM client WHERE email = ANY($1) AND id IS DISTINCT FROM $2
  UNION ALL SELECT 'contact', id, name, email FROM contact WHERE email = ANY($1) AND client_id IS NULL"""
LINKED = "SELECT 1 FROM client_contact WHERE contact_id = $1 AND client_id = ANY($2) LIMIT 1"


@dataclass(frozen=True)
class Owner:
    kind: Literal["client", "contact"]
    id: UUID
    name: str
    email: str


async def owners(emails: Sequence[str], *, but: UUID | None = None) -> dict[str, Owner]:
    """Of these addresses, those that are somebody's, with whose: a client's before a contact's. `but`: a client who may
    have it."""
    rows = await fetch_all(OWNERS, [one for one in emails if one], but)
    found = [Owner(**row) for row in rows]
    return {one.email: one for one in sorted(found, key=lambda one: one.kind, reverse=True)}


async def known_to(actor: Actor, owner: Owner) -> bool:
    """Whether this staff member may learn who it is."""
    if owner.kind == "client":
        return await sees_client(actor, owner.id)
    seen = await visible_clients(actor)
    return seen is None or await fetch_one(LINKED, owner.id, seen) is not None


async def link_owner(actor: Actor, client_id: UUID, owner: Owner, relation: str) -> None:
    """That person becomes a contact of this client. Raises Missing for one out of this actor's sight, Conflict
    `linked-already`."""
    given = {"person": owner.id, "kind": relation, "relation": ""}
    await contacts.add(actor, client_id, given)
