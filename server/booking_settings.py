"""Doors of Account Settings > Booking: how far ahead, how close together, how much; and the public holidays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from models.accounts.asks import JustDone
from models.accounts.practices import today_here
from models.appointments import booking_rules
from models.appointments.booking_rules import STEPS, HouseRules
from models.appointments.furnishing import booking_settings
from models.appointments.holidays import countries, regions
from models.appointments.settings_asks import HolidaysAsked, PreviewAsked, SetHouseRules
from models.core.actor import Actor
from server.booking_preview import preview
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/booking"
FIELDS = ("notice_minutes", "horizon_days", "horizon_until", "slot_minutes", "max_day", "max_week", "max_upcoming",
          "avoid_gaps", "holiday_country", "holiday_region")


@get(HERE, allow=ADMINISTRATOR, query=JustDone)
async def booking_page(actor: Actor, query: JustDone | None = None) -> Page:
    """The practice's rules; a practitioner may have their own."""
    found = await booking_settings()
    rules: dict[str, Any] = {name: getattr(found, name) for name in FIELDS}
    rules |= {"version": found.rules_version, "horizon": "days" if found.horizon_days else "until"}
    listed = await _listed(found.holiday_country, found.holiday_region, found.working_holidays)
    return Page(
        "appointments/settings_booking.html", json={"rules": rules, "holidays": listed["holidays"]}, rules=rules,
        steps=STEPS, countries=countries(), preview_of=await preview(PreviewAsked()), current="settings",
        toast_words="Saved. It holds from now on." if query and query.done == "rules" else "", **listed,
    )


@post(HERE, allow=ADMINISTRATOR, body=SetHouseRules, again=booking_page)
async def set_rules(actor: Actor, body: SetHouseRules) -> Done:
    """All of them, as the form says. With `version`, only over what the page showed."""
    days = body.horizon == "days"
    values = body.model_dump(include={"max_day", "max_week", "max_upcoming", "avoid_gaps", "holiday_country"})
    rules = HouseRules(
        **values, notice_minutes=body.notice_minutes or 0, slot_minutes=body.slot_minutes or 0, works=body.works,
        horizon_days=body.horizon_days if days else None, horizon_until=None if days else body.horizon_until,
        holiday_region=body.holiday_region if body.holiday_country else "",
    )
    await booking_rules.set_house_rules(actor, body.version, rules)
    return Done(see=f"{HERE}?done=rules")


@get(f"{HERE}/holidays", allow=ADMINISTRATOR, query=HolidaysAsked)
async def holidays_piece(actor: Actor, query: HolidaysAsked | None = None) -> Page:
    """The regions and holidays of a country that was chosen and not saved yet."""
    asked = query or HolidaysAsked()
    found = await booking_settings()
    region = asked.holiday_region
    if region not in dict(regions(asked.holiday_country)):
        region = ""
    listed = await _listed(asked.holiday_country, region, found.working_holidays)
    return Page("appointments/_holidays.html", json=listed, **listed)


async def _listed(country: str, region: str, working: Collection[date]) -> dict[str, Any]:
    years, today = await booking_rules.shown_years(), await today_here()
    found = booking_rules.shown_holidays(country, region, years)
    return {
        "regions": regions(country), "region": region, "years": years,
        "holidays": [{"day": one.day, "name": one.name, "works": one.day in working, "over": one.day < today}
                     for one in found],
    }
