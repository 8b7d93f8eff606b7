"""What clients will see: the free times of a service in a week, as existing and as new clients find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.accounts.practices import profile, today_here
from models.appointments.availability import Search, free_times
from models.appointments.booking_rules import own_rules_of
from models.appointments.hours import weekly_of
from models.appointments.money import spoken
from models.appointments.openings import monday_of
from models.appointments.practitioners import Practitioner, practitioners
from models.appointments.registering import BOOK_ONLINE
from models.appointments.services import Offered, services
from models.appointments.sessions import open_sessions
from models.appointments.settings_asks import PreviewAsked
from models.appointments.tables import Offering
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.clock import now
from server.choosing import MODES
from server.door import STAFF, Page, get

HERE = "/staff/booking-preview"
NOTHING: dict[str, Any] = {"days": [], "later": None, "practitioners": [], "lengths": [], "modes": [], "service": None,
                           "practitioner": None, "minutes": None, "mode": "", "price": "", "description": ""}
# After which the times may be others.
FOLLOWS = (
    "services.changed hours.changed calendar.blocked rooms.changed booking.rules_changed "
    "appointment.booked appointment.moved appointment.cancelled appointment.late_cancelled hold.placed "
    "hold.released request.placed request.changed location.closed location.reopened staff.changed "
    "staff.deactivated staff.reactivated practice.details_changed features.changed"
)
LOOKED_AHEAD = 60


@get(HERE, allow=STAFF, query=PreviewAsked)
async def preview_page(actor: Actor, query: PreviewAsked | None = None) -> Page:
    """The times that anybody could see, so every member of the desk may look."""
    shown = await preview(query or PreviewAsked())
    return Page("appointments/preview.html", json=shown, preview_of=shown,
                current="settings" if actor.administrator else "hours")


async def preview(asked: PreviewAsked) -> dict[str, Any]:
    """Choices, what is chosen, and the days of the week with their times, or why there are none."""
    there, offered = await practitioners(), [one for one in await services() if one.row.archived_at is None]
    today = await today_here()
    service, chosen_week = _chosen(offered, asked), asked.turn or asked.week
    shown: dict[str, Any] = {
        "services": [{"id": one.row.id, "name": one.row.name} for one in offered], "eyes": asked.eyes,
        "follows": FOLLOWS, "off": BOOK_ONLINE.key in (await profile()).features_off,
        **_week(monday_of(chosen_week or today), today),
    }
    if service is None:
        return {**shown, **NOTHING, "why": "Nothing is offered yet. Add a service first."}
    whose = [one for one in there if one.id in service.staff]
    shown |= _choices(service, whose, asked)
    meant = [one for one in whose if asked.practitioner in (None, one.id)]
    if asked.practitioner and not meant:
        name = next((one.name for one in there if one.id == asked.practitioner), "This practitioner")
        return {**shown, "days": [], "later": None, "why": f"{name} does not offer this service."}
    able, why = await _bookable(service.row, meant, asked.eyes)
    if why or not shown["minutes"]:
        return {**shown, "days": [], "later": None, "why": why or "This service has no length."}
    wish = Search(service.row, shown["minutes"], shown["mode"], tuple(one.id for one in able), today, LOOKED_AHEAD)
    return {**shown, **await _times(wish, able, monday_of(chosen_week) if chosen_week else None, asked.eyes)}


def _week(monday: date, today: date) -> dict[str, Any]:
    return {"monday": monday, "last": monday + timedelta(days=6), "after": monday + timedelta(days=7),
            "before": monday - timedelta(days=7) if monday > today else None}


def _chosen(offered: Sequence[Offered], asked: PreviewAsked) -> Offered | None:
    """The one asked for; else the first that most clients can book of whom it is about, else the first."""
    of_them = [one for one in offered if asked.practitioner in (None, *one.staff)]
    of_them.sort(key=lambda one: ("everyone", "existing", "nobody").index(one.row.bookable))
    asked_for = [one for one in offered if one.row.id == asked.service]
    return next(iter([*asked_for, *of_them, *offered]), None)


def _choices(service: Offered, whose: Sequence[Practitioner], asked: PreviewAsked) -> dict[str, Any]:
    lengths = [one.minutes for one in service.lengths]
    minutes = asked.minutes if asked.minutes in lengths else next(iter(lengths), None)
    fee = next((one.fee_cents for one in service.lengths if one.minutes == minutes), None)
    return {
        "service": service.row.id, "practitioner": asked.practitioner, "lengths": lengths,
        "minutes": minutes, "price": spoken(fee or None), "description": service.row.description,
        "practitioners": [{"id": one.id, "name": one.name} for one in whose],
        "modes": [(one, MODES[one]) for one in service.row.modes],
        "mode": asked.mode if asked.mode in service.row.modes else service.row.modes[0],
    }


async def _times(wish: Search, able: Sequence[Practitioner], monday: date | None, eyes: str) -> dict[str, Any]:
    """Of the week that begins then; without one, of the first that has any."""
    zone, today = await zone_here(), wish.first_day
    if monday is not None and monday + timedelta(days=6) < today:
        return {"days": [], "later": None, "why": "This week is over."}
    starts = await _starts(wish, zone, monday, eyes)
    if monday is None:
        monday = monday_of(starts[0].date() if starts else today)
    days = [monday + timedelta(days=place) for place in range(7)]
    here = [one for one in starts if one.date() in days]
    if not here:
        found = starts or await _starts(wish, zone, None, eyes)
        later = found[0].date() if found else None
        return {**_week(monday, today), "days": [], "later": later, "why": await _why_none(able)}
    shown = [_day(day, here, wish.service, today) for day in days if day >= today]
    return {**_week(monday, today), "days": shown, "later": None, "why": ""}


async def _starts(wish: Search, zone: ZoneInfo, monday: date | None, eyes: str) -> list[datetime]:
    """In the practice's time, each once: in one week, or in all the days that are looked at. Of a group, clients find
    its sessions that have places left, too."""
    if monday is not None:
        first = max(monday, wish.first_day)
        wish = replace(wish, first_day=first, days=(monday + timedelta(days=7) - first).days)
    found = [*await free_times(wish), *(await open_sessions(wish, None) if eyes != "new" else ())]
    return sorted({one.starts_at.astimezone(zone) for one in found})


async def _bookable(service: Offering, whose: Sequence[Practitioner], eyes: str) -> tuple[list[Practitioner], str]:
    """Those whom such a client may book, and what stands in the way where there is nobody."""
    if service.bookable == "nobody":
        return [], "Clients cannot book this service by themselves. Change who may book it under Services."
    if eyes == "new" and (service.bookable != "everyone" or service.sessions_only):
        return [], "Only existing clients can book this service."
    if not whose:
        return [], "Nobody offers this service."
    rules = await own_rules_of([one.id for one in whose])
    online = [one for one in whose if rules[one.id]["online"]]
    if not online:
        return [], f"{_named(whose)} cannot be booked online. Switch it on under their hours."
    able = [one for one in online if eyes != "new" or rules[one.id]["new_clients"]]
    return able, "" if able else f"{_named(online)} takes no new clients."


async def _why_none(able: Sequence[Practitioner]) -> str:
    for one in able:
        if await weekly_of(one.id):
            return "No time is free in this week: look at the hours, time off, and how far ahead can be booked."
    return f"{_named(able)} has no weekly hours yet."


def _named(whose: Sequence[Practitioner]) -> str:
    return whose[0].name if len(whose) == 1 else "None of those who offer it"


def _day(day: date, starts: Sequence[datetime], service: Offering, today: date) -> dict[str, Any]:
    """As booking decides: far enough ahead counts from this moment, not from midnight."""
    beyond = now() + timedelta(days=service.instant_beyond_days or 0)
    times = [
        {"at": one, "instant": service.confirm == "instant" or (service.confirm == "instant-beyond" and one > beyond)}
        for one in starts if one.date() == day
    ]
    return {"day": day, "today": day == today, "times": times}
