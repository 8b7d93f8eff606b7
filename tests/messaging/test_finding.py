"""Search by words and by person."""

from __future__ import annotations

from typing import Any

import pytest


async def test_words_are_found_with_what_matched_highlighted(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation, "The insurance card is attached")
    hit = (await talk.find("practitioner", "insurance"))["messages"][0]
    assert hit["message"] == message and hit["title"] == "Ana Beltrán" and hit["by"] == "Ana Beltrán"
    assert [piece["text"] for piece in hit["pieces"] if piece["mark"]] == ["insurance"]


async def test_the_last_word_may_be_begun_only_and_all_must_be_there(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "The insurance card is attached")
    for words in ("insur", "card INSUR", "attached card ins"):
        assert len((await talk.find("client", words))["messages"]) == 1
    for words in ("insur card", "insurance house", "nsurance"):
        assert (await talk.find("client", words))["messages"] == []


@pytest.mark.parametrize("words", ["'", "\\", "':*", "a' | 'b", "!", "&", "<->", "  ", "%", "🎈", "x" * 200])
async def test_odd_words_are_only_words(talk: Any, words: str) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "plain")
    assert (await talk.find("client", words))["messages"] == []


async def test_a_person_is_found_by_part_of_the_name(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    await talk.start("practitioner", "owner")
    found = await talk.find("practitioner", person="beltr")
    assert [one["id"] for one in found["conversations"]] == [conversation] and found["messages"] == []


@pytest.mark.parametrize("words", ["ana", "BELTRAN", "beltrán a", "Ana Beltrán"])
async def test_a_name_is_found_by_its_beginnings_without_capitals_and_accents(talk: Any, words: str) -> None:
    conversation = await talk.start("practitioner", "client")
    for asked in ({"words": words}, {"person": words}):
        found = await talk.find("practitioner", **asked)
        assert [one["id"] for one in found["conversations"]] == [conversation]
    assert (await talk.find("practitioner", person="eltr"))["conversations"] == []


async def test_words_of_one_person_only(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    await talk.say("practitioner", conversation, "Friday at nine")
    await talk.say("client", conversation, "Friday is fine")
    assert len((await talk.find("practitioner", "friday"))["messages"]) == 2
    found = (await talk.find("practitioner", "friday", person="ana"))["messages"]
    assert [hit["by"] for hit in found] == ["Ana Beltrán"]


async def test_nobody_finds_what_others_said_or_another_practice(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "Xylophone")
    assert len((await talk.find("practitioner", "xylophone"))["messages"]) == 1
    for other in ("owner", "supervisor", "frontdesk", "teen", "parent"):
        found = await talk.find(other, "xylophone")
        assert found == {"conversations": [], "messages": []}
    there = await elsewhere.start("client", "practitioner")
    await elsewhere.say("client", there, "Xylophone")
    assert [hit["conversation"] for hit in (await elsewhere.find("owner", "xylophone"))["messages"]] == []
    found = (await elsewhere.find("practitioner", "xylophone"))["messages"]
    assert [hit["conversation"] for hit in found] == [there]


async def test_a_name_does_not_find_conversations_one_is_not_in(talk: Any) -> None:
    await talk.start("practitioner", "client")
    assert (await talk.find("owner", person="Ana"))["conversations"] == []
    assert len((await talk.find("practitioner", person="Ana"))["conversations"]) == 1


async def test_the_front_desk_finds_what_was_written_to_it(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "desk")
    await talk.say("client", conversation, "Xylophone")
    assert len((await talk.find("frontdesk", "xylo"))["messages"]) == 1
    assert (await talk.find("biller", "xylo"))["messages"] == []
