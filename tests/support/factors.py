"""A person's authenticator app, in tests: sets the second factor up and tells codes."""

from __future__ import annotations

from typing import Any

import pyotp

from models.accounts import second_factor
from models.core.clock import now
from models.core.database import execute
from tests.support.cast import Cast


class App:
    """`secret`: what the app was given; `codes`: the recovery codes of whoever keeps them."""

    def __init__(self, secret: str, codes: list[str] | None = None) -> None:
        self.secret, self.codes = secret, codes or []

    def code(self, *, steps: int = 0) -> str:
        """What it shows now, or some half minutes from now."""
        return pyotp.TOTP(self.secret).at(now(), counter_offset=steps)


async def app_of(cast: Cast, name: str) -> App:
    """The second factor of this person is on, and the code that the app shows now is still to be taken."""
    actor = await cast.actor(name) if name != "parent" else await cast.actor(name, client="teen")

    async def turn_on() -> App:
        await second_factor.start(actor)
        pending = await second_factor.pending(actor)
        assert pending is not None
        app = App(pending.secret)
        app.codes = await second_factor.turn_on(actor, app.code())
        await execute("UPDATE totp SET last_step = last_step - 1 WHERE login_id = $1", actor.login_id)
        return app

    return await cast.inside(turn_on)


def pressed(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


async def started(browser: Any, root: str) -> App:
    """Set up in the browser as far as the key that the page shows."""
    assert (await browser.send(f"{root}/security/second-factor/start")).status_code == 200
    return App((await (await browser.json(f"{root}/security/second-factor")).get_json())["secret"])
