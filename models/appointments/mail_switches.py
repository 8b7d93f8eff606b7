"""E-mails about appointments to people who do not sign in, switched off and on: by the link in one, or at the desk when
somebody asks for it."""

from __future__ import annotations

from uuid import UUID

from models.appointments.by_address import NEWS, REMINDERS, people_of
from models.appointments.events import MAILS
from models.clients.access import managed_client
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, missing
from models.core.events import Part, ToStaffAllClients, ToStaffOf

BOTH = [NEWS, REMINDERS]
OWN_SWITCH = "They sign in, and switch it under Communication Preferences."
AT_ADDRESS = "Somebody else who reads at this address wants none. They switch it on themselves."
ALL_OFF = """UPDATE {table} SET mails_off = ARRAY(SELECT unnest(mails_off) UNION SELECT unnest($2::text[]) ORDER BY 1)
  WHERE practice_id = portico_here() AND id = $1 AND NOT mails_off @> $2"""
ALL_ON = """UPDATE {table} SET mails_off = ARRAY(SELECT unnest(mails_off) EXCEPT SELECT unnest($2::text[]) ORDER BY 1)
  WHERE practice_id = portico_here() AND mails_off && $2 AND {which}"""
# A sign-in that this person had before, and whose switches still hold at its address; never one that is in use.
FORMER = """id IN (SELECT login_id FROM portal_access WHERE coalesce(contact_id, client_id) = $1)
  AND NOT EXISTS (SELECT FROM portal_access a WHERE a.login_id = login.id AND portico_open(a))"""
OFF = """UPDATE {table} SET mails_off = array_append(mails_off, $2)
  WHERE practice_id = portico_here() AND id = $1 AND NOT $2 = ANY (mails_off)"""
CLIENTS = """SELECT $1::uuid AS id FROM client WHERE id = $1
  UNION SELECT client_id FROM client_contact WHERE contact_id = $1 ORDER BY 1"""


async def set_mails(actor: Actor, client_id: UUID, person_id: UUID, on: bool) -> None:
    """All e-mails about appointments to this person. Raises Missing, Forbidden, Conflict `own-switch` for who signs in,
    `off-at-address` where another who reads there wants none."""
    await managed_client(actor, client_id)
    person = next((one for one in await people_of(client_id) if one.id == person_id), None) or missing("person")
    if person.sign_in:
        raise Conflict("own-switch", OWN_SWITCH)
    table = "client" if person.permissions is None else "contact"
    async with change(actor, "client.set_mails"):
        if not on:
            changed = await execute(ALL_OFF.format(table=table), person_id, BOTH)
        else:
            changed = await execute(ALL_ON.format(table=table, which="id = $1"), person_id, BOTH)
            changed += await execute(ALL_ON.format(table="login", which=FORMER), person_id, BOTH)
            await _ensure_on(client_id, person_id)
        if changed:
            await _tell(actor, person_id)


async def stop(person_id: UUID, kind: str) -> bool:
    """Inside a change: by the link in a mail of this kind. False: it was off, or there is nobody of that id."""
    changed = [await execute(OFF.format(table=table), person_id, kind) for table in ("client", "contact")]
    if any(changed):
        await _tell(None, person_id)
    return any(changed)


async def _ensure_on(client_id: UUID, person_id: UUID) -> None:
    if any(one.off & set(BOTH) for one in await people_of(client_id) if one.id == person_id):
        raise Conflict("off-at-address", AT_ADDRESS)


async def _tell(actor: Actor | None, person_id: UUID) -> None:
    rows = await fetch_all(CLIENTS, person_id)
    heard = [Part([ToStaffOf(row["id"]), ToStaffAllClients()], {"client": row["id"]}) for row in rows]
    await record(actor, MAILS, heard, subject_id=person_id)
