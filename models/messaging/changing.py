"""People come and go: who sits in a conversation adds and removes, a client cannot."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.events import Part
from models.messaging.asks import MOST_PEOPLE
from models.messaging.events import PEOPLE
from models.messaging.seated import Seated
from models.messaging.seating import may_write_about, places_of, rekey, seat
from models.messaging.seats import Sitting, held, own_seat, rooms, seats_of
from models.messaging.unanswered import settle

CLOSE = """UPDATE seat SET until_position = $2, left_at = $3 WHERE id = ANY($1) AND left_at IS NULL"""
RELEASE = "UPDATE conversation SET claimed_by = NULL, claimed_at = NULL WHERE id = $1"


async def change_people(
    actor: Actor, sitting: Sitting, *, add: Sequence[UUID] = (), remove: Sequence[UUID] = ()
) -> None:
    """Add people by id (see `start`) and remove seats. Who comes sees what is said from now on, who goes keeps what
    was said until now.

    Raises Forbidden for a portal person and for staff who do not sit there, Missing, Invalid, Conflict `last-staff`.
    """
    if not actor.desk:
        raise Forbidden("staff-only", "People are added and removed by the practice. Ask in a message.")
    async with change(actor, "conversation.change_people"):
        sitting = await held(actor, sitting)
        own_seat(sitting)
        gone = [_seat(sitting, one) for one in dict.fromkeys(remove)]
        came = await _add(actor, sitting, add)
        await _remove(sitting, gone)
        if came or gone:
            await tell(actor, sitting, gone)


async def tell(actor: Actor | None, sitting: Sitting, gone: Sequence[Seated] = ()) -> None:
    """After seats changed: the group's key, what waits for Front desk, and word to those who sit or sat there."""
    await rekey(sitting.id)
    seats = await seats_of(sitting.id)
    desk = any(one.open and one.kind == "front-desk" for one in seats)
    await settle(sitting.id, front_desk=desk)
    if not desk and sitting.desk_seat is not None:
        await execute(RELEASE, sitting.id)
    ids = {"conversation": sitting.id, "client": sitting.client_id}
    hearers = rooms([*(one for one in seats if one.open), *gone])
    await record(actor, PEOPLE, [Part(hearers, ids)], subject_id=sitting.id)


async def _add(actor: Actor, sitting: Sitting, ids: Sequence[UUID]) -> int:
    if not ids:
        return 0
    if len(sitting.open_seats) + len(ids) > MOST_PEOPLE:
        raise Invalid(errors={"add": [f"At most {MOST_PEOPLE} people sit in one conversation."]})
    places = await places_of(ids, client_id=sitting.client_id, practice_id=actor.practice_id)
    if any(place.access_id for place in places):
        if sitting.client_id is None:
            raise Invalid(errors={"add": ["This conversation is among staff. Start one about the client instead."]})
        await may_write_about(actor, sitting.client_id)
    came = [await seat(sitting.id, place, after=sitting.last_position, at=now()) for place in places]
    return sum(seat_id is not None for seat_id in came)


async def _remove(sitting: Sitting, gone: Sequence[Seated]) -> None:
    if not gone:
        return
    await execute(CLOSE, [one.id for one in gone], sitting.last_position, now())
    seats = [one for one in await seats_of(sitting.id) if one.open]
    if not any(one.of_practice and one.active for one in seats):
        raise Conflict("last-staff", "Somebody of the practice must stay. Add a colleague first, then leave.")
    if len(seats) < 2:
        raise Conflict("last-two", "A conversation needs two people. Put it away instead.")


def _seat(sitting: Sitting, seat_id: UUID) -> Seated:
    return next((one for one in sitting.open_seats if one.id == seat_id), None) or missing("person")
