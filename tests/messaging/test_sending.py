"""Saying something, and who hears of it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from models.core.database import execute, fetch_one
from models.core.errors import Missing
from models.core.keys import first_answer, keep_answer
from models.core.scope import run_scope
from models.files import bringing, granting
from models.files.bringing import Arrival
from models.messaging import sending
from models.messaging.seats import conversation_for

ODD = ["👍🏽", "שלום עליכם", "<script>alert(1)</script>", "a\nb\n\nc", "' OR 1=1 --", "\u202eturned", "é" * 10_000]


async def test_a_message_is_there_for_everyone_at_once(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "Good morning")
    assert await talk.words("practitioner", conversation) == ["Good morning"]
    assert (await talk.inbox("practitioner"))[0]["snippet"] == "Good morning"


@pytest.mark.parametrize("words", ODD)
async def test_all_text_is_kept_as_it_was_written(talk: Any, words: str) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, words)
    assert await talk.words("practitioner", conversation) == [words]


async def test_line_breaks_of_every_machine_become_one_kind(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "one\r\ntwo\rthree\n")
    assert await talk.words("client", conversation) == ["one\ntwo\nthree"]


@pytest.mark.parametrize("nothing", ["", "   ", "\n\n", "\u200b\u200b", "\t \u00a0"])
async def test_nothing_cannot_be_sent(talk: Any, nothing: str) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.is_refused(talk.say("client", conversation, nothing), "empty")


async def test_ten_thousand_characters_are_enough(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "x" * 10_000)
    refusal = await talk.is_refused(talk.say("client", conversation, "x" * 10_001), "invalid")
    assert "10,000" in refusal.errors["body"][0]


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
async def test_what_cannot_be_kept_is_refused_with_a_sentence(talk: Any, bad: str) -> None:
    conversation = await talk.start("client", "practitioner")
    refusal = await talk.is_refused(talk.say("client", conversation, bad), "invalid")
    assert refusal.errors["body"]


async def test_who_does_not_sit_there_neither_reads_nor_writes(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    assert await talk.say("client", conversation)
    for stranger in ("owner", "supervisor", "frontdesk", "teen", "parent", "coparent"):
        await talk.is_refused(talk.say(stranger, conversation), "not-found")
        await talk.is_refused(talk.open(stranger, conversation), "not-found")
    for foreigner in ("client", "practitioner", "owner"):
        await talk.is_refused(elsewhere.say(foreigner, conversation), "not-found")
    await talk.is_refused(talk.say("client", uuid4()), "not-found")


async def test_a_message_reaches_the_seats_and_only_them(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    cast = talk.cast
    assert await talk.rooms("message.sent") == {
        ("desk", str(cast.logins["practitioner"])), ("access", str(cast.accesses["client", "client"])),
    }


async def test_only_the_senders_own_pages_hear_the_key(talk: Any) -> None:
    conversation, key = await talk.start("client", "practitioner"), uuid4()
    await talk.say("client", conversation, "Mine", key=key)
    parts = await talk.heard("message.sent")
    own = [part for part in parts if part["data"].get("key")]
    assert [part["rooms"] for part in own] == [[["access", str(talk.cast.accesses["client", "client"])]]]
    assert own[0]["data"]["key"] == str(key)
    assert {room[0] for part in parts if part not in own for room in part["rooms"]} == {"desk"}


async def test_an_event_of_a_client_says_whom_it_is_about(talk: Any) -> None:
    leo = await talk.start("parent", "practitioner", about="teen")
    await talk.say("parent", leo)
    assert {part["ids"]["client"] for part in await talk.heard("message.sent")} == {str(talk.cast.clients["teen"])}


async def test_the_coparent_and_the_teen_see_nothing_of_a_parents_conversation(talk: Any) -> None:
    leo = await talk.start("parent", "practitioner", about="teen")
    await talk.say("parent", leo, "Between us")
    assert await talk.words("practitioner", leo) == ["Between us"]
    for other in ("coparent", "teen"):
        assert await talk.inbox(other) == []
        assert await talk.badge(other) == 0
        assert (await talk.find(other, "between"))["messages"] == []
        await talk.is_refused(talk.open(other, leo), "not-found")
    heard = await talk.rooms("message.sent")
    assert ("access", str(talk.cast.accesses["coparent", "teen"])) not in heard
    assert ("access", str(talk.cast.accesses["teen", "teen"])) not in heard


async def test_two_tabs_with_one_key_send_one_message(talk: Any) -> None:
    conversation, key = await talk.start("client", "practitioner"), uuid4()
    client = await talk.as_("client")

    async def tab(_: Any) -> Any:
        if (before := await first_answer(client, "message.send", key, {"body": "Once"})) is not None:
            return before["message"]
        there = await conversation_for(client, conversation, lock=True)
        message = await sending.send(client, there, body="Once", key=key)
        keep_answer(client, "message.send", key, {"message": message})
        return str(message)

    first, second = await asyncio.gather(*(run_scope(client.practice_id, tab) for _ in range(2)))
    assert first == second
    assert await talk.words("practitioner", conversation) == ["Once"]


async def test_many_at_once_keep_one_order_without_gaps(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await asyncio.gather(*(talk.say(("client", "practitioner")[n % 2], conversation, f"{n}") for n in range(12)))
    assert sorted(await talk.words("client", conversation), key=int) == [str(n) for n in range(12)]
    assert await talk.words("client", conversation) == await talk.words("practitioner", conversation)
    row = await talk.do(lambda: fetch_one("SELECT last_position FROM conversation WHERE id = $1", conversation))
    assert row["last_position"] == 12


async def test_what_comes_in_brings_a_conversation_back(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("practitioner", conversation)
    await talk.keep("client", conversation, "archive")
    assert await talk.inbox("client") == []
    await talk.say("practitioner", conversation)
    assert len(await talk.inbox("client")) == 1


async def test_a_muted_one_stays_away(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.keep("client", conversation, "mute")
    await talk.keep("client", conversation, "archive")
    await talk.say("practitioner", conversation)
    assert await talk.inbox("client") == []
    assert [one["id"] for one in await talk.inbox("client", "archived")] == [conversation]


async def test_a_client_whom_nobody_hears_any_more_is_told_whom_to_call(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    assert await talk.say("client", conversation)
    leave = "UPDATE staff_member SET deactivated_at = now() WHERE id = $1"
    await talk.do(lambda: execute(leave, talk.cast.staff["practitioner"]))
    refusal = await talk.is_refused(talk.say("client", conversation), "nobody-there")
    assert "(207) 555-0132" in refusal.detail
    opened = await talk.open("client", conversation)
    assert not opened["may_write"] and "(207) 555-0132" in opened["why_not"]


async def bring(talk: Any, who: str, name: str = "card.jpg", type: str = "image/jpeg", thumbnail: bool = True) -> Any:
    """A file of that person's, checked and waiting to be sent."""
    actor = await talk.as_(who)
    arrival = Arrival(name, type, 1234, b"\x00" * 32, thumbnail, True)
    return (await talk.do(lambda: bringing.bring(actor, arrival))).id


async def opens(talk: Any, who: str, file: Any) -> bool:
    """Whether that person may open the file."""
    actor = await talk.as_(who)
    try:
        await talk.do(lambda: granting.file_for(actor, file))
    except Missing:
        return False
    return True


@pytest.mark.usefixtures("wired")
async def test_files_go_with_a_message_to_who_sits_there_and_nobody_else(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    photo = await bring(talk, "client")
    letter = await bring(talk, "client", "letter.pdf", "application/pdf", False)
    message = await talk.say("client", conversation, "", files=[photo, letter])
    line = await talk.line("practitioner", message, conversation)
    assert [(one["name"], one["thumbnail"]) for one in line["files"]] == [("card.jpg", True), ("letter.pdf", False)]
    assert (await talk.inbox("practitioner"))[0]["snippet"] == "2 files"
    assert [one["name"] for one in (await talk.heard("message.sent"))[0]["data"]["files"]] == ["card.jpg", "letter.pdf"]
    assert await opens(talk, "client", photo) and await opens(talk, "practitioner", photo)
    for stranger in ("owner", "frontdesk", "teen", "parent"):
        assert not await opens(talk, stranger, photo)


@pytest.mark.usefixtures("wired")
async def test_who_comes_later_opens_no_earlier_file_and_who_went_keeps_theirs(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    early = await bring(talk, "practitioner")
    await talk.say("practitioner", conversation, "See", files=[early])
    await talk.remove("practitioner", conversation, "Karen Marsh")
    late = await bring(talk, "practitioner")
    await talk.add("practitioner", conversation, "coparent")
    await talk.say("practitioner", conversation, "And this", files=[late])
    assert await opens(talk, "parent", early) and not await opens(talk, "parent", late)
    assert await opens(talk, "coparent", late) and not await opens(talk, "coparent", early)


@pytest.mark.usefixtures("wired")
async def test_taken_back_or_deleted_its_files_open_for_nobody(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    for take_back in (talk.undo, talk.delete):
        file = await bring(talk, "client")
        message = await talk.say("client", conversation, "", files=[file])
        assert await opens(talk, "practitioner", file)
        await take_back("client", message)
        assert not await opens(talk, "practitioner", file) and not await opens(talk, "client", file)


async def test_nobody_sends_a_file_of_others(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    mine, theirs = await bring(talk, "client"), await bring(talk, "teen")
    foreign = await bring(elsewhere, "client")
    for file in (theirs, foreign, uuid4()):
        await talk.is_refused(talk.say("client", conversation, "", files=[file]), "not-found")
    await talk.say("client", conversation, "", files=[mine])


async def test_ten_files_are_enough_for_a_message(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    files = [await bring(talk, "client") for _ in range(11)]
    refusal = await talk.is_refused(talk.say("client", conversation, "", files=files), "invalid")
    assert "10" in refusal.errors["files"][0]
    await talk.say("client", conversation, "", files=files[:10])
