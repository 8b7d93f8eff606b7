"""When a practitioner works: weekly hours with the dates they hold for, and other hours, or none, on one day.

Hours that are over stay for the calendar to show. A change never touches appointments: whoever saves is told which of
them now lie outside (left_out.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from models.accounts.practices import today_here
from models.accounts.tables import Location
from models.appointments.clashing import DAYS, Band, clashes
from models.appointments.events import HOURS
from models.appointments.locking import hold_calendars
from models.appointments.practitioners import Practitioner, ensure_may_make
from models.appointments.tables import DayHours, WeeklyHours
from models.core.actor import Actor
from models.core.change import change, record
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToPublic, ToStaff
from models.core.ids import new_id

MOST_BANDS, MOST_OF_A_DAY, FURTHEST_DAYS = 70, 6, 800

CHANGED = (
    "Somebody else changed these hours after you opened them. Nothing of yours is lost, and nothing of it is saved "
    "yet. Look at the week above, where theirs stand now, then save again to put yours in their place."
)
DAY_CHANGED = (
    "Somebody else changed this day after you opened it. Theirs stands above; save again to put yours in its place."
)


@dataclass(frozen=True)
class Stretch:
    """Hours of one day, in minutes of the practice's clock, half-open."""

    from_minute: int
    until_minute: int
    location_id: UUID | None = None


async def weekly_of(staff_id: UUID) -> list[WeeklyHours]:
    """All there are, in the order of the week."""
    return await WeeklyHours.filter(staff_id=staff_id).order_by("weekday", "from_minute", "valid_from", "id")


async def days_of(staff_id: UUID, first: date) -> list[DayHours]:
    """Days with hours of their own, from the first on."""
    return await DayHours.filter(staff_id=staff_id, day__gte=first).order_by("day", "from_minute", "id")


async def editable(staff_id: UUID) -> list[WeeklyHours]:
    """Weekly hours that hold today or later."""
    today = await today_here()
    return [one for one in await weekly_of(staff_id) if one.valid_until is None or one.valid_until >= today]


def as_band(one: WeeklyHours) -> Band:
    """The row as the form has it."""
    return Band(one.weekday, one.from_minute, one.until_minute, one.location_id, one.valid_from, one.valid_until,
                one.every_weeks)


def stamp_of(rows: Iterable[WeeklyHours]) -> str:
    """Changes with whatever the week's form shows: who saves over something they never saw is told."""
    spelled = sorted(f"{as_band(one)}" for one in rows)
    return sha256("\n".join(spelled).encode()).hexdigest()[:16]


def stamp_of_day(day: date, rows: Iterable[DayHours]) -> str:
    """The same of one day: the day, then what changes with its hours."""
    spelled = sorted(f"{one.from_minute} {one.until_minute} {one.location_id}" for one in rows)
    return f"{day}.{sha256(' '.join(spelled).encode()).hexdigest()[:16]}"


async def set_weekly(actor: Actor, whose: Practitioner, stamp: str | None, bands: Sequence[Band]) -> None:
    """In place of all weekly hours that are not over. `stamp`: of those that the page showed (None: whatever they are).

    Raises Forbidden, Invalid with a fault under `hours_<place>` of each that is wrong or collides, Conflict
    `changed-meanwhile`.
    """
    ensure_may_make(actor, whose.id)
    async with change(actor, "hours.set"):
        await hold_calendars([whose.id])
        there = await editable(whose.id)
        if stamp is not None and stamp != stamp_of(there):
            raise Conflict("changed-meanwhile", CHANGED, errors={"stamp": [CHANGED]})
        await _check(bands, kept={one.location_id for one in there})
        if sorted(map(str, bands)) == sorted(str(as_band(one)) for one in there):
            return
        await WeeklyHours.filter(id__in=[one.id for one in there]).delete()
        await WeeklyHours.bulk_create(WeeklyHours(id=new_id(), staff_id=whose.id, **vars(one)) for one in bands)
        await _told(actor, whose.id)


async def set_day(
    actor: Actor, whose: Practitioner, day: date, stretches: Sequence[Stretch], *, seen: str | None = None
) -> None:
    """Other hours on this day than the weekly ones; without any, nobody is there. `seen`: the stamp of the day that the
    page showed; of another day it says nothing. Raises Forbidden, Invalid, Conflict `changed-meanwhile`."""
    ensure_may_make(actor, whose.id)
    async with change(actor, "hours.set_day"):
        await hold_calendars([whose.id])
        today = await today_here()
        if not today <= day <= today + timedelta(days=FURTHEST_DAYS):
            raise Invalid(errors={"day": ["Choose a day from today on, within two years."]})
        await _ensure_seen(whose.id, day, seen)
        await _check_day(stretches)
        await DayHours.filter(staff_id=whose.id, day=day).delete()
        await DayHours.bulk_create(
            DayHours(id=new_id(), staff_id=whose.id, day=day, **vars(one)) for one in stretches or [Stretch(0, 0)]
        )
        await _told(actor, whose.id)


async def unset_day(actor: Actor, whose: Practitioner, day: date) -> None:
    """The weekly hours hold again on this day. Doing it twice changes nothing. Raises Forbidden."""
    ensure_may_make(actor, whose.id)
    async with change(actor, "hours.unset_day"):
        await hold_calendars([whose.id])
        if await DayHours.filter(staff_id=whose.id, day=day).delete():
            await _told(actor, whose.id)


async def _ensure_seen(staff_id: UUID, day: date, seen: str | None) -> None:
    there = stamp_of_day(day, await DayHours.filter(staff_id=staff_id, day=day))
    if seen is not None and seen.startswith(f"{day}.") and seen != there:
        raise Conflict("changed-meanwhile", DAY_CHANGED, errors={"day": [DAY_CHANGED]})


async def _check(bands: Sequence[Band], *, kept: set[UUID | None]) -> None:
    wrong: dict[str, list[str]] = {}
    if len(bands) > MOST_BANDS:
        raise Invalid(errors={"hours": [f"{MOST_BANDS} lines are the most there can be. Join some of them."]})
    places = {one.id for one in await Location.filter(closed_at=None)} | kept
    latest = await today_here() + timedelta(days=FURTHEST_DAYS)
    for place, one in enumerate(bands):
        if fault := _fault(one.from_minute, one.until_minute):
            wrong[f"hours_{place}"] = [fault]
        elif one.valid_from > latest:
            wrong[f"hours_{place}"] = ["Choose a first day within two years."]
        elif one.valid_until is not None and one.valid_until < one.valid_from:
            wrong[f"hours_{place}"] = ["The last day is before the first."]
        elif one.location_id is not None and one.location_id not in places:
            wrong[f"hours_{place}"] = ["This location is closed. Choose another one."]
    for first, second, day in clashes(bands) if not wrong else ():
        said = f"It collides with {spoken(bands[first])} on {DAYS[day.weekday()]}, {day:%B} {day.day}."
        wrong.setdefault(f"hours_{second}", []).append(said)
    if wrong:
        raise Invalid(errors=wrong)


async def _check_day(stretches: Sequence[Stretch]) -> None:
    wrong: dict[str, list[str]] = {}
    if len(stretches) > MOST_OF_A_DAY:
        raise Invalid(errors={"hours": [f"{MOST_OF_A_DAY} stretches of a day are the most there can be."]})
    places = {one.id for one in await Location.filter(closed_at=None)}
    for place, one in enumerate(stretches):
        if fault := _fault(one.from_minute, one.until_minute):
            wrong[f"hours_{place}"] = [fault]
        elif one.location_id is not None and one.location_id not in places:
            wrong[f"hours_{place}"] = ["This location is closed. Choose another one."]
        elif any(one.from_minute < other.until_minute and other.from_minute < one.until_minute
                 for other in stretches[:place]):
            wrong[f"hours_{place}"] = ["It collides with other hours of this day."]
    if wrong:
        raise Invalid(errors=wrong)


def clock_words(minute: int) -> str:
    """Minutes from midnight as a clock says them: `9:30 AM`, `midnight` at the day's end."""
    if minute == 1440:
        return "midnight"
    hour, minute = divmod(minute, 60)
    return f"{hour % 12 or 12}:{minute:02} {'AM' if hour < 12 else 'PM'}"


def spoken(one: Band | Stretch | WeeklyHours | DayHours) -> str:
    """`9:00 AM – 12:30 PM`."""
    return f"{clock_words(one.from_minute)} – {clock_words(one.until_minute)}"


def _fault(from_minute: int, until_minute: int) -> str | None:
    if from_minute < 0 or until_minute < 0:
        return "Give both times."
    if not from_minute < until_minute <= 1440:
        return "The end must be later than the beginning."
    return None


async def _told(actor: Actor, staff_id: UUID) -> None:
    whose = {"practitioner": staff_id}
    await record(actor, HOURS, [Part([ToStaff()], whose), Part([ToPublic()], whose)], subject_id=staff_id)
