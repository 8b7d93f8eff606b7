"""Building a form of 300 questions in a real browser: what one letter, another question chosen, and a letter with its
saving and what is heard of it afterwards cost the page's main thread. Its CPU alone counts, whoever else has the cores.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from playwright.async_api import CDPSession, Page, async_playwright, expect

from models.core.scope import practice_scope
from models.documents.tables import Form
from server import wiring
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import new_house
from tests.bench.stack.people import Pair, new_practices
from tools.browser import chromium_path

PARTS, QUESTIONS = 10, 29  # with their headings 300 items
ROUNDS, WARM = 24, 4
GOAL = 50.0
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DRAWN = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
HEARD = """() => new Promise((done) => {
  const builder = document.querySelector("form-builder")
  const version = builder.base.version
  const saved = () => builder.base.version > version && !builder.saving.waiting
  const look = () => (saved() ? setTimeout(done, 1500) : setTimeout(look, 100))
  look()
})"""
PATIENCE = 60_000  # milliseconds


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    wiring.wire()
    async with new_house("building") as house, async_playwright() as playwright:
        [[pair]] = await new_practices(house.admin, 1)
        worker = await house.new_worker("a")
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        url = f"http://{pair.practitioner.subdomain}.localhost:{worker.port}"
        await context.add_cookies([{"name": worker.cookie, "value": pair.practitioner.token, "url": url}])
        page = await context.new_page()
        await page.goto(f"{url}/staff/forms/{await _form(pair)}/edit")
        await expect(page.locator(".build-palette button").first).to_be_enabled(timeout=PATIENCE)
        await _edits(page)
        await browser.close()


async def _form(pair: Pair) -> str:
    text = json.dumps({
        "resourceType": "Questionnaire", "status": "draft", "title": "Long", "item": [
            {"linkId": f"g{part}", "type": "group", "text": f"Part {part}",
             "item": [_question(part, one) for one in range(QUESTIONS)]} for part in range(PARTS)],
    })
    async with practice_scope(pair.practice_id):
        made = await Form.create(kind="intake", title="Long", draft=text)
    return str(made.id)


def _question(part: int, one: int) -> dict[str, Any]:
    options = [{"valueCoding": {"code": f"o{number}", "display": f"Answer {number}"}} for number in range(4)]
    return {"linkId": f"q{part}-{one}", "type": "choice", "text": f"Question {part}.{one}", "answerOption": options}


async def _edits(page: Page) -> None:
    line = await page.context.new_cdp_session(page)
    await line.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.locator("[data-id='q5-5'] [data-text]").click()
    # Found beforehand: looking for an element among all is work of the bench, not of the page.
    picks = await page.locator("[data-id^='q5-'] [data-pick]").element_handles()

    async def letter(turn: int) -> None:
        await page.keyboard.press("x")

    async def choose(turn: int) -> None:
        await picks[turn % QUESTIONS].focus()

    await _tell(page, line, "one letter typed", letter)
    await letter(0)
    await page.evaluate(HEARD)  # what was typed is saved and drawn: none of that counts below
    await _tell(page, line, "another question chosen", choose)
    await page.locator("[data-id='q5-5'] [data-text]").click()
    await _tell(page, line, "one letter typed, saved, and looked at anew", letter, until=HEARD, goal=None, rounds=8)


async def _tell(
    page: Page, line: CDPSession, figure: str, act: Callable[[int], Awaitable[None]], *, until: str = DRAWN,
    goal: float | None = GOAL, rounds: int = ROUNDS,
) -> None:
    spent = []
    for turn in range(WARM + rounds):
        before = await _work(line)
        await act(turn)
        await page.evaluate(until)
        spent.append(await _work(line) - before)
    items = await page.locator(".build-form .build-item").count()
    tell("building", f"{items} items: {figure}, CPU of the page's main thread, p95", percentile(spent[WARM:], 95), "ms",
         goal=goal, median=percentile(spent[WARM:], 50))


async def _work(line: CDPSession) -> float:
    found = {one["name"]: one["value"] for one in (await line.send("Performance.getMetrics"))["metrics"]}
    return float(found["TaskDuration"]) * 1000


if __name__ == "__main__":
    sys.exit(main())
