"""Doors for when a practitioner works: the week, single days, own booking rules; one's own, or an administrator's."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

from models.accounts.practices import today_here
from models.appointments import booking_rules, hours
from models.appointments.booking_rules import OwnRules
from models.appointments.clashing import Band
from models.appointments.hours import Stretch
from models.appointments.left_out import count_left_out
from models.appointments.openings import monday_of
from models.appointments.practitioners import Practitioner, practitioner_for, practitioners
from models.appointments.settings_asks import OneDay, SetDay, SetOwnRules, SetWeek, WeekAsked, lines
from models.core.actor import Actor
from models.core.errors import Forbidden, Invalid
from server.door import STAFF, Done, Page, See, get, post
from server.hours_page import drawn

HERE = "/staff/hours"
MIDNIGHT = 1440


@get(HERE, allow=STAFF)
async def own_hours(actor: Actor) -> See:
    """One's own; an administrator without a calendar is led to everybody's."""
    if any(one.id == actor.staff_id for one in await practitioners()):
        return See(f"{HERE}/{actor.staff_id}")
    if actor.administrator:
        return See("/staff/settings/availability")
    raise Forbidden("no-calendar", "Hours are made for practitioners. Your role has no calendar of its own.")


@get(f"{HERE}/<uuid:id>", allow=STAFF, query=WeekAsked)
async def hours_page(actor: Actor, id: UUID, query: WeekAsked | None = None) -> Page:
    """A week as it really is, and everything that makes it so."""
    return await drawn(actor, await practitioner_for(actor, id), query or WeekAsked())


@post(f"{HERE}/<uuid:id>", allow=STAFF, body=SetWeek, again=hours_page)
async def set_week(actor: Actor, id: UUID, body: SetWeek) -> Done:
    """The weekly hours, all of them. With `stamp`, only over what the page showed."""
    whose = await practitioner_for(actor, id)
    await hours.set_weekly(actor, whose, body.stamp, bands(body, await today_here()))
    return await _done(whose, "hours")


@post(f"{HERE}/<uuid:id>/day", allow=STAFF, body=SetDay, again=hours_page)
async def set_day(actor: Actor, id: UUID, body: SetDay) -> Done:
    """Other hours on one day, or none."""
    whose = await practitioner_for(actor, id)
    if body.day is None:
        raise Invalid(errors={"day": ["Choose the day."]})
    there = [] if body.away else stretches(body)
    if not there and not body.away:
        raise Invalid(errors={"hours": ["Give the hours of this day, or say that nobody is there."]})
    await hours.set_day(actor, whose, body.day, there, seen=body.seen)
    return await _done(whose, "day", week=body.day)


@post(f"{HERE}/<uuid:id>/day/remove", allow=STAFF, body=OneDay)
async def unset_day(actor: Actor, id: UUID, body: OneDay) -> Done:
    """The weekly hours hold again."""
    whose = await practitioner_for(actor, id)
    await hours.unset_day(actor, whose, body.day)
    return await _done(whose, "undone")


@post(f"{HERE}/<uuid:id>/rules", allow=STAFF, body=SetOwnRules, again=hours_page)
async def set_rules(actor: Actor, id: UUID, body: SetOwnRules) -> Done:
    """Whether and how clients book this practitioner by themselves."""
    whose = await practitioner_for(actor, id)
    values: dict[str, Any] = body.model_dump(exclude={"version", "avoid_gaps"})
    gaps = {"": None, "yes": True, "no": False}[body.avoid_gaps]
    await booking_rules.set_own_rules(actor, whose, body.version, OwnRules(**values, avoid_gaps=gaps))
    return Done(see=f"{HERE}/{whose.id}?done=rules")


def bands(body: SetWeek, today: date) -> list[Band]:
    """Lines without both times are lines that nobody filled in. Raises Invalid for what cannot be read."""
    lists = (body.weekday, body.starts, body.ends, body.place, body.since, body.until, body.every)
    found, wrong = [], {}
    for place, (weekday, starts, ends, where, since, until, every) in enumerate(lines(*lists)):
        try:
            found.append(Band(
                int(weekday), minute(starts), minute(ends, ending=True), UUID(where) if where else None,
                date.fromisoformat(since) if since else today, date.fromisoformat(until) if until else None, int(every),
            ))
        except ValueError:
            wrong[f"hours_{place}"] = ["Give both times."]
            continue
        if not 0 <= found[-1].weekday <= 6 or not 1 <= found[-1].every_weeks <= 8:
            wrong[f"hours_{place}"] = ["Choose every week up to every eighth."]
    if wrong:
        raise Invalid(errors=wrong)
    return found


def stretches(body: SetDay) -> list[Stretch]:
    """The hours of a day; lines without any time are passed over. Raises Invalid for one that has only one."""
    found, wrong = [], {}
    for place, (starts, ends, where) in enumerate(lines(body.starts, body.ends, body.place)):
        if not starts and not ends:
            continue
        try:
            found.append(Stretch(minute(starts), minute(ends, ending=True), UUID(where) if where else None))
        except ValueError:
            wrong[f"hours_{place}"] = ["Give both times."]
    if wrong:
        raise Invalid(errors=wrong)
    return found


def minute(clock: str, *, ending: bool = False) -> int:
    """Minutes from midnight; a day may end at midnight, which a clock spells 00:00. Raises ValueError for none."""
    at = time.fromisoformat(clock)
    found = at.hour * 60 + at.minute
    return MIDNIGHT if ending and not found else found


async def _done(whose: Practitioner, done: str, *, week: date | None = None) -> Done:
    """Says how many coming appointments now lie outside; they stay, and the page lists them."""
    outside = await count_left_out(whose.id)
    monday = f"&week={monday_of(week)}" if week else ""
    return Done({"outside": outside}, see=f"{HERE}/{whose.id}?done={done}{monday}")
