"""Branding while an administrator types: the preview beside the form, and what clients' open pages show after."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.async_api import expect

from tests.browser.window import axe

PAGE = "/settings/branding"


def logo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (120, 120), (20, 90, 80)).save(out, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": out.getvalue()}


async def test_the_preview_shows_what_is_typed_before_anything_is_saved(window, cast):
    owner = await window(cast, "owner", PAGE)
    frame = owner.page.frame_locator("iframe")
    await expect(frame.locator(".landing-about .letterhead")).to_be_visible()
    await owner.page.get_by_label("Welcome").fill("Small steps, said out loud.")
    await expect(frame.locator(".landing-about .letterhead")).to_have_text("Small steps, said out loud.")
    await owner.page.get_by_label("Main color", exact=True).fill("#3d6b35")
    await expect(frame.locator("form button")).to_have_css("background-color", "rgb(61, 107, 53)")
    await owner.page.get_by_label("Main color", exact=True).fill("#ffd400")
    await expect(owner.page.get_by_text("Your #ffd400 became darker")).to_be_visible()
    await expect(owner.page.get_by_label("Pick: main color")).to_have_value("#ffd400")
    ana = await window(cast, "client", "/home")
    await expect(ana.page.locator(".portal-name .seal")).to_have_css("background-color", "rgb(27, 84, 112)")


async def test_home_and_mail_are_shown_too_by_day_and_at_night(window, cast):
    owner = await window(cast, "owner", PAGE)
    frame, switch = owner.page.frame_locator("iframe"), owner.page.locator(".preview .segments label")
    await owner.page.get_by_label("Main color", exact=True).fill("#3d6b35")
    await switch.filter(has_text="Home").click()
    await expect(frame.get_by_text("Good morning, Alex")).to_be_visible()
    await switch.filter(has_text="E-mail").click()
    await expect(frame.locator(".go a")).to_have_css("background-color", "rgb(61, 107, 53)")
    await switch.filter(has_text="Dark").click()
    await expect(frame.locator("body")).to_have_css("background-color", "rgb(17, 24, 25)")
    await switch.filter(has_text="Sign-in").click()
    await expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(frame.locator(".landing-in")).to_have_css("background-color", "rgb(25, 33, 35)")


async def test_a_logo_is_in_the_preview_before_it_is_saved_and_on_a_clients_page_after(window, cast):
    ana = await window(cast, "client", "/home")
    await expect(ana.page.locator(".portal-name .seal")).to_be_visible()
    owner = await window(cast, "owner", PAGE)
    await owner.page.get_by_label("Upload a logo").set_input_files(logo())
    mark = owner.page.frame_locator("iframe").locator(".landing-mark img")
    await expect(mark).to_have_attribute("src", re.compile("^blob:"))
    await expect(owner.page.locator(".rail .seal")).to_be_visible()
    await owner.page.get_by_role("button", name="Save the logo").click()
    await expect(owner.page.locator(".rail img.logo")).to_be_visible()
    await ana.reload()
    worn = ana.page.locator(".portal-name img.logo")
    await expect(worn).to_be_visible()
    await expect(worn).to_have_js_property("complete", True)
    await expect(worn).to_have_js_property("naturalWidth", 120)


async def test_what_another_administrator_saves_shows_at_once_and_never_over_what_is_typed(window, cast):
    first, second = await window(cast, "owner", PAGE), await window(cast, "owner", PAGE)
    await first.page.get_by_label("Hours").fill("Mondays only")
    await first.page.get_by_role("button", name="Save the branding").click()
    await expect(first.page.get_by_text("Saved. Pages show it")).to_be_visible()
    await expect(second.page.get_by_label("Hours")).to_have_value("Mondays only")
    await second.page.get_by_label("Welcome").fill("Mine, not saved yet")
    await first.page.get_by_label("Hours").fill("Tuesdays only")
    await first.page.get_by_role("button", name="Save the branding").click()
    await expect(second.page.get_by_text("Changed by somebody else just now")).to_be_visible()
    await expect(second.page.get_by_label("Welcome")).to_have_value("Mine, not saved yet")
    await second.page.get_by_role("button", name="Save the branding").click()
    await expect(second.page.get_by_text("Saved meanwhile: Tuesdays only")).to_be_visible()
    await expect(second.page.get_by_label("Welcome")).to_have_value("Mine, not saved yet")
    await second.page.get_by_label("Hours").fill("Wednesdays only")
    await second.page.get_by_role("button", name="Save the branding").click()
    await expect(first.page.get_by_label("Hours")).to_have_value("Wednesdays only")


async def test_details_and_locations_follow_what_another_administrator_saves(window, cast):
    first, second = await window(cast, "owner", "/settings/practice"), await window(cast, "owner", "/settings/practice")
    await first.page.get_by_label("Legal name").fill("Harbor Counseling LLC")
    await first.page.get_by_role("button", name="Save the details").click()
    await expect(second.page.get_by_label("Legal name")).to_have_value("Harbor Counseling LLC")
    await first.page.get_by_role("link", name="Add a location").click()
    await first.page.get_by_label("Name").fill("Wharf Street")
    await first.page.get_by_role("button", name="Add the location").click()
    await expect(second.page.get_by_role("link", name="Edit Wharf Street")).to_be_visible()


async def test_practice_and_branding_can_be_used_by_everybody(window, cast, axe_source):
    for width in (390, 1280):
        owner = await window(cast, "owner", PAGE, width=width)
        for path in (PAGE, "/settings/practice", "/settings/practice/locations/new"):
            await owner.go(path)
            assert await axe(owner, axe_source) == [], path
