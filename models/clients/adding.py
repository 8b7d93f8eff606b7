"""Adding clients: one, or the members of a couple or family, each with a record and later a login of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.accounts.practices import today_here
from models.accounts.reach import spelled
from models.clients import contacts
from models.clients.access import reaches, sees_client
from models.clients.assigning import assignable, open_assignment
from models.clients.events import ADDED, who_sees
from models.clients.owning import Owner, known_to, link_owner, owners
from models.clients.tables import Client
from models.core.actor import Actor, Role
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.events import Part
from models.core.ids import new_id

MEMBERS = "INSERT INTO household_member (household_id, client_id) SELECT $1, unnest($2::uuid[])"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
OLDEST = date(1890, 1, 1)
TAKEN = "This address is already another client’s own. Add that person as a contact instead, or leave it out."
OF_CONTACT = "This is the address of a contact here. Add that person as a contact, or say that it is the minor’s own."
ASK_WHO = "Choose a practitioner you supervise. Otherwise you would not see this client."


@dataclass(frozen=True)
class NewClient:
    """What is known of somebody on the first day."""

    first_name: str
    last_name: str
    email: str = ""
    born_on: date | None = None
    kind: str = "adult"


async def add(
    actor: Actor, members: Sequence[NewClient], *, practitioner: UUID | None = None, status: str = "active",
    without_taken: bool = False, owner_as: str = "", own_anyway: bool = False,
) -> list[UUID]:
    """New clients, linked when there are several; returns their ids. A practitioner who adds is assigned as well.

    Raises Forbidden for who manages no clients, Invalid by field and member, Conflict `email-taken` for an address that
    is another client's own, or a minor's that is a contact's: `without_taken` leaves it out, `owner_as` makes its owner
    a contact with that relation, `own_anyway` says that the minor's is their own as well.
    """
    if not reaches(actor, "manages"):
        raise Forbidden("not-managed", "You may look at records, not add any. Ask an administrator.")
    async with change(actor, "client.add"):
        checked = await _checked([_spelled(one) for one in members], await today_here())
        theirs = await _not_own(checked, own_anyway)
        if theirs and not (without_taken or owner_as):
            raise await _email_taken(actor, theirs)
        ids = [await _create(replace(one, email="") if number in theirs else one, status)
               for number, one in enumerate(checked)]
        if len(ids) > 1:
            await _link(ids)
        for client_id in ids:
            await record(actor, ADDED, [Part(who_sees(client_id), {"client": client_id})], subject_id=client_id)
            await _assign_first(actor, client_id, practitioner)
        for number, owner in theirs.items() if owner_as else ():
            await link_owner(actor, ids[number], owner, owner_as)
        return ids


def _spelled(one: NewClient) -> NewClient:
    first, last = (" ".join(name.split()) for name in (one.first_name, one.last_name))
    return replace(one, first_name=first, last_name=last, email=spelled(one.email))


async def _checked(members: Sequence[NewClient], today: date) -> Sequence[NewClient]:
    errors: dict[str, list[str]] = {}
    for number, one in enumerate(members):
        for field, sentence in _wrong(one, today).items():
            errors[f"{field}.{number}"] = [sentence]
        if one.email and one.email in [other.email for other in members[:number]]:
            errors[f"email.{number}"] = ["Two members cannot have the same address of their own. Leave one out."]
    if errors:
        raise Invalid(errors=errors)
    return members


def _wrong(one: NewClient, today: date) -> dict[str, str]:
    found = {}
    if not one.first_name:
        found["first_name"] = "Fill in the first name."
    if not one.last_name:
        found["last_name"] = "Fill in the last name."
    if one.email and not ADDRESS.fullmatch(one.email):
        found["email"] = "This is not an e-mail address. Correct it, or leave it empty."
    if one.born_on and not OLDEST <= one.born_on <= today:
        found["born_on"] = "This day cannot be a birth date."
    if one.kind == "minor" and one.born_on is None:
        found["born_on"] = "Fill in the birth date: access of parents ends when a minor comes of age."
    return found


async def _not_own(members: Sequence[NewClient], own_anyway: bool) -> dict[int, Owner]:
    """The members whose address is somebody else's, by their number."""
    await contacts.alone_with([one.email for one in members])
    known = await owners([one.email for one in members])
    found = {number: known[one.email] for number, one in enumerate(members) if one.email in known}
    return {number: owner for number, owner in found.items()
            if owner.kind == "client" or (members[number].kind == "minor" and not own_anyway)}


async def _email_taken(actor: Actor, theirs: Mapping[int, Owner]) -> Conflict:
    """Says whose it is only to who may know them: `taken` holds their ids."""
    said = {number: TAKEN if owner.kind == "client" else OF_CONTACT for number, owner in theirs.items()}
    errors = {f"email.{number}": [words] for number, words in said.items()}
    seen = [str(owner.id) for owner in theirs.values() if await known_to(actor, owner)]
    first = next(iter(said.values()))
    return Conflict("email-taken", first, errors={**errors, **({"taken": seen} if seen else {})})


async def _create(one: NewClient, status: str) -> UUID:
    name = f"{one.first_name} {one.last_name}"
    try:
        made = await Client.create(
            name=name, first_name=one.first_name, last_name=one.last_name, email=one.email, born_on=one.born_on,
            kind=one.kind, status=status,
        )
    except IntegrityError:  # somebody else took the address a moment ago
        raise Conflict("email-taken", TAKEN) from None
    return made.id


async def _link(ids: Sequence[UUID]) -> None:
    household = new_id()
    await execute("INSERT INTO household (id) VALUES ($1)", household)
    await execute(MEMBERS, household, ids)


async def _assign_first(actor: Actor, client_id: UUID, practitioner: UUID | None) -> None:
    """Whom the form names, and who adds when they would not see the client otherwise."""
    if practitioner is not None:
        await open_assignment(actor, client_id, await assignable(practitioner))
    if await sees_client(actor, client_id):
        return
    if actor.staff_id is None or Role.PRACTITIONER not in actor.roles:
        raise Invalid(errors={"practitioner": [ASK_WHO]})
    await open_assignment(actor, client_id, await assignable(actor.staff_id))
