"""What one person may do in the portal: features below the practice's ceiling, a contact's permissions, its days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from models.accounts.practices import profile, today_here, until_day
from models.accounts.registries import FEATURES
from models.clients.admitting import end_portal_without_access
from models.clients.portal_events import (
    ACCESS_BEGAN,
    ACCESS_DAYS_CHANGED,
    ACCESS_ENDED,
    ACCESS_FEATURES_CHANGED,
    ACCESS_PERMISSIONS_CHANGED,
)
from models.clients.portal_people import PortalPerson, tell
from models.clients.registries import CONTACT_PERMISSIONS
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change, enqueue
from models.core.database import execute
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id

DAY_JOB = "access.day"


async def set_features(actor: Actor, person: PortalPerson, on: Collection[str]) -> None:
    """The features this person has, of those the practice has on; what the practice has off stays as it was."""
    access, ceiling = person.held, set((await profile()).features_off)
    off = {key for key in FEATURES if key not in on and key not in ceiling}
    kept = {key for key in access.features_off if key in ceiling or key not in FEATURES}
    await _write(actor, access, "features_off", sorted(off | kept))


async def set_permissions(actor: Actor, person: PortalPerson, allowed: Collection[str]) -> None:
    """What a contact may do for this client. What is given brings along what it needs; what is taken takes along what
    needs it. Raises Conflict for the client, who needs nobody's permission."""
    access = _of_contact(person)
    before, needs = set(access.permissions), {key: one.needs for key, one in CONTACT_PERMISSIONS.items()}
    wanted = {key for key in needs if key in allowed}
    taken = before - wanted
    useful = {key for key in wanted if key not in before or needs[key] not in taken}
    useful |= {needs[key] for key in useful} - {""}
    await _write(actor, access, "permissions", sorted((before - needs.keys()) | useful))


async def set_days(actor: Actor, person: PortalPerson, *, starts_on: date | None, ends_on: date | None) -> None:
    """The first and the last day of a contact's access, where the practice is; None: no limit.

    The doors compare days by themselves; a job at midnight makes open pages notice."""
    access = _of_contact(person)
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid(errors={"ends_on": ["The last day is before the first. Choose a later one."]})
    if (access.starts_on, access.ends_on) == (starts_on, ends_on):
        return
    async with change(actor, "access.set_days"):
        await execute(
            "UPDATE portal_access SET starts_on = $2, ends_on = $3, days_told_on = $4 WHERE id = $1",
            access.id, starts_on, ends_on, await today_here(),
        )
        await access.refresh_from_db()
        await tell(actor, ACCESS_DAYS_CHANGED, access, rights=True)
        if access.login_id is not None:
            await end_portal_without_access(actor, access.login_id)
        for day in (starts_on, ends_on and ends_on + timedelta(days=1)):
            await _wake_on(access.id, day)


async def note_day(access_id: UUID) -> timedelta | None:
    """The job of such a midnight: sockets read their rights anew. A timedelta: it was called that much too early."""
    access = await PortalAccess.get_or_none(id=access_id, revoked_at=None)
    if access is None:
        return None
    today, told = await today_here(), access.days_told_on or date.min
    began = access.starts_on is not None and told < access.starts_on <= today
    ended = access.ends_on is not None and told <= access.ends_on < today
    if not (began or ended):
        return await _too_early(access, today)
    async with change(None, "access.note_day"):
        await execute("UPDATE portal_access SET days_told_on = $2 WHERE id = $1", access_id, today)
        await tell(None, ACCESS_ENDED if ended else ACCESS_BEGAN, access, rights=True)
        if ended and access.login_id is not None:
            await end_portal_without_access(None, access.login_id)
    return None


async def _write(actor: Actor, access: PortalAccess, column: str, chosen: list[str]) -> None:
    if sorted(getattr(access, column)) == chosen:
        return
    async with change(actor, f"access.set_{column}"):
        await execute(f"UPDATE portal_access SET {column} = $2 WHERE id = $1", access.id, chosen)
        kind = ACCESS_PERMISSIONS_CHANGED if column == "permissions" else ACCESS_FEATURES_CHANGED
        await tell(actor, kind, access, rights=True)


def _of_contact(person: PortalPerson) -> PortalAccess:
    if person.contact is None:
        raise Conflict("own-access", "These settings are for contacts. A client’s own access has no such limits.")
    return person.held


async def _wake_on(access_id: UUID, day: date | None) -> None:
    wait = await until_day(day) if day else timedelta(0)
    if wait > timedelta(0):
        await enqueue(DAY_JOB, {"access": access_id}, after=wait, key=f"{DAY_JOB}:{access_id}:{new_id()}")


async def _too_early(access: PortalAccess, today: date) -> timedelta | None:
    """Practices move between time zones, and clocks differ: midnight may still be to come."""
    days = [day for day in (access.starts_on, access.ends_on and access.ends_on + timedelta(days=1)) if day]
    coming = min((day for day in days if day > today), default=None)
    wait = await until_day(coming) if coming else timedelta(0)
    return wait if timedelta(0) < wait < timedelta(days=2) else None
