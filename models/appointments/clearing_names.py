"""The message about a cleared day goes to all whom it concerns, and into mailboxes: nobody of them stands in it, and no
practitioner, unless whoever writes it looked at that word and means something else by it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from models.core.database import fetch_all
from models.core.errors import Invalid

# Who is meant: the clients, their contacts, and practitioners; compared as people are found, so without accents and
# also in "Leo's". Answers with the message's own spelling.
NAMED = """WITH name AS (
    SELECT portico_name_words(concat_ws(' ', c.name, c.first_name, c.last_name, c.preferred_name)) AS word
      FROM client c WHERE c.id = ANY ($2)
    UNION SELECT portico_name_words(k.name) FROM client_contact r JOIN contact k ON k.id = r.contact_id
      WHERE r.client_id = ANY ($2)
    UNION SELECT portico_name_words(m.name) FROM staff_member m WHERE m.id = ANY ($3))
  SELECT part.said FROM regexp_split_to_table($1, '\\s+') WITH ORDINALITY AS part (said, place)
  WHERE EXISTS (SELECT FROM portico_name_words(regexp_replace(part.said, '[][“”„«»!?:…<>*_~|#]', ' ', 'g')) w
    JOIN name ON name.word = w WHERE length(w) > 1)
  ORDER BY part.place"""
EDGES = ".,;:!?()[]\"“”„'’…"


async def ensure_nobody_named(words: str, clients: Collection[UUID], staff: Collection[UUID]) -> None:
    """Raises Invalid `names_ok`, naming the words."""
    rows = await fetch_all(NAMED, words, list(clients), list(staff)) if words.strip() else []
    said = list(dict.fromkeys(row["said"].strip(EDGES) for row in rows))
    if said:
        which = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        names = "the name of somebody" if len(said) == 1 else "names of people"
        raise Invalid(errors={"names_ok": [
            f"{which} may be {names} this concerns. The message goes to all of them, also by e-mail: name nobody."]})
