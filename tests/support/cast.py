"""The people of tests. Each practice is new; everybody's password is the demo's."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from argon2 import PasswordHasher

from models.accounts.actors import actor_of_session
from models.accounts.tables import Session
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id, new_token, token_hash
from models.core.scope import Scope, run_scope
from server.worlds import PASSWORD, Face, People, found

T = TypeVar("T")

DESK = frozenset({"owner", "practitioner", "supervisor", "frontdesk", "biller"})


class Cast:
    """One practice and the ways to act in it."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.practice_id = people.practice_id
        self.subdomain = people.subdomain
        self.tokens: dict[UUID, str] = {}

    async def actor(self, name: str, *, client: str | None = None) -> Actor:
        """Somebody, freshly signed in; a portal person acts for `client` (needed with several)."""
        session_id = await self.session(name)
        actor = await self.inside(lambda: actor_of_session(self.practice_id, session_id))
        if actor.desk:
            return actor
        chosen = self.people.clients[client] if client else None
        return actor.acting_for(chosen) if chosen or len(actor.accesses) == 1 else actor

    async def session(self, name: str) -> UUID:
        """A session of that person, as a sign-in makes it, without the price of hashing a password."""
        token, session_id, login_id = new_token(), new_id(), self.people.logins[name]
        self.tokens[session_id] = token
        ends_at = now() + timedelta(days=365)

        async def work(_: Scope) -> None:
            side = "desk" if name in self.people.staff else "portal"
            await Session.create(id=session_id, login_id=login_id, side=side, active_at=now(), ends_at=ends_at)
            await execute(
                "INSERT INTO session_key (hash, practice_id, session_id, login_id, ends_at, due_at)"
                " VALUES ($1, $2, $3, $4, $5, $5)",
                token_hash(token),
                self.practice_id,
                session_id,
                login_id,
                ends_at,
            )

        await run_scope(self.practice_id, work)
        return session_id

    async def inside(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something in this practice's scope; what it changes is committed."""
        return await run_scope(self.practice_id, lambda _: work())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.people, name)


async def new_cast() -> Cast:
    subdomain = f"t{secrets.token_hex(6)}"
    people = await found(
        Face(subdomain, "Harbor Counseling"), mail_domain=f"{subdomain}.test", password_hash=password()
    )
    assert people is not None
    return Cast(people)


@cache
def password() -> str:
    """Hashed once and cheaply: what is tested is not how long it takes."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
