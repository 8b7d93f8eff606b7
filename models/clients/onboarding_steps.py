"""Steps of onboarding: communication preferences, and any section of the client's record as a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from pydantic import Field

from models.accounts.preferences import preferences, set_email_unread
from models.clients.own_language import own_language, set_own_language
from models.clients.registries import OnboardingStep, Wish
from models.clients.sections import SECTIONS, Section, seen
from models.core.actor import Actor
from models.core.errors import missing
from models.core.payload import Payload

Faults = dict[str, list[str]]
Lacks = Callable[[Mapping[str, Any]], Mapping[str, list[str]]]


def section_step(
    section: Section, *, hint: str, of_another: str, usual: Wish | None = "optional", lacks: Lacks = lambda _: {}
) -> OnboardingStep:
    """A step that fills in this section of the record of the client that the person acts for, as far as they see it."""

    async def read(actor: Actor) -> Mapping[str, Any]:
        return await seen(actor, section, _client(actor))

    async def save(actor: Actor, values: Payload) -> None:
        await section.save(actor, _client(actor), values.model_dump(exclude_unset=True))

    return OnboardingStep(
        section.key, section.title, hint, "clients/steps/section.html", section.payload, read, save, usual=usual,
        hint_of_another=of_another, lacks=lacks,
    )


def _a_birth_date(kept: Mapping[str, Any]) -> Faults:
    return {} if kept.get("born_on", "known") else {"born_on": ["Give the birth date."]}


def _a_phone(kept: Mapping[str, Any]) -> Faults:
    return {} if "phone_1_id" in kept else {"phone_1_number": ["Give a number at which the practice reaches you."]}


def _somebody_to_call(kept: Mapping[str, Any]) -> Faults:
    """Whom the practice keeps already, of whom this person may not read, is enough."""
    if "emergency_kept" in kept:
        return {}
    asked = {"emergency_name": "Give a name.", "emergency_phone": "Give a number to call."}
    return {name: [said] for name, said in asked.items() if not kept.get(name)}


def _one_of_both(kept: Mapping[str, Any]) -> Faults:
    said = {"heard_from": ["Say how you found this practice, in a word or two."]}
    return {} if kept.get("heard_from") or kept.get("referred_by") else said


SECTION_STEPS = (
    section_step(SECTIONS["names"], hint="Your name, and what you would like to be called.",
                 of_another="{name}’s name, and what {name} would like to be called.", usual="required"),
    section_step(SECTIONS["demographics"], hint="In your own words, as far as you want to say it.",
                 of_another="About {name}, as far as you want to say it.", lacks=_a_birth_date),
    section_step(SECTIONS["contact"], hint="Where the practice reaches you.",
                 of_another="Where the practice reaches you about {name}.", usual="required", lacks=_a_phone),
    section_step(SECTIONS["emergency"], hint="Whom the practice calls if something happens.",
                 of_another="Whom the practice calls if something happens to {name}.", lacks=_somebody_to_call),
    section_step(SECTIONS["insurance"], hint="As it stands on your card. Without insurance, leave it empty.",
                 of_another="As it stands on {name}’s card. Without insurance, leave it empty."),
    section_step(SECTIONS["time_zone"], hint="So that times are shown as your clock shows them.",
                 of_another="So that times about {name} are shown as your clock shows them."),
    section_step(SECTIONS["referral"], hint="How you found this practice.", of_another="How you found this practice.",
                 lacks=_one_of_both),
)


class PreferenceFields(Payload):
    """What is not sent stays as it is."""

    email_unread: bool | None = None
    language: str | None = Field(None, max_length=20)


async def _read_preferences(actor: Actor) -> Mapping[str, Any]:
    return {**asdict(await preferences(actor)), "language": await own_language(actor)}


async def _save_preferences(actor: Actor, values: PreferenceFields) -> None:
    if values.email_unread is not None:
        await set_email_unread(actor, values.email_unread)
    if values.language is not None:
        await set_own_language(actor, values.language)


PREFERENCES = OnboardingStep(
    "preferences", "Communication Preferences", "What the practice may send you outside this portal.",
    "clients/steps/preferences.html", PreferenceFields, _read_preferences, _save_preferences, about_client=False,
    usual="required", hint_of_another="What the practice may send you outside this portal.",
)


def _client(actor: Actor) -> UUID:
    return actor.access.client_id if actor.access else missing("client")
