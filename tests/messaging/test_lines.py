"""Rows turned into the lines of a thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from models.messaging.lines import Around, thread_lines
from models.messaging.seated import Viewer
from tests.messaging.test_showing import ACCESS, DESK, SEAT

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
ME = replace(SEAT, joined_at=NOON - timedelta(days=9))
HER = replace(ACCESS, joined_at=ME.joined_at)
AROUND = Around(
    looks=replace(DESK, viewer=Viewer(staff_id=ME.staff_id), staff_id=ME.staff_id), seats=(ME, HER), times={},
    zone=ZoneInfo("America/New_York"), undo=timedelta(seconds=10), now=NOON, administrator=False, unread_after=None,
    opened=ME.joined_at,
)
ALL = (False, False)


def said(position: int, seat: Any = HER, *, at: datetime = NOON, **more: Any) -> tuple[bool, dict[str, Any]]:
    own = seat.id == ME.id
    row = {"id": uuid4(), "position": position, "seat_id": seat.id, "sender_staff_id": ME.staff_id if own else None,
           "staff_name": ME.name if own else None, "automatic": "", "at": at, "deleted_at": None, "body": "x",
           "files": None}
    return False, {**row, **more}


def kinds(*rows: Any, around: Around = AROUND, more: tuple[bool, bool] = ALL) -> list[str]:
    return [line["kind"] for line in thread_lines(rows, around, more=more)]


def test_each_day_of_the_practices_zone_has_its_break() -> None:
    late = datetime(2026, 11, 24, 3, tzinfo=UTC)  # still the 23rd in New York
    lines = thread_lines([said(1), said(2, at=late), said(3, at=late + timedelta(hours=3))], AROUND, more=ALL)
    assert [line["kind"] for line in lines] == ["day", "message", "message", "day", "message"]
    assert [line["date"] for line in lines if line["kind"] == "day"] == ["2026-11-23", "2026-11-24"]


def test_a_run_goes_on_for_five_minutes_of_the_same_sender() -> None:
    at = [NOON + timedelta(minutes=minutes) for minutes in (0, 4, 10, 10)]
    rows = [said(1, at=at[0]), said(2, at=at[1]), said(3, at=at[2]), said(4, ME, at=at[3])]
    follows = [line["follows"] for line in thread_lines(rows, AROUND, more=ALL) if "follows" in line]
    assert follows == [False, True, False, False]


def test_the_divider_stands_before_the_first_message_of_others_not_read() -> None:
    around = replace(AROUND, unread_after=1)
    assert kinds(said(1), said(2, ME), said(3), said(4), around=around) == [
        "day", "message", "message", "unread", "message", "message"
    ]
    assert "unread" not in kinds(said(1), said(2, ME), around=around)
    assert "unread" not in kinds(said(2, automatic="away"), around=around)


def test_ones_own_message_has_ticks_and_a_moment_to_undo_it() -> None:
    fresh, old = said(1, ME), said(2, ME, at=NOON - timedelta(seconds=11))
    lines = {line["id"]: line for line in thread_lines([old, fresh, said(3)], AROUND, more=ALL)}
    assert lines[fresh[1]["id"]]["undo_until"] == NOON + timedelta(seconds=10)
    assert lines[old[1]["id"]]["undo_until"] is None and lines[old[1]["id"]]["may_delete"]
    hers = [line for line in lines.values() if line["kind"] == "message" and not line["own"]]
    assert [line["ticks"] for line in hers] == [None] and not hers[0]["may_delete"]


def test_an_automatic_answer_is_nobodys_own() -> None:
    line = thread_lines([said(1, ME, automatic="away", sender_staff_id=None)], AROUND, more=ALL)[1]
    assert line["automatic"] == "away" and not line["own"] and line["ticks"] is None and not line["may_delete"]


def test_a_deleted_message_keeps_its_place_without_its_words() -> None:
    row = said(1, deleted_at=NOON, body="")
    line = thread_lines([row], AROUND, more=ALL)[1]
    assert line["kind"] == "deleted" and "body" not in line and not line["may_read_deleted"]
    assert thread_lines([row], replace(AROUND, administrator=True), more=ALL)[1]["may_read_deleted"]


def test_who_joined_and_left_stands_where_it_happened() -> None:
    came = replace(HER, id=uuid4(), name="David Ellison", joined_at=NOON + timedelta(minutes=1),
                   left_at=NOON + timedelta(minutes=3))
    around = replace(AROUND, seats=(ME, HER, came))
    rows = [said(1), said(2, at=NOON + timedelta(minutes=2)), said(3, at=NOON + timedelta(minutes=4))]
    lines = thread_lines(rows, around, more=ALL)
    assert [line.get("text", line["kind"]) for line in lines] == [
        "day", "message", "David Ellison joined", "message", "David Ellison left", "message"
    ]
    inside = [line for line in thread_lines(rows[:1], around, more=(False, True)) if line["kind"] == "people"]
    assert inside == []


def test_who_came_and_went_before_ones_own_time_is_not_told() -> None:
    before = replace(HER, id=uuid4(), name="David Ellison", joined_at=NOON - timedelta(days=5),
                     left_at=NOON - timedelta(days=4))
    late = replace(ME, joined_at=NOON - timedelta(days=1))
    around = replace(AROUND, seats=(late, HER, before))
    assert [line["text"] for line in thread_lines([said(1)], around, more=ALL) if line["kind"] == "people"] == [
        "Maya Okafor joined"
    ]
