"""Two more doors for whoever books and holds in the portal: the verbs behind its booking pages, with nothing drawn
around them. A house is given them by importing this before its application (mutants.py does)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from models.appointments import booking, holding
from models.appointments.rights import ensure_books
from models.appointments.taking import Wanted, offer_for
from models.core.actor import Actor
from models.core.payload import Payload
from server.door import PORTAL, Done, post


class Take(Payload):
    service: UUID
    practitioner: UUID
    starts_at: datetime
    minutes: int = 50
    place: UUID | None = None
    hold: UUID | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.service, self.minutes, self.practitioner, self.starts_at,
                      "in-person" if self.place else "phone", self.place)


@post("/test/book", allow=PORTAL, portal=True, body=Take)
async def book(actor: Actor, body: Take) -> Done:
    made = await booking.book(actor, body.wanted, hold_id=body.hold)
    return Done({"appointment": made.appointment_id, "state": made.state})


@post("/test/hold", allow=PORTAL, portal=True, body=Take)
async def hold(actor: Actor, body: Take) -> Done:
    await ensure_books(actor)
    made = await holding.place(actor, await offer_for(body.wanted), body.wanted)
    return Done({"hold": made.id})
