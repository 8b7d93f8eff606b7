"""The staff of a practice by what they may change, for pages that say whom to ask."""

from __future__ import annotations

from models.core.database import fetch_all

ADMINISTRATORS = """SELECT name FROM staff_member
  WHERE 'administrator' = ANY (roles) AND deactivated_at IS NULL ORDER BY name, id"""


async def administrators() -> list[str]:
    """Names of those who may change the practice's settings."""
    return [row["name"] for row in await fetch_all(ADMINISTRATORS)]
