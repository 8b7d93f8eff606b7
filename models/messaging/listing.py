"""The statements behind the list and the badge: each walks an index and stops after a page.

$1 … are named beside each. Only leakproof comparisons stand here, else the policy would keep them from the indexes.
"""

from __future__ import annotations

from models.messaging.seated import SEAT_ROWS

MOST_UNREAD = 100
MOST_SEATS_COUNTED = 200

# $1 staff member or accesses, $2 put away, $3 $4 after this moment and seat, $5 how many.
# A person who came back has several seats; the latest stands for the conversation. Asked row by row (a
# CASE is never turned into a join over all seats), so that the walk still stops after a page.
SEAT_ARM = """(SELECT s.id AS seat_id, s.conversation_id, s.last_at AS at, false AS waits FROM seat s
  WHERE s.kind = '{kind}' AND {mine} AND (s.archived_at IS NOT NULL) = $2
    AND ($3::timestamptz IS NULL OR (s.last_at, s.id) < ($3, $4::uuid))
    AND CASE WHEN EXISTS (SELECT 1 FROM seat l WHERE l.conversation_id = s.conversation_id AND l.kind = s.kind
      AND l.{holder} = s.{holder} AND (l.joined_at, l.id) > (s.joined_at, s.id)) THEN false ELSE true END
  ORDER BY s.last_at DESC, s.id DESC LIMIT $5)"""
CLAIMED_ARM = """(SELECT s.id, s.conversation_id, s.last_at, false FROM conversation c
  JOIN seat s ON s.conversation_id = c.id AND s.kind = 'front-desk' AND s.left_at IS NULL
  WHERE c.claimed_by = $1 AND (s.archived_at IS NOT NULL) = $2
    AND ($3::timestamptz IS NULL OR (s.last_at, s.id) < ($3, $4::uuid))
    AND CASE WHEN EXISTS (SELECT 1 FROM seat o WHERE o.conversation_id = c.id AND o.kind = 'staff'
      AND o.staff_id = $1) THEN false ELSE true END
  ORDER BY c.last_at DESC LIMIT $5)"""

# $1 unclaimed only, $2 past the waiting ones, $3 $4 after this moment and seat, $5 how many.
# Unanswered first, whoever waits longest on top; then the answered ones, latest first.
WAITING_ARM = """(SELECT s.id AS seat_id, s.conversation_id, c.unanswered_since AS at, true AS waits
  FROM conversation c JOIN seat s ON s.conversation_id = c.id AND s.kind = 'front-desk' AND s.left_at IS NULL
  WHERE c.unanswered_since IS NOT NULL AND NOT $2 AND s.archived_at IS NULL AND (c.claimed_by IS NULL OR NOT $1)
    AND ($3::timestamptz IS NULL OR (c.unanswered_since, s.id) > ($3, $4::uuid))
  ORDER BY c.unanswered_since, s.id LIMIT $5)"""
ANSWERED_ARM = """(SELECT s.id, s.conversation_id, s.last_at, false FROM seat s
  JOIN conversation c ON c.id = s.conversation_id
  WHERE s.kind = 'front-desk' AND s.left_at IS NULL AND s.archived_at IS NULL AND c.unanswered_since IS NULL
    AND (c.claimed_by IS NULL OR NOT $1) AND (NOT $2 OR (s.last_at, s.id) < ($3, $4::uuid))
  ORDER BY s.last_at DESC, s.id DESC LIMIT $5)"""

SPAN = """m.conversation_id = s.conversation_id AND m.position > s.from_position
    AND (s.until_position IS NULL OR m.position <= s.until_position)"""

# At most 100, found among the first 400 lines that were not read.
UNREAD = f"""SELECT least(count(*), {MOST_UNREAD})::int AS unread FROM (
    SELECT m.seat_id, m.automatic, m.withdrawn_at, m.deleted_at FROM message m
    WHERE {SPAN} AND m.position > s.read_position ORDER BY m.position LIMIT 400) m
  WHERE m.seat_id <> s.id AND m.withdrawn_at IS NULL AND m.deleted_at IS NULL
    AND (m.automatic = '' OR s.kind = 'access')"""

LAST = f"""SELECT left(m.body, 400) AS body, m.position, m.deleted_at, m.sent_at, m.seat_id, m.sender_staff_id,
    coalesce(sm.name, st.name, co.name, ac.name, 'Front desk') AS sender_name,
    CASE WHEN m.files > 0 THEN ARRAY(SELECT f.type FROM message_file mf JOIN file f ON f.id = mf.file_id
      WHERE mf.message_id = m.id ORDER BY mf.place) END AS types
  FROM (SELECT m.id, m.body, m.position, m.deleted_at, m.sent_at, m.seat_id, m.sender_staff_id, m.files FROM message m
    WHERE {SPAN} AND m.withdrawn_at IS NULL ORDER BY m.position DESC LIMIT 1) m
  JOIN seat ms ON ms.id = m.seat_id
  LEFT JOIN staff_member sm ON sm.id = m.sender_staff_id
  LEFT JOIN staff_member st ON st.id = ms.staff_id
  LEFT JOIN portal_access pa ON pa.id = ms.access_id
  LEFT JOIN contact co ON co.id = pa.contact_id
  LEFT JOIN client ac ON ac.id = pa.client_id"""

# Who sits there now; for who left, those they left behind at that moment.
PEOPLE = f"""SELECT jsonb_agg(to_jsonb(x)) AS people FROM (
    {SEAT_ROWS} WHERE s.conversation_id = c.id AND CASE WHEN gone.at IS NULL THEN s.left_at IS NULL
      ELSE s.joined_at <= gone.at AND (s.left_at IS NULL OR s.left_at >= gone.at) END
    ORDER BY s.joined_at, s.id LIMIT 50) x"""

ORDER = "waits DESC, CASE WHEN waits THEN at END, CASE WHEN waits THEN seat_id END, at DESC, seat_id DESC"

LINES = f"""SELECT p.waits, p.at, s.id AS seat_id, s.left_at, s.muted_at, s.archived_at, s.marked_unread_at, s.last_at,
    c.id, c.subject, c.client_id, cl.name AS client_name, c.unanswered_since, c.claimed_by,
    cb.name AS claimed_by_name, m.body, m.position AS last_position,
    m.types, m.deleted_at, m.sent_at, m.seat_id AS sender, m.sender_name,
    m.sender_staff_id, u.unread, people.people
  FROM picked p
  JOIN seat s ON s.id = p.seat_id
  JOIN conversation c ON c.id = p.conversation_id
  LEFT JOIN client cl ON cl.id = c.client_id
  LEFT JOIN staff_member cb ON cb.id = c.claimed_by
  LEFT JOIN LATERAL ({LAST}) m ON true
  CROSS JOIN LATERAL ({UNREAD}) u
  CROSS JOIN LATERAL (SELECT s.left_at AS at) gone
  CROSS JOIN LATERAL ({PEOPLE}) people
  ORDER BY p.place"""


def listed(*arms: str) -> str:
    """The list over these arms, a page of $5."""
    return f"""WITH picked AS MATERIALIZED (
  SELECT x.*, row_number() OVER (ORDER BY {ORDER}) AS place FROM ({" UNION ALL ".join(arms)}) x
  ORDER BY {ORDER} LIMIT $5)
{LINES}"""


_STAFF = SEAT_ARM.format(kind="staff", mine="s.staff_id = $1", holder="staff_id")
_ACCESS = SEAT_ARM.format(kind="access", mine="s.access_id = ANY($1)", holder="access_id")

STAFF_INBOX = listed(_STAFF)
STAFF_AT_DESK_INBOX = listed(_STAFF, CLAIMED_ARM)  # what they claimed, too: only while they are of the front desk
PORTAL_INBOX = listed(_ACCESS)
DESK_INBOX = listed(WAITING_ARM, ANSWERED_ARM)

# $1 conversations by id, as the list shows them; $2 staff member, $3 accesses, $4 whether Front desk's count.
SOME = f"""WITH picked AS MATERIALIZED (
  SELECT DISTINCT ON (s.conversation_id) s.id AS seat_id, s.conversation_id, s.last_at AS at, false AS waits,
    array_position($1::uuid[], s.conversation_id) AS place
  FROM seat s WHERE s.conversation_id = ANY($1)
    AND (s.staff_id = $2 OR s.access_id = ANY($3) OR ($4 AND s.kind = 'front-desk'))
  ORDER BY s.conversation_id, s.kind = 'front-desk', s.joined_at DESC)
{LINES}"""

# $1 who holds the seats, $2 the staff member: Front desk's count while nobody else takes care of them.
BADGE = f"""SELECT c.client_id,
    least(sum(greatest(u.unread, (s.marked_unread_at IS NOT NULL)::int)), {MOST_UNREAD})::int AS unread
  FROM (SELECT * FROM seat s WHERE coalesce(s.staff_id, s.access_id, s.practice_id) = ANY($1)
    AND s.unread_since IS NOT NULL AND s.muted_at IS NULL LIMIT {MOST_SEATS_COUNTED}) s
  JOIN conversation c ON c.id = s.conversation_id
  CROSS JOIN LATERAL ({UNREAD}) u
  WHERE s.kind <> 'front-desk' OR c.claimed_by IS NULL OR c.claimed_by = $2
  GROUP BY c.client_id"""

WAITING = f"""SELECT count(*)::int AS waiting FROM (SELECT 1 FROM conversation c
  JOIN seat s ON s.conversation_id = c.id AND s.kind = 'front-desk' AND s.left_at IS NULL AND s.archived_at IS NULL
  WHERE c.unanswered_since IS NOT NULL AND c.claimed_by IS NULL LIMIT {MOST_UNREAD}) w"""
