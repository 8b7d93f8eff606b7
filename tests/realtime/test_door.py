"""Every ask gets an answer; none says more than it should."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest

from models.core import scope as scopes
from models.core.change import change, record
from models.core.errors import Conflict
from models.core.events import Part, ToStaff
from models.core.payload import Payload
from realtime import door
from realtime.door import ASKS, PORTAL, SIGNED_IN, STAFF, ask
from tests.faults.drill import TOLD
from tests.faults.ground import eventually


class Words(Payload):
    words: str = ""
    key: object = None


class Numbered(Payload):
    number: int


@ask("test.echo", allow=SIGNED_IN, payload=Words)
async def echo(actor, payload):
    return {"words": payload.words, "acting_for": actor.access and str(actor.access.client_id)}


@ask("test.break", allow=SIGNED_IN, payload=Words)
async def break_down(actor, payload):
    raise ValueError(f"secret {payload.words}")


@ask("test.refuse", allow=SIGNED_IN, payload=Words)
async def refuse(actor, payload):
    raise Conflict("taken", "Somebody was quicker.", errors={"words": ["Choose others."]}, retry_after=3)


@ask("test.desk", allow=STAFF, payload=Numbered)
async def desk(actor, payload):
    async with change(actor, "test.desk"):
        await record(actor, TOLD, [Part([ToStaff()], {}, {"number": payload.number})])
    if payload.number < 0:
        raise Conflict("negative", "Less than nothing.")


@ask("test.portal", allow=PORTAL, payload=Words)
async def portal(actor, payload):
    return None


async def _said(page, frame, ack):
    """What a frame of one's own making is answered with."""
    answered = asyncio.get_running_loop().create_future()
    take = page._packet

    def listen(packet):
        if packet.startswith(f"43{ack}["):
            answered.set_result(json.loads(packet[len(f"43{ack}") :])[0])
        take(packet) if not packet.startswith(f"43{ack}[") else None

    page._packet = listen
    page._send(frame)
    async with asyncio.timeout(20):
        return await answered


async def test_an_answer_holds_ok_what_the_verb_returned_and_the_seq_of_a_change(house_live, cast):
    page = await house_live.page(cast, "owner")
    assert await page.ask("test.echo", words="so") == {"ok": True, "words": "so", "acting_for": None}
    answer = await page.ask("test.desk", number=4)
    assert answer == {"ok": True, "seq": answer["seq"]}
    await eventually(lambda: answer["seq"] in page.heard)


async def test_with_one_access_it_is_clear_whom_it_is_for_and_with_two_it_is_not(house_live, cast):
    client, parent = await house_live.page(cast, "client"), await house_live.page(cast, "parent")
    assert (await client.ask("test.echo"))["acting_for"] == str(cast.clients["client"])
    assert (await parent.ask("test.echo"))["acting_for"] is None


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('["test.nobody-knows",{}]', "unknown"),
        ('["__class__",{}]', "unknown"),
        ('["test.desk",{"number":"four"}]', "invalid"),
        ('["test.desk",{"number":1,"more":2}]', "invalid"),
        ('["test.desk",[1]]', "invalid"),
        ('["test.desk",null]', "invalid"),
        ('["test.desk"]', "invalid"),
        ('["test.desk",{"number":1},2]', "invalid"),
        ('["test.echo",{"words":"nul \\u0000"}]', "invalid"),
        ('["test.echo",{"words":"half \\ud800"}]', "invalid"),
        ('["test.echo",{"words":"' + "x" * 70_000 + '"}]', "too-large"),
        ('["test.portal",{}]', "forbidden"),
    ],
)
async def test_what_cannot_be_done_is_answered_and_the_socket_stays(house_live, cast, frame, code):
    page = await house_live.page(cast, "owner")
    answer = await _said(page, "4277" + frame, 77)
    assert not answer["ok"] and answer["error"]["code"] == code and answer["error"]["detail"]
    assert (await page.ask("test.echo", words="still here"))["ok"] and page.connects == 1


async def test_trouble_says_nothing_of_its_cause(house_live, cast, caplog):
    page = await house_live.page(cast, "owner")
    answer = await _said(page, '4278["test.break",{"words":"canary"}]', 78)
    assert answer["error"]["code"] == "trouble" and answer["error"]["retry_after"]
    assert "canary" not in json.dumps(answer) and "ValueError" not in json.dumps(answer)


async def test_a_refusal_carries_its_sentence_its_fields_and_when_to_come_back(house_live, cast):
    page = await house_live.page(cast, "client")
    assert (await page.ask("test.refuse"))["error"] == {
        "code": "taken", "detail": "Somebody was quicker.", "errors": {"words": ["Choose others."]}, "retry_after": 3,
    }  # fmt: skip


async def test_a_refused_change_leaves_no_event(house_live, cast):
    page = await house_live.page(cast, "owner")
    before = await house_live.truth.head(cast.practice_id)
    assert (await page.ask("test.desk", number=-1))["error"]["code"] == "negative"
    assert await house_live.truth.head(cast.practice_id) == before


async def test_the_other_side_is_refused_whatever_it_sends(house_live, cast):
    client, staff = await house_live.page(cast, "client"), await house_live.page(cast, "owner")
    assert (await client.ask("test.desk", number=1))["error"]["code"] == "forbidden"
    assert (await staff.ask("test.portal"))["error"]["code"] == "forbidden"
    assert (await client.ask("test.portal"))["ok"] is True


async def test_an_ask_that_takes_too_long_is_told_to_come_back(house_live, cast, monkeypatch):
    monkeypatch.setattr(door, "PATIENCE", 0.05)
    slow = asyncio.Event()

    async def wait(actor, payload):
        await slow.wait()

    monkeypatch.setitem(ASKS, "test.slow", door.Ask("test.slow", SIGNED_IN, Words, wait))
    page = await house_live.page(cast, "owner")
    answer = await _said(page, '4279["test.slow",{}]', 79)
    slow.set()
    assert answer["error"]["code"] == "busy" and answer["error"]["retry_after"]


async def test_when_a_worker_has_its_hands_full_an_ask_is_told_to_come_back(house_live, cast, monkeypatch):
    page = await house_live.page(cast, "owner")
    assert (await page.ask("test.echo", words="there is room"))["ok"]
    monkeypatch.setattr(scopes, "MOST_AT_ONCE", 0)
    answer = await _said(page, '4280["test.echo",{}]', 80)
    assert answer["error"]["code"] == "busy" and answer["error"]["retry_after"] == 1
    monkeypatch.undo()
    assert (await page.ask("test.echo", words="again"))["ok"] and page.connects == 1


async def test_a_key_used_for_something_else_is_refused(house_live, cast):
    page, key = await house_live.page(cast, "client"), str(uuid4())
    people = [str(cast.staff["practitioner"])]
    first = await page.ask("conversation.start", people=people, key=key)
    assert first["ok"] and await page.ask("conversation.start", people=people, key=key) == first
    other = await page.ask("conversation.start", people=people, subject="another", key=key)
    assert other["error"]["code"] == "key-reused"


def test_an_ask_is_registered_once_and_says_whom_it_allows():
    with pytest.raises(TypeError):
        ask("test.echo", allow=SIGNED_IN, payload=Words)
    with pytest.raises(TypeError):
        ask("test.new", allow=frozenset(), payload=Words)
