"""One practice's events in one worker: whatever bells do, in order, once; nothing after it was dropped."""

from __future__ import annotations

import asyncio

import pytest

from models.core.change import change, record
from models.core.database import execute, pool
from models.core.events import Part, ToStaff, event_type
from models.core.ids import new_id
from models.core.scope import practice_scope
from realtime import feed as feed_module
from realtime.fanout import FanOut
from realtime.feed import EVERYONE, Behind, Feed
from realtime.rooms import room
from tests.faults.ground import eventually
from tests.realtime.live import Gate, tell

ERASED = event_type("test.erased", audiences="staff", ids="place", erases=True)


class Fan(FanOut):
    """Notes what would go out instead of writing it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bytes] = []

    def fan(self, rooms_frames):
        self.told.extend(frame.packet for _, frame in rooms_frames)


class Listening:
    """A feed of nobody's sockets."""

    def __init__(self) -> None:
        self.fan = Fan()
        self.anew: list[frozenset] = []
        self.feed = Feed(self.fan, lambda practice, logins: self.anew.append(logins))

    def seqs(self) -> list[int]:
        return [int(packet.split(b'"seq":')[1].split(b",")[0]) for packet in self.fan.told]


@pytest.fixture
def listening() -> Listening:
    return Listening()


async def test_a_bell_in_the_very_moment_in_which_reading_ends_is_heard(listening, cast, monkeypatch):
    here = await listening.feed.hold(cast.practice_id)
    read, late = listening.feed._tell_next, []

    async def read_and_commit_behind_it(feed):
        full = await read(feed)
        if not late:
            late.append(await tell(cast, ToStaff()))
            asyncio.get_running_loop().call_soon(listening.feed.ring, cast.practice_id, late[0])
        return full

    monkeypatch.setattr(listening.feed, "_tell_next", read_and_commit_behind_it)
    listening.feed.ring(cast.practice_id, await tell(cast, ToStaff()))
    await eventually(lambda: late and here.sent == late[0])


async def test_bells_lost_doubled_and_out_of_order_change_nothing(listening, cast):
    here = await listening.feed.hold(cast.practice_id)
    seqs = [await tell(cast, ToStaff()) for _ in range(6)]
    for seq in (seqs[3], seqs[3], seqs[0], 10**9, seqs[5], 0):
        listening.feed.ring(cast.practice_id, seq)
        await asyncio.sleep(0)
    await eventually(lambda: here.sent == seqs[-1])
    silent = await tell(cast, ToStaff())
    await listening.feed.look()
    await eventually(lambda: here.sent == silent)
    assert listening.seqs() == [*seqs, silent] and not listening.anew


async def test_the_heads_of_all_practices_are_asked_in_one_query(listening, cast, neighbours, statements):
    both = [await listening.feed.hold(one.practice_id) for one in (cast, neighbours)]
    seqs = [await tell(one, ToStaff()) for one in (cast, neighbours)]
    statements.clear()
    await listening.feed.look()
    assert len([one for one in statements if "practice_head" in one]) == 1
    await eventually(lambda: [here.sent for here in both] == seqs)


async def test_a_head_read_before_the_feed_went_on_is_no_history_put_back(listening, cast, monkeypatch):
    """The answer of a poll travels while a bell's reader tells: it is older than what was told meanwhile."""
    here = await listening.feed.hold(cast.practice_id)
    seq = await tell(cast, ToStaff())
    row = await pool().fetchrow(feed_module.HEAD, cast.practice_id)
    later = await tell(cast, ToStaff())
    listening.feed.ring(cast.practice_id, later)
    await eventually(lambda: here.sent == later)
    listening.feed._met_head(row, told=0)
    assert (here.sent, listening.anew) == (later, [])
    listening.feed._met_head(row, told=later)
    assert (here.sent, listening.anew) == (seq, [EVERYONE])


async def test_a_feed_that_was_dropped_while_it_read_tells_nothing(listening, cast, monkeypatch):
    await listening.feed.hold(cast.practice_id)
    gate = Gate(feed_module.read_events)
    monkeypatch.setattr(feed_module, "read_events", gate)
    seq = await tell(cast, ToStaff())
    listening.feed.ring(cast.practice_id, seq)
    await gate.reached.wait()
    listening.feed.let_go(cast.practice_id)
    again = await listening.feed.hold(cast.practice_id)
    assert again.sent == seq
    gate.opened.set()
    await eventually(lambda: not listening.feed._tasks)
    assert listening.seqs() == []


async def test_a_practice_is_followed_as_long_as_somebody_holds_it(listening, cast):
    told = []
    listening.feed.subscribe = Gate(_nothing)
    listening.feed.subscribe.opened.set()
    listening.feed.unsubscribe = told.append
    first = await listening.feed.hold(cast.practice_id)
    assert await listening.feed.hold(cast.practice_id) is first and listening.feed.subscribe.came == 1
    listening.feed.let_go(cast.practice_id)
    assert not told
    listening.feed.let_go(cast.practice_id)
    listening.feed.let_go(cast.practice_id)
    assert told == [cast.practice_id] and not listening.feed.practices


async def test_what_happens_while_it_subscribes_is_in_the_head_it_reads_then(listening, cast):
    """Read first, an event in between would have rung for nobody and be no news either."""
    between = []

    async def subscribe(practice_id):
        between.append(await tell(cast, ToStaff()))

    listening.feed.subscribe = subscribe
    here = await listening.feed.hold(cast.practice_id)
    assert [here.sent] == between and not listening.seqs()


async def test_the_heads_of_all_practices_are_asked_in_one_question_twice_as_often_without_redis(
    listening, cast, neighbours, monkeypatch
):
    asked, waited = [], []
    fetch = feed_module.fetch_apart

    async def question(sql, *arguments):
        asked.append(sql)
        return await fetch(sql, *arguments)

    async def once(seconds, work, *, name):
        for with_redis in (True, False):
            listening.feed.with_redis = with_redis
            waited.append(seconds())
        await work()

    told = {one: await listening.feed.hold(one.practice_id) for one in (cast, neighbours)}
    seqs = [await tell(one, ToStaff()) for one in told]
    monkeypatch.setattr(feed_module, "fetch_apart", question)
    monkeypatch.setattr(feed_module, "every", once)
    await listening.feed.poll()
    await eventually(lambda: [here.sent for here in told.values()] == seqs)
    assert (waited, asked) == ([0.5, 0.25], [feed_module.HEADS])


async def test_a_head_that_cannot_be_read_is_asked_for_again(listening, cast):
    async def away(practice_id):
        raise OSError("away")

    listening.feed.subscribe = away
    waiting = [asyncio.create_task(listening.feed.hold(cast.practice_id)) for _ in range(3)]
    assert all(isinstance(one, OSError) for one in await asyncio.gather(*waiting, return_exceptions=True))
    assert not listening.feed.practices
    listening.feed.subscribe = None
    assert (await listening.feed.hold(cast.practice_id)).users == 1


async def test_undone_words_are_replayed_from_no_memory(listening, cast):
    here = await listening.feed.hold(cast.practice_id)
    subject, staff = new_id(), frozenset({room(cast.practice_id, "staff")})
    await feed_words(cast, subject)
    listening.feed.ring(cast.practice_id)
    await eventually(lambda: here.sent == 1)
    _, frames = await listening.feed.since(here, 0, staff)
    assert [b"canary" in one.packet for one in frames] == [True], "premise: it is in memory"
    await feed_erased(cast, subject)
    listening.feed.ring(cast.practice_id)
    await eventually(lambda: here.sent == 2)
    _, frames = await listening.feed.since(here, 0, staff)
    assert [b"canary" in one.packet for one in frames] == [False] and len(here.recent) == 2
    fresh = Listening()
    there = await fresh.feed.hold(cast.practice_id)
    _, frames = await fresh.feed.since(there, 0, staff)
    assert not [one for one in frames if b"canary" in one.packet] and len(there.recent) == 2


async def test_those_who_come_back_together_look_back_once(listening, cast, monkeypatch):
    for _ in range(20):
        await tell(cast, ToStaff())
    here = await listening.feed.hold(cast.practice_id)
    reads = Gate(feed_module.read_events)
    reads.opened.set()
    monkeypatch.setattr(feed_module, "read_events", reads)
    staff = frozenset({room(cast.practice_id, "staff")})
    told = await asyncio.gather(*(listening.feed.since(here, after, staff) for after in list(range(20)) * 5))
    assert [(reached, len(frames)) for reached, frames in told] == [(20, 20 - after) for after in list(range(20)) * 5]
    assert reads.came == 1


async def test_what_is_further_back_than_memory_is_read_in_batches(listening, cast, monkeypatch):
    monkeypatch.setattr(feed_module, "REMEMBERED", 5)
    monkeypatch.setattr(feed_module, "BATCH", 8)
    for _ in range(20):
        await tell(cast, ToStaff())
    here = await listening.feed.hold(cast.practice_id)
    cursor, heard = 0, []
    while cursor < here.sent:
        cursor, frames = await listening.feed.since(here, cursor, frozenset({room(cast.practice_id, "staff")}))
        heard.extend(frames)
    assert len(heard) == 20
    _, none = await listening.feed.since(here, 0, frozenset({room(cast.practice_id, "front-desk")}))
    assert none == []


async def test_a_floor_that_rose_meanwhile_is_noticed(listening, cast):
    for _ in range(5):
        await tell(cast, ToStaff())
    here = await listening.feed.hold(cast.practice_id)
    await execute("UPDATE practice_head SET floor = 3 WHERE practice_id = $1", cast.practice_id)
    with pytest.raises(Behind):
        await listening.feed.since(here, 2, frozenset())
    assert (await listening.feed.since(here, 3, frozenset()))[0] == 5


async def test_a_cursor_beyond_the_worker_is_waited_for_and_one_beyond_the_head_is_not(listening, cast):
    here = await listening.feed.hold(cast.practice_id)
    seq = await tell(cast, ToStaff())
    assert here.sent < seq and await listening.feed.reaches(here, seq) and here.sent == seq
    assert not await listening.feed.reaches(here, seq + 1)


async def test_an_audience_of_a_newer_version_does_not_stop_the_feed(listening, cast):
    here = await listening.feed.hold(cast.practice_id)
    seq = await tell(cast, ToStaff())
    async with practice_scope(cast.practice_id):
        await execute("UPDATE event_data SET rooms = '[[\"robots\", null], [\"staff\", null]]' WHERE seq = $1", seq)
    last = await tell(cast, ToStaff())
    listening.feed.ring(cast.practice_id, last)
    await eventually(lambda: here.sent == last)
    assert listening.seqs() == [seq, last]


async def test_a_gap_sends_everyone_to_the_start_rather_than_over_it(listening, cast):
    here = await listening.feed.hold(cast.practice_id)
    here.sent = -1  # as if number 0 had been promised and never came
    seq = await tell(cast, ToStaff())
    listening.feed.ring(cast.practice_id, seq)
    await eventually(lambda: here.sent == seq)
    assert listening.anew == [EVERYONE] and not listening.seqs()


async def feed_words(cast, subject):
    async with practice_scope(cast.practice_id), change(None, "test.tell"):
        await record(None, ERASABLE, [Part([ToStaff()], {}, {"words": "canary"})], subject_id=subject)


async def feed_erased(cast, subject):
    async with practice_scope(cast.practice_id), change(None, "test.tell"):
        await execute("DELETE FROM event_data WHERE subject_id = $1", subject)
        await record(None, ERASED, [Part([ToStaff()], {"place": 1})], subject_id=subject)


ERASABLE = event_type("test.erasable", audiences="staff", data="words")


async def _nothing(*_):
    return None
