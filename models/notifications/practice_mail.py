"""Mails from the bare domain: go on with the practice that was opened, and where a portal is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from models.accounts import founding, tickets
from models.accounts.reach import by_login
from models.core.actor import Actor
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail


async def on_practice_founded(actor: Actor | None, event: Event) -> None:
    """Listener on practice.founded and practice.asked_again: the link to its first administrator."""
    if event.subject_id is not None:
        await queue_mail(event.subject_id, OPENED.name)


async def on_portal_asked_for(actor: Actor | None, event: Event) -> None:
    """Listener on portal.asked_for: where it is, and nothing about the person."""
    if event.subject_id is not None:
        await queue_mail(event.subject_id, FOUND.name)


async def _opened(need: Need) -> Mapping[str, Any] | None:
    """Each try has a link of its own: only the mail itself ever holds the secret."""
    if need.deactivated or not await founding.still_unproven():
        return None
    token = await tickets.issue(need.login_id, tickets.OPENING)
    return {"path": f"/welcome/{token}", "days": tickets.LASTS[tickets.OPENING].days}


async def _found(need: Need) -> Mapping[str, Any] | None:
    reach = await by_login(need.login_id)
    return {} if reach is not None and (reach.sides or reach.invited) else None


OPENED = mail_kind(MailKind("practice-opened", timedelta(days=1), _opened))
FOUND = mail_kind(MailKind("portal-found", timedelta(hours=6), _found))
