"""What the hub keeps of a socket, and what a session may hear."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from realtime.guard import Visitor
from realtime.peer import Peer


@dataclass(eq=False, slots=True)
class Line:
    """One socket of one session. `version` counts what may have changed its rights; `held`: it follows the feed.

    `anew`: the page has to fetch what it shows; it is told so in the moment in which it joins, because what it
    fetched earlier might lack an event that nobody will tell it. `hears`: more than the beat, which is all that a
    locked desk hears. `signs`: what it shows as long as it is there, as (ask, conversation).
    """

    peer: Peer
    visitor: Visitor
    cursor: int | None = None
    epoch: str | None = None
    anew: bool = False
    replayed: int = 0
    live: bool = False
    held: bool = False
    hears: bool = False
    present: bool = False
    side: str | None = None
    version: int = 0
    task: asyncio.Task[Any] | None = None
    signs: set[tuple[str, str]] | None = None

    def start_anew(self) -> None:
        self.cursor, self.anew = None, True

    def shows(self, name: str, conversation: str, on: bool) -> None:
        """A sign was given or taken back."""
        if on:
            self.signs = {*(self.signs or ()), (name, conversation)}
        elif self.signs:
            self.signs = self.signs - {(name, conversation)} or None


class Lines:
    """All sockets of a worker, by sid and by practice: what happens in one practice costs nothing for the others'."""

    def __init__(self) -> None:
        self._all: dict[str, Line] = {}
        self._of: dict[UUID, dict[str, Line]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def add(self, sid: str, line: Line) -> Line:
        self._all[sid] = line
        self._of.setdefault(line.visitor.practice_id, {})[sid] = line
        return line

    def take(self, sid: str) -> Line | None:
        """Out of here; None when it is not in here."""
        line = self._all.pop(sid, None)
        if line is not None:
            inside = self._of[line.visitor.practice_id]
            del inside[sid]
            if not inside:
                del self._of[line.visitor.practice_id]
        return line

    def get(self, sid: str) -> Line | None:
        return self._all.get(sid)

    def of(self, practice_id: UUID) -> list[Line]:
        return list(self._of.get(practice_id, {}).values())

    def values(self) -> list[Line]:
        return list(self._all.values())


@dataclass(frozen=True)
class Rights:
    """What a session may hear now. `rights_seq`: the last change of its login's rights; 0 for none."""

    actor: Actor | None
    rooms: frozenset[str]
    rights_seq: int = 0


def line_of(peer: Peer, visitor: Visitor, auth: object) -> Line:
    """`auth`: what the page says it knows; anything odd counts as knowing nothing, and a visitor knows nothing."""
    given = auth if isinstance(auth, dict) and visitor.session_id is not None else {}
    cursor, epoch = given.get("cursor"), given.get("epoch")
    known = isinstance(cursor, int) and not isinstance(cursor, bool) and 0 <= cursor < 2**62
    return Line(peer, visitor, cursor if known else None, epoch if isinstance(epoch, str) else None)
