"""Forgot Password, by a link that is mailed, and the change of a password that is known.

How the mail gets its link: `ask` records `login.reset_asked`, whose subject is the login (or nobody's id, see below);
notifications listens and enqueues a job that holds ids only. When the job runs it asks `purpose_of` what to say and
`issue_reset_token` for the secret, which exists in clear in that one mail alone; a repeated job issues another. Who was
invited and has no password yet has none to forget: the invitation is sent again, which is the business of clients.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from models.accounts import passwords, tickets
from models.accounts.ending import end_all_sessions, end_other_sessions
from models.accounts.events import PASSWORD_CHANGED, RESET_ASKED
from models.accounts.idling import PASSWORD
from models.accounts.known_devices import Browser, ask_everywhere
from models.accounts.reach import by_email, by_login, spelled
from models.accounts.security import leaving_a_note, note
from models.accounts.signing import SignedIn, begin
from models.core.actor import Actor, Side
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToLogin
from models.core.ids import new_id
from models.core.limits import Limit, give_back, network_of, take
from models.core.scope import current_scope

ASKS_BY_ADDRESS = Limit("reset-address", most=20, seconds=3600)
ASKS_BY_ACCOUNT = Limit("reset-account", most=5, seconds=3600)
USES_BY_ADDRESS = Limit("reset-use", most=30, seconds=3600)
PASSWORD_CHECKS = Limit("password-check", most=10, seconds=900)

LINKS = (tickets.PASSWORD,)


async def ask(email: str, *, address: str) -> None:
    """Have a link mailed to this address if it belongs to a login. The caller cannot tell: known or unknown, the same
    statements run. Raises TooMany by address and by what was typed."""
    await take(ASKS_BY_ADDRESS, network_of(address))
    await take(ASKS_BY_ACCOUNT, current_scope().practice_id, spelled(email))
    reach = await by_email(email)
    await _record_asked(reach.login_id if reach else new_id())


async def ask_again(token: str, *, address: str) -> None:
    """Have a new link mailed to where this old one went; an unknown one looks the same."""
    await take(ASKS_BY_ADDRESS, network_of(address))
    found = await tickets.look_at(token)
    login_id = found.login_id if found and found.purpose in LINKS else new_id()
    await take(ASKS_BY_ACCOUNT, current_scope().practice_id, login_id)
    await _record_asked(login_id)


async def purpose_of(login_id: UUID) -> str | None:
    """What to mail to someone who asked: "password", "invitation" (it waits, so it is sent again), or None: nothing."""
    reach = await by_login(login_id)
    if reach is None or not (reach.sides or reach.invited):
        return None
    return tickets.INVITATION if reach.pending else tickets.PASSWORD


async def issue_reset_token(login_id: UUID) -> str | None:
    """The secret for the link /reset/<token>, made when the mail is; None when there is no password to choose anew. It
    works once, for 60 minutes (tickets.LASTS)."""
    wanted = await purpose_of(login_id) == tickets.PASSWORD
    return await tickets.issue(login_id, tickets.PASSWORD) if wanted else None


async def set_by_link(
    token: str, password: str, *, address: str, device: str = "", browser: Browser | None = None
) -> SignedIn:
    """Use the link up: the new password holds, all other sessions end, a new one begins.

    A login that opens both sides begins where it works. Raises Conflict `link-expired`, Invalid for the password, and
    SecondFactor when the code is still to be asked: let that not leave the scope, for the password is set.
    """
    await take(USES_BY_ADDRESS, network_of(address))
    found = await tickets.look_at(token)
    reach = await by_login(found.login_id) if found and found.fresh and found.purpose in LINKS else None
    if reach is None:
        raise Conflict("link-expired", "This link has expired. Your password was not changed.")
    passwords.check_new(password, email=reach.email)
    kept = await passwords.hash_password(password)
    if await tickets.redeem(token, *LINKS) is None:
        raise Conflict("link-expired", "This link was used a moment ago.")
    moment = await keep_password(None, reach.login_id, kept)
    await end_all_sessions(reach.login_id, reason=PASSWORD, at=moment)
    return await _begin(reach.login_id, device, browser)


async def change_password(actor: Actor, current: str, new: str) -> None:
    """Raises Invalid for a wrong current password or an unfit new one. All other sessions end; this one stays."""
    reach = await by_login(actor.login_id)
    passwords.check_new(new, email=reach.email if reach else "")
    await confirm(actor, current, field="current")
    kept = await passwords.hash_password(new)
    moment = await keep_password(actor, actor.login_id, kept)
    await end_other_sessions(actor, reason=PASSWORD, at=moment)


async def confirm(actor: Actor, password: str, *, field: str = "password") -> None:
    """The person at this session is the login's; raises Invalid for the field, TooMany after ten wrong ones."""
    await take(PASSWORD_CHECKS, actor.login_id)
    reach = await by_login(actor.login_id)
    if not await passwords.matches(reach.password_hash if reach else None, password):
        wrong = Invalid("wrong-password", errors={field: ["This is not your password."]})
        raise leaving_a_note(wrong, actor.login_id, "wrong-inside", current_scope().whence.device)
    await give_back(PASSWORD_CHECKS, actor.login_id)


async def _record_asked(login_id: UUID) -> None:
    async with change(None, "login.ask_reset"):
        await record(None, RESET_ASKED, [], subject_id=login_id)


async def keep_password(actor: Actor | None, login_id: UUID, kept: str) -> datetime:
    """First of all that follows from it: the login's row is held, so nobody begins a session by the former one.
    Returns the moment, in which the sessions that it ends have to end: so they know why."""
    moment = now()
    async with change(actor, "login.set_password"):
        former = await fetch_one("SELECT password_hash AS hash FROM login WHERE id = $1 FOR UPDATE", login_id)
        what = {"what": "password-changed"} if former and former["hash"] else {}
        await execute("UPDATE login SET password_hash = $2, password_at = $3 WHERE id = $1", login_id, kept, moment)
        await tickets.use_up(login_id)
        await ask_everywhere(login_id)
        await note(login_id, "password-changed")
        heard = [Part([ToLogin(login_id)], what)]
        await record(actor, PASSWORD_CHANGED, heard, subject_id=login_id, rights_of=[login_id])
    return moment


async def _begin(login_id: UUID, device: str, browser: Browser | None) -> SignedIn:
    reach = await by_login(login_id)
    assert reach is not None
    side = Side.DESK if Side.DESK in reach.sides else None
    return await begin(reach, side, device=device, browser=browser, mailed=True)
