"""The practice's rule for signing in: whether staff need a second factor, and from which day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.events import SIGN_IN_RULE_CHANGED
from models.accounts.practices import profile, today_here
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Invalid
from models.core.events import Part, ToStaff

BEGINS = "sign_in_rule.begins"

# Staff who work here, and whether they could show a second factor now.
STAFF = """SELECT m.id, m.name, m.login_id, t.on_at IS NOT NULL OR EXISTS (
    SELECT FROM passkey k WHERE k.practice_id = m.practice_id AND k.login_id = m.login_id) AS ready
  FROM staff_member m LEFT JOIN totp t ON t.practice_id = m.practice_id AND t.login_id = m.login_id
  WHERE m.practice_id = portico_here() AND m.deactivated_at IS NULL ORDER BY m.name, m.id"""


@dataclass(frozen=True)
class Rule:
    """`from_day`: the practice's day on which the requirement begins, None without one; `without`: names of staff who
    have no second factor yet."""

    from_day: date | None
    today: date
    without: Sequence[str]


async def rule() -> Rule:
    staff = await fetch_all(STAFF)
    return Rule((await profile()).second_factor_from, await today_here(), [m["name"] for m in staff if not m["ready"]])


async def set_rule(actor: Actor, from_day: date | None) -> None:
    """From that day on staff without a second factor can do nothing but set one up; None lifts it. Raises Invalid for
    a day that is over, unless it stands already."""
    former, today = (await profile()).second_factor_from, await today_here()
    if from_day is not None and from_day < today and from_day != former:
        raise Invalid(errors={"from_day": ["Choose today or a day to come."]})
    async with change(actor, "sign_in_rule.set"):
        await execute(
            "UPDATE practice_profile SET second_factor_from = $1 WHERE practice_id = portico_here()", from_day
        )
        await _tell(actor)
        if from_day is not None and from_day > today:
            await enqueue(BEGINS, {"practice_rule": actor.practice_id}, after=await _until(from_day))


async def begins(practice_id: UUID) -> None:
    """The job of that day: open pages of staff without a second factor hear of it. Whoever opens a door meets the rule
    anyway."""
    first_day = (await profile()).second_factor_from
    if first_day is not None and first_day <= await today_here():
        async with change(None, "sign_in_rule.begin"):
            await _tell(None)


async def _tell(actor: Actor | None) -> None:
    logins = [row["login_id"] for row in await fetch_all(STAFF)]
    await record(actor, SIGN_IN_RULE_CHANGED, [Part([ToStaff()])], rights_of=logins)


async def _until(day: date) -> timedelta:
    """Until it begins where the practice is, and a minute, for the clocks."""
    begins_at = datetime.combine(day, time.min, ZoneInfo((await profile()).time_zone)).astimezone(UTC)
    return begins_at - now() + timedelta(minutes=1)
