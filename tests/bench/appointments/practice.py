"""A practice with practitioners who can be booked, made in bulk past the policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from models.appointments.tables import Offering
from models.core.ids import new_id
from tests.bench.stack.people import Pair, new_practices

PRACTITIONERS, LOCATIONS, MINUTES, BUFFER = 20, 2, 50, 10
LONG_AGO = date(2015, 1, 5)
# Everyone works from 9 to 17 in New York; so many of those eight hours of each working day are taken, one after the
# other from a start that differs by practitioner and day, by appointments of 50 minutes with 10 after them.
FILL = """INSERT INTO appointment (practice_id, id, state, staff_id, service_id, location_id, room_id, made_side,
    starts_at, ends_at, buffer_after)
  SELECT $1, gen_random_uuid(), 'scheduled', w.staff_id, $2, w.location_id, w.room_id, 'desk', t.at,
    t.at + interval '50 minutes', 10
  FROM unnest($3::uuid[], $4::uuid[], $5::uuid[]) WITH ORDINALITY AS w (staff_id, location_id, room_id, place)
  CROSS JOIN generate_series($6::date, $7::date, interval '1 day') WITH ORDINALITY AS d (day, number)
  CROSS JOIN generate_series(0, $8::int - 1) AS n
  CROSS JOIN LATERAL (SELECT (d.day::date + make_interval(hours => 9 + (w.place + d.number * 3 + n)::int % 8))
    AT TIME ZONE 'America/New_York' AS at) t
  WHERE extract(isodow FROM d.day) < 6 ORDER BY t.at LIMIT $9"""


@dataclass(frozen=True)
class Bookable:
    """A practice whose practitioners offer `service`, each in a room of their own at one of two locations."""

    practice_id: UUID
    pairs: list[Pair]
    service: Offering
    locations: list[UUID]
    rooms: list[UUID]

    @property
    def staff_ids(self) -> tuple[UUID, ...]:
        return tuple(pair.staff_id for pair in self.pairs)


async def new_bookable(admin: asyncpg.Connection, practitioners: int = PRACTITIONERS) -> Bookable:
    """Bookable by clients at once, far ahead, in steps of 15 minutes, from Monday to Friday."""
    [pairs] = await new_practices(admin, 1, pairs=practitioners)
    here = pairs[0].practice_id
    service = Offering(id=new_id(), practice_id=here, name="Counseling", modes=["in-person"], bookable="everyone",
                       confirm="instant", buffer_after=BUFFER)
    made = Bookable(here, pairs, service, [new_id() for _ in range(LOCATIONS)], [new_id() for _ in pairs])
    await _copy(admin, "booking_settings", "practice_id slot_minutes horizon_days", [(here, 15, 400)])
    columns = "practice_id id name modes bookable confirm buffer_after"
    await _copy(admin, "service", columns, [(here, *(getattr(service, one) for one in columns.split()[1:]))])
    await _copy(admin, "service_length", "practice_id service_id minutes", [(here, service.id, MINUTES)])
    await _copy(admin, "location", "practice_id id name", [(here, one, str(one)) for one in made.locations])
    await _write_practitioners(admin, made)
    return made


async def fill(admin: asyncpg.Connection, there: Bookable, first: date, days: int, *, a_day: int, most: int) -> None:
    """So many appointments a working day of each practitioner, until there are as many as `most`."""
    staff = list(there.staff_ids)
    await admin.execute(FILL, there.practice_id, there.service.id, staff, _places(there), there.rooms, first,
                        first + timedelta(days=days - 1), a_day, most)


def _places(there: Bookable) -> list[UUID]:
    return [there.locations[number % LOCATIONS] for number in range(len(there.pairs))]


async def _write_practitioners(admin: asyncpg.Connection, made: Bookable) -> None:
    here, service_id = made.practice_id, made.service.id
    await _copy(admin, "service_offer", "practice_id service_id staff_id",
                [(here, service_id, one) for one in made.staff_ids])
    await _copy(admin, "practitioner_booking", "practice_id staff_id online new_clients",
                [(here, one, True, True) for one in made.staff_ids])
    where = list(zip(made.staff_ids, _places(made), made.rooms, strict=True))
    await _copy(admin, "room", "practice_id id location_id name",
                [(here, room, at, str(room)) for _, at, room in where])
    await _copy(
        admin, "weekly_hours", "practice_id id staff_id location_id weekday from_minute until_minute valid_from",
        [(here, new_id(), one, at, day, 540, 1020, LONG_AGO) for one, at, _ in where for day in range(5)],
    )


async def _copy(admin: asyncpg.Connection, table: str, columns: str, records: list[tuple[Any, ...]]) -> None:
    await admin.copy_records_to_table(table, columns=columns.split(), records=records)
