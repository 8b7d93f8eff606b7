"""What happened lately, on the first page of a staff member: what belongs together stands in one line."""

from __future__ import annotations

from models.notifications.happenings import latest


async def _lines(cast, name):
    actor = await cast.actor(name)
    return [(one["who"], one["what"]) for one in await cast.inside(lambda: latest(actor))]


async def test_several_messages_in_a_row_are_one_line_until_somebody_else_writes(talk, cast):
    ana = await talk.start("client", about="client")
    leo = await talk.start("teen", about="teen")
    for body in ("One", "Two", "Three"):
        await talk.say("client", ana, body)
    await talk.say("teen", leo, "Four")
    await talk.say("client", ana, "Five")
    assert (await _lines(cast, "practitioner"))[:3] == [
        ("Ana Beltrán", "sent you a message"),
        ("Leo Marsh", "sent you a message"),
        ("Ana Beltrán", "sent you 3 messages"),
    ]
    assert await _lines(cast, "biller") == []


async def test_a_long_talk_does_not_push_out_what_else_happened(talk, cast):
    leo = await talk.start("teen", about="teen")
    await talk.say("teen", leo, "Hello")
    ana = await talk.start("client", about="client")
    for number in range(20):
        await talk.say("client", ana, f"Line {number}")
    lines = await _lines(cast, "practitioner")
    assert lines[0] == ("Ana Beltrán", "sent you 20 messages")
    assert ("Leo Marsh", "sent you a message") in lines
