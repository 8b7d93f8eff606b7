"""How far ahead, how close together and how much can be booked: the practice's rules and a practitioner's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.accounts.details import ensure_administrator, ensure_unchanged, plain_lines
from models.accounts.practices import today_here
from models.appointments.events import BOOKING_RULES, HOURS
from models.appointments.furnishing import booking_settings
from models.appointments.holidays import Holiday, holidays_of, is_known
from models.appointments.locking import hold_calendars
from models.appointments.practitioners import Practitioner, ensure_may_make
from models.appointments.service_checking import secure_link
from models.appointments.tables import BookingSettings
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all
from models.core.errors import Invalid
from models.core.events import Part, ToPublic, ToStaff
from models.core.scope import current_scope

STEPS = (5, 10, 15, 20, 30, 60)
LONGEST_NOTICE, LONGEST_HORIZON, MOST = 129_600, 730, 999
OWN = """SELECT staff_id, online, new_clients, about, video_link, notice_minutes, horizon_days, slot_minutes, max_day,
    max_week, avoid_gaps, version FROM practitioner_booking WHERE staff_id = ANY ($1)"""
NOTHING_YET = {"online": False, "new_clients": False, "about": "", "video_link": "", "notice_minutes": None,
               "horizon_days": None, "slot_minutes": None, "max_day": None, "max_week": None, "avoid_gaps": None,
               "version": 1}


@dataclass(frozen=True)
class HouseRules:
    """The practice's, as its form says them. The horizon is so many days or a date; other None: no limit. `works`: the
    public holidays of this year and the next on which the practice is open."""

    notice_minutes: int
    horizon_days: int | None
    horizon_until: date | None
    slot_minutes: int
    max_day: int | None = None
    max_week: int | None = None
    max_upcoming: int | None = None
    avoid_gaps: bool = False
    holiday_country: str = ""
    holiday_region: str = ""
    works: Sequence[date] = ()


@dataclass(frozen=True)
class OwnRules:
    """A practitioner's. None: as the practice has it. `new_clients` counts only while `online` is on."""

    online: bool = False
    new_clients: bool = False
    about: str = ""
    video_link: str = ""
    notice_minutes: int | None = None
    horizon_days: int | None = None
    slot_minutes: int | None = None
    max_day: int | None = None
    max_week: int | None = None
    avoid_gaps: bool | None = None


async def set_house_rules(actor: Actor, version: int | None, rules: HouseRules) -> None:
    """Raises Forbidden, Invalid with a sentence per field, Conflict `changed-meanwhile`."""
    ensure_administrator(actor)
    await _check_house(rules)
    async with change(actor, "booking.set_rules"):
        held = BookingSettings.filter(practice_id=current_scope().practice_id).select_for_update()
        here = await held.get()
        ensure_unchanged(version, here.rules_version)
        values: dict[str, Any] = {name: value for name, value in vars(rules).items() if name != "works"}
        values["working_holidays"] = await _working(rules, here.working_holidays)
        if all(getattr(here, name) == value for name, value in values.items()):
            return
        await _write(values, here.rules_version + 1)
        await record(actor, BOOKING_RULES, [Part([ToStaff()]), Part([ToPublic()])])


async def house_policy() -> dict[str, Any]:
    """What the practice's own cancellation policy says, for whoever wants another one for a service."""
    found = await booking_settings()
    names = ("late_hours", "closed_hours", "late_fee_cents", "no_show_fee_cents")
    return {name: getattr(found, name) for name in names}


async def shown_years() -> tuple[int, int]:
    """Whose holidays the page lists: this year and the next."""
    year = (await today_here()).year
    return year, year + 1


def shown_holidays(country: str, region: str, years: tuple[int, int]) -> list[Holiday]:
    return [one for year in years for one in holidays_of(country, region, year)]


async def own_rules(staff_id: UUID) -> dict[str, Any]:
    """A practitioner's row with its version; as it begins when there is none."""
    return (await own_rules_of([staff_id]))[staff_id]


async def own_rules_of(staff_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The same of many."""
    rows = {row["staff_id"]: dict(row) for row in await fetch_all(OWN, list(staff_ids))}
    return {one: {**NOTHING_YET, **rows.get(one, {})} for one in staff_ids}


async def set_own_rules(actor: Actor, whose: Practitioner, version: int | None, rules: OwnRules) -> None:
    """Raises Forbidden, Invalid with a sentence per field, Conflict `changed-meanwhile`."""
    ensure_may_make(actor, whose.id)
    _check_own(rules)
    async with change(actor, "booking.set_own_rules"):
        await hold_calendars([whose.id])
        here = await own_rules(whose.id)
        ensure_unchanged(version, here["version"])
        values = {**vars(rules), "about": plain_lines(rules.about), "video_link": rules.video_link.strip()}
        if all(here[name] == value for name, value in values.items()):
            return
        await _write_own(whose.id, values, here["version"] + 1)
        ids = {"practitioner": whose.id}
        await record(actor, HOURS, [Part([ToStaff()], ids), Part([ToPublic()], ids)], subject_id=whose.id)


async def _check_house(rules: HouseRules) -> None:
    wrong = _faults(rules)
    if rules.horizon_days is None and rules.horizon_until is None:
        wrong["horizon_days"] = ["Say how many days ahead can be booked, or until which date."]
    if rules.horizon_until is not None and rules.horizon_until < await today_here():
        wrong["horizon_until"] = ["This day is over. Choose one that is to come."]
    if not _within(rules.max_upcoming, 1, MOST):
        wrong["max_upcoming"] = [f"Use 1 to {MOST}, or leave it empty."]
    if rules.holiday_country and not is_known(rules.holiday_country, rules.holiday_region):
        wrong["holiday_region"] = ["Choose a region from the list."]
    if wrong:
        raise Invalid(errors=wrong)


def _check_own(rules: OwnRules) -> None:
    wrong = _faults(rules)
    if rules.video_link.strip() and not secure_link(rules.video_link):
        wrong["video_link"] = ["Paste the whole link. It begins with https://"]
    if wrong:
        raise Invalid(errors=wrong)


def _faults(rules: HouseRules | OwnRules) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not _within(rules.notice_minutes, 0, LONGEST_NOTICE):
        wrong["notice_minutes"] = ["Use at most 90 days."]
    if not _within(rules.horizon_days, 1, LONGEST_HORIZON):
        wrong["horizon_days"] = [f"Use 1 to {LONGEST_HORIZON} days."]
    if rules.slot_minutes is not None and rules.slot_minutes not in STEPS:
        wrong["slot_minutes"] = ["Choose a step from the list."]
    for name in ("max_day", "max_week"):
        if not _within(getattr(rules, name), 1, MOST):
            wrong[name] = [f"Use 1 to {MOST}, or leave it empty."]
    return wrong


def _within(value: int | None, least: int, most: int) -> bool:
    return value is None or least <= value <= most


async def _working(rules: HouseRules, before: Sequence[date]) -> list[date]:
    """Days of other years stay as they were said; of the two years on the page only those that are holidays."""
    years = await shown_years()
    shown = {one.day for one in shown_holidays(rules.holiday_country, rules.holiday_region, years)}
    past = {day for day in before if day.year not in years}
    return sorted(past | (shown & set(rules.works)))


async def _write(values: dict[str, Any], version: int) -> None:
    """The columns are named by the rules above, never by what was sent."""
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 2))
    await execute(f"UPDATE booking_settings SET rules_version = $1, {places} WHERE practice_id = portico_here()",
                  version, *values.values())


async def _write_own(staff_id: UUID, values: dict[str, Any], version: int) -> None:
    names = [*values, "version"]
    places = ", ".join(f"${place}" for place in range(2, len(names) + 2))
    kept = ", ".join(f"{name} = excluded.{name}" for name in names)
    await execute(
        f"INSERT INTO practitioner_booking (staff_id, {', '.join(names)}) VALUES ($1, {places})"
        f" ON CONFLICT (practice_id, staff_id) DO UPDATE SET {kept}", staff_id, *values.values(), version,
    )
