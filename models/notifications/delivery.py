"""Whose mail does not arrive: kept at the login, told to staff who may see the person, cleared by the next success."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.clients.access import visible_clients
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import Row, execute, fetch_all
from models.core.events import Part, ToStaff, ToStaffAllClients, ToStaffOf
from models.notifications.events import MAIL_REACHED, MAIL_UNDELIVERED

FAILING = "UPDATE login SET mail_undelivered_at = clock_timestamp() WHERE practice_id = portico_here() AND id = $1"
REACHED = """UPDATE login SET mail_undelivered_at = NULL
WHERE practice_id = portico_here() AND id = $1 AND mail_undelivered_at IS NOT NULL"""
CLIENTS = """SELECT DISTINCT client_id FROM portal_access
WHERE practice_id = portico_here() AND login_id = $1 AND revoked_at IS NULL"""
WHO = """SELECT l.id AS login_id, l.mail_undelivered_at AS since, m.id AS staff_id, c.id AS client_id,
  coalesce(m.name, t.name, c.name) AS name
FROM login l
LEFT JOIN staff_member m ON m.practice_id = l.practice_id AND m.login_id = l.id AND m.deactivated_at IS NULL
LEFT JOIN portal_access a ON a.practice_id = l.practice_id AND a.login_id = l.id AND a.revoked_at IS NULL
LEFT JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
WHERE l.practice_id = portico_here() AND l.mail_undelivered_at IS NOT NULL AND l.deactivated_at IS NULL
  AND coalesce(m.name, t.name, c.name) IS NOT NULL -- who is invited to the team stands in its list
ORDER BY l.mail_undelivered_at DESC, name"""


@dataclass(frozen=True)
class Undelivered:
    """A person whom mail does not reach. `clients`: whose records they belong to, as far as the viewer sees them."""

    login_id: UUID
    name: str
    since: datetime
    clients: tuple[UUID, ...]


async def undelivered(actor: Actor) -> list[Undelivered]:
    """For staff: colleagues, and people of the clients this staff member sees; newest first. Empty for anyone else."""
    if not actor.desk or actor.lens:
        return []
    visible = await visible_clients(actor)
    found: dict[UUID, list[Row]] = {}
    for row in await fetch_all(WHO):
        if row["staff_id"] or visible is None or row["client_id"] in visible:
            found.setdefault(row["login_id"], []).append(row)
    return [_undelivered(rows) for rows in found.values()]


async def note_undelivered(login_id: UUID) -> None:
    """Mail to this login failed for good."""
    async with change(None, "mail.give_up"):
        if await execute(FAILING, login_id):
            await record(None, MAIL_UNDELIVERED, await _parts(login_id), subject_id=login_id)


async def note_reached(login_id: UUID) -> None:
    """Mail to this login was taken; tells staff only if it had failed before."""
    async with change(None, "mail.arrive"):
        if await execute(REACHED, login_id):
            await record(None, MAIL_REACHED, await _parts(login_id), subject_id=login_id)


async def _parts(login_id: UUID) -> list[Part]:
    rows = await fetch_all(CLIENTS, login_id)
    if not rows:
        return [Part((ToStaff(),), {"login": login_id})]
    return [
        Part((ToStaffOf(row["client_id"]), ToStaffAllClients()), {"login": login_id, "client": row["client_id"]})
        for row in rows
    ]


def _undelivered(rows: list[Row]) -> Undelivered:
    first: Row = rows[0]
    clients = tuple(row["client_id"] for row in rows if row["client_id"])
    return Undelivered(login_id=first["login_id"], name=first["name"], since=first["since"], clients=clients)


