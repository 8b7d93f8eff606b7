"""What happened lately, for the first page of a staff member: their own share of the event log, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice
from typing import TypedDict
from uuid import UUID

from models.core.actor import Actor
from models.core.database import Row, fetch_all

LOOKED_AT = 400
READ = 60
MOST = 12


class Happening(TypedDict):
    seq: int
    icon: str
    tone: str
    who: str
    what: str
    href: str
    at: object
    fresh: bool


WORDS = {
    "message.sent": ("message-circle", "accent", "sent you a message"),
    "conversation.read": ("check-check", "", "read your message"),
    "conversation.started": ("message-square-plus", "", "started a conversation with you"),
    "onboarding.completed": ("list-checks", "ok", "finished onboarding"),
    "document.submitted": ("file-check", "ok", "handed in a document"),
    "client.file_uploaded": ("file-up", "accent", "uploaded a file"),
    "file.refused": ("shield-alert", "danger", "tried to upload a file in which the virus scanner found something"),
    "mail.undelivered": ("mail-x", "danger", "cannot be reached by e-mail"),
    "majority.near": ("history", "", "comes of age within 60 days"),
    "majority.reached": ("history", "", "came of age: contacts’ access ended unless agreed otherwise"),
    "emergency.opened": ("shield-alert", "danger", "opened a record in an emergency"),
}

# Several of these in a row, of one person in one conversation, are one line.
TOGETHER = {"message.sent": "sent you {} messages", "conversation.read": "read your messages"}

# What is about a client leads to this tab of theirs.
LEADS = {
    "client.file_uploaded": "/files", "file.refused": "/files", "onboarding.completed": "/portal",
    "document.submitted": "/portal", "majority.near": "/details", "majority.reached": "/details",
    "emergency.opened": "",
}

# The newest rows of the log alone are looked at: what this costs does not grow with history.
LATEST = """
WITH late AS (
  SELECT practice_id, seq, type, at, login_id FROM event WHERE practice_id = $1 ORDER BY seq DESC LIMIT $2
)
SELECT DISTINCT ON (late.seq) late.seq, late.type, late.at, d.ids->>'conversation' AS conversation,
  CASE WHEN late.type = ANY($7) THEN d.ids->>'client' END AS client,
  coalesce(m.name, own.name, other.name, about.name, staff.name, '') AS who
FROM late
JOIN event_data d ON d.practice_id = late.practice_id AND d.seq = late.seq
LEFT JOIN seat s ON s.practice_id = late.practice_id
  AND s.id = coalesce(d.ids->>'sender', d.ids->>'reader')::uuid
LEFT JOIN staff_member m ON m.practice_id = s.practice_id AND m.id = s.staff_id
LEFT JOIN staff_member staff ON staff.practice_id = late.practice_id AND late.type = 'emergency.opened'
  AND staff.login_id = late.login_id
LEFT JOIN portal_access a ON a.practice_id = late.practice_id
  AND a.id = coalesce(s.access_id, (d.ids->>'access')::uuid)
LEFT JOIN client own ON own.practice_id = a.practice_id AND own.id = a.client_id AND a.contact_id IS NULL
LEFT JOIN contact other ON other.practice_id = a.practice_id AND other.id = a.contact_id
LEFT JOIN client about ON late.type LIKE 'majority.%' AND about.practice_id = late.practice_id
  AND about.id = (d.ids->>'client')::uuid
WHERE late.type = ANY($3) AND d.rooms @> $4::jsonb AND late.login_id IS DISTINCT FROM $5
ORDER BY late.seq DESC LIMIT $6
"""


async def latest(actor: Actor, *, seen_seq: int | None = None) -> list[Happening]:
    """The latest dozen, newest first; `fresh` marks those after `seen_seq`."""
    rows = await fetch_all(
        LATEST, actor.practice_id, LOOKED_AT, list(WORDS), [["desk", str(actor.login_id)]], actor.login_id, READ,
        list(LEADS),
    )
    runs = groupby((row for row in rows if row["who"]), key=_run)
    return [_told(list(run), seen_seq) for _, run in islice(runs, MOST)]


def _run(row: Row) -> tuple[object, ...]:
    """Rows that follow each other with the same key stand in one line."""
    return (row["type"], row["who"], row["conversation"]) if row["type"] in TOGETHER else (row["seq"],)


def _told(run: Sequence[Row], seen_seq: int | None) -> Happening:
    row = run[0]
    icon, tone, what = WORDS[row["type"]]
    if len(run) > 1:
        what = TOGETHER[row["type"]].format(len(run))
    href = f"/staff/messages/{UUID(row['conversation'])}" if row["conversation"] else ""
    if row["client"]:
        href = f"/staff/clients/{UUID(row['client'])}{LEADS[row['type']]}"
    fresh = seen_seq is not None and row["seq"] > seen_seq
    return Happening(
        seq=row["seq"], icon=icon, tone=tone, who=row["who"], what=what, href=href, at=row["at"], fresh=fresh
    )
