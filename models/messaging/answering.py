"""What happens when a client writes and nobody is there: the cover joins, and one automatic answer says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from models.core.clock import now
from models.messaging.absence import Absence, Absent, absences
from models.messaging.changing import tell
from models.messaging.seated import Seated
from models.messaging.seating import Place, seat
from models.messaging.seats import Sitting, sitting_of
from models.messaging.writing import Said, write

QUIET = timedelta(hours=12)


async def bring_cover(sitting: Sitting) -> tuple[Sitting, Absent]:
    """Before a client's message is written: colleagues who stand in for the absent take a seat, so that they see it.

    Returns the conversation as it is then, and who is absent. The conversation is locked; inside a change.
    """
    desk = sitting.desk_seat is not None
    absent = await absences(_staff(sitting), now(), desk=desk) if sitting.client_id else {}
    joined = [await cover(sitting, one, after=sitting.last_position) for one in absent.values()]
    if any(joined):
        await tell(None, sitting)
        sitting = await sitting_of(sitting.id, sitting.viewer, lock=True) or sitting
    return sitting, absent


async def cover(sitting: Sitting, absence: Absence, *, after: int) -> bool:
    """Seat the colleague who stands in; False when there is none or they sit there already."""
    if absence.cover_id is None or absence.cover_id in _staff(sitting):
        return False
    place = Place(staff_id=absence.cover_id)
    return await seat(sitting.id, place, after=after, at=now(), covers_for=absence.staff_id) is not None


async def answer_for_the_absent(sitting: Sitting, absent: Absent) -> None:
    """Say once in twelve hours that nobody is there: for whoever is out of office, or when all are outside hours
    (Front desk's are the practice's)."""
    if not absent or not due(sitting.auto_answered_at, now()):
        return
    seats = [one for one in sitting.open_seats if one.of_practice and one.active]
    speaker = _speaker(seats, absent)
    if speaker is None:
        return
    absence = absent[speaker.staff_id]
    if answer(absence):
        await write(None, sitting, Said(speaker, answer(absence), automatic=absence.kind))


def due(last: datetime | None, at: datetime) -> bool:
    """Whether another automatic answer may go out."""
    return last is None or at - last >= QUIET


def answer(absence: Absence) -> str:
    """The person's own words, and who stands in for them."""
    if not absence.cover_name:
        return absence.text
    return f"{absence.text}\n\n{absence.cover_name} is standing in and reads along here now."


def _speaker(seats: list[Seated], absent: Absent) -> Seated | None:
    out = [one for one in seats if one.staff_id in absent and absent[one.staff_id].kind == "away"]
    if out:
        return out[0]
    return seats[0] if seats and all(one.staff_id in absent for one in seats) else None


def _staff(sitting: Sitting) -> list[UUID]:
    return [one.staff_id for one in sitting.open_seats if one.staff_id is not None]
