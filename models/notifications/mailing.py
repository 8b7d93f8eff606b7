"""A mail on its way: noted with the change that needs it, leased by one worker, recorded when the server took it.

Between the server's word and our record lies the only moment in which a crash can double a mail; its Message-ID,
made from its id, is then the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.accounts.quiet_hours import QuietHours
from models.core.change import enqueue
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one, json_text
from models.core.ids import new_id
from models.core.practices import where_waiting
from models.core.queue import GIVEN_UP_KEYS
from models.notifications.delivery import note_reached, note_undelivered
from models.notifications.mail_kinds import MAIL_KINDS, Need

LEASE = timedelta(seconds=60)
LATE = timedelta(minutes=2)
PAUSES = (5, 15, 60, 300, 900, 1800, 3600)
JITTER = 0.2

NOTE = """INSERT INTO outgoing_mail (id, login_id, kind, facts)
SELECT $1, l.id, $3, $4::jsonb FROM login l WHERE l.practice_id = portico_here() AND l.id = $2"""
NOTE_STRANGER = "INSERT INTO outgoing_mail (id, kind, facts) VALUES ($1, $2, $3::jsonb)"
TAKE = """UPDATE outgoing_mail m SET attempts = m.attempts + 1, leased_until = clock_timestamp() + $2::interval
FROM outgoing_mail x LEFT JOIN login l ON l.practice_id = x.practice_id AND l.id = x.login_id, practice p,
  practice_profile f
WHERE m.practice_id = portico_here() AND m.id = $1 AND x.practice_id = m.practice_id AND x.id = m.id
  AND m.accepted_at IS NULL AND m.dropped_at IS NULL
  AND m.failed_at IS NULL AND (m.leased_until IS NULL OR m.leased_until <= clock_timestamp())
  AND p.id = m.practice_id AND f.practice_id = m.practice_id
RETURNING m.id, m.kind, m.facts, m.attempts, m.created_at, m.login_id, l.email, l.mail_off_at, l.mails_off,
  l.deactivated_at,
  p.id AS practice_id, p.subdomain, f.name AS practice_name,
  f.accent, f.ground, f.address, f.phone, f.logo_stamp, f.logo_width, f.logo_height, f.logo_plate,
  CASE WHEN x.facts ? 'person'
    OR EXISTS (SELECT FROM portal_access a WHERE a.practice_id = l.practice_id AND a.login_id = l.id)
    THEN f.crisis_text ELSE '' END AS crisis_text"""
QUIET = """SELECT m.kind, l.quiet_from, l.quiet_until, l.quiet_zone FROM outgoing_mail m
JOIN login l ON l.practice_id = m.practice_id AND l.id = m.login_id
WHERE m.practice_id = portico_here() AND m.id = $1"""
LEASED = """SELECT leased_until - clock_timestamp() AS rest FROM outgoing_mail
WHERE practice_id = portico_here() AND id = $1 AND accepted_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL"""
# By the database's clock, which wrote when it was made: this machine's may be a day off.
PUT_OFF = """UPDATE outgoing_mail SET leased_until = NULL WHERE practice_id = portico_here() AND id = $1
RETURNING attempts, clock_timestamp() - created_at AS age"""
LOST = f"""SELECT id FROM outgoing_mail WHERE practice_id = portico_here() AND accepted_at IS NULL
  AND dropped_at IS NULL AND failed_at IS NULL AND created_at < now() - $1::interval
  AND 'mail.send:' || id NOT IN ({GIVEN_UP_KEYS})
ORDER BY id LIMIT 500"""


@dataclass(frozen=True)
class Face:
    """How the practice looks and where it is, as every mail shows it; the names are those of its profile.
    `crisis_text`: for clients and contacts alone, whom to call in an emergency."""

    accent: str = "#1b5470"
    ground: str = ""
    address: str = ""
    phone: str = ""
    logo_stamp: str = ""
    logo_width: int = 0
    logo_height: int = 0
    logo_plate: str = ""
    crisis_text: str = ""


@dataclass(frozen=True)
class Letter:
    """All that a mail needs to be written and sent; nothing in it is about a message, a sender or a client.
    `elsewhere`: it goes to another address than the sign-in's, and tells nothing of whether that one is reached.
    Without a login it goes to somebody who has none yet."""

    mail_id: UUID
    practice_id: UUID
    login_id: UUID | None
    kind: str
    to: str
    practice_name: str
    subdomain: str
    created_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: bool = False
    face: Face = field(default_factory=Face)


async def queue_mail(login_id: UUID, kind: str, facts: Mapping[str, Any] | None = None) -> None:
    """Note a mail of a kind to a login; it is sent soon after the commit. For a login that is none, nothing happens.

    `facts` may hold ids and links' purposes, never words of a person.
    """
    mail_id = new_id()
    if MAIL_KINDS[kind] and await execute(NOTE, mail_id, login_id, kind, json_text(dict(facts or {}))):
        await _wake(mail_id)


async def queue_mail_to_stranger(kind: str, facts: Mapping[str, Any]) -> None:
    """The same to somebody without a login; the kind's `still_needed` says the address, as `to`. `facts` with a
    `person`: to a client or a contact, who may switch it off."""
    mail_id = new_id()
    await execute(NOTE_STRANGER, mail_id, kind, json_text(dict(facts)))
    await _wake(mail_id)


async def wake_all_lost() -> None:
    """A net under the queue, in every practice that has a mail waiting for long; outside any scope."""
    await where_waiting("lost_mails", LATE, lambda _: wake_lost())


async def wake_lost() -> None:
    """Mails that nobody came for are called again: a key keeps twins away, and what gave up stays given up."""
    for row in await fetch_all(LOST, LATE):
        await _wake(row["id"])


async def take(mail_id: UUID) -> Letter | timedelta | None:
    """Lease a mail for 60 seconds. A timedelta: another worker has it, look again then. None: nothing to send."""
    quiet = await _quiet(mail_id)
    if quiet is not None:
        return quiet
    row = await fetch_one(TAKE, mail_id, LEASE)
    if row is None:
        held = await fetch_one(LEASED, mail_id)
        return max(held["rest"], timedelta(seconds=1)) if held and held["rest"] else None
    facts = await MAIL_KINDS[row["kind"]].still_needed(_need(row))
    if facts is None:
        await _settle(mail_id, "dropped_at")
        return None
    facts = dict(facts)
    to = str(facts.pop("to", row["email"]))
    return Letter(
        mail_id=mail_id, practice_id=row["practice_id"], login_id=row["login_id"], kind=row["kind"], to=to,
        practice_name=row["practice_name"], subdomain=row["subdomain"], created_at=row["created_at"], facts=facts,
        elsewhere=to != row["email"],
        face=Face(**{one.name: row[one.name] for one in fields(Face)}),
    )


async def _quiet(mail_id: UUID) -> timedelta | None:
    """How long the quiet hours of whom it is for still last; only mail that can be switched off waits for their end,
    and is looked at anew then: what was read meanwhile is not mailed."""
    row = await fetch_one(QUIET, mail_id)
    if row is None or row["quiet_from"] is None or not MAIL_KINDS[row["kind"]].optional:
        return None
    return QuietHours(row["quiet_from"], row["quiet_until"], row["quiet_zone"]).rest(now())


async def accepted(letter: Letter) -> None:
    """The server took it."""
    await _settle(letter.mail_id, "accepted_at")
    if not letter.elsewhere and letter.login_id is not None:
        await note_reached(letter.login_id)
    await _tell_kind(letter, None)


async def refused(letter: Letter, failure: str) -> None:
    """The server will never take it; staff are told. `failure` is a code, never the server's words."""
    await execute(
        "UPDATE outgoing_mail SET failure = $2 WHERE practice_id = portico_here() AND id = $1", letter.mail_id, failure
    )
    await _settle(letter.mail_id, "failed_at")
    if not letter.elsewhere and letter.login_id is not None:
        await note_undelivered(letter.login_id)
    await _tell_kind(letter, failure)


async def put_off(letter: Letter, *, why: str = "unreachable") -> timedelta | None:
    """It could not be handed over: the pause until the next try, or None when it was tried long enough."""
    row = await fetch_one(PUT_OFF, letter.mail_id)
    if row and row["age"] > MAIL_KINDS[letter.kind].give_up_after:
        await refused(letter, why)
        return None
    return pause_after(row["attempts"] if row else 1)


def pause_after(attempts: int) -> timedelta:
    """Growing pauses, up to an hour, each a fifth shorter or longer, so that a crowd does not come back at once."""
    seconds = PAUSES[min(attempts, len(PAUSES)) - 1]
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))


async def _wake(mail_id: UUID) -> None:
    await enqueue("mail.send", {"mail": mail_id}, key=f"mail.send:{mail_id}")


async def _tell_kind(letter: Letter, failure: str | None) -> None:
    came_to = MAIL_KINDS[letter.kind].came_to
    if came_to is not None:
        await came_to(letter, failure)


async def _settle(mail_id: UUID, how: str) -> None:
    await execute(
        f"""UPDATE outgoing_mail SET {how} = clock_timestamp(), leased_until = NULL
            WHERE practice_id = portico_here() AND id = $1""",
        mail_id,
    )


def _need(row: Row) -> Need:
    return Need(
        login_id=row["login_id"], facts=row["facts"], mail_off=row["mail_off_at"] is not None
        if row["kind"] == "unread" else row["kind"] in (row["mails_off"] or ()),
        deactivated=row["deactivated_at"] is not None,
    )
