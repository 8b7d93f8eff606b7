"""What the calendar's templates need beside what doors answer in JSON; and one's own day, for Today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.choices import Choices
from models.appointments.entries import Entry, Wanted, entries
from models.appointments.looking import Details
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_one
from server import calendar_words
from server.calendar_words import MODES

PLAIN_DAYS = 7  # what a page without a script shows

HAS_A_CALENDAR = """SELECT 1 FROM staff_member m WHERE m.id = $1 AND (m.roles @> '{practitioner}'
  OR EXISTS (SELECT 1 FROM service_offer o WHERE o.staff_id = m.id))"""

Drawn = tuple[Entry, datetime, datetime]


async def zone_here() -> ZoneInfo:
    return ZoneInfo((await profile()).time_zone)


def by_day(found: Iterable[Entry], zone: ZoneInfo) -> list[tuple[date, list[Drawn]]]:
    """Entries with their begin and end on the practice's clock, by the day they begin."""
    days: dict[date, list[Drawn]] = {}
    for one in found:
        begins = one.starts_at.astimezone(zone)
        days.setdefault(begins.date(), []).append((one, begins, one.ends_at.astimezone(zone)))
    return list(days.items())


async def own_day(actor: Actor) -> dict[str, Any]:
    """The day's entries of who has a calendar; `own_day` None for everybody else. `day_again`: when the next begins or
    ends, which is when the list reads differently."""
    if actor.staff_id is None or await fetch_one(HAS_A_CALENDAR, actor.staff_id) is None:
        return {"own_day": None}
    zone, at = await zone_here(), now()
    begins = datetime.combine(at.astimezone(zone).date(), time(), zone)
    ends = datetime.combine(begins.date() + timedelta(days=1), time(), zone)
    found = [one for one in await entries(actor, Wanted(begins, ends, frozenset((actor.staff_id,))))
             if one.status not in ("held", "cancelled")]
    moments = [each for one in found for each in (one.starts_at, one.ends_at) if each > at]
    coming = [one for one in found if one.status in ("scheduled", "confirmed") and one.ends_at > at]
    return {
        "own_day": [(one, one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)) for one in found],
        "day_next": coming[0].id if coming else None, "day_now": at.astimezone(zone), "words": calendar_words,
        "day_last": coming[-1].ends_at.astimezone(zone) if coming else None, "day_count": len(coming),
        "day_again": min(moments, default=None),
    }


def names_of(there: Choices) -> dict[UUID, str]:
    return {one["id"]: one["name"] for one in there.practitioners}


def entry_context(found: Details, there: Choices, zone: ZoneInfo) -> dict[str, Any]:
    one = found.entry
    staff = next(each for each in there.practitioners if each["id"] == one.staff_id)
    movable = [each for each in there.fills if each["id"] == one.staff_id or _offers(there, found, each["id"])]
    return {
        "found": found, "entry": one, "zone": zone, "choices": there, "staff": staff,
        "begins": one.starts_at.astimezone(zone), "ends": one.ends_at.astimezone(zone),
        "practitioners": _options(movable), "modes": _modes(_modes_of(there, found) or [one.mode]),
    }


def form_context(there: Choices) -> dict[str, Any]:
    bookable = there.bookable()
    staff = {each for one in bookable for each in one["staff"]}
    lengths = sorted({each for one in bookable for each in one["lengths"]})
    modes = [each for each in MODES if any(each in one["modes"] for one in bookable)]
    mine = [one for one in there.fills if one["id"] in staff]
    own = next((one["id"] for one in mine if one["own"]), "")
    usual = there.locations[0]["id"] if len(there.locations) == 1 else ""
    return {
        "choices": there, "practitioners": _options(mine), "own": own, "usual_place": usual, "modes": _modes(modes),
        "lengths": [(str(each), f"{each} minutes") for each in lengths],
    }


def _offers(there: Choices, found: Details, staff_id: UUID) -> bool:
    return any(one["id"] == found.service_id and staff_id in one["staff"] for one in there.services)


def _modes_of(there: Choices, found: Details) -> list[str]:
    return next((one["modes"] for one in there.services if one["id"] == found.service_id), [])


def _options(people: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(str(one["id"]), one["name"]) for one in people]


def _modes(keys: Iterable[str]) -> list[tuple[str, str]]:
    return [(key, MODES[key].words) for key in keys if key in MODES]
