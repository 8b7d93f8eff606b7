"""Doors of the messaging settings: for administrators, they hold for everybody in the practice."""

from __future__ import annotations

from uuid import uuid4

from models.accounts.practices import profile
from models.core.actor import Actor
from models.messaging import hours, practices
from models.messaging.asks import SetBanner, SetHours, Switches
from server.absence import openings, week
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/messaging"


@get(HERE, allow=ADMINISTRATOR)
async def messaging_settings(actor: Actor) -> Page:
    """What messaging does in this practice."""
    chosen, found = await practices.messaging_settings(), await hours.practice_hours(actor)
    shown = {
        "show_online": chosen.clients_see_online,
        "show_typing": chosen.clients_see_typing,
        "show_read": chosen.clients_see_read,
        "any_staff_any_client": not chosen.start_needs_access,
        "clients_may_start_front_desk": chosen.clients_write_front_desk,
        "crisis_text": (await profile()).crisis_text,
        "hours": week(found[0]),
        "away_reply": found[1],
    }
    return Page("accounts/settings_messaging.html", json=shown, settings=shown, current="settings", key=uuid4())


@post(f"{HERE}/switches", allow=ADMINISTRATOR, body=Switches)
async def set_switches(actor: Actor, body: Switches) -> Done:
    """All switches at once, as they stand."""
    await practices.configure(actor, {
        "clients_see_online": body.show_online,
        "clients_see_typing": body.show_typing,
        "clients_see_read": body.show_read,
        "start_needs_access": not body.any_staff_any_client,
        "clients_write_front_desk": body.clients_may_start_front_desk,
    })
    return Done(see=HERE)


@post(f"{HERE}/banner", allow=ADMINISTRATOR, body=SetBanner, again=messaging_settings)
async def set_banner(actor: Actor, body: SetBanner) -> Done:
    """The text above a client's messages: not for emergencies, and whom to call."""
    await practices.set_banner(actor, body.crisis_text)
    return Done(see=HERE)


@post(f"{HERE}/hours", allow=ADMINISTRATOR, body=SetHours, again=messaging_settings)
async def set_practice_hours(actor: Actor, body: SetHours) -> Done:
    """Office hours of everyone without hours of their own."""
    await hours.set_practice_hours(actor, openings(body), text=body.away_reply)
    return Done(see=HERE)
