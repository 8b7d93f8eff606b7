"""What a new practice has of appointments: its settings as they come, and nothing that clients do by themselves."""

from __future__ import annotations

from models.appointments.registering import BOOK_ONLINE, CANCEL
from models.appointments.tables import BookingSettings
from models.core.actor import Actor
from models.core.database import execute
from models.core.events import Event
from models.core.scope import current_scope, remembered

OFF = """UPDATE practice_profile SET features_off = features_off || $1::text[]
  WHERE practice_id = portico_here()"""


async def furnish(actor: Actor | None, event: Event) -> None:
    """Listener on practice.founded."""
    await BookingSettings.create(practice_id=current_scope().practice_id)
    await execute(OFF, [CANCEL.key, BOOK_ONLINE.key])


async def booking_settings() -> BookingSettings:
    """Of the open practice."""
    practice_id = current_scope().practice_id
    return await remembered("booking", lambda: BookingSettings.get(practice_id=practice_id))
