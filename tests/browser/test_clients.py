"""The list of clients, live at two desks, and adding a family."""

from __future__ import annotations

from playwright.async_api import expect

from models.clients.adding import NewClient, add
from models.clients.assigning import assign
from models.clients.tables import Client
from models.core.database import execute
from tests.browser.window import axe


async def test_whom_another_desk_adds_or_assigns_appears_for_who_may_see_them(window, cast):
    tess, maya = [await window(cast, who, "/clients") for who in ("frontdesk", "practitioner")]
    await expect(maya.page.locator(".client-link")).to_have_count(3)
    owner = await cast.actor("owner")
    (mia,) = await cast.inside(lambda: add(owner, [NewClient("Mia", "Vale")]))
    await expect(tess.page.get_by_role("link", name="Mia Vale")).to_be_visible()
    await cast.inside(lambda: add(owner, [NewClient("Second", "Vale")]))
    await expect(tess.page.get_by_role("link", name="Second Vale")).to_be_visible()
    await expect(maya.page.locator(".client-link")).to_have_count(3)
    await cast.inside(lambda: assign(owner, mia, cast.staff["practitioner"]))
    await expect(maya.page.get_by_role("link", name="Mia Vale")).to_be_visible()
    await expect(maya.page.get_by_role("link", name="Second Vale")).to_have_count(0)
    assert "Second" not in await maya.wires(), "nor does anything of them come over the wires"


async def test_what_is_typed_finds_at_once_stands_in_no_address_and_outlasts_going_on(window, cast, axe_source):
    maya = await window(cast, "practitioner", "/clients")
    rows = maya.page.locator(".client-link")
    assert await axe(maya, axe_source) == []
    await maya.page.get_by_label("Name, e-mail or phone").fill("BELTR")
    await expect(rows).to_have_text(["Ana Beltrán"])
    assert maya.page.url.endswith("/staff/clients")
    await rows.first.click()
    await expect(maya.page.get_by_role("heading", name="Ana Beltrán")).to_be_visible()
    assert await axe(maya, axe_source) == []
    await maya.page.go_back()
    await expect(rows).to_have_text(["Ana Beltrán"])
    await maya.page.get_by_label("Name, e-mail or phone").fill("nobody of that name")
    await expect(maya.page.get_by_text("Nobody was found")).to_be_visible()


async def test_filters_combine_stand_in_the_address_and_back_leads_through_them(window, cast):
    maya = await window(cast, "practitioner", "/clients")
    rows, page = maya.page.locator(".client-link"), maya.page
    await page.locator("#kind").select_option("minor")
    await expect(rows).to_have_text(["Leo Marsh", "Nora Marsh"])
    await page.locator("#portal").select_option("accepted")
    await page.locator("#sort").select_option("first")
    await page.get_by_label("Name, e-mail or phone").fill("nora")
    await expect(rows).to_have_text(["Nora Marsh"])
    assert page.url.partition("?")[2] == "kind=minor&portal=accepted&sort=first", "what is typed stands in no address"
    other = await window(cast, "practitioner", f"/clients?{page.url.partition('?')[2]}")
    await expect(other.page.locator(".client-link")).to_have_text(["Leo Marsh", "Nora Marsh"])
    await expect(other.page.locator("#kind")).to_have_value("minor")
    for left in ("kind=minor&portal=accepted", "kind=minor", ""):
        await page.go_back()
        await page.wait_for_url(lambda url, left=left: url.partition("?")[2] == left)
    await expect(rows).to_have_text(["Ana Beltrán", "Leo Marsh", "Nora Marsh"])
    await expect(page.locator("#kind")).to_have_value("")
    await page.go_forward()
    await expect(rows).to_have_text(["Leo Marsh", "Nora Marsh"])


async def test_all_of_a_page_are_selected_at_once_to_be_invited(window, cast):
    tess = await window(cast, "frontdesk", "/clients")
    every = tess.page.get_by_label("Select all on this page")
    await expect(tess.page.get_by_role("button", name="Invite to portal")).to_be_hidden()
    await every.check()
    await expect(tess.page.get_by_text("3 selected")).to_be_visible()
    await tess.page.get_by_label("Select Leo Marsh").uncheck()
    await expect(tess.page.get_by_text("2 selected")).to_be_visible()
    await expect(every).not_to_be_checked()
    await tess.page.get_by_role("button", name="Invite to portal").click()
    await expect(tess.page.get_by_text("Nora Marsh")).to_be_visible()
    await expect(tess.page.get_by_text("Leo Marsh")).to_have_count(0)


async def test_pages_follow_each_other(window, cast):
    rows = """INSERT INTO client (id, name, first_name, last_name)
      SELECT gen_random_uuid(), 'Page ' || n, 'Page', n::text FROM generate_series(101, 170) n"""
    await cast.inside(lambda: execute(rows))
    owner = await window(cast, "owner", "/clients")
    await expect(owner.page.get_by_text("73 clients")).to_be_visible()
    await owner.page.get_by_role("button", name="Next").click()
    await expect(owner.page.get_by_role("link", name="Nora Marsh")).to_be_visible()
    await owner.page.get_by_role("button", name="Previous").click()
    await expect(owner.page.get_by_role("link", name="Page 101")).to_be_visible()
    await owner.page.go_back()
    await expect(owner.page.get_by_role("link", name="Nora Marsh")).to_be_visible()
    await owner.reload()
    await expect(owner.page.get_by_role("link", name="Nora Marsh")).to_be_visible()


async def test_a_family_is_added_and_its_overview_follows_what_another_desk_does(window, cast):
    tess = await window(cast, "frontdesk", "/clients/new?kind=family")
    await tess.page.get_by_role("button", name="Another member").click()
    names = (("Mia", "Vale"), ("Tom", "Vale"), ("Pia", "Vale"))
    for number, (first, last) in enumerate(names):
        await tess.page.locator(f"#first_name-{number}").fill(first)
        await tess.page.locator(f"#last_name-{number}").fill(last)
    await tess.page.locator("#member-2").select_option("minor")
    await tess.page.get_by_role("button", name="Add them").click()
    await expect(tess.page.get_by_text("Fill in the birth date")).to_be_visible()
    await expect(tess.page.locator("#first_name-1")).to_have_value("Tom")
    await tess.page.locator("#born_on-2").fill("2016-05-04")
    await tess.page.get_by_role("button", name="Add them").click()
    await tess.page.wait_for_url("**/details")
    mia = await cast.inside(lambda: Client.get(first_name="Mia"))
    await tess.go(f"/clients/{mia.id}")
    family = tess.page.get_by_role("region", name="Couple or family")
    await expect(family.get_by_role("listitem").get_by_role("link")).to_have_count(2)
    owner = await cast.actor("owner")
    await cast.inside(lambda: assign(owner, mia.id, cast.staff["practitioner"]))
    await expect(tess.page.get_by_role("region", name="Practitioners")).to_contain_text("Maya Okafor")
    await expect(tess.page.get_by_role("region", name="Lately")).to_contain_text("assigned Maya Okafor")


async def test_the_longest_names_stand_whole_in_the_list_of_a_small_phone(window, cast):
    owner = await cast.actor("owner")
    long = ("Wilhelmina-Alexandrina-Theodora", "Oduya-Castellanos-von-Hohenzollern-Sigmaringen")
    names = (long, ("A" * 90, "B" * 90))
    for first, last in names:
        await cast.inside(lambda first=first, last=last: add(owner, [NewClient(first, last)]))
    tess = await window(cast, "frontdesk", "/clients", width=360)
    await expect(tess.page.get_by_role("link", name="Wilhelmina-Alexandrina-Theodora")).to_be_visible()
    assert await tess.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
