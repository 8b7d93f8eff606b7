"""Token → actor, in one statement: session, login, and what the login may be on the session's side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from models.accounts.idling import PASSWORD, State, Times
from models.accounts.practices import portal_closed
from models.accounts.registries import FEATURES
from models.core.actor import AccessOf, Actor, Role, Side
from models.core.clock import now
from models.core.database import Row, fetch_one
from models.core.errors import Forbidden, Locked, SignedOut
from models.core.ids import token_hash

LONGEST_TOKEN = 128

# A staff member who left, or a portal person whose last access was revoked, holds a session of nothing.
READ = """
SELECT s.id, s.login_id, s.side, s.active_at, s.locked_at, s.ends_at, s.ended_at, l.deactivated_at, l.password_at,
  s.proved_at, s.strong,
  s.side = 'desk' AND NOT s.strong AND p.second_factor_from <= (now() AT TIME ZONE p.time_zone)::date AS unready,
  CASE s.side WHEN 'desk' THEN p.desk_idle_seconds ELSE p.portal_idle_seconds END AS idle_seconds,
  h.state AS practice_state, p.name AS practice_name, p.phone AS practice_phone,
  m.id AS staff_id, m.name AS staff_name, m.roles, m.all_clients, m.clinical, m.billing, a.accesses
FROM session s
JOIN login l ON l.practice_id = s.practice_id AND l.id = s.login_id
JOIN practice_profile p ON p.practice_id = s.practice_id
JOIN practice h ON h.id = s.practice_id
LEFT JOIN staff_member m ON s.side = 'desk' AND m.practice_id = s.practice_id AND m.login_id = s.login_id
  AND m.deactivated_at IS NULL
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('access', x.id, 'client', x.client_id, 'client_name', c.name,
      'contact', x.contact_id, 'contact_name', t.name, 'relation', r.relation, 'permissions', x.permissions,
      'off', x.features_off || p.features_off, 'status', c.status, 'until', c.read_only_until,
      'formerly', (SELECT jsonb_agg(o.id) FROM client o WHERE o.practice_id = x.practice_id
        AND o.merged_into = x.client_id)) ORDER BY c.name, x.id) AS accesses
  FROM portal_access x
  JOIN client c ON c.practice_id = x.practice_id AND c.id = x.client_id
  LEFT JOIN contact t ON t.practice_id = x.practice_id AND t.id = x.contact_id
  LEFT JOIN client_contact r ON r.practice_id = x.practice_id AND r.client_id = x.client_id
    AND r.contact_id = x.contact_id
  WHERE x.practice_id = s.practice_id AND x.login_id = s.login_id
    AND portico_open(x)
) a ON s.side = 'portal'
WHERE s.practice_id = $1 AND s.id = """

BY_TOKEN = READ + "(SELECT session_id FROM session_key WHERE hash = $2 AND practice_id = $1)"
BY_SESSION = READ + "$2"


class SessionOver(SignedOut):
    """The session was there and holds no more; `reason` is the word that the event says, or none when it never was."""

    def __init__(self, reason: str = "", detail: str | None = None) -> None:
        super().__init__(detail=detail)
        self.reason = reason


class SecondFactorRequired(Forbidden):
    """The practice requires a second factor of its staff, and this session of the desk has seen none."""

    code, detail = "second-factor-required", "Your practice requires a second factor. Set yours up to go on."


async def actor_for(
    practice_id: UUID, token: str | None, *, while_locked: bool = False, while_unready: bool = False
) -> Actor:
    """Who holds this token in the open scope's practice.

    Raises SignedOut for no session, one of another practice, or one that is over; Locked for a desk that is locked or
    was left idle, PortalClosed for a client of a practice whose portal is not open, both unless `while_locked`;
    SecondFactorRequired, unless `while_unready`.
    """
    if not token or len(token) > LONGEST_TOKEN:
        raise SessionOver()
    row = await fetch_one(BY_TOKEN, practice_id, token_hash(token))
    return _actor(practice_id, row, while_locked, while_unready)


async def actor_of_session(
    practice_id: UUID, session_id: UUID, *, while_locked: bool = False, while_unready: bool = False
) -> Actor:
    """The same for a session that is known by its id: a socket's, whose guard has seen the token."""
    return _actor(practice_id, await fetch_one(BY_SESSION, practice_id, session_id), while_locked, while_unready)


async def times_of(session_id: UUID) -> Times | None:
    """What the session's state is judged by; None for an unknown one. In an open scope."""
    row = await fetch_one(TIMES, session_id)
    return times_in(row) if row else None


TIMES = """SELECT s.side, s.active_at, s.locked_at, s.ends_at, s.ended_at, l.password_at,
  CASE s.side WHEN 'desk' THEN p.desk_idle_seconds ELSE p.portal_idle_seconds END AS idle_seconds
  FROM session s JOIN practice_profile p ON p.practice_id = s.practice_id
  JOIN login l ON l.practice_id = s.practice_id AND l.id = s.login_id WHERE s.id = $1"""


def times_in(row: Row) -> Times:
    return Times(
        side=Side(row["side"]), active_at=row["active_at"], ends_at=row["ends_at"], idle_seconds=row["idle_seconds"],
        locked_at=row["locked_at"], ended_at=row["ended_at"], password_at=row.get("password_at"),
    )


def over_sentence(reason: str, idle_seconds: int) -> str | None:
    """Why the person has to sign in again, when there is something to say."""
    if reason == State.IDLE:
        minutes = round(idle_seconds / 60)
        return f"You were signed out after {minutes} {'minute' if minutes == 1 else 'minutes'} without activity."
    return SENTENCES.get(reason)


# Nothing is left that this session could open: the access was revoked, or its last day has passed.
REVOKED = "revoked"

SENTENCES = {
    REVOKED: "Your access to this portal has ended. Call the practice if that is a mistake.",
    PASSWORD: "Your password was changed, so this session ended.",
    State.EXPIRED: "Your session has reached its end.",
    State.ENDED: "Your session has ended.",
}


def _actor(practice_id: UUID, row: Row | None, while_locked: bool, while_unready: bool) -> Actor:
    if row is None:
        raise SessionOver()
    accesses = tuple(_access(one) for one in row["accesses"] or ())
    if row["staff_id"] is None and not accesses:
        raise SessionOver(REVOKED, SENTENCES[REVOKED])
    _refuse_unless_held(row, while_locked)
    if row["unready"] and not while_unready:
        raise SecondFactorRequired()
    return Actor(
        practice_id=practice_id, login_id=row["login_id"], side=Side(row["side"]), session_id=row["id"],
        name=row["staff_name"] or _portal_name(row["accesses"]), staff_id=row["staff_id"],
        roles=frozenset(Role(role) for role in row["roles"] or ()), all_clients=bool(row["all_clients"]),
        clinical=bool(row["clinical"]), billing=bool(row["billing"]), accesses=accesses,
        proved_at=row["proved_at"], strong=row["strong"],
    )


def _refuse_unless_held(row: Row, while_locked: bool) -> None:
    times = times_in(row)
    state = times.state(now())
    if row["deactivated_at"] is not None:
        raise SessionOver("ended")
    if state is State.LOCKED and not while_locked:
        raise Locked()
    if state not in (State.HELD, State.LOCKED):
        reason = times.reason(now())
        raise SessionOver(reason, over_sentence(reason, times.idle_seconds))
    if times.side is Side.PORTAL and row["practice_state"] != "open" and not while_locked:
        raise portal_closed(row["practice_name"], row["practice_phone"])


def _access(one: Mapping[str, Any]) -> AccessOf:
    return AccessOf(
        access_id=UUID(one["access"]), client_id=UUID(one["client"]), client_name=one["client_name"],
        contact_id=UUID(one["contact"]) if one["contact"] else None, relation=one["relation"] or "self",
        permissions=frozenset(one["permissions"]), features=frozenset(FEATURES.keys() - set(one["off"])),
        read_only=one["status"] == "discharged",
        read_until=date.fromisoformat(one["until"]) if one["until"] else None,
        formerly=frozenset(map(UUID, one["formerly"] or ())),
    )


def _portal_name(accesses: list[Mapping[str, Any]]) -> str:
    """A person is named as the client they are, else as the contact they are."""
    own = next((one for one in accesses if one["contact"] is None), None)
    return str(own["client_name"] if own else accesses[0]["contact_name"])
