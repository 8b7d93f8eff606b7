"""People come and go."""

from __future__ import annotations

import asyncio
from typing import Any

from models.core.database import execute
from models.core.errors import Refusal
from models.messaging import thread


async def test_who_comes_sees_what_is_said_from_then_on(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen")
    await talk.say("teen", conversation, "Before")
    await talk.add("practitioner", conversation, "parent")
    await talk.say("teen", conversation, "After")
    assert await talk.words("teen", conversation) == ["Before", "After"]
    assert await talk.words("parent", conversation) == ["After"]
    assert (await talk.find("parent", "before"))["messages"] == []
    assert len((await talk.find("parent", "after"))["messages"]) == 1


async def test_who_goes_keeps_what_was_said_until_then(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.say("teen", conversation, "Before")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.say("teen", conversation, "After")
    assert await talk.words("parent", conversation) == ["Before"]
    assert await talk.badge("parent") == 1
    assert (await talk.inbox("parent"))[0]["snippet"] == "Before"
    await talk.is_refused(talk.say("parent", conversation), "not-seated")
    opened = await talk.open("parent", conversation)
    assert not opened["may_write"] and opened["seat"] is None and opened["why_not"]


async def test_who_comes_back_sees_both_times_and_not_the_time_between(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.say("teen", conversation, "First")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.say("teen", conversation, "Not for her")
    await talk.add("practitioner", conversation, "parent")
    await talk.say("teen", conversation, "Last")
    assert await talk.words("parent", conversation) == ["First", "Last"]
    assert len(await talk.inbox("parent")) == 1


async def test_who_sits_there_is_always_visible(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen")
    await talk.say("teen", conversation)
    await talk.add("practitioner", conversation, "parent", "owner")
    people = (await talk.open("teen", conversation))["people"]
    assert {one["name"] for one in people} == {"Maya Okafor", "Leo Marsh", "Karen Marsh", "Jonas Lindqvist"}
    assert {one["relation"] for one in people if one["name"] == "Karen Marsh"} == {"Mother of Leo Marsh"}
    lines = (await talk.open("teen", conversation))["page"]["lines"]
    assert {line["text"] for line in lines if line["kind"] == "people"} == {
        "Karen Marsh joined", "Jonas Lindqvist joined",
    }


async def test_clients_neither_add_nor_remove(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.is_refused(talk.add("parent", conversation, "coparent"), "staff-only")
    await talk.is_refused(talk.remove("teen", conversation, "Karen Marsh"), "staff-only")
    assert not (await talk.open("parent", conversation))["may_change_people"]
    await talk.add("practitioner", conversation, "coparent")


async def test_staff_who_do_not_sit_there_change_nobody(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    for outsider in ("owner", "supervisor", "frontdesk"):
        await talk.is_refused(talk.add(outsider, conversation, outsider), "not-found")
    await talk.add("practitioner", conversation, "owner")
    await talk.remove("practitioner", conversation, "Jonas Lindqvist")
    await talk.is_refused(talk.add("owner", conversation, "supervisor"), "not-seated")


async def test_only_people_of_the_client_join_a_clients_conversation(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen")
    await talk.is_refused(talk.add("practitioner", conversation, "client"), "invalid")
    await talk.add("practitioner", conversation, "coparent")
    among_staff = await talk.start("practitioner", "owner")
    await talk.is_refused(talk.add("practitioner", among_staff, "client"), "invalid")
    await talk.add("practitioner", among_staff, "supervisor")


async def test_somebody_of_the_practice_always_stays(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    await talk.is_refused(talk.remove("practitioner", conversation, "Maya Okafor"), "last-staff")
    await talk.add("practitioner", conversation, "owner")
    await talk.remove("practitioner", conversation, "Maya Okafor")
    assert [one["name"] for one in (await talk.open("client", conversation))["people"]] == [
        "Ana Beltrán", "Jonas Lindqvist"
    ]


async def test_removed_in_mid_conversation_one_message_is_seen_or_refused_and_nothing_after(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    said, _ = await asyncio.gather(
        talk.say("parent", conversation, "In between"),
        talk.remove("practitioner", conversation, "Karen Marsh"),
        return_exceptions=True,
    )
    await talk.say("teen", conversation, "Afterwards")
    seen = await talk.words("parent", conversation)
    if isinstance(said, Refusal):
        assert said.code == "not-seated" and seen == []
    else:
        assert seen == ["In between"]


async def test_after_a_removal_no_event_reaches_the_removed(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.say("teen", conversation)
    parent = ("access", str(talk.cast.accesses["parent", "teen"]))
    assert parent in await talk.rooms("conversation.people_changed")
    assert parent not in await talk.rooms("message.sent")


async def test_the_changed_group_has_its_own_conversation(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen")
    await talk.add("practitioner", conversation, "parent")
    assert await talk.start("practitioner", "teen", "parent", about="teen") == conversation
    assert await talk.start("practitioner", "teen") != conversation


async def test_starting_and_joining_at_the_same_moment_end_in_order(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen")
    started, joined = await asyncio.gather(
        talk.start("practitioner", "teen", "parent", about="teen"), talk.add("practitioner", conversation, "parent"),
        return_exceptions=True,
    )
    assert not isinstance(started, Exception) and joined is None


async def test_a_seat_cannot_be_given_twice(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    await asyncio.gather(*(talk.add("practitioner", conversation, "owner") for _ in range(2)))
    assert sorted(one["name"] for one in (await talk.open("client", conversation))["people"]) == [
        "Ana Beltrán", "Jonas Lindqvist", "Maya Okafor"
    ]


async def test_a_revoked_access_reads_nothing_more(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.say("teen", conversation)
    assert await talk.words("parent", conversation)
    await talk.do(lambda: execute(
        "UPDATE portal_access SET revoked_at = now() WHERE id = $1", talk.cast.accesses["parent", "teen"]
    ))
    talk.actors.clear()
    await talk.is_refused(talk.open("parent", conversation), "not-found")
    await talk.say("teen", conversation)
    assert ("access", str(talk.cast.accesses["parent", "teen"])) not in {
        (of[0], of[1]) for part in (await talk.heard("message.sent"))[-1:] for of in part["rooms"]
    }


async def test_who_left_does_not_learn_who_came_after(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    message = await talk.say("teen", conversation, "Hello")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.add("practitioner", conversation, "coparent")
    await talk.say("coparent", conversation, "I am here now")
    shown = [
        await talk.inbox("parent"), await talk.open("parent", conversation), await talk.find("parent", person="David"),
        await talk.find("parent", "hello"), await talk.at("parent", conversation, thread.people),
        await talk.at("parent", conversation, lambda actor, there: thread.lines(actor, there, around=message)),
    ]
    assert (await talk.inbox("parent"))[0]["title"] == "Maya Okafor, Leo Marsh"
    assert all("David" not in str(one) for one in shown)
    assert "David" in str(await talk.inbox("teen"))


async def test_who_joined_later_knows_who_had_left_only_if_they_met(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.add("practitioner", conversation, "coparent")
    assert "Karen" not in str(await talk.at("coparent", conversation, thread.people))
    assert "Karen" in str(await talk.at("teen", conversation, thread.people))
