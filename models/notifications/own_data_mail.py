"""The mail that says one's data can be downloaded; nothing of it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts.own_data import KEPT
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_one
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail

READY = "own-data-ready"


async def on_ready(actor: Actor | None, event: Event) -> None:
    """Listener on own_data.ready."""
    assert event.subject_id is not None
    await queue_mail(event.subject_id, READY, {"data": event.parts[0].ids["data_id"]})


async def _ready(need: Need) -> Mapping[str, Any] | None:
    """None once it is gone."""
    row = await fetch_one(
        "SELECT ends_at FROM own_data WHERE id = $1 AND erased_at IS NULL", UUID(str(need.facts["data"]))
    )
    if row is None or row["ends_at"] is None or row["ends_at"] <= now() or need.deactivated:
        return None
    return {"path": "/account", "days": KEPT.days}


mail_kind(MailKind(READY, timedelta(days=1), _ready))
