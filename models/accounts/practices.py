"""Which practice a host name belongs to, and the practice's own face."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.tables import PracticeProfile
from models.core.clock import monotonic, now
from models.core.database import AWAY, fetch_one
from models.core.errors import Busy, Forbidden
from models.core.scope import current_scope, remembered
from models.core.settings import settings

REMEMBERED_SECONDS = 5.0
UNKNOWN_SECONDS = 1.0  # an address that nobody has may be somebody's a moment later
MOST_REMEMBERED = 2_000

FIND = """SELECT id, subdomain, state FROM practice WHERE subdomain = $1 AND state <> 'gone'
  UNION ALL SELECT id, subdomain, state FROM practice WHERE former_subdomains @> ARRAY[$1] LIMIT 1"""

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class PortalClosed(Forbidden):
    """The client side is not open: not yet, or not any more. Staff work on."""

    code = "portal-closed"


@dataclass(frozen=True)
class PracticeFound:
    """`moved_to`: the host, with the port that was asked, of a practice found by a subdomain it gave up; else None."""

    id: UUID
    subdomain: str
    state: str
    moved_to: str | None = None


_remembered: OrderedDict[str, tuple[float, PracticeFound | None]] = OrderedDict()


async def practice_by_host(host: str) -> PracticeFound | None:
    """The practice whose portal stands at this host name, with or without a port; None for an unknown one.

    Remembers the answer for a few seconds. Raises Busy when the database is away.
    """
    subdomain, port = _subdomain(host)
    if subdomain is None:
        return None
    practice = await _by_subdomain(subdomain)
    if practice is None or practice.subdomain == subdomain:
        return practice
    moved_to = f"{practice.subdomain}.{settings().portico_domain}{port}"
    return PracticeFound(practice.id, practice.subdomain, practice.state, moved_to)


async def profile() -> PracticeProfile:
    """The open practice's name, address, phone and settings."""
    practice_id = current_scope().practice_id
    return await remembered("profile", lambda: PracticeProfile.get(practice_id=practice_id))


async def today_here() -> date:
    """The day it is where the open practice is."""
    return (await on_its_clock(now())).date()


async def on_its_clock(at: datetime) -> datetime:
    """The same moment as the open practice's clock shows it."""
    return at.astimezone(ZoneInfo((await profile()).time_zone))


async def day_began(at: datetime | None = None) -> datetime:
    """The midnight at which the open practice's day began, the present one or that of another moment."""
    day = (await on_its_clock(at or now())).date()
    return datetime.combine(day, time(), ZoneInfo((await profile()).time_zone))


async def until_day(day: date) -> timedelta:
    """From now to the open practice's midnight at which this day begins; a second past it."""
    midnight = datetime.combine(day, time(0, 0, 1), ZoneInfo((await profile()).time_zone))
    return midnight - now()


async def reach_by_phone() -> str:
    """`Call Harbor Counseling at (207) 555-0100.`, for sentences that refuse a client."""
    face = await profile()
    return _reach(face.name, face.phone)


def portal_closed(name: str, phone: str) -> PortalClosed:
    """The refusal of everybody who would come as a client."""
    return PortalClosed(detail=f"The portal of {name} is not open. {_reach(name, phone)}")


async def refuse_if_closed() -> None:
    """Raises PortalClosed in a practice whose portal is not turned on."""
    if not await portal_open():
        face = await profile()
        raise portal_closed(face.name, face.phone)


async def portal_open() -> bool:
    """Asked of the table: what is remembered by host may be seconds old."""
    return await fetch_one("SELECT 1 FROM practice WHERE id = portico_here() AND state = 'open'") is not None


def _reach(name: str, phone: str) -> str:
    return f"Call {name} at {phone}." if phone else f"Call {name}."


def at_bare_domain(host: str) -> bool:
    """Whether this host name, with or without a port, is PORTICO_DOMAIN itself, where practices are opened."""
    return host.strip().lower().partition(":")[0].rstrip(".") == settings().portico_domain


def forget_practices() -> None:
    """Look at the table again at the next question: after a subdomain changed in this process, and in tests."""
    _remembered.clear()


def _subdomain(host: str) -> tuple[str | None, str]:
    name, colon, port = host.strip().lower().partition(":")
    label, dot, domain = name.partition(".")
    if not dot or domain.rstrip(".") != settings().portico_domain or not LABEL.fullmatch(label):
        return None, ""
    return label, colon + port


async def _by_subdomain(subdomain: str) -> PracticeFound | None:
    known = _remembered.get(subdomain)
    if known is not None and known[0] > monotonic():
        return known[1]
    try:
        row = await fetch_one(FIND, subdomain)
    except AWAY as away:
        sentence = "The practice’s records cannot be reached. Try again in a moment."
        raise Busy("database-away", sentence, retry_after=2) from away
    found = PracticeFound(row["id"], row["subdomain"], row["state"]) if row else None
    _remembered[subdomain] = (monotonic() + (REMEMBERED_SECONDS if found else UNKNOWN_SECONDS), found)
    while len(_remembered) > MOST_REMEMBERED:
        _remembered.popitem(last=False)
    return found
