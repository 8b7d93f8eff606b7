"""Clearing somebody's day or range: who is affected, where each would go and what stands in the way, before it is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.availability import Search, free_times
from models.appointments.filling import as_it_is
from models.appointments.finding import Found
from models.appointments.fitting import BLOCKED
from models.appointments.rights import ensure_fills
from models.appointments.tables import Appointment, Attendance, Offering
from models.appointments.taking import Offer, Wanted, minutes_of, overlapping
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Invalid

Kind = Literal["cancel", "move", "free", "hand"]
MOST, MOST_DAYS, LOOKED_THROUGH = 100, 31, 30
OFFERS = """SELECT m.name, m.deactivated_at IS NULL AS here, EXISTS (SELECT FROM service_offer o
  WHERE o.staff_id = m.id AND o.service_id = $2) AS offers FROM staff_member m WHERE m.id = $1"""
NAMES = "SELECT id, name FROM client WHERE id = ANY ($1)"


@dataclass(frozen=True)
class Plan:
    """Of this practitioner, from the first to the last day: cancel, move by so many days and hours, to free times after
    the last day, or hand to `to`."""

    staff_id: UUID
    first: date
    last: date
    kind: Kind = "cancel"
    days: int = 0
    hours: int = 0
    to: UUID | None = None


@dataclass(frozen=True)
class Shown:
    """What the page said of one of them: its version, and the free time that it would go to."""

    version: int
    starts_at: datetime | None = None


Chosen = Mapping[UUID, Shown]


@dataclass(frozen=True)
class Planned:
    """One appointment as it stands, and what would become of it. `wanted`: None when it is cancelled, or cannot be
    done; `obstacle`: why not."""

    found: Found
    names: tuple[str, ...]
    service: str
    offer: Offer | None = None
    wanted: Wanted | None = None
    obstacle: str = ""

    @property
    def id(self) -> UUID:
        return self.found.appointment.id

    @property
    def version(self) -> int:
        return int(self.found.appointment.version)


async def plan(actor: Actor, asked: Plan, chosen: Chosen | None = None) -> list[Planned]:
    """What is still to come, by its start; of that only what was `chosen`. Raises Forbidden for a calendar that is not
    theirs, Invalid by field."""
    await _ensure_plan(actor, asked)
    zone = await zone_here()
    there = [one for one in await _affected(asked, zone) if chosen is None or one.id in chosen]
    if asked.kind == "cancel":
        return there
    made: list[Planned] = []
    ids = [one.id for one in there]
    for one in there:
        if asked.kind == "free" and chosen is not None:
            made.append(await _as_shown(one, chosen[one.id].starts_at, made))
        else:
            made.append(await _placed(one, asked, zone, ids, made))
    return made


async def requests_within(asked: Plan) -> int:
    """How many wishes wait in these days: each is decided about by itself, and stays."""
    begins, ends = _range(asked, await zone_here())
    wishes = Appointment.filter(staff_id=asked.staff_id, state__in=("requested", "offered"))
    return int(await wishes.filter(starts_at__gte=max(begins, now()), starts_at__lt=ends).count())


async def _ensure_plan(actor: Actor, asked: Plan) -> None:
    wrong = {}
    if not asked.first <= asked.last <= asked.first + timedelta(days=MOST_DAYS - 1):
        wrong["last"] = [f"Choose the same day or a later one, {MOST_DAYS} days at most."]
    if asked.kind == "move" and not (asked.days or asked.hours):
        wrong["days"] = ["Say by how many days or hours."]
    if asked.kind == "hand" and (asked.to is None or asked.to == asked.staff_id):
        wrong["to"] = ["Choose a colleague."]
    if wrong:
        raise Invalid(errors=wrong)
    await ensure_fills(actor, asked.staff_id)
    if asked.kind == "hand" and asked.to is not None:
        await ensure_fills(actor, asked.to)


async def _affected(asked: Plan, zone: ZoneInfo) -> list[Planned]:
    begins, ends = _range(asked, zone)
    rows = await Appointment.filter(
        staff_id=asked.staff_id, state="scheduled", starts_at__gte=max(begins, now()), starts_at__lt=ends,
    ).order_by("starts_at", "id").limit(MOST + 1)
    if len(rows) > MOST:
        raise Invalid(errors={"last": [f"These are more than {MOST} appointments. Choose fewer days."]})
    attendances = await Attendance.filter(appointment_id__in=[row.id for row in rows]).order_by("id")
    found = [Found(row, tuple(one for one in attendances if one.appointment_id == row.id)) for row in rows]
    clients = {one.client_id for one in attendances}
    names = {row["id"]: row["name"] for row in await fetch_all(NAMES, list(clients))}
    services = {one.id: one for one in await Offering.filter(id__in=[row.service_id for row in rows if row.service_id])}
    return [_as_it_stands(one, names, services) for one in found]


def _range(asked: Plan, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return (datetime.combine(asked.first, time(), zone),
            datetime.combine(asked.last + timedelta(days=1), time(), zone))


def _as_it_stands(found: Found, names: dict[UUID, str], services: dict[UUID, Offering]) -> Planned:
    here = found.appointment
    service = services.get(here.service_id) if here.service_id else None
    return Planned(found, tuple(names[one] for one in found.clients), service.name if service else "Appointment",
                   Offer(service, here.fee_cents) if service else None)


async def _placed(
    one: Planned, asked: Plan, zone: ZoneInfo, ids: Sequence[UUID], before: Sequence[Planned]
) -> Planned:
    if one.offer is None:
        return replace(one, obstacle="It has no service. Move it by itself.")
    here = as_it_is(one.found)
    if asked.kind == "free":
        return await _next_free(one, one.offer, here, asked, before)
    if asked.kind == "hand" and asked.to is not None:
        wanted, obstacle = replace(here, staff_id=asked.to), await _cannot_take(asked.to, one.offer.service)
    else:
        starts_at = _moved(here.starts_at, zone, asked)
        wanted = replace(here, starts_at=starts_at or here.starts_at)
        obstacle = "" if starts_at else "This time does not exist on that day: the clocks change."
    obstacle = obstacle or await in_the_way(one.offer, wanted, ids)
    return replace(one, obstacle=obstacle) if obstacle else replace(one, wanted=wanted)


async def in_the_way(offer: Offer, wanted: Wanted, besides: Sequence[UUID]) -> str:
    """What keeps it from standing there, in words; nothing when it can."""
    if wanted.starts_at <= now():
        return "That would be in the past."
    rows = await overlapping(offer, wanted, besides)
    if rows and any(row["same_practitioner"] for row in rows):
        return "Something else stands there, buffers included."
    if rows:
        return "The room is taken then."
    if await fetch_one(BLOCKED, wanted.staff_id, wanted.room_id, wanted.starts_at, wanted.ends_at):
        return "That time is blocked or off."
    return ""


async def _cannot_take(to: UUID, service: Offering) -> str:
    row = await fetch_one(OFFERS, to, service.id)
    if row is None or not row["here"]:
        return "They are no longer here."
    return "" if row["offers"] else f"{row['name']} does not offer {service.name}."


def _moved(starts_at: datetime, zone: ZoneInfo, asked: Plan) -> datetime | None:
    """Days go by the clock on the wall, hours by the hour; None for a time that the clocks leave out."""
    local = starts_at.astimezone(zone)
    wall = datetime.combine(local.date() + timedelta(days=asked.days), local.time(), zone)
    real = wall.astimezone(UTC)
    if real.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return None
    return real + timedelta(hours=asked.hours)


async def _next_free(one: Planned, offer: Offer, here: Wanted, asked: Plan, before: Sequence[Planned]) -> Planned:
    """The first free time after the last day that none of those before has got."""
    row = one.found.appointment
    search = Search(offer.service, minutes_of(row.starts_at, row.ends_at), row.mode, (asked.staff_id,),
                    asked.last + timedelta(days=1), LOOKED_THROUGH, online=False, besides=row.id)
    given = [(each.wanted, each.offer) for each in before if each.wanted is not None and each.offer is not None]
    for time_ in await free_times(search):
        wanted = replace(here, starts_at=time_.starts_at)
        apart = all(_apart(wanted, offer, other, theirs) for other, theirs in given)
        if apart and row.location_id in (None, time_.location_id) and not await in_the_way(offer, wanted, [row.id]):
            return replace(one, wanted=wanted)
    return replace(one, obstacle=f"No time is free in the {LOOKED_THROUGH} days after.")


async def _as_shown(one: Planned, starts_at: datetime | None, before: Sequence[Planned]) -> Planned:
    """To the free time that the page named, if it still is free."""
    if one.offer is None or starts_at is None:
        return replace(one, obstacle="No time was chosen.")
    wanted = replace(as_it_is(one.found), starts_at=starts_at)
    obstacle = await in_the_way(one.offer, wanted, [one.id])
    for each in before:
        if each.wanted and each.offer and not _apart(wanted, one.offer, each.wanted, each.offer):
            obstacle = "Another one of these goes there."
    return replace(one, obstacle=obstacle) if obstacle else replace(one, wanted=wanted)


def _apart(one: Wanted, offer: Offer, other: Wanted, theirs: Offer) -> bool:
    (begins, ends), (starts, stops) = _busy(one, offer), _busy(other, theirs)
    return ends <= starts or stops <= begins


def _busy(wanted: Wanted, offer: Offer) -> tuple[datetime, datetime]:
    service = offer.service
    return (wanted.starts_at - timedelta(minutes=service.buffer_before),
            wanted.ends_at + timedelta(minutes=service.buffer_after))
