"""Appointments, requests, terms and diagnoses when two records of a client become one. Who was booked twice into one
appointment stands in it once, as the one who comes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from models.clients.registries import Merging
from models.core.database import execute, fetch_all, fetch_one

# Of two in one appointment the earlier in this list stays.
RANKS = "ARRAY['attended', 'booked', 'no-show', 'late-cancelled', 'cancelled']"
TWICE = f"""SELECT CASE WHEN array_position({RANKS}, g.state) < array_position({RANKS}, k.state) THEN k.id ELSE g.id END
    AS id
  FROM attendance k JOIN attendance g ON g.appointment_id = k.appointment_id
  WHERE k.client_id = $1 AND g.client_id = $2"""
DROP = ("DELETE FROM reminder WHERE attendance_id = ANY ($1)", "DELETE FROM attendance WHERE id = ANY ($1)")
MOVE = (
    "UPDATE attendance SET client_id = $1 WHERE client_id = $2",
    "UPDATE booking_request SET client_id = $1 WHERE client_id = $2",
    "INSERT INTO client_terms (client_id, no_fees) SELECT $1, no_fees FROM client_terms WHERE client_id = $2"
    " ON CONFLICT (practice_id, client_id) DO UPDATE SET no_fees = client_terms.no_fees OR excluded.no_fees",
    "DELETE FROM client_terms WHERE client_id = $2 AND $1::uuid <> $2",
    "DELETE FROM diagnosis g USING diagnosis k WHERE g.client_id = $2 AND k.client_id = $1 AND g.code = k.code"
    " AND g.from_on = k.from_on AND g.until_on IS NOT DISTINCT FROM k.until_on"
    " AND (g.removed_at IS NULL) = (k.removed_at IS NULL)",
    "UPDATE diagnosis SET main = false WHERE client_id = $2 AND main AND EXISTS"
    " (SELECT FROM diagnosis WHERE client_id = $1 AND main AND removed_at IS NULL)",
    "UPDATE diagnosis SET client_id = $1 WHERE client_id = $2",
    "UPDATE client k SET mails_off = ARRAY(SELECT DISTINCT unnest FROM unnest(k.mails_off || g.mails_off) ORDER BY 1)"
    " FROM client g WHERE k.id = $1 AND g.id = $2",
)
COUNT = """SELECT (SELECT count(*) FROM attendance WHERE client_id = $1)::int AS visits,
  (SELECT count(*) FROM booking_request WHERE client_id = $1)::int AS wishes"""


async def _move(kept: UUID, gone: UUID, joined: Mapping[UUID, UUID]) -> None:
    twice = [row["id"] for row in await fetch_all(TWICE, kept, gone)]
    for sql in DROP:
        await execute(sql, twice)
    for sql in MOVE:
        await execute(sql, kept, gone)


async def _told(gone: UUID) -> list[str]:
    """Diagnoses move as well; that there are any is not for everybody who merges."""
    row = await fetch_one(COUNT, gone)
    visits, wishes = (row["visits"], row["wishes"]) if row else (0, 0)
    said = []
    if visits:
        said.append("1 appointment, with its fee" if visits == 1 else f"{visits} appointments, with their fees")
    if wishes:
        said.append("1 booking request" if wishes == 1 else f"{wishes} booking requests")
    return said


MERGING = Merging(frozenset({"attendance", "booking_request", "client_terms", "diagnosis"}), _move, _told)
