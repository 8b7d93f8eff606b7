"""Which times are free, of whom and where; who offers what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from models.appointments import free_times as pure
from models.appointments.loading import IN_PERSON, REACH, Loaded, Search, load
from models.appointments.openings import EPOCH, moment
from models.appointments.tables import Offering
from models.appointments.zones import zone_here
from models.core.clock import now
from models.core.database import Row, fetch_all
from models.core.errors import Conflict

__all__ = [
    "Bookable", "FreeTime", "Length", "Practitioner", "Search", "bookable_services", "free_times", "is_free",
    "room_for", "rooms_at", "who_offers",
]

# The emptiest: which has the least time taken between $5 and $6, a day around; then by name.
ROOMS = """SELECT r.id, coalesce(bool_or(t.begins < $3 AND $2 < t.ends), false) AS taken FROM room r
  LEFT JOIN LATERAL (
    SELECT greatest(a.starts_at - make_interval(mins => a.buffer_before), $5::timestamptz) AS begins,
      least(a.ends_at + make_interval(mins => a.buffer_after), $6::timestamptz) AS ends
    FROM appointment a WHERE a.room_id = r.id AND a.starts_at >= $5 AND a.starts_at < $6
      AND a.state IN ('hold', 'requested', 'offered', 'scheduled') AND (a.state <> 'hold' OR a.held_until > $4)
      AND a.id IS DISTINCT FROM $7::uuid
    UNION ALL SELECT greatest(b.starts_at, $5), least(b.ends_at, $6) FROM calendar_block b
    WHERE b.room_id = r.id AND b.ends_at > $5 AND b.starts_at < $6) t ON true
  WHERE r.location_id = $1 AND r.closed_at IS NULL GROUP BY r.id, r.name
  ORDER BY coalesce(sum(t.ends - t.begins), '0'), lower(r.name), r.id"""
OFFERS = """SELECT o.service_id, m.id, m.name, m.title, b.about FROM service_offer o
  JOIN staff_member m ON m.id = o.staff_id AND m.deactivated_at IS NULL AND m.roles @> '{practitioner}'
  JOIN practitioner_booking b ON b.staff_id = m.id AND b.online AND (b.new_clients OR NOT $2)
  WHERE $1::uuid IS NULL OR o.service_id = $1 ORDER BY lower(m.name), m.id"""
LENGTHS = "SELECT service_id, minutes, fee_cents FROM service_length ORDER BY minutes"


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Who can be booked, as clients may know them."""

    id: UUID
    name: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Length:
    """How long a service may last. A fee of None is not named."""

    minutes: int
    fee_cents: int | None


@dataclass(frozen=True, slots=True)
class Bookable:
    """A service that can be booked: its lengths, the shortest first, and who offers it, by name."""

    service: Offering
    lengths: tuple[Length, ...]
    practitioners: tuple[Practitioner, ...]


@dataclass(frozen=True, slots=True)
class FreeTime:
    """`location_id`: where, for who comes in person; None by phone and video."""

    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    location_id: UUID | None


async def free_times(search: Search) -> list[FreeTime]:
    """All of them by start, then in the order of the practitioners asked for. Expired holds take nothing. Somebody who
    is not active (online: not bookable for this service) has none."""
    found = _free(search, await load(search, await zone_here()))
    whose = [
        (staff_id, location_id, starts)
        for staff_id in search.staff_ids
        for location_id, starts in sorted(found.get(staff_id, {}).items(), key=lambda one: str(one[0]))
    ]
    by_start = sorted((minute, number) for number, (_, _, starts) in enumerate(whose) for minute in starts)
    length = timedelta(minutes=search.minutes)
    return [
        FreeTime(whose[number][0], at, at + length, whose[number][1])
        for minute, number in by_start for at in (moment(minute),)
    ]


async def is_free(search: Search, staff_id: UUID, starts_at: datetime, location_id: UUID | None) -> bool:
    """Whether free_times would name this very time (the search's own days and practitioners do not matter); staff are
    bound to no grid. Asked inside the transaction that books, once the calendars are held."""
    zone = await zone_here()
    day = starts_at.astimezone(zone).date()
    one = replace(search, staff_ids=(staff_id,), first_day=day, days=1)
    minute, off = divmod((starts_at - EPOCH).total_seconds(), 60)
    if off:
        return False
    found = _free(one, await load(one, zone, grid=search.online))
    return int(minute) in found.get(staff_id, {}).get(location_id, ())


async def room_for(
    location_id: UUID, starts_at: datetime, ends_at: datetime, buffer_before: int, buffer_after: int,
    besides: UUID | None = None,
) -> UUID | None:
    """An open room of the location that is free then, buffers and all: the one least taken around that time, the first
    by name of several. None where the location has no rooms; raises Conflict `no-room` when all are taken."""
    begins, ends = starts_at - timedelta(minutes=buffer_before), ends_at + timedelta(minutes=buffer_after)
    rooms = await fetch_all(ROOMS, location_id, begins, ends, now(), begins - REACH, ends + REACH, besides)
    if not rooms:
        return None
    for room in rooms:
        if not room["taken"]:
            return UUID(str(room["id"]))
    raise Conflict("no-room", "Every room is taken at this time. Choose another time.")


async def rooms_at(location_id: UUID | None) -> list[UUID]:
    """Whoever lets room_for choose holds all of these before (locking.py): then nobody else chooses at the same moment,
    and holds that are over stand in no room's way."""
    if location_id is None:
        return []
    rows = await fetch_all("SELECT id FROM room WHERE location_id = $1 AND closed_at IS NULL", location_id)
    return [row["id"] for row in rows]


async def who_offers(service_id: UUID, *, newcomer: bool) -> list[Practitioner]:
    """Active practitioners whom clients (newcomers) may book for it, by name."""
    return [_practitioner(row) for row in await fetch_all(OFFERS, service_id, newcomer)]


async def bookable_services(*, newcomer: bool) -> list[Bookable]:
    """What existing clients (newcomers) may book, by name: services with a length and somebody who offers them. Places
    of a group are for clients."""
    wanted = ("everyone",) if newcomer else ("existing", "everyone")
    services = await Offering.filter(archived_at=None, bookable__in=wanted)
    lengths, offers = defaultdict(list), defaultdict(list)
    for row in await fetch_all(LENGTHS):
        lengths[row["service_id"]].append(Length(row["minutes"], row["fee_cents"]))
    for row in await fetch_all(OFFERS, None, newcomer):
        offers[row["service_id"]].append(_practitioner(row))
    return [
        Bookable(one, tuple(lengths[one.id]), tuple(offers[one.id]))
        for one in sorted(services, key=lambda each: (each.name.casefold(), each.id))
        if lengths[one.id] and offers[one.id] and not (newcomer and one.sessions_only)
    ]


def _free(search: Search, loaded: Loaded) -> dict[UUID, pure.Found]:
    service = search.service
    if search.online and service.sessions_only:
        return {}
    wish = pure.Wish(search.minutes, service.buffer_before, service.buffer_after, search.mode == IN_PERSON)
    return pure.free_times(loaded.calendars, loaded.house, wish, search.first_day, search.days)


def _practitioner(row: Row) -> Practitioner:
    return Practitioner(row["id"], row["name"], row["title"], row["about"])
