"""Diagnoses of a client (ICD-10, typed by the practice), each for the days it holds. For full clinical access."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.core.database import fetch_all

ON_DAY = """SELECT code, title, main FROM diagnosis WHERE client_id = $1 AND removed_at IS NULL AND from_on <= $2
  AND (until_on IS NULL OR until_on >= $2) ORDER BY main DESC, from_on, id"""


class Held(TypedDict):
    """As it is frozen with an outcome."""

    code: str
    title: str
    main: bool


async def diagnoses_on(client_id: UUID, at: datetime) -> list[Held]:
    """Those that hold on the practice's day of this moment, the main one first."""
    day = at.astimezone(ZoneInfo((await profile()).time_zone)).date()
    return [Held(code=row["code"], title=row["title"], main=row["main"])
            for row in await fetch_all(ON_DAY, client_id, day)]


async def words_of(client_id: UUID) -> list[str]:
    """Codes and names of whatever was ever diagnosed: no e-mail about this client may hold them."""
    rows = await fetch_all("SELECT DISTINCT code, title FROM diagnosis WHERE client_id = $1", client_id)
    return [words for row in rows for words in (row["code"], row["title"]) if words]
