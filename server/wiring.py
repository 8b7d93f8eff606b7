"""Where the house is put together: every door and ask imported, registries filled, listeners registered. One list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from models.clients.access import visible_clients
from models.core.actor import Actor

AREAS_WITH_DOORS = (
    "accounts",
    "own_account",
    "stepping_up",
    "links",
    "passkeys",
    "security",
    "sign_in_settings",
    "resets",
    "brand",
    "files",
    "messaging",
    "talking",
    "front_desk",
    "absence",
    "messaging_settings",
    "notifications",
    "home",
    "metrics",
    "overview",
    "dev",
)
AREAS_WITH_ASKS = ("accounts", "messaging")

_redis: Any = None


@cache
def wire() -> None:
    """Import what registers itself, then connect the areas. Once a process."""
    for area in AREAS_WITH_DOORS:
        import_module(f"server.{area}")
    for area in AREAS_WITH_ASKS:
        import_module(f"realtime.{area}")
    _fill_registries()
    _register_listeners()


def use_redis(connection: Any) -> None:
    """The worker's connection, for the readiness check and the limits."""
    global _redis
    _redis = connection
    from models.core import limits

    limits.use(connection)


def redis() -> Any:
    return _redis


async def clients_of(actor: Actor) -> Iterable[UUID] | None:
    """Whose records a staff member may see; None for all. Decides the rooms of a desk session."""
    return await visible_clients(actor)


def _fill_registries() -> None:
    from models.accounts.registries import FEATURES, ME_PARTS
    from models.files.holders import holder
    from models.messaging.holding import held_seats
    from models.messaging.picking import may_write_to
    from models.messaging.practices import FEATURE as MESSAGING
    from models.messaging.presence import audience_of
    from realtime import presence
    from server import frames, pages

    ME_PARTS[:] = [may_write_to]
    FEATURES.update({feature.key: feature for feature in (MESSAGING,)})
    holder("seat", held_seats)
    presence.audience_of = audience_of
    pages.SETTINGS_PAGES[:] = [
        ("messaging", "Messaging", "/staff/settings/messaging"),
        ("security", "Sign-in", "/staff/settings/security"),
        ("idle", "When nobody is there", "/staff/settings"),
    ]
    pages.PAGE_PARTS[:] = [frames.practice_part, frames.person_part, frames.messaging_part]


def _register_listeners() -> None:
    from models.notifications import listening

    listening.register()
