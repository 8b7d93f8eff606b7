"""How far ahead and how much can be booked: the practice's rules, and a practitioner's own over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.appointments import booking_rules
from models.appointments.availability import Search, free_times
from models.appointments.booking_rules import HouseRules, OwnRules
from models.appointments.furnishing import booking_settings
from models.appointments.practitioners import practitioner_for
from models.core.errors import Forbidden, Invalid
from tests.appointments.heard import heard

NEW_YORK = ZoneInfo("America/New_York")
HERE = "/staff/settings/booking"


def monday(weeks=2):
    today = datetime.now(NEW_YORK).date()
    return today + timedelta(days=7 * weeks - today.weekday())


def form(**more):
    return {"version": "1", "notice_minutes": "1440", "horizon": "days", "horizon_days": "60", "horizon_until": "",
            "slot_minutes": "30", "max_day": "", "max_week": "", "max_upcoming": "", "holiday_country": "",
            "holiday_region": "", **more}


async def starts(cast, offering, hours, day, days=1):
    search = Search(offering, 50, "phone", (hours.staff_id,), day, days)
    return [one.starts_at.astimezone(NEW_YORK) for one in await cast.inside(lambda: free_times(search))]


async def test_what_an_administrator_saves_holds_at_once(cast, browse, offering, hours):
    browser, day = await browse(cast, "owner"), monday()
    assert len(await starts(cast, offering, hours, day)) == 15
    assert (await browser.post(HERE, form(slot_minutes="60"))).status_code == 303
    assert len(await starts(cast, offering, hours, day)) == 8
    until = form(version="2", slot_minutes="60", horizon="until", horizon_until=str(day + timedelta(days=1)))
    assert (await browser.post(HERE, until)).status_code == 303
    assert {one.date() for one in await starts(cast, offering, hours, day, 7)} == {day, day + timedelta(days=1)}
    kept = await cast.inside(booking_settings)
    assert (kept.horizon_days, kept.horizon_until, kept.rules_version) == (None, day + timedelta(days=1), 3)
    told = await heard(cast, "booking.rules_changed")
    assert [sorted(event["audience"]) for event in told] == [["public:None", "staff:None"]] * 2


async def test_a_public_holiday_is_closed_unless_the_practice_works(cast, browse, offering, hours):
    browser = await browse(cast, "owner")
    year = datetime.now(NEW_YORK).year
    piece = await (await browser.json(f"{HERE}/holidays?holiday_country=US&holiday_region=ME")).get_json()
    names = {one["name"] for one in piece["holidays"]}
    assert piece["years"] == [year, year + 1] and {"Patriots’ Day", "Christmas Day"} <= names
    maine = {"holiday_country": "US", "holiday_region": "ME", "horizon_days": "730"}
    assert (await browser.post(HERE, form(**maine))).status_code == 303
    coming = [one for one in piece["holidays"] if one["day"] > str(monday())]
    labor_day = next(one["day"] for one in coming if one["name"] == "Labor Day")
    day = datetime.fromisoformat(labor_day).date()
    assert await starts(cast, offering, hours, day) == []
    works = form(version="2", works=[labor_day, "2020-01-01"], **maine)
    assert (await browser.post(HERE, works)).status_code == 303
    assert len(await starts(cast, offering, hours, day)) == 15
    kept = await cast.inside(booking_settings)
    assert kept.working_holidays == [day], "only what is a holiday is kept"


async def test_every_fault_stands_at_its_own_field_and_nothing_typed_is_lost(cast, browse):
    browser = await browse(cast, "owner")
    for changes, said in (
        ({"horizon_days": ""}, "Say how many days ahead"), ({"horizon_days": "731"}, "Use 1 to 730 days."),
        ({"horizon": "until", "horizon_until": "2020-01-01"}, "This day is over."),
        ({"slot_minutes": "7"}, "Choose a step from the list."), ({"max_day": "0"}, "Use 1 to 999, or leave it empty."),
        ({"max_upcoming": "1000"}, "Use 1 to 999, or leave it empty."), ({"max_week": "x"}, "whole number"),
        ({"notice_minutes": "200000"}, "Use at most 90 days."),
        ({"holiday_country": "US", "holiday_region": "XX"}, "Choose a region from the list."),
    ):
        answer = await browser.post(HERE, form(max_upcoming="7") | changes)
        drawn = await answer.get_data(as_text=True)
        assert answer.status_code == 422 and said in drawn, changes
        assert "max_upcoming" in changes or 'value="7"' in drawn
    assert (await cast.inside(booking_settings)).rules_version == 1


async def test_the_second_of_two_who_edit_the_rules_is_told(cast, browse):
    browser = await browse(cast, "owner")
    assert (await browser.post(HERE, form(max_day="5"))).status_code == 303
    late = await browser.post(HERE, form(max_day="6"))
    drawn = await late.get_data(as_text=True)
    assert late.status_code == 409 and "Changed by somebody else" in drawn and 'value="6"' in drawn


async def test_a_practitioners_own_rules_stand_over_the_practices(cast, browse, offering, hours):
    browser, day = await browse(cast, "practitioner"), monday()
    path = f"/staff/hours/{hours.staff_id}/rules"
    own = {"version": "1", "online": "on", "new_clients": "on", "about": "Hello", "slot_minutes": "60",
           "video_link": "https://meet.example/maya"}
    assert (await browser.post(path, own)).status_code == 303
    assert len(await starts(cast, offering, hours, day)) == 8
    changed = {**own, "version": "2", "slot_minutes": "", "avoid_gaps": "yes"}
    assert (await browser.post(path, changed)).status_code == 303
    kept = await cast.inside(lambda: booking_rules.own_rules(hours.staff_id))
    assert (kept["slot_minutes"], kept["avoid_gaps"], kept["about"], kept["version"]) == (None, True, "Hello", 3)
    late = await browser.post(path, {**own, "version": "2", "about": "Mine"})
    drawn = await late.get_data(as_text=True)
    assert late.status_code == 409 and "Mine" in drawn
    wrong = await browser.post(path, {**own, "version": "3", "video_link": "http://meet.example", "about": "Typed"})
    drawn = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "It begins with https://" in drawn and "Typed" in drawn


async def test_who_is_not_switched_on_is_offered_to_nobody(cast, browse, offering, hours):
    browser, path = await browse(cast, "practitioner"), f"/staff/hours/{hours.staff_id}/rules"
    assert await starts(cast, offering, hours, monday())
    assert (await browser.post(path, {"version": "1"})).status_code == 303
    assert await starts(cast, offering, hours, monday()) == []


async def test_the_practices_rules_are_the_administrators_and_own_ones_ones_own(cast, browse):
    rules = HouseRules(0, 30, None, 30)
    for name in ("practitioner", "supervisor", "frontdesk", "biller"):
        actor = await cast.actor(name)
        with pytest.raises(Forbidden):
            await cast.inside(lambda actor=actor: booking_rules.set_house_rules(actor, None, rules))
        assert (await (await browse(cast, name)).json(HERE)).status_code == 403
    owner, imani = await cast.actor("owner"), await cast.actor("supervisor")
    whose = await cast.inside(lambda: practitioner_for(owner, cast.staff["practitioner"]))
    with pytest.raises(Forbidden):
        await cast.inside(lambda: booking_rules.set_own_rules(imani, whose, None, OwnRules(online=True)))
    with pytest.raises(Invalid):
        await cast.inside(lambda: booking_rules.set_own_rules(owner, whose, None, OwnRules(max_day=0)))
