"""Both chains of a practice walked from their first link to the last: by the command, and every night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from models.core.database import execute, fetch_one
from models.core.history import walk_history
from models.core.ids import new_id
from models.core.sealing import walk_seals

log = structlog.get_logger("portico.verifying")

KEEP = "INSERT INTO chain_check (id, events, looks, broken_event, broken_look) VALUES ($1, $2, $3, $4, $5)"
LAST = """SELECT events, looks, broken_event, broken_look, at FROM chain_check
  WHERE practice_id = portico_here() ORDER BY id DESC LIMIT 1"""
HASH = """SELECT encode(h.last_hash, 'hex') AS events, encode(l.hash, 'hex') AS looks FROM practice_head h
  LEFT JOIN look_head l ON l.practice_id = h.practice_id WHERE h.practice_id = portico_here()"""
SHOWN = 16


@dataclass(frozen=True)
class Checked:
    """How far both chains hold, and the number of the first link that does not: an event's own number; a look's,
    counted from the first look there was. `at`: when that was seen, None for just now."""

    events: int
    looks: int
    broken_event: int | None
    broken_look: int | None
    at: datetime | None = None

    @property
    def whole(self) -> bool:
        return self.broken_event is None and self.broken_look is None


async def check_chains() -> Checked:
    """Walk both chains of the open practice; changes nothing. Neither may have become shorter since the last check."""
    former = await last_check()
    (events, broken_event), (looks, broken_look) = await walk_history(), await walk_seals()
    if former is not None:
        broken_event = broken_event or (events + 1 if events < former.events else None)
        broken_look = broken_look or (looks + 1 if looks < former.looks else None)
    return Checked(events, looks, broken_event, broken_look)


async def check_and_keep() -> Checked:
    """The same, and the result is kept for the audit page."""
    found = await check_chains()
    await execute(KEEP, new_id(), found.events, found.looks, found.broken_event, found.broken_look)
    if not found.whole:
        log.error("chain.broken", change=found.broken_event, look=found.broken_look)
    return found


async def last_check() -> Checked | None:
    """What the last nightly walk found; None before the first."""
    row = await fetch_one(LAST)
    return Checked(**row) if row else None


async def head_hash() -> str:
    """The beginnings of the hashes over all changes and all looks: who notes them down can tell later that it is the
    same history."""
    row = await fetch_one(HASH)
    return "-".join(str(one)[:SHOWN] for one in (row["events"], row["looks"]) if one) if row else ""


def sentence(found: Checked, hash_shown: str) -> str:
    """One line for a person at a shell."""
    if found.whole:
        counted = f"{many(found.events, 'change')} and {many(found.looks, 'look')}"
        return f"{counted} are as they were written; head {hash_shown or 'none'}."
    parts = []
    if found.broken_event is not None:
        parts.append(f"change {found.broken_event:,} is not as it was written")
    if found.broken_look is not None:
        parts.append(f"look {found.broken_look:,}, or one sealed with it, is not as it was written")
    return "BROKEN: " + "; ".join(parts) + "."


def many(count: int, word: str) -> str:
    """"1 change", "1,200 changes"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
