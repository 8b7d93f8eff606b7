"""The `load` world: many practices with rows, to see that nobody gets slower because others are there, and one practice
with 50,000 clients (server/load_clients.py).

Repeatable: a practice that is there already is left alone. Nobody can sign in to it.
"""

from __future__ import annotations

import asyncpg

from models.core.database import execute
from models.core.settings import settings
from models.documents.ready import READY, put_in_library
from server.load_clients import CLIENTS, LARGE, make_large
from server.worlds import Face, People, found

PRACTICES, CONVERSATIONS, MESSAGES = 200, 100, 50

# One conversation of Ana and Maya for each number, with seats, then messages in turn: three statements a practice.
MADE = "SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1) n"
TALKS = f"""WITH made AS ({MADE}) INSERT INTO conversation (id, client_id, subject, last_position, last_at)
  SELECT id, $2, 'Load ' || n, $3, now() - n * interval '1 hour' FROM made"""
SEATS = """INSERT INTO seat (id, conversation_id, kind, staff_id, access_id, read_position, last_at)
  SELECT gen_random_uuid(), c.id, 'staff', $1::uuid, NULL::uuid, c.last_position, c.last_at FROM conversation c
  UNION ALL
  SELECT gen_random_uuid(), c.id, 'access', NULL, $2::uuid, c.last_position, c.last_at FROM conversation c"""
LINES = """INSERT INTO message (id, conversation_id, position, seat_id, sender_staff_id, body, sent_at)
  SELECT gen_random_uuid(), s.conversation_id, p, s.id, s.staff_id, 'Message number ' || p,
    s.last_at - ($1 - p) * interval '1 minute'
  FROM generate_series(1, $1) p JOIN seat s ON (s.kind = 'staff') = (p % 2 = 0)"""


async def make_load_world() -> str:
    """Make what is missing, each practice whole or not at all; returns what was made, in numbers."""
    fresh = 0
    for number in range(PRACTICES):
        fresh += await make_one(f"load-{number:04d}")
        if number % 20 == 19:
            print(f"  {number + 1} of {PRACTICES} practices", flush=True)
    large = await make_large(LARGE)
    await _tell_the_planner()
    return (
        f"Load world: {fresh} practices made with {fresh * CONVERSATIONS:,} conversations and "
        f"{fresh * CONVERSATIONS * MESSAGES:,} messages, {PRACTICES - fresh} found; "
        f"one with {CLIENTS:,} clients {'made' if large else 'found'}."
    )


async def make_one(subdomain: str) -> int:
    """How many practices were made: one, or none when it is there."""
    face = Face(subdomain, subdomain.replace("-", " ").title())
    people = await found(face, mail_domain=f"{subdomain}.test", password_hash=None, furnish=_fill)
    return int(people is not None)


async def _fill(people: People) -> None:
    await put_in_library(list(READY.values()))
    await execute(TALKS, CONVERSATIONS, people.clients["client"], MESSAGES)
    await execute(SEATS, people.staff["practitioner"], people.accesses[("client", "client")])
    await execute(LINES, MESSAGES)


async def _tell_the_planner() -> None:
    """Millions of rows came at once: without fresh statistics PostgreSQL still plans for empty tables."""
    owner = await asyncpg.connect(settings().owner_url)
    try:
        await owner.execute("ANALYZE")
    finally:
        await owner.close()
