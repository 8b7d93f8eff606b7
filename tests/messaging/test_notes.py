"""Internal notes: for staff alone, whatever a client's browser asks."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.database import fetch_all
from models.core.errors import Missing
from models.core.events import Event, Part, ToAccess
from models.messaging import finding, inbox, keeping, notes, pages, picking, reading, thread
from models.messaging.events import NOTE
from models.messaging.seats import conversation_for


async def test_staff_in_the_conversation_read_a_note_and_nobody_else(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "owner")
    await talk.say("client", conversation, "Hello")
    await talk.note("practitioner", conversation, "She sounds tired")
    assert await talk.words("owner", conversation) == ["Hello", "She sounds tired"]
    assert await talk.words("client", conversation) == ["Hello"]
    assert await talk.rooms("note.added") == {
        ("desk", str(talk.cast.logins["practitioner"])), ("desk", str(talk.cast.logins["owner"])),
    }


async def test_clients_write_no_notes(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.is_refused(talk.note("client", conversation), "forbidden")
    assert not (await talk.open("client", conversation))["may_note"]
    await talk.note("practitioner", conversation)


async def test_a_note_needs_a_client(talk: Any) -> None:
    conversation = await talk.start("practitioner", "owner")
    await talk.is_refused(talk.note("practitioner", conversation), "no-client")


async def test_who_left_writes_no_note(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "owner")
    await talk.note("owner", conversation)
    await talk.remove("practitioner", conversation, "Jonas Lindqvist")
    await talk.is_refused(talk.note("owner", conversation), "not-seated")


async def test_a_note_moves_nothing_that_a_client_sees(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    await talk.say("practitioner", conversation, "Hello")
    before = await talk.inbox("client"), await talk.open("client", conversation), await talk.badge("client")
    await talk.note("practitioner", conversation, "Careful")
    assert before == (await talk.inbox("client"), await talk.open("client", conversation), await talk.badge("client"))


def test_no_event_of_a_note_can_be_addressed_to_a_client() -> None:
    from models.core.clock import now
    from models.core.ids import new_id

    part = Part((ToAccess(new_id()),), {"client": new_id()}, {"body": "secret"})
    with pytest.raises(ValueError, match="never reach access"):
        Event(type=NOTE, at=now(), parts=[part])


async def test_no_function_of_the_client_side_gives_a_note_away(talk: Any) -> None:
    """Walks every question a portal person can ask; the word must be in no answer."""
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    message = await talk.say("practitioner", conversation, "Visible")
    note = await talk.note("practitioner", conversation, "Zebrafish")
    last = await talk.say("teen", conversation, "Visible too")
    assert "Zebrafish" in await talk.words("practitioner", conversation)
    parent = await talk.as_("parent")

    async def ask() -> list[Any]:
        there = await conversation_for(parent, conversation)
        answers: list[Any] = [
            there, await thread.thread(parent, there), await thread.thread(parent, there, around=message),
            await thread.lines(parent, there), await thread.lines(parent, there, before=last),
            await thread.lines(parent, there, after=message), await thread.people(parent, there),
            await inbox.inbox(parent), await inbox.inbox(parent, show="archived"),
            await inbox.inbox(parent, show="all"), await inbox.inbox(parent, show="unclaimed"),
            await inbox.lines_of(parent, [conversation]),
            await inbox.unread_by_client(parent), await finding.find(parent, words="Zebrafish"),
            await finding.find(parent, words="Visible"), await finding.find(parent, person="Maya"),
            await picking.choices(parent), await picking.may_write_to(parent), await keeping.draft_of(parent, there),
        ]
        for line_verb in (
            thread.lines(parent, there, before=note), thread.lines(parent, there, after=note),
            thread.lines(parent, there, around=note), reading.read(parent, there, note),
            reading.delivered(parent, there, note), pages.line_position(there, note, notes=False),
        ):
            with pytest.raises(Missing):
                await line_verb
        return answers

    answers = await talk.do(ask)
    assert all("zebrafish" not in str(answer).lower() and str(note) not in str(answer) for answer in answers)


async def test_no_statement_of_the_client_side_names_the_table(talk: Any) -> None:
    from models.messaging import finding, inbox, listing

    sources = [pages.MESSAGES, pages.READ_AT, finding.HITS, finding.NAMED, listing.PORTAL_INBOX, listing.SOME,
               listing.BADGE, inbox.BADGE]
    assert all("internal_note" not in source for source in sources)
    found = await talk.do(lambda: fetch_all("SELECT prosrc FROM pg_proc WHERE proname = 'search_messages'"))
    assert len(found) == 1 and "internal_note" not in found[0]["prosrc"]


async def test_the_front_desk_reads_notes_while_it_sits_there(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    await talk.note("practitioner", conversation, "Before")
    await talk.hand_over("practitioner", conversation, note="Please book her in")
    assert await talk.words("frontdesk", conversation) == ["Please book her in"]
    assert ("front-desk", None) in await talk.rooms("note.added")


async def test_only_the_authors_own_pages_hear_the_key_of_a_note(talk: Any) -> None:
    from uuid import uuid4

    conversation, key = await talk.start("practitioner", "client", "owner"), uuid4()
    await talk.at("practitioner", conversation, lambda actor, there: notes.add_note(actor, there, "Ours", key=key))
    parts = await talk.heard("note.added")
    keyed = [part["rooms"] for part in parts if part["data"].get("key")]
    assert keyed == [[["desk", str(talk.cast.logins["practitioner"])]]] and len(parts) == 2
