"""What a login may be: a staff member, a portal person, both, or nothing any more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.core.actor import Side
from models.core.database import Row, fetch_one
from models.core.errors import Invalid

# One @, something before it, a name with a dot behind it: a mail server decides about the rest.
FORM = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LONGEST = 254

FIND = """SELECT l.id, l.email, l.password_hash, l.password_at, l.deactivated_at,
  EXISTS (SELECT FROM staff_member m WHERE m.practice_id = l.practice_id AND m.login_id = l.id
    AND m.deactivated_at IS NULL) AS desk,
  EXISTS (SELECT FROM portal_access a WHERE a.practice_id = l.practice_id AND a.login_id = l.id
    AND portico_open(a)) AS portal,
  EXISTS (SELECT FROM portal_access a WHERE a.practice_id = l.practice_id AND a.login_id = l.id
    AND a.invited_at IS NOT NULL AND a.accepted_at IS NULL AND a.revoked_at IS NULL) AS invited
  FROM login l WHERE """


@dataclass(frozen=True)
class Reach:
    """`sides`: where this login may be signed in now; `invited`: an invitation waits to be accepted."""

    login_id: UUID
    email: str
    password_hash: str | None
    sides: frozenset[Side]
    invited: bool
    password_at: datetime | None = None

    @property
    def pending(self) -> bool:
        """Invited, and nothing is open yet: there is no password to forget."""
        return self.invited and not self.sides


async def by_email(email: str) -> Reach | None:
    """The login with this address in the open practice, in any spelling."""
    return _reach(await fetch_one(FIND + "l.practice_id = portico_here() AND l.email = $1", spelled(email)))


async def by_login(login_id: UUID) -> Reach | None:
    return _reach(await fetch_one(FIND + "l.practice_id = portico_here() AND l.id = $1", login_id))


def spelled(email: str) -> str:
    """The one spelling of an address that is kept and compared."""
    return email.strip().lower()


def checked(email: str) -> str:
    """The one spelling of an address; raises Invalid when it cannot be one."""
    address = spelled(email)
    if len(address) > LONGEST or not FORM.fullmatch(address):
        raise Invalid(errors={"email": ["This is not an e-mail address. It looks like name@example.com."]})
    return address


async def still_proved(reach: Reach) -> bool:
    """Whether the password that was checked is the login's still. Holds a change of it off until the scope ends: who
    changes it afterwards finds the session that begins here, and ends it."""
    row = await fetch_one("SELECT password_at FROM login WHERE id = $1 FOR SHARE", reach.login_id)
    return row is not None and row["password_at"] == reach.password_at


def _reach(row: Row | None) -> Reach | None:
    if row is None:
        return None
    sides = {side for side in Side if row[side.value]} if row["deactivated_at"] is None else set()
    invited = row["invited"] and row["deactivated_at"] is None
    return Reach(row["id"], row["email"], row["password_hash"], frozenset(sides), invited, row["password_at"])
