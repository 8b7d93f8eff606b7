"""The forms of a practice of the demo world: every ready measure and sample."""

from __future__ import annotations

from models.documents.ready import READY, put_in_library
from server.worlds import People


async def add_forms(people: People) -> None:
    """In the scope of a practice that is being made."""
    await put_in_library(list(READY.values()))
