"""A sign-in link by e-mail, instead of the password. It works once, for fifteen minutes; opening it uses nothing up.

Asking is limited such that nobody can keep the owner out: three in the time that a link works. Whoever is refused has a
link in the mailbox that still works, whoever asked for it.
"""

from __future__ import annotations

from uuid import UUID

from models.accounts import tickets
from models.accounts.events import LINK_ASKED
from models.accounts.known_devices import Browser, known
from models.accounts.reach import by_email, by_login, spelled
from models.accounts.signing import SignedIn, begin
from models.core.actor import Side
from models.core.change import change, record
from models.core.errors import Conflict, TooMany
from models.core.ids import new_id
from models.core.limits import Limit, network_of, take
from models.core.scope import current_scope

ASKS_BY_ADDRESS = Limit("link-address", most=30, seconds=3600)
ASKS_BY_ACCOUNT = Limit("link-account", most=3, seconds=int(tickets.LASTS[tickets.SIGN_IN].total_seconds()))
USES_BY_ADDRESS = Limit("link-use", most=60, seconds=3600)
SENT_ALREADY = "Three links were asked for just now. Look into your e-mail: the newest one works for 15 minutes."


async def ask(email: str, *, address: str, browser: Browser) -> None:
    """Have a link mailed to this address if it belongs to a login that is open. The caller cannot tell: known or
    unknown, the same statements run. Raises TooMany by address (not on a known device) and by what was typed."""
    reach = await by_email(email)
    login_id = reach.login_id if reach else new_id()
    if await known(login_id, browser) is None:
        await take(ASKS_BY_ADDRESS, network_of(address))
    try:
        await take(ASKS_BY_ACCOUNT, current_scope().practice_id, spelled(email))
    except TooMany as many:
        raise TooMany(detail=SENT_ALREADY, errors={"form": [SENT_ALREADY]}, retry_after=many.retry_after) from None
    async with change(None, "login.ask_link"):
        await record(None, LINK_ASKED, [], subject_id=login_id)


async def issue(login_id: UUID) -> str | None:
    """The secret for /sign-in/link/<token>, made when the mail is; None for who has nothing to open."""
    reach = await by_login(login_id)
    return await tickets.issue(login_id, tickets.SIGN_IN) if reach is not None and reach.sides else None


async def is_open(token: str) -> bool:
    """Whether the link can still be used, changing nothing."""
    found = await tickets.look_at(token)
    return found is not None and found.fresh and found.purpose == tickets.SIGN_IN


async def sign_in_by_link(
    token: str, *, address: str, device: str, browser: Browser, side: Side | None = None, code: str = ""
) -> SignedIn:
    """Use the link up. Raises Conflict `link-expired`, SecondFactor and ChooseSide as any sign-in."""
    await take(USES_BY_ADDRESS, network_of(address))
    login_id = await tickets.redeem(token, tickets.SIGN_IN)
    reach = await by_login(login_id) if login_id else None
    if reach is None:
        raise Conflict("link-expired", "This link can no longer be used. Ask for a new one.")
    return await begin(reach, side, device=device, browser=browser, code=code, mailed=True,
                       how="signed-in-link")
