"""Other practices: thousands of them with rows, some of them with open pages."""

from __future__ import annotations

import asyncpg

from tests.bench.stack.house import House
from tests.bench.stack.line import Line, opened
from tests.bench.stack.people import Pair, new_practices
from tests.faults.ground import WebWorker

EVENTS, MESSAGES = 20, 5
OTHERS = "(SELECT practice_id, id AS staff_id, login_id FROM staff_member)"

# One statement each. Twenty events a practice, and one conversation of five messages.
ROWS = (
    f"""INSERT INTO event (practice_id, seq, type, subject_id, ids, audience, at, digest, former)
    SELECT practice_id, n, 'message.sent', gen_random_uuid(), '{{}}', '[]', now(), '\\x', '\\x'
    FROM {OTHERS} o, generate_series(1, {EVENTS}) n""",
    """INSERT INTO event_data (practice_id, seq, part, subject_id, at, rooms, ids, data)
    SELECT practice_id, seq, 0, subject_id, at, '[["staff", null]]', '{}', '{"body": "Said before"}' FROM event""",
    f"UPDATE practice_head SET seq = {EVENTS}",
    f"""INSERT INTO conversation (practice_id, id, client_id, people_key, last_position)
    SELECT practice_id, id, id, 'bench', {MESSAGES} FROM client""",
    """INSERT INTO seat (practice_id, id, conversation_id, kind, staff_id)
    SELECT c.practice_id, gen_random_uuid(), c.id, 'staff', o.id
    FROM conversation c JOIN staff_member o USING (practice_id)""",
    f"""INSERT INTO message (practice_id, id, conversation_id, position, seat_id, body, sent_at)
    SELECT practice_id, gen_random_uuid(), conversation_id, n, id, 'Message number ' || n, now()
    FROM seat, generate_series(1, {MESSAGES}) n""",
)


async def new_crowd(admin: asyncpg.Connection, practices: int) -> list[Pair]:
    """So many practices with people and rows, in a database that holds no others; vacuumed, so that it rests."""
    pairs = [group[0] for group in await new_practices(admin, practices)]
    for statement in ROWS:
        await admin.execute(statement, timeout=120)
    await admin.execute("VACUUM ANALYZE", timeout=120)
    await admin.execute("CHECKPOINT")
    return pairs


async def open_pages(house: House, pairs: list[Pair], worker: WebWorker) -> list[Line]:
    """A page of each of these practices at this worker."""
    lines = [Line(pair.practitioner, worker) for pair in pairs]
    await opened(lines)
    return lines
