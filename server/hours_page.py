"""What the page of a practitioner's hours shows: the week, the form that makes it, single days, time off, rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.accounts.locations import locations
from models.accounts.practices import today_here
from models.appointments import booking_rules, hours
from models.appointments.blocks import coming_blocks
from models.appointments.furnishing import booking_settings
from models.appointments.hours import Stretch, clock_words, spoken
from models.appointments.left_out import LeftOut, left_out
from models.appointments.openings import monday_of
from models.appointments.practitioners import Practitioner
from models.appointments.settings_asks import PreviewAsked, WeekAsked
from models.appointments.tables import DayHours, WeeklyHours
from models.appointments.week import Day, days
from models.appointments.zones import zone_here
from models.core.actor import Actor
from server.booking_preview import preview
from server.door import Page
from server.shown_blocks import block_line

SAID = {
    "hours": "Hours saved.",
    "day": "Saved for this day.",
    "undone": "The weekly hours hold again on that day.",
    "rules": "Saved.",
    "block": "Saved. Nobody can book this time.",
    "unblocked": "Taken back. The time can be booked again.",
}
EARLIEST, LATEST = 8 * 60, 18 * 60
PLACES = 6
WEEK = timedelta(days=7)


async def drawn(actor: Actor, whose: Practitioner, query: WeekAsked) -> Page:
    today = await today_here()
    looked_at = query.week or query.day or today
    monday = monday_of(looked_at)
    there = await days(whose.id, monday, monday + timedelta(days=6))
    places = await places_of(one.location_id for one in there.weekly)
    found = [there.on(monday + timedelta(days=one)) for one in range(7)]
    weekly, zone = await hours.editable(whose.id), await zone_here()
    own = await hours.days_of(whose.id, today)
    shown: dict[str, Any] = {
        "whose": {**vars(whose), "initials": whose.initials}, "own": whose.id == actor.staff_id,
        "week": glance(found, places, today), "monday": monday, "this_monday": monday_of(today),
        "week_delta": WEEK,
        "lines": [_line(one) for one in weekly], "stamp": hours.stamp_of(weekly), "today": today,
        "places": places, "one_days": _by_day(own, places), "one_day": _one_day(there.on(query.day), own)
        if query.day else None, "blocks": [block_line(one, zone) for one in await coming_blocks(staff_id=whose.id)],
        "rules": await booking_rules.own_rules(whose.id), "left_out": _left_out(await left_out(actor, whose.id), zone),
    }
    json = {"practitioner": whose.id, "hours": shown["lines"], "stamp": shown["stamp"], "days": shown["one_days"],
            "blocks": shown["blocks"], "rules": shown["rules"], "outside": shown["left_out"]}
    looks = await preview(PreviewAsked(practitioner=whose.id))
    return Page("appointments/hours.html", json=json, **shown, house=await booking_settings(), preview_of=looks,
                key=uuid4(), current="settings" if actor.administrator else "hours",
                toast_words=SAID.get(query.done, ""))


async def places_of(used: Iterable[UUID | None]) -> list[dict[str, Any]]:
    """Open locations, and closed ones that hours still name; each with one of the colours."""
    named, found = set(used), list[dict[str, Any]]()
    for one in await locations():
        if one.closed_at is None or one.id in named:
            found.append({"id": one.id, "name": one.name, "closed": one.closed_at is not None,
                          "colour": "abcdef"[len(found) % PLACES]})
    return found


def glance(found: Sequence[Day], places: Sequence[dict[str, Any]], today: date) -> dict[str, Any]:
    """A week of bars: what a picture needs, in percent of the hours that are worth drawing, and the same in words."""
    spans = [one for day in found for one in day.hours]
    first = min([EARLIEST, *(one.from_minute for one in spans)]) // 60 * 60
    last = -(-max([LATEST, *(one.until_minute for one in spans)]) // 60) * 60
    every = 120 if last - first <= 900 else 240
    hours_drawn = [{"at": _percent(at, first, last), "words": _hour(at)} for at in range(first, last + 1, every)]
    return {"hours": hours_drawn, "first": first, "last": last,
            "days": [_day(one, places, today, first, last) for one in found]}


def _day(one: Day, places: Sequence[dict[str, Any]], today: date, first: int, last: int) -> dict[str, Any]:
    by_id = {place["id"]: place for place in places}
    bars = []
    for each in one.hours:
        place = by_id.get(each.location_id)
        bars.append({**_bar(each.from_minute, each.until_minute, first, last), "words": spoken(each),
                     "place": place["name"] if place else "By phone and video",
                     "colour": place["colour"] if place else "none"})
    off = [{**_bar(each.from_minute, each.until_minute, first, last), "kind": each.kind, "title": each.title,
            "whole": each.staff_id is None, "words": _off_words(each.from_minute, each.until_minute)}
           for each in one.off]
    return {"day": one.day, "today": one.day == today, "past": one.day < today, "bars": bars, "off": off,
            "own": one.own, "holiday": one.holiday}


def _bar(begins: int, ends: int, first: int, last: int) -> dict[str, Any]:
    begins, ends = max(begins, first), min(ends, last)
    at = _percent(begins, first, last)
    return {"at": at, "width": max(0, round(_percent(ends, first, last) - at, 3))}


def _percent(minute: int, first: int, last: int) -> float:
    return round((minute - first) * 100 / (last - first), 3)


def _hour(minute: int) -> str:
    hour = minute // 60 % 24
    return f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}"


def _off_words(begins: int, ends: int) -> str:
    return "all day" if (begins, ends) == (0, 1440) else f"{clock_words(begins)} – {clock_words(ends)}"


def _line(one: WeeklyHours) -> dict[str, Any]:
    return {"weekday": one.weekday, "starts": _clock(one.from_minute), "ends": _clock(one.until_minute),
            "place": str(one.location_id or ""), "since": one.valid_from.isoformat(),
            "until": one.valid_until.isoformat() if one.valid_until else "", "every": one.every_weeks}


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _by_day(rows: Iterable[DayHours], places: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    names, found = {place["id"]: place["name"] for place in places}, dict[date, list[str]]()
    for one in rows:
        words = f"{spoken(one)}, {names.get(one.location_id, 'by phone and video')}" if one.until_minute else ""
        found.setdefault(one.day, []).append(words)
    return [{"day": day, "words": [one for one in words if one]} for day, words in found.items()]


def _one_day(day: Day, own: Iterable[DayHours]) -> dict[str, Any]:
    """The form of one day begins with what holds on it now."""
    of_day = [one for one in own if one.day == day.day]
    return {"day": day.day.isoformat(), "away": any(not one.until_minute for one in of_day),
            "lines": [_stretch(one) for one in day.hours], "seen": hours.stamp_of_day(day.day, of_day)}


def _stretch(one: Stretch) -> dict[str, str]:
    return {"starts": _clock(one.from_minute), "ends": _clock(one.until_minute), "place": str(one.location_id or "")}


def _left_out(found: Iterable[LeftOut], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [{**vars(one), "starts_at": one.starts_at.astimezone(zone), "ends_at": one.ends_at.astimezone(zone)}
            for one in found]
