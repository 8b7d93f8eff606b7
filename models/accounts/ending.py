"""Ending sessions: one's own, another device's, all others, and those that time ends. The sockets go with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from models.accounts.actors import times_in
from models.accounts.events import SESSION_ENDED, SESSION_LOCKED
from models.accounts.idling import KEPT_AFTER_END, State, Times
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all
from models.core.errors import missing
from models.core.events import EventType, Part, ToLogin
from models.core.scope import Scope, run_scope

MOST_AT_ONCE = 500

log = structlog.get_logger("portico.sessions")


async def sign_out(actor: Actor) -> None:
    """End this session."""
    async with change(actor, "session.sign_out"):
        await end_sessions(actor, [actor.session_id], login_id=actor.login_id, reason="signed-out")


async def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of the login's own sessions; raises Missing for any other."""
    found = await fetch_all(OTHERS + " AND id = $2", actor.login_id, session_id)
    if not found:
        missing("session")
    async with change(actor, "session.end"):
        await end_sessions(actor, [session_id], login_id=actor.login_id, reason="ended")


async def end_other_sessions(actor: Actor, *, reason: str = "ended", at: datetime | None = None) -> int:
    """End all sessions of the login but this one; returns how many there were. `at`: the moment of what ended them."""
    found = await fetch_all(OTHERS + " AND id <> $2", actor.login_id, actor.session_id)
    async with change(actor, "session.end_others"):
        await end_sessions(actor, [row["id"] for row in found], login_id=actor.login_id, reason=reason, at=at)
    return len(found)


async def end_all_sessions(login_id: UUID, *, reason: str, at: datetime | None = None) -> None:
    """End every session of a login: its password was set by a link, or it was deactivated."""
    found = await fetch_all(OTHERS, login_id)
    async with change(None, "session.end_all"):
        await end_sessions(None, [row["id"] for row in found], login_id=login_id, reason=reason, at=at)


OTHERS = "SELECT id FROM session WHERE login_id = $1 AND ended_at IS NULL"


async def end_sessions(
    actor: Actor | None, ids: Sequence[UUID], *, login_id: UUID, reason: str, at: datetime | None = None
) -> None:
    """Inside a change: end these sessions of one login and have their sockets cut. Their keys stay a few days, so
    that the sign-in page can say why."""
    if not ids:
        return
    moment = at or now()
    await execute("UPDATE session SET ended_at = $2 WHERE id = ANY($1::uuid[]) AND ended_at IS NULL", ids, moment)
    await execute(
        "UPDATE session_key SET ends_at = $2, due_at = $3"
        " WHERE practice_id = portico_here() AND session_id = ANY($1::uuid[])",
        ids, moment, moment + KEPT_AFTER_END,
    )
    for session_id in ids:
        await tell_sockets(actor, SESSION_ENDED, session_id, login_id, reason=reason)


async def tell_sockets(
    actor: Actor | None, kind: EventType, session_id: UUID, login_id: UUID, *, reason: str | None = None
) -> None:
    """Record a session's event as one that changes rights: every socket of the login reads its session anew."""
    part = Part([ToLogin(login_id)], {"session": session_id}, {"reason": reason} if reason else None)
    await record(actor, kind, [part], subject_id=session_id, rights_of=[login_id])


async def sweep_idle() -> int:
    """Called every 15 s by the job worker, outside any scope: end portals and lock desks that were left, in every
    practice that has one due. Returns how many. What fails in one practice keeps no other waiting."""
    due = await fetch_all("SELECT DISTINCT practice_id FROM session_key WHERE due_at <= $1", now())
    swept = 0
    for row in due:
        try:
            swept += await run_scope(row["practice_id"], sweep_here)
        except Exception as error:
            log.error("sessions.sweep_failed", practice=str(row["practice_id"]), error=type(error).__name__)
    return swept


async def sweep_here(scope: Scope) -> int:
    """The same for the open practice. Rows that another worker sweeps are left to it."""
    moment = now()
    rows = await fetch_all(DUE, moment, MOST_AT_ONCE)
    async with change(None, "session.sweep"):
        for row in {row["id"]: row for row in rows}.values():  # one that moved with its portal has two keys
            await _apply(row, moment)
    return len(rows)


DUE = """SELECT s.id, s.login_id, s.side, s.active_at, s.locked_at, s.ends_at, s.ended_at,
  CASE s.side WHEN 'desk' THEN p.desk_idle_seconds ELSE p.portal_idle_seconds END AS idle_seconds
  FROM session_key k JOIN session s ON s.practice_id = k.practice_id AND s.id = k.session_id
  JOIN practice_profile p ON p.practice_id = k.practice_id
  WHERE k.practice_id = portico_here() AND k.due_at <= $1 ORDER BY s.id LIMIT $2 FOR UPDATE OF s SKIP LOCKED"""


async def _apply(row: Row, moment: datetime) -> None:
    times = times_in(row)
    state = times.state(moment)
    if state is State.ENDED:
        await _forget(row["id"])
    elif state in (State.IDLE, State.EXPIRED):
        await end_sessions(None, [row["id"]], login_id=row["login_id"], reason=state.value)
    elif state is State.LOCKED and times.locked_at is None:
        await lock_session(None, row["id"], row["login_id"])
    else:
        await write_due(row["id"], times)


async def lock_session(actor: Actor | None, session_id: UUID, login_id: UUID) -> None:
    """Inside a change: from now on nothing is readable by this session until its password unlocks it."""
    await execute("UPDATE session SET locked_at = $2 WHERE id = $1 AND locked_at IS NULL", session_id, now())
    await execute(
        "UPDATE session_key SET due_at = ends_at WHERE practice_id = portico_here() AND session_id = $1", session_id
    )
    await tell_sockets(actor, SESSION_LOCKED, session_id, login_id)


async def write_due(session_id: UUID, times: Times) -> None:
    """Keep the session's key in step with its times."""
    await execute(
        "UPDATE session_key SET ends_at = $2, due_at = $3 WHERE practice_id = portico_here() AND session_id = $1",
        session_id, times.over_at, times.due_at,
    )


async def _forget(session_id: UUID) -> None:
    """A week after its end nobody asks any more; the events keep that it was, the team when somebody was last here."""
    await execute(LAST_SEEN, session_id)
    await execute("DELETE FROM session_key WHERE practice_id = portico_here() AND session_id = $1", session_id)
    await execute("DELETE FROM session WHERE id = $1", session_id)


LAST_SEEN = """UPDATE staff_member m SET seen_at = greatest(m.seen_at, s.active_at) FROM session s
  WHERE s.id = $1 AND s.side = 'desk' AND m.practice_id = s.practice_id AND m.login_id = s.login_id"""
