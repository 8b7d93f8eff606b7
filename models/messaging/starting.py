"""Starting a conversation: a client with an assigned practitioner, anyone on the staff with any client."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.clients import people
from models.clients.tables import Client
from models.core.actor import AccessOf, Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.events import Part
from models.core.ids import new_id
from models.messaging.asks import ONE_CLIENT
from models.messaging.events import CHANGED, STARTED
from models.messaging.practices import messaging_off, messaging_settings
from models.messaging.seating import FRONT_DESK, Place, alone_with, may_write_about, people_key, places_of, seat
from models.messaging.seats import rooms, seats_of, viewer_of

OPEN = """INSERT INTO conversation (id, client_id, subject, people_key, last_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $5)
  ON CONFLICT (practice_id, people_key) WHERE people_key <> '' DO NOTHING"""


async def start(actor: Actor, ids: Sequence[UUID], *, client: UUID | None = None, subject: str = "") -> UUID:
    """Start a conversation, or without a subject reopen the one of exactly these people about this client.

    A portal person names staff it may write to. Raises Missing, Invalid, Conflict `choose-client`,
    `nobody-assigned`, `not-reachable`, Forbidden `messaging-off`, `access-needed`.
    """
    async with change(actor, "conversation.start"):
        find = _from_portal if actor.portal else _from_desk
        about, places = await find(actor, ids, client)
        if len(set(places)) < 2:
            raise Invalid(errors={"people": ["Choose somebody besides yourself."]})
        return await _open(actor, places, client_id=about, subject=subject.strip())


async def writable_staff(access: AccessOf) -> list[people.Staff]:
    """Whom this access may start a conversation with: the practitioners assigned to the client."""
    return await people.assigned_to(access.client_id)


async def _from_portal(actor: Actor, ids: Sequence[UUID], client: UUID | None) -> tuple[UUID | None, list[Place]]:
    access = (actor if actor.access and client is None else actor.acting_for(client)).access
    if access is None:
        missing("client")
    access.may_change()
    if not access.messaging:
        raise await messaging_off()
    allowed = {one.id: Place(staff_id=one.id) for one in await writable_staff(access)}
    if (await messaging_settings()).clients_write_front_desk:
        allowed[actor.practice_id] = FRONT_DESK
    if not allowed:
        raise Conflict("nobody-assigned", f"Nobody is assigned to you yet. {await reach_by_phone()}")
    places = [allowed.get(one) or missing("person") for one in ids]
    return access.client_id, [Place(access_id=access.access_id), *places]


async def _from_desk(actor: Actor, ids: Sequence[UUID], client: UUID | None) -> tuple[UUID | None, list[Place]]:
    if actor.staff_id is None:
        raise Forbidden()
    about = client or await _only_client(ids)
    if about is not None:
        if not await Client.exists(id=about, merged_into=None):
            missing("client")
        await may_write_about(actor, about)
    places = await places_of(ids, client_id=about, practice_id=actor.practice_id)
    return about, [Place(staff_id=actor.staff_id), *places]


async def _only_client(ids: Sequence[UUID]) -> UUID | None:
    clients = [one.id for one in await Client.filter(id__in=list(ids))]
    if len(clients) > 1:
        raise Invalid(errors={"people": [ONE_CLIENT]})
    return clients[0] if clients else None


async def _open(actor: Actor, places: Sequence[Place], *, client_id: UUID | None, subject: str) -> UUID:
    at, key = now(), "" if subject else people_key(client_id, places)
    if key:
        await alone_with(key)
    conversation_id = new_id()
    if not await execute(OPEN, conversation_id, client_id, subject, key, at):
        return await _reopen(actor, key)
    for place in dict.fromkeys(places):
        await seat(conversation_id, place, after=0, at=at)
    ids = {"conversation": conversation_id, "client": client_id}
    await record(actor, STARTED, [Part(rooms(await seats_of(conversation_id)), ids)], subject_id=conversation_id)
    return conversation_id


async def _reopen(actor: Actor, key: str) -> UUID:
    row = await fetch_one("SELECT id, client_id FROM conversation WHERE people_key = $1", key)
    if row is None:
        raise Conflict()
    conversation_id: UUID = row["id"]
    viewer = viewer_of(actor)
    mine = [one for one in await seats_of(conversation_id) if viewer.holds(one) and one.archived_at]
    if mine:
        await execute("UPDATE seat SET archived_at = NULL WHERE id = ANY($1)", [one.id for one in mine])
        ids = {"conversation": conversation_id, "client": row["client_id"]}
        await record(actor, CHANGED, [Part(rooms(mine), ids)], subject_id=conversation_id)
    return conversation_id
