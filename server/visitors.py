"""Whether anybody may listen to a practice's free times: asked at each handshake, so it is remembered for seconds."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from uuid import UUID

from models.appointments.asking import open_to_visitors
from models.core.clock import monotonic
from models.core.database import AWAY
from models.core.errors import Refusal
from models.core.scope import run_scope

REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 2_000

_remembered: OrderedDict[UUID, tuple[float, bool]] = OrderedDict()


async def open_lately(practice_id: UUID) -> bool:
    """What was so within the last seconds; nobody is let in while the database is away."""
    known = _remembered.get(practice_id)
    if known is not None and monotonic() < known[0]:
        return known[1]
    with suppress(Refusal, *AWAY):
        return await open_now(practice_id)
    return False


async def open_now(practice_id: UUID) -> bool:
    """Asked of the tables, and remembered."""
    found = await run_scope(practice_id, lambda _: open_to_visitors())
    _remembered[practice_id] = (monotonic() + REMEMBERED_SECONDS, found)
    _remembered.move_to_end(practice_id)
    while len(_remembered) > MOST_REMEMBERED:
        _remembered.popitem(last=False)
    return found
