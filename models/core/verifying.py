"""The chains of a practice walked from their first link to the last: by the command, and every night."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from models.core.database import execute, fetch_one
from models.core.history import walk_history
from models.core.ids import new_id
from models.core.sealing import walk_seals

log = structlog.get_logger("portico.verifying")

KEEP = """INSERT INTO chain_check (id, events, looks, broken_event, broken_look, signings, broken_signing)
  VALUES ($1, $2, $3, $4, $5, $6, $7)"""
LAST = """SELECT events, looks, broken_event, broken_look, signings, broken_signing, at FROM chain_check
  WHERE practice_id = portico_here() ORDER BY id DESC LIMIT 1"""
HASH = """SELECT encode(h.last_hash, 'hex') AS events, encode(l.hash, 'hex') AS looks FROM practice_head h
  LEFT JOIN look_head l ON l.practice_id = h.practice_id WHERE h.practice_id = portico_here()"""
SHOWN = 16


@dataclass(frozen=True)
class Further:
    """A chain of an area above: `walk` answers how many links there are and the number of the first that does not hold,
    `head` the hash at its end."""

    walk: Callable[[], Awaitable[tuple[int, int | None]]]
    head: Callable[[], Awaitable[str]]


# The chain over signatures, which documents keep (server/wiring.py).
SIGNINGS: list[Further] = []


@dataclass(frozen=True)
class Checked:
    """How far the chains hold, and the number of the first link that does not: an event's own number; a look's,
    counted from the first look there was; a signature's, copy's or voiding's in the chain over
    signatures, one behind its end where something stands beside it. `at`: when
    that was seen, None for just now."""

    events: int
    looks: int
    broken_event: int | None
    broken_look: int | None
    signings: int = 0
    broken_signing: int | None = None
    at: datetime | None = None

    @property
    def whole(self) -> bool:
        return (self.broken_event, self.broken_look, self.broken_signing) == (None, None, None)


async def check_chains() -> Checked:
    """Walk the chains of the open practice; changes nothing. None may have become shorter since the last check."""
    former = await last_check()
    (events, broken_event), (looks, broken_look) = await walk_history(), await walk_seals()
    signings, broken_signing = await SIGNINGS[0].walk() if SIGNINGS else (0, None)
    if former is not None:
        broken_event = broken_event or (events + 1 if events < former.events else None)
        broken_look = broken_look or (looks + 1 if looks < former.looks else None)
        broken_signing = broken_signing or (signings + 1 if signings < former.signings else None)
    return Checked(events, looks, broken_event, broken_look, signings, broken_signing)


async def check_and_keep() -> Checked:
    """The same, and the result is kept for the audit page."""
    found = await check_chains()
    await execute(KEEP, new_id(), found.events, found.looks, found.broken_event, found.broken_look,
                  found.signings, found.broken_signing)
    if not found.whole:
        log.error("chain.broken", change=found.broken_event, look=found.broken_look,
                  signing=found.broken_signing)
    return found


async def last_check() -> Checked | None:
    """What the last nightly walk found; None before the first."""
    row = await fetch_one(LAST)
    return Checked(**row) if row else None


async def head_hash() -> str:
    """The beginnings of the hashes over all changes, all looks and all signatures: who notes them down can tell later
    that it is the same history."""
    row = await fetch_one(HASH)
    signings = await SIGNINGS[0].head() if SIGNINGS else ""
    return "-".join(str(one)[:SHOWN] for one in (row["events"], row["looks"], signings) if one) if row else ""


def sentence(found: Checked, hash_shown: str) -> str:
    """One line for a person at a shell."""
    if found.whole:
        counted = f"{many(found.events, 'change')} and {many(found.looks, 'look')}"
        if found.signings:
            counted += f" and {found.signings:,} of signing"
        return f"{counted} are as they were written; head {hash_shown or 'none'}."
    parts = []
    if found.broken_event is not None:
        parts.append(f"change {found.broken_event:,} is not as it was written")
    if found.broken_look is not None:
        parts.append(f"look {found.broken_look:,}, or one sealed with it, is not as it was written")
    if found.broken_signing is not None:
        parts.append(f"the chain over signatures does not hold from entry {found.broken_signing:,} on, or something "
                     "stands beside it")
    return "BROKEN: " + "; ".join(parts) + "."


def many(count: int, word: str) -> str:
    """"1 change", "1,200 changes"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
