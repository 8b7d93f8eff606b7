"""Manage Documentation of a family: short at first, found by name, and still of use for who may get nothing new."""

from __future__ import annotations

from playwright.async_api import expect

from models.core.database import execute
from models.documents.asking import Wanted
from tests.browser.test_sharing import START, managing, panel
from tests.browser.window import axe
from tests.documents.desk import Desk
from tests.support.papers import INTAKE, a_form

TITLES = ("PHQ-9: how you have been feeling", "GAD-7: worry", *(f"Form {number}" for number in range(1, 9)))


async def library(cast):
    for title in TITLES:
        await a_form(cast, {**INTAKE, "title": title}, kind="assessment")


async def test_each_of_a_family_is_folded_but_who_has_something_and_a_form_is_found_by_its_name(
    window, cast, axe_source
):
    await library(cast)
    await Desk(cast).share("parent", Wanted("request", title="Insurance card"))
    maya = await window(cast, "practitioner", START["practitioner"], reduced_motion="reduce")
    dialog = await managing(maya, cast)
    leo, karen = panel(dialog, "Leo Marsh"), panel(dialog, "Karen Marsh")
    await expect(karen.get_by_role("checkbox", name="Insurance card")).to_be_visible()
    await expect(karen.get_by_role("checkbox", name="PHQ-9")).to_be_hidden()
    await expect(karen.locator("summary").first).to_contain_text("1 asked")
    await expect(leo.get_by_role("heading", name="Shared documents")).to_be_hidden()
    await leo.locator("summary").first.focus()
    await maya.page.keyboard.press("Enter")
    await leo.get_by_role("searchbox", name="Find a form for Leo Marsh").fill("phq")
    await expect(leo.get_by_role("checkbox")).to_have_count(1)
    assert await axe(maya, axe_source) == []
    await maya.page.keyboard.press("Enter")
    await expect(maya.page.get_by_role("dialog", name="Tell them by e-mail")).to_have_count(0)
    await leo.get_by_role("checkbox", name="PHQ-9").check()
    await expect(leo.locator("summary").first).to_contain_text("not saved yet")
    await leo.get_by_role("searchbox").fill("nothing is called so")
    await expect(leo.get_by_text("No form is called so.")).to_be_visible()
    await expect(leo.get_by_role("checkbox", name="PHQ-9")).to_be_checked()
    await dialog.get_by_role("button", name="Save").click()
    await maya.page.get_by_role("dialog", name="Tell them").get_by_role("button", name="Not now").click()
    await expect(leo.get_by_role("checkbox", name="PHQ-9")).to_be_visible()
    await expect(leo.locator("summary").first).to_contain_text("not saved yet")


async def test_what_a_contact_without_the_permission_has_is_unshared_by_hand(window, cast):
    desk = Desk(cast)
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{}' WHERE contact_id = $1", desk.person("parent")))
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast)
    karen = panel(dialog, "Karen Marsh")
    await expect(karen.get_by_text("What stands here can still be un-shared.")).to_be_visible()
    await expect(karen.get_by_role("button", name="Ask for files")).to_have_count(0)
    await karen.get_by_role("checkbox", name="Intake").uncheck()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    assert await desk.documents("parent") == []


async def test_what_is_asked_is_put_in_order_by_drag_and_stands_so_at_the_clients_without_a_reload(window, cast):
    titles = ["Insurance card", "Old records", "School report"]
    await Desk(cast, "client").share("client", *(Wanted("request", title=one) for one in titles))
    ana = await window(cast, "client", START["client"])
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await expect(mine.locator("sortable-list[ready]")).to_have_count(1)
    first = mine.get_by_role("listitem").first
    await drag(maya, mine.get_by_role("button", name="Move School report"), first, "School report")
    await expect(first).to_contain_text("School report")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    todo = ana.page.get_by_role("region", name="To do")
    await expect(todo.get_by_role("link").first).to_contain_text("School report")
    assert [one.title for one in await Desk(cast, "client").documents("client")] == [titles[2], *titles[:2]]


async def drag(window, what, where, words):
    """Picked up, moved over the upper edge of the other in steps, and let go when what says `words` stands there."""
    await what.hover()  # it stands still by then
    start, end, mouse = await what.bounding_box(), await where.bounding_box(), window.page.mouse
    x = start["x"] + start["width"] / 2
    await mouse.down()
    for step in range(1, 11):
        await mouse.move(x, start["y"] + (end["y"] + 10 - start["y"]) * step / 10)
    for wag in range(100):
        await mouse.move(x, end["y"] + 5 + wag % 2)
        if words in await where.inner_text():
            break
    await mouse.up()
