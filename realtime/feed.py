"""Per practice: the ordered, gapless stream of events, from PostgreSQL to the sockets of this worker.

Redis rings, PostgreSQL tells. A bell may be lost, doubled or reordered: rows are read in order after `sent`, and the
heads of all practices are asked every half second anyway (a quarter without Redis).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from models.core.database import AWAY, fetch_apart, reading
from realtime.fanout import FanOut, Frame
from realtime.heard import Heard, read_events
from realtime.loops import every

BATCH = 500
REMEMBERED = 500
POLL_SECONDS = 0.5
POLL_WITHOUT_REDIS = 0.25
REACH_SECONDS = 2.0
NONE = UUID(int=0)
UNKNOWN = 2**63  # a bell that does not say how far: beyond whatever was read

log = structlog.get_logger("portico.feed")

# Instead of logins: every socket of the practice starts anew.
EVERYONE: frozenset[UUID] = frozenset()

RightsChanged = Callable[[UUID, frozenset[UUID]], None]

HEAD = "SELECT practice_id, seq, floor, epoch FROM practice_head WHERE practice_id = $1"
# Only those that went on or were put back: what stands still costs a look at an index, and no row on its way here.
HEADS = """SELECT h.practice_id, h.seq, h.floor, h.epoch
  FROM unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS known (practice_id, seq, epoch)
  JOIN practice_head h USING (practice_id) WHERE h.seq <> known.seq OR h.epoch <> known.epoch"""


class Behind(Exception):
    """What was asked for is no longer kept: the page has to start anew."""


@dataclass(eq=False)
class PracticeFeed:
    """One practice in this worker. `sent`: everything up to here was handed to every room, in order. `rung`: how far
    the bells went that came while it was read."""

    practice_id: UUID
    sent: int = 0
    epoch_id: UUID = NONE
    floor: int = 0
    users: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    running: bool = False
    rung: int = 0
    recent: deque[Heard] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    looking_back: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def epoch(self) -> str:
        return str(self.epoch_id)


class Feed:
    """All practices whose sockets this worker holds."""

    def __init__(self, fanout: FanOut, rights_changed: RightsChanged) -> None:
        self.fanout = fanout
        self.rights_changed = rights_changed
        self.practices: dict[UUID, PracticeFeed] = {}
        self.with_redis = False
        self.subscribe: Callable[[UUID], Awaitable[None]] | None = None
        self.unsubscribe: Callable[[UUID], None] | None = None
        # What else is to be done when an event of this type was told, by its name.
        self.also: dict[str, Callable[[UUID], None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def hold(self, practice_id: UUID) -> PracticeFeed:
        """Follow a practice as long as someone holds it: subscribe first, then read the head.

        Raises one of AWAY when the head cannot be read.
        """
        feed = self.practices.get(practice_id)
        if feed is None:
            feed = self.practices[practice_id] = PracticeFeed(practice_id)
            await self._start(feed)
        await feed.ready.wait()
        if self.practices.get(practice_id) is not feed:
            raise OSError("the practice's head could not be read")
        feed.users += 1
        return feed

    def let_go(self, practice_id: UUID) -> None:
        """The counterpart of `hold`; the last one drops the feed."""
        feed = self.practices.get(practice_id)
        if feed is None:
            return
        feed.users -= 1
        if feed.users <= 0:
            del self.practices[practice_id]
            if self.unsubscribe is not None:
                self.unsubscribe(practice_id)

    def ring(self, practice_id: UUID, seq: int | None = None) -> None:
        """There may be news. One reader a practice at most."""
        feed = self.practices.get(practice_id)
        if feed is None or not feed.ready.is_set() or (seq is not None and seq <= feed.sent):
            return
        if feed.running:
            feed.rung = max(feed.rung, UNKNOWN if seq is None else seq)
            return
        feed.running = True
        task = asyncio.get_running_loop().create_task(self._pump(feed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def ring_all(self) -> None:
        for practice_id in list(self.practices):
            self.ring(practice_id)

    async def poll(self) -> None:
        """Ask the heads of all practices now and then, for ever: the net under lost bells."""
        await every(lambda: POLL_SECONDS if self.with_redis else POLL_WITHOUT_REDIS, self.look, name="feed.poll")

    async def look(self) -> None:
        """Ask the heads once. Raises one of AWAY without the database."""
        # What was told before the question: while the answer travels, the feed may have gone past it.
        told = {one.practice_id: (one.sent, one.epoch_id) for one in self.practices.values() if one.ready.is_set()}
        if told:
            sent, epochs = zip(*told.values(), strict=True)
            for row in await fetch_apart(HEADS, list(told), sent, epochs):
                self._met_head(row, told[row["practice_id"]][0])

    async def reaches(self, feed: PracticeFeed, cursor: int) -> bool:
        """Whether the practice's head is at `cursor` or beyond; if so, returns when this worker has told that far.

        A page may know more than this worker: it was rendered a moment ago, or another worker was quicker. Raises
        TimeoutError when the rows do not come.
        """
        told = feed.sent
        if cursor > told:
            (row,) = await fetch_apart(HEAD, feed.practice_id)
            self._met_head(row, told)
            if row["seq"] < cursor:
                return False
        async with asyncio.timeout(REACH_SECONDS):
            while feed.sent < cursor:
                self.ring(feed.practice_id)
                await asyncio.sleep(0.01)
        return True

    async def since(self, feed: PracticeFeed, after: int, rooms: frozenset[str]) -> tuple[int, list[Frame]]:
        """How far it looked, and what these rooms heard from `after` up to there, at most BATCH events on.

        Raises Behind when part of that is no longer kept.
        """
        if after >= feed.sent - REMEMBERED and self._remembered(feed, after) is None:
            await self._look_back(feed)
        heard = self._remembered(feed, after)
        if heard is None:
            heard = await self._read_back(feed, after, min(after + BATCH, feed.sent), rooms.__contains__)
        if after < feed.floor:
            raise Behind
        frames = [frame for one in heard if (frame := one.for_rooms(rooms)) is not None]
        return (heard[-1].seq if heard else after), frames

    def _remembered(self, feed: PracticeFeed, after: int) -> list[Heard] | None:
        """What came after this without the database, when all of it is still in memory; else None."""
        if after >= feed.sent:
            return []
        if not feed.recent or feed.recent[0].seq > after + 1 or feed.recent[-1].seq != feed.sent:
            return None
        return [heard for heard in feed.recent if heard.seq > after]

    async def _look_back(self, feed: PracticeFeed) -> None:
        """Fill the memory from the table, once for all who come back to this worker at the same time."""
        async with feed.looking_back:
            until = feed.recent[0].seq - 1 if feed.recent else feed.sent
            first, epoch = feed.sent - REMEMBERED, feed.epoch
            if until <= max(first, feed.floor):
                return
            older = await self._read_back(feed, max(first, 0), until)
            if feed.epoch == epoch and (not feed.recent or feed.recent[0].seq == until + 1):
                newer = list(feed.recent)
                feed.recent = deque([*older, *newer], maxlen=REMEMBERED)
                for heard in newer:
                    _forget(feed, heard)

    async def _read_back(
        self, feed: PracticeFeed, after: int, until: int, wanted: Callable[[str], bool] | None = None
    ) -> list[Heard]:
        async with reading(feed.practice_id) as connection:
            heard = await read_events(connection, feed.practice_id, after, until, wanted)
            # Asked after the rows: what was deleted meanwhile counts as not kept.
            feed.floor = (await connection.fetchrow(HEAD, feed.practice_id))["floor"]
        return heard

    async def _start(self, feed: PracticeFeed) -> None:
        try:
            if self.subscribe is not None:
                await self.subscribe(feed.practice_id)
            (head,) = await fetch_apart(HEAD, feed.practice_id)
            feed.sent, feed.floor, feed.epoch_id = head["seq"], head["floor"], head["epoch"]
        except BaseException:
            self.practices.pop(feed.practice_id, None)
            raise
        finally:
            feed.ready.set()

    def _met_head(self, row: Any, told: int) -> None:
        """`told`: what was sent when the question was asked; a head below that was put back."""
        feed = self.practices.get(row["practice_id"])
        if feed is None or not feed.ready.is_set():
            return
        feed.floor = row["floor"]
        if row["epoch"] != feed.epoch_id or row["seq"] < told:
            self._start_anew(feed, row["seq"], row["epoch"])
        elif row["seq"] > feed.sent:
            self.ring(feed.practice_id, row["seq"])

    def _start_anew(self, feed: PracticeFeed, seq: int, epoch_id: UUID) -> None:
        """The database was put back to an earlier state: what pages know may never have happened."""
        log.warning("feed.anew", practice=str(feed.practice_id), sent=feed.sent, seq=seq)
        feed.sent, feed.epoch_id = seq, epoch_id
        feed.recent.clear()
        self.rights_changed(feed.practice_id, EVERYONE)

    async def _pump(self, feed: PracticeFeed) -> None:
        try:
            more = True
            while more:
                full = await self._tell_next(feed)
                await asyncio.sleep(0)
                # Looked at last, with no await before `running` falls: a bell in between would be heard by nobody.
                more = full or feed.rung > feed.sent
        except AWAY:
            log.warning("feed.database_away", practice=str(feed.practice_id))
        finally:
            feed.running = False

    async def _tell_next(self, feed: PracticeFeed) -> bool:
        """Read and tell once; True when there was a full batch, so that there may be more."""
        feed.rung = 0
        async with reading(feed.practice_id) as connection:
            rows = await read_events(connection, feed.practice_id, feed.sent, feed.sent + BATCH)
            # Told in here: screens need not wait for the end of a transaction that only read.
            if not all(self._tell(feed, heard) for heard in rows):
                return False
        return len(rows) == BATCH

    def _tell(self, feed: PracticeFeed, heard: Heard) -> bool:
        """One step without an await: the number, every socket that hears it, and who loses a right."""
        if self.practices.get(feed.practice_id) is not feed:
            return False  # dropped while it read; a newer one may have told this already
        if heard.seq != feed.sent + 1:
            # Cannot happen while the counter is taken last; if it does, pages start anew rather than miss something.
            log.error("feed.gap", practice=str(feed.practice_id), sent=feed.sent, seq=heard.seq)
            self._start_anew(feed, heard.seq, feed.epoch_id)
            return False
        feed.sent = heard.seq
        self.fanout.fan(heard.rooms_frames)
        _forget(feed, heard)
        feed.recent.append(heard)
        if heard.rights:
            self.rights_changed(feed.practice_id, heard.rights)
        if heard.type in self.also:
            self.also[heard.type](feed.practice_id)
        return True


def _forget(feed: PracticeFeed, heard: Heard) -> None:
    """Undone words are not replayed from memory either."""
    if not heard.erases:
        return
    for place, one in enumerate(feed.recent):
        if one.subject_id == heard.subject_id and one.seq < heard.seq:
            feed.recent[place] = one.silent()
