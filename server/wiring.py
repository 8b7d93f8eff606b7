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
    "brand",
    "files",
    "messaging",
    "talking",
    "front_desk",
    "absence",
    "messaging_settings",
    "audit",
    "view_as",
    "emergency",
    "unusual",
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
    from models.clients.profile import administrators_alone
    from models.clients.registries import PROFILE_TABS, ProfileTab
    from models.files.holders import holder
    from models.files.whose import about
    from models.messaging.holding import clients_of_seats, held_seats
    from models.messaging.picking import may_write_to
    from models.messaging.practices import FEATURE as MESSAGING
    from models.messaging.presence import audience_of
    from realtime import presence
    from server import frames, pages

    ME_PARTS[:] = [may_write_to]
    FEATURES.update({feature.key: feature for feature in (MESSAGING,)})
    holder("seat", held_seats)
    about("seat", clients_of_seats)
    presence.audience_of = audience_of
    pages.SETTINGS_PAGES[:] = [
        ("messaging", "Messaging", "/staff/settings/messaging"),
        ("idle", "When nobody is there", "/staff/settings"),
        ("audit", "Audit", "/staff/settings/audit"),
    ]
    PROFILE_TABS[:] = [*PROFILE_TABS, ProfileTab("audit", "Audit", "/audit", administrators_alone)]
    pages.PAGE_PARTS[:] = [frames.practice_part, frames.person_part, frames.messaging_part]


def _register_listeners() -> None:
    from models.notifications import listening

    listening.register()
