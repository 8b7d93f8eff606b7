"""Mails about a changed address: the link goes to the new one, what happened is told to the old one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.clients import email_asking
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail

CONFIRM = "email-confirm"
ASKED = "email-asked"
CHANGED = "email-changed"


async def on_email_asked(actor: Actor | None, event: Event) -> None:
    """Listener on login.email_asked. The same work for an address that is somebody else's."""
    await _queue(event, CONFIRM)
    await _queue(event, ASKED)


async def on_email_changed(actor: Actor | None, event: Event) -> None:
    """Listener on login.email_changed."""
    await _queue(event, CHANGED)


async def _queue(event: Event, kind: str) -> None:
    assert event.subject_id is not None
    await queue_mail(event.subject_id, kind, {"change": event.parts[0].ids["change"]})


async def _link(need: Need) -> Mapping[str, Any] | None:
    """None when the change waits no more, and for an address that somebody else has."""
    found = await email_asking.waiting(_change(need))
    if found is None or not found.fresh or need.deactivated:
        return None
    if await email_asking.taken(found.login_id, found.email):
        return None
    minutes = round(email_asking.LASTS.total_seconds() / 60)
    lasts = f"{email_asking.LASTS_BY_STAFF.days} days" if found.by_staff else f"{minutes} minutes"
    path = f"/email/confirm/{email_asking.token_of(found.id)}"
    return {"to": found.email, "path": path, "lasts": lasts, "by_staff": found.by_staff}


async def _notice(need: Need) -> Mapping[str, Any] | None:
    """To the address that held when it was asked, whatever has become of it since."""
    row = await fetch_one("SELECT former, by_staff FROM email_change WHERE id = $1", _change(need))
    return {"to": row["former"], "by_staff": row["by_staff"]} if row and not need.deactivated else None


def _change(need: Need) -> UUID:
    return UUID(str(need.facts["change"]))


mail_kind(MailKind(CONFIRM, email_asking.LASTS, _link))
mail_kind(MailKind(ASKED, timedelta(days=1), _notice))
mail_kind(MailKind(CHANGED, timedelta(days=7), _notice))
