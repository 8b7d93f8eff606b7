"""Conversations when two records of a client become one: they are about the record that stays; seats stay whose they
were, and one person's seats of an access that was joined with another go on under that one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from models.clients.registries import Merging
from models.core.database import execute, fetch_all, fetch_one
from models.messaging.seating import rekey

MOVE = "UPDATE conversation SET client_id = $1 WHERE client_id = $2"
# Of a person who sits in a conversation twice, one seat is enough: the other one stays closed where it was.
RESEAT = """UPDATE seat s SET access_id = $1 WHERE s.access_id = $2 AND NOT EXISTS (SELECT FROM seat o
  WHERE o.conversation_id = s.conversation_id AND o.access_id = $1 AND o.left_at IS NULL AND s.left_at IS NULL)"""
KEYED = "SELECT id FROM conversation WHERE client_id = $1 AND people_key <> '' ORDER BY id"
COUNT = "SELECT count(*)::int AS talks FROM conversation WHERE client_id = $1"


async def _move(kept: UUID, gone: UUID, joined: Mapping[UUID, UUID]) -> None:
    await execute(MOVE, kept, gone)
    for ended, stays in joined.items():
        await execute(RESEAT, stays, ended)
    for row in await fetch_all(KEYED, kept):
        await rekey(row["id"])


async def _told(gone: UUID) -> list[str]:
    row = await fetch_one(COUNT, gone)
    talks = row["talks"] if row else 0
    if not talks:
        return []
    said = "1 conversation" if talks == 1 else f"{talks} conversations"
    return [f"{said}, with those who sit in them and nobody else"]


MERGING = Merging(frozenset({"conversation"}), _move, _told)
