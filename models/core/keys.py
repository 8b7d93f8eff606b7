"""A client-made key makes an ask happen once: the twin gets the first answer.

Unique on practice, login, door and key, with a digest of the payload. A twin waits for the first to commit, then
reads its result. Refusals are not kept: they roll the row back. Kept 30 days; results hold ids only.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from models.core.actor import Actor
from models.core.database import execute, fetch_one
from models.core.errors import Conflict
from models.core.scope import current_scope


async def first_answer(actor: Actor, door: str, key: UUID, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer given before under this key, or None when this is the first; then call `keep_answer`.

    Raises Conflict `key-reused` for another payload under the same key.
    """
    digest = sha256(orjson.dumps(payload, default=str, option=orjson.OPT_SORT_KEYS)).digest()
    fresh = await execute(
        "INSERT INTO request_key (login_id, door, key, payload) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        actor.login_id,
        door,
        key,
        digest,
    )
    if fresh:
        return None
    row = await fetch_one(
        "SELECT payload, result, seq FROM request_key"
        " WHERE practice_id = $1 AND login_id = $2 AND door = $3 AND key = $4",
        actor.practice_id,
        actor.login_id,
        door,
        key,
    )
    if row is None or row["payload"] != digest:
        raise Conflict("key-reused", "This key was used before for something else. Send it again with a new key.")
    return {**(row["result"] or {}), **({"seq": row["seq"]} if row["seq"] is not None else {})}


def keep_answer(actor: Actor, door: str, key: UUID, result: Mapping[str, Any]) -> None:
    """Have the answer written with the events, in the scope's last statement."""
    current_scope().keyed = {"login": actor.login_id, "door": door, "key": key, "result": dict(result)}
