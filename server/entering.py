"""What every way of signing in has in common: the browser that comes, the next step that is asked, the cookies."""

from __future__ import annotations

from quart import Request

from models.accounts import sessions, tickets
from models.accounts.devices import device_of
from models.accounts.known_devices import REMEMBERED, Browser, tokens_in
from server.cookies import device_cookie, device_cookie_name, session_cookie
from server.door import Done, Page
from server.own_account import safe_next

Step = sessions.SecondFactor | sessions.ChooseSide


def words_of(request: Request) -> str:
    """The device in words."""
    return device_of(request.headers.get("User-Agent", ""))


def browser_of(request: Request, *, remember: bool = False) -> Browser:
    return Browser(tokens_in(request.cookies.get(device_cookie_name())), remember)


async def next_step(step: Step, *, next_page: str = "", remember: bool = False) -> Page:
    """The page that asks for the code, or for the side; what was proved so far travels in a ticket."""
    if isinstance(step, sessions.SecondFactor):
        return code_page(await ticket_of(step), next_page=next_page)
    ticket = await ticket_of(step)
    return Page("accounts/choose_side.html", ticket=ticket, next=next_page, remember=remember, key=None)


async def ticket_of(step: Step) -> str:
    """What was proved so far: by a link in a mailbox or not, by one factor or two."""
    if isinstance(step, sessions.SecondFactor):
        purpose = tickets.SECOND_STEP_MAILED if step.mailed else tickets.SECOND_STEP
    elif step.strong:
        purpose = tickets.CHOOSE_SIDE_STRONG_MAILED if step.mailed else tickets.CHOOSE_SIDE_STRONG
    else:
        purpose = tickets.CHOOSE_SIDE_MAILED if step.mailed else tickets.CHOOSE_SIDE
    return await tickets.issue(step.login_id, purpose)


def code_page(ticket: str, *, next_page: str = "", remember: bool = False) -> Page:
    return Page("accounts/second_step.html", ticket=ticket, next=next_page, remember=remember, days=REMEMBERED.days)


def signed_in(given: sessions.SignedIn, *, next_page: str = "") -> Done:
    """The session's cookie, and the device's when that is new."""
    actor = given.actor
    see = safe_next(next_page, actor)
    data = {"login": actor.login_id, "side": actor.side.value, "session": actor.session_id, "see": see}
    device = (device_cookie(given.device_tokens),) if given.device_tokens is not None else ()
    return Done(data, see=see, cookies=(session_cookie(given.token), *device))
