"""Who hears of looking, and what is done about it every night."""

from __future__ import annotations

from datetime import timedelta

from models.clients.audit_events import CHAIN_BROKEN
from models.clients.people import administrators
from models.core.change import change, record
from models.core.events import Audience, Part, ToDesk
from models.core.practices import where_waiting
from models.core.verifying import Checked, check_and_keep

# A night's walk may begin a little before the hour of the last one.
CHECKED_EVERY = timedelta(hours=20)


async def to_administrators() -> list[Audience]:
    """The desks of the practice's administrators."""
    return [ToDesk(login) for login in await administrators()]


async def check_every_chain() -> None:
    """Walk the chains of every practice that has a history, one after the other; outside any scope."""
    await where_waiting("unchecked_chains", CHECKED_EVERY, lambda _: check_here())


async def check_here() -> Checked:
    """Walk the open practice's chains and keep what was found; a break is told to the administrators."""
    found = await check_and_keep()
    if not found.whole:
        async with change(None, "audit.check"):
            await record(None, CHAIN_BROKEN, [Part(await to_administrators())])
    return found
