"""What the database itself refuses: seats, messages and grants that would cross over."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from models.core.database import execute, fetch_all
from models.core.ids import new_id

SEAT = "INSERT INTO seat (id, conversation_id, kind, staff_id, access_id) VALUES ($1, $2, $3, $4, $5)"
MESSAGE = """INSERT INTO message (id, conversation_id, position, seat_id, body, sent_at)
  VALUES ($1, $2, 99, $3, 'x', now())"""


async def test_a_key_across_practices_is_refused(talk: Any, elsewhere: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    foreign = await elsewhere.start("practitioner", "client")
    theirs = elsewhere.cast
    staff, access = theirs.staff["practitioner"], theirs.accesses["client", "client"]
    await talk.do(lambda: execute(SEAT, new_id(), conversation, "staff", talk.cast.staff["owner"], None))
    for args in (
        (conversation, "staff", staff, None), (conversation, "access", None, access),
        (foreign, "staff", talk.cast.staff["owner"], None),
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await talk.do(lambda args=args: execute(SEAT, new_id(), *args))
    seats = await elsewhere.do(lambda: fetch_all("SELECT id FROM seat"))
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await talk.do(lambda: execute(MESSAGE, new_id(), conversation, seats[0]["id"]))


async def test_a_row_for_another_practice_cannot_be_written_nor_seen(talk: Any, elsewhere: Any) -> None:
    await talk.start("practitioner", "client")
    there = await elsewhere.start("practitioner", "client")
    seen = await talk.do(lambda: fetch_all("SELECT id FROM conversation WHERE id = $1", there))
    assert seen == []
    insert = "INSERT INTO conversation (practice_id, id) VALUES ($1, $2)"
    await talk.do(lambda: execute(insert, talk.cast.practice_id, new_id()))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await talk.do(lambda: execute(insert, elsewhere.cast.practice_id, new_id()))


async def test_outside_a_practice_nothing_is_there(talk: Any) -> None:
    from models.core.database import pool

    conversation = await talk.start("practitioner", "client")
    await talk.say("client", conversation)
    async with pool().acquire() as connection:
        for table in ("conversation", "seat", "message", "internal_note", "draft", "reading"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_two_open_seats_of_one_person_are_refused(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client")
    with pytest.raises(asyncpg.UniqueViolationError):
        await talk.do(lambda: execute(SEAT, new_id(), conversation, "staff", talk.cast.staff["practitioner"], None))


async def test_search_gives_nothing_of_another_practice_whatever_it_is_asked(talk: Any, elsewhere: Any) -> None:
    """The function runs with rights over all practices: it must filter by itself, also for foreign ids."""
    there = await elsewhere.start("client", "practitioner")
    await elsewhere.say("client", there, "Xylophone")
    lead = elsewhere.cast.practice_id.hex[:16]
    args = (f"'{lead}xylophone'", elsewhere.cast.staff["practitioner"], True,
            [elsewhere.cast.accesses["client", "client"]], None, 10)
    search = "SELECT * FROM search_messages($1, $2, $3, $4, $5, $6)"
    assert len(await elsewhere.do(lambda: fetch_all(search, *args))) == 1
    assert await talk.do(lambda: fetch_all(search, *args)) == []


async def test_a_teens_conversation_is_no_parents_and_a_parents_no_teens(talk: Any) -> None:
    own = await talk.start("teen", "practitioner")
    await talk.say("teen", own, "Please not my parents")
    parents = await talk.start("parent", "practitioner", about="teen")
    await talk.say("parent", parents, "Please not my child")
    for stranger in ("parent", "coparent"):
        assert own not in [one["id"] for one in await talk.inbox(stranger)]
        await talk.is_refused(talk.open(stranger, own), "not-found")
        await talk.is_refused(talk.say(stranger, own), "not-found")
        assert (await talk.find(stranger, "please"))["messages"] == [] or stranger == "parent"
    for stranger in ("teen", "coparent"):
        assert parents not in [one["id"] for one in await talk.inbox(stranger)]
        await talk.is_refused(talk.open(stranger, parents), "not-found")
    assert [one["conversation"] for one in (await talk.find("parent", "please"))["messages"]] == [parents]
    assert await talk.rooms("message.sent") == {
        ("desk", str(talk.cast.logins["practitioner"])), ("access", str(talk.cast.accesses["teen", "teen"])),
        ("access", str(talk.cast.accesses["parent", "teen"])),
    }


async def test_what_two_of_the_staff_write_is_read_by_no_third(talk: Any) -> None:
    between = await talk.start("practitioner", "supervisor")
    await talk.say("practitioner", between, "Between us")
    assert await talk.words("supervisor", between) == ["Between us"]
    for role in ("owner", "frontdesk", "biller"):
        assert await talk.inbox(role) == [] and await talk.inbox(role, "all") == []
        assert (await talk.find(role, "between"))["messages"] == []
        await talk.is_refused(talk.open(role, between), "not-found")
    await talk.is_refused(talk.add("practitioner", between, "client"), "invalid")
