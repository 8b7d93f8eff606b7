"""A browser window of one person. It remembers everything that came over its wires and everything that went wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, Request, Response, WebSocket, expect

LIVE = "live-state[state=live]:visible"
MESSAGES = "message-thread .message"
# what passes is not described, node by node
EXAMINED = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"

# A toast is gone after seconds, and a busy machine may look later: what each of them said is kept.
TOASTS = """() => {
    window.toasts = []
    const hear = (one) => { if (one.matches?.(".toast")) toasts.push(one.textContent) }
    const watch = new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach(hear)))
    watch.observe(document, { childList: true, subtree: true })
}"""


class Window:
    """`page` is Playwright's. `heard`: text of every frame and of every answer's body; `faults`: errors of the page."""

    def __init__(self, context: BrowserContext, page: Page, url: str, root: str) -> None:
        self.context, self.page, self.url, self.root = context, page, url, root
        self.heard: list[str] = []
        self.faults: list[str] = []
        self.examined = False
        self._bodies: list[Response] = []
        page.on("websocket", self._hear)
        page.on("response", lambda response: self._bodies.append(response))
        page.on("pageerror", lambda error: self.faults.append(f"{error}"))
        page.on("console", lambda said: self._complained(said.text) if said.type == "error" else None)

    async def go(self, path: str) -> Window:
        """To this page; asked for again while a server that stood still says that it reaches no records right now."""
        async with asyncio.timeout(60):
            while (answer := await self.page.goto(f"{self.url}{self.root}{path}")) and answer.status == 503:
                await asyncio.sleep(0.5)
        await self.live()
        return self

    async def reload(self) -> None:
        await self.page.reload()
        await self.live()

    async def live(self) -> None:
        await expect(self.page.locator(LIVE)).to_be_attached()

    async def hear_toasts(self) -> None:
        """From now on, on the page as it is loaded now."""
        await self.page.evaluate(TOASTS)

    async def told(self, words: str) -> None:
        """Waits until a toast that was heard says so, or has said so; `words` are a pattern."""
        await self.page.wait_for_function("words => toasts.some((one) => new RegExp(words).test(one))", arg=words)

    async def cut(self) -> None:
        """The network is gone, and the page knows it: a moment before, what is written would still go out."""
        await self.context.set_offline(True)
        await expect(self.page.locator("live-state[state=offline]").first).to_be_attached()

    @asynccontextmanager
    async def turns(self) -> AsyncIterator[None]:
        """What is done within leads to a new page, which is live when this ends. The page before may show by its line
        what was done, and goes only then: whoever acts on it meanwhile acts on nothing."""
        async with self.page.expect_event("domcontentloaded"):
            yield
        await self.live()

    async def write(self, words: str) -> None:
        """Type a message and send it with Enter."""
        await self.box.fill(words)
        await self.box.press("Enter")

    async def types(self, words: str, sign: Locator) -> None:
        """Types until the sign of it is seen. That ends by itself, on a busy machine before anybody looks."""
        await self.box.press_sequentially(words)
        for _ in range(10):
            try:
                return await expect(sign).to_be_visible(timeout=2_000)
            except AssertionError:
                await self.box.press_sequentially(".")
        await expect(sign).to_be_visible()

    @property
    def box(self) -> Locator:
        return self.page.locator("message-composer textarea")

    @property
    def last(self) -> Locator:
        return self.page.locator(MESSAGES).last

    @property
    def ticks(self) -> Locator:
        """What stands under the last message."""
        return self.last.locator(".sent")

    @property
    def unread(self) -> Locator:
        """The count at the conversation icon, in the upper right."""
        return self.page.locator(".strip-end .with-count .count")

    def said(self, words: str) -> Locator:
        return self.page.locator(f"{MESSAGES} .bubble", has_text=words)

    async def get(self, path: str, accept: str = "application/json") -> tuple[int, bytes]:
        """Status and bytes of a door, asked by this window's own browser (it knows the practice's address)."""
        ask = """async ([path, accept]) => {
            const answer = await fetch(path, { headers: { Accept: accept } })
            return [answer.status, [...new Uint8Array(await answer.arrayBuffer())]]
        }"""
        status, body = await self.page.evaluate(ask, [path, accept])
        return status, bytes(body)

    async def mails(self) -> list[dict[str, Any]]:
        """What the mail catcher holds; asked for again while the server is too busy to tell."""
        async with asyncio.timeout(30):
            while True:
                status, body = await self.get("/dev/mail")
                if status == 200:
                    return list(json.loads(body)["mails"])
                assert status in (429, 503), body
                await asyncio.sleep(0.2)

    async def bubbles(self) -> list[str]:
        return await self.page.locator(f"{MESSAGES} .bubble").all_inner_texts()

    async def reads(self, *words: str) -> None:
        """Waits until these messages stand there, in this order, and no others."""
        bubbles = self.page.locator(f"{MESSAGES} .bubble")
        await expect(bubbles).to_have_text([*words], use_inner_text=True)

    async def colour(self, token: str) -> str:
        """What a colour of the look comes to in this page, as Chromium tells computed ones."""
        probe = """token => {
            const one = document.body.appendChild(document.createElement("i"))
            one.style.color = `var(${token})`
            const { color } = getComputedStyle(one)
            one.remove()
            return color
        }"""
        found: str = await self.page.evaluate(probe, token)
        return found

    async def wires(self) -> str:
        """Everything that reached this browser, as one text."""
        bodies = [await _text(response) for response in self._bodies]
        return "\n".join([*self.heard, *bodies])

    def _hear(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(str(frame)))

    def _complained(self, words: str) -> None:
        # Chromium itself reports what the network or a door refused; tests look at what the page made of it
        if words.startswith(("Failed to load resource", "WebSocket connection to")):
            return
        # axe tries out styles, which the page's policy forbids: not the page's doing
        if not (self.examined and words.startswith("Applying inline style")):
            self.faults.append(words)


async def _text(response: Response) -> str:
    request: Request = response.request
    if request.resource_type in {"image", "font", "stylesheet", "script"} or 300 <= response.status < 400:
        return ""
    try:
        return await response.text()
    except Exception as error:  # the page went on before the body was read: then nobody saw it either
        return f"({type(error).__name__})"


async def axe(window: Window, source: str) -> list[Any]:
    """Violations of WCAG A, AA and best practice, as `rule: selector`. axe comes in through the debugger."""
    window.examined = True
    if not await window.page.evaluate("'axe' in window"):
        await window.page.evaluate(source)
    found = await window.page.evaluate(EXAMINED)
    return [f"{one['id']}: {node['target']} {node.get('failureSummary', '')}" for one in found for node in one["nodes"]]
