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
    "own_preferences",
    "team",
    "joining",
    "crossing",
    "leaving",
    "practices_of_one",
    "stepping_up",
    "links",
    "passkeys",
    "security",
    "own_email",
    "sign_in_settings",
    "resets",
    "brand",
    "files",
    "uploads",
    "own_uploads",
    "client_files",
    "file_settings",
    "messaging",
    "talking",
    "front_desk",
    "absence",
    "messaging_settings",
    "clients",
    "client_record",
    "merging",
    "households",
    "client_messages",
    "importing",
    "exporting",
    "details",
    "contacts",
    "information",
    "practice_settings",
    "room_settings",
    "service_settings",
    "availability_settings",
    "booking_settings",
    "booking_preview",
    "working_hours",
    "calendar_blocks",
    "branding_settings",
    "portal_settings",
    "cancellation_settings",
    "reminder_settings",
    "reminders",
    "client_appointments",
    "diagnoses",
    "portal_frame",
    "bare_domain",
    "audit",
    "view_as",
    "emergency",
    "unusual",
    "notifications",
    "portal_tab",
    "inviting_many",
    "documentation",
    "shared_documents",
    "own_portal",
    "own_data",
    "client_setup",
    "invitations",
    "invitation_settings",
    "onboarding",
    "own_documents",
    "client_document",
    "risk_alerts",
    "own_appointments",
    "booking",
    "moving_own",
    "public_booking",
    "booking_requests",
    "appointments",
    "needs_outcome",
    "signing",
    "signed_documents",
    "signing_settings",
    "verifying",
    "clearing",
    "home",
    "calendar",
    "forms",
    "form_pages",
    "form_versions",
    "form_imports",
    "ready_forms",
    "metrics",
    "overview",
    "form_building",
    "form_preview",
    "dev",
)
AREAS_WITH_ASKS = ("accounts", "messaging", "documents", "form_building")

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
    from server import wiring_documents

    _fill_accounts()
    _fill_features()
    _fill_clients()
    wiring_documents.fill()
    _fill_pages()


def _fill_accounts() -> None:
    from models.accounts import readiness
    from models.accounts.invited_by import INVITATIONS
    from models.accounts.registries import (
        MAIL_CHOICES,
        ME_PARTS,
        OWNERSHIPS,
        PERMISSIONS,
        READINESS,
        MailChoice,
    )
    from models.accounts.supervision import SUPERVISEES
    from models.appointments.handing_over import OWNERSHIP as APPOINTMENTS
    from models.clients.access import permissions_of
    from models.clients.handing_over import CLIENTS
    from models.clients.import_handing_over import IMPORTS
    from models.clients.readiness import INVITED
    from models.messaging import handing_over
    from models.messaging.picking import may_write_to

    ME_PARTS[:] = [may_write_to]
    PERMISSIONS[:] = [permissions_of]
    OWNERSHIPS[:] = [CLIENTS, APPOINTMENTS, *handing_over.OWNERSHIPS, SUPERVISEES, INVITATIONS, IMPORTS]
    MAIL_CHOICES[:] = [MailChoice(*one) for one in MAILS]
    READINESS[:] = [readiness.REACHABLE, readiness.URGENT, readiness.STAFFED, readiness.TURNED_ON, INVITED]


def _fill_features() -> None:
    from models.accounts.registries import FEATURES
    from models.appointments.registering import BOOK_ONLINE, CANCEL
    from models.files.registering import UPLOADS
    from models.messaging.practices import FEATURE as MESSAGING

    FEATURES.update({feature.key: feature for feature in (MESSAGING, CANCEL, BOOK_ONLINE, UPLOADS)})


# Kinds of mail with a switch of their own: key, title, hint, and whether staff get them.
MAILS = [
    ("onboarding-completed", "When a client finishes onboarding",
     "One e-mail, at once. It names nobody; Today says who it was.", True),
    ("appointment-by-client", "When a client books, moves or cancels on your calendar",
     "One e-mail, three minutes later. It names nobody.", True),
    ("appointment", "When an appointment is booked, moved or cancelled",
     "One e-mail, three minutes later, with an entry for your calendar. It says when and where.", False),
    ("appointment-reminders", "Before an appointment",
     "Reminders at the times that the practice has chosen, with a button to confirm.", False),
    ("documents", "When something is shared with you, or still waits",
     "One e-mail for all that came at once; it names nothing of it.", False),
    ("signed-copy", "When a copy of what you signed is ready, or it was voided",
     "One e-mail, at once. It names no document.", False),
]


def _fill_clients() -> None:
    from models.appointments.registering import BOOK, REMIND, VIEW
    from models.clients.onboarding_steps import PREFERENCES, SECTION_STEPS
    from models.clients.profile import administrators_alone
    from models.clients.registries import CONTACT_PERMISSIONS, ONBOARDING_STEPS, PROFILE_TABS, ProfileTab
    from models.clients.sections import INFORMATION
    from models.documents.rights import DOCUMENTATION
    from server.client_appointments import TAB as APPOINTMENTS
    from server.details import TAB as DETAILS
    from server.diagnoses import TAB as DIAGNOSES

    CONTACT_PERMISSIONS.update({one.key: one for one in (VIEW, BOOK, REMIND, INFORMATION, DOCUMENTATION)})
    ONBOARDING_STEPS.update({step.key: step for step in (*SECTION_STEPS, PREFERENCES)})
    PROFILE_TABS[:] = [
        ProfileTab("overview", "Overview", "", sees_client),
        DETAILS,
        APPOINTMENTS,
        DIAGNOSES,
        ProfileTab("messages", "Messages", "/messages", sees_client),
        ProfileTab("portal", "Portal", "/portal", sees_client),
        ProfileTab("audit", "Audit", "/audit", administrators_alone),
    ]


def _fill_pages() -> None:
    from models.messaging.presence import audience_of, audience_of_name
    from realtime import documents, presence
    from server import (
        appointments,
        booking_requests,
        calendar,
        entry_facts,
        filling,
        frames,
        pages,
        portal_frame,
        portal_settings,
        practices_of_one,
        risk_alerts,
    )
    from server.cancellation_settings import SECTION as CANCELLATION
    from server.file_settings import SECTION as FILES

    presence.audience_of, presence.audience_of_name = audience_of, audience_of_name
    filling.TELLING[:] = [documents.tell_others]
    portal_frame.pages_of_switched_off_features()  # of every feature: after all are registered
    pages.SETTINGS_PAGES[:] = SETTINGS
    portal_settings.SECTIONS[:] = [CANCELLATION, FILES]
    calendar.ENTRY_PARTS[:] = [appointments.PART, entry_facts.PART, booking_requests.PART]
    pages.PAGE_PARTS[:] = [
        frames.practice_part, frames.person_part, frames.messaging_part, frames.documents_part,
        practices_of_one.practices_part, booking_requests.requests_part, risk_alerts.alerts_part,
    ]


SETTINGS = [
    ("practice", "Practice", "/staff/settings/practice"),
    ("branding", "Branding", "/staff/settings/branding"),
    ("portal", "Portal", "/staff/settings/portal"),
    ("invitations", "Invitations", "/staff/settings/invitations"),
    ("team", "Team", "/staff/settings/team"),
    ("services", "Services", "/staff/settings/services"),
    ("availability", "Availability", "/staff/settings/availability"),
    ("booking", "Booking", "/staff/settings/booking"),
    ("messaging", "Messaging", "/staff/settings/messaging"),
    ("billing", "Billing", "/staff/settings/billing"),
    ("reminders", "Reminders", "/staff/settings/reminders"),
    ("signing", "Signing", "/staff/settings/signing"),
    ("idle", "Idle time", "/staff/settings"),
    ("security", "Sign-in", "/staff/settings/security"),
    ("audit", "Audit", "/staff/settings/audit"),
]


def _register_listeners() -> None:
    from models.accounts import founding, linking
    from models.appointments import furnishing
    from models.clients import practice_days
    from models.core.change import on
    from models.documents import ready
    from models.files import registering
    from models.messaging import practices
    from models.notifications import listening

    on("login.password_changed", founding.on_password_set)
    on("practice.founded", practices.furnish)
    on("practice.founded", furnishing.furnish)
    on("practice.founded", ready.furnish)
    on("practice.founded", registering.furnish)
    on("practice.details_changed", practice_days.on_details_changed)
    linking.listen()
    listening.register()
