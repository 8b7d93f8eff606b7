"""Pages of lines: as quick at the end of 100,000 as of 100, and only what one may see."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from models.core.database import execute, fetch_all
from models.messaging import pages, thread
from models.messaging.pages import spans
from tests.messaging.test_inbox import MANY, _rows


async def test_opening_a_conversation_of_100_000_messages_reads_one_page(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "First")
    await talk.do(lambda: execute(MANY, conversation, 100_000))
    opened = await talk.open("practitioner", conversation)
    assert len([line for line in opened["page"]["lines"] if line["kind"] == "message"]) == 50
    assert opened["page"]["older"] is not None and opened["page"]["newer"] is None

    async def plan() -> str:
        sql = pages.MESSAGES.format(order="DESC")
        rows = await fetch_all(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", conversation, 0, pages.END, 51)
        return "\n".join(row["QUERY PLAN"] for row in rows)

    shown = await talk.do(plan)
    touched = [line for line in shown.splitlines() if " on message m" in line]
    assert len(touched) == 1 and "Index Scan" in touched[0] and _rows(touched[0]) <= 51, shown


async def test_older_and_newer_pages_meet_without_gap_or_twice(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    said = [await talk.say("client", conversation, f"{n}") for n in range(9)]
    await talk.note("practitioner", conversation, "note")

    async def ids(**more: Any) -> Any:
        page = await talk.at("client", conversation, lambda actor, there: thread.lines(actor, there, limit=4, **more))
        return [line["id"] for line in page["lines"] if line["id"]], page

    latest, page = await ids()
    middle, older = await ids(before=page["older"])
    first, oldest = await ids(before=older["older"])
    assert [*first, *middle, *latest] == said and oldest["older"] is None
    after, newer = await ids(after=said[3])
    assert after == said[4:8] and newer["newer"] == said[7]
    around, _ = await ids(around=said[4])
    assert around == said[2:6]


async def test_a_page_around_an_unknown_line_is_missing(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    mine = await talk.say("client", conversation)
    other = await talk.start("practitioner", "owner")
    foreign = await talk.say("practitioner", other)
    async def look(**where: Any) -> Any:
        return await talk.at("practitioner", conversation, lambda actor, there: thread.lines(actor, there, **where))

    for cursor in ("before", "after", "around"):
        await look(**{cursor: mine})
        await talk.is_refused(look(**{cursor: foreign}), "not-found")
        await talk.is_refused(look(**{cursor: uuid4()}), "not-found")


async def test_pages_leap_over_the_time_one_was_away(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen", "parent", about="teen")
    await talk.say("teen", conversation, "early")
    await talk.remove("practitioner", conversation, "Karen Marsh")
    await talk.say("teen", conversation, "between")
    await talk.add("practitioner", conversation, "parent")
    last = await talk.say("teen", conversation, "late")
    page = await talk.at("parent", conversation, lambda actor, there: thread.lines(actor, there, before=last))
    assert [line["body"] for line in page["lines"] if line["kind"] == "message"] == ["early"]


def test_spans_join_where_they_touch() -> None:
    class One:
        def __init__(self, low: int, high: int | None) -> None:
            self.from_position, self.until_position = low, high

    def of(*pairs: tuple[int, int | None]) -> list[tuple[int, int]]:
        return spans([One(*pair) for pair in pairs])  # type: ignore[misc]

    assert of((0, 5), (5, 9)) == [(0, 9)]
    assert of((7, None), (0, 5)) == [(0, 5), (7, pages.END)]
    assert of((3, 3)) == []
    assert of((0, None), (4, 9)) == [(0, pages.END)]
