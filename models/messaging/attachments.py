"""Attachments of a client's conversations, for staff who sit in them: what Files shows under “From messages”."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all
from models.files.listing import Listed
from models.messaging.seats import viewer_of

SEATS = """SELECT s.id FROM seat s JOIN conversation c ON c.practice_id = s.practice_id AND c.id = s.conversation_id
  WHERE c.practice_id = portico_here() AND c.client_id = $1 AND (s.staff_id = $2 OR (s.kind = 'front-desk' AND $3))"""
# A page of them, found by key in each seat; then what is told of each.
FOUND = """WITH page AS (SELECT DISTINCT x.file_id FROM unnest($1::uuid[]) AS seat_of(id) CROSS JOIN LATERAL (
      SELECT DISTINCT g.file_id FROM file_grant g
        JOIN file f ON f.practice_id = g.practice_id AND f.id = g.file_id AND f.refused_at IS NULL
      WHERE g.practice_id = portico_here() AND g.holder = 'seat' AND g.holder_id = seat_of.id AND g.until IS NULL
        AND g.file_id < $2 AND position(lower($3) IN lower(f.name)) > 0
        AND EXISTS (SELECT FROM message m WHERE m.practice_id = g.practice_id AND m.id = g.subject_id
          AND m.deleted_at IS NULL AND m.withdrawn_at IS NULL)
        AND NOT EXISTS (SELECT FROM client_file k WHERE k.practice_id = g.practice_id AND k.file_id = g.file_id
          AND k.client_id = $5 AND k.removed_at IS NULL AND k.deleted_at IS NULL)
      ORDER BY g.file_id DESC LIMIT $4) x
    ORDER BY x.file_id DESC LIMIT $4)
  SELECT DISTINCT ON (f.id) f.id AS file, f.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail,
    m.sent_at AS at, m.conversation_id AS conversation, f.scanned_at IS NOT NULL AS scanned,
    coalesce(st.name, sender.name, co.name, cl.name, 'Front desk') AS who
  FROM page JOIN file f ON f.practice_id = portico_here() AND f.id = page.file_id
  JOIN file_grant g ON g.practice_id = f.practice_id AND g.file_id = f.id AND g.holder = 'seat' AND g.until IS NULL
    AND g.holder_id = ANY($1)
  JOIN message m ON m.practice_id = g.practice_id AND m.id = g.subject_id AND m.deleted_at IS NULL
    AND m.withdrawn_at IS NULL
  JOIN seat s ON s.practice_id = m.practice_id AND s.id = m.seat_id
  LEFT JOIN staff_member st ON st.practice_id = m.practice_id AND st.id = m.sender_staff_id
  LEFT JOIN staff_member sender ON sender.practice_id = s.practice_id AND sender.id = s.staff_id
  LEFT JOIN portal_access a ON a.practice_id = s.practice_id AND a.id = s.access_id
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  LEFT JOIN client cl ON cl.practice_id = a.practice_id AND cl.id = a.client_id AND a.contact_id IS NULL
  ORDER BY f.id DESC"""


async def attachments_about(
    actor: Actor, client_id: UUID, before: UUID, words: str, limit: int
) -> list[Listed]:
    """Newest first; only those that this staff member may open as one who sits there, and that are not in the client's
    files yet."""
    viewer = viewer_of(actor)
    seats = [row["id"] for row in await fetch_all(SEATS, client_id, viewer.staff_id, viewer.desk)]
    if not seats:
        return []
    return [Listed(**row, source="message") for row in await fetch_all(FOUND, seats, before, words, limit, client_id)]
