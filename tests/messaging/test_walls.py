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
