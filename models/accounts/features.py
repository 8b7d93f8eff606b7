"""What the portal offers: the practice's switch is the ceiling, and each client and contact has one below it."""

from __future__ import annotations

from models.accounts.events import FEATURES_CHANGED
from models.accounts.practices import profile, reach_by_phone
from models.accounts.registries import FEATURES, Feature
from models.accounts.sides import portal_logins, refuse_unless_administrator
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Forbidden, missing
from models.core.events import Part, ToLogin, ToStaff

# One statement each, so that two administrators at two switches never undo each other's.
SWITCH = {
    True: """UPDATE practice_profile SET features_off = array_remove(features_off, $1)
      WHERE practice_id = portico_here() AND $1 = ANY (features_off)""",
    False: """UPDATE practice_profile SET features_off = array_append(features_off, $1)
      WHERE practice_id = portico_here() AND $1 <> ALL (features_off)""",
}


async def features_here() -> list[tuple[Feature, bool]]:
    """Every feature there is, and whether the practice has it on."""
    off = set((await profile()).features_off)
    return [(feature, key not in off) for key, feature in FEATURES.items()]


async def set_feature(actor: Actor, key: str, *, on: bool) -> None:
    """The practice's own switch. Acts on every open page at once; nobody away is told afterwards what came before.

    Raises Forbidden for anybody but an administrator, Missing for an unknown feature.
    """
    refuse_unless_administrator(actor)
    if key not in FEATURES:
        missing("feature")
    async with change(actor, "features.set"):
        if await execute(SWITCH[on], key):
            logins = await portal_logins()
            heard = [Part([*map(ToLogin, logins), ToStaff()], {"feature": key})]
            await record(actor, FEATURES_CHANGED, heard, rights_of=logins)


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
