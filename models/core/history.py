"""The events of a practice are one chain of hashes: one taken away, slipped in or changed later breaks it.

Each row holds the hash over those before it, written by append_events under the head's lock; the head holds the last.
"""

from __future__ import annotations

from models.core.database import fetch_all, fetch_one

BATCH = 5000

# As append_events was given it: Python's spelling of a moment leaves out a fraction of nothing.
MOMENT = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
  || CASE WHEN date_trunc('second', at) = at THEN '' ELSE to_char(at AT TIME ZONE 'UTC', '.US') END || '+00:00'"""
LINKS = f"""SELECT seq, former, sha256(former || convert_to(practice_id::text || seq::text || jsonb_build_object(
    'type', type, 'subject', subject_id, 'ids', ids, 'audience', audience, 'rights', to_jsonb(rights),
    'login', login_id, 'side', side, 'at', {MOMENT}, 'digest', encode(digest, 'hex'))::text, 'UTF8')) AS hash
  FROM event WHERE practice_id = portico_here() AND seq > $1 ORDER BY seq LIMIT $2"""
HEAD = "SELECT seq, last_hash FROM practice_head WHERE practice_id = portico_here()"


async def history_holds() -> bool:
    """Whether every event of the open practice is there, as it was written."""
    seq, hash_before = 0, b""
    while links := await fetch_all(LINKS, seq, BATCH):
        for link in links:
            if link["seq"] != seq + 1 or bytes(link["former"]) != hash_before:
                return False
            seq, hash_before = link["seq"], bytes(link["hash"])
    head = await fetch_one(HEAD)
    return head is not None and (head["seq"], bytes(head["last_hash"])) == (seq, hash_before)
