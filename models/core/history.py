"""The events of a practice are one chain of hashes: one taken away, slipped in or changed later breaks it.

Each row holds the hash over those before it, written by append_events under the head's lock; the head holds the last.
"""

from __future__ import annotations

from models.core.database import fetch_all, fetch_one

BATCH = 5000

# As append_events was given it: Python's spelling of a moment leaves out a fraction of nothing.
MOMENT = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
  || CASE WHEN date_trunc('second', at) = at THEN '' ELSE to_char(at AT TIME ZONE 'UTC', '.US') END || '+00:00'"""
# Of changes that nobody asked for, and those of before it was kept, there is no whence.
WHERE = """CASE WHEN device IS NULL AND address IS NULL THEN '{}'
    ELSE jsonb_build_object('device', device, 'address', address) END"""
LINKS = f"""SELECT seq, former, sha256(former || convert_to(practice_id::text || seq::text || (jsonb_build_object(
    'type', type, 'subject', subject_id, 'ids', ids, 'audience', audience, 'rights', to_jsonb(rights),
    'login', login_id, 'side', side, 'at', {MOMENT}, 'digest', encode(digest, 'hex')) || {WHERE})::text, 'UTF8'))
    AS hash, client_id IS NOT DISTINCT FROM portico_event_client(type, subject_id, ids) AS filed
  FROM event WHERE practice_id = portico_here() AND seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3"""
# In one statement, because the practice goes on working meanwhile.
HEAD = """SELECT h.seq, h.last_hash, coalesce((SELECT e.seq FROM event e WHERE e.practice_id = h.practice_id
    ORDER BY e.seq DESC LIMIT 1), 0) AS newest
  FROM practice_head h WHERE h.practice_id = portico_here()"""


async def history_holds() -> bool:
    """Whether every event of the open practice is there, as it was written."""
    return (await walk_history())[1] is None


async def walk_history() -> tuple[int, int | None]:
    """How many events of the open practice hold from the first on, and the number of the first that does not; None when
    all of them do. What is written while this walks is not looked at."""
    head = await fetch_one(HEAD)
    if head is None:
        return 0, 1
    seq, hash_before, last = 0, b"", min(head["seq"], head["newest"])
    while links := await fetch_all(LINKS, seq, last, BATCH):
        for link in links:
            if link["seq"] != seq + 1:
                return seq, seq + 1  # one is missing
            if bytes(link["former"]) != hash_before:
                return max(seq - 1, 0), max(seq, 1)  # what the next one remembers of it is not what stands there
            if not link["filed"]:
                return seq, seq + 1  # the log of its client would not show it, or another's would
            seq, hash_before = link["seq"], bytes(link["hash"])
    if head["newest"] != head["seq"]:
        return seq, last + 1  # taken from the end, or added to it
    return (seq, None) if bytes(head["last_hash"]) == hash_before else (max(seq - 1, 0), max(seq, 1))
