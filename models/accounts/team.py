"""Who works here, who is invited, who left: the list of the team and one member of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from models.accounts.me import initials
from models.accounts.standing import Standing, administrators_only
from models.core.actor import Actor, Role
from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import missing

# In the order in which roles are told.
ROLE_ORDER = tuple(role.value for role in Role)

MEMBERS = """SELECT m.id, m.login_id, m.name, m.title, m.roles, m.all_clients, m.clinical, m.billing, m.voice,
    m.deactivated_at, l.email, greatest(m.seen_at, max(s.active_at)) AS seen_at,
    ARRAY(SELECT supervisor_id FROM supervision v WHERE v.practice_id = m.practice_id AND v.supervisee_id = m.id
      ORDER BY 1) AS supervisors,
    ARRAY(SELECT supervisee_id FROM supervision v WHERE v.practice_id = m.practice_id AND v.supervisor_id = m.id
      ORDER BY 1) AS supervisees
  FROM staff_member m JOIN login l ON l.practice_id = m.practice_id AND l.id = m.login_id
  LEFT JOIN session s ON s.practice_id = m.practice_id AND s.login_id = m.login_id AND s.side = 'desk'
  WHERE m.practice_id = portico_here() AND {where}
  GROUP BY m.practice_id, m.id, l.practice_id, l.id ORDER BY m.deactivated_at IS NOT NULL, m.name, m.id"""
INVITED = """SELECT i.id, i.name, i.title, i.roles, i.all_clients, i.clinical, i.billing, i.mail_state, i.sent_at,
    l.email, b.name AS invited_by,
    NOT EXISTS (SELECT FROM login_token t WHERE t.practice_id = i.practice_id AND t.login_id = i.login_id
      AND t.purpose = 'staff-invitation' AND t.used_at IS NULL AND t.ends_at > now()) AS without_link
  FROM staff_invitation i JOIN login l ON l.practice_id = i.practice_id AND l.id = i.login_id
  LEFT JOIN staff_member b ON b.practice_id = i.practice_id AND b.id = i.invited_by
  WHERE i.practice_id = portico_here() AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
  ORDER BY i.sent_at DESC, i.id"""


@dataclass(frozen=True)
class Member:
    """Somebody of the team, now or before. `seen_at`: when they were last at the desk, as far as is known."""

    id: UUID
    login_id: UUID
    email: str
    voice: str
    standing: Standing
    seen_at: datetime | None
    deactivated_at: datetime | None

    @property
    def name(self) -> str:
        return self.standing.name

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def roles(self) -> list[str]:
        return in_order(self.standing.role_words)

    @property
    def switches(self) -> list[str]:
        return switches_of(self.standing)

    @property
    def stamp(self) -> str:
        """Changes with whatever a form of this member shows: who saves over something they never saw is told."""
        kept = self.standing
        people = (*sorted(map(str, kept.supervisors)), "", *sorted(map(str, kept.supervisees)))
        shown = (kept.name, kept.title, self.voice, *kept.role_words, *switches_of(kept), *people)
        return sha256("\n".join(shown).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Invited:
    """An invitation that waits. `mail`: queued, taken (by the mail server) or refused; `expired`: its link is old."""

    id: UUID
    email: str
    standing: Standing
    mail: str
    expired: bool
    sent_at: datetime
    invited_by: str | None

    @property
    def roles(self) -> list[str]:
        return in_order(self.standing.role_words)

    @property
    def switches(self) -> list[str]:
        return switches_of(self.standing)


async def members(actor: Actor) -> list[Member]:
    """Everybody who works or worked here, by name, those who left last; for administrators."""
    administrators_only(actor)
    return [_member(row) for row in await fetch_all(MEMBERS.format(where="true"))]


async def invited(actor: Actor) -> list[Invited]:
    """The invitations that wait, the newest first; for administrators."""
    administrators_only(actor)
    return [_invited(row) for row in await fetch_all(INVITED)]


async def member_for(actor: Actor, staff_id: UUID) -> Member:
    """One of them; raises Missing for anybody else's."""
    administrators_only(actor)
    row = await fetch_one(MEMBERS.format(where="m.id = $1"), staff_id)
    return _member(row) if row else missing("staff member")


async def colleagues(actor: Actor) -> list[Member]:
    """Who works here, for everybody at the desk."""
    return [_member(row) for row in await fetch_all(MEMBERS.format(where="m.deactivated_at IS NULL"))]


def in_order(roles: list[str]) -> list[str]:
    return [role for role in ROLE_ORDER if role in roles]


def rights_in_words(standing: Standing) -> list[str]:
    """Roles and switches, as the history keeps them."""
    return [*in_order(standing.role_words), *switches_of(standing)]


def switches_of(standing: Standing) -> list[str]:
    """The names of the switches that are on."""
    return [name for name in ("all_clients", "billing", "clinical") if getattr(standing, name)]


def _member(row: Row) -> Member:
    return Member(
        id=row["id"], login_id=row["login_id"], email=row["email"], voice=row["voice"], seen_at=row["seen_at"],
        deactivated_at=row["deactivated_at"],
        standing=_standing(row, supervisors=tuple(row["supervisors"]), supervisees=tuple(row["supervisees"])),
    )


def _invited(row: Row) -> Invited:
    expired = row["without_link"] and row["mail_state"] == "taken"
    return Invited(
        id=row["id"], email=row["email"], mail=row["mail_state"], expired=expired, sent_at=row["sent_at"],
        invited_by=row["invited_by"], standing=_standing(row),
    )


def _standing(row: Row, **supervision: tuple[UUID, ...]) -> Standing:
    return Standing(
        name=row["name"], title=row["title"], roles=frozenset(Role(one) for one in row["roles"]),
        all_clients=row["all_clients"], clinical=row["clinical"], billing=row["billing"], **supervision,
    )
