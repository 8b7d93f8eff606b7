"""The harness itself: on a house that is broken on purpose every drill must fail, on a whole one none."""

from __future__ import annotations

import asyncio
from contextvars import Context

import asyncpg
import pytest

from models.core import bell
from models.core.database import execute, fetch_one, json_text
from models.core.events import ToAccess, ToStaff
from models.core.ids import new_id
from models.core.scope import practice_scope
from tests.faults.drill import Writer
from tests.faults.drills import broken, checked, coming_and_going, promptness, quickness
from tests.faults.ground import Ground, eventually
from tests.faults.page import Fault

# How long a drill waits: on a broken house for what does not come, on a whole one for a busy machine.
BROKEN, WHOLE = 1.5, 30.0


async def _drill_bells(ground, cast, open_page, worker, within=BROKEN):
    page = await open_page(cast, "owner", on=worker)
    await quickness(Writer(cast, 1), [page], events=30, tries=8 if within == BROKEN else 40)


async def _drill_poll(ground, cast, open_page, worker, within=BROKEN):
    page = await open_page(cast, "owner", on=worker)
    ground.redis.stall()
    await promptness(Writer(cast, 2), [page], within=within, events=2)


async def _drill_joining(ground, cast, open_page, worker, within=BROKEN):
    pages = [await open_page(cast, name, on=worker) for name in ("owner", "biller", "frontdesk", "supervisor")]
    await coming_and_going([Writer(cast, seed) for seed in range(4)], pages, changes=40, rounds=8)


async def _drill_rights(ground, cast, open_page, worker, within=BROKEN):
    page, writer = await open_page(cast, "owner", on=worker), Writer(cast, 3)
    await writer.tell(ToStaff(), rights_of=[cast.logins["owner"]])
    try:
        await eventually(lambda: page.resyncs == 1, within=within)
    except AssertionError:
        raise Fault("a page kept rights that had ended") from None


async def _drill_telling(ground, cast, open_page, worker, within=BROKEN):
    """Twenty events, half for each side: every page hears its own, once, in order, and none of the others'."""
    pages = [await open_page(cast, name, on=worker) for name in ("owner", "client")]
    writer, access = Writer(cast, 4), ToAccess(cast.accesses["client", "client"])
    for _ in range(10):
        await writer.tell(ToStaff())
        await writer.tell(access, client=cast.clients["client"])
    await checked(pages, within=within)


DRILLS = {
    "deaf": _drill_bells, "trusting": _drill_poll, "hasty": _drill_joining, "stubborn": _drill_rights,
    "talkative": _drill_telling, "stammering": _drill_telling, "forgetful": _drill_telling,
    "shuffling": _drill_telling,
}


@pytest.mark.parametrize("how", DRILLS)
async def test_a_broken_house_is_found_out(ground, cast, open_page, how):
    async with broken(ground, how) as worker:
        with pytest.raises(Fault):
            await DRILLS[how](ground, cast, open_page, worker)


async def test_the_same_drills_pass_on_a_whole_house(ground, cast, open_page):
    async with broken(ground, "whole") as worker:
        for drill in (_drill_bells, _drill_joining, _drill_rights, _drill_telling, _drill_poll):
            await drill(ground, cast, open_page, worker, within=WHOLE)


async def test_numbers_from_a_sequence_are_found_out(ground, cast, open_page):
    """The number drawn when the event is recorded, the commit in whatever order: what a bigserial would do."""
    await _make_sequence(ground)
    pages = [await open_page(cast, name) for name in ("owner", "practitioner", "biller")]
    early, late = _SequenceWriter(cast, 1), _SequenceWriter(cast, 2)
    drawn, go_on = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(early.one(drawn, go_on), context=Context())
    await drawn.wait()
    second = await asyncio.create_task(late.one(), context=Context())
    await eventually(lambda: all((page.cursor or 0) >= second for page in pages))
    await eventually(lambda: not any(page.busy for page in pages), what="what is fetched to start anew over the gap")
    go_on.set()
    assert await first < second
    with pytest.raises(Fault, match="missed 1 events"):
        await checked(pages, resyncs=None, within=1)


async def _make_sequence(ground: Ground) -> None:
    owner = await asyncpg.connect(ground.owner)
    await owner.execute("CREATE SEQUENCE drawn; GRANT USAGE ON drawn TO portico_app")
    await owner.close()


class _SequenceWriter(Writer):
    async def one(self, drawn: asyncio.Event | None = None, go_on: asyncio.Event | None = None) -> int:
        async with practice_scope(self.cast.practice_id):
            row = await fetch_one("SELECT nextval('drawn') AS number")
            assert row is not None
            number: int = row["number"]
            if drawn is not None and go_on is not None:
                drawn.set()
                await go_on.wait()
            await execute(APPEND, number, new_id(), json_text([["staff", None]]))
            await execute("UPDATE practice_head SET seq = greatest(seq, $1) WHERE practice_id = portico_here()", number)
        bell.ring(self.cast.practice_id, number)
        return number


APPEND = """WITH made AS (
  INSERT INTO event (seq, type, subject_id, ids, audience, at, digest, former)
  VALUES ($1, 'test.drilled', $2, '{}', '[]', clock_timestamp(), '', '') RETURNING seq, at)
  INSERT INTO event_data (seq, part, at, rooms, ids) SELECT seq, 0, at, $3::jsonb, '{}' FROM made"""
