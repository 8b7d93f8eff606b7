"""The live line of one worker: connect, catch up, go live; rights → rooms; disconnect.

Identity comes from the guard's table alone. A socket joins its rooms with no await between the last check and the
join; until then nothing of its practice reaches it except its own replay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

import structlog

from models.accounts.practices import PortalClosed
from models.accounts.sessions import SecondFactorRequired, actor_of_session, sessions_looked_at
from models.core.actor import Actor, Side
from models.core.database import AWAY, fetch_one
from models.core.errors import Busy, Locked, SignedOut
from models.core.scope import Scope, detached, run_scope
from realtime import door, presence
from realtime.engine import line_server
from realtime.fanout import FanOut, Gone
from realtime.feed import EVERYONE, Behind, Feed, PracticeFeed
from realtime.guard import Visitor
from realtime.lines import Line, Lines, Rights, line_of
from realtime.loops import every
from realtime.moving import follow_moves, lead_over_if_moved
from realtime.rooms import everyone, room, rooms_of

CATCH_UP_SECONDS = 20.0
CATCHING_UP_AT_ONCE = 50
READING_RIGHTS_AT_ONCE = 8
MOST_OF_A_LOGIN = 500
MOST_ROWS = 20_000
BEAT_SECONDS = 20.0
SWEEP_SECONDS = 15.0
TROUBLE = 1011

# Since when these rights hold, and where the practice stands now: a worker may have let a socket in by what it knew
# seconds ago.
SINCE = """SELECT (SELECT seq FROM login_rights WHERE practice_id = h.id AND login_id = $1) AS seq, h.subdomain
  FROM practice h WHERE h.id = portico_here()"""

log = structlog.get_logger("portico.hub")

ClientsOf = Callable[[Actor], Awaitable[Iterable[UUID] | None]]


class Hub:
    """Joins the socket server, the feed and the guard's visitors."""

    def __init__(self, clients_of: ClientsOf) -> None:
        self.fanout = FanOut()
        self.sio = line_server(self.fanout)
        self.feed = Feed(self.fanout, self.rights_changed)
        self.lines = Lines()
        self.visitors: dict[str, Visitor] = {}
        self.clients_of = clients_of
        self._catching_up = asyncio.Semaphore(CATCHING_UP_AT_ONCE)
        self._reading_rights = asyncio.Semaphore(READING_RIGHTS_AT_ONCE)
        follow_moves(self)
        self.sio.on("connect", self._connect)
        self.sio.on("disconnect", self._disconnect)
        self.sio.on("*", self._heard)

    # -- python-socketio's handlers --------------------------------------------------------------------------------

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        peer = self.fanout.peer(sid)
        visitor = self.visitors.get(peer.eio_sid) if peer is not None else None
        if peer is None or visitor is None:
            raise ConnectionRefusedError("unknown")
        line = self.lines.add(sid, line_of(peer, visitor, auth))
        line.task = detached(lambda: self._go_live(line))

    async def _disconnect(self, sid: str, reason: str = "") -> None:
        line = self.lines.take(sid)
        if line is None:
            return
        if line.task is not None:
            line.task.cancel()
        if line.held:
            self.feed.let_go(line.visitor.practice_id)
        if line.present:
            detached(lambda: presence.left(self, line))
        if line.signs:
            detached(lambda: _take_back(line))

    async def _heard(self, name: str, sid: str, *payload: object) -> dict[str, Any]:
        line = self.lines.get(sid)
        if line is None or line.visitor.session_id is None:
            return door.refused(SignedOut())
        given = payload[0] if len(payload) == 1 else payload
        practice, session, whence = line.visitor.practice_id, line.visitor.session_id, line.visitor.whence
        answer = await door.heard(practice, session, name, given, whence=whence)
        if answer["ok"] and (sign := door.sign_given(name, given)) is not None:
            line.shows(*sign)
        return answer

    # -- catching up -----------------------------------------------------------------------------------------------

    async def _go_live(self, line: Line) -> None:
        """From connected to live; also the way back after rights changed. Ends the socket of an ended session."""
        try:
            feed = await self._hold(line)
            await self._catch_up(line, feed)
        except SignedOut as over:
            await self.sign_out(line, getattr(over, "reason", ""))
        except Gone:
            return  # the socket went while it was told what it missed
        except Exception:
            # A socket that looks alive and hears nothing would be the worst of all; its page comes back by itself.
            log.exception("line.trouble", practice=str(line.visitor.practice_id))
            await self.fanout.close(line.peer, TROUBLE)
        finally:
            line.task = None

    async def _hold(self, line: Line) -> PracticeFeed:
        while not line.held:
            try:
                await self.feed.hold(line.visitor.practice_id)
                line.held = True
            except AWAY:
                await asyncio.sleep(0.5)
        return self.feed.practices[line.visitor.practice_id]

    async def _catch_up(self, line: Line, feed: PracticeFeed) -> None:
        while not line.live:
            try:
                async with self._catching_up, asyncio.timeout(CATCH_UP_SECONDS):
                    if await self._one_try(line, feed):
                        return
            except TimeoutError:
                line.start_anew()
            except (Busy, *AWAY):
                await asyncio.sleep(0.5)

    async def _one_try(self, line: Line, feed: PracticeFeed) -> bool:
        """Read rights, replay, and join if nothing changed meanwhile. True when live."""
        version = line.version
        rights = await self.rights_of(line)
        if line.cursor is not None and not await self._may_resume(line.cursor, line.epoch, feed, rights):
            line.start_anew()
        while line.cursor is not None and line.cursor < feed.sent:
            try:
                reached, frames = await self.feed.since(feed, line.cursor, rights.rooms)
            except Behind:
                line.start_anew()
                break
            if line.version != version:
                return False  # with the rights of before, nothing that came after may be told
            line.replayed += len(frames)
            if line.replayed > MOST_OF_A_LOGIN:
                line.start_anew()
                break
            await self.fanout.replay(line.peer, frames)
            line.cursor = reached
        if line.peer.closed:
            raise Gone
        if line.version != version:
            return False
        self._join(line, feed, rights)
        return True

    def _join(self, line: Line, feed: PracticeFeed, rights: Rights) -> None:
        """No await here: what the feed tells from now on reaches the socket, what it told before was replayed."""
        practice, visits = line.visitor.practice_id, line.visitor.session_id is None
        # how much happens in a practice is nothing for visitors: no number reaches them
        self.fanout.join(line.peer, [*rights.rooms, *([] if visits else [everyone(practice)])])
        if line.anew:
            self.fanout.write(line.peer, self.fanout.prepare("resync", {}))
        live = {} if visits else {"cursor": feed.sent, "epoch": feed.epoch}
        if line.visitor.login_id is not None:
            live["login"] = line.visitor.login_id
        self.fanout.write(line.peer, self.fanout.prepare("live", live))
        line.live, line.anew, line.replayed = True, False, 0
        line.hears = bool(rights.rooms)
        if rights.actor is not None and not line.present:
            line.present, line.side = True, rights.actor.side.value
            detached(lambda: presence.came(self, line))

    async def _may_resume(self, cursor: int, epoch: str | None, feed: PracticeFeed, rights: Rights) -> bool:
        if epoch is not None and epoch != feed.epoch:
            return False
        if cursor < feed.floor or cursor < rights.rights_seq or feed.sent - cursor > MOST_ROWS:
            return False
        return await self.feed.reaches(feed, cursor)

    # -- rights ----------------------------------------------------------------------------------------------------

    async def rights_of(self, line: Line) -> Rights:
        """Read anew; raises SignedOut when the session has ended. A locked desk hears the beat and nothing else, and so
        do the clients of a practice whose portal is not open."""
        visitor = line.visitor
        if visitor.session_id is None:
            return Rights(None, frozenset({room(visitor.practice_id, "public")}))
        session_id = visitor.session_id

        async def work(scope: Scope) -> Rights:
            try:
                actor = await actor_of_session(visitor.practice_id, session_id)
            except (Locked, PortalClosed, SecondFactorRequired):
                return Rights(None, frozenset())
            row = await fetch_one(SINCE, actor.login_id)
            clients = await self.clients_of(actor) if actor.desk else ()
            assert row is not None
            lead_over_if_moved(self, line, row["subdomain"])
            return Rights(actor, rooms_of(actor, clients), row["seq"] or 0)

        async with self._reading_rights:
            return await run_scope(visitor.practice_id, work)

    def rights_changed(self, practice_id: UUID, logins: frozenset[UUID]) -> None:
        """In one step: every socket of these logins leaves every room. Then each comes back by the connect path."""
        for line in self.lines.of(practice_id):
            if logins is EVERYONE or line.visitor.login_id in logins:
                self._read_anew(line, anew=line.live or logins is EVERYONE)

    def _read_anew(self, line: Line, *, anew: bool) -> None:
        line.version += 1
        self.fanout.leave(line.peer)
        if anew:
            line.start_anew()
        if line.live:
            line.live = False
            line.task = detached(lambda: self._go_live(line))

    async def sign_out(self, line: Line, reason: str = "") -> None:
        """It hears nothing more, is told why, and is cut."""
        self.fanout.leave(line.peer)
        self.fanout.write(line.peer, self.fanout.prepare("signed_out", {"reason": reason or "ended"}))
        await self.fanout.close(line.peer, 4401)

    # -- what runs for ever ----------------------------------------------------------------------------------------

    async def beat(self) -> None:
        """Every 20 s each live socket hears up to where it was told everything, through the same writer."""
        await every(lambda: BEAT_SECONDS, self.beat_once, name="hub.beat")

    async def beat_once(self) -> None:
        for feed in list(self.feed.practices.values()):
            frame = self.fanout.prepare("beat", {"cursor": feed.sent})
            self.fanout.fan([((everyone(feed.practice_id),), frame)])

    async def sweep(self) -> None:
        """Every 15 s: the net under rights that ended unheard, and under a desk left idle that nobody locks."""
        await every(lambda: SWEEP_SECONDS, self.sweep_once, name="hub.sweep")

    async def sweep_once(self) -> None:
        lines = [line for line in self.lines.values() if line.visitor.session_id is not None]
        holding = await sessions_looked_at({line.visitor.session_id for line in lines if line.visitor.session_id})
        for line in lines:
            due = holding.get(line.visitor.session_id) if line.visitor.session_id else None
            if due is None:
                await self.sign_out(line, await self._why_over(line))
            elif due and line.hears and line.live and line.side == Side.DESK:
                # the job worker locks a desk that was left, and tells so; also without one it hears nothing more
                self._read_anew(line, anew=True)

    async def _why_over(self, line: Line) -> str:
        """The word that the page has a sentence for; none while it cannot be asked."""
        try:
            await self.rights_of(line)
        except SignedOut as over:
            return getattr(over, "reason", "")
        except (Busy, *AWAY):
            pass
        return ""


async def _take_back(line: Line) -> None:
    """Nobody types on a page that is gone. Of an ended session it cannot be told any more: then it ends by time."""
    for name, conversation in line.signs or ():
        given = {"conversation": conversation, "on": False}
        if line.visitor.session_id is not None:
            await door.heard(line.visitor.practice_id, line.visitor.session_id, name, given)
