"""Communication Preferences: what a person lets the practice send outside the portal."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts.events import PREFERENCES_CHANGED
from models.accounts.practices import profile
from models.accounts.registries import MAIL_CHOICES, MailChoice
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import missing
from models.core.events import Part, ToLogin


@dataclass(frozen=True)
class Preferences:
    """`email_unread`: an e-mail when a message stays unread; on unless switched off. `email`: to where. `off`: other
    kinds of mail that are switched off. `quiet_from`, `quiet_until`: "22:00", or empty, in `quiet_zone`."""

    email: str
    email_unread: bool
    off: tuple[str, ...] = ()
    quiet_from: str = ""
    quiet_until: str = ""
    quiet_zone: str = ""


READ = "SELECT email, mail_off_at, mails_off, quiet_from, quiet_until, quiet_zone FROM login WHERE id = $1"


async def preferences(actor: Actor) -> Preferences:
    row = await fetch_one(READ, actor.login_id)
    assert row is not None
    zone = row["quiet_zone"] or (await profile()).time_zone
    return Preferences(row["email"], row["mail_off_at"] is None, tuple(row["mails_off"]), _clock(row["quiet_from"]),
                       _clock(row["quiet_until"]), zone)


async def set_kind(actor: Actor, kind: str, on: bool) -> None:
    """Switch one kind of mail on or off; raises Missing for one that has no switch for this person."""
    if not any(one.key == kind for one in mail_choices(actor)):
        missing("kind of mail")
    change_it = "array_remove(mails_off, $2)" if on else "array_append(array_remove(mails_off, $2), $2)"
    async with change(actor, "preferences.set"):
        sql = f"UPDATE login SET mails_off = {change_it} WHERE id = $1 AND ($2 = ANY (mails_off)) = $3"
        if await execute(sql, actor.login_id, kind, on):
            await record(actor, PREFERENCES_CHANGED, [Part([ToLogin(actor.login_id)])], subject_id=actor.login_id)


def mail_choices(actor: Actor) -> list[MailChoice]:
    """The kinds of mail, besides the one about unread messages, that this person gets and may switch off."""
    return [one for one in MAIL_CHOICES if one.desk == actor.desk]


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


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
