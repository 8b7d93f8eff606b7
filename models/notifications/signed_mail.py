"""The mail to a signer: a copy of what they signed is ready, or it was voided. It names no document and says nothing of
what is in one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts.practices import portal_open
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail

SIGNER = """SELECT a.login_id, d.voided_at FROM document d
  JOIN portal_access a ON a.practice_id = d.practice_id AND a.id = d.access_id
  WHERE d.practice_id = portico_here() AND d.id = $1 AND a.login_id IS NOT NULL"""
STANDS = """SELECT d.client_id FROM document d
  JOIN portal_access a ON a.practice_id = d.practice_id AND a.id = d.access_id
  WHERE d.practice_id = portico_here() AND d.id = $1 AND a.login_id = $2 AND portico_open(a)
    AND (d.voided_at IS NOT NULL) = $3"""


async def on_copy_made(actor: Actor | None, event: Event) -> None:
    """Listener on document.copy_made; the copy of a void document is told as voiding."""
    row = await fetch_one(SIGNER, event.subject_id)
    if row is not None and row["voided_at"] is None:
        await queue_mail(row["login_id"], SIGNED_COPY.name, {"document": event.subject_id, "what": "copy"})


async def on_voided(actor: Actor | None, event: Event) -> None:
    """Listener on document.voided."""
    row = await fetch_one(SIGNER, event.subject_id)
    if row is not None:
        await queue_mail(row["login_id"], SIGNED_COPY.name, {"document": event.subject_id, "what": "void"})


async def _still_true(need: Need) -> Mapping[str, Any] | None:
    """Nothing to who cannot open it any more, or wants no such mail, or once it reads differently."""
    if need.mail_off or need.deactivated or not await portal_open():
        return None
    what = need.facts["what"]
    row = await fetch_one(STANDS, UUID(str(need.facts["document"])), need.login_id, what == "void")
    return {"what": what, "path": f"/for/{row['client_id']}/documents"} if row else None


SIGNED_COPY = mail_kind(MailKind("signed-copy", timedelta(days=1), _still_true, optional=True,
                                 stops="what you have signed"))
