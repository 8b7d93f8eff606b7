"""Newcomers who asked are taken in: as a new client, or as somebody whom the practice knows already. What was told by
those who were not is erased after 30 days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from models.accounts.practices import portal_open, profile, today_here
from models.accounts.registries import FEATURES
from models.appointments.registering import BOOK, REMIND, VIEW
from models.appointments.requests import request_for, settle
from models.appointments.tables import Appointment, BookingRequest
from models.appointments.wishes import once_held
from models.clients import contacts, households, inviting
from models.clients.access import managed_client, sees_client
from models.clients.adding import NewClient, add
from models.clients.addresses import not_theirs
from models.clients.choices import RELATIONS
from models.clients.fields import phone as spelled_phone
from models.clients.invitation_settings import usual_asks
from models.clients.owning import known_to, owners
from models.clients.portal_people import person_for
from models.clients.tables import Client
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict
from models.core.ids import new_id
from models.core.practices import where_waiting

KEPT = timedelta(days=30)
BATCH = 200
GUARDIANS = ("parent", "guardian")
BORN_TOO = "name and birth date"

# Addresses and digits of a phone are compared as they are kept; of contacts the clients they belong to are meant.
ALIKE = f"""SELECT c.id, c.name, c.born_on, 'e-mail' AS why FROM client c
    WHERE c.merged_into IS NULL AND $1 <> '' AND c.email = $1
  UNION SELECT c.id, c.name, c.born_on, 'e-mail of a contact' FROM contact o
    JOIN client_contact cc ON cc.contact_id = o.id JOIN client c ON c.id = cc.client_id
    WHERE c.merged_into IS NULL AND $1 <> '' AND o.email = $1
  UNION SELECT c.id, c.name, c.born_on, 'phone' FROM client_phone p JOIN client c ON c.id = p.client_id
    WHERE c.merged_into IS NULL AND $2 <> '' AND p.number = $2
  UNION SELECT c.id, c.name, c.born_on, '{BORN_TOO}' FROM client c
    WHERE c.merged_into IS NULL AND $3::date IS NOT NULL AND c.born_on = $3
      AND lower(c.first_name) = lower($4) AND lower(c.last_name) = lower($5)
  UNION SELECT c.id, c.name, c.born_on, 'name' FROM client c
    JOIN unnest($6::text[], $7::text[]) AS comes (first, last)
      ON lower(c.first_name) = lower(comes.first) AND lower(c.last_name) = lower(comes.last)
    WHERE c.merged_into IS NULL
  ORDER BY 2, 1 LIMIT 40"""
MEMBER = """SELECT c.id FROM household_member m JOIN household_member o ON o.household_id = m.household_id
  JOIN client c ON c.id = o.client_id WHERE m.client_id = $1 AND c.id <> $1 AND c.merged_into IS NULL
  AND lower(c.first_name) = lower($2) AND lower(c.last_name) = lower($3) ORDER BY c.id LIMIT 1"""
ERASE = """UPDATE booking_request SET first_name = '', last_name = '', email = '', phone = '', other_first_name = '',
    other_last_name = '', other_born_on = NULL, relation = '', message = '', answers = '[]', reply = '',
    offer_hash = NULL, erased_at = $2
  WHERE practice_id = portico_here() AND id IN (SELECT id FROM booking_request
    WHERE client_id IS NULL AND erased_at IS NULL AND state IN ('declined', 'withdrawn', 'expired')
      AND decided_at < $1 ORDER BY decided_at LIMIT $3)"""


@dataclass(frozen=True)
class Alike:
    """Somebody who may be the same person; `why`: what is the same."""

    client_id: UUID
    name: str
    why: tuple[str, ...]


async def alike(actor: Actor, request: BookingRequest) -> list[Alike]:
    """Of clients whom this staff member may see."""
    if request.client_id is not None:
        return []
    rows = await fetch_all(ALIKE, request.email, _phone(request.phone), request.other_born_on, request.other_first_name,
                           request.other_last_name, *zip(*_comes(request), strict=True))
    found: dict[UUID, Alike] = {}
    for row in rows:
        if await sees_client(actor, row["id"]):
            known = found.get(row["id"])
            found[row["id"]] = Alike(row["id"], row["name"], (*(known.why if known else ()), row["why"]))
    return [replace(one, why=tuple(why for why in one.why if why != "name" or BORN_TOO not in one.why))
            for one in found.values()]


def _comes(request: BookingRequest) -> list[tuple[str, str]]:
    """First and last name of each who is to become a client."""
    asker, other = (request.first_name, request.last_name), (request.other_first_name, request.other_last_name)
    return {"self": [asker], "child": [other], "couple": [asker, other]}[request.for_whom]


async def take_in(
    actor: Actor, id: UUID, *, overlap_ok: bool = False, without_taken: bool = False, without_invitation: bool = False
) -> tuple[UUID, list[UUID]]:
    """As new clients: prospects, a child with the parent as contact, a couple as one household; whoever asked is
    invited to the portal. Returns the appointment and the clients. Raises as adding and inviting do, Conflict
    `decided`, `overlaps`, `no-newcomer`."""
    async with change(actor, "request.take_in"):
        request, row = await _to_take_in(actor, id)
        clients, asker = await _new(actor, request, row, without_taken)
        if not without_invitation:  # first: who is invited reads of the appointment in its own mail
            await _invite(actor, clients[0], asker, request.relation)
        return await _accept(actor, request, row, clients, overlap_ok), clients


async def take_as(actor: Actor, id: UUID, client_id: UUID, *, overlap_ok: bool = False) -> UUID:
    """As a client the practice knows already; nothing of their record changes. Of a couple the other one comes too: as
    the member of that household who is called so, else as a new client in it. Raises Missing, Forbidden, Conflict
    `decided`, `overlaps`."""
    client = await managed_client(actor, client_id)
    async with change(actor, "request.take_in"):
        request, row = await _to_take_in(actor, id)
        partner = [await _partner(actor, request, row, client)] if request.for_whom == "couple" else []
        return await _accept(actor, request, row, [client.id, *partner], overlap_ok)


async def erase_old() -> None:
    """In every practice that has some; outside any scope."""
    await where_waiting("old_requests", KEPT, lambda _: erase_here())


async def erase_here() -> bool:
    """One batch of the open practice's; True while there may be more. What stays is when something was asked for, and
    how it ended."""
    return await execute(ERASE, now() - KEPT, now(), BATCH) == BATCH


async def _to_take_in(actor: Actor, id: UUID) -> tuple[BookingRequest, Appointment]:
    request, row = await once_held(await request_for(actor, id))
    if request.client_id is not None:
        raise Conflict("no-newcomer", "This request is a client’s. Accept it.")
    return request, row


async def _accept(
    actor: Actor, request: BookingRequest, row: Appointment, clients: Sequence[UUID], overlap_ok: bool
) -> UUID:
    await BookingRequest.filter(id=request.id).update(client_id=clients[0])
    if len(clients) > row.capacity:  # a couple asked for what is otherwise for one: both come, and see each other
        await Appointment.filter(id=row.id).update(kind="couple", capacity=len(clients))
    return await settle(actor, request, row, clients, overlap_ok=overlap_ok)


async def _partner(actor: Actor, request: BookingRequest, row: Appointment, client: Client) -> UUID:
    """The one of the two who is not this client, by name."""
    first, last = request.other_first_name, request.other_last_name
    if (client.first_name.lower(), client.last_name.lower()) == (first.lower(), last.lower()):
        first, last = request.first_name, request.last_name
    there = await fetch_all(MEMBER, client.id, first, last)
    if there:
        return UUID(str(there[0]["id"]))
    (made,) = await add(actor, [NewClient(first, last)], practitioner=row.staff_id, status="prospect")
    await households.link(actor, client.id, made)
    return made


async def _invite(actor: Actor, client_id: UUID, asker: UUID, relation: str) -> None:
    """With what the practice usually asks for. A parent or guardian who asked for a time may see, book and be reminded
    of the child's; who else asked for a child is invited by staff, or not. Nothing while the portal is turned off, or
    for an address that is somebody else's."""
    person = await person_for(actor, client_id, asker)
    trusted = person.contact is None or relation in GUARDIANS
    if not (trusted and person.address and await portal_open()) or await not_theirs(person):
        return
    permissions = [] if person.contact is None else [one.key for one in (VIEW, BOOK, REMIND)]
    await inviting.send(actor, person, inviting.Wishes(list(FEATURES), permissions, await usual_asks()))


async def _new(
    actor: Actor, request: BookingRequest, row: Appointment, without_taken: bool
) -> tuple[list[UUID], UUID]:
    """The clients, and the one who asked: the first of them, or the child's contact."""
    first = NewClient(request.first_name, request.last_name, request.email)
    members = [first]
    if request.for_whom == "couple":
        members.append(NewClient(request.other_first_name, request.other_last_name))
    if request.for_whom == "child":
        kind = "adult" if await _grown(request.other_born_on) else "minor"
        members = [NewClient(request.other_first_name, request.other_last_name, "", request.other_born_on, kind)]
    ids = await add(actor, members, practitioner=row.staff_id, status="prospect", without_taken=without_taken)
    if request.for_whom == "child":
        return ids, await _with_contact(actor, request, ids[0])
    if request.phone:
        await _keep_phone(ids[0], request.phone)
    return ids, ids[0]


async def _with_contact(actor: Actor, request: BookingRequest, child: UUID) -> UUID:
    """Whose address became known since they asked is that person."""
    given = _contact(request)
    known = (await owners([request.email])).get(request.email)
    if known is not None and await known_to(actor, known):
        given = {"person": known.id, "kind": given["kind"], "relation": ""}
    return await contacts.add(actor, child, given)


async def _grown(born_on: date | None) -> bool:
    today = await today_here()
    if born_on is None:
        return False
    age = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return bool(age >= (await profile()).age_of_majority)


def _contact(request: BookingRequest) -> dict[str, Any]:
    kind = request.relation if request.relation in dict(RELATIONS) else "other"
    return {"first_name": request.first_name, "last_name": request.last_name, "email": request.email,
            "phone": _phone(request.phone), "kind": kind, "relation": ""}


def _phone(typed: str) -> str:
    try:
        return spelled_phone(typed) if re.search(r"\d", typed) else ""
    except ValueError:
        return ""


async def _keep_phone(client_id: UUID, typed: str) -> None:
    number = _phone(typed)
    if number:
        await execute("INSERT INTO client_phone (id, client_id, number, main) VALUES ($1, $2, $3, true)", new_id(),
                      client_id, number)
        await execute("UPDATE client SET phone = $2 WHERE id = $1", client_id, number)
