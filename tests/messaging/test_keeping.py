"""What each person keeps for themselves."""

from __future__ import annotations

from typing import Any

from models.messaging import keeping


async def test_marked_unread_it_counts_until_it_is_read(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation)
    await talk.read("practitioner", conversation, message)
    assert await talk.badge("practitioner") == 0
    await talk.keep("practitioner", conversation, "unread")
    line = (await talk.inbox("practitioner"))[0]
    assert await talk.badge("practitioner") == 1 and line["marked_unread"] and line["unread"] == 0
    await talk.read("practitioner", conversation, message)
    assert await talk.badge("practitioner") == 0
    assert not (await talk.inbox("practitioner"))[0]["marked_unread"]


async def test_marking_unread_can_be_taken_back_and_leaves_what_is_really_unread(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    await talk.keep("practitioner", conversation, "unread")
    await talk.keep("practitioner", conversation, "unread", on=False)
    assert await talk.badge("practitioner") == 1


async def test_a_muted_conversation_does_not_count(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    assert await talk.badge("practitioner") == 1
    await talk.keep("practitioner", conversation, "mute")
    assert await talk.badge("practitioner") == 0
    assert (await talk.inbox("practitioner"))[0]["unread"] == 1
    await talk.keep("practitioner", conversation, "mute", on=False)
    assert await talk.badge("practitioner") == 1


async def test_what_is_put_away_is_away_for_oneself_alone(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.keep("client", conversation, "archive")
    assert await talk.inbox("client") == [] and len(await talk.inbox("client", "archived")) == 1
    assert len(await talk.inbox("practitioner")) == 1
    assert await talk.rooms("conversation.changed") == {("access", str(talk.cast.accesses["client", "client"]))}
    await talk.keep("client", conversation, "archive", on=False)
    assert len(await talk.inbox("client")) == 1


async def test_a_draft_waits_on_every_device_of_its_login_and_nowhere_else(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.at("client", conversation, lambda actor, there: keeping.save_draft(actor, there, "Half a thou"))
    assert (await talk.open("client", conversation))["draft"] == "Half a thou"
    assert (await talk.open("practitioner", conversation))["draft"] == ""
    other = await talk.start("client", "practitioner", subject="Another")
    assert (await talk.open("client", other))["draft"] == "", "each conversation has its own"
    assert await talk.rooms("draft.saved") == {("access", str(talk.cast.accesses["client", "client"]))}
    assert all(part["data"] is None for part in await talk.heard("draft.saved"))


async def test_sending_forgets_the_draft(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.at("client", conversation, lambda actor, there: keeping.save_draft(actor, there, "Half"))
    await talk.say("client", conversation, "Half and whole")
    assert (await talk.open("client", conversation))["draft"] == ""


async def test_saving_the_same_draft_twice_tells_once_and_an_empty_one_forgets(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    for words in ("Half", "Half", "", ""):
        await talk.at("client", conversation, lambda actor, there, words=words: keeping.save_draft(actor, there, words))
    assert len(await talk.heard("draft.saved")) == 2
    assert (await talk.open("client", conversation))["draft"] == ""


async def test_who_left_keeps_no_draft(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    step = talk.at("parent", conversation, lambda actor, there: keeping.save_draft(actor, there, "But"))
    await talk.is_refused(step, "not-seated")
