"""A browser without a screen: cookies, the practice's host, JSON or pages, against the application in this process."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from quart import Quart

from server import app as house
from server.app import create_app
from server.door import DOORS
from tests.support.cast import Cast

FORM = "application/x-www-form-urlencoded"


@cache
def application(doors: int) -> Quart:
    """Made once a process, as in a worker: mounting hundreds of doors takes longer than most tests. Anew when a test
    module brought doors of its own."""
    return create_app(development=True)


class Browsers:
    """All browsers share the application."""

    def __init__(self) -> None:
        own = house.DOORS is not DOORS  # a test that put doors of its own in their place
        self.app: Quart = create_app(development=True) if own else application(len(DOORS))

    async def open(self, cast: Cast, name: str | None = None) -> Browser:
        """A browser at this practice's host, signed in as that person, or as nobody."""
        browser = Browser(self.app, cast)
        if name is not None:
            session_id = await cast.session(name)
            browser.cookie = cast.tokens[session_id]
            browser.session_id = session_id
        return browser

    async def close(self) -> None:
        return None


class Browser:
    def __init__(self, app: Quart, cast: Cast) -> None:
        self.client = app.test_client(use_cookies=False)
        self.host = f"{cast.subdomain}.localhost:8000"
        self.cookie: str | None = None
        self.cookie_name = "portico_session"
        self.session_id: Any = None
        self.others: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> Any:
        """A page."""
        return await self.client.get(path, headers=self._headers({"Accept": "text/html", **headers}))

    async def json(self, path: str, **headers: str) -> Any:
        """The same door, asked for JSON."""
        return await self.client.get(path, headers=self._headers({"Accept": "application/json", **headers}))

    async def opened(self, path: str, **headers: str) -> Any:
        """A file, by the link that its door leads to; where it leads nowhere, what the door answers."""
        led = await self.get(path)
        return await self.get(led.headers["Location"], **headers) if led.status_code == 303 else led

    async def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> Any:
        """A form; what is a list is sent once for each."""
        made = self._headers({"Accept": "text/html", "Content-Type": FORM, **headers})
        return self._keep(await self.client.post(path, data=urlencode(form or {}, doseq=True), headers=made))

    async def send(self, path: str, data: Any = None, **headers: str) -> Any:
        """JSON in, JSON out."""
        made = self._headers({"Accept": "application/json", **headers})
        return self._keep(await self.client.post(path, json={} if data is None else data, headers=made))

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        made = {"Host": self.host, **{name.replace("_", "-"): value for name, value in given.items()}}
        held = {**self.others, **({self.cookie_name: self.cookie} if self.cookie is not None else {})}
        if held:
            made["Cookie"] = "; ".join(f"{name}={value}" for name, value in held.items())
        return made

    def _keep(self, response: Any) -> Any:
        for header in response.headers.getlist("Set-Cookie"):
            name, _, rest = header.partition("=")
            value = rest.split(";", 1)[0]
            if "session" in name:
                self.cookie_name, self.cookie = name, value or None
            else:
                self.others[name] = value
        return response


def key() -> str:
    """A new idempotency key."""
    return str(uuid4())
