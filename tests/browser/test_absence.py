"""When nobody is there, set on screen and met by a client: out of office with a cover, office hours, saved replies."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from models.accounts.practices import profile
from server.absence import DAYS

BACK = "I am back on Monday."


async def today(cast) -> date:
    """The day it is at the practice."""
    zone = (await cast.inside(profile)).time_zone
    return datetime.now(ZoneInfo(zone)).date()


async def goes_away(one, *, first: date, last: date, cover: str | None = None) -> None:
    await one.page.get_by_label("First day").fill(first.isoformat())
    await one.page.get_by_label("Last day").fill(last.isoformat())
    await one.page.get_by_label("Answer to clients").fill(BACK)
    if cover:
        await one.page.get_by_label("Who stands in").select_option(label=cover)
    await one.page.get_by_role("button", name="Save the dates").click()


async def test_a_client_is_answered_once_and_the_cover_joins(window, cast, talk):
    day = await today(cast)
    maya = await window(cast, "practitioner", "/away")
    await goes_away(maya, first=day, last=day + timedelta(days=2), cover="Jonas Lindqvist")
    await expect(maya.page.locator(".notice")).to_contain_text("You are out of office.")
    await expect(maya.page.locator(".notice")).to_contain_text("Jonas Lindqvist stands in")
    ana = await window(cast, "client", f"/messages/{talk}")
    jonas = await window(cast, "owner", "/today")
    await ana.write("Are you there?")
    await expect(ana.last).to_contain_text(BACK)
    await expect(ana.last).to_contain_text("Jonas Lindqvist is standing in and reads along here now.")
    await expect(ana.last).to_contain_text("Automatic answer")
    await expect(ana.page.locator(".happened")).to_contain_text("Jonas Lindqvist joined for Maya Okafor")
    await expect(jonas.unread).to_contain_text("1")
    await jonas.go(f"/messages/{talk}")
    await expect(jonas.said("Are you there?")).to_have_count(1)
    await expect(jonas.page.locator(".person-pane")).to_contain_text("stands in for Maya Okafor")
    await ana.write("Hello?")
    await expect(jonas.said("Hello?")).to_have_count(1)
    await jonas.write("I can help.")
    await expect(ana.last).to_contain_text("I can help.")
    await expect(ana.page.locator(".message.automatic")).to_have_count(1)
    await maya.go("/away")
    await maya.page.get_by_role("button", name="End it now").click()
    await expect(maya.page.locator(".notice")).to_have_count(0)


async def test_what_is_still_to_come_is_said_so_and_stands_in_the_form(window, cast):
    day = await today(cast) + timedelta(days=10)
    maya = await window(cast, "practitioner", "/away")
    await goes_away(maya, first=day, last=day)
    await expect(maya.page.locator(".notice")).to_contain_text("You will be out of office.")
    await expect(maya.page.locator(".notice")).to_contain_text(f"On {day:%A, %B} {day.day}.")
    await expect(maya.page.get_by_label("First day")).to_have_value(day.isoformat())
    await expect(maya.page.get_by_label("Last day")).to_have_value(day.isoformat())
    await expect(maya.page.get_by_label("Answer to clients")).to_have_value(BACK)
    await goes_away(maya, first=day, last=day - timedelta(days=1))
    await expect(maya.page.get_by_text("Choose a last day on or after the first.")).to_be_visible()
    await expect(maya.page.get_by_label("Answer to clients")).to_have_value(BACK)
    await maya.go("/away")
    await maya.page.get_by_role("button", name="Take it back").click()
    await expect(maya.page.locator(".notice")).to_have_count(0)


async def test_an_administrator_sets_it_for_a_colleague_and_others_see_no_such_choice(window, cast):
    day = await today(cast)
    tess = await window(cast, "frontdesk", "/away")
    await expect(tess.page.get_by_label("For whom")).to_have_count(0)
    assert (await tess.get(f"/staff/away?staff={cast.staff['practitioner']}"))[0] == 403
    jonas = await window(cast, "owner", "/away")
    await jonas.page.get_by_label("For whom").select_option(label="Maya Okafor")
    await jonas.page.get_by_role("button", name="Show").click()
    await goes_away(jonas, first=day, last=day + timedelta(days=1))
    await expect(jonas.page.locator(".notice")).to_contain_text("Maya Okafor is out of office.")
    await tess.go("/away")
    await expect(tess.page.locator(".sheet", has_text="Colleagues out of office")).to_contain_text("Maya Okafor")
    await tess.go("/messages")
    await expect(tess.page.locator(".waiting")).to_contain_text("Maya Okafor")


async def test_outside_office_hours_set_on_screen_a_client_is_answered(window, cast, talk):
    other_day = DAYS[(await today(cast) + timedelta(days=3)).weekday()]
    maya = await window(cast, "practitioner", "/away")
    hours = maya.page.locator(".hours-day", has_text=other_day)
    await hours.get_by_label("opens").fill("17:00")
    await hours.get_by_label("closes").fill("09:00")
    await maya.page.get_by_label("Answer outside office hours").fill("I read messages on one day a week.")
    await maya.page.get_by_role("button", name="Save the hours").click()
    await expect(maya.page.get_by_text("Choose a closing time after it opens.")).to_be_visible()
    await hours.get_by_label("opens").fill("09:00")
    await hours.get_by_label("closes").fill("17:00")
    await maya.page.get_by_role("button", name="Save the hours").click()
    await expect(maya.page.get_by_text("Choose a closing time after it opens.")).to_have_count(0)
    await maya.reload()
    await expect(hours.get_by_label("closes")).to_have_value("17:00")
    ana = await window(cast, "client", f"/messages/{talk}")
    for words in ("Hello?", "Anybody?"):
        await ana.write(words)
        await expect(ana.said(words)).to_have_count(1)
    await expect(ana.page.locator(".message.automatic .bubble")).to_have_text(["I read messages on one day a week."])


async def test_the_practices_hours_hold_for_the_front_desk(window, cast):
    from tests.browser.test_front_desk import asked

    other_day = DAYS[(await today(cast) + timedelta(days=3)).weekday()]
    owner = await window(cast, "owner", "/settings/messaging")
    hours = owner.page.locator(".hours-day", has_text=other_day)
    await hours.get_by_label("opens").fill("09:00")
    await hours.get_by_label("closes").fill("17:00")
    await owner.page.get_by_label("Answer outside office hours").fill("The office is closed today.")
    await owner.page.get_by_role("button", name="Save the hours").click()
    await expect(owner.page.get_by_label("Answer outside office hours")).to_have_value("The office is closed today.")
    conversation = await asked(cast, "Are you open?")
    ana = await window(cast, "client", f"/messages/{conversation}")
    await expect(ana.last).to_contain_text("The office is closed today.")
    await expect(ana.last).to_contain_text("Front desk")


async def test_a_saved_reply_is_inserted_changed_and_sent(window, cast, talk):
    owner = await window(cast, "owner", "/saved-replies")
    await owner.page.get_by_label("Name", exact=True).fill("Where to park")
    await owner.page.get_by_label("Words").fill("Park behind the house.")
    await owner.page.get_by_label("For everybody at the practice").check()
    await owner.page.get_by_role("button", name="Save the reply").click()
    await expect(owner.page.locator(".lines")).to_contain_text("Park behind the house.")
    tess = await window(cast, "frontdesk", "/saved-replies")
    await expect(tess.page.locator(".lines")).to_contain_text("Where to park")
    await expect(tess.page.get_by_role("button", name="Change Where to park")).to_have_count(0)
    await expect(tess.page.get_by_label("For everybody at the practice")).to_have_count(0)
    ana = await window(cast, "client", f"/messages/{talk}")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.box.fill("Of course. ")
    await maya.page.get_by_role("button", name="Insert a saved reply").click()
    await maya.page.get_by_text("Where to park", exact=True).click()
    await expect(maya.box).to_have_value("Of course. Park behind the house.")
    await maya.box.press("End")
    await maya.box.press_sequentially(" See you then.")
    await maya.box.press("Enter")
    await expect(ana.last).to_contain_text("Of course. Park behind the house. See you then.")
