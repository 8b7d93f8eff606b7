"""Doors of Account Settings > Invitations: what is usually asked, reminders, who hears that somebody has finished."""

from __future__ import annotations

from uuid import uuid4

from models.clients import invitation_settings
from models.clients.papers import known_papers, usual_choices
from models.clients.portal_asks import SetInvitations, asks_in, documents_in
from models.clients.registries import ONBOARDING_STEPS
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/invitations"


@get(HERE, allow=ADMINISTRATOR)
async def invitations_page(actor: Actor) -> Page:
    """What new invitations ask for, and what follows them."""
    found, usual = await invitation_settings.invitation_settings(), await invitation_settings.usual_asks()
    asks = [{"key": key, "title": step.title, "wish": usual.get(key, "")} for key, step in ONBOARDING_STEPS.items()]
    shown = {"asks": asks, "reminders": found.reminders, "tells_front_desk": found.tells_front_desk,
             "papers": await usual_choices()}
    return Page("clients/settings_invitations.html", json=shown, settings=shown, current="settings", key=uuid4())


@post(HERE, allow=ADMINISTRATOR, body=SetInvitations, again=invitations_page)
async def set_invitations(actor: Actor, body: SetInvitations) -> Done:
    chosen = {"reminders": body.reminders, "tells_front_desk": body.tells_front_desk}
    papers = await known_papers(documents_in(body.documents, body.requests))
    await invitation_settings.configure(actor, asks=asks_in(body.asks), documents=papers, **chosen)
    return Done(see=HERE)
