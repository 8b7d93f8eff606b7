"""What a calendar can be narrowed by and filled with: practitioners, rooms, locations, services."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.appointments.rights import filled_by
from models.core.actor import Actor
from models.core.database import Row, fetch_all

# Who left stays findable as long as something of theirs stands on a calendar: the first of it is asked for, since to
# find that there is none every appointment would be read.
PRACTITIONERS = """SELECT m.id, m.name, m.title, m.voice, m.deactivated_at IS NULL AS here,
    EXISTS (SELECT 1 FROM weekly_hours h WHERE h.staff_id = m.id) AS hours FROM staff_member m
  WHERE (m.deactivated_at IS NULL AND (m.roles @> '{practitioner}'
      OR EXISTS (SELECT 1 FROM service_offer o WHERE o.staff_id = m.id)))
    OR (SELECT a.starts_at FROM appointment a WHERE a.practice_id = m.practice_id AND a.staff_id = m.id
      ORDER BY a.starts_at LIMIT 1) IS NOT NULL ORDER BY m.name, m.id"""
LOCATIONS = "SELECT id, name FROM location WHERE closed_at IS NULL ORDER BY lower(name), id"
ROOMS = """SELECT r.id, r.name, r.location_id, l.name AS location FROM room r JOIN location l ON l.id = r.location_id
  WHERE r.closed_at IS NULL AND l.closed_at IS NULL ORDER BY lower(l.name), lower(r.name), r.id"""
SERVICES = """SELECT s.id, s.name, s.kind, s.capacity, s.colour, s.modes, s.buffer_before, s.buffer_after,
    coalesce((SELECT array_agg(l.minutes ORDER BY l.minutes) FROM service_length l WHERE l.service_id = s.id), '{}')
      AS lengths,
    coalesce((SELECT array_agg(o.staff_id) FROM service_offer o JOIN staff_member m ON m.id = o.staff_id
      WHERE o.service_id = s.id AND m.deactivated_at IS NULL), '{}') AS staff
  FROM service s WHERE s.archived_at IS NULL ORDER BY s.capacity > 1, lower(s.name), s.id"""


@dataclass(frozen=True)
class Choices:
    """Rows by name. `practitioners` also say whether this person fills their calendar (`fills`),
    and whether their hours are known (`hours`)."""

    practitioners: list[dict[str, Any]]
    locations: list[dict[str, Any]]
    rooms: list[dict[str, Any]]
    services: list[dict[str, Any]]

    @property
    def fills(self) -> list[dict[str, Any]]:
        """Whose calendars this person fills, of those who are here."""
        return [one for one in self.practitioners if one["fills"] and one["here"]]

    def bookable(self) -> list[dict[str, Any]]:
        """Services that somebody offers whose calendar this person fills, with a length."""
        mine = {one["id"] for one in self.fills}
        return [one for one in self.services if one["lengths"] and mine & set(one["staff"])]


async def choices(actor: Actor) -> Choices:
    """For any staff member; names of practitioners and rooms are no secret among them."""
    whose = await filled_by(actor)
    people = [
        {**row, "fills": whose is None or row["id"] in whose, "own": row["id"] == actor.staff_id}
        for row in await fetch_all(PRACTITIONERS)
    ]
    lists = [[dict(row) for row in await fetch_all(sql)] for sql in (LOCATIONS, ROOMS, SERVICES)]
    return Choices(people, *lists)


def rooms_by_location(rooms: list[dict[str, Any]]) -> dict[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for one in rooms:
        found[one["location_id"]].append(one)
    return found
