"""Rights end at once, on every worker, with Redis or without; what came before a right is never told."""

from __future__ import annotations

import asyncio

import pytest

from models.core.database import execute
from models.core.events import ToAccess, ToStaff, ToStaffOf
from tests.faults.drill import Writer
from tests.faults.drills import checked, conversation, new_key
from tests.faults.ground import eventually, in_time
from tests.faults.web import post


@pytest.mark.parametrize("redis", ["well", "away", "silent"])
async def test_a_session_that_ends_takes_its_socket_on_the_other_worker(ground, cast, open_page, redis):
    session = await cast.session("practitioner")
    page = await open_page(cast, "practitioner", session=session, on=ground.b)
    other = await open_page(cast, "practitioner", on=ground.b)
    if redis == "away":
        ground.redis.close()
    elif redis == "silent":
        ground.redis.stall()
    assert await in_time(post(ground.a, cast, session, "/sign-out"), 8.0) in (200, 204, 303)
    await eventually(lambda: page.closed, within=8.0, what="the end of the socket")
    assert page.code == 4401 and [name for name, _ in page.hints][-1] == "signed_out"
    seq = await Writer(cast, 1).tell(ToStaff())
    await checked([other], resyncs=1)
    assert seq not in page.heard and not other.closed


async def test_a_page_of_a_session_that_ended_does_not_come_back(ground, cast, open_page):
    session = await cast.session("client")
    page = await open_page(cast, "client", session=session, on=ground.b)
    await post(ground.a, cast, session, "/sign-out")
    await eventually(lambda: page.closed)
    again = await open_page(cast, "client", session=session, on=ground.b, wait=False)
    await eventually(lambda: again.refused > 1)
    assert "403" in again.last and not again.frames


async def test_a_right_granted_and_taken_while_away_is_no_window_to_look_back_through(ground, cast, open_page):
    writer, parent = Writer(cast, 2), cast.logins["coparent"]
    page = await open_page(cast, "coparent", on=ground.b)
    await page.leave()
    await _access(cast, "coparent", "teen", open_=False)
    await writer.tell(ToStaff(), rights_of=[parent])
    access, teen = cast.accesses["coparent", "teen"], cast.clients["teen"]
    secret = await writer.tell(ToAccess(access), words="in between", client=teen)
    await _access(cast, "coparent", "teen", open_=True)
    await writer.tell(ToStaff(), rights_of=[parent])
    back = await open_page(cast, "coparent", session=page.session_id, on=ground.b, wait=False)
    back.cursor = page.cursor
    await back.until_live()
    assert back.resyncs == 1 and secret not in back.heard and not back.heard


async def test_what_follows_a_lost_right_is_not_heard_however_soon(ground, cast, open_page):
    writer, page = Writer(cast, 3), await open_page(cast, "supervisor", on=ground.b)
    client = cast.clients["client"]
    for turn in range(10):
        before = await writer.tell(ToStaffOf(client))
        await _assigned(cast, "client", ended=True)
        await writer.tell(ToStaff(), rights_of=[cast.logins["supervisor"]])
        after = await writer.tell(ToStaffOf(client))
        await eventually(lambda turn=turn: page.lives == 2 * turn + 2)
        end = await writer.tell(ToStaff())
        await eventually(lambda end=end: end in page.heard)
        assert before in page.heard and after not in page.heard
        await _assigned(cast, "client", ended=False)
        await writer.tell(ToStaff(), rights_of=[cast.logins["supervisor"]])
        await eventually(lambda turn=turn: page.lives == 2 * turn + 3)
    assert page.resyncs == 20 and page.connects == 1 and not page.faults


async def test_a_right_lost_while_a_page_catches_up_stops_its_replay(ground, cast, open_page):
    """A slow replay, and in the middle of it the right goes: nothing of later is told by the rights of before."""
    writer, client = Writer(cast, 4), cast.clients["client"]
    pages = [await open_page(cast, "supervisor", on=ground.b) for _ in range(6)]
    for turn in range(6):
        writing = asyncio.create_task(_many(writer, ToStaffOf(client), 20))
        await asyncio.sleep(0.02)
        for page in pages:
            page.cut()
        await writing
        await _assigned(cast, "client", ended=True)
        await writer.tell(ToStaff(), rights_of=[cast.logins["supervisor"]])
        after = await _many(writer, ToStaffOf(client), 5)
        for page in pages:
            await page.until_live()
        end = await writer.tell(ToStaff())
        await eventually(lambda end=end: all((page.cursor or 0) >= end for page in pages))
        assert not [seq for page in pages for seq in after if seq in page.heard], turn
        await _assigned(cast, "client", ended=False)
        await writer.tell(ToStaff(), rights_of=[cast.logins["supervisor"]])
        for page in pages:
            await page.until_live()
    assert not [fault for page in pages for fault in page.faults]


async def test_an_internal_note_never_reaches_a_clients_wire(ground, cast, open_page):
    desk = await open_page(cast, "practitioner", on=ground.a)
    portal = [await open_page(cast, "client", on=ground.a), await open_page(cast, "client", on=ground.b)]
    where = await conversation(desk, cast)
    for turn in range(4):
        note = await desk.ask("note.add", conversation=where, body=f"canary {turn}", key=new_key())
        sent = await desk.ask("message.send", conversation=where, body=f"words {turn}", key=new_key())
        assert note["ok"] and sent["ok"]
        portal[turn % 2].cut()
    await checked([desk, *portal])
    assert any("canary" in frame for frame in desk.frames), "the premise"
    assert not [frame for page in portal for frame in page.frames if "canary" in frame or "note" in frame]
    refused = await portal[0].ask("note.add", conversation=where, body="mine", key=new_key())
    assert refused["error"]["code"] == "forbidden"


async def _many(writer, audience, count):
    return [await writer.tell(audience) for _ in range(count)]


async def _access(cast, name, client, *, open_):
    sql = f"UPDATE portal_access SET revoked_at = {'NULL' if open_ else 'clock_timestamp()'} WHERE id = $1"
    await cast.inside(lambda: execute(sql, cast.accesses[name, client]))


async def _assigned(cast, client, *, ended):
    sql = f"UPDATE assignment SET ended_at = {'clock_timestamp()' if ended else 'NULL'} WHERE client_id = $1"
    await cast.inside(lambda: execute(sql, cast.clients[client]))
