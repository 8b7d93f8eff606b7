"""The portal of a practice: turned on under an address of its choice, turned off, moved."""

from __future__ import annotations

from models.accounts import subdomains
from models.accounts.events import PORTAL_CLOSED, PORTAL_OPENED, PRACTICE_MOVED
from models.accounts.practices import forget_practices
from models.accounts.readiness import missing_for_opening
from models.accounts.sides import portal_logins, refuse_unless_administrator
from models.accounts.subdomains import Availability
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_one
from models.core.errors import Conflict
from models.core.events import EventType, Part, ToLogin, ToStaff
from models.core.limits import Limit, take

# Typing asks now and then; whoever goes through a dictionary is stopped.
LOOKS = Limit("subdomain-look", most=200, seconds=600)


async def look_up(actor: Actor, subdomain: str) -> Availability:
    """While it is typed: whether the practice could have this address. Raises Forbidden, TooMany."""
    refuse_unless_administrator(actor)
    await take(LOOKS, actor.login_id)
    return await subdomains.availability(subdomain)


async def where() -> tuple[str, str]:
    """Subdomain and state of the open practice."""
    row = await fetch_one("SELECT subdomain, state FROM practice WHERE id = portico_here()")
    assert row is not None
    return row["subdomain"], row["state"]


async def former() -> list[str]:
    """Subdomains that lead to the open practice's present one, the last one first."""
    row = await fetch_one("SELECT former_subdomains FROM practice WHERE id = portico_here()")
    return list(reversed(row["former_subdomains"])) if row else []


async def turn_on(actor: Actor, subdomain: str) -> None:
    """Clients may come from now on, at this address. Raises Forbidden, Invalid or Conflict for the address, and
    Conflict `not-ready` when something is missing without which no client may be let in."""
    refuse_unless_administrator(actor)
    lacking = await missing_for_opening(actor)
    if lacking:
        raise Conflict("not-ready", f"Before clients can come: {'; '.join(lacking)}.")
    async with change(actor, "portal.turn_on"):
        await _claim(actor, subdomain)
        if await execute("UPDATE practice SET state = 'open' WHERE id = portico_here() AND state = 'closed'"):
            await _tell(actor, PORTAL_OPENED)


async def turn_off(actor: Actor) -> None:
    """From now on the client side says that it is not open; staff work on, and nothing is lost. Raises Forbidden."""
    refuse_unless_administrator(actor)
    async with change(actor, "portal.turn_off"):
        if await execute("UPDATE practice SET state = 'closed' WHERE id = portico_here() AND state = 'open'"):
            await _tell(actor, PORTAL_CLOSED)


async def move(actor: Actor, subdomain: str) -> bool:
    """The portal stands at this address; its former ones lead there and are never given away. Every open page follows.
    False when it stood there already. Raises Forbidden, Invalid or Conflict for the address."""
    refuse_unless_administrator(actor)
    async with change(actor, "portal.move"):
        return await _claim(actor, subdomain)


async def _claim(actor: Actor, subdomain: str) -> bool:
    former = await subdomains.claim(subdomain)
    if former is not None:
        forget_practices()
        await record(actor, PRACTICE_MOVED, [Part([ToStaff()])])
    return former is not None


async def _tell(actor: Actor, kind: EventType) -> None:
    """Everybody on the portal reads their rights anew: at a closed one nobody has any."""
    logins = await portal_logins()
    await record(actor, kind, [Part([*map(ToLogin, logins), ToStaff()])], rights_of=logins)
