"""Doors of the Details tab: the sections of a record, Start Setup, own consent. For staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.accounts.reach import spelled
from models.clients import majority, own_consent, setup
from models.clients.access import client_for, managed_client, sees_client
from models.clients.choices import LANGUAGES, RELATIONS
from models.clients.contact_asks import SetOwnConsent
from models.clients.contacts import Linked, contacts_of
from models.clients.fields import FieldOf
from models.clients.owning import known_to
from models.clients.reaching import PHONE
from models.clients.registries import ProfileTab
from models.clients.sections import SECTIONS, Section, seen
from models.core.actor import Actor
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page
from server.record import drawn, posted_part

HERE = "/staff/clients/<uuid:id>/details"
SETUP = "/staff/clients/<uuid:id>/setup"
PAGE_TWO = f"{SETUP}/portal"


async def _all_staff(actor: Actor, client_id: UUID) -> bool:
    return True


TAB = ProfileTab("details", "Details", "/details", _all_staff)


@get(HERE, allow=STAFF)
async def details(actor: Actor, id: UUID, request: Request) -> Page:
    """Clients > [name] > Details: every section of the record, and the contacts."""
    client = await client_for(actor, id)
    contacts = await contacts_of(id)
    found = {key: await seen(actor, section, id) for key, section in SECTIONS.items()}
    posted, form = await posted_part(request, f"/staff/clients/{id}/")
    sections = {
        key: _drawn(actor, id, section, found[key], contacts, typed=form if posted == f"details/{key}" else {})
        for key, section in SECTIONS.items()
    }
    told = {"sections": found, "contacts": [asdict(one) for one in contacts], "set_up": client.set_up_at is not None}
    return await profile_page(
        actor, id, "details", "clients/details.html", json=told, sections=sections, contacts=contacts,
        set_up=client.set_up_at is not None, manages=await sees_client(actor, id, "manages"),
        consent=await _consent(actor, id), relations=RELATIONS, languages=dict(LANGUAGES), key=uuid4(), posted=posted,
        coming=await majority.coming(id),
    )


async def _consent(actor: Actor, id: UUID) -> dict[str, Any]:
    client = await client_for(actor, id)
    return {"minor": await own_consent.is_minor(client), "on": client.own_consent_at is not None,
            "since": client.own_consent_at, "may_set": await own_consent.may_set(actor, id)}


def _drawn(
    actor: Actor, id: UUID, section: Section, values: Mapping[str, Any], contacts: list[Linked], *,
    typed: Mapping[str, Any],
) -> dict[str, Any]:
    action = f"/staff/clients/{id}/details/{section.key}"
    return drawn(actor, id, section, values, action=action, typed=typed, contacts=contacts)


def _saving(section: Section) -> Callable[..., Awaitable[Done]]:
    async def save_section(actor: Actor, id: UUID, body: Any) -> Done:
        await section.save(actor, id, body.model_dump(exclude_unset=True))
        return Done(see=f"/staff/clients/{id}/details")

    save_section.__doc__ = f"Keep what is given of the section {section.title}."
    save_section.__name__ = f"save_{section.key}"
    return save_section


for _one in SECTIONS.values():
    post(f"{HERE}/{_one.key}", allow=STAFF, body=_one.payload, again=details)(_saving(_one))


@post(f"{HERE}/own-consent", allow=STAFF, body=SetOwnConsent)
async def set_own_consent(actor: Actor, id: UUID, body: SetOwnConsent) -> Done:
    """Hide a minor's record from all contacts, or show it again."""
    await own_consent.set_own_consent(actor, id, body.own_consent)
    return Done(see=f"/staff/clients/{id}/details")


@get(SETUP, allow=STAFF)
async def setup_page(actor: Actor, id: UUID, request: Request) -> Page:
    """Start Setup, page one: confirm what is known of the client."""
    await managed_client(actor, id)
    values = await setup.first_page(id)
    form = await request.form if request.method == "POST" else {}
    fields = [{"field": one, "name": one.name, "value": form.get(one.name, values.get(one.name, ""))}
              for one in setup.FIELDS]
    phones = [_phone_field(one, values, form) for one in setup.PHONE_FIELDS]
    phone_id = values.get("phone_1_id", "")
    taken = await setup.taken_by(id, spelled(form.get("email", "")))
    return await profile_page(actor, id, "details", "clients/setup.html", json={"values": values}, fields=fields,
                              phones=phones, phone_id=phone_id, key=None, relations=RELATIONS,
                              owner=taken if taken and await known_to(actor, taken) else None)


def _phone_field(one: FieldOf, values: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    name = PHONE.name(1, one.name)
    return {"field": one, "name": name, "value": form.get(name, values.get(name, ""))}


@post(SETUP, allow=STAFF, body=setup.Confirmation, again=setup_page)
async def confirm_setup(actor: Actor, id: UUID, body: Any) -> Done:
    """Keep page one; then page two, which grants portal access, or the end."""
    client = await managed_client(actor, id)
    await setup.confirm(actor, client, body.model_dump(exclude_unset=True))
    return Done(see=f"/staff/clients/{id}/setup/portal")
