"""The list and the badge."""

from __future__ import annotations

from typing import Any

from models.core.database import execute, fetch_all
from models.messaging import inbox, listing


async def test_the_latest_stands_first_and_pages_follow_without_gap(talk: Any) -> None:
    started = [await talk.start("practitioner", "client", subject=f"n{n}") for n in range(5)]
    await talk.say("client", started[1])
    practitioner = await talk.as_("practitioner")
    seen, cursor = [], None
    for _ in range(3):
        page = await talk.do(lambda cursor=cursor: inbox.inbox(practitioner, cursor=cursor, limit=2))
        seen += [one["id"] for one in page["conversations"]]
        cursor = page["next"]
    assert cursor is None
    assert seen == [started[1], *[one for one in reversed(started) if one != started[1]]]


async def test_a_cursor_that_is_none_is_refused(talk: Any) -> None:
    practitioner = await talk.as_("practitioner")
    for cursor in ("x", "l~yesterday~z", "l~2026-01-01~z", "q~2026-01-01T00:00:00+00:00~x", "~~~"):
        await talk.is_refused(talk.do(lambda cursor=cursor: inbox.inbox(practitioner, cursor=cursor)), "invalid")


async def test_a_line_says_who_what_and_how_much_is_unread(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.say("teen", conversation, "One\n\ntwo")
    line = (await talk.inbox("practitioner"))[0]
    assert line["title"] == "Leo Marsh, Karen Marsh"
    assert line["snippet"] == "One two" and line["snippet_by"] == "Leo" and line["unread"] == 1
    assert (await talk.inbox("teen"))[0]["snippet_by"] == "You"


async def test_a_conversation_about_a_child_says_so_where_the_child_does_not_sit(talk: Any) -> None:
    await talk.start("practitioner", "parent", about="teen")
    await talk.start("practitioner", "teen")
    shown = {one["title"]: one["about"]["show"] for one in await talk.inbox("practitioner")}
    assert shown == {"Karen Marsh": True, "Leo Marsh": False}


async def test_the_badge_and_the_counts_stop_at_a_hundred(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    await talk.do(lambda: execute(MANY, conversation, 199))
    assert await talk.badge("practitioner") == 100
    assert (await talk.inbox("practitioner"))[0]["unread"] == 100


async def test_the_badge_counts_all_children_and_says_which(talk: Any) -> None:
    leo = await talk.start("practitioner", "parent", about="teen")
    nora = await talk.start("practitioner", "parent", about="child")
    await talk.say("practitioner", leo)
    await talk.say("practitioner", nora)
    await talk.say("practitioner", nora)
    parent = await talk.as_("parent")
    assert await talk.do(lambda: inbox.unread_by_client(parent)) == {
        talk.cast.clients["teen"]: 1, talk.cast.clients["child"]: 2,
    }
    assert await talk.badge("parent") == 3


async def test_the_list_and_the_badge_walk_indexes_however_much_was_said(talk: Any) -> None:
    """The shape of the plan, not its time: no table of the conversation is read from one end to the other."""
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    await talk.do(lambda: execute(MANY, conversation, 20_000))
    staff, practice = talk.cast.staff["practitioner"], talk.cast.practice_id

    async def plans() -> str:
        rows = [
            *await fetch_all(f"EXPLAIN (ANALYZE, TIMING OFF) {listing.STAFF_INBOX}", staff, False, None, None, 31),
            *await fetch_all(f"EXPLAIN (ANALYZE, TIMING OFF) {listing.BADGE}", [staff, practice], staff),
        ]
        return "\n".join(row["QUERY PLAN"] for row in rows)

    plan = await talk.do(plans)
    assert "Seq Scan on message " not in plan
    touched = [line for line in plan.splitlines() if " on message " in line]
    assert touched and all("message_practice_id_conversation_id_position_key" in line for line in touched), plan
    assert all(_rows(line) <= 400 for line in touched), plan


def _rows(line: str) -> float:
    return float(line.rsplit("rows=", 1)[1].split()[0])


# Says it many times over, as the same person, behind the back of the verbs. All but the last 200 are deleted ones: they
# take a place and a line as all others, and cost the test no words to index.
MANY = """WITH last AS (SELECT * FROM message WHERE conversation_id = $1 ORDER BY position DESC LIMIT 1),
  more AS (INSERT INTO message (id, conversation_id, position, seat_id, body, sent_at, deleted_at)
    SELECT gen_random_uuid(), $1, last.position + n, last.seat_id, 'again ' || n, last.sent_at + n * interval '1 ms',
      CASE WHEN n <= $2::int - 200 THEN last.sent_at END
    FROM last, generate_series(1, $2::int) n RETURNING position)
  UPDATE conversation SET last_position = (SELECT max(position) FROM more) WHERE id = $1"""
