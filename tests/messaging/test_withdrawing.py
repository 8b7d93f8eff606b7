"""Taking words back: undone for a moment, deleted later."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import time_machine

from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Refusal
from models.files import bringing
from models.files.bringing import Arrival
from models.messaging import withdrawing


async def _row(message: Any) -> Any:
    return await fetch_one("SELECT * FROM message WHERE id = $1", message)


async def _traces(message: Any) -> list[str]:
    """Kinds of events that still hold data of the message."""
    rows = await fetch_all(
        "SELECT e.type FROM event e JOIN event_data d USING (practice_id, seq) WHERE d.subject_id = $1"
        " AND jsonb_typeof(d.data) = 'object'", message,
    )
    return [row["type"] for row in rows]


async def test_an_undone_message_vanishes_everywhere(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("practitioner", conversation, "Before")
    message = await talk.say("practitioner", conversation, "Oops, wrong client")
    assert await talk.words("client", conversation) == ["Before", "Oops, wrong client"]
    assert await talk.badge("client") == 2
    await talk.undo("practitioner", message)
    for person in ("client", "practitioner"):
        assert await talk.words(person, conversation) == ["Before"]
        assert (await talk.inbox(person))[0]["snippet"] == "Before"
        assert (await talk.find(person, "oops"))["messages"] == []
    assert await talk.badge("client") == 1
    assert (await talk.do(lambda: _row(message)))["body"] == ""
    assert await talk.do(lambda: _traces(message)) == []


async def test_undo_is_told_to_who_left_in_between_too(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "owner")
    message = await talk.say("practitioner", conversation, "Oops")
    await talk.remove("practitioner", conversation, "Jonas Lindqvist")
    await talk.undo("practitioner", message)
    assert ("desk", str(talk.cast.logins["owner"])) in await talk.rooms("message.withdrawn")
    assert await talk.words("owner", conversation) == []


async def test_undo_works_for_a_moment_only(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    early, late = [await talk.say("client", conversation, words) for words in ("one", "two")]
    with time_machine.travel(now() + timedelta(seconds=9)):
        await talk.undo("client", early)
    with time_machine.travel(now() + timedelta(seconds=11)):
        await talk.is_refused(talk.undo("client", late), "undo-over")
    assert await talk.words("client", conversation) == ["two"]


async def test_nobody_takes_back_the_words_of_others(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation, "Mine")
    for other in ("practitioner", "owner", "teen"):
        await talk.is_refused(talk.undo(other, message), "not-found")
        await talk.is_refused(talk.delete(other, message), "not-found")
    await talk.is_refused(elsewhere.undo("client", message), "not-found")
    await talk.is_refused(talk.undo("client", uuid4()), "not-found")
    await talk.undo("client", message)


async def test_undone_twice_at_once_it_is_undone_once(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation)
    await asyncio.gather(talk.undo("client", message), talk.undo("client", message))
    assert len(await talk.heard("message.withdrawn")) == 1


async def test_undo_and_delete_at_once_leave_one_of_them(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation, "Which?")
    done = await asyncio.gather(
        talk.undo("client", message), talk.delete("client", message), return_exceptions=True
    )
    assert sum(isinstance(one, Refusal) for one in done) == 1
    row = await talk.do(lambda: _row(message))
    assert (row["withdrawn_at"] is None) != (row["deleted_at"] is None)


async def test_a_deleted_message_leaves_its_place_and_no_words_of_it(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation, "Something private")
    await talk.delete("client", message)
    for person in ("client", "practitioner"):
        line = await talk.line(person, message, conversation)
        assert line["kind"] == "deleted" and "body" not in line
        assert (await talk.inbox(person))[0]["snippet"] == "Message deleted"
        assert (await talk.find(person, "private"))["messages"] == []
    assert await talk.badge("practitioner") == 0
    assert await talk.do(lambda: _traces(message)) == []
    assert (await talk.do(lambda: _row(message)))["body"] == "Something private"


TABLES = """SELECT tablename FROM pg_tables
  WHERE schemaname = 'public' AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"""
HOLDING = """SELECT x::text AS row FROM "{table}" x
  WHERE x::text ILIKE '%heliotrope%' OR x::text LIKE '%' || encode('heliotrope', 'hex') || '%'"""


async def _holding() -> dict[str, list[str]]:
    """The tables in which the word stands, anywhere in a row, bytes too."""
    tables = [one["tablename"] for one in await fetch_all(TABLES)]
    found = {table: await fetch_all(HOLDING.format(table=table)) for table in tables}
    return {table: [row["row"] for row in rows] for table, rows in found.items() if rows}


async def test_deleted_words_stand_in_their_row_and_nowhere_else_and_undone_ones_nowhere(
    cast: Any, browse: Any, talk: Any
) -> None:
    client = await browse(cast, "client")
    conversation = await talk.start("client", "practitioner")
    path, messages = f"/conversations/{conversation}", {}
    for what in ("deleted", "undone"):
        await client.send(f"{path}/draft", {"body": "heliotrope"})
        sent = await client.send(f"{path}/messages", {"body": f"{what} heliotrope", "key": str(uuid4())})
        messages[what] = (await sent.get_json())["message"]
    assert {"message", "event_data"} <= set(await talk.do(_holding)), "the search must find it while it is said"
    for what, act in (("deleted", "delete"), ("undone", "undo")):
        assert (await client.send(f"/messages/{messages[what]}/{act}")).status_code == 200
    holding = await talk.do(_holding)
    assert set(holding) == {"message"} and len(holding["message"]) == 1
    assert messages["deleted"] in holding["message"][0]


async def test_only_administrators_read_what_was_deleted_and_the_look_is_kept(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    message = await talk.say("client", conversation, "Something private")
    owner, practitioner = await talk.as_("owner"), await talk.as_("practitioner")
    read = withdrawing.deleted_text
    await talk.is_refused(talk.do(lambda: read(owner, message, reason="court order")), "not-found")
    await talk.delete("client", message)
    await talk.is_refused(
        talk.do(lambda: read(practitioner, message, reason="curious")), "administrator-only"
    )
    assert await talk.do(lambda: read(owner, message, reason="court order")) == "Something private"
    looks = await talk.do(lambda: fetch_all("SELECT login_id, reason FROM look WHERE subject_id = $1", message))
    assert [(one["login_id"], one["reason"]) for one in looks] == [(talk.cast.logins["owner"], "court order")]


async def test_a_deleted_message_cannot_be_undone_nor_an_undone_one_deleted(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    deleted, undone = await talk.say("client", conversation), await talk.say("client", conversation)
    await talk.delete("client", deleted)
    await talk.undo("client", undone)
    await talk.is_refused(talk.undo("client", deleted), "undo-over")
    await talk.is_refused(talk.delete("client", undone), "not-found")


async def test_who_speaks_for_the_front_desk_takes_back_only_their_own(talk: Any) -> None:
    conversation = await talk.start("frontdesk", "client", "desk")
    await talk.remove("frontdesk", conversation, "Tess Moreau")
    message = await talk.say("frontdesk", conversation, "From the desk")
    await talk.is_refused(talk.undo("owner", message), "not-found")
    await talk.undo("frontdesk", message)


async def test_undo_calls_the_job_that_erases_the_files_and_deleting_does_not(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    arrival = Arrival("card.jpg", "image/jpeg", 1234, b"\x00" * 32, True, True)
    actor = await talk.as_("client")
    undone, deleted = [(await talk.do(lambda: bringing.bring(actor, arrival))).id for _ in range(2)]
    await talk.undo("client", await talk.say("client", conversation, "", files=[undone]))
    await talk.delete("client", await talk.say("client", conversation, "", files=[deleted]))
    refused = "SELECT id FROM file WHERE refused_at IS NOT NULL"
    assert [row["id"] for row in await talk.do(lambda: fetch_all(refused))] == [undone]
    waiting = "SELECT convert_from(payload, 'UTF8') AS payload FROM pgqueuer WHERE entrypoint = 'file.erase'"
    jobs = [row["payload"] for row in await talk.do(lambda: fetch_all(waiting))]
    assert [str(undone) in job for job in jobs if str(undone) in job or str(deleted) in job] == [True]
