"""View as this client: a staff member sees the portal exactly as one person sees it, and changes nothing there.

A view is a row of one desk session and one portal access, with a reason and an end. It counts only at addresses that
begin with it (/staff/view-as/<access>), so that two tabs of one session do not mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.accounts.registries import FEATURES
from models.clients.access import client_for, sees_client
from models.clients.audit_events import VIEW_BEGUN, VIEW_ENDED
from models.clients.auditing import to_administrators
from models.core.actor import AccessOf, Actor, Side
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid, missing
from models.core.events import Part, ToDesk
from models.core.ids import new_id
from models.core.looking import note_look

LASTS = timedelta(minutes=30)
LEAST_REASON = 10
END_JOB = "view_as.end"
OVER, OVER_WORDS = "view-over", "This view has ended. Begin it again from the client’s page."

# Whose eyes see something: an access that is open today, or will be once the invitation is accepted.
SEES = """a.revoked_at IS NULL AND NOT portico_hidden(a.client_id, a.contact_id)
    AND (a.accepted_at IS NULL OR portico_open(a))"""
# Everybody who has the portal of a client, the client first.
PEOPLE = f"""SELECT a.id, coalesce(t.name, c.name) AS name, coalesce(r.relation, '') AS relation
  FROM portal_access a JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
  LEFT JOIN client_contact r ON r.practice_id = a.practice_id AND r.client_id = a.client_id
    AND r.contact_id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.client_id = $1 AND {SEES}
  ORDER BY a.contact_id NULLS FIRST, name"""
ACCESS = f"""SELECT a.id, a.client_id, a.contact_id, c.name AS client_name, coalesce(t.name, c.name) AS name,
    r.relation, a.permissions, a.features_off || p.features_off AS off, c.status
  FROM portal_access a JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  JOIN practice_profile p ON p.practice_id = a.practice_id
  LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
  LEFT JOIN client_contact r ON r.practice_id = a.practice_id AND r.client_id = a.client_id
    AND r.contact_id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.id = $1 AND {SEES}"""
OPEN = """SELECT id, reason, until FROM view_as
  WHERE session_id = $1 AND access_id = $2 AND ended_at IS NULL AND until > $3 ORDER BY until DESC LIMIT 1"""
BEGIN = """INSERT INTO view_as (id, session_id, login_id, access_id, reason, began_at, until)
  VALUES ($1, $2, $3, $4, $5, $6, $7)"""
END = """UPDATE view_as v SET ended_at = $2 FROM portal_access a
  WHERE v.id = ANY($1) AND v.ended_at IS NULL AND a.id = v.access_id
  RETURNING v.id, v.login_id, v.access_id, a.client_id"""


@dataclass(frozen=True)
class Viewed:
    """Whose portal can be viewed: the client's own, or a contact's with the relation."""

    access: UUID
    name: str
    relation: str


def may_view(actor: Actor) -> bool:
    """Administrators, and staff with full clinical access."""
    return actor.desk and actor.lens is None and (actor.administrator or actor.clinical)


async def viewable(actor: Actor, client_id: UUID) -> list[Viewed]:
    """Through whose eyes this staff member may view the client's portal; nobody's for who may not."""
    if not may_view(actor) or not await sees_client(actor, client_id):
        return []
    return [_viewed(row) for row in await fetch_all(PEOPLE, client_id)]


async def begin(actor: Actor, client_id: UUID, access_id: UUID, *, reason: str) -> UUID:
    """Begin to view as this person, for 30 minutes in this session; returns the access, which the addresses begin with.

    Raises Missing for a client or access that is not theirs to see, Forbidden for who may not, Invalid for no reason.
    """
    if not may_view(actor):
        raise Forbidden("may-not-view", "Administrators and staff with full clinical access view the portal so.")
    await client_for(actor, client_id)
    if access_id not in {one.access for one in await viewable(actor, client_id)}:
        missing("portal access")
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid(errors={"reason": [f"Say why, in at least {LEAST_REASON} letters."]})
    async with change(actor, "view_as.begin"):
        at, view_id = now(), new_id()
        await execute(BEGIN, view_id, actor.session_id, actor.login_id, access_id, reason.strip(), at, at + LASTS)
        parts = [Part([*await to_administrators(), ToDesk(actor.login_id)], {"client": client_id, "access": access_id})]
        await record(actor, VIEW_BEGUN, parts, subject_id=access_id)
        await enqueue(END_JOB, {"view": view_id}, after=LASTS)
    return access_id


async def switch(actor: Actor, access_id: UUID, other_id: UUID) -> UUID:
    """From one person's eyes to those of another who has this client's portal, for the reason that was given already;
    a view of its own in the log, with 30 minutes of its own. Raises as begin does, and Forbidden `view-over`."""
    row = await fetch_one(ACCESS, access_id)
    if row is None or not may_view(actor) or not await sees_client(actor, row["client_id"]):
        missing("portal access")
    view = await fetch_one(OPEN, actor.session_id, access_id, now())
    if view is None:
        raise Forbidden(OVER, OVER_WORDS)
    await leave(actor, access_id)
    return await begin(actor, row["client_id"], other_id, reason=view["reason"])


async def others(actor: Actor) -> list[Viewed]:
    """Through whose eyes the same client's portal may be viewed besides."""
    assert actor.lens is not None
    found = await fetch_all(PEOPLE, actor.lens.client_id)
    return [_viewed(row) for row in found if row["id"] != actor.lens.access_id]


async def leave(actor: Actor, access_id: UUID) -> UUID:
    """Leave the view in this session; returns the client. Leaving one that is over already is no fault, nor one of an
    access that was taken away meanwhile."""
    client_id = await client_of(access_id)
    sql = "SELECT id FROM view_as WHERE session_id = $1 AND access_id = $2 AND ended_at IS NULL"
    await _end(actor, [one["id"] for one in await fetch_all(sql, actor.session_id, access_id)])
    return client_id


async def client_of(access_id: UUID) -> UUID:
    """Whose portal this access opens. Raises Missing."""
    whose = "SELECT client_id FROM portal_access WHERE practice_id = portico_here() AND id = $1"
    row = await fetch_one(whose, access_id) or missing("portal access")
    return UUID(str(row["client_id"]))


async def end_due(view_id: UUID) -> timedelta | None:
    """The job at the end of a view; looks anew whether it is still open and due."""
    row = await fetch_one("SELECT until FROM view_as WHERE id = $1 AND ended_at IS NULL", view_id)
    if row is None:
        return None
    if row["until"] > now():
        left: timedelta = row["until"] - now()
        return left
    await _end(None, [view_id])
    return None


async def through_eyes(actor: Actor, access_id: UUID) -> Actor:
    """The staff member as the portal's doors see them while they view: on the portal's side, with this one access, and
    a lens, which every verb refuses. Their login stays, so that looks say who looked; the rights are read anew.

    Raises Missing for an access that is none, Forbidden `view-over` when no view of this session is open.
    """
    row = await fetch_one(ACCESS, access_id)
    if row is None or not may_view(actor) or not await sees_client(actor, row["client_id"]):
        missing("portal access")
    if await fetch_one(OPEN, actor.session_id, access_id, now()) is None:
        raise Forbidden(OVER, OVER_WORDS)
    access = _access(row)
    return replace(
        actor, side=Side.PORTAL, name=row["name"], roles=frozenset(), all_clients=False, clinical=False, billing=False,
        accesses=(access,), access=access, lens=access,
    )


async def note_view(actor: Actor, what: str) -> None:
    """Note that this page of the portal was looked at through the person's eyes, with the reason of the view."""
    assert actor.lens is not None
    row = await fetch_one(OPEN, actor.session_id, actor.lens.access_id, now())
    reason = row["reason"] if row else ""
    await note_look(actor, what, actor.lens.access_id, client_id=actor.lens.client_id, reason=reason)


async def until(actor: Actor) -> datetime | None:
    """When the open view ends."""
    assert actor.lens is not None
    row = await fetch_one(OPEN, actor.session_id, actor.lens.access_id, now())
    return row["until"] if row else None


async def _end(actor: Actor | None, view_ids: list[UUID]) -> None:
    async with change(actor, "view_as.leave"):
        for row in await fetch_all(END, view_ids, now()):
            rooms = [*await to_administrators(), ToDesk(row["login_id"])]
            ids: Mapping[str, Any] = {"client": row["client_id"], "access": row["access_id"]}
            await record(actor, VIEW_ENDED, [Part(rooms, ids)], subject_id=row["access_id"])


def _viewed(row: Row) -> Viewed:
    return Viewed(row["id"], row["name"], row["relation"])


def _access(row: Row) -> AccessOf:
    return AccessOf(
        access_id=row["id"], client_id=row["client_id"], client_name=row["client_name"], contact_id=row["contact_id"],
        relation=row["relation"] or "self", permissions=frozenset(row["permissions"]),
        features=frozenset(FEATURES.keys() - set(row["off"])), read_only=row["status"] == "discharged",
    )
