"""What is missing before clients can come: a list that the areas fill, asked anew whenever something of it changes."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts.practices import profile
from models.accounts.registries import READINESS, Readiness
from models.core.actor import Actor
from models.core.database import fetch_one


@dataclass(frozen=True)
class Step:
    """A line of the checklist as it stands."""

    key: str
    title: str
    hint: str
    href: str
    done: bool


async def checklist(actor: Actor) -> list[Step]:
    """Every line, in the order of the registry."""
    return [Step(one.key, one.title, one.hint, one.href, await one.done(actor)) for one in READINESS]


async def missing_for_opening(actor: Actor) -> list[str]:
    """Titles of what is needed before the portal can be turned on and is not there, as parts of a sentence."""
    return [one.title[:1].lower() + one.title[1:] for one in READINESS if one.needed and not await one.done(actor)]


async def _reachable(actor: Actor) -> bool:
    face = await profile()
    return bool(face.phone.strip() and face.address.strip())


async def _urgent(actor: Actor) -> bool:
    return bool((await profile()).crisis_text.strip())


async def _staffed(actor: Actor) -> bool:
    row = await fetch_one("SELECT 1 FROM staff_member WHERE 'practitioner' = ANY (roles) AND deactivated_at IS NULL")
    return row is not None


async def _turned_on(actor: Actor) -> bool:
    return await fetch_one("SELECT 1 FROM practice WHERE id = portico_here() AND state = 'open'") is not None


REACHABLE = Readiness(
    "details", "Say where the practice is and its phone", "Clients see both, also while the portal is closed.",
    "/staff/settings/practice", _reachable, on="practice.details_changed",
)
URGENT = Readiness(
    "urgent", "Say whom to call in an emergency", "It stands above every message that a client writes.",
    "/staff/settings/messaging", _urgent, needed=True, on="messaging.settings_changed practice.details_changed",
)
STAFFED = Readiness(
    "practitioner", "Have a practitioner on the team", "Somebody whom clients can be assigned to and write to.",
    "/staff/settings/team", _staffed, on="staff.joined staff.changed staff.deactivated",
)
TURNED_ON = Readiness(
    "portal", "Turn on the client portal", "Choose its address. Until then clients read that it is not open.",
    "/staff/settings/portal", _turned_on, on="portal.opened portal.closed",
)
