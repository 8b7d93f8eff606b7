"""Mails about signing in: a new password, an invitation that still waits. Their secret is made when they leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts import resetting, tickets
from models.core.actor import Actor
from models.core.change import enqueue
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail


async def on_reset_asked(actor: Actor | None, event: Event) -> None:
    """Listener on login.reset_asked. The same work for a login and for an id that is nobody's: time tells nothing."""
    await enqueue("mail.reset", {"login": event.subject_id})


async def mail_reset(login_id: UUID) -> None:
    """The job of such an ask: a link for a new password, or the invitation once more; nothing for nobody."""
    purpose = await resetting.purpose_of(login_id)
    if purpose is not None:
        await queue_mail(login_id, PURPOSES[purpose].name)


async def _with_link(need: Need) -> Mapping[str, Any] | None:
    """Each try has a link of its own: only the mail itself ever holds the secret."""
    token = None if need.deactivated else await resetting.issue_reset_token(need.login_id)
    return {"path": f"/reset/{token}"} if token else None


async def _password(need: Need) -> Mapping[str, Any] | None:
    facts = await _with_link(need)
    return facts and {**facts, "minutes": round(tickets.LASTS[tickets.PASSWORD].total_seconds() / 60)}


async def _invitation(need: Need) -> Mapping[str, Any] | None:
    facts = await _with_link(need)
    return facts and {**facts, "days": tickets.LASTS[tickets.INVITATION].days}


PURPOSES = {
    tickets.PASSWORD: mail_kind(MailKind("password-reset", timedelta(hours=1), _password)),
    tickets.INVITATION: mail_kind(MailKind("invitation", timedelta(days=1), _invitation)),
}
