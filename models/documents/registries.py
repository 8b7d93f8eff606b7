"""What other areas add to documents. Filled by server.wiring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from models.core.actor import Actor

# Of a client: words and phrases that say what they are treated for, which no e-mail may hold.
CLINICAL_WORDS: list[Callable[[UUID], Awaitable[list[str]]]] = []

# Says something to a person (their id: the client's or a contact's) about a client as a secure message; gives the
# conversation's id. One at most.
SECURE_MESSAGES: list[Callable[[Actor, UUID, UUID, str], Awaitable[UUID]]] = []
