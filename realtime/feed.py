"""Per practice: the ordered, gapless stream of events, from PostgreSQL to the sockets of this worker.

Redis rings, PostgreSQL tells. A bell may be lost, doubled or reordered: rows are read in order after `sent`, and the
heads of all practices are asked every half second anyway (a quarter without Redis).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from models.core.database import AWAY, pool, reading
from models.core.events import ORDER, REGISTRY
from realtime.fanout import FanOut, Frame
from realtime.rooms import room

BATCH = 500
REMEMBERED = 500
POLL_SECONDS = 0.5
POLL_WITHOUT_REDIS = 0.25

log = structlog.get_logger("portico.feed")

# Instead of logins: every socket of the practice starts anew.
EVERYONE: frozenset[UUID] = frozenset()

RightsChanged = Callable[[UUID, frozenset[UUID]], None]

READ = """SELECT e.seq, e.type, e.at, e.subject_id, e.rights, d.rooms, d.ids, d.data
  FROM event e LEFT JOIN event_data d ON d.practice_id = e.practice_id AND d.seq = e.seq
  WHERE e.practice_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq, d.part"""
HEAD = "SELECT seq, floor, epoch FROM practice_head WHERE practice_id = $1"
HEADS = "SELECT practice_id, seq, epoch FROM practice_head WHERE practice_id = ANY($1)"


@dataclass(frozen=True)
class Heard:
    """An event as sockets hear it: frames by room, in order of precedence."""

    seq: int
    type: str
    subject_id: UUID | None
    rights: frozenset[UUID]
    rooms_frames: Sequence[tuple[tuple[str], Frame]]


@dataclass
class PracticeFeed:
    """One practice in this worker. `sent`: everything up to here was handed to every room, in order."""

    practice_id: UUID
    sent: int = 0
    epoch: str = ""
    floor: int = 0
    users: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    running: bool = False
    again: bool = False
    recent: deque[Heard] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class Feed:
    """All practices whose sockets this worker holds."""

    def __init__(self, fanout: FanOut, rights_changed: RightsChanged) -> None:
        self.fanout = fanout
        self.rights_changed = rights_changed
        self.practices: dict[UUID, PracticeFeed] = {}
        self.with_redis = False
        self.subscribe: Callable[[UUID], Awaitable[None]] | None = None
        self.unsubscribe: Callable[[UUID], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def hold(self, practice_id: UUID) -> PracticeFeed:
        """Follow a practice as long as someone holds it: subscribe first, then read the head."""
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
            feed.again = True
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
        while True:
            await asyncio.sleep(POLL_SECONDS if self.with_redis else POLL_WITHOUT_REDIS)
            ids = [one.practice_id for one in self.practices.values() if one.ready.is_set()]
            if not ids:
                continue
            try:
                rows = await pool().fetch(HEADS, ids)
            except AWAY:
                continue
            for row in rows:
                self._met_head(row)

    async def read(self, practice_id: UUID, after: int, until: int) -> list[Heard]:
        """Events in order, encoded; `until` inclusive."""
        async with reading(practice_id) as connection:
            rows = await connection.fetch(READ, practice_id, after, until)
        return [self._heard(practice_id, group) for group in _by_seq(rows)]

    def remembered(self, feed: PracticeFeed, after: int) -> list[Heard] | None:
        """The same without the database, when all of it is still in memory; else None."""
        if not feed.recent or feed.recent[0].seq > after + 1 or feed.recent[-1].seq != feed.sent:
            return None
        return [heard for heard in feed.recent if heard.seq > after]

    async def _start(self, feed: PracticeFeed) -> None:
        try:
            if self.subscribe is not None:
                await self.subscribe(feed.practice_id)
            async with reading(feed.practice_id) as connection:
                head = await connection.fetchrow(HEAD, feed.practice_id)
            feed.sent, feed.floor, feed.epoch = head["seq"], head["floor"], str(head["epoch"])
        except BaseException:
            self.practices.pop(feed.practice_id, None)
            raise
        finally:
            feed.ready.set()

    def _met_head(self, row: Any) -> None:
        feed = self.practices.get(row["practice_id"])
        if feed is None:
            return
        if str(row["epoch"]) != feed.epoch or row["seq"] < feed.sent:
            self._start_anew(feed, row["seq"], str(row["epoch"]))
        elif row["seq"] > feed.sent:
            self.ring(feed.practice_id, row["seq"])

    def _start_anew(self, feed: PracticeFeed, seq: int, epoch: str) -> None:
        """The database was put back to an earlier state: what pages know may never have happened."""
        feed.sent, feed.epoch = seq, epoch
        feed.recent.clear()
        self.rights_changed(feed.practice_id, EVERYONE)

    async def _pump(self, feed: PracticeFeed) -> None:
        try:
            while True:
                feed.again = False
                while rows := await self.read(feed.practice_id, feed.sent, feed.sent + BATCH):
                    for heard in rows:
                        if not self._tell(feed, heard):
                            return
                    await asyncio.sleep(0)
                if not feed.again:
                    return
        except AWAY:
            log.warning("feed.database_away", practice=str(feed.practice_id))
        finally:
            feed.running = False
            if feed.again:
                self.ring(feed.practice_id)

    def _tell(self, feed: PracticeFeed, heard: Heard) -> bool:
        """One step without an await: the number, every socket that hears it, and who loses a right."""
        if heard.seq != feed.sent + 1:
            # Cannot happen while the counter is taken last; if it does, pages start anew rather than miss something.
            log.error("feed.gap", practice=str(feed.practice_id), sent=feed.sent, seq=heard.seq)
            self._start_anew(feed, heard.seq, feed.epoch)
            return False
        feed.sent = heard.seq
        self.fanout.fan(heard.rooms_frames)
        kind = REGISTRY.get(heard.type)
        if kind is not None and kind.erases:
            _forget(feed, heard.subject_id)
        feed.recent.append(heard)
        if heard.rights:
            self.rights_changed(feed.practice_id, heard.rights)
        return True

    def _heard(self, practice_id: UUID, rows: Sequence[Any]) -> Heard:
        first = rows[0]
        told: list[tuple[int, str, Frame]] = []
        for row in rows:
            if row["rooms"] is not None:
                told.extend(self._frames(practice_id, row))
        told.sort(key=lambda one: one[0])
        return Heard(
            first["seq"],
            first["type"],
            first["subject_id"],
            frozenset(first["rights"] or ()),
            [((name,), frame) for _, name, frame in told],
        )

    def _frames(self, practice_id: UUID, row: Any) -> list[tuple[int, str, Frame]]:
        payload = {"seq": row["seq"], "at": row["at"], **row["ids"]}
        if row["data"] is not None:
            payload["data"] = row["data"]
        frame = self.fanout.prepare(row["type"], payload)
        return [(ORDER.index(kind), room(practice_id, kind, of), frame) for kind, of in row["rooms"]]


def _forget(feed: PracticeFeed, subject_id: UUID | None) -> None:
    """Undone words are not replayed from memory either."""
    for place, heard in enumerate(feed.recent):
        if heard.subject_id == subject_id and heard.rooms_frames:
            feed.recent[place] = Heard(heard.seq, heard.type, heard.subject_id, heard.rights, ())


def _by_seq(rows: Sequence[Any]) -> list[list[Any]]:
    groups: list[list[Any]] = []
    for row in rows:
        if groups and groups[-1][0]["seq"] == row["seq"]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
