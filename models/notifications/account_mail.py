"""The mail about a new password. Its secret is made when it leaves; an invitation that waits is sent again instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts import resetting, tickets
from models.clients import inviting
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
    if purpose == tickets.INVITATION:
        await inviting.send_again_to(login_id)
    elif purpose is not None:
        await queue_mail(login_id, PASSWORD_MAIL.name)


async def _with_link(need: Need) -> Mapping[str, Any] | None:
    """Each try has a link of its own: only the mail itself ever holds the secret."""
    token = None if need.deactivated else await resetting.issue_reset_token(need.login_id)
    return {"path": f"/reset/{token}"} if token else None


async def _password(need: Need) -> Mapping[str, Any] | None:
    facts = await _with_link(need)
    return facts and {**facts, "minutes": round(tickets.LASTS[tickets.PASSWORD].total_seconds() / 60)}


PASSWORD_MAIL = mail_kind(MailKind("password-reset", timedelta(hours=1), _password))
