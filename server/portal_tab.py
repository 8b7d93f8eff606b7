"""Doors of Clients > [name] > Portal: who may sign in, the invitation, and what each person may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quart import Request

from models.accounts.practices import profile
from models.clients import addresses, admitting, allowing, inviting
from models.clients.choices import RELATIONS
from models.clients.papers import typed_choices
from models.clients.portal_asks import (
    CorrectAddress,
    Restore,
    SendInvitation,
    SetDays,
    SetFeatures,
    SetPermissions,
    asks_in,
    documents_in,
)
from models.clients.portal_people import person_for
from models.clients.portal_tab import Card, PortalTab, portal_tab
from models.clients.registries import PORTAL_SECTIONS
from models.core.actor import Actor
from models.core.errors import missing
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page
from server.requests import host_of, scheme_of

TAB = "/staff/clients/<uuid:id>/portal"
PERSON = f"{TAB}/<uuid:person>"


@get(TAB, allow=STAFF)
async def portal_page(actor: Actor, id: UUID) -> Page:
    """A card for each person: the client and each contact."""
    return await _tab(actor, id)


async def portal_again(actor: Actor, id: UUID, person: UUID) -> Page:
    """The tab once more, with what was refused at that person's card."""
    return await _tab(actor, id, wrong_at=person)


async def adding_again(actor: Actor, id: UUID) -> Page:
    """The tab once more, with its dialog that adds a contact open and what was refused in it."""
    return await _tab(actor, id, adding=True)


async def _tab(actor: Actor, id: UUID, *, wrong_at: UUID | None = None, adding: bool = False) -> Page:
    found = await _found(actor, id)
    return await profile_page(
        actor, id, "portal", "clients/portal.html", json=_plain(found), found=found, wrong_at=wrong_at, adding=adding,
        key=uuid4(), relations=RELATIONS, sections=await _sections(actor, id),
    )


async def _sections(actor: Actor, id: UUID) -> list[dict[str, Any]]:
    """What other areas show below the people."""
    found = [(one, await one.found(actor, id)) for one in PORTAL_SECTIONS]
    return [{"key": one.key, "template": one.template, "on": one.on, "section": said}
            for one, said in found if said is not None]


@post(f"{PERSON}/on", allow=STAFF)
async def turn_on(actor: Actor, id: UUID, person: UUID) -> Done:
    """Access may be had now; nothing is sent."""
    await admitting.turn_on(actor, await person_for(actor, id, person))
    return _done(id)


@post(f"{PERSON}/off", allow=STAFF)
async def turn_off(actor: Actor, id: UUID, person: UUID) -> Done:
    """Take back what nobody was invited to."""
    await admitting.turn_off(actor, await person_for(actor, id, person))
    return _done(id)


@get(f"{PERSON}/invitation", allow=STAFF)
async def invitation_form(actor: Actor, id: UUID, person: UUID, request: Request) -> Page:
    """What the person gets, what is asked of them, and a word to them: the dialog as a page."""
    return await _form(actor, id, person, request, "portal", "clients/portal_invitation.html")


async def setup_form(actor: Actor, id: UUID, request: Request) -> Page:
    """The same for the client, as the second page of Start Setup."""
    return await _form(actor, id, id, request, "details", "clients/setup_portal.html")


async def _form(actor: Actor, id: UUID, person: UUID, request: Request, tab: str, template: str) -> Page:
    found = await person_for(actor, id, person)
    card = next((one for one in (await _found(actor, id)).cards if one.id == person), None) or missing("person")
    if request.method == "POST":
        form = await request.form
        chosen = documents_in(tuple(filter(None, form.getlist("documents"))), tuple(form.getlist("requests")))
        card = replace(card, papers=tuple(await typed_choices(found, chosen)))
    return await profile_page(actor, id, tab, template, json={"person": _card(card)}, card=card, key=uuid4())


@post(f"{PERSON}/invitation", allow=STAFF, body=SendInvitation, key="invitation.send", again=invitation_form)
async def send_invitation(actor: Actor, id: UUID, person: UUID, body: SendInvitation) -> Done:
    """Send invitation."""
    await invite(actor, id, person, body)
    return _done(id)


async def invite(actor: Actor, id: UUID, person: UUID, body: SendInvitation) -> None:
    """The form of an invitation, taken; an address that was missing is kept first."""
    if body.email:
        await addresses.correct_address(actor, await person_for(actor, id, person), body.email)
    papers = None if body.documents is None else documents_in(body.documents, body.requests)
    wishes = inviting.Wishes(body.features, body.permissions, asks_in(body.asks), body.message, papers)
    await inviting.send(actor, await person_for(actor, id, person), wishes)


@post(f"{PERSON}/redeliver", allow=STAFF, key="invitation.redeliver", again=portal_again)
async def redeliver(actor: Actor, id: UUID, person: UUID) -> Done:
    """Redeliver invitation: a new link; older ones end."""
    await inviting.redeliver(actor, await person_for(actor, id, person))
    return _done(id)


@post(f"{PERSON}/link", allow=STAFF)
async def copy_link(actor: Actor, id: UUID, person: UUID, request: Request) -> Done:
    """A link to hand over; its page mails a code to the address on file."""
    path = await inviting.copy_link(actor, await person_for(actor, id, person))
    return Done({"link": f"{scheme_of(request)}://{host_of(request)}{path}"})


@post(f"{PERSON}/revoke", allow=STAFF, again=portal_again)
async def revoke(actor: Actor, id: UUID, person: UUID) -> Done:
    """Revoke access: the person is signed out, what they sent stays."""
    await admitting.revoke(actor, await person_for(actor, id, person))
    return _done(id)


@post(f"{PERSON}/restore", allow=STAFF, body=Restore, again=portal_again)
async def restore(actor: Actor, id: UUID, person: UUID, body: Restore) -> Done:
    await admitting.restore(actor, await person_for(actor, id, person), agreed=body.agreed)
    return _done(id)


@post(f"{PERSON}/address", allow=STAFF, body=CorrectAddress, again=portal_again)
async def correct_address(actor: Actor, id: UUID, person: UUID, body: CorrectAddress) -> Done:
    """The address of the record; the invitation goes there at once when that was asked."""
    await addresses.correct_address(actor, await person_for(actor, id, person), body.email)
    if body.send:
        await inviting.redeliver(actor, await person_for(actor, id, person))
    return _done(id)


@post(f"{PERSON}/features", allow=STAFF, body=SetFeatures)
async def set_features(actor: Actor, id: UUID, person: UUID, body: SetFeatures) -> Done:
    """All switches of a person as they stand; never on beyond the practice's own."""
    await allowing.set_features(actor, await person_for(actor, id, person), body.features)
    return _done(id)


@post(f"{PERSON}/permissions", allow=STAFF, body=SetPermissions)
async def set_permissions(actor: Actor, id: UUID, person: UUID, body: SetPermissions) -> Done:
    """All permissions of a contact as they stand."""
    await allowing.set_permissions(actor, await person_for(actor, id, person), body.permissions)
    return _done(id)


@post(f"{PERSON}/days", allow=STAFF, body=SetDays, again=portal_again)
async def set_days(actor: Actor, id: UUID, person: UUID, body: SetDays) -> Done:
    """The first and the last day of a contact's access."""
    chosen = {"starts_on": body.starts_on, "ends_on": body.ends_on}
    await allowing.set_days(actor, await person_for(actor, id, person), **chosen)
    return _done(id)


async def _found(actor: Actor, id: UUID) -> PortalTab:
    """Moments as the practice's clock has them; pages rewrite them in the reader's zone."""
    found, zone = await portal_tab(actor, id), ZoneInfo((await profile()).time_zone)
    cards = tuple(replace(one, at=one.at.astimezone(zone) if one.at else None) for one in found.cards)
    return replace(found, cards=cards)


def _plain(found: PortalTab) -> Mapping[str, Any]:
    return {"people": [_card(one) for one in found.cards], "manages": found.manages}


def _card(card: Card) -> dict[str, Any]:
    return {**asdict(card), "on": card.on}


def _done(id: UUID) -> Done:
    return Done(see=f"/staff/clients/{id}/portal")
