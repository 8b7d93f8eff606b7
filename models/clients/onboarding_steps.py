"""Steps of onboarding: communication preferences, and any section of the client's record as a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from models.accounts.asks import SetPreferences
from models.accounts.preferences import preferences, set_email_unread
from models.clients.registries import OnboardingStep, Wish
from models.clients.sections import SECTIONS, Section, seen
from models.core.actor import Actor
from models.core.errors import missing
from models.core.payload import Payload


def section_step(section: Section, *, hint: str, usual: Wish | None = "optional") -> OnboardingStep:
    """A step that fills in this section of the record of the client that the person acts for, as far as they see it."""

    async def read(actor: Actor) -> Mapping[str, Any]:
        return await seen(actor, section, _client(actor))

    async def save(actor: Actor, values: Payload) -> None:
        await section.save(actor, _client(actor), values.model_dump(exclude_unset=True))

    template = "clients/steps/section.html"
    return OnboardingStep(section.key, section.title, hint, template, section.payload, read, save, usual=usual)


SECTION_STEPS = (
    section_step(SECTIONS["names"], hint="Your name, and what you would like to be called.", usual="required"),
    section_step(SECTIONS["demographics"], hint="In your own words, as far as you want to say it."),
    section_step(SECTIONS["contact"], hint="Where the practice reaches you.", usual="required"),
    section_step(SECTIONS["emergency"], hint="Whom the practice calls if something happens."),
    section_step(SECTIONS["insurance"], hint="As it stands on your card."),
    section_step(SECTIONS["time_zone"], hint="So that times are shown as your clock shows them."),
    section_step(SECTIONS["referral"], hint="How you found this practice."),
)


async def _read_preferences(actor: Actor) -> Mapping[str, Any]:
    return asdict(await preferences(actor))


async def _save_preferences(actor: Actor, values: SetPreferences) -> None:
    await set_email_unread(actor, values.email_unread)


PREFERENCES = OnboardingStep(
    "preferences", "Communication Preferences", "What the practice may send you outside this portal.",
    "clients/steps/preferences.html", SetPreferences, _read_preferences, _save_preferences, about_client=False,
    usual="required",
)


def _client(actor: Actor) -> UUID:
    return actor.access.client_id if actor.access else missing("client")
