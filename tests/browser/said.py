"""What was said before a window opens: by the verb itself, without a browser."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.messaging.seats import conversation_for
from models.messaging.sending import send
from tests.browser.window import Window
from tests.support.cast import Cast

# What waits on the device was written so many hours earlier.
AGED = """async (hours) => {
    const database = await new Promise((done) => {
        const opening = indexedDB.open("portico", 1)
        opening.onsuccess = () => done(opening.result)
    })
    const store = database.transaction("outbox", "readwrite").objectStore("outbox")
    const asked = store.getAll()
    const found = await new Promise((done) => { asked.onsuccess = () => done(asked.result) })
    for (const entry of found) store.put({ ...entry, at: entry.at - hours * 3600_000 })
    await new Promise((done) => { store.transaction.oncomplete = done })
    database.close()
}"""


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
