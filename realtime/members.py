"""Every name of python-engineio and python-socketio that is not theirs to promise (see transport.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import engineio
import socketio

from realtime.peer import Peer


class Members(socketio.AsyncManager):  # type: ignore[misc]
    """Who is in which room, kept by peer: leaving costs what one socket is in, never what the worker holds.

    Private: `rooms`, `basic_enter_room`, `basic_leave_room`. Why: the stock tables keep two dictionaries per socket
    for its own room and walk every room of the worker whenever a socket goes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, dict[Peer, None]] = {}
        self.peers: dict[str, Peer] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        if room is None:
            super().basic_enter_room(sid, namespace, None, eio_sid=eio_sid)
            self.peers[sid] = peer = self.server.eio.sockets[eio_sid]
            peer.sid = sid
        elif room != sid:
            self.join(self.peers[sid], [room])

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        peer = self.peers.get(sid)
        if room is None:
            super().basic_leave_room(sid, namespace, None)
            self.peers.pop(sid, None)
        if peer is not None:
            self.leave(peer, list(peer.rooms) if room is None else [room])

    def join(self, peer: Peer, rooms: list[str]) -> bool:
        """Put a socket into rooms, at once. False when it has ended meanwhile."""
        if peer.closed or peer.sid not in self.peers:
            return False
        for room in rooms:
            self.members.setdefault(room, {})[peer] = None
        peer.rooms = tuple(dict.fromkeys((*peer.rooms, *rooms)))
        return True

    def leave(self, peer: Peer, rooms: list[str] | None = None) -> None:
        """Take a socket out of these rooms, or of all, at once."""
        for room in peer.rooms if rooms is None else rooms:
            inside = self.members.get(room)
            if inside is not None and peer in inside:
                del inside[peer]
                if not inside:
                    del self.members[room]
        peer.rooms = () if rooms is None else tuple(room for room in peer.rooms if room not in rooms)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        rooms = [room] if isinstance(room, str) else list(room)
        inside = dict.fromkeys(peer for name in rooms for peer in self.members.get(name, ()))
        return iter([(peer.sid, peer.eio_sid) for peer in inside])

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        peer = self.peers.get(sid)
        return [] if peer is None else [sid, *peer.rooms]


class EngineBase(engineio.AsyncServer):  # type: ignore[misc]
    """Private: `_trigger_event`, by which engine.io tells socket.io about a connection."""

    async def fire(self, event: str, *args: Any) -> None:
        await self._trigger_event(event, *args)


def server_with(engine: Callable[..., EngineBase], **options: Any) -> socketio.AsyncServer:
    """An AsyncServer on our engine. Private: `_engineio_server_class`, the hook by which it picks its engine."""

    class LineServer(socketio.AsyncServer):  # type: ignore[misc]
        def _engineio_server_class(self) -> Callable[..., EngineBase]:
            return engine

    return LineServer(**options)
