"""Portal access, on and off. Switching it on sends nothing; taking it away ends sessions and keeps every record."""

from __future__ import annotations

from uuid import UUID

from models.accounts.ending import end_sessions
from models.accounts.reach import by_login
from models.clients import majority
from models.clients.portal_events import ACCESS_RESTORED, ACCESS_REVOKED, ACCESS_TURNED_OFF, ACCESS_TURNED_ON
from models.clients.portal_people import PortalPerson, tell
from models.clients.tables import PortalAccess
from models.core.actor import Actor, Side
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, missing
from models.core.ids import new_id

OTHER_OWNER = """SELECT 1 FROM portal_access WHERE practice_id = portico_here() AND login_id = $1
  AND contact_id IS NULL AND revoked_at IS NULL AND client_id <> $2"""
SOMEBODY_ELSE_HERE = """SELECT coalesce(co.name, cl.name) AS name, coalesce(cc.relation, '') AS relation
  FROM portal_access a JOIN client cl ON cl.practice_id = a.practice_id AND cl.id = a.client_id
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  LEFT JOIN client_contact cc ON cc.practice_id = a.practice_id AND cc.client_id = a.client_id
    AND cc.contact_id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.login_id = $1 AND a.client_id = $2
    AND a.contact_id IS DISTINCT FROM $3 AND a.revoked_at IS NULL LIMIT 1"""
TAKEN = "This address belongs to another client’s own sign-in. Use another one, or add this person as a contact there."


async def turn_on(actor: Actor, person: PortalPerson) -> PortalAccess:
    """The person may have access now; nothing is sent. Twice changes nothing. Who had it before gets it back."""
    if person.access is not None:
        return person.access if person.access.revoked_at is None else await restore(actor, person)
    async with change(actor, "access.turn_on"):
        contact_id = person.contact.id if person.contact else None
        made = await execute(
            "INSERT INTO portal_access (id, client_id, contact_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            new_id(), person.client.id, contact_id,
        )
        access = await PortalAccess.get(client_id=person.client.id, contact_id=contact_id, revoked_at=None)
        if made:
            await tell(actor, ACCESS_TURNED_ON, access)
    return access


async def turn_off(actor: Actor, person: PortalPerson) -> None:
    """Take back what nobody was invited to; raises Conflict when somebody was, whose access has to be revoked."""
    if person.access is None or person.access.revoked_at is not None:
        return
    if person.access.invited_at is not None:
        raise Conflict("invited", f"{person.name} was invited. Revoke access instead.")
    async with change(actor, "access.turn_off"):
        await _end(person.access)
        await tell(actor, ACCESS_TURNED_OFF, person.access)


async def revoke(actor: Actor, person: PortalPerson) -> None:
    """The person is out within a second; files, messages and who had access stay on record. Twice changes nothing."""
    if person.access is None:
        missing("access")
    if person.access.revoked_at is not None:
        return
    async with change(actor, "access.revoke"):
        await _end(person.access)
        await tell(actor, ACCESS_REVOKED, person.access, rights=True)
        if person.access.login_id is not None:
            await end_portal_without_access(actor, person.access.login_id)


async def restore(actor: Actor, person: PortalPerson, *, agreed: bool = False) -> PortalAccess:
    """What was revoked holds again: who had accepted is back at once, who had not has to be invited anew. What ended
    because the client came of age begins anew by the client's word alone (`agreed`: staff have it), or when the birth
    date was wrong. Raises Conflict `of-age` without."""
    access = person.access or missing("access")
    if access.revoked_at is None:
        return access
    if person.contact is not None and await majority.ended_for(access.id):
        return await _begin_again(actor, person, person.contact.id, agreed)
    if access.login_id is not None and access.contact_id is None:
        await refuse_second_owner(access.login_id, access.client_id)
    if access.login_id is not None:
        await refuse_shared_address(access.login_id, access.client_id, access.contact_id)
    async with change(actor, "access.restore"):
        await execute(
            "UPDATE portal_access SET revoked_at = NULL,"
            " invited_at = CASE WHEN accepted_at IS NOT NULL THEN invited_at END WHERE id = $1",
            access.id,
        )
        await access.refresh_from_db()
        await tell(actor, ACCESS_RESTORED, access, rights=True)
    return access


async def _begin_again(actor: Actor, person: PortalPerson, contact_id: UUID, agreed: bool) -> PortalAccess:
    client = person.client
    async with change(actor, "access.restore"):
        if not await majority.begin_again(actor, client.id, contact_id, agreed=agreed):
            raise Conflict("of-age", f"{client.name} is of age and has to agree that {person.name} has access again.")
        access = await PortalAccess.get(client_id=client.id, contact_id=contact_id, revoked_at=None)
        await tell(actor, ACCESS_RESTORED, access, rights=True)
    return access


async def refuse_second_owner(login_id: UUID, client_id: UUID) -> None:
    """Raises Conflict `address-taken` when the login is another client's own: one address, one person."""
    if await fetch_one(OTHER_OWNER, login_id, client_id):
        raise Conflict("address-taken", TAKEN, errors={"email": [TAKEN]})


async def refuse_shared_address(login_id: UUID, client_id: UUID, contact_id: UUID | None) -> None:
    """Raises Conflict `address-shared` when somebody else signs in for this client by this login already: what a minor
    and a parent, or two parents, keep from each other would stand behind one password."""
    other = await fetch_one(SOMEBODY_ELSE_HERE, login_id, client_id, contact_id)
    if other is not None:
        whose = f"{other['name']} ({other['relation']})" if other["relation"] else str(other["name"])
        said = f"{whose} signs in with this address. Each person needs an address of their own."
        raise Conflict("address-shared", said, errors={"email": [said]})


async def end_portal_without_access(actor: Actor | None, login_id: UUID) -> None:
    """Inside a change: a login that has no access left has no session in the portal either; its desk goes on."""
    reach = await by_login(login_id)
    if reach is None or Side.PORTAL in reach.sides:
        return
    rows = await fetch_all(
        "SELECT id FROM session WHERE login_id = $1 AND side = 'portal' AND ended_at IS NULL", login_id
    )
    await end_sessions(actor, [row["id"] for row in rows], login_id=login_id, reason="revoked")


async def _end(access: PortalAccess) -> None:
    await execute("UPDATE portal_access SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", access.id, now())
