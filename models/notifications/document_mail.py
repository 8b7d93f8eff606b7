"""The mail that something was shared, or still waits: the practice's words and a link, and not what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts.practices import portal_open
from models.core.actor import Actor
from models.core.events import Event
from models.documents import notices
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import Letter, queue_mail

OPENINGS = {"shared": "Something new", "nudged": "A reminder"}


async def on_mailed(actor: Actor | None, event: Event) -> None:
    """Listener: one mail for each notice."""
    sent = await notices.outgoing(event.subject_id) if event.subject_id else None
    if sent is not None:
        await queue_mail(sent.login_id, DOCUMENTS.name, {"notice": event.subject_id})


async def _still_there(need: Need) -> Mapping[str, Any] | None:
    """Nothing when all of it was taken back or handed in meanwhile."""
    notice_id = UUID(str(need.facts["notice"]))
    sent = await notices.outgoing(notice_id)
    if sent is None or need.mail_off or need.deactivated or sent.login_id != need.login_id or not await portal_open():
        await notices.settle(notice_id, "unwanted", "off" if need.mail_off else "past")
        return None
    return {"notice": notice_id, "opening": OPENINGS[sent.kind], "what": sent.kind, "message": sent.message,
            "path": f"/for/{sent.client_id}/documents"}


async def _came_to(letter: Letter, failure: str | None) -> None:
    notice_id = UUID(str(letter.facts["notice"]))
    await notices.settle(notice_id, "taken" if failure is None else "refused", failure or "")


DOCUMENTS = mail_kind(MailKind("documents", timedelta(days=1), _still_there, optional=True,
                               stops="what is shared with you", came_to=_came_to))
