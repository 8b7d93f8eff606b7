"""Receipts: delivered, read by whom and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import time_machine

from models.core.clock import now
from models.messaging import practices, reading


async def _ticks(talk: Any, who: str, message: Any, conversation: Any) -> Any:
    return (await talk.line(who, message, conversation))["ticks"]


async def test_a_message_is_sent_then_delivered_then_read(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    message = await talk.say("practitioner", conversation)
    assert (await _ticks(talk, "practitioner", message, conversation))["state"] == "sent"
    await talk.delivered("client", conversation, message)
    assert (await _ticks(talk, "practitioner", message, conversation))["state"] == "delivered"
    await talk.read("client", conversation, message)
    ticks = await _ticks(talk, "practitioner", message, conversation)
    assert ticks["state"] == "read" and [one["name"] for one in ticks["readers"]] == ["Ana Beltrán"]


async def open_a_page(talk: Any, who: str) -> None:
    actor = await talk.as_(who)
    await talk.do(lambda: reading.all_delivered(actor))


async def test_what_came_while_nobody_looked_has_reached_a_device_with_the_next_page(talk: Any) -> None:
    first, second = [await talk.start("client", "practitioner", subject=one) for one in "ab"]
    messages = [await talk.say("client", one, "Are you there?") for one in (first, second, second)]
    for message, one in zip(messages, (first, second, second), strict=True):
        assert (await _ticks(talk, "client", message, one))["state"] == "sent"
    for _ in range(2):
        await open_a_page(talk, "practitioner")
    for message, one in zip(messages, (first, second, second), strict=True):
        assert (await _ticks(talk, "client", message, one))["state"] == "delivered"
    heard = await talk.heard("conversation.delivered")
    assert len(heard) == 2, "told once for each conversation"
    assert {part["ids"]["message"] for part in heard} == {str(messages[0]), str(messages[2])}
    assert await talk.badge("practitioner") == 3, "and nothing was read by it"


async def test_a_page_of_somebody_else_delivers_nothing(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    early = await talk.say("practitioner", conversation, "Hello")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    late = await talk.say("practitioner", conversation, "For Leo")
    undone = await talk.say("practitioner", conversation, "Oops")
    await talk.undo("practitioner", undone)
    for other in ("practitioner", "parent", "coparent", "owner", "frontdesk"):
        await open_a_page(talk, other)
    await open_a_page(elsewhere, "client")
    assert await talk.heard("conversation.delivered") == []
    await open_a_page(talk, "teen")
    for message in (early, late):
        assert (await _ticks(talk, "practitioner", message, conversation))["state"] == "delivered"
    assert [part["ids"]["message"] for part in await talk.heard("conversation.delivered")] == [str(late)]


async def test_what_waits_for_the_front_desk_reaches_it_with_a_page_of_one_of_them(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "desk")
    message = await talk.say("client", conversation)
    await open_a_page(talk, "biller")
    assert (await _ticks(talk, "client", message, conversation))["state"] == "sent"
    await open_a_page(talk, "frontdesk")
    assert (await _ticks(talk, "client", message, conversation))["state"] == "delivered"


async def test_each_message_says_when_it_was_read_itself(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    first = await talk.say("practitioner", conversation)
    later = now() + timedelta(hours=5)
    await talk.read("client", conversation, first)
    second = await talk.say("practitioner", conversation)
    with time_machine.travel(later):
        await talk.read("client", conversation, second)
    times = [(await _ticks(talk, "practitioner", one, conversation))["at"] for one in (first, second)]
    assert times[1] - times[0] > timedelta(hours=4)


async def test_with_several_people_it_says_who_has_not_read_yet(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    message = await talk.say("practitioner", conversation)
    await talk.read("teen", conversation, message)
    ticks = await _ticks(talk, "practitioner", message, conversation)
    assert [one["name"] for one in ticks["readers"]] == ["Leo Marsh"]
    assert ticks["waiting"] == ["Karen Marsh"]


async def test_clients_see_by_default_that_staff_have_read(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation)
    await talk.read("practitioner", conversation, message)
    assert (await _ticks(talk, "client", message, conversation))["state"] == "read"
    assert ("access", str(talk.cast.accesses["client", "client"])) in await talk.rooms("conversation.read")


async def test_a_practice_may_keep_from_clients_that_staff_have_read(talk: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_see_read": False}))
    conversation = await talk.start("practitioner", "client", "owner")
    message = await talk.say("client", conversation)
    await talk.read("practitioner", conversation, message)
    assert (await _ticks(talk, "client", message, conversation))["state"] == "delivered"
    heard = await talk.rooms("conversation.read")
    assert ("access", str(talk.cast.accesses["client", "client"])) not in heard
    assert ("desk", str(talk.cast.logins["owner"])) in heard


async def test_staff_always_see_that_a_client_has_read(talk: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_see_read": False}))
    conversation = await talk.start("practitioner", "client")
    message = await talk.say("practitioner", conversation)
    await talk.read("client", conversation, message)
    assert (await _ticks(talk, "practitioner", message, conversation))["state"] == "read"


async def test_reading_empties_the_badge_on_every_device(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    message = await talk.say("client", conversation)
    assert await talk.badge("practitioner") == 2
    await talk.read("practitioner", conversation, message)
    assert await talk.badge("practitioner") == 0
    assert ("desk", str(talk.cast.logins["practitioner"])) in await talk.rooms("conversation.read")


async def test_reading_goes_forward_only_and_is_told_once(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    first, second = await talk.say("client", conversation), await talk.say("client", conversation)
    await talk.read("practitioner", conversation, second)
    await talk.read("practitioner", conversation, first)
    await talk.read("practitioner", conversation, second)
    assert len(await talk.heard("conversation.read")) == 1
    assert await talk.badge("practitioner") == 0


async def test_only_what_one_sees_is_read(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    before = await talk.say("practitioner", conversation)
    await talk.add("practitioner", conversation, "owner")
    after = await talk.say("practitioner", conversation)
    await talk.read("owner", conversation, after)
    await talk.is_refused(talk.read("owner", conversation, before), "not-found")
    await talk.is_refused(talk.read("owner", conversation, uuid4()), "not-found")
    other = await elsewhere.start("practitioner", "client")
    foreign = await elsewhere.say("practitioner", other)
    await talk.is_refused(talk.read("owner", conversation, foreign), "not-found")


async def test_reading_is_told_only_to_who_sees_that_message(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    message = await talk.say("practitioner", conversation)
    await talk.add("practitioner", conversation, "owner")
    await talk.read("client", conversation, message)
    assert ("desk", str(talk.cast.logins["owner"])) not in await talk.rooms("conversation.read")


async def test_ones_own_words_are_never_unread(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    for _ in range(3):
        await talk.say("client", conversation)
    assert await talk.badge("client") == 0
    assert (await talk.inbox("client"))[0]["unread"] == 0


async def test_sending_does_not_skip_what_was_not_read(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("practitioner", conversation, "Did you see this?")
    await talk.say("client", conversation, "Written before it came")
    assert await talk.badge("client") == 1
    kinds = [line["kind"] for line in (await talk.open("client", conversation))["page"]["lines"]]
    assert kinds == ["day", "unread", "message", "message"]
