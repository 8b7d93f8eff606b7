"""Search: by words, and by person, among what the actor may see."""

from __future__ import annotations

from uuid import UUID

from models.clients.words import fitting, looked_for
from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.messaging.inbox import lines_of
from models.messaging.looking import Looks, looks_of
from models.messaging.snippets import pieces, query
from models.messaging.views import Found, Hit

MOST = 50
MOST_NAMED = 20

LEXEMES = """SELECT ARRAY(SELECT lexeme FROM unnest(to_tsvector('simple', $1))) AS words,
  ARRAY(SELECT lexeme FROM unnest(to_tsvector('simple', $2))) AS last"""

# Seats of people with that name who sat there together with the actor. $1 $2 $3 whose; $4: Front desk is meant. Who has
# the name is gathered first, by the index of words.
NAMED = """SELECT o.id, o.conversation_id, max(m.last_at) AS last_at, bool_or({mine_o}) AS own
  FROM seat m JOIN seat o ON o.conversation_id = m.conversation_id
    AND (m.left_at IS NULL OR o.joined_at <= m.left_at) AND (o.left_at IS NULL OR m.joined_at <= o.left_at)
  WHERE {mine} AND (o.staff_id = ANY(ARRAY({staff})) OR ($4 AND o.kind = 'front-desk')
    OR o.access_id = ANY(ARRAY(SELECT pa.id FROM portal_access pa WHERE pa.contact_id = ANY(ARRAY({contact}))
      UNION ALL SELECT pa.id FROM portal_access pa
      WHERE pa.contact_id IS NULL AND pa.client_id = ANY(ARRAY({client})))))
  GROUP BY o.id, o.conversation_id ORDER BY last_at DESC LIMIT 500"""
MINE = "(m.staff_id = $1 OR m.access_id = ANY($2) OR ($3 AND m.kind = 'front-desk'))"
FRONT_DESK = ("front", "desk")

HITS = """SELECT m.id, m.conversation_id, m.body, m.sent_at, c.client_id,
    coalesce(sm.name, st.name, co.name, cl.name, 'Front desk') AS by
  FROM search_messages($1, $2, $3, $4, $5, $6) f
  JOIN message m ON m.id = f.message_id
  JOIN conversation c ON c.id = m.conversation_id
  JOIN seat s ON s.id = m.seat_id
  LEFT JOIN staff_member sm ON sm.id = m.sender_staff_id
  LEFT JOIN staff_member st ON st.id = s.staff_id
  LEFT JOIN portal_access pa ON pa.id = s.access_id
  LEFT JOIN client cl ON cl.id = pa.client_id
  LEFT JOIN contact co ON co.id = pa.contact_id
  ORDER BY m.sent_at DESC, m.id DESC"""


async def find(actor: Actor, *, words: str = "", person: str = "") -> Found:
    """Conversations with somebody of that name, and messages that hold all the words (the last may be begun only).

    `person` alone lists conversations; with words it keeps the messages of whoever has that name. Latest first,
    at most 20 and 50. Finds nothing that was said while the actor did not sit there.
    """
    looks = await looks_of(actor)
    name = person.strip() or words.strip()
    named = await _named(looks, name) if name else []
    conversations = list(dict.fromkeys(row["conversation_id"] for row in named if not row["own"]))[:MOST_NAMED]
    senders = [row["id"] for row in named] if person.strip() else None
    return {
        "conversations": await lines_of(actor, conversations) if conversations else [],
        "messages": await _hits(actor, looks, words, senders) if words.strip() else [],
    }


async def _named(looks: Looks, name: str) -> list[Row]:
    terms, viewer = await looked_for(name, kinds="n"), looks.viewer
    if not terms:
        return []
    among: dict[str, str] = {}
    bounds: list[str] = []
    for kind in ("staff", "contact", "client"):
        among[kind], more = fitting(terms, table=f"{kind}_word", of=f"{kind}_id", start=4 + len(bounds))
        bounds += more
    sql = NAMED.format(mine=MINE, mine_o=MINE.replace("m.", "o."), **among)
    return await fetch_all(sql, viewer.staff_id, list(viewer.accesses), viewer.desk, _means_desk(name), *bounds)


def _means_desk(name: str) -> bool:
    return all(any(one.startswith(word) for one in FRONT_DESK) for word in name.lower().split())


async def _hits(actor: Actor, looks: Looks, words: str, senders: list[UUID] | None) -> list[Hit]:
    *whole, begun = words.split()
    row = await fetch_one(LEXEMES, " ".join(whole), begun)
    if row is None or not (row["words"] or row["last"]):
        return []
    terms, viewer = query(actor.practice_id, row["words"], row["last"]), looks.viewer
    rows = await fetch_all(HITS, terms, viewer.staff_id, viewer.desk, list(viewer.accesses), senders, MOST)
    lines = {line["id"]: line for line in await lines_of(actor, list({one["conversation_id"] for one in rows}))}
    return [
        {"conversation": one["conversation_id"], "message": one["id"], "by": one["by"], "at": one["sent_at"],
         "title": lines[one["conversation_id"]]["title"], "about": lines[one["conversation_id"]]["about"],
         "pieces": pieces(one["body"], [*row["words"], *row["last"]])}
        for one in rows if one["conversation_id"] in lines
    ]
