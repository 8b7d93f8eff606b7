"""Whose names stand in a text that leaves the portal, compared as people are found: without accents."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from models.core.database import fetch_all

# Answers with the text's own spelling.
NAMED = """WITH name AS (
    SELECT portico_name_words(concat_ws(' ', c.name, c.first_name, c.last_name, c.preferred_name)) AS word
      FROM client c WHERE c.id = ANY ($2)
    UNION SELECT portico_name_words(k.name) FROM client_contact r JOIN contact k ON k.id = r.contact_id
      WHERE r.client_id = ANY ($3)
    UNION SELECT portico_name_words(m.name) FROM staff_member m WHERE m.id = ANY ($4))
  SELECT part.said FROM regexp_split_to_table($1, '\\s+') WITH ORDINALITY AS part (said, place)
  WHERE EXISTS (SELECT FROM portico_name_words(regexp_replace(part.said, '[][“”„«»!?:…<>*_~|#]', ' ', 'g')) w
    JOIN name ON name.word = w WHERE length(w) > 1)
  ORDER BY part.place"""
EDGES = ".,;:!?()[]\"“”„'’…"


async def names_in(
    words: str, *, clients: Collection[UUID] = (), contacts_of: Collection[UUID] = (), staff: Collection[UUID] = ()
) -> list[str]:
    """The words of the text that are names of these clients, of contacts of those, or of these staff members, also in
    "Leo's"; each once, as they are written there."""
    if not words.strip():
        return []
    rows = await fetch_all(NAMED, words, list(clients), list(contacts_of), list(staff))
    return list(dict.fromkeys(row["said"].strip(EDGES) for row in rows))
