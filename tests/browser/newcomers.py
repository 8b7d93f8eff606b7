"""Who is invited, and comes in for the first time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from playwright.async_api import Locator

from models.core.database import execute, fetch_one
from tests.browser.window import Window
from tests.support.cast import Cast


async def asking_nothing(desk: Window) -> Locator:
    """The form of an invitation that stands open, with nothing asked for yet."""
    form = desk.page.locator("form", has=desk.page.get_by_role("button", name="Send invitation"))
    for one in await form.locator("select[name=asks]").all():
        await one.select_option("")
    return form


async def comes_in(cast: Cast, name: str, client: UUID) -> None:
    """The client accepted the invitation: from now on a window can be opened under this name."""

    async def work() -> Any:
        await execute("UPDATE portal_access SET accepted_at = now() WHERE client_id = $1", client)
        return await fetch_one("SELECT login_id FROM portal_access WHERE client_id = $1", client)

    cast.people.logins[name] = (await cast.inside(work))["login_id"]
    cast.people.clients[name] = client
