"""Doors of Communication Preferences: which mail, and the hours in which it waits."""

from __future__ import annotations

from dataclasses import asdict

from models.accounts import preferences, quiet_hours
from models.accounts.asks import SetPreferences, SetQuietHours, Switch
from models.accounts.time_zones import zone_groups
from models.clients.choices import LANGUAGES
from models.clients.contact_asks import SetLanguage
from models.clients.own_language import own_language, set_own_language
from models.core.actor import Actor
from models.core.settings import settings
from server.door import PORTAL, STAFF, Done, Page, get, post


@get("/preferences", allow=PORTAL)
@get("/staff/preferences", allow=STAFF)
async def preferences_page(actor: Actor) -> Page:
    """Communication Preferences."""
    found, language = await preferences.preferences(actor), await own_language(actor)
    return Page("accounts/preferences.html", json={**asdict(found), "language": language}, preferences=found,
                email=found.email, delay=settings().unread_email_delay, choices=preferences.mail_choices(actor),
                groups=zone_groups(), language=language, languages=LANGUAGES, key=None)


@post("/preferences", allow=PORTAL, body=SetPreferences)
@post("/staff/preferences", allow=STAFF, body=SetPreferences)
async def set_preferences(actor: Actor, body: SetPreferences) -> Done:
    await preferences.set_email_unread(actor, body.email_unread)
    return Done({"email_unread": body.email_unread}, see=_page(actor))


@post("/preferences/mails/<kind>", allow=PORTAL, body=Switch)
@post("/staff/preferences/mails/<kind>", allow=STAFF, body=Switch)
async def set_kind(actor: Actor, kind: str, body: Switch) -> Done:
    """One kind of mail on or off."""
    await preferences.set_kind(actor, kind, body.on)
    return Done({"on": body.on}, see=_page(actor))


@post("/preferences/quiet-hours", allow=PORTAL, body=SetQuietHours, again=preferences_page)
@post("/staff/preferences/quiet-hours", allow=STAFF, body=SetQuietHours, again=preferences_page)
async def set_quiet_hours(actor: Actor, body: SetQuietHours) -> Done:
    """From when to when mail that can be switched off waits; both empty: never."""
    await quiet_hours.set_quiet_hours(actor, body.start, body.until, body.zone)
    return Done(see=_page(actor))


@post("/preferences/language", allow=PORTAL, body=SetLanguage, again=preferences_page)
async def set_language(actor: Actor, body: SetLanguage) -> Done:
    """The language that this person would like to be spoken and written to in; staff read it."""
    await set_own_language(actor, body.language)
    return Done({"language": body.language}, see=_page(actor))


def _page(actor: Actor) -> str:
    return "/staff/preferences" if actor.desk else "/preferences"
