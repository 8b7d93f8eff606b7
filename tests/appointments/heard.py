"""What the practice's log says happened."""

from __future__ import annotations

from typing import Any

from models.core.database import fetch_all


async def heard(cast: Any, kind: str) -> list[Any]:
    """The events of a kind, in order, with their ids and whom they reached."""
    rows = await cast.inside(lambda: fetch_all("SELECT * FROM event WHERE type = $1 ORDER BY seq", kind))
    return list(rows)
