"""Sessions: token → actor, what a session may do about itself, and the list of one's own.

The one address for those outside the area; each group stands in a file of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.accounts.actors import (
    SecondFactorRequired,
    SessionOver,
    actor_for,
    actor_of_session,
    over_sentence,
    times_in,
    times_of,
)
from models.accounts.ending import (
    end_all_sessions,
    end_other_sessions,
    end_session,
    lock_session,
    sign_out,
    sweep_idle,
    tell_sockets,
    write_due,
)
from models.accounts.events import SESSION_UNLOCKED
from models.accounts.idling import WARN_SECONDS, State, Times
from models.accounts.proving import note_proof
from models.accounts.resetting import confirm
from models.accounts.signing import (
    ChooseSide,
    SecondFactor,
    SignedIn,
    add_session,
    begin,
    sign_in,
    sign_in_with_ticket,
)
from models.core.actor import Actor, Side
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Forbidden
from models.core.ids import token_hash

__all__ = [
    "ChooseSide", "OwnSession", "SecondFactor", "SecondFactorRequired", "SecondsLeft", "SessionOver", "SignedIn",
    "actor_for", "actor_of_session", "add_session", "begin", "end_all_sessions", "end_other_sessions", "end_session",
    "lock", "open_desk", "own_sessions", "seconds_left", "session_by_token", "sessions_looked_at",
    "sessions_still_hold", "sign_in", "sign_in_with_ticket", "sign_out", "sweep_idle", "touch", "unlock", "why_over",
]


@dataclass(frozen=True)
class OwnSession:
    """A place where the login is signed in. Times are UTC."""

    id: UUID
    side: Side
    device: str
    began_at: datetime
    seen_at: datetime
    locked: bool
    current: bool


@dataclass(frozen=True)
class SecondsLeft:
    """`idle`: until it ends (portal) or locks (desk) without activity; `ends`: until it ends anyway; `warn`: how long
    before the end the page speaks up: two minutes, of a short time its second half."""

    side: Side
    idle: int
    ends: int
    warn: int


async def touch(actor: Actor) -> SecondsLeft:
    """Someone pressed a key, moved a pointer or touched the page. Written at most once a minute."""
    times = await _times(actor)
    moment = now()
    if moment - times.active_at >= times.told_every:
        await _write_active(actor, times, moment, only_held=True)
        times = await _times(actor)
    return _left(times, moment)


async def seconds_left(actor: Actor) -> SecondsLeft:
    """How long this session holds if nothing happens; asking is no activity."""
    return _left(await _times(actor), now())


async def lock(actor: Actor) -> None:
    """Lock this desk now; raises Forbidden on the portal, which is signed out instead."""
    if not actor.desk:
        raise Forbidden(detail="Only the staff side locks. Sign out instead.")
    async with change(actor, "session.lock"):
        await lock_session(actor, actor.session_id, actor.login_id)


async def unlock(actor: Actor, password: str) -> None:
    """Open a locked desk; its sockets come back, its pages show now. Raises Invalid for a wrong password, TooMany."""
    await confirm(actor, password)
    await open_desk(actor, by="a password")


async def open_desk(actor: Actor, *, by: str, strong: bool = False) -> None:
    """The person at the locked desk has just proved to be the one who locked it."""
    async with change(actor, "session.unlock"):
        await note_proof(actor, by=by, strong=strong)
        await _write_active(actor, await _times(actor), now())
        await tell_sockets(actor, SESSION_UNLOCKED, actor.session_id, actor.login_id)


async def own_sessions(actor: Actor) -> list[OwnSession]:
    """Where this login is signed in, this session first, then the last seen; on both sides."""
    rows = await fetch_all(OWN, actor.login_id)
    held = [row for row in rows if times_in(row).state(now()) in (State.HELD, State.LOCKED)]
    found = [
        OwnSession(
            id=row["id"], side=Side(row["side"]), device=row["device"], began_at=row["created_at"],
            seen_at=row["active_at"], locked=times_in(row).state(now()) is State.LOCKED,
            current=row["id"] == actor.session_id,
        )
        for row in held
    ]
    return sorted(found, key=lambda one: (not one.current, -one.seen_at.timestamp()))


OWN = """SELECT s.id, s.side, s.device, s.created_at, s.active_at, s.locked_at, s.ends_at, s.ended_at,
  CASE s.side WHEN 'desk' THEN p.desk_idle_seconds ELSE p.portal_idle_seconds END AS idle_seconds
  FROM session s JOIN practice_profile p ON p.practice_id = s.practice_id
  WHERE s.practice_id = portico_here() AND s.login_id = $1 AND s.ended_at IS NULL"""


async def sessions_looked_at(session_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Which of these sessions, of whatever practices, have not ended, and whether the sweep has something to do for
    each, as to lock a desk that was left: one query, outside any scope."""
    if not session_ids:
        return {}
    asked = """SELECT session_id, due_at <= $2 AS due FROM session_key
      WHERE session_id = ANY($1::uuid[]) AND ends_at > $2"""
    return {row["session_id"]: row["due"] for row in await fetch_all(asked, list(session_ids), now())}


async def sessions_still_hold(session_ids: Collection[UUID]) -> set[UUID]:
    """Which of these sessions have not ended."""
    return set(await sessions_looked_at(session_ids))


@dataclass(frozen=True)
class SessionKey:
    session_id: UUID
    login_id: UUID


async def session_by_token(practice_id: UUID, token: str | None) -> SessionKey | None:
    """Whose token this is, by its hash alone: one query, outside any scope. It opens nothing: whoever acts or listens
    is read anew as an actor."""
    if not token:
        return None
    asked = "SELECT session_id, login_id FROM session_key WHERE hash = $1 AND practice_id = $2 AND ends_at > $3"
    row = await fetch_one(asked, token_hash(token), practice_id, now())
    return SessionKey(row["session_id"], row["login_id"]) if row else None


async def why_over(practice_id: UUID, token: str | None) -> str | None:
    """A sentence for the sign-in page of someone whose session is over, when there is something to say."""
    if not token:
        return None
    row = await fetch_one(
        "SELECT session_id FROM session_key WHERE hash = $1 AND practice_id = $2", token_hash(token), practice_id
    )
    times = await times_of(row["session_id"]) if row else None
    return over_sentence(times.reason(now()), times.idle_seconds) if times else None


async def _times(actor: Actor) -> Times:
    times = await times_of(actor.session_id)
    if times is None:
        raise SessionOver()
    return times


async def _write_active(actor: Actor, times: Times, moment: datetime, *, only_held: bool = False) -> None:
    """`only_held`: activity that crosses with a lock must not open it; only the password does."""
    condition = " AND locked_at IS NULL" if only_held else ""
    change_row = "UPDATE session SET active_at = $2, locked_at = NULL WHERE id = $1 AND ended_at IS NULL"
    if await execute(change_row + condition, actor.session_id, moment):
        await write_due(actor.session_id, Times(times.side, moment, times.ends_at, times.idle_seconds))


def _left(times: Times, moment: datetime) -> SecondsLeft:
    ends = max(0, int((times.over_at - moment).total_seconds()))
    idle = max(0, int((min(times.idle_at, times.ends_at) - moment).total_seconds()))
    return SecondsLeft(times.side, idle=idle, ends=ends, warn=min(WARN_SECONDS, times.idle_seconds // 2))
