"""Doors of Account Settings > Availability: everybody's week, and what blocks rooms or the whole practice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from models.accounts.practices import today_here
from models.appointments.blocks import coming_blocks
from models.appointments.booking_rules import own_rules_of
from models.appointments.left_out import everybodys
from models.appointments.openings import monday_of
from models.appointments.practitioners import Practitioner, practitioners
from models.appointments.rooms import open_rooms
from models.appointments.settings_asks import WeekAsked
from models.appointments.week import Days, days_of_all
from models.appointments.zones import zone_here
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Page, get
from server.hours_page import SAID, WEEK, glance, places_of
from server.shown_blocks import block_line

HERE = "/staff/settings/availability"


@get(HERE, allow=ADMINISTRATOR, query=WeekAsked)
async def availability_page(actor: Actor, query: WeekAsked | None = None) -> Page:
    """Each practitioner's week in small, and the blocks of rooms and of everybody."""
    asked, today = query or WeekAsked(), await today_here()
    looked_at = asked.week or today
    monday = monday_of(looked_at)
    staff = await practitioners()
    ids = [one.id for one in staff]
    there, own = await days_of_all(ids, monday, monday + timedelta(days=6)), await own_rules_of(ids)
    places = await places_of(band.location_id for one in there.values() for band in one.weekly)
    outside = await everybodys()
    shown = [{**_shown(one, there[one.id], monday, today, places), "online": own[one.id]["online"],
              "new_clients": own[one.id]["new_clients"], "outside": outside.get(one.id, 0)} for one in staff]
    zone, rooms = await zone_here(), await open_rooms()
    names = {one.id: f"{place}: {one.name}" for one, place in rooms}
    blocks = [block_line(one, zone, _whose(one.block.room_id, names)) for one in await coming_blocks()]
    return Page(
        "appointments/settings_availability.html", json={"practitioners": shown, "blocks": blocks}, staff=shown,
        blocks=blocks, rooms=[{"id": one.id, "name": names[one.id]} for one, _ in rooms], monday=monday, today=today,
        this_monday=monday_of(today), week_delta=WEEK, key=uuid4(), current="settings",
        toast_words=SAID.get(asked.done, ""),
    )


def _whose(room_id: UUID | None, names: dict[UUID, str]) -> str:
    return names.get(room_id, "A closed room") if room_id else "The whole practice"


def _shown(one: Practitioner, there: Days, monday: date, today: date, places: list[dict[str, Any]]) -> dict[str, Any]:
    found = [there.on(monday + timedelta(days=place)) for place in range(7)]
    minutes = sum(each.until_minute - each.from_minute for day in found for each in day.hours if not day.holiday)
    return {"id": one.id, "name": one.name, "title": one.title, "initials": one.initials, "voice": one.voice,
            "minutes": minutes, "week": glance(found, places, today)}
