"""The sections of a client's record: one description for staff, the client, contacts who may manage it, and onboarding.

`values` are flat, named as in forms (`phone_1_number`); what is not given stays as it is. What a contact may see and
change ends at models/clients/walls.py: read for a person with `seen`, never with a section's own `read`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.clients import addresses, email_asking, naming, particulars, reaching
from models.clients.access import client_for, managed_client
from models.clients.detail_events import DETAILS_CHANGED
from models.clients.fields import FieldOf, Fields, payload_of
from models.clients.own_consent import logins_of_contacts
from models.clients.registries import ContactPermission
from models.core.actor import AccessOf, Actor
from models.core.change import change, record
from models.core.database import fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid
from models.core.events import Part, ToAccess, ToStaffAllClients, ToStaffOf
from models.core.payload import Payload

INFORMATION = ContactPermission("information", "Manage information", "Keeps address, phones and insurance up to date")

# What only staff set: from whom an address is hidden, and that a contact is the emergency contact.
STAFF_ONLY = ("_hidden", "emergency_contact")


class Reads(Protocol):
    """All values of the section; with `by` those which this contact may see."""

    def __call__(self, client_id: UUID, by: UUID | None = None) -> Awaitable[dict[str, Any]]: ...


Write = Callable[[UUID, Mapping[str, Any], UUID | None], Awaitable[None]]


@dataclass(frozen=True)
class Section:
    """`read(client_id)` gives all values; `save(actor, client_id, values)` checks the right, keeps what is given and
    tells everybody who sees another value than before. It raises Forbidden, Missing, Invalid with faults by field."""

    key: str
    title: str
    fields: Fields
    payload: type[Payload]
    read: Reads
    save: Callable[[Actor, UUID, Mapping[str, Any]], Awaitable[None]]


async def seen(actor: Actor, section: Section, client_id: UUID) -> dict[str, Any]:
    """What this person sees of the section: staff who see the client, the client, a contact with Manage information."""
    if actor.desk:
        await client_for(actor, client_id)
        return await section.read(client_id)
    access = await _may_manage(actor, client_id)
    return _public(await section.read(client_id, access.contact_id))


async def _may_manage(actor: Actor, client_id: UUID) -> AccessOf:
    access = actor.acting_for(client_id).access
    assert access is not None
    if access.contact_id is not None and INFORMATION.key not in access.permissions:
        said = f"You may not see or change {access.client_name}’s information. {await reach_by_phone()}"
        raise Forbidden("no-information", said)
    return access


def _public(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not name.endswith(STAFF_ONLY)}


async def _save(key: str, read: Reads, write: Write, actor: Actor, client_id: UUID, values: Mapping[str, Any]) -> None:
    by = await _writer(actor, client_id)
    given = values if actor.desk else _public(values)
    async with change(actor, "client.save_details"):
        before = await _as_seen(read, client_id)
        await _written(write, actor, client_id, given, by)
        if actor.desk and "email" in given:
            await addresses.end_former_links(actor, client_id, None, given["email"])
            await email_asking.follow_record(actor, client_id, None)
        after = await _as_seen(read, client_id)
        if after[None] == before[None]:
            return
        told = [ToAccess(access) for access, value in after.items() if access and value != before[access]]
        parts = [Part([ToStaffOf(client_id), ToStaffAllClients(), *told], {"client": client_id, "section": key})]
        # contacts' rights hang on the birth date
        logins = await logins_of_contacts(client_id) if "born_on" in given else []
        await record(actor, DETAILS_CHANGED, parts, subject_id=client_id, rights_of=logins)


async def _written(write: Write, actor: Actor, client_id: UUID, given: Mapping[str, Any], by: UUID | None) -> None:
    """In the portal nobody learns whose an address is, and nobody changes a birth date."""
    if actor.portal and "born_on" in given:
        await particulars.refuse_other_birth_date(client_id, given["born_on"])
    try:
        await write(client_id, given, by)
    except Invalid as refusal:
        if refusal.code == reaching.EMAIL_TAKEN and actor.portal:
            said = f"This address cannot be kept here. {await reach_by_phone()}"
            raise Invalid(errors={"email": [said]}) from None
        raise


async def _writer(actor: Actor, client_id: UUID) -> UUID | None:
    """On whose behalf it is written: the contact's id, None for the client and for staff who manage the record."""
    if actor.desk:
        await managed_client(actor, client_id)
        return None
    access = await _may_manage(actor, client_id)
    status = await fetch_one("SELECT status FROM client WHERE id = $1", client_id)
    if status is None or status["status"] == "discharged":
        raise Forbidden("read-only", f"This record can be read, not changed. {await reach_by_phone()}")
    return access.contact_id


READERS = """SELECT a.id, a.contact_id FROM portal_access a WHERE a.client_id = $1
  AND portico_open(a) AND (a.contact_id IS NULL OR $2 = ANY (a.permissions)) ORDER BY a.id"""


async def _as_seen(read: Reads, client_id: UUID) -> dict[UUID | None, dict[str, Any]]:
    """The section as each reader in the portal sees it, by access; None: as staff do."""
    whole = await read(client_id)
    found: dict[UUID | None, dict[str, Any]] = {None: whole}
    for row in await fetch_all(READERS, client_id, INFORMATION.key):
        values = whole if row["contact_id"] is None else await read(client_id, row["contact_id"])
        found[row["id"]] = _public(values)
    return found


def _section(key: str, title: str, fields: Fields, read: Reads, write: Write) -> Section:
    payload = payload_of(title.title().replace(" ", "").replace(",", ""), fields)
    return Section(key, title, fields, payload, read, partial(_save, key, read, write))


def _plain(key: str, title: str, fields: tuple[FieldOf, ...]) -> Section:
    names = tuple(one.name for one in fields)
    read, write = partial(particulars.read_plain, names), partial(particulars.write_plain, names)
    return _section(key, title, fields, read, write)


SECTIONS: dict[str, Section] = {
    one.key: one
    for one in (
        _section("names", "Names and pronouns", naming.FIELDS, naming.read, naming.write),
        _plain("demographics", "Demographics", particulars.DEMOGRAPHICS),
        _section("contact", "Address and phones", reaching.CONTACT, reaching.read_contact, reaching.write_contact),
        _section("emergency", "Emergency contact", particulars.EMERGENCY_FIELDS, particulars.read_emergency,
                 particulars.write_emergency),
        _section("insurance", "Insurance", reaching.INSURANCE, reaching.read_insurance, reaching.write_insurance),
        _plain("time_zone", "Time zone and language", particulars.TIME_ZONE),
        _plain("referral", "Referral", particulars.REFERRAL),
    )
}
