"""Behind the link that went to a new address: the form that makes it the address of the sign-in, once. The person's own
record follows, links that went to the old address end, and so do all sessions but the one that asked."""

from __future__ import annotations

from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.accounts import passwords, tickets
from models.accounts.ending import OTHERS, end_sessions
from models.accounts.events import EMAIL_CHANGED, STAFF_CHANGED
from models.accounts.reach import by_login
from models.accounts.security import note
from models.clients.contacts import tell_everywhere
from models.clients.detail_events import DETAILS_CHANGED
from models.clients.email_asking import Waiting, change_of, taken, tell_staff, waiting
from models.clients.portal_events import ACCESS_EMAIL_CHANGED
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToAccess, ToLogin, ToStaff, ToStaffAllClients, ToStaffOf
from models.core.limits import Limit, give_back, network_of, take

USES_BY_ADDRESS = Limit("email-change-use", most=30, seconds=3600)
PASSWORDS = Limit("email-change-password", most=10, seconds=900)
GONE = "This link can no longer be used. Your e-mail address was not changed."


async def behind(token: str) -> Waiting | None:
    """What a link would change, changing nothing: mail scanners open every link. None when it can no longer be used."""
    return await _usable(token)


async def confirm(actor: Actor | None, token: str, password: str, *, address: str) -> None:
    """The new address is the sign-in's from now on. Raises Conflict `link-expired`, TooMany; Invalid for a wrong
    password, which is asked where staff began the change: a mistyped address must not open the portal to its owner."""
    await take(USES_BY_ADDRESS, network_of(address))
    found = await _usable(token, held=True)
    if found is None:
        raise Conflict("link-expired", GONE)
    if found.by_staff:
        await _prove(found, password)
    own = actor if actor is not None and actor.login_id == found.login_id else None
    async with change(own, "login.set_email"):
        await _write(found)
        await tickets.use_up(found.login_id)
        await note(found.login_id, "email-changed")
        await _follow(own, found)
        part = Part([ToLogin(found.login_id)], {"change": found.id})
        await record(own, EMAIL_CHANGED, [part], subject_id=found.login_id)
        await tell_staff(own, ACCESS_EMAIL_CHANGED, found.login_id)
        await _end_others(own, found)


async def _usable(token: str, *, held: bool = False) -> Waiting | None:
    change_id = change_of(token)
    found = await waiting(change_id, held=held) if change_id else None
    if found is None or not found.fresh or await taken(found.login_id, found.email):
        return None
    login = await fetch_one("SELECT deactivated_at FROM login WHERE id = $1", found.login_id)
    return found if login and login["deactivated_at"] is None else None


async def _prove(found: Waiting, password: str) -> None:
    await take(PASSWORDS, found.id)
    reach = await by_login(found.login_id)
    if not await passwords.matches(reach.password_hash if reach else None, password):
        raise Invalid("wrong-password", errors={"password": ["This is not your password."]})
    await give_back(PASSWORDS, found.id)


async def _write(found: Waiting) -> None:
    try:
        await execute(
            "UPDATE login SET email = $2, mail_undelivered_at = NULL WHERE id = $1", found.login_id, found.email
        )
    except IntegrityError:  # somebody got it in this very moment
        raise Conflict("link-expired", GONE) from None
    await execute("UPDATE email_change SET done_at = $2 WHERE id = $1", found.id, now())


async def _follow(actor: Actor | None, found: Waiting) -> None:
    """The person's own record as a client, and as a contact, has the address of the sign-in; the team's list too."""
    accesses = await PortalAccess.filter(login_id=found.login_id, accepted_at__isnull=False, revoked_at=None)
    for access in accesses:
        if access.contact_id is None:
            await _client_follows(actor, access, found.email)
    for contact_id in sorted({one.contact_id for one in accesses if one.contact_id}):
        if await execute("UPDATE contact SET email = $2 WHERE id = $1 AND email <> $2", contact_id, found.email):
            await tell_everywhere(actor, contact_id)
    for row in await fetch_all("SELECT id FROM staff_member WHERE login_id = $1", found.login_id):
        await record(actor, STAFF_CHANGED, [Part([ToStaff()], {"staff": row["id"]})], subject_id=row["id"])


async def _client_follows(actor: Actor | None, access: PortalAccess, email: str) -> None:
    if await execute("UPDATE client SET email = $2 WHERE id = $1 AND email <> $2", access.client_id, email):
        rooms = [ToStaffOf(access.client_id), ToStaffAllClients(), ToAccess(access.id)]
        part = Part(rooms, {"client": access.client_id, "section": "contact"})
        await record(actor, DETAILS_CHANGED, [part], subject_id=access.client_id)


async def _end_others(actor: Actor | None, found: Waiting) -> None:
    kept: set[UUID | None] = {found.session_id, actor.session_id if actor else None}
    ids = [row["id"] for row in await fetch_all(OTHERS, found.login_id) if row["id"] not in kept]
    await end_sessions(actor, ids, login_id=found.login_id, reason="ended")
