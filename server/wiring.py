"""Where the house is put together: every door and ask imported, registries filled, listeners registered. One list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from models.clients.access import sees_client, visible_clients
from models.core.actor import Actor

AREAS_WITH_DOORS = (
    "accounts",
    "own_account",
    "team",
    "joining",
    "leaving",
    "practices_of_one",
    "brand",
    "files",
    "messaging",
    "talking",
    "front_desk",
    "absence",
    "messaging_settings",
    "clients",
    "client_record",
    "client_messages",
    "importing",
    "exporting",
    "details",
    "contacts",
    "information",
    "practice_settings",
    "branding_settings",
    "portal_settings",
    "portal_frame",
    "bare_domain",
    "audit",
    "view_as",
    "emergency",
    "unusual",
    "notifications",
    "portal_tab",
    "client_setup",
    "invitations",
    "invitation_settings",
    "onboarding",
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
    from models.clients.onboarding_steps import PREFERENCES
    from models.clients.registries import CONTACT_PERMISSIONS, ONBOARDING_STEPS, PROFILE_TABS, ProfileTab
    from models.clients.sections import INFORMATION
    from models.accounts import readiness
    from models.accounts.registries import FEATURES, ME_PARTS, READINESS
    from models.clients.readiness import INVITED
    from models.accounts.registries import FEATURES, ME_PARTS, OWNERSHIPS, PERMISSIONS
    from models.accounts.supervision import SUPERVISEES
    from models.clients.access import permissions_of
    from models.clients.handing_over import CLIENTS
    from models.files.holders import holder
    from models.messaging import handing_over
    from models.messaging.holding import held_seats
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
    from server.details import TAB as DETAILS_TAB
    from server import frames, pages, portal_frame
    from server import frames, pages, practices_of_one

    CONTACT_PERMISSIONS.update({one.key: one for one in (INFORMATION,)})
    ME_PARTS[:] = [may_write_to]
    PERMISSIONS[:] = [permissions_of]
    OWNERSHIPS[:] = [CLIENTS, *handing_over.OWNERSHIPS, SUPERVISEES]
    FEATURES.update({feature.key: feature for feature in (MESSAGING,)})
    PROFILE_TABS[:] = [
        ProfileTab("overview", "Overview", "", sees_client),
        DETAILS_TAB,
        ProfileTab("messages", "Messages", "/messages", sees_client),
    ]
    ONBOARDING_STEPS.update({step.key: step for step in (PREFERENCES,)})
    PROFILE_TABS[:] = [ProfileTab("portal", "Portal", "/portal", sees_client)]
    holder("seat", held_seats)
    about("seat", clients_of_seats)
    presence.audience_of = audience_of
    pages.SETTINGS_PAGES[:] = [
        ("practice", "Practice", "/staff/settings/practice"),
        ("branding", "Branding", "/staff/settings/branding"),
    portal_frame.pages_of_switched_off_features()
    READINESS[:] = [
        readiness.REACHABLE,
        readiness.URGENT,
        readiness.STAFFED,
        readiness.TURNED_ON,
        INVITED,
    ]
    holder("seat", held_seats)
    presence.audience_of = audience_of
    pages.SETTINGS_PAGES[:] = [
        ("portal", "Portal", "/staff/settings/portal"),
        ("team", "Team", "/staff/settings/team"),
        ("messaging", "Messaging", "/staff/settings/messaging"),
        ("idle", "When nobody is there", "/staff/settings"),
        ("invitations", "Invitations", "/staff/settings/invitations"),
        ("audit", "Audit", "/staff/settings/audit"),
    ]
    PROFILE_TABS[:] = [*PROFILE_TABS, ProfileTab("audit", "Audit", "/audit", administrators_alone)]
    pages.PAGE_PARTS[:] = [frames.practice_part, frames.person_part, frames.messaging_part]
    pages.PAGE_PARTS.append(practices_of_one.practices_part)


def _register_listeners() -> None:
    from models.accounts import founding
    from models.core.change import on
    from models.messaging import practices
    from models.notifications import listening

    on("login.password_changed", founding.on_password_set)
    on("practice.founded", practices.furnish)
    from models.accounts import linking
    from models.notifications import listening

    linking.listen()
    listening.register()
