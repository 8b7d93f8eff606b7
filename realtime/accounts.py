"""What a page tells of its person: that a key, a pointer or a touch was felt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from models.accounts import sessions
from models.core.actor import Actor
from models.core.payload import Payload
from realtime.door import SIGNED_IN, ask


class Activity(Payload):
    """Nothing but the fact."""


@ask("session.activity", allow=SIGNED_IN, payload=Activity)
async def activity(actor: Actor, payload: Activity) -> Mapping[str, Any]:
    """Told at most once a minute; heartbeats and live updates are no activity."""
    return asdict(await sessions.touch(actor))
