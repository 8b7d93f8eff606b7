"""The mail about an unread message: is it still due, and is it still needed when it leaves?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.practices import where_waiting
from models.core.queue import GIVEN_UP_KEYS
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail
from models.notifications.streaks import call_when_due, first_unread, unread_delay

LATE = timedelta(seconds=30)

LOCK = """SELECT id, seat_id, login_id, first_position, due_at - clock_timestamp() AS early FROM unread_streak
WHERE practice_id = portico_here() AND id = $1 AND ended_at IS NULL AND mailed_at IS NULL FOR UPDATE"""
# No mail leads a client to a portal that is not open.
MAILABLE = """SELECT 1 FROM login l WHERE l.practice_id = portico_here() AND l.id = $1
  AND l.mail_off_at IS NULL AND l.deactivated_at IS NULL
  AND (EXISTS (SELECT FROM practice p WHERE p.id = portico_here() AND p.state = 'open')
    OR EXISTS (SELECT FROM staff_member m WHERE m.practice_id = l.practice_id AND m.login_id = l.id))"""
# A web worker's clock may be ahead of the database's: never later than a full time from now.
MOVE = """UPDATE unread_streak SET first_position = $2,
  due_at = least(clock_timestamp(), $3::timestamptz) + $4::interval
WHERE practice_id = portico_here() AND id = $1
RETURNING due_at - now() AS after, due_at > clock_timestamp() AS later"""
OVERDUE = f"""SELECT id, first_position FROM unread_streak WHERE practice_id = portico_here()
  AND ended_at IS NULL AND mailed_at IS NULL AND due_at < now() - $1::interval
  AND 'unread.mail:' || id || ':' || first_position NOT IN ({GIVEN_UP_KEYS})
ORDER BY due_at LIMIT 500"""


async def mail_if_unread(streak_id: UUID) -> timedelta | None:
    """The job of a streak's time: all in one transaction. A timedelta: it was called that much too early."""
    streak = await fetch_one(LOCK, streak_id)
    if streak is None:
        return None
    if streak["early"] > timedelta(0):
        return timedelta(seconds=streak["early"].total_seconds())
    oldest = await _wanted(streak)
    if oldest is None:
        await _mark(streak_id, "ended_at")
    elif oldest["position"] == streak["first_position"] or not await _moved(streak_id, oldest):
        await _mark(streak_id, "mailed_at")
        await queue_mail(streak["login_id"], UNREAD_MAIL.name, {"streak": streak_id})
    return None


async def wake_all_overdue() -> None:
    """A net under the queue, in every practice that has an overdue streak; outside any scope."""
    await where_waiting("overdue_streaks", LATE, lambda _: wake_overdue())


async def wake_overdue() -> None:
    """Streaks that nobody came for are called again: a key keeps twins away, and what gave up stays given up."""
    for row in await fetch_all(OVERDUE, LATE):
        await call_when_due(row["id"], row["first_position"], timedelta(0))


async def _wanted(streak: Row) -> Row | None:
    """The oldest unread message, if its reader may be mailed at all."""
    if await fetch_one(MAILABLE, streak["login_id"]) is None:
        return None
    return await first_unread(streak["seat_id"], streak["login_id"])


async def _moved(streak_id: UUID, oldest: Row) -> bool:
    """The message that began the streak was taken back: the oldest that is left gets its own full time."""
    moved = await fetch_one(MOVE, streak_id, oldest["position"], oldest["sent_at"], unread_delay())
    if moved is None or not moved["later"]:
        return False
    await call_when_due(streak_id, oldest["position"], moved["after"])
    return True


async def _mark(streak_id: UUID, how: str) -> None:
    await execute(
        f"UPDATE unread_streak SET {how} = clock_timestamp() WHERE practice_id = portico_here() AND id = $1", streak_id
    )


async def _still_unread(need: Need) -> Mapping[str, Any] | None:
    """Looked at again when the mail leaves: the mail server may have been away for hours."""
    streak = await fetch_one(
        """SELECT seat_id, login_id FROM unread_streak
           WHERE practice_id = portico_here() AND id = $1::uuid AND ended_at IS NULL""",
        UUID(str(need.facts["streak"])),
    )
    if streak is None or need.mail_off or need.deactivated:
        return None
    return {} if await first_unread(streak["seat_id"], streak["login_id"]) else None


UNREAD_MAIL = mail_kind(MailKind("unread", timedelta(days=1), _still_unread, optional=True,
                                stops="unread messages"))
