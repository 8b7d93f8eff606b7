"""Steps of onboarding: communication preferences, and any section of the client's record as a step."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from models.accounts.asks import SetPreferences
from models.accounts.preferences import preferences, set_email_unread
from models.clients.registries import OnboardingStep, Wish
from models.core.actor import Actor
from models.core.errors import missing
from models.core.payload import Payload


class Section(Protocol):
    """A part of a client's record with a form of its own, as the Details tab draws it."""

    @property
    def title(self) -> str: ...
    @property
    def payload(self) -> type[Payload]: ...
    def read(self, client_id: UUID) -> Awaitable[Mapping[str, Any]]: ...
    def save(self, actor: Actor, client_id: UUID, values: Any) -> Awaitable[None]: ...


def section_step(key: str, section: Section, *, template: str, hint: str, usual: Wish | None) -> OnboardingStep:
    """A step that fills in this section of the record of the client that the person acts for."""

    async def read(actor: Actor) -> Mapping[str, Any]:
        return await section.read(_client(actor))

    async def save(actor: Actor, values: Any) -> None:
        await section.save(actor, _client(actor), values)

    return OnboardingStep(key, section.title, hint, template, section.payload, read, save, usual=usual)


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
