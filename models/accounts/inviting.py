"""Inviting colleagues: by a mailed link that works once, for two weeks, and only while it is the newest.

How the mail gets its link: `invite` and `redeliver` record an event; notifications listens and queues a mail that
holds no word of anybody. When the mail leaves, `issue_link` makes the secret, which exists in clear in that one mail.
"""

from __future__ import annotations

import re
from uuid import UUID

from models.accounts import tickets
from models.accounts.events import (
    STAFF_INVITATION_MAILED,
    STAFF_INVITATION_SENT,
    STAFF_INVITATION_WITHDRAWN,
    STAFF_INVITED,
)
from models.accounts.reach import spelled
from models.accounts.standing import Standing, administrators_only, check
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.core.events import EventType, Part, ToStaff
from models.core.ids import new_id
from models.core.limits import Limit, take
from models.core.scope import current_scope

MAILS = Limit("staff-invitations", most=60, seconds=3600)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

KEEP = """INSERT INTO staff_invitation (id, login_id, name, title, roles, all_clients, clinical, billing, supervisors,
    supervisees, invited_by, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"""
OPEN = """SELECT id, login_id FROM staff_invitation WHERE practice_id = portico_here() AND accepted_at IS NULL
  AND withdrawn_at IS NULL AND """


async def invite(actor: Actor, email: str, standing: Standing) -> UUID:
    """Invite a colleague; for administrators. A login of this practice with that address becomes staff as well.

    Returns the invitation's id. Raises Invalid for the address, name, roles or supervision; Conflict when the address
    is invited already, or its person works or worked here.
    """
    administrators_only(actor)
    address = spelled(email)
    if not ADDRESS.fullmatch(address):
        raise Invalid(errors={"email": ["Give an e-mail address, such as name@practice.com."]})
    await check(standing)
    await take(MAILS, current_scope().practice_id)
    async with change(actor, "staff.invite"):
        login_id, invitation_id = await _login(address), new_id()
        await execute(
            KEEP, invitation_id, login_id, standing.name.strip(), standing.title.strip(), standing.role_words,
            standing.all_clients, standing.clinical, standing.billing, list(standing.supervisors),
            list(standing.supervisees), actor.staff_id, now(),
        )
        await _tell(actor, STAFF_INVITED, invitation_id)
    return invitation_id


async def redeliver(actor: Actor, invitation_id: UUID) -> None:
    """Send the invitation again; the new link works, the old one does not any more."""
    administrators_only(actor)
    await take(MAILS, current_scope().practice_id)
    async with change(actor, "staff.redeliver_invitation"):
        await send_again(actor, await _open(invitation_id))


async def send_again(actor: Actor | None, invitation_id: UUID) -> None:
    """Inside a change: have the invitation mailed once more."""
    again = "UPDATE staff_invitation SET sent_at = $2, mail_state = 'queued' WHERE id = $1"
    await execute(again, invitation_id, now())
    await _tell(actor, STAFF_INVITATION_SENT, invitation_id)


async def withdraw(actor: Actor, invitation_id: UUID) -> None:
    """Take the invitation back; its link says so."""
    administrators_only(actor)
    async with change(actor, "staff.withdraw_invitation"):
        await execute("UPDATE staff_invitation SET withdrawn_at = $2 WHERE id = $1", await _open(invitation_id), now())
        await _tell(actor, STAFF_INVITATION_WITHDRAWN, invitation_id)


async def issue_link(login_id: UUID) -> tuple[str, UUID] | None:
    """The secret for /join/<token>, made when the mail is, and the invitation it belongs to; None when there is
    nothing to be accepted. Earlier links end."""
    row = await fetch_one(OPEN + "login_id = $1", login_id)
    if row is None:
        return None
    await tickets.supersede(login_id, tickets.STAFF_INVITATION)
    return await tickets.issue(login_id, tickets.STAFF_INVITATION), row["id"]


async def invited_login(invitation_id: UUID) -> UUID | None:
    """Whose invitation this is, while it waits."""
    row = await fetch_one(OPEN + "id = $1", invitation_id)
    return row["login_id"] if row else None


async def waiting_for(login_id: UUID) -> UUID | None:
    """The invitation that waits for this login."""
    row = await fetch_one(OPEN + "login_id = $1", login_id)
    return row["id"] if row else None


async def note_mailed(invitation_id: UUID, *, taken: bool) -> None:
    """The mail server took the invitation's newest mail, or refused it for good."""
    state = "taken" if taken else "refused"
    noted = "UPDATE staff_invitation SET mail_state = $2 WHERE id = $1 AND mail_state <> $2"
    async with change(None, "staff.note_mailed"):
        if await execute(noted, invitation_id, state):
            await _tell(None, STAFF_INVITATION_MAILED, invitation_id)


async def _open(invitation_id: UUID) -> UUID:
    row = await fetch_one(OPEN + "id = $1 FOR UPDATE", invitation_id)
    if row is None:
        missing("invitation")
    found: UUID = row["id"]
    return found


async def _login(address: str) -> UUID:
    """The login with this address, made when there is none; raises Conflict when it is staff or is invited already."""
    await execute("INSERT INTO login (id, email) VALUES ($1, $2) ON CONFLICT DO NOTHING", new_id(), address)
    row = await fetch_one(HELD, address)
    assert row is not None
    if row["staff"] or row["invited"] or row["closed"]:
        raise Conflict("already-here", errors={"email": [_already(row)]})
    login_id: UUID = row["id"]
    return login_id


# The login is held: of two invitations at the same moment one finds the other.
HELD = """WITH held AS (SELECT * FROM login WHERE practice_id = portico_here() AND email = $1 FOR NO KEY UPDATE)
SELECT l.id, l.deactivated_at IS NOT NULL AS closed, m.id AS staff, m.name, m.deactivated_at, EXISTS (
  SELECT FROM staff_invitation i WHERE i.practice_id = l.practice_id AND i.login_id = l.id AND i.accepted_at IS NULL
    AND i.withdrawn_at IS NULL) AS invited
FROM held l LEFT JOIN staff_member m ON m.practice_id = l.practice_id AND m.login_id = l.id"""


def _already(row: Row) -> str:
    if row["staff"] and row["deactivated_at"] is None:
        return f"{row['name']} works here with this address."
    if row["staff"]:
        return f"{row['name']} worked here with this address. Reactivate them in the list of the team instead."
    if row["invited"]:
        return "This address is invited already. Send that invitation again from the list of the team."
    return "This address belongs to a login that was closed."


async def _tell(actor: Actor | None, kind: EventType, invitation_id: UUID) -> None:
    await record(actor, kind, [Part([ToStaff()], {"invitation": invitation_id})], subject_id=invitation_id)
