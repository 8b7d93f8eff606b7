"""The practice as messaging knows it: its phone for who cannot write here, and its messaging settings."""

from __future__ import annotations

from models.accounts.features import switched_off
from models.accounts.registries import Feature
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Forbidden, Invalid
from models.core.events import Event, Part, ToStaff
from models.core.scope import current_scope
from models.messaging.events import SETTINGS
from models.messaging.tables import MessagingSettings

FIELDS = (
    "clients_see_online", "clients_see_typing", "clients_see_read", "clients_write_front_desk", "start_needs_access",
)

UPSERT = f"""INSERT INTO messaging_settings ({", ".join(FIELDS)}) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (practice_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in FIELDS)}"""


FEATURE = Feature("messaging", "Secure Messaging", "Clients and their contacts write with your staff in the portal.")


async def messaging_off() -> Forbidden:
    """The refusal for an access whose messaging is switched off."""
    return await switched_off(FEATURE.key)


async def messaging_settings() -> MessagingSettings:
    """The practice's settings, or the defaults: clients see when staff read, not when they type or are online."""
    return await MessagingSettings.first() or MessagingSettings()


async def furnish(actor: Actor | None, event: Event) -> None:
    """Listener on practice.founded: a new practice has messaging's settings as they come."""
    await MessagingSettings.create(practice_id=current_scope().practice_id)


async def set_banner(actor: Actor, text: str) -> None:
    """What stands above a client's messages: not for emergencies, and whom to call. For administrators."""
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes this. Ask one of them.")
    if not text.strip():
        raise Invalid(errors={"crisis_text": ["Say whom to call in an emergency. Clients must always find it."]})
    async with change(actor, "messaging.set_banner"):
        await execute("UPDATE practice_profile SET crisis_text = $1", text.strip())
        await record(actor, SETTINGS, [Part((ToStaff(),))])


async def configure(actor: Actor, chosen: dict[str, bool]) -> None:
    """Change what is given, leave the rest. Raises Forbidden for anybody but an administrator."""
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes this. Ask one of them.")
    async with change(actor, "messaging.configure"):
        settings = await messaging_settings()
        await execute(UPSERT, *(chosen.get(name, getattr(settings, name)) for name in FIELDS))
        await record(actor, SETTINGS, [Part((ToStaff(),))])
