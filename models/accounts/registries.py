"""What upper areas add to what accounts shows. Filled by server.wiring, in the order of the areas."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from models.core.actor import Actor

# Asked once for a portal person, by access: `{access_id: {"may_write_to": [...]}}` joins that client in GET /me.
MePart = Callable[[Actor], Awaitable[Mapping[UUID, Mapping[str, Any]]]]
ME_PARTS: list[MePart] = []
