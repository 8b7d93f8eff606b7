"""How long a practice lets a portal or a desk stand unattended. Administrators set it; it holds at once."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts.events import IDLE_TIMES_CHANGED
from models.accounts.practices import profile
from models.core.actor import Actor, Side
from models.core.change import change, record
from models.core.database import execute
from models.core.errors import Forbidden, Invalid
from models.core.events import Part, ToStaff

LEAST, MOST_PORTAL, MOST_DESK = 1, 1440, 720


@dataclass(frozen=True)
class IdleTimes:
    """Whole minutes."""

    portal: int
    desk: int


async def idle_times() -> IdleTimes:
    face = await profile()
    return IdleTimes(portal=round(face.portal_idle_seconds / 60), desk=round(face.desk_idle_seconds / 60))


async def set_idle_times(actor: Actor, times: IdleTimes) -> None:
    """Raises Forbidden for anyone but an administrator, Invalid outside 1 to 1,440 (portal) or 720 (desk) minutes."""
    if not actor.administrator:
        raise Forbidden()
    _check(portal=(times.portal, MOST_PORTAL), desk=(times.desk, MOST_DESK))
    async with change(actor, "practice.set_idle_times"):
        await execute(
            "UPDATE practice_profile SET portal_idle_seconds = $1 * 60, desk_idle_seconds = $2 * 60"
            " WHERE practice_id = portico_here()",
            times.portal, times.desk,
        )
        await _judge_anew(Side.PORTAL, times.portal)
        await _judge_anew(Side.DESK, times.desk)
        await record(actor, IDLE_TIMES_CHANGED, [Part([ToStaff()])])


async def _judge_anew(side: Side, minutes: int) -> None:
    """Sessions that began under the former times end or lock by the new ones."""
    ends = "k.ends_at" if side is Side.DESK else f"LEAST(s.ends_at, {IDLE})"
    await execute(
        f"UPDATE session_key k SET due_at = LEAST(s.ends_at, {IDLE}), ends_at = {ends} FROM session s"
        " WHERE k.practice_id = portico_here() AND s.practice_id = k.practice_id AND s.id = k.session_id"
        " AND s.side = $1 AND s.ended_at IS NULL AND s.locked_at IS NULL",
        side.value, minutes,
    )


IDLE = "s.active_at + make_interval(mins => $2)"


def _check(**given: tuple[int, int]) -> None:
    beyond = {name: most for name, (minutes, most) in given.items() if not LEAST <= minutes <= most}
    wrong = {name: [f"Use {LEAST} to {most} minutes."] for name, most in beyond.items()}
    if wrong:
        raise Invalid(errors=wrong)
