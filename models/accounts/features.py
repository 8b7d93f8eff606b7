"""What the portal offers: the practice's switch is the ceiling, and each client and contact has one below it."""

from __future__ import annotations

from models.accounts.practices import reach_by_phone
from models.accounts.registries import FEATURES
from models.core.actor import Actor
from models.core.errors import Forbidden


async def refuse_unless_on(actor: Actor, feature: str | None) -> None:
    """Raises Forbidden `<feature>-off`, with the practice's phone, for a portal person who has it nowhere: for the
    client they act for, or for any of theirs when none is chosen. Staff are never refused here."""
    if feature is None or not actor.portal:
        return
    chosen = (actor.access,) if actor.access else actor.accesses
    if not any(feature in access.features for access in chosen):
        raise await switched_off(feature)


async def switched_off(feature: str) -> Forbidden:
    """The refusal for an access without this feature."""
    title = FEATURES[feature].title.capitalize()
    return Forbidden(f"{feature}-off", f"{title} is switched off for you. {await reach_by_phone()}")
