"""Pages stay fit when things are long and colours extreme: no sideways scroll, targets for fingers, readable words."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.core.database import execute
from tests.browser.said import say
from tests.browser.window import axe

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte"
PRACTICE = "The Wilhelmina Oduya-Castellanos Center for Children, Young People and their Grown-ups"
NAME = "Wilhelmina Bartholomea Oduya-Castellanos-Featherstonehaugh"
DESK = ["/today", "/messages", "/messages/{talk}", "/messages/new", "/messages/search", "/away",
        "/saved-replies", "/sessions", "/password", "/preferences", "/calendar", "/calendar?view=week",
        "/calendar/new"]  # fmt: skip
PORTAL = ["/home", "/appointments", "/messages", "/messages/{talk}", "/messages/new", "/messages/search", "/sessions",
          "/password", "/preferences"]  # fmt: skip
SETTINGS = ["/settings", "/settings/messaging", "/settings/practice", "/settings/branding", "/settings/portal",
            "/settings/portal/cancellation/edit", "/settings/billing"]  # fmt: skip
PAGES = {"practitioner": DESK, "client": PORTAL, "owner": SETTINGS}
ACCENTS = ["#050505", "#fdfdfd", "#39ff14"]
HARBOR = "light-dark(#1b5470, #79b5d7)"
ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"

# what a finger must find; a link inside a sentence is found as the sentence is (WCAG 2.5.8), one that stands alone
# says so with the class `reach`, whose surroundings count
SMALL = """() => {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1
  const size = (e) => {
    const { width, height } = e.getBoundingClientRect()
    const around = parseFloat(getComputedStyle(e, "::after").height) || 0
    return e.matches(".reach") ? [width, Math.max(height, around)] : [width, height]
  }
  const inSentence = (e) => e.matches("a") && getComputedStyle(e).display === "inline"
  return [...document.querySelectorAll("a, button, input, select, textarea, [role=button]")]
    .filter((e) => shown(e) && !e.disabled && !e.closest(".unseen, .skip, [hidden], label") && !inSentence(e))
    .map((e) => [`${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 20)}`, ...size(e)])
    .filter(([, width, height]) => width < 43.5 || height < 43.5)
}"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


async def stretch(cast, accent="#1b5470"):
    """Everybody's name, the practice's and a word in a message are as long as any."""

    async def work():
        await execute("UPDATE practice_profile SET name = $1, accent = $2", PRACTICE, accent)
        await execute("UPDATE staff_member SET name = $1 || ' ' || name", NAME)
        await execute("UPDATE client SET name = $1 || ' ' || name", NAME)

    await cast.inside(work)


@pytest.fixture
async def long(cast, talk):
    await say(cast, talk, "client", ["hello", LONG])
    await say(cast, talk, "practitioner", [f"{LONG}{LONG}", f"https://example.org/{LONG.lower()}"])
    await stretch(cast)
    return talk


@pytest.mark.parametrize("name", PAGES)
async def test_a_phone_of_360_pixels_holds_the_longest_names(window, cast, long, name):
    phone = await window(cast, name, "/preferences", width=360, has_touch=True, is_mobile=True)
    assert await phone.page.evaluate("matchMedia('(pointer: coarse)').matches")  # premise
    for path in PAGES[name]:
        page = (await phone.go(path.format(talk=long))).page
        assert await page.evaluate(SIDEWAYS) <= 0, path
        assert await page.evaluate(SMALL) == [], path


@pytest.mark.parametrize(("name", "path"), [("practitioner", "/messages/{talk}"), ("client", "/home")])
async def test_any_colour_of_a_practice_can_be_read(window, cast, long, axe_source, name, path):
    page = await window(cast, name, path.format(talk=long), width=1024, reduced_motion="reduce")
    for accent in ACCENTS:
        await stretch(cast, accent)
        await page.reload()
        assert await page.page.evaluate(ACCENT) != HARBOR  # premise
        for scheme in ("light", "dark"):
            await page.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert await axe(page, axe_source) == [], (accent, scheme)


async def test_the_rail_without_words_keeps_its_links_names(window, cast):
    maya = await window(cast, "practitioner", "/today", width=900)
    for name in ("Harbor Counseling", "Today", "Messages"):
        link = maya.page.get_by_role("navigation", name="Main").get_by_role("link", name=name)
        assert await link.count() == 1, name


async def test_ctrl_k_finds_from_every_page_of_the_desk(window, cast, talk):
    await say(cast, talk, "client", ["About the lighthouse"])
    maya = await window(cast, "practitioner", "/preferences")
    await maya.page.keyboard.press("Control+k")
    await maya.page.keyboard.type("lighthouse")
    await maya.page.keyboard.press("Enter")
    await expect(maya.page.locator("mark")).to_have_text("lighthouse")
    assert maya.page.url.endswith("/staff/messages/search"), "what is looked for stands in no address"
    await maya.page.locator(".hit").click()
    await expect(maya.said("About the lighthouse")).to_be_visible()
    await maya.page.go_back()
    await expect(maya.page.locator("mark")).to_have_text("lighthouse")


async def test_whoever_signs_in_next_is_not_shown_what_another_looked_for(window, cast, talk):
    await say(cast, talk, "client", ["About the lighthouse"])
    maya = await window(cast, "practitioner", "/today")
    await maya.page.get_by_label("Find a message or a person").fill("lighthouse")
    await maya.page.keyboard.press("Enter")
    await expect(maya.page.locator("mark")).to_have_text("lighthouse")
    token = cast.tokens[await cast.session("biller")]
    [cookie] = await maya.context.cookies()
    await maya.context.add_cookies([{**cookie, "value": token}])
    await maya.reload()
    await expect(maya.page.get_by_label("Words")).to_have_value("")
    await expect(maya.page.locator(".hit")).to_have_count(0)
