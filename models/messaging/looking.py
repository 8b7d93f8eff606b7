"""How somebody looks at conversations: from which side, with which seats, and what the practice lets them see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.core.actor import Actor
from models.messaging.practices import messaging_settings
from models.messaging.seated import Seated, Viewer
from models.messaging.seats import viewer_of
from models.messaging.tables import MessagingSettings


@dataclass(frozen=True)
class Looks:
    """The viewer, as the pure functions of showing.py need them."""

    viewer: Viewer
    portal: bool
    sees_online: bool
    sees_read: bool
    acts_for_others: bool  # a contact, or somebody with several accesses: must always see whom it is about
    staff_id: UUID | None
    through: bool = False  # staff look through this person's eyes: they read what they sit in themselves

    def reads(self, seats: Sequence[Seated], position: int | None) -> bool:
        """Whether the words at this place may be read: through somebody's eyes by those alone who see them anyway."""
        return not self.through or any(
            seat.kind == "staff" and seat.staff_id == self.staff_id and position is not None and seat.sees(position)
            for seat in seats
        )

    def sits(self, seats: Sequence[Seated]) -> bool:
        """Whether the one who looks through somebody's eyes has, or had, a seat of their own here."""
        return any(seat.kind == "staff" and seat.staff_id == self.staff_id for seat in seats)


async def looks_of(actor: Actor) -> Looks:
    """Clients see of staff what the practice lets them; staff see everything of the conversations they sit in."""
    settings = await messaging_settings() if actor.portal else MessagingSettings()
    return Looks(
        viewer=viewer_of(actor), portal=actor.portal, through=actor.lens is not None,
        sees_online=actor.desk or settings.clients_see_online,
        sees_read=actor.desk or settings.clients_see_read, staff_id=actor.staff_id,
        acts_for_others=len(actor.accesses) > 1 or any(access.contact_id for access in actor.accesses),
    )
