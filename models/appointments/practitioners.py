"""Who has a calendar of their own, and who makes its hours: an administrator everybody's, a practitioner their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.accounts.me import initials
from models.core.actor import Actor
from models.core.database import fetch_all
from models.core.errors import Forbidden, missing

# Who left keeps their hours, and is offered nowhere.
HERE_NOW = """SELECT id, name, title, voice FROM staff_member WHERE deactivated_at IS NULL AND roles @> '{practitioner}'
  ORDER BY name, id"""


@dataclass(frozen=True)
class Practitioner:
    """Somebody of the team who sees clients."""

    id: UUID
    name: str
    title: str
    voice: str

    @property
    def initials(self) -> str:
        return initials(self.name)


async def practitioners() -> list[Practitioner]:
    """Those who work here now, by name."""
    return [Practitioner(**row) for row in await fetch_all(HERE_NOW)]


async def practitioner_for(actor: Actor, staff_id: UUID) -> Practitioner:
    """The one whose hours this actor makes: themself, or for an administrator anybody. Raises Forbidden for a
    colleague's, Missing for who is none."""
    ensure_may_make(actor, staff_id)
    return next((one for one in await practitioners() if one.id == staff_id), None) or missing("practitioner")


def ensure_may_make(actor: Actor, staff_id: UUID) -> None:
    """Raises Forbidden."""
    if not actor.administrator and not (actor.desk and actor.lens is None and actor.staff_id == staff_id):
        raise Forbidden("not-your-hours", "These are a colleague’s hours. They or an administrator change them.")
