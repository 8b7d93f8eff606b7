"""What staff read of an appointment: everything, a visit's name, service and code, or that somebody is busy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.appointments.rights import filled_by
from models.clients.access import visible_clients
from models.core.actor import Actor


class Level(StrEnum):
    """`whole`: who, what, where, notes · `visit`: who, what and its code, for who bills · `busy`: that it is taken."""

    WHOLE = "whole"
    VISIT = "visit"
    BUSY = "busy"


@dataclass(frozen=True)
class Sight:
    """None: everybody. `fills`: whose calendars they fill; `clients`: whose appointments they see, wherever they stand;
    `visits`: of whom they see name, service and code."""

    fills: frozenset[UUID] | None
    clients: frozenset[UUID] | None
    visits: frozenset[UUID] | None

    def may_fill(self, staff_id: UUID) -> bool:
        return self.fills is None or staff_id in self.fills

    def level(self, staff_id: UUID, clients: Collection[UUID]) -> Level:
        """Of an appointment of this practitioner with these clients."""
        if self.may_fill(staff_id) or _reaches(self.clients, clients):
            return Level.WHOLE
        return Level.VISIT if _reaches(self.visits, clients) else Level.BUSY

    def names(self, staff_id: UUID, client_id: UUID) -> bool:
        """Whether this client of the appointment may be named: in a group not everybody's record is theirs."""
        one = (client_id,)
        return self.may_fill(staff_id) or _reaches(self.clients, one) or _reaches(self.visits, one)


def _reaches(seen: frozenset[UUID] | None, clients: Iterable[UUID]) -> bool:
    return any(True for _ in clients) if seen is None else any(one in seen for one in clients)


async def sight_of(actor: Actor, *, only: Collection[UUID] = ()) -> Sight:
    """Three statements at most, whatever is looked at; none where `only` one's own calendar is."""
    if only and set(only) == {actor.staff_id} and actor.desk and actor.lens is None:
        return Sight(frozenset(only), frozenset(), frozenset())
    return Sight(await filled_by(actor), await _clients(actor, "calendar"), await _clients(actor, "visits"))


async def _clients(actor: Actor, right: str) -> frozenset[UUID] | None:
    found = await visible_clients(actor, right)  # type: ignore[arg-type]
    return None if found is None else frozenset(found)
