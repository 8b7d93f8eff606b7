"""Invite to portal, for several clients of the list at once: who can be invited, who not and why, then all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.accounts.registries import FEATURES
from models.clients import inviting
from models.clients.access import reaches
from models.clients.addresses import not_theirs
from models.clients.invitation_settings import usual_asks
from models.clients.inviting import Wishes
from models.clients.portal_people import PortalPerson, person_for
from models.core.actor import Actor
from models.core.change import change
from models.core.errors import Conflict, Forbidden, Missing

MOST = 100


@dataclass(frozen=True)
class Invitee:
    """A client who was chosen. `why_not`: the reason for which no invitation goes to them; empty when one does."""

    id: UUID
    name: str
    address: str
    why_not: str


async def chosen(actor: Actor, ids: Sequence[UUID]) -> list[Invitee]:
    """Those of these clients whose record the actor may change, by name; all others are left out in silence."""
    _refuse_who_manages_nobody(actor)
    found = [await _invitee(person) for person in await _people(actor, ids)]
    return sorted(found, key=lambda one: one.name)


async def invite_many(actor: Actor, ids: Sequence[UUID], *, message: str = "") -> int:
    """Invite those who can be: with every feature that the practice has, asked for what it usually asks. All of them or
    none; returns how many. Raises Conflict when nobody can."""
    _refuse_who_manages_nobody(actor)
    people = [one for one in await _people(actor, ids) if not (await _invitee(one)).why_not]
    if not people:
        raise Conflict("nobody-to-invite", "None of them can be invited. The list says why.")
    wishes = Wishes(list(FEATURES), [], await usual_asks(), message)
    async with change(actor, "invitation.send_many"):
        for person in people:
            await inviting.send(actor, person, wishes)
    return len(people)


def _refuse_who_manages_nobody(actor: Actor) -> None:
    if not reaches(actor, "manages"):
        raise Forbidden("not-managed", "Inviting needs the right to change records. Ask an administrator.")


async def _people(actor: Actor, ids: Sequence[UUID]) -> list[PortalPerson]:
    """In the order of their ids, as every verb that holds several rows takes them."""
    found = []
    for one in sorted(set(ids))[:MOST]:
        try:
            found.append(await person_for(actor, one, one))
        except (Missing, Forbidden):
            continue
    return found


async def _invitee(person: PortalPerson) -> Invitee:
    why_not = _why_not(person) or await not_theirs(person)
    return Invitee(person.client.id, person.name, person.address, why_not)


def _why_not(person: PortalPerson) -> str:
    access = person.access
    if access is not None and access.revoked_at is not None:
        return "The access was revoked: restore it on the Portal tab"
    if access is not None and access.accepted_at is not None:
        return "Has access already"
    if person.client.status == "discharged":
        return "Discharged"
    return "" if person.address else "No e-mail address"
