"""A client books while others look at the same times: what is chosen and taken shows on every open page, and nobody
reloads."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest_asyncio
from playwright.async_api import expect

from models.accounts import features
from models.accounts.tables import Location
from models.appointments import asking, filling, holding, joining
from models.appointments.tables import Appointment, Offering
from models.appointments.taking import Wanted
from models.core.change import change, enqueue
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from tests.appointments.conftest import offer, open_week
from tests.appointments.times import at
from tests.browser.window import Window, axe
from tests.faults.ground import eventually, eventually_so
from tests.support.standing import stands

TIME = "button.slot"
HELD = "held-time:defined"  # from here on, whoever leaves lets go of the time
LIVE = '["live"'  # as a visitor's line says that from here on nothing is missed


@pytest_asyncio.fixture(loop_scope="session")
async def times(cast) -> str:
    """A query under which free times of the practitioner are shown, on a day of the week after next."""

    async def make() -> str:
        made = await Offering.create(id=new_id(), name="Counseling", modes=["in-person"], bookable="everyone",
                                     confirm="instant")
        await offer(made, cast.staff["practitioner"])
        await execute("INSERT INTO service_length (service_id, minutes, fee_cents) VALUES ($1, 50, 12000)", made.id)
        place = await Location.create(id=new_id(), name="Wharf Street", address="14 Wharf Street")
        await open_week(cast.staff["practitioner"], place.id)
        day: date = at(10).date()
        return f"service={made.id}&practitioner={cast.staff['practitioner']}&day={day}"

    return str(await cast.inside(make))


async def _code(cast: Any, proof: str) -> str:
    """Once the mail has left: digits that are made anew now, and end those of the mail."""
    gone = "SELECT 1 FROM outgoing_mail WHERE kind = 'booking-code' AND accepted_at IS NOT NULL"
    while not await cast.inside(lambda: fetch_all(gone)):
        await asyncio.sleep(0.05)
    return str((await cast.inside(lambda: asking.outgoing(UUID(proof)))).code)


def slot(one: Any, words: str) -> Any:
    return one.page.locator(TIME, has=one.page.locator("b", has_text=re.compile(f"^{words}$")))


async def test_a_time_that_one_client_chooses_books_and_takes_back_shows_to_another(window, cast, times, axe_source):
    ana = await window(cast, "client", f"/appointments/book?{times}")
    leo = await window(cast, "teen", f"/appointments/book?{times}", width=360)
    await slot(ana, "10:00 AM").click()
    await expect(ana.page.get_by_role("heading", name="Book this time?")).to_be_visible()
    await expect(slot(leo, "10:00 AM")).to_contain_text("Being booked")
    await expect(slot(leo, "10:00 AM")).to_have_attribute("aria-disabled", "true")
    await slot(leo, "10:00 AM").click(force=True)
    await expect(leo.page).to_have_url(re.compile("day="))  # nothing happens
    await ana.live()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()
    await expect(slot(leo, "10:00 AM")).to_contain_text("Just taken")
    await ana.live()
    await ana.page.get_by_role("button", name="Take it back").click()
    await expect(slot(leo, "10:00 AM")).not_to_have_attribute("aria-disabled", "true")
    assert await axe(leo, axe_source) == []
    assert await leo.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# What the page fetches of the times comes in late, the first time.
LATE = """(() => {
  const real = fetch
  let looks = 0
  window.fetch = async (...asked) => {
    const answer = await real(...asked)
    if (!String(asked[0]).includes("/appointments/book")) return answer
    document.documentElement.dataset.looks = looks += 1
    if (looks === 1) await new Promise((go) => { window.letIn = go })
    return answer
  }
})()"""


async def test_a_look_that_began_before_a_time_was_chosen_does_not_make_it_free_again(window, cast, times):
    ana = await window(cast, "client", f"/appointments/book?{times}")
    leo = await window(cast, "teen", "/home")
    await leo.page.add_init_script(LATE)
    await leo.go(f"/appointments/book?{times}")
    await expect(leo.page.locator("html")).to_have_attribute("data-looks", "1")
    await slot(ana, "10:00 AM").click()
    await expect(slot(leo, "10:00 AM")).to_contain_text("Being booked")
    await leo.page.evaluate("window.letIn()")
    await expect(leo.page.locator("html")).to_have_attribute("data-looks", re.compile("^[2-9]"))
    await expect(slot(leo, "10:00 AM")).to_contain_text("Being booked")
    await expect(slot(leo, "10:00 AM")).to_have_attribute("aria-disabled", "true")


async def test_leaving_the_page_lets_the_time_go_and_back_shows_the_times_again(window, cast, times):
    ana = await window(cast, "client", f"/appointments/book?{times}")
    leo = await window(cast, "teen", f"/appointments/book?{times}")
    await slot(ana, "3:00 PM").click()
    await expect(slot(leo, "3:00 PM")).to_contain_text("Being booked")
    await expect(ana.page.locator(".hold-clock")).to_contain_text("4:")
    await expect(ana.page.locator(HELD)).to_be_attached()
    await ana.page.go_back()
    await expect(slot(leo, "3:00 PM")).not_to_have_attribute("aria-disabled", "true")
    await expect(slot(ana, "3:00 PM")).not_to_have_attribute("aria-disabled", "true")


async def test_a_hold_that_is_over_goes_by_itself_from_every_open_page(window, visit, cast, times):
    """The job lets it go at its time; here that time comes sooner."""
    ana = await window(cast, "client", f"/appointments/book?{times}")
    leo = await window(cast, "teen", f"/appointments/book?{times}")
    nora = await visit(f"/request?{times}&whom=self")
    await slot(ana, "2:00 PM").click()
    for one in (leo, nora):
        await expect(slot(one, "2:00 PM")).to_contain_text("Being booked")

    async def sooner() -> None:
        held = await Appointment.get(state="hold")
        await Appointment.filter(id=held.id).update(held_until=now())
        async with change(None, "hold.keep"):
            await enqueue(holding.RELEASE, {"hold": held.id}, key=f"sooner:{held.id}")

    await cast.inside(sooner)
    for one in (leo, nora):
        await expect(slot(one, "2:00 PM")).not_to_have_attribute("aria-disabled", "true")

    async def nothing_held() -> bool:
        return await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0

    await eventually_so(nothing_held)  # a page that looks sees that its time is over before the job comes
    await ana.live()
    await ana.page.locator("#message").fill("After school")
    await ana.cut()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(ana.page.get_by_text("You are offline, so nothing was sent.")).to_be_in_viewport()
    await ana.context.set_offline(False)
    await expect(ana.page.get_by_text("You are offline, so nothing was sent.")).to_be_hidden()
    await expect(ana.page.locator("#message")).to_have_value("After school")
    await ana.live()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()  # nobody took it meanwhile


async def test_the_places_of_a_group_go_one_by_one_on_every_open_page(window, cast, times, axe_source):
    await cast.inside(lambda: Offering.filter(name="Counseling").update(kind="group", capacity=2))
    desk = await cast.actor("frontdesk")
    service = UUID(times.partition("=")[2].partition("&")[0])
    place = await cast.inside(lambda: Location.get(name="Wharf Street"))
    there = Wanted(service, 50, cast.staff["practitioner"], at(10), "in-person", place.id)
    await cast.inside(lambda: filling.book_by_staff(desk, there, []))
    ana = await window(cast, "client", f"/appointments/book?{times}")
    leo = await window(cast, "teen", f"/appointments/book?{times}", width=360, color_scheme="dark")
    group, seen = slot(ana, "10:00 AM"), slot(leo, "10:00 AM")
    for one in (group, seen):
        await expect(one).to_contain_text("2 places left")
    assert await axe(leo, axe_source) == []
    await group.click()
    await expect(ana.page.locator("[data-say=held]")).to_be_visible()
    await expect(ana.page.get_by_text("Nobody is told here who else comes.")).to_be_visible()
    await expect(seen).to_contain_text("1 place left")
    await expect(seen).not_to_have_attribute("aria-disabled", "true")
    await ana.live()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()
    await cast.inside(lambda: add_child(cast, desk))
    await expect(seen).to_contain_text("Full now")
    await expect(seen).to_have_attribute("aria-disabled", "true")
    await ana.live()
    await ana.page.get_by_role("button", name="Take it back").click()
    await expect(seen).to_contain_text("1 place left")
    await expect(seen).not_to_have_attribute("aria-disabled", "true")
    assert await leo.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def add_child(cast: Any, desk: Any) -> None:
    group = await Appointment.get(state="scheduled")
    await joining.join(desk, group.id, cast.clients["child"])


async def test_a_visitor_elsewhere_reads_times_on_their_own_clock(visit, cast, times):
    nora = await visit(f"/request?{times}&whom=self", zone="America/Los_Angeles")
    await expect(slot(nora, "7:00 AM")).to_contain_text("10:00 AM there")
    await expect(nora.page.get_by_text("Los Angeles time, beside them New York time")).to_be_visible()
    await nora.page.goto(f"{nora.url}/request?{times}")
    await nora.page.get_by_role("button", name="Show free times").click()
    await nora.page.wait_for_url(re.compile("zone=America"))
    await nora.page.goto(f"{nora.page.url}&{times.split('&')[-1]}")  # tomorrow's morning may be too near to be booked
    await expect(slot(nora, "7:00 AM")).to_contain_text("10:00 AM there")
    await slot(nora, "7:00 AM").click()
    await expect(nora.page.locator("p.when")).to_contain_text("7:00 AM to 7:50 AM (10:00 AM at the practice)")
    assert nora.faults == []


async def test_the_whole_way_goes_with_the_keyboard_alone(window, cast, times, axe_source):
    ana = await window(cast, "client", "/appointments/book")
    await ana.page.locator("a.book-service").focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("heading", name="Choose a time")).to_be_visible()
    await ana.live()
    assert await axe(ana, axe_source) == []
    await ana.page.locator(TIME).first.focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("heading", name="Book this time?")).to_be_visible()
    await ana.live()
    assert await axe(ana, axe_source) == []
    await ana.page.get_by_role("button", name="Book the appointment").focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()
    await ana.live()
    assert await axe(ana, axe_source) == []


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium, place, cast):
    """`await visit("/request?…")`: a window of nobody, who is signed in nowhere; before free times it hears of them."""
    contexts = []

    async def open_one(path: str, *, width: int = 1280, zone: str = "America/New_York", **options: Any) -> Window:
        form = {"viewport": {"width": width, "height": 800}, "timezone_id": zone, **options}
        context = await chromium.new_context(**form)
        contexts.append(context)
        made = Window(context, await context.new_page(), place.url(cast.subdomain), "")
        await made.page.goto(f"{made.url}{path}")
        if await made.page.locator("slot-picker").count() and options.get("java_script_enabled", True):
            await eventually(lambda: any(LIVE in frame for frame in made.heard), what="the line of a visitor")
        return made

    yield open_one
    for one in contexts:
        await one.close()


async def test_taken_times_vanish_from_every_open_page_and_visitors_learn_no_name(
    window, visit, cast, times, axe_source
):
    nora = await visit(f"/request?{times}&whom=self", width=360)
    theo = await visit(f"/request?{times}&whom=self")
    ana = await window(cast, "client", f"/appointments/book?{times}")
    await slot(nora, "10:00 AM").click()
    await expect(nora.page.get_by_role("heading", name="Your details")).to_be_visible()
    for one in (theo, ana):
        await expect(slot(one, "10:00 AM")).to_contain_text("Being booked")
    await slot(ana, "3:00 PM").click()
    await ana.live()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()
    await expect(slot(theo, "3:00 PM")).to_contain_text("Just taken")
    await eventually(lambda: any("appointment.booked" in frame for frame in theo.heard), what="the event itself")
    heard = "\n".join(theo.heard)
    assert str(cast.clients["client"]) not in heard and '"seq"' not in heard
    assert not stands("Ana", heard) and '"cursor"' not in heard
    assert await axe(nora, axe_source) == []
    assert await nora.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(nora.page.locator(HELD)).to_be_attached()
    await nora.page.go_back()
    await expect(slot(theo, "10:00 AM")).not_to_have_attribute("aria-disabled", "true")
    assert [*nora.faults, *theo.faults] == []


async def test_what_was_taken_before_the_line_of_a_visitor_came_shows_once_it_is_there(visit, window, cast, times):
    let_go = asyncio.Event()

    async def held(socket) -> None:
        await let_go.wait()
        socket.connect_to_server()

    nora = await visit("/request")
    await nora.page.route_web_socket("**/socket.io/**", held)
    async with nora.page.expect_response(lambda one: one.request.resource_type == "fetch" and "/request?" in one.url):
        await nora.page.goto(f"{nora.url}/request?{times}&whom=self")  # and its own first look
    ana = await window(cast, "client", f"/appointments/book?{times}")
    await slot(ana, "10:00 AM").click()
    await expect(ana.page.get_by_role("heading", name="Book this time?")).to_be_visible()
    await expect(slot(nora, "10:00 AM")).not_to_have_attribute("aria-disabled", "true")
    let_go.set()
    await expect(slot(nora, "10:00 AM")).to_have_attribute("aria-disabled", "true")


async def test_switched_off_the_page_of_a_visitor_says_so_itself(visit, cast, times):
    nora = await visit(f"/request?{times}&whom=self")
    await expect(slot(nora, "10:00 AM")).to_be_visible()
    owner = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "online-booking", on=False))
    await expect(nora.page.get_by_text("Appointments cannot be asked for here.")).to_be_visible(timeout=20_000)


async def test_a_client_asks_and_the_front_desk_a_practitioner_and_a_visitor_see_it_without_reload(
    window, visit, cast, times, axe_source
):
    await cast.inside(lambda: Offering.filter(name="Counseling").update(confirm="request"))
    desk, today = await window(cast, "frontdesk", "/requests"), await window(cast, "practitioner", "/today")
    nora = await visit(f"/request?{times}&whom=self")
    ana = await window(cast, "client", f"/appointments/book?{times}")
    await expect(desk.page.get_by_text("Nobody waits for an answer")).to_be_visible()
    assert await axe(desk, axe_source) == []
    await slot(ana, "10:00 AM").click()
    await ana.live()
    await ana.page.get_by_role("button", name="Send the request").click()
    await expect(ana.page.get_by_role("heading", name="Your request is sent")).to_be_visible()
    await ana.live()
    for one in (desk, today):
        await expect(one.page.get_by_text("Ana Beltrán")).to_be_visible()
    await expect(slot(nora, "10:00 AM")).to_contain_text("Just taken")
    await desk.page.get_by_role("link", name="Ana Beltrán").click()
    await desk.live()
    assert await axe(desk, axe_source) == []
    await desk.page.get_by_role("button", name="I handle it").click()
    await expect(today.page.get_by_text("handles it")).to_be_visible()
    await desk.live()
    await desk.page.get_by_role("button", name="Accept", exact=True).click()
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()
    await expect(today.page.get_by_text("Ana Beltrán")).to_have_count(0)


async def test_a_newcomer_asks_for_a_child_on_a_phone_with_the_code_from_the_mail(
    window, visit, cast, times, axe_source
):
    desk = await window(cast, "frontdesk", "/requests", width=360)
    nora = await visit(f"/request?{times}&whom=child", width=360)
    await slot(nora, "10:00 AM").click()
    for label, words in (("#other_first_name", "Theo"), ("#other_last_name", "Field"), ("#first_name", "Nora"),
                         ("#last_name", "Field"), ("#email", "nora@field.test"), ("#other_born_on", "2017-04-01")):
        await nora.page.locator(label).fill(words)
    await nora.page.locator("#relation").select_option("parent")
    await nora.page.get_by_role("button", name="Go on").click()
    await expect(nora.page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    assert await axe(nora, axe_source) == []
    assert await nora.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    proof = await nora.page.locator("[name=proof]").input_value()
    code = await _code(cast, proof)
    await nora.page.get_by_label("Code from the e-mail").fill(code)
    await nora.page.keyboard.press("Enter")
    await expect(nora.page.get_by_role("heading", name="Your request is sent")).to_be_visible()
    assert "secret" not in nora.page.url and not await nora.context.cookies()
    await expect(desk.page.get_by_text("Nora Field asks for a child")).to_be_visible()
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await desk.page.get_by_role("link", name="Nora Field").click()
    await desk.live()
    assert await axe(desk, axe_source) == []
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await desk.page.get_by_role("button", name="Accept as a new client").click()
    await expect(desk.page.get_by_role("heading", name="Theo Field", level=1)).to_be_visible()


async def test_the_whole_way_goes_without_a_script(visit, cast, times):
    nora = await visit("/", java_script_enabled=False)
    await nora.page.get_by_role("link", name="I’m a new client").click()
    await nora.page.locator("a.book-service").click()
    await nora.page.get_by_role("button", name="Show free times").click()
    await nora.page.locator(TIME).first.click()
    for label, words in (("#first_name", "Nora"), ("#last_name", "Field"), ("#email", "nora@field.test")):
        await nora.page.locator(label).fill(words)
    await nora.page.get_by_role("button", name="Go on").click()
    proof = await nora.page.locator("[name=proof]").input_value()
    code = await _code(cast, proof)
    await nora.page.get_by_label("Code from the e-mail").fill(code)
    await nora.page.get_by_role("button", name="Send the request").click()
    await expect(nora.page.get_by_role("heading", name="Your request is sent")).to_be_visible()
