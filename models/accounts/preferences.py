"""Communication Preferences: what a person lets the practice send outside the portal."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts.events import PREFERENCES_CHANGED
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.events import Part, ToLogin


@dataclass(frozen=True)
class Preferences:
    """`email_unread`: an e-mail when a message stays unread; on unless switched off. `email`: to where."""

    email: str
    email_unread: bool


async def preferences(actor: Actor) -> Preferences:
    row = await fetch_one("SELECT email, mail_off_at FROM login WHERE id = $1", actor.login_id)
    assert row is not None
    return Preferences(row["email"], row["mail_off_at"] is None)


async def set_email_unread(actor: Actor, on: bool) -> None:
    """Switch the e-mail about unread messages on or off; switching it to what it is changes nothing."""
    async with change(actor, "preferences.set"):
        changed = await execute(
            "UPDATE login SET mail_off_at = CASE WHEN $2 THEN NULL ELSE $3::timestamptz END"
            " WHERE id = $1 AND (mail_off_at IS NULL) <> $2",
            actor.login_id, on, now(),
        )
        if changed:
            await record(actor, PREFERENCES_CHANGED, [Part([ToLogin(actor.login_id)])], subject_id=actor.login_id)
