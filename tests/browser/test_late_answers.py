"""An answer that comes late, or not at all, takes the place of nothing newer, and what it should have brought comes."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from models.clients import admitting
from models.clients.adding import NewClient, add
from models.clients.portal_people import person_for
from tests.browser.building import opened
from tests.browser.said import AGED, look_for, say
from tests.documents.talking import TALK
from tests.support.papers import a_form

# As by the keyboard: the pointer stays where it is.
CHOOSE = """(select, value) => {
  select.value = value
  select.dispatchEvent(new Event("change", { bubbles: true }))
}"""
# The next request to a door is held, before it goes out or once it is answered, until window.letIn(); data-answered
# counts the answers that reached the page.
HOLD = """([door, when, method, accept]) => {
  const real = window.fetch
  const { dataset } = document.documentElement
  let held = false
  const wait = () => new Promise((go) => { window.letIn = go; dataset.held = door })
  window.fetch = async (...asked) => {
    const { method: by = "GET", headers: { Accept: wants = "" } = {} } = asked[1] ?? {}
    if (!String(asked[0]).includes(door) || by !== method || !wants.includes(accept)) return real(...asked)
    const first = !held
    held = true
    if (first && when === "before") await wait()
    const answer = await real(...asked)
    if (first && when === "after") await wait()
    setTimeout(() => { dataset.answered = Number(dataset.answered ?? 0) + 1 })
    return answer
  }
}"""
# The next answer of a door breaks off in the middle, as on a line that is lost.
CUT = """(door) => {
  const real = window.fetch
  let cut = false
  window.fetch = async (...asked) => {
    const answer = await real(...asked)
    if (cut || !String(asked[0]).includes(door)) return answer
    cut = true
    const lost = () => Promise.reject(new TypeError("network error"))
    const begun = new Response("", { status: answer.status, headers: answer.headers })
    return Object.assign(begun, { text: lost, json: lost })
  }
}"""
# Whether this part was shown in the meantime, be it for a moment.
SHOWN = """(part) => {
  window.shown = false
  const look = (changes) => { window.shown ||= changes.some(({ target }) => !target.hidden) }
  new MutationObserver(look).observe(document.querySelector(part), { attributeFilter: ["hidden"] })
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Once:
    """The first request is answered by `first`, each other one goes its way."""

    def __init__(self, first):
        self.first, self.count = first, 0

    async def __call__(self, route):
        self.count += 1
        await (self.first(route) if self.count == 1 else route.continue_())


async def heard(window, words):
    """Until these words came over the window's line."""
    async with asyncio.timeout(20):
        while not any(words in frame for frame in window.heard):
            await asyncio.sleep(0.02)


async def hold(page, door, *, when="after", method="GET", accept=""):
    """`held(page)` waits until that request is there, `let_in(page)` lets it go."""
    await page.evaluate(HOLD, [door, when, method, accept])


async def held(page):
    await expect(page.locator("html[data-held]")).to_be_attached()


async def let_in(page):
    await page.evaluate("() => { window.letIn(); delete document.documentElement.dataset.held }")
    await page.evaluate(DRAWN)


async def test_news_of_a_former_question_do_not_come_back_when_the_rows_are_left(window, cast):
    tess = await window(cast, "frontdesk", "/clients")
    rows = tess.page.locator(".client-link")
    await rows.first.hover()
    await hold(tess.page, "/clients/list", method="POST")
    owner = await cast.actor("owner")
    await cast.inside(lambda: add(owner, [NewClient("Mia", "Vale")]))
    await held(tess.page)
    ids = await cast.inside(lambda: add(owner, [NewClient("Second", "Vale")]))
    await heard(tess, str(ids[0]))
    await tess.page.locator("#kind").evaluate(CHOOSE, "minor")
    await let_in(tess.page)
    await expect(rows, "what is asked for comes, wherever the pointer is").to_have_text(["Leo Marsh", "Nora Marsh"])
    await tess.page.mouse.move(2, 2)
    await tess.page.evaluate(DRAWN)
    await expect(rows).to_have_text(["Leo Marsh", "Nora Marsh"])


async def test_news_of_clients_that_nobody_answered_are_asked_for_again(window, cast):
    tess = await window(cast, "frontdesk", "/clients")
    busy = Once(lambda route: route.fulfill(status=503, json={"code": "busy", "detail": "Too much at once."}))
    await tess.page.route("**/clients/list", busy)
    owner = await cast.actor("owner")
    await cast.inside(lambda: add(owner, [NewClient("Mia", "Vale")]))
    await expect(tess.page.get_by_role("link", name="Mia Vale")).to_be_visible()
    assert busy.count > 1


async def test_lines_on_their_way_do_not_come_below_the_latest(window, cast, talk):
    lines = [f"Line {number}" for number in range(150)]
    lines[20] = "The heron stands by the water"
    await say(cast, talk, "practitioner", lines)
    maya = await window(cast, "practitioner", "/messages")
    await look_for(maya, "heron")
    await maya.page.locator(".hit").click()
    await maya.live()  # before, its script would lead back to what was found
    await expect(maya.said("heron")).to_be_in_viewport()
    await hold(maya.page, "/messages?after=")
    await maya.page.locator(".thread").evaluate("thread => { thread.scrollTop = thread.scrollHeight }")
    await held(maya.page)
    await maya.page.locator("[data-jump]").click()
    await expect(maya.last).to_contain_text("Line 149")
    await let_in(maya.page)
    await expect(maya.page.locator(".thread[aria-busy]")).to_have_count(0)
    await expect(maya.last).to_contain_text("Line 149")
    await say(cast, talk, "practitioner", ["And one more"])
    await expect(maya.last).to_contain_text("And one more")
    shown = await maya.bubbles()
    assert shown[-2:] == ["Line 149", "And one more"] and len(shown) == len(set(shown))


async def test_a_message_that_asks_goes_on_asking_when_the_line_was_away(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.cut()
    await ana.write("Not gone yet")
    await expect(ana.page.locator(".thread > .waiting")).to_have_count(1)
    await ana.page.evaluate(AGED, 25)
    await ana.context.set_offline(False)
    asks = ana.page.locator(".thread > .waiting", has_text="Send it now?")
    await expect(asks).to_have_count(1, timeout=20_000)
    await ana.cut()
    await ana.context.set_offline(False)
    await ana.live()
    await expect(asks.get_by_role("button", name="Send it")).to_be_visible()


async def test_an_answer_that_broke_off_is_asked_for_again(window, cast, talk):
    ana = await window(cast, "client", "/home")
    await ana.page.evaluate(CUT, "/badge")
    await say(cast, talk, "practitioner", ["Are you there?"])
    await expect(ana.unread).to_contain_text("1")


async def test_what_a_client_is_asked_can_be_saved_once_more_when_the_answer_broke_off(window, cast):
    await a_form(cast)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documentation")
    await maya.page.get_by_role("checkbox", name="Intake").check()
    await maya.page.evaluate(CUT, "/documentation")
    save = maya.page.get_by_role("button", name="Save")
    await save.click()
    await expect(maya.page.get_by_text("did not answer in time")).to_be_visible()
    await save.click()
    await expect(maya.page.get_by_role("dialog", name="Tell them")).to_be_visible()


async def test_a_page_that_was_taken_away_goes_also_when_its_door_was_busy(window, cast):
    karen = await window(cast, "parent", f"/for/{cast.clients['teen']}/home")
    busy = Once(lambda route: route.fulfill(status=503, json={"code": "busy", "detail": "Too much at once."}))
    await karen.page.route(karen.page.url, busy)
    await changed(cast, admitting.revoke)
    await expect(karen.page.get_by_role("dialog")).to_contain_text("Your access to this part of the portal has ended")
    assert busy.count > 1


async def test_the_switch_pressed_last_is_what_stays(window, cast):
    ana = await window(cast, "client", "/preferences")
    unread = ana.page.get_by_role("switch", name="When a message stays unread")
    await expect(unread).to_be_checked()
    await hold(ana.page, "/preferences", when="before", method="POST")
    await unread.uncheck()
    await held(ana.page)
    await unread.check()
    await ana.page.evaluate(DRAWN)
    await let_in(ana.page)
    await expect(ana.page.locator("html")).to_have_attribute("data-answered", "2")
    await expect(ana.page.get_by_text("Saved")).to_be_visible()
    await ana.reload()
    await expect(unread).to_be_checked()


async def test_who_took_over_is_not_sent_back_by_what_was_asked_before(window, cast):
    first, form = await opened(cast, window, source=TALK)
    await first.ready()
    second, _ = await opened(cast, window, "owner", form=form)
    over = second.page.get_by_role("button", name="Take over")
    await expect(over).to_be_visible()
    await hold(second.page, f"/forms/{form.id}")
    await first.item("Why now?").locator("[data-text]").fill("What brings you here?")
    await first.saved()  # whatever it is that the second asks for: this is part of the form
    await held(second.page)
    await over.click()
    await second.ready()
    await second.page.evaluate(SHOWN, "[data-took]")
    await let_in(second.page)
    await expect(second.item("What brings you here?")).to_be_visible()
    await second.ready()
    assert not await second.page.evaluate("window.shown")


async def changed(cast, verb):
    """A parent's access to the teen's portal, by the practitioner."""
    actor = await cast.actor("practitioner")

    async def work():
        await verb(actor, await person_for(actor, cast.clients["teen"], cast.contacts["parent"]))

    await cast.inside(work)
