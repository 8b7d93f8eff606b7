"""How a person walks to a door: its address with their ids, a body that would do something, the class of the answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from models.core import limits, scope
from models.core.errors import Refusal
from realtime import door as asks
from server import answers
from server.door import Door
from tests.support.browsing import Browser
from tests.support.cast import Cast
from tests.support.sent import SENT

Ids = dict[str, str]


@dataclass
class Person:
    """Somebody in front of the doors. `about`: whose client the addresses of the desk name, and for whom a portal
    person acts."""

    browser: Browser
    cast: Cast
    about: str = "client"
    acting: UUID | None = None
    ids: Ids = field(default_factory=dict)


# What parts of an address stand for that are no ids.
NAMED = {"key": "phq-9", "feature": "messaging", "step": "names", "ticket": "1", "token": "1", "name": "1"}


def address(door: Door, person: Person) -> str:
    """The door's address with the ids this person would use; what stands for nothing of theirs is made up."""
    path = door.paths[1] if person.acting and door.portal and "for_client" not in door.path else door.path
    path = path.replace("<uuid:for_client>", str(person.acting or person.ids.get("client", uuid4())))
    asked = f"{door.method} {path}"
    for pattern, one in sorted(person.ids.items(), key=lambda entry: -len(entry[0])):  # the most particular first
        if "<uuid:" in pattern:
            asked = asked.replace(pattern, re.sub(r"<uuid:\w+>", one, pattern))
    path = asked.partition(" ")[2]
    path = re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", lambda _: str(uuid4()), path))
    for name, one in NAMED.items():
        path = path.replace(f"<{name}>", one)
    return path


async def answered(person: Person, door: Door) -> str:
    limits.forget_all()
    where = re.sub(r"<stamp>", "1", address(door, person))
    body = filled(SENT.get(f"{door.method} {door.path}", {}), person.ids)
    got = await (person.browser.json(where) if door.method == "GET" else fresh(person).send(where, body))
    return of_class(got.status_code)


def fresh(person: Person) -> Browser:
    """The same browser, which forgets what a door did to its cookies."""
    kept, made = person.browser, object.__new__(Browser)
    made.__dict__ = {**kept.__dict__, "others": {}}
    return made


def filled(given: dict[str, Any], ids: Ids) -> dict[str, Any]:
    """`{client}` and the like become ids."""
    def one(value: Any) -> Any:
        if isinstance(value, list):
            return [one(each) for each in value]
        return ids.get(value[1:-1], str(uuid4())) if isinstance(value, str) and value.startswith("{") else value

    return {name: one(value) for name, value in given.items()}


async def told(browser: Browser, path: str, **data: Any) -> dict[str, Any]:
    answer = await browser.send(path, data)
    assert answer.status_code < 300, (path, await answer.get_data(as_text=True))
    return dict(await answer.get_json())


async def sent(browser: Browser, path: str, data: str, **headers: str) -> dict[str, Any]:
    """Bytes that stream."""
    made = browser._headers({"Accept": "application/json", **headers})
    answer = await browser.client.post(path, data=data.encode(), headers=made)
    assert answer.status_code < 300, (path, await answer.get_data(as_text=True))
    found = await answer.get_json()
    return dict(found)


def only_id(answer: dict[str, Any]) -> str:
    """What was made: the one id in the answer."""
    return next(str(one) for name, one in answer.items() if name not in ("ok", "seq"))


def of_class(status: int) -> str:
    return str(status) if status in (401, 403, 404, 409, 423) else "200" if status < 500 else str(status)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done in a scope meanwhile is done to its end, and then undone."""

    async def work_and_undo(practice_id: UUID, work: Callable[[Any], Awaitable[Any]]) -> Any:
        for _ in range(5):
            try:
                async with scope.practice_scope(practice_id) as opened:
                    made = await work(opened)
                    await opened.flush()
                    raise Undone(made)
            except Undone as done:
                return done.made
            except scope.RETRIED:
                continue
        raise AssertionError("five lost races")

    with (
        patch.object(scope, "_attempt", work_and_undo),
        patch.object(asks, "refused", _status),
        patch.object(answers, "_html", _undrawn),
    ):
        yield


async def _undrawn(*_: Any) -> str:
    """Pages are drawn by other tests; here it counts who gets one."""
    return ""


def _status(refusal: Refusal) -> dict[str, Any]:
    return {"ok": False, "status": refusal.status}


class Undone(Exception):
    def __init__(self, made: Any) -> None:
        self.made = made
