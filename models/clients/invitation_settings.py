"""What a practice asks of the people it invites, whether it reminds them, and who hears that one has finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.clients.portal_events import INVITATION_SETTINGS_CHANGED
from models.clients.registries import ONBOARDING_STEPS, PAPERS
from models.clients.tables import InvitationSettings
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, json_text
from models.core.errors import Forbidden
from models.core.events import Part, ToStaff

WISHES = ("required", "optional")
UPSERT = """INSERT INTO invitation_settings (asks, reminders, tells_front_desk, documents)
    VALUES ($1::jsonb, $2, $3, $4::jsonb)
  ON CONFLICT (practice_id) DO UPDATE SET asks = excluded.asks, reminders = excluded.reminders,
    tells_front_desk = excluded.tells_front_desk, documents = excluded.documents"""


async def invitation_settings() -> InvitationSettings:
    """The practice's settings, or the defaults: reminders go out, the front desk is not told."""
    return await InvitationSettings.first() or InvitationSettings(reminders=True, tells_front_desk=False, documents=[])


async def usual_asks() -> dict[str, str]:
    """What a new invitation of this practice asks for, by step."""
    chosen = (await invitation_settings()).asks
    if chosen is None:
        return {key: step.usual for key, step in ONBOARDING_STEPS.items() if step.usual}
    return known_asks(chosen)


def known_asks(given: Mapping[str, Any]) -> dict[str, str]:
    """Of what was chosen, the steps there are, each required or optional; whatever else was said is not asked."""
    return {key: given[key] for key in ONBOARDING_STEPS if given.get(key) in WISHES}


async def configure(
    actor: Actor, *, asks: Mapping[str, str], reminders: bool, tells_front_desk: bool, documents: Sequence[str] = ()
) -> None:
    """`documents` as papers.py knows them. Raises Forbidden for anybody but an administrator; Missing for a file of
    somebody else, Invalid for one that cannot be signed."""
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes this. Ask one of them.")
    async with change(actor, "invitation.configure"):
        for one in PAPERS:
            await one.keep(actor, documents)
        await execute(UPSERT, json_text(known_asks(asks)), reminders, tells_front_desk, json_text(list(documents)))
        await record(actor, INVITATION_SETTINGS_CHANGED, [Part([ToStaff()])])
