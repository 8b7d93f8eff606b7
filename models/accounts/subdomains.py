"""What a practice may call its portal's address, and whether that is free. What was once somebody's stays theirs."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Invalid

LEAST, MOST = 3, 40
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
RULES = f"Use {LEAST} to {MOST} small letters, digits and hyphens; begin and end with a letter or a digit."
RESERVED = frozenset(
    "www www2 web api app apps admin administrator root mail email smtp imap pop mx ftp ns ns1 ns2 dns vpn staff team "
    "portal portals client clients practice practices static assets cdn media files img images help support status "
    "docs blog news login signin sign-in logout signup sign-up register auth sso oauth account accounts billing "
    "payment payments pay secure security abuse postmaster hostmaster webmaster info contact about legal terms "
    "privacy dev test testing stage staging beta internal localhost portico metrics healthz readyz gone".split()
)

# One at a time for the whole installation, so that an address given up and one taken in the same moment meet.
ALONE = "SELECT pg_advisory_xact_lock(7007)"
OTHERS = """SELECT 1 AS there FROM practice WHERE id IS DISTINCT FROM portico_here()
  AND (subdomain = $1 OR former_subdomains @> ARRAY[$1])"""


@dataclass(frozen=True)
class Availability:
    """`subdomain` as it would be kept; `words`: why not, or that it is free."""

    subdomain: str
    free: bool
    words: str


def spelled(given: str) -> str:
    return given.strip().lower()


def fault_of(subdomain: str) -> str | None:
    """Why this can be no address of a portal, whoever asks; None when it can."""
    if not LEAST <= len(subdomain) <= MOST or not LABEL.fullmatch(subdomain):
        return RULES
    if "--" in subdomain:
        return "Use one hyphen at a time."
    return "This word is kept for Portico itself. Choose another one." if subdomain in RESERVED else None


async def availability(given: str) -> Availability:
    """Whether the open practice could have this address now."""
    subdomain = spelled(given)
    fault = fault_of(subdomain)
    if fault is None and await fetch_one(OTHERS, subdomain):
        fault = TAKEN
    return Availability(subdomain, fault is None, fault or "This address is free.")


TAKEN = "Another practice has this address. Choose another one."


async def claim(given: str) -> str | None:
    """Inside a change: the open practice stands at this address from now on, and all it had before lead there. Returns
    the address it left, None when it stays where it was. Raises Invalid by field for one that cannot be had."""
    subdomain = spelled(given)
    if fault := fault_of(subdomain):
        raise Invalid(errors={"subdomain": [fault]})
    await execute(ALONE)
    if await fetch_one(OTHERS, subdomain):
        raise Conflict("subdomain-taken", TAKEN, errors={"subdomain": [TAKEN]})
    row = await fetch_one(
        "UPDATE practice p SET subdomain = $1, former_subdomains ="
        " array_append(array_remove(p.former_subdomains, $1), p.subdomain)"
        " FROM practice before WHERE p.id = portico_here() AND before.id = p.id AND p.subdomain <> $1"
        " RETURNING before.subdomain",
        subdomain,
    )
    return row["subdomain"] if row else None


async def provisional(name: str) -> str:
    """Inside a change: a free address derived from a practice's name, with something nobody guesses at its end."""
    await execute(ALONE)
    stem = stem_of(name)
    while True:
        subdomain = f"{stem}-{secrets.token_hex(3)}"
        if not await fetch_one(OTHERS, subdomain):
            return subdomain


def stem_of(name: str) -> str:
    """`Škoda & Partners, Inc.` → `skoda-partners-inc`; `practice` when nothing of a name can stand in an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:30].strip("-") or "practice"
