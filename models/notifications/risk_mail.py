"""The mail that an alert waits: at once to whom it went, always, and without a word of whom or why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.events import Event
from models.documents.risk import is_open, whom
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail


async def on_raised(actor: Actor | None, event: Event) -> None:
    """Listener on risk.raised."""
    assert event.subject_id is not None
    for login_id in await whom(event.subject_id):
        await queue_mail(login_id, ALERT.name, {"alert": event.subject_id})


async def _facts(need: Need) -> Mapping[str, Any] | None:
    """Nothing for who has left, nor for an alert that somebody takes care of by now."""
    alert_id = UUID(str(need.facts["alert"]))
    if need.deactivated or not await is_open(alert_id):
        return None
    return {"path": f"/staff/alerts/{alert_id}"}


ALERT = mail_kind(MailKind("risk-alert", timedelta(days=1), _facts))
