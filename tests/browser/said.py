"""What was said before a window opens: by the verb itself, without a browser."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.messaging.seats import conversation_for
from models.messaging.sending import send
from tests.browser.window import Window
from tests.support.cast import Cast


async def say(cast: Cast, talk: str, name: str, lines: Iterable[str]) -> None:
    """Each line is a message of that person, sent and committed."""
    actor = await cast.actor(name)
    for words in lines:

        async def work(body: str = words) -> UUID:
            return await send(actor, await conversation_for(actor, UUID(talk), lock=True), body=body)

        await cast.inside(work)


async def look_for(window: Window, words: str) -> None:
    """On the search page."""
    await window.go("/messages/search")
    form = window.page.locator("message-search form")
    await form.get_by_label("Words").fill(words)
    async with window.page.expect_response("**/messages/search"):
        await form.get_by_role("button", name="Search").click()
