"""“Find my portal”: answered by e-mail alone, so that nobody learns from the page who is anybody's client."""

from __future__ import annotations

from models.accounts.events import PORTAL_ASKED_FOR
from models.accounts.reach import by_email, spelled
from models.core.change import change, record
from models.core.database import fetch_all
from models.core.limits import Limit, network_of, take
from models.core.scope import detached, run_scope

BY_ADDRESS = Limit("find-portal-address", most=10, seconds=3600)
BY_EMAIL = Limit("find-portal-email", most=3, seconds=3600)
MOST = 20


async def ask(email: str, *, address: str) -> None:
    """Have a mail sent from every practice where this address opens something. Returns at once, before anything is
    looked up: time tells nothing. Raises TooMany by network and by what was typed."""
    await take(BY_ADDRESS, network_of(address))
    await take(BY_EMAIL, spelled(email))
    detached(lambda: tell(spelled(email)))


async def tell(email: str) -> int:
    """Outside any scope; how many mails are on their way."""
    rows = await fetch_all("SELECT id FROM practices_of_email($1) AS id ORDER BY id LIMIT $2", email, MOST)
    return sum([await run_scope(row["id"], lambda _: _tell_here(email)) for row in rows])


async def _tell_here(email: str) -> bool:
    reach = await by_email(email)
    if reach is None or not (reach.sides or reach.invited):
        return False
    async with change(None, "portal.ask_for"):
        await record(None, PORTAL_ASKED_FOR, [], subject_id=reach.login_id)
    return True
