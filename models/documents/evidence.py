"""How it was known who signed: from which session, on what device, proved with what and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from models.accounts.time_zones import known_zones
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.scope import current_scope

SESSION = "SELECT created_at, began_by, proved_by, proved_at, device FROM session WHERE id = $1"
SAME = timedelta(seconds=2)


@dataclass(frozen=True)
class Evidence:
    """`method`: in words; `session`: a hash, which tells sessions apart and opens none; `zone`: the signer's, as their
    browser named it; empty where it named none."""

    method: str
    session: bytes
    address: str
    device: str
    zone: str


async def evidence(actor: Actor, zone: str) -> Evidence:
    """Of the session that acts in the open scope."""
    row, whence = await fetch_one(SESSION, actor.session_id), current_scope().whence
    assert row is not None
    return Evidence(
        method=_method(row["began_by"], row["created_at"], row["proved_by"], row["proved_at"]),
        session=sha256(f"session:{actor.practice_id}:{actor.session_id}".encode()).digest(),
        address=whence.address, device=whence.device or row["device"],
        zone=zone if zone in known_zones() else "",
    )


def _method(began_by: str, began_at: datetime, proved_by: str, proved_at: datetime) -> str:
    """Never more than was noted: a session of before it was noted says so."""
    began = f"signed in with {began_by}" if began_by else "signed in; with what was not noted"
    said = f"{began} at {_utc(began_at)}"
    if proved_by and (proved_by != began_by or proved_at - began_at > SAME):
        said += f", confirmed with {proved_by} at {_utc(proved_at)}"
    return said


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def in_zone(at: datetime, zone: str) -> str:
    """"Wednesday, November 18, 2026, 2:18:03 PM, America/New_York"."""
    there = at.astimezone(ZoneInfo(zone if zone in known_zones() else "UTC"))
    return f"{there:%A, %B %-d, %Y, %-I:%M:%S %p}, {zone}"
