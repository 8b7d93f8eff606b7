"""Mails about a login's safety: a link to sign in, a new device, a reset, and what changed at the login itself. Nobody
can switch them off; nothing in them says where somebody was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts import known_devices, links, security, tickets
from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.change import enqueue
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail

LINK = "sign-in-link"
NEW_DEVICE = "new-device"
RESET = "second-factor-reset"
CHANGED = "security-changed"
# What of the security log is mailed as well: whoever gets in begins with this.
MAILED = frozenset({
    "password-changed", "factor-on", "factor-off", "codes-renewed", "code-used", "passkey-added", "passkey-removed",
})


async def on_link_asked(actor: Actor | None, event: Event) -> None:
    """Listener on login.link_asked. The same work for a login and for an id that is nobody's: time tells nothing."""
    await enqueue("mail.sign_in_link", {"login": event.subject_id})


async def mail_link(login_id: UUID) -> None:
    """The job of such an ask; nothing for nobody."""
    await queue_mail(login_id, LINK)


async def on_new_device(actor: Actor | None, event: Event) -> None:
    """Listener on login.new_device."""
    assert event.subject_id is not None
    found = await known_devices.device_seen(event.parts[0].ids["device"])
    # Kept with the mail: whoever got in would else forget the device before it leaves, and nobody would hear of it.
    await queue_mail(event.subject_id, NEW_DEVICE, {"device": found.words if found else "", "at": event.at})


async def on_reset(actor: Actor | None, event: Event) -> None:
    """Listener on login.second_factor_reset."""
    assert event.subject_id is not None
    await queue_mail(event.subject_id, RESET)


async def on_changed(actor: Actor | None, event: Event) -> None:
    """Listener on changes of the password, the second factor and the passkeys."""
    what = event.parts[0].ids.get("what")
    if what in MAILED:
        assert event.subject_id is not None
        await queue_mail(event.subject_id, CHANGED, {"what": what, "at": event.at})


async def _link(need: Need) -> Mapping[str, Any] | None:
    """Each try has a link of its own: only the mail itself ever holds the secret."""
    token = None if need.deactivated else await links.issue(need.login_id)
    minutes = round(tickets.LASTS[tickets.SIGN_IN].total_seconds() / 60)
    return {"path": f"/sign-in/link/{token}", "minutes": minutes} if token else None


async def _new_device(need: Need) -> Mapping[str, Any] | None:
    """When, and which kind of device."""
    if need.deactivated or "at" not in need.facts:  # one of before, whose device would have to be looked up
        return None
    when = await _when(datetime.fromisoformat(str(need.facts["at"])))
    return {"device": str(need.facts["device"]) or "An unknown device", "when": when}


async def _changed(need: Need) -> Mapping[str, Any] | None:
    if need.deactivated:
        return None
    words = security.WORDS[str(need.facts["what"])][2]
    return {"words": words, "when": await _when(datetime.fromisoformat(str(need.facts["at"])))}


async def _when(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo((await profile()).time_zone)).strftime("%A, %B %-d, at %-I:%M %p (%Z)")


async def _reset(need: Need) -> Mapping[str, Any] | None:
    return None if need.deactivated else {}


mail_kind(MailKind(LINK, timedelta(minutes=15), _link))
mail_kind(MailKind(NEW_DEVICE, timedelta(days=1), _new_device))
mail_kind(MailKind(CHANGED, timedelta(days=1), _changed))
mail_kind(MailKind(RESET, timedelta(days=1), _reset))
