"""Whether somebody would hear what is said now, and the sentence that stands in the composer's place when not."""

from __future__ import annotations

from models.accounts.practices import reach_by_phone
from models.core.actor import read_only_words
from models.messaging.seats import CLOSED, Sitting


async def why_silent(sitting: Sitting) -> str:
    """Why nothing can be said here now; empty when it can. A client is told the practice's phone."""
    seat = sitting.seat
    if seat is None:
        return CLOSED
    if seat.read_only and not seat.of_practice:
        return read_only_words()
    others = [one for one in sitting.open_seats if one.id != seat.id]
    if any(one.reachable for one in others):
        return ""
    if not seat.of_practice:
        return f"Nobody at the practice reads this conversation now. {await reach_by_phone()}"
    silent = next((one for one in others if one.active and not one.messaging), None)
    if silent is not None:
        return f"Secure messaging is switched off for {silent.name}."
    return "Nobody else reads this conversation now. Add somebody first."
