"""Real browsers before real processes: a window for each person, and nothing that went wrong in it unseen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.diary import Diary, a_diary
from tests.browser.house import House
from tests.browser.window import Window
from tests.support.cast import DESK, Cast
from tools.browser import chromium_path

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
MAIL_AFTER = 3.0

# What comes by a job, a mail or an upload takes its time on a busy machine; what passes waits no longer for it.
expect.set_options(timeout=20_000)

OpenWindow = Callable[..., Awaitable[Window]]


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    built = House(tmp_path_factory.mktemp("browser"), mail_after=MAIL_AFTER)
    try:
        await built.start()
        yield built
    finally:
        await built.stop()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def window(place: House, chromium: Browser) -> AsyncIterator[OpenWindow]:
    """`await window(cast, "client", "/messages")`: signed in, at that page, live. Each call is a browser of its own."""
    opened: list[Window] = []

    async def open_one(
        cast: Cast, name: str, path: str, *, width: int = 1280, like: Window | None = None, **options: Any
    ) -> Window:
        url = place.url(cast.subdomain)
        form = {"viewport": {"width": width, "height": 800}, **options}
        context = like.context if like else await chromium.new_context(**form)
        if like is None:
            token = cast.tokens[await cast.session(name)]
            await context.add_cookies([{"name": place.cookie, "value": token, "url": url}])
        made = Window(context, await context.new_page(), url, "/staff" if name in DESK else "")
        opened.append(made)
        return await made.go(path)

    yield open_one
    for one in opened:
        await one.context.close()
    assert [fault for one in opened for fault in one.faults] == []


@pytest_asyncio.fixture(loop_scope="session")
async def talk(cast: Cast) -> str:
    """The id of a conversation that the client began with the practitioner."""
    from models.messaging.starting import start

    client = await cast.actor("client")
    return str(await cast.inside(lambda: start(client, [cast.people.staff["practitioner"]])))


@pytest_asyncio.fixture(loop_scope="session")
async def diary(cast: Cast) -> Diary:
    """A practice whose calendar is kept open."""
    return await a_diary(cast)


@pytest.fixture(scope="session")
def axe_source() -> str:
    return (Path(__file__).parents[2] / "static" / "vendor" / "axe.min.js").read_text()
