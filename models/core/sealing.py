"""Looks are sealed into a chain of hashes, practice by practice: one taken away or changed later breaks the chain.

As events they would take the practice's counter at every page view, so they are written alone and sealed afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import orjson

from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.looking import id_at
from models.core.practices import where_waiting

# A look whose transaction began earlier may still commit; its id, made at its beginning, sorts before the seal.
STILL_COMING = timedelta(seconds=60)
BATCH = 5000

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('look-seal:' || portico_here()::text, 0))"
LAST = """SELECT sealed_to, hash FROM look_seal WHERE practice_id = portico_here()
  ORDER BY sealed_to DESC LIMIT 1"""
# Where the chain ends: looks taken away from its end, with their seal, would not be missed otherwise. In one statement,
# because the practice goes on working meanwhile.
END = """SELECT h.sealed_to, h.looks, h.hash, (SELECT s.sealed_to FROM look_seal s WHERE s.practice_id = p.id
    ORDER BY s.sealed_to DESC LIMIT 1) AS newest
  FROM (SELECT portico_here() AS id) p LEFT JOIN look_head h ON h.practice_id = p.id"""
MOVE_HEAD = """INSERT INTO look_head AS h (sealed_to, looks, hash) VALUES ($1, $2, $3) ON CONFLICT (practice_id)
  DO UPDATE SET sealed_to = excluded.sealed_to, looks = h.looks + excluded.looks, hash = excluded.hash"""
# What a seal covers, by its version: those made before a column was there still verify.
COVERED = {
    1: "id, login_id, subject, subject_id, reason, at",
    2: "id, login_id, subject, subject_id, reason, at, client_id, access_id, session_id, device, address",
}
VERSION = max(COVERED)
LOOKS = """SELECT {covered} FROM look
  WHERE practice_id = portico_here() AND id > $1 AND id <= $2 ORDER BY id LIMIT $3"""
SEAL = "INSERT INTO look_seal (sealed_to, looks, hash, version) VALUES ($1, $2, $3, $4)"
SEALS = """SELECT sealed_to, looks, hash, version FROM look_seal
  WHERE practice_id = portico_here() AND sealed_to <= $1 ORDER BY sealed_to"""

NONE = UUID(int=0)


async def seal_all_looks() -> None:
    """Seal the looks of every practice that has some a minute old; outside any scope."""
    await where_waiting("unsealed_looks", _newest(), lambda _: seal_looks())


async def seal_looks() -> bool:
    """Seal one batch of the open practice's looks that are a minute old; True while there may be more."""
    await execute(ONE_AT_A_TIME)
    last = await fetch_one(LAST)
    looks = await fetch_all(_looks(VERSION), last["sealed_to"] if last else NONE, _newest(), BATCH)
    if not looks:
        return False
    chained = _chained(bytes(last["hash"]) if last else b"", looks, VERSION)
    await execute(SEAL, looks[-1]["id"], len(looks), chained, VERSION)
    await execute(MOVE_HEAD, looks[-1]["id"], len(looks), chained)
    return len(looks) == BATCH


async def seals_hold() -> bool:
    """Whether every sealed look of the open practice is there, as it was."""
    return (await walk_seals())[1] is None


async def walk_seals() -> tuple[int, int | None]:
    """How many sealed looks of the open practice there are, and the number, counted from 1, of the first look of the
    first seal that does not hold; None when all hold. What is sealed while this walks is not looked at."""
    former, before, counted, end = NONE, b"", 0, await fetch_one(END)
    assert end is not None
    for seal in await fetch_all(SEALS, end["newest"] or NONE):
        version = seal["version"]
        if version not in COVERED:
            return counted, counted + 1
        looks = await fetch_all(_looks(version), former, seal["sealed_to"], seal["looks"] + 1)
        if len(looks) != seal["looks"] or _chained(before, looks, version) != seal["hash"]:
            return counted, counted + 1
        former, before, counted = seal["sealed_to"], bytes(seal["hash"]), counted + len(looks)
    reached = (end["newest"], counted, before) == (end["sealed_to"], end["looks"] or 0, bytes(end["hash"] or b""))
    return counted, None if reached else counted + 1


def _looks(version: int) -> str:
    return LOOKS.format(covered=COVERED[version])


def _newest() -> UUID:
    """The id that a look of that moment would have at most."""
    return UUID(int=id_at(now() - STILL_COMING).int | (1 << 80) - 1)


def _chained(before: bytes, looks: Sequence[Row], version: int) -> bytes:
    """The version is hashed with what it covers: a seal cannot be passed off as one that covers less."""
    lines = b"\n".join(orjson.dumps([str(value) for value in look.values()]) for look in looks)
    spoken = b"" if version == 1 else b"%d:" % version
    return sha256(before + spoken + lines).digest()
