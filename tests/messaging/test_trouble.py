"""Bad input and trouble on each way in, a form, JSON and the line, for both sides: a sentence, and nothing lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from models.core.database import execute
from models.core.scope import Scope
from realtime.door import heard
from tests.support.browsing import key
from tests.support.cast import Cast

SIDES = ("client", "practitioner")
WAYS = ("form", "json", "ask")
KEPT = {
    "emoji alone": "👩‍👩‍👧🏳️‍🌈", "right to left": "שלם, مرحبا", "turned round": "\u202eexe.txt\u202c",
    "script": "<script>alert(1)</script>", "in an attribute": '" onmouseover="alert(1)',
    "template": "{{ 7 * 7 }} {% raw %} ${7}", "sql": "'; DROP TABLE message; --",
    "many astral letters": "🙂" * 10_000, "one long word": "x" * 10_000, "marks on marks": "e" + "\u0301" * 500,
}  # fmt: skip
REFUSED = {
    "empty": "", "blank": " \n\t\u200b ", "nul": "a\x00b", "too long": "x" * 10_001, "control": "\x00\x01\x02\xff",
}


class Way:
    """How one person reaches the door: sends a message, and tells (status or code, the sentence)."""

    def __init__(self, how: str, cast: Cast, who: str, browser: Any) -> None:
        self.how, self.cast, self.browser = how, cast, browser
        self.root = "/staff" if who == "practitioner" else ""

    async def send(self, talk: str, body: str, once: str) -> tuple[Any, str]:
        given = {"body": body, "key": once}
        path = f"{self.root}/conversations/{talk}/messages"
        if self.how == "ask":
            return self._told(await heard(self.cast.practice_id, self.browser.session_id, "message.send",
                                          {"conversation": talk, **given}))
        if self.how == "json":
            return await self._problem(await self.browser.send(path, given))
        answer = await self.browser.post(path, given)
        return answer.status_code, await answer.get_data(as_text=True)

    def _told(self, answer: dict[str, Any]) -> tuple[Any, str]:
        return ("ok", "") if answer["ok"] else (answer["error"]["code"], _words(answer["error"]))

    async def _problem(self, answer: Any) -> tuple[Any, str]:
        return answer.status_code, "" if answer.status_code == 200 else _words(await answer.get_json())


def _words(problem: dict[str, Any]) -> str:
    return " ".join([problem["detail"], *(one for told in problem.get("errors", {}).values() for one in told)])


Reach = Callable[[str, str], Awaitable[Way]]


@pytest.fixture
def reach(cast: Cast, browse: Any) -> Reach:
    async def open_one(how: str, who: str) -> Way:
        return Way(how, cast, who, await browse(cast, who))

    return open_one


@pytest_asyncio.fixture(loop_scope="session")
async def conversation(cast: Cast, browse: Any) -> AsyncIterator[str]:
    started = await (await browse(cast, "client")).send("/conversations", {"people": [str(cast.staff["practitioner"])]})
    yield str((await started.get_json())["conversation"])


@pytest.fixture
def said(cast: Cast, browse: Any, conversation: str) -> Callable[[str], Awaitable[list[str]]]:
    """The words of the conversation as that person reads them."""

    async def read(who: str) -> list[str]:
        root = "/staff" if who == "practitioner" else ""
        page = await (await browse(cast, who)).json(f"{root}/conversations/{conversation}/messages")
        return [one["body"] for one in (await page.get_json())["messages"]]

    return read


OK = {"form": 303, "json": 200, "ask": "ok"}


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("how", WAYS)
async def test_odd_words_arrive_as_they_were_written(reach, conversation, said, browse, cast, how, who):
    way = await reach(how, who)
    for name, body in KEPT.items():
        assert (await way.send(conversation, body, key()))[0] == OK[how], name
    assert await said("client") == await said("practitioner") == list(KEPT.values())
    for name, root in (("client", ""), ("practitioner", "/staff")):
        page = await (await (await browse(cast, name)).get(f"{root}/messages/{conversation}")).get_data(as_text=True)
        assert "<script>alert" not in page and 'onmouseover="alert' not in page and "{{ 7 * 7 }}" in page


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("how", WAYS)
async def test_what_cannot_be_kept_is_refused_in_words(reach, conversation, said, how, who):
    way = await reach(how, who)
    for name, body in REFUSED.items():
        status, words = await way.send(conversation, body, key())
        assert status in {422, "invalid", "empty"} and len(words) > 20, name
    assert await said("client") == []


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("how", WAYS)
async def test_a_conversation_that_is_none_or_of_others_is_not_there(reach, conversation, neighbours, browse, how, who):
    abroad = await (await browse(neighbours, "client")).send(
        "/conversations", {"people": [str(neighbours.staff["practitioner"])]}
    )
    foreign = str((await abroad.get_json())["conversation"])
    way = await reach(how, who)
    for talk in (str(uuid4()), foreign):
        status, words = await way.send(talk, "Hello", key())
        assert status in {404, "not-found"} and "does not exist, or is not yours" in words
    read = await (await browse(neighbours, "client")).json(f"/conversations/{foreign}/messages")
    assert (await read.get_json())["messages"] == []
    assert (await way.send(conversation, "Here it is taken", key()))[0] == OK[how]


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("how", WAYS)
async def test_words_of_a_session_that_has_ended_are_not_taken_and_not_lost(reach, conversation, said, how, who):
    way, once = await reach(how, who), key()
    token = way.browser.cookie
    await way.browser.send("/sign-out")
    way.browser.cookie = token
    status, words = await way.send(conversation, "Half a thought", once)
    assert status in {401, "signed-out"} and words
    assert how != "form" or "Half a thought" in words
    assert await said("client") == []
    assert (await (await reach(how, who)).send(conversation, "Half a thought", once))[0] == OK[how]
    assert await said("client") == ["Half a thought"]


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("how", WAYS)
async def test_while_the_database_is_away_it_says_so_and_takes_it_afterwards_once(
    reach, conversation, said, outage, how, who
):
    way, once = await reach(how, who), key()
    async with outage():
        status, words = await way.send(conversation, "Through it", once)
    assert status in {503, "database-away"} and "cannot be reached" in words
    assert how != "form" or "Through it" in words
    for _ in range(2):
        assert (await way.send(conversation, "Through it", once))[0] == OK[how]
    assert await said("client") == ["Through it"]


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("how", WAYS)
async def test_a_database_without_room_says_so_and_keeps_nothing(reach, conversation, said, how, who, monkeypatch):
    way, once = await reach(how, who), key()
    flush = Scope.flush

    async def full(scope: Scope) -> None:
        if scope.events:
            await execute("DO $$ BEGIN RAISE 'no space left on device' USING ERRCODE = 'disk_full'; END $$")
        await flush(scope)

    with monkeypatch.context() as disk:
        disk.setattr(Scope, "flush", full)
        status, words = await way.send(conversation, "No room", once)
    assert status in {503, "database-full"} and "no room for more" in words
    assert how != "form" or "No room" in words
    assert await said("client") == []
    assert (await way.send(conversation, "No room", once))[0] == OK[how]
    assert await said("client") == ["No room"]


@pytest.mark.parametrize(("data", "kind"), [
    (b"\xff\xfe\x00", "application/json"), (b'{"body": "\\ud800"}', "application/json"),
    (b'{"body": NaN}', "application/json"), (b'{"body": ' + b"[" * 5_000, "application/json"),
    (b"body=%ff%fe%00", "application/x-www-form-urlencoded"),
    (b"body=a&body=b", "application/x-www-form-urlencoded"), (b"\x89PNG\r\n", "image/png"),
    (b"--x", "multipart/form-data"),
])  # fmt: skip
@pytest.mark.parametrize("who", SIDES)
async def test_bytes_that_are_no_message_are_refused_in_words(cast, browse, conversation, said, who, data, kind):
    browser = await browse(cast, who)
    root = "/staff" if who == "practitioner" else ""
    headers = browser._headers({"Accept": "application/json", "Content-Type": kind})
    path = f"{root}/conversations/{conversation}/messages"
    answer = await browser.client.post(path, data=data, headers=headers)
    assert answer.status_code == 422 and len(_words(await answer.get_json())) > 10
    assert await said(who) == []
