"""In whose time a client reads times: their own, where their record says one, else the practice's; a visitor in the
browser's."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.accounts.time_zones import known_zones
from models.core.database import fetch_one

OWN = "SELECT time_zone FROM client_details WHERE id = $1"


async def zone_of(client_id: UUID) -> ZoneInfo:
    row = await fetch_one(OWN, client_id)
    return ZoneInfo(row["time_zone"]) if row and row["time_zone"] else await zone_here()


async def zone_of_visitor(named: str) -> ZoneInfo:
    """What the visitor's browser says; the practice's where it says nothing that is known here."""
    return ZoneInfo(named) if named in known_zones() else await zone_here()


async def zone_here() -> ZoneInfo:
    return ZoneInfo((await profile()).time_zone)
