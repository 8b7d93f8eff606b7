"""Sessions of a group that stand on a calendar and have places left: clients book into them online.

A place that somebody holds while they fill in the form is a row beside the session's own, put over it on purpose: a
hold of the same service and practitioner at the same time. It counts as taken until it is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.free_times import Rules
from models.appointments.loading import Search, rules_for
from models.appointments.tables import Appointment
from models.appointments.taking import AHEAD, FRESH, Offer, Wanted, books_at_once, ensure_free
from models.appointments.zones import zone_here
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import Conflict

GROUP = "group"

# Who cancelled takes no place. Whoever comes already, or cancelled late and owes for it, is not offered it again.
HELD = """(SELECT count(*) FROM appointment h WHERE h.state = 'hold' AND h.overlap_ok AND h.staff_id = a.staff_id
  AND h.service_id = a.service_id AND h.starts_at = a.starts_at AND h.held_until > {at}
  AND h.id IS DISTINCT FROM {besides}::uuid)::int"""
OPEN = f"""SELECT a.id, a.staff_id, a.starts_at, a.ends_at, a.location_id, a.capacity
    - (SELECT count(*) FROM attendance t WHERE t.appointment_id = a.id
        AND t.state NOT IN ('cancelled', 'late-cancelled'))::int
    - {HELD.format(at="$7", besides="$8")} AS places
  FROM appointment a
  WHERE a.state = 'scheduled' AND a.kind = 'group' AND a.service_id = $1 AND a.mode = $2 AND a.staff_id = ANY ($3)
    AND a.starts_at >= $4 AND a.starts_at < $5 AND a.ends_at - a.starts_at = make_interval(mins => $6)
    AND NOT EXISTS (SELECT 1 FROM attendance t WHERE t.appointment_id = a.id AND t.client_id = $9
      AND t.state <> 'cancelled')
  ORDER BY a.starts_at, array_position($3, a.staff_id)"""
HELD_OF = f"SELECT {HELD.format(at='$2', besides='NULL')} AS held FROM appointment a WHERE a.id = $1"


@dataclass(frozen=True, slots=True)
class Session:
    """`places`: how many are left, at least one."""

    id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    location_id: UUID | None
    places: int


async def open_sessions(search: Search, client_id: UUID | None) -> list[Session]:
    """Those that this client (None: any) may book into by themselves, by their start: with a place left, of
    practitioners who can be booked online, as far ahead as anything else, and where nobody has to accept it."""
    if search.service.kind != GROUP:
        return []
    zone, at = await zone_here(), now()
    rules, offer = await rules_for(search, zone), Offer(search.service, None)
    begins, ends = _midnight(search.first_day, zone), _midnight(search.first_day + timedelta(days=search.days), zone)
    rows = await fetch_all(
        OPEN, search.service.id, search.mode, list(search.staff_ids), begins, ends, search.minutes, at, search.besides,
        client_id,
    )
    return [
        Session(*(row[name] for name in Session.__slots__)) for row in rows
        if row["places"] > 0 and _in_reach(row, rules, zone) and books_at_once(offer, row["starts_at"], at)
    ]


async def session_or_free(
    offer: Offer, wanted: Wanted, client_id: UUID | None, *, besides: UUID | None = None
) -> Session | None:
    """The session with a place for this client that stands at the wanted time; None: the time itself is free. `None` as
    a client: a visitor, who asks for times alone. Raises Conflict `time-taken` with other times, sessions included."""
    if client_id is None or offer.service.kind != GROUP:
        await ensure_free(offer, wanted, besides=besides)
        return None
    day = wanted.starts_at.astimezone(await zone_here()).date()
    search = Search(offer.service, wanted.minutes, wanted.mode, (wanted.staff_id,), day, 1, besides=besides)
    for one in await open_sessions(search, client_id):
        if (one.starts_at, one.location_id) == (wanted.starts_at, wanted.location_id):
            return one
    try:
        await ensure_free(offer, wanted, besides=besides)
    except Conflict as taken:
        if taken.code == "time-taken":
            later = await open_sessions(replace(search, days=AHEAD), client_id)
            times = {*taken.errors["times"], *(one.starts_at.isoformat() for one in later)}
            taken.errors["times"] = sorted(times, key=datetime.fromisoformat)[:FRESH]
        raise
    return None


async def held_places(here: Appointment) -> int:
    """How many places of it are held while somebody fills in the form."""
    row = await fetch_one(HELD_OF, here.id, now())
    return row["held"] if row else 0


def _in_reach(row: Row, rules: dict[UUID, Rules], zone: ZoneInfo) -> bool:
    """By the notice and the horizon of its practitioner; who cannot be booked online has none."""
    own = rules.get(row["staff_id"])
    if own is None:
        return False
    soon = own.earliest is not None and row["starts_at"].timestamp() < own.earliest * 60
    far = own.last_day is not None and row["starts_at"].astimezone(zone).date() > own.last_day
    return not soon and not far


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
