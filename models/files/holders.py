"""Who holds a grant. A grant names a holder by kind and id; each kind has one rule that says which ids are the actor's.

The rule of seats belongs to messaging, which stands above files: it registers it with `holder` (server/wiring.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from uuid import UUID

from models.clients.access import visible_clients
from models.core.actor import Actor

Holds = Callable[[Actor, Collection[UUID]], Awaitable[set[UUID]]]

_rules: dict[str, Holds] = {}


def holder(kind: str, rule: Holds) -> None:
    """Register the rule of a kind of holder: of these ids, those which the actor holds right now."""
    _rules[kind] = rule


async def holds_any(actor: Actor, grants: Iterable[tuple[str, UUID]]) -> bool:
    """True when the actor holds at least one of the (kind, id) pairs."""
    by_kind: dict[str, set[UUID]] = {}
    for kind, holder_id in grants:
        by_kind.setdefault(kind, set()).add(holder_id)
    for kind, ids in by_kind.items():
        if kind in _rules and await _rules[kind](actor, ids):
            return True
    return False


async def _accesses(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    seen = actor.lens or actor.access
    mine = {seen.access_id} if seen else {access.access_id for access in actor.accesses}
    return mine & set(ids)


async def _logins(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    return set() if actor.lens else {actor.login_id} & set(ids)


async def _staff_of_clients(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    visible = await visible_clients(actor, "clinical")  # what a file says is content
    return set(ids) if visible is None else set(visible) & set(ids)


holder("access", _accesses)
holder("login", _logins)
holder("staff-of-client", _staff_of_clients)
