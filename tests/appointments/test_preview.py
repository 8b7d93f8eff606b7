"""What clients will see: the same times as the booking page finds, or the reason why there are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.appointments.availability import Search, free_times
from models.appointments.tables import Offering
from models.core.database import execute
from tests.support.browsing import key

NEW_YORK = ZoneInfo("America/New_York")
HERE = "/staff/booking-preview"


def monday(weeks=2):
    today = datetime.now(NEW_YORK).date()
    return today + timedelta(days=7 * weeks - today.weekday())


async def asked(browser, **query):
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return await (await browser.json(f"{HERE}?{words}")).get_json()


def times(shown):
    return [at for day in shown["days"] for at in day["times"]]


async def test_the_week_shows_what_clients_find(cast, browse, offering, hours):
    browser, day = await browse(cast, "owner"), monday()
    shown = await asked(browser, service=offering.id, week=day)
    found = await cast.inside(lambda: free_times(Search(offering, 50, "in-person", (hours.staff_id,), day, 7)))
    assert len(times(shown)) == len(found) == 75
    assert all(one["instant"] for one in times(shown))
    assert not shown["off"]
    off = "UPDATE practice_profile SET features_off = features_off || '{online-booking}'::text[]"
    await cast.inside(lambda: execute(off))
    drawn = await (await browser.get(f"{HERE}?week={day}")).get_data(as_text=True)
    assert "Online booking is switched off" in drawn and "9:00" in drawn


async def test_it_says_what_clients_read_of_the_service(cast, browse, offering, hours):
    browser = await browse(cast, "owner")
    await cast.inside(lambda: Offering.filter(id=offering.id).update(description="We look at what weighs on you."))
    await cast.inside(lambda: execute("INSERT INTO service_length (service_id, minutes) VALUES ($1, 80)", offering.id))
    drawn = await (await browser.get(f"{HERE}?week={monday()}")).get_data(as_text=True)
    assert "50 minutes · $120" in drawn and "We look at what weighs on you." in drawn
    longer = await asked(browser, week=monday(), minutes=80)
    assert (longer["minutes"], longer["price"]) == (80, ""), "a fee that is not named is not shown"


async def test_without_a_week_it_begins_where_there_is_something_to_see(cast, browse, offering, hours):
    later = monday(5)
    await cast.inside(lambda: execute("UPDATE weekly_hours SET valid_from = $1", later))
    shown = await asked(await browse(cast, "owner"))
    assert shown["monday"] == str(later) and times(shown)


async def test_new_and_existing_clients_see_what_is_theirs(cast, browse, offering, hours):
    browser, day = await browse(cast, "owner"), monday()
    assert times(await asked(browser, week=day, eyes="new"))
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET new_clients = false"))
    new = await asked(browser, week=day, eyes="new")
    assert not times(new) and new["why"] == "Maya Okafor takes no new clients."
    assert times(await asked(browser, week=day, eyes="existing"))
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="existing"))
    assert (await asked(browser, week=day, eyes="new"))["why"] == "Only existing clients can book this service."
    assert times(await asked(browser, week=day, eyes="existing"))


async def test_far_enough_ahead_stands_at_once_and_the_rest_is_a_request(cast, browse, offering, hours):
    browser, ahead = await browse(cast, "owner"), 16
    await cast.inside(lambda: Offering.filter(id=offering.id).update(
        confirm="instant-beyond", instant_beyond_days=ahead))
    days = timedelta(days=ahead)  # of twenty-four hours each, whatever the clocks do meanwhile
    before = datetime.now(UTC) + days
    shown = [one for week in (1, 2, 3) for one in times(await asked(browser, week=monday(week)))]
    after = datetime.now(UTC) + days
    assert {one["instant"] for one in shown} == {True, False}
    for one in shown:
        at = datetime.fromisoformat(one["at"])
        assert one["instant"] == (at > before) or before < at <= after, one


async def test_why_there_is_nothing_is_said_in_words(cast, browse, offering):
    browser, day = await browse(cast, "practitioner"), monday()
    maya = cast.staff["practitioner"]
    assert "has no weekly hours yet" in (await asked(browser, week=day))["why"]
    assert "does not offer this service" in (
        await asked(browser, week=day, service=offering.id, practitioner=cast.staff["owner"]))["why"]
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET online = false"))
    assert "cannot be booked online" in (await asked(browser, week=day, practitioner=maya))["why"]
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="nobody"))
    assert "Clients cannot book this service" in (await asked(browser, week=day))["why"]
    await cast.inside(lambda: execute("DELETE FROM service_offer"))
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="everyone"))
    assert "Nobody offers this service" in (await asked(browser, week=day))["why"]
    await cast.inside(lambda: execute("UPDATE service SET archived_at = now()"))
    assert "Nothing is offered yet" in (await asked(browser, week=day))["why"]


async def test_a_week_that_is_over_has_no_times(cast, browse, offering, hours):
    shown = await asked(await browse(cast, "owner"), week=monday(-1))
    assert shown["why"] == "This week is over." and shown["before"] is None


async def test_the_pages_of_settings_hold_it(cast, browse, offering, hours):
    browser = await browse(cast, "owner")
    for path in (f"/staff/hours/{hours.staff_id}", "/staff/settings/booking", "/staff/settings/services",
                 f"/staff/settings/services/{offering.id}"):
        drawn = await (await browser.get(path)).get_data(as_text=True)
        assert "What clients see" in drawn and 'src="/staff/booking-preview"' in drawn, path
    assert (await browser.post("/staff/settings/services", {"name": "", "key": key()})).status_code == 422
