"""What the pages of online booking draw: what can be chosen, a week of free times, and what was chosen so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.me import initials
from models.accounts.tables import Location, StaffMember
from models.appointments.availability import Bookable, Practitioner
from models.appointments.booking_asks import Choosing, HoldTime
from models.appointments.choosing import ANYONE, Choice, Time, Week, choice_of
from models.appointments.money import spoken
from models.appointments.policy import Policy, deadlines
from models.appointments.taking import Wanted
from models.core.errors import Invalid
from server.own_appointments import clock_there, moment

MODES = {"in-person": "In person", "phone": "By phone", "video": "By video"}
NOON, EVENING = 12, 17
ABOUT = timedelta(days=1)  # a reader’s week is not the practice’s, nor a buffer part of its appointment
# After these the free times are looked up anew.
EVENTS = ("appointment.booked appointment.moved appointment.cancelled appointment.late_cancelled hold.placed"
          " hold.released request.placed request.changed hours.changed services.changed calendar.blocked"
          " booking.rules_changed")


async def chosen_by(asked: Choosing, *, newcomer: bool, joins: UUID | None = None) -> Choice:
    """What is asked for to look at may have changed, and is chosen anew; what is asked for to be held may not: raises
    Invalid by field."""
    found = await choice_of(newcomer=newcomer, joins=joins, service=asked.service, minutes=asked.minutes,
                            mode=asked.mode, practitioner=asked.practitioner)
    if isinstance(asked, HoldTime):
        wrong = {}
        if asked.practitioner not in (None, ANYONE, found.practitioner and found.practitioner.id):
            wrong["practitioner"] = ["This practitioner cannot be booked for it any more. Choose again."]
        if found.length is None or asked.minutes not in (None, found.length.minutes):
            wrong["minutes"] = ["This length is not offered any more. Choose again."]
        if found.mode is None or asked.mode not in (None, found.mode):
            wrong["mode"] = ["This way to meet is not offered any more. Choose again."]
        if wrong:
            raise Invalid(errors=wrong)
    return found


def step_of(choice: Choice, anew: bool = False) -> str:
    """services, options or times."""
    return "services" if choice.bookable is None else "times" if choice.complete and not anew else "options"


def words_of(choice: Choice, day: date | None = None, **more: Any) -> str:
    """The choice as a query string."""
    return urlencode({name: value for name, value in {**fields_of(choice, day), **more}.items() if value})


def fields_of(choice: Choice, day: date | None = None) -> dict[str, str]:
    """The choice as fields of a form."""
    who = str(choice.practitioner.id) if choice.practitioner else ANYONE if choice.anyone else ""
    given = {
        "service": choice.bookable and choice.bookable.service.id, "minutes": choice.length and choice.length.minutes,
        "mode": choice.mode, "practitioner": who, "day": day,
    }
    return {name: str(value) for name, value in given.items() if value}


def shown_services(choice: Choice, here: str, asked: Choosing) -> list[dict[str, Any]]:
    """Each with its lengths, its price and who offers it."""
    kept = {"practitioner": str(asked.practitioner)} if asked.practitioner else {}
    return [
        {"name": one.service.name, "description": one.service.description, "lengths": lengths(one), "price": price(one),
         "modes": ", ".join(MODES[mode] for mode in one.service.modes).capitalize(),
         "people": [each.name for each in one.practitioners],
         "href": f"{here}?{urlencode({'service': one.service.id, **kept})}"}
        for one in choice.services
    ]


def shown_options(choice: Choice, asked: Choosing) -> dict[str, Any]:
    """What is to be chosen of one service, for a form; what there is but one of is not asked."""
    assert choice.bookable is not None
    one = choice.bookable
    people = [(str(each.id), named(each), each.about) for each in one.practitioners]
    return {
        "lengths": [(each.minutes, f"{each.minutes} minutes", spoken(each.fee_cents) if each.fee_cents else "")
                    for each in one.lengths],
        "modes": [(mode, MODES[mode]) for mode in one.service.modes],
        "people": [(ANYONE, "Anyone", "Whoever is free at the time that suits you"), *people] if len(people) > 1
        else people,
        "minutes": choice.length.minutes if choice.length else one.lengths[0].minutes,
        "mode": choice.mode or one.service.modes[0],
        "practitioner": str(asked.practitioner or (ANYONE if len(people) > 1 else people[0][0])),
    }


async def shown_week(
    week: Week, choice: Choice, zone: ZoneInfo, practice: ZoneInfo, here: str, more: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Seven days and the free times of one of them. `more` of what their addresses say."""
    times = week.times.get(week.day, [])
    names = await _places(times)
    groups = [("Morning", 0, NOON), ("Afternoon", NOON, EVENING), ("Evening", EVENING, 24)]

    def href(day: date | None) -> str:
        return f"{here}?{words_of(choice, day, **(more or {}))}" if day else ""

    return {
        "title": _months(week), "day": week.day, "words": f"{week.day:%A, %B %-d}",
        "before": href(week.before), "after": href(week.after), "next": href(week.next_free),
        "next_words": f"{week.next_free:%A, %B %-d}" if week.next_free else "", "src": href(week.day),
        "days": [
            {"day": day, "weekday": f"{day:%a}", "number": day.day, "words": f"{day:%A, %B %-d}",
             "free": len(week.times.get(day, ())), "past": day < week.today, "current": day == week.day,
             "href": href(day)}
            for day in week.days
        ],
        "groups": [
            {"title": title, "times": [shown_time(one, zone, practice, names) for one in times
                                       if begins <= one.starts_at.astimezone(zone).hour < ends]}
            for title, begins, ends in groups
        ],
        "any": bool(times), "starts": _midnight(week.first - ABOUT, zone),
        "ends": _midnight(week.first + timedelta(days=7) + ABOUT, zone),
    }


def shown_time(one: Time, zone: ZoneInfo, practice: ZoneInfo, places: Mapping[UUID, str]) -> dict[str, Any]:
    at = one.starts_at.astimezone(zone)
    several = len(places) > 1 and one.location_id is not None
    return {
        "value": f"{one.starts_at.isoformat()}/{one.location_id or ''}", "label": f"{at:%-I:%M %p}",
        "here": f"{there} there" if (there := clock_there(at, zone, practice)) else "",
        "place": places[one.location_id] if several and one.location_id else "", "places": places_words(one),
        "starts": one.starts_at.isoformat(), "ends": one.ends_at.isoformat(),
        "staff": " ".join(str(each) for each in one.staff_ids),
    }


def places_words(one: Time) -> str:
    """Of a group's session; empty for a time of one's own."""
    return "" if one.places is None else "1 place left" if one.places == 1 else f"{one.places} places left"


async def shown_choice(
    choice: Choice, zone: ZoneInfo, wanted: Wanted | None = None, practice: ZoneInfo | None = None
) -> dict[str, Any]:
    """The summary beside. `practice`: its time is said where it differs."""
    bookable, length, mode = choice.of
    who = choice.practitioner
    if wanted is not None:
        who = next(one for one in bookable.practitioners if one.id == wanted.staff_id)
    place = await Location.get_or_none(id=wanted.location_id) if wanted and wanted.location_id else None
    lines = [line for line in (place.address if place else "").splitlines() if line.strip()]
    return {
        "service": bookable.service.name, "minutes": length.minutes, "with": named(who) if who else "Anyone",
        "face": {"initials": initials(who.name), "voice": await _voice(who.id)} if who else None,
        "where": ", ".join(filter(None, [MODES[mode], place.name if place else "", *lines])),
        "when": moment(wanted.starts_at, zone, wanted.ends_at) if wanted else None,
        "price": spoken(length.fee_cents) if length.fee_cents else "",
        "here": clock_there(wanted.starts_at, zone, practice) if wanted and practice else "",
        "group": bookable.service.capacity if bookable.service.kind == "group" else 0,
        "asks": bookable.service.confirm == "request",
    }


def shown_deadlines(policy: Policy, starts_at: datetime, zone: ZoneInfo) -> dict[str, str]:
    """Until when it can be cancelled, as local times, and what it costs later."""
    at = deadlines(policy, starts_at)
    words = {name: f"{value.astimezone(zone):%A, %B %-d, %-I:%M %p}" if value else ""
             for name, value in vars(at).items()}
    return {**words, "fee": spoken(policy.late_fee_cents) if policy.late_fee_cents else ""}


def told_week(week: Week, choice: Choice) -> dict[str, Any]:
    """For JSON."""
    return {
        "choice": fields_of(choice), "day": week.day, "next_free": week.next_free,
        "times": [
            {"time": f"{one.starts_at.isoformat()}/{one.location_id or ''}", "starts_at": one.starts_at,
             "ends_at": one.ends_at, "location": one.location_id, "practitioners": one.staff_ids,
             "places": one.places}
            for times in week.times.values() for one in times
        ],
    }


def lengths(one: Bookable) -> str:
    """50 minutes; 50 or 80 minutes."""
    words = [str(each.minutes) for each in one.lengths]
    return f"{' or '.join([', '.join(words[:-1]), words[-1]]) if words[1:] else words[0]} minutes"


def price(one: Bookable) -> str:
    fees = sorted({each.fee_cents for each in one.lengths if each.fee_cents})
    return "" if not fees else spoken(fees[0]) if len(fees) == 1 else f"from {spoken(fees[0])}"


def named(one: Practitioner) -> str:
    return f"{one.name}, {one.title}" if one.title else one.name


def _midnight(day: date, zone: ZoneInfo) -> str:
    return datetime.combine(day, time(), zone).isoformat()


def _months(week: Week) -> str:
    first, last = week.days[0], week.days[-1]
    return f"{first:%B %Y}" if first.month == last.month else f"{first:%B} to {last:%B %Y}"


async def _places(times: Sequence[Time]) -> dict[UUID, str]:
    ids = {one.location_id for one in times if one.location_id}
    return {one.id: one.name for one in await Location.filter(id__in=list(ids))} if ids else {}


async def _voice(staff_id: UUID) -> str:
    found = await StaffMember.get_or_none(id=staff_id)
    return f"who-{found.voice}" if found and found.voice else ""
