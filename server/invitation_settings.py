"""Doors of Account Settings > Invitations: what is usually asked, reminders, who hears that somebody has finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from quart import Request

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
    return _page(usual, found.reminders, found.tells_front_desk, await usual_choices())


async def invitations_again(actor: Actor, request: Request) -> Page:
    """The same as it was sent."""
    form = await request.form
    chosen = documents_in(tuple(form.getlist("documents")), tuple(form.getlist("requests")))
    usual = asks_in(tuple(form.getlist("asks")))
    return _page(usual, "reminders" in form, "tells_front_desk" in form, await usual_choices(chosen))


def _page(usual: Mapping[str, str], reminders: bool, tells_front_desk: bool, papers: list[dict[str, Any]]) -> Page:
    asks = [{"key": key, "title": step.title, "wish": usual.get(key, "")} for key, step in ONBOARDING_STEPS.items()]
    shown = {"asks": asks, "reminders": reminders, "tells_front_desk": tells_front_desk, "papers": papers}
    return Page("clients/settings_invitations.html", json=shown, settings=shown, current="settings", key=uuid4())


@post(HERE, allow=ADMINISTRATOR, body=SetInvitations, again=invitations_again)
async def set_invitations(actor: Actor, body: SetInvitations) -> Done:
    chosen = {"reminders": body.reminders, "tells_front_desk": body.tells_front_desk}
    papers = await known_papers(documents_in(body.documents, body.requests))
    await invitation_settings.configure(actor, asks=asks_in(body.asks), documents=papers, **chosen)
    return Done(see=HERE)
