"""The calendar in real browsers: thirty desks watch one day while twenty bookings a minute come in, and one desk with
500 entries in view draws one that changes. All pages are those of one Chromium, on the machine of the workers, and it
draws without a graphics card: the pages move nothing, as for people who want less motion.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from playwright.async_api import Browser, CDPSession, Page, async_playwright

from models.appointments import filling
from models.appointments.tables import Appointment
from models.appointments.taking import Wanted
from models.core.actor import Actor
from models.core.database import fetch_all
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House, cpu
from tests.faults.ground import WebWorker
from tests.support.cast import Cast
from tools.browser import chromium_path

DESKS, SECONDS, A_MINUTE = 30, 60, 20
WHO = ("frontdesk", "practitioner", "owner", "supervisor")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SEEN = "ids => Object.fromEntries(ids.filter((one) => one in seen).map((one) => [one, seen[one]]))"
PATIENCE = 30.0  # seconds for the last booking to stand everywhere
CHANGES, WARM = 24, 4
GOAL, GOAL_OF_ONE = 1_000.0, 50.0

# When each entry first stood on the page, by its own clock; and a mark that a reload would lose.
WATCH = """() => {
  window.stays = true
  window.seen = {}
  const look = () => {
    for (const one of document.querySelectorAll("[data-entry]")) seen[one.dataset.entry] ??= Date.now()
  }
  look()
  new MutationObserver(look).observe(document.querySelector("[data-grid]"), { subtree: true, childList: true })
}"""
DRAWN = """id => new Promise((done) => {
  const seek = (_, watch) => document.querySelector(`[data-entry="${id}"].just`) && (watch.disconnect(), done())
  new MutationObserver(seek).observe(document.querySelector("[data-grid]"), { subtree: true, childList: true,
    attributes: true, attributeFilter: ["class"] })
})"""
LONG = """() => {
  window.tasks = []
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" })
}"""


async def measure(house: House, cast: Cast, monday: datetime) -> None:
    workers = [await house.new_worker("a"), await house.new_worker("b")]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        await _one_among_many(browser, workers[0], cast, monday)
        await _thirty_desks(browser, workers, cast, monday)
        await browser.close()


async def _thirty_desks(browser: Browser, workers: list[WebWorker], cast: Cast, monday: datetime) -> None:
    async with _desks(browser, workers, cast, monday) as pages:
        before = await _pages_cpu(browser), sum(cpu(one.pid) for one in workers)
        told = await _book_for_a_while(cast, monday)
        seen = await _until_seen(pages, told)
        spent = await _pages_cpu(browser) - before[0], sum(cpu(one.pid) for one in workers) - before[1]
        late = [at[str(id)] - when for at in seen for id, when in told.items() if str(id) in at]
        missed = len(pages) * len(told) - len(late)
        stayed = sum([bool(await page.evaluate("window.stays")) for page in pages])
    figure = f"{DESKS} desks, {A_MINUTE} bookings a minute for {SECONDS} s"
    tell("calendar_page", f"{figure}, commit to drawn, p95", percentile(late, 95), "ms", goal=GOAL,
         median=percentile(late, 50), slowest=max(late, default=0.0), bookings=len(told))
    each = 1000 / len(pages) / len(told)
    tell("calendar_page", f"{figure}, CPU of a page for one, with all else it does", spent[0] * each, "ms",
         of_the_workers=spent[1] * each)
    tell("calendar_page", f"{figure}, missed", missed, "entries", goal=0, of=len(pages) * len(told))
    tell("calendar_page", f"{figure}, pages that loaded anew", len(pages) - stayed, "pages", goal=0)


@asynccontextmanager
async def _desks(
    browser: Browser, workers: list[WebWorker], cast: Cast, monday: datetime
) -> AsyncIterator[list[Page]]:
    opened = [await _open(browser, workers[number % 2], cast, WHO[number % 4], "day", monday)
              for number in range(DESKS)]
    for page in opened:
        await page.evaluate(WATCH)
    yield opened
    for page in opened:
        await page.context.close()


async def _open(
    browser: Browser, worker: WebWorker, cast: Cast, who: str, view: str, day: datetime
) -> Page:
    url = f"http://{cast.subdomain}.localhost:{worker.port}"
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    token = cast.tokens[await cast.session(who)]
    await context.add_cookies([{"name": worker.cookie, "value": token, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}/staff/calendar?view={view}&day={day:%Y-%m-%d}")
    await page.locator("practice-calendar[ready]").wait_for(timeout=60_000)
    await page.locator("live-state[state=live]").first.wait_for(state="attached", timeout=60_000)
    return page


async def _pages_cpu(browser: Browser) -> float:
    """Seconds of all processes that draw."""
    line = await browser.new_browser_cdp_session()
    found = (await line.send("SystemInfo.getProcessInfo"))["processInfo"]
    await line.detach()
    return float(sum(one["cpuTime"] for one in found if one["type"] in ("renderer", "GPU")))


async def _book_for_a_while(cast: Cast, monday: datetime) -> dict[UUID, float]:
    """After hours, each at a time of its own; when each was committed, in milliseconds since 1970."""
    desk, service = await cast.actor("frontdesk"), await _any(cast, monday)
    told: dict[UUID, float] = {}
    began, count = time.monotonic(), SECONDS * A_MINUTE // 60
    for turn in range(count):
        await asyncio.sleep(max(0.0, began + turn * 60 / A_MINUTE - time.monotonic()))
        wanted = replace(service, starts_at=monday + timedelta(hours=23, minutes=10 * turn), minutes=10)
        told[await _book(cast, desk, wanted)] = time.time() * 1000
    return told


async def _book(cast: Cast, desk: Actor, wanted: Wanted) -> UUID:
    client = cast.clients["client"]
    return await cast.inside(lambda: filling.book_by_staff(desk, wanted, [client], overlap_ok=True))


async def _any(cast: Cast, monday: datetime) -> Wanted:
    whose = {"starts_at__gte": monday, "staff_id": cast.staff["practitioner"]}
    row = await cast.inside(lambda: Appointment.filter(**whose).first())
    assert row is not None and row.service_id is not None
    return Wanted(row.service_id, 50, row.staff_id, row.starts_at)


async def _until_seen(pages: list[Page], told: dict[UUID, float]) -> list[dict[str, float]]:
    """What each page saw, once all have all of it or patience is over."""
    until, ids = time.monotonic() + PATIENCE, [str(id) for id in told]
    while True:
        seen = [await page.evaluate(SEEN, ids) for page in pages]
        if all(len(one) == len(ids) for one in seen) or time.monotonic() > until:
            return seen
        await asyncio.sleep(0.2)


async def _one_among_many(browser: Browser, worker: WebWorker, cast: Cast, monday: datetime) -> None:
    page = await _open(browser, worker, cast, "frontdesk", "week", monday)
    await page.evaluate(LONG)
    line = await page.context.new_cdp_session(page)
    await line.send("Performance.enable", {"timeDomain": "threadTicks"})
    week = monday - timedelta(days=1), monday + timedelta(days=6)
    sql = "SELECT id, version FROM appointment WHERE starts_at >= $1 AND starts_at < $2 ORDER BY id LIMIT $3"
    rows = await cast.inside(lambda: fetch_all(sql, *week, CHANGES))
    spent = [await _drawn(page, line, cast, row["id"]) for row in rows][WARM:]
    tasks = await page.evaluate("window.tasks")
    shown = await page.locator("[data-entry]").count()
    tell("calendar_page", "drawing one that moved, CPU of the page's main thread, p95", percentile(spent, 95), "ms",
         goal=GOAL_OF_ONE, median=percentile(spent, 50), in_view=shown, longest_task=max(tasks, default=0.0))
    await page.context.close()


async def _drawn(page: Page, line: CDPSession, cast: Cast, id: UUID) -> float:
    """Milliseconds of work from the event until it is drawn; what others take of the cores meanwhile does not count."""
    desk = await cast.actor("frontdesk")
    before = await _work(line)
    row = await cast.inside(lambda: Appointment.get(id=id))
    assert row.service_id is not None
    wanted = Wanted(row.service_id, 45, row.staff_id, row.starts_at + timedelta(minutes=5))
    drawn = asyncio.create_task(page.evaluate(DRAWN, str(id)))
    await cast.inside(lambda: filling.move_by_staff(desk, id, None, wanted, overlap_ok=True))
    await asyncio.wait_for(drawn, PATIENCE)
    return await _work(line) - before


async def _work(line: CDPSession) -> float:
    found = {one["name"]: one["value"] for one in (await line.send("Performance.getMetrics"))["metrics"]}
    return float(found["TaskDuration"]) * 1000
