"""In which order a door does things: who asks, then the body; rights, then keys; the cursor, then the data."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import Any

import pytest
import structlog

from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import fetch_one
from models.core.events import Part, ToStaff, event_type
from models.core.payload import Payload
from models.core.scope import current_scope, practice_scope
from models.core.settings import settings
from server import app as house
from server.door import PORTAL, STAFF, Done, Door, Page
from server.logs import set_up_logs
from tests.support.browsing import Browsers, key

MEANWHILE = event_type("test.meanwhile", audiences="staff")
SEQ = "SELECT seq FROM practice_head WHERE practice_id = portico_here()"


class Said(Payload):
    words: str


@pytest.fixture
def through(wired, cast, monkeypatch):
    """A browser in a house of one door: `await through("client", handler, …)`."""

    async def open_house(name: str | None, handler: Any, *, method: str = "POST", **options: Any) -> Any:
        door = Door(method=method, path="/test", handler=handler, **{"allow": STAFF | PORTAL, **options})
        monkeypatch.setattr(house, "DOORS", [door])
        return await Browsers().open(cast, name)

    return open_house


async def happen(cast) -> int:
    """Somebody else changes something."""
    async with practice_scope(cast.practice_id) as scope, change(None, "test.change"):
        await record(None, MEANWHILE, [Part((ToStaff(),))])
    assert scope.seq is not None
    return scope.seq


async def test_the_cursor_is_read_before_the_data(cast, through):
    """What comes between the two is heard again, not missed."""
    before = await happen(cast)

    async def show(actor: Actor) -> Page:
        await asyncio.create_task(happen(cast), context=Context())
        assert (await fetch_one(SEQ))["seq"] == before + 1, "must have come between for this to mean anything"
        return Page("none", json={"shown": True})

    answer = await (await through("client", show, method="GET")).json("/test")
    assert answer.status_code == 200 and answer.headers["Portico-Cursor"] == str(before)


async def test_the_answer_carries_the_number_of_its_own_last_event(cast, through):
    before = await happen(cast)

    async def tell(actor: Actor) -> Done:
        async with change(actor, "test.tell"):
            for _ in range(3):
                await record(actor, MEANWHILE, [Part((ToStaff(),))])
        return Done({"told": True})

    answer = await (await through("client", tell)).send("/test")
    assert await answer.get_json() == {"ok": True, "told": True, "seq": before + 3}


async def test_who_lost_the_right_while_the_body_came_is_refused(cast, through, monkeypatch):
    from server import opening

    called = []

    async def handler(actor: Actor, body: Said) -> Done:
        called.append(actor)
        return Done()

    browser = await through("client", handler, body=Said)
    assert (await browser.send("/test", {"words": "x"})).status_code == 200 and len(called) == 1
    read = opening.body_of

    async def body_of(request):
        async with practice_scope(cast.practice_id):
            await fetch_one(
                "DELETE FROM session_key WHERE practice_id = portico_here() AND session_id = $1", browser.session_id
            )
        return await read(request)

    monkeypatch.setattr(opening, "body_of", body_of)
    assert (await browser.send("/test", {"words": "x"})).status_code == 401 and len(called) == 1


async def test_rights_are_checked_before_the_key_is_looked_up(cast, through):
    async def handler(actor: Actor, body: Said) -> Done:
        return Done({"made": "secret"})

    once, said = key(), {"words": "x"}
    browser = await through("client", handler, body=Said, key="test.say")
    first = await browser.send("/test", {**said, "key": once})
    assert (await first.get_json())["made"] == "secret"
    narrowed = await through("client", handler, body=Said, key="test.say", allow=STAFF)
    assert (await narrowed.send("/test", {**said, "key": once})).status_code == 403
    signed_out = await through(None, handler, body=Said, key="test.say")
    assert (await signed_out.send("/test", {**said, "key": once})).status_code == 401


async def test_a_refusal_is_not_kept_and_the_key_serves_again(cast, through):
    async def handler(actor: Actor, body: Said) -> Done:
        return Done({"made": body.words})

    browser, once = await through("client", handler, body=Said, key="test.say"), key()
    assert (await browser.send("/test", {"words": 5, "key": once})).status_code == 422
    made = await browser.send("/test", {"words": "x", "key": once})
    assert (await made.get_json())["made"] == "x"


async def test_what_breaks_is_told_without_a_word_of_it_and_keeps_nothing(cast, through, capsys, monkeypatch):
    set_up_logs(settings())
    monkeypatch.setattr(house, "log", structlog.get_logger("test"))

    async def handler(actor: Actor, body: Said) -> Done:
        async with change(actor, "test.break"):
            await record(actor, MEANWHILE, [Part((ToStaff(),))])
        assert current_scope().events
        raise ValueError(f"canary {body.words}")

    before = await happen(cast)
    browser = await through("client", handler, body=Said)
    answer = await browser.send("/test?canary=1", {"words": "canary"})
    problem = await answer.get_json(force=True)
    assert (answer.status_code, problem["code"], answer.headers["Retry-After"]) == (503, "trouble", "5")
    told = "".join(capsys.readouterr())
    assert "http.trouble" in told and "ValueError" in told, "must be logged for this to mean anything"
    assert "canary" not in str(problem) + told
    assert (await cast.inside(lambda: fetch_one(SEQ)))["seq"] == before
