"""A lost second factor is taken away by the practice: by administrators for the team, by staff for their clients.

Who does it says how they made sure who was asking. All sessions of the login end, every device is forgotten, its
passkeys go with the app (they may be on the same lost phone), and the person is told by mail.
"""

from __future__ import annotations

from uuid import UUID

from models.accounts import known_devices, passkeys, second_factor
from models.accounts.ending import end_all_sessions
from models.accounts.events import SECOND_FACTOR_RESET
from models.accounts.reach import by_email
from models.accounts.security import note
from models.accounts.tables import StaffMember
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Forbidden, Invalid, missing
from models.core.events import Part, ToLogin
from models.core.ids import new_id


async def member_for(actor: Actor, staff_id: UUID) -> StaffMember:
    """A member of the team, for administrators; raises Missing."""
    found = await StaffMember.get_or_none(id=staff_id, deactivated_at=None) if actor.administrator else None
    return found or missing("staff member")


async def reset_member(actor: Actor, member: StaffMember, *, how: str) -> None:
    """Raises Forbidden for one's own: that is turned off, with one's own password."""
    if member.login_id == actor.login_id:
        raise Forbidden("own-factor", "Your own second factor is turned off on your security page.")
    await reset(actor, member.login_id, how=how)


async def reset(actor: Actor, login_id: UUID, *, how: str) -> None:
    """Whoever calls has found the login for the actor. The event and the row say who did it; the words stay here."""
    if not how.strip():
        raise Invalid(errors={"how": ["Say how you made sure who is asking."]})
    reset_id = new_id()
    async with change(actor, "second_factor.reset"):
        await execute(
            "INSERT INTO factor_reset (id, login_id, by_login_id, how, at) VALUES ($1, $2, $3, $4, $5)",
            reset_id, login_id, actor.login_id, how.strip(), now(),
        )
        await _take_away(actor, login_id, reset_id)
    await end_all_sessions(login_id, reason="ended")


async def reset_from_shell(email: str) -> str:
    """For who runs the house: the last administrator has lost phone and codes, and nobody is left to reset them.
    Returns the member's name; raises ValueError when nobody of the team has the address."""
    reach = await by_email(email)
    member = await StaffMember.get_or_none(login_id=reach.login_id, deactivated_at=None) if reach else None
    if member is None:
        raise ValueError("Nobody of this team has that address.")
    async with change(None, "second_factor.reset"):
        await _take_away(None, member.login_id, new_id())
    await end_all_sessions(member.login_id, reason="ended")
    return str(member.name)


async def _take_away(actor: Actor | None, login_id: UUID, reset_id: UUID) -> None:
    await second_factor.remove(login_id)
    await passkeys.remove_all(login_id)
    await known_devices.forget_all_devices(login_id)
    await note(login_id, "factor-reset")
    heard = [Part([ToLogin(login_id)], {"reset": reset_id})]
    await record(actor, SECOND_FACTOR_RESET, heard, subject_id=login_id, rights_of=[login_id])


async def is_staff(login_id: UUID) -> bool:
    return await StaffMember.exists(login_id=login_id, deactivated_at=None)
