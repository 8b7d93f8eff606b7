"""Who may know that somebody types: those in the same conversation, a client only where the practice lets it."""

from __future__ import annotations

from models.core.events import Audience
from models.messaging.practices import messaging_settings
from models.messaging.seated import Seated
from models.messaging.seats import Sitting, own_seat, rooms


async def hearers(sitting: Sitting) -> tuple[Seated, list[Audience]]:
    """The seat that types, and who hears of it. Raises Forbidden `not-seated`."""
    seat = own_seat(sitting)
    others = [one for one in sitting.open_seats if one.id != seat.id]
    if seat.of_practice and not (await messaging_settings()).clients_see_typing:
        others = [one for one in others if one.of_practice]
    return seat, rooms(others)
