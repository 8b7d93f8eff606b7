"""Rows of a page turned into the lines of a thread. Pure: data in, dicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.messaging.looking import Looks
from models.messaging.seated import Seated
from models.messaging.showing import first_name, initials, ticks
from models.messaging.views import ThreadLine
from models.messaging.writing import sender_name

RUN = timedelta(minutes=5)


@dataclass(frozen=True)
class Around:
    """What the lines need besides their rows."""

    looks: Looks
    seats: Sequence[Seated]
    times: Mapping[int, Mapping[UUID, datetime]]
    zone: ZoneInfo
    undo: timedelta
    now: datetime
    administrator: bool
    unread_after: int | None  # place of the last line read; None: no divider on this page
    opened: datetime  # when the conversation was started: who sat there then has not "joined"


def thread_lines(
    rows: Sequence[tuple[bool, Mapping[str, Any]]], around: Around, *, more: tuple[bool, bool]
) -> list[ThreadLine]:
    """The lines in order, with who came and went, day breaks and the unread divider between them."""
    by_id = {seat.id: seat for seat in around.seats}
    lines: list[ThreadLine] = []
    divided = False
    for note, row in rows:
        if not divided and not note and _first_unread(row, around):
            divided = True
            lines.append({"kind": "unread", "id": None, "at": row["at"]})
        lines.append(_note(row) if note else _message(row, by_id[row["seat_id"]], around))
    return with_days(with_runs(with_people(lines, around, more=more)), around.zone)


def with_people(lines: Sequence[ThreadLine], around: Around, *, more: tuple[bool, bool]) -> list[ThreadLine]:
    """Who joined and left, where it happened, as far as this page reaches and the viewer sat there."""
    older, newer = more
    changes = [one for seat in around.seats for one in _changes(seat, around)]
    first = lines[0]["at"] if lines and older else None
    last = lines[-1]["at"] if lines and newer else None
    fitting = [one for one in changes if (first is None or one["at"] >= first) and (last is None or one["at"] <= last)]
    return sorted([*lines, *fitting], key=lambda line: line["at"])


def with_runs(lines: Sequence[ThreadLine]) -> list[ThreadLine]:
    """Mark the messages that go on where the same sender just spoke."""
    before: ThreadLine | None = None
    for line in lines:
        if line["kind"] in ("message", "deleted"):
            line["follows"] = (
                before is not None and before["kind"] in ("message", "deleted") and before["by"] == line["by"]
                and before["sender"] == line["sender"] and line["at"] - before["at"] <= RUN
            )
        before = line
    return list(lines)


def with_days(lines: Sequence[ThreadLine], zone: ZoneInfo) -> list[ThreadLine]:
    """Put a day break before the first line of each day of the practice's zone."""
    shown: list[ThreadLine] = []
    day = ""
    for line in lines:
        date = line["at"].astimezone(zone).date().isoformat()
        if date != day:
            day = date
            shown.append({"kind": "day", "id": None, "at": line["at"], "date": date})
            line = {**line, "follows": False} if "follows" in line else line
        shown.append(line)
    return shown


def _message(row: Mapping[str, Any], seat: Seated, around: Around) -> ThreadLine:
    own = around.looks.viewer.holds(seat) and not row["automatic"] and (
        around.looks.portal or row["sender_staff_id"] == around.looks.staff_id
    )
    by = sender_name(seat, row["staff_name"] or "")
    line: ThreadLine = {
        "kind": "deleted" if row["deleted_at"] else "message", "id": row["id"], "at": row["at"], "sender": seat.id,
        "by": by, "first": by if seat.kind == "front-desk" else first_name(seat.name), "initials": initials(by),
        "voice": seat.voice, "from_staff": seat.of_practice, "own": own, "follows": False,
    }
    if row["deleted_at"]:
        return {**line, "may_read_deleted": around.administrator}
    until = row["at"] + around.undo
    others = [one for one in around.seats if one.id != seat.id]
    shown = [one for one in others if around.looks.sees_read or not one.of_practice]
    times = dict(around.times.get(row["position"], {}))
    return {
        **line, "body": row["body"], "files": row["files"] or [], "automatic": row["automatic"],
        "ticks": ticks(row["position"], others, shown, times) if own else None,
        "undo_until": until if own and until > around.now else None, "may_delete": own,
    }


def _note(row: Mapping[str, Any]) -> ThreadLine:
    return {"kind": "note", "id": row["id"], "at": row["at"], "by": row["staff_name"], "body": row["body"]}


def _first_unread(row: Mapping[str, Any], around: Around) -> bool:
    if around.unread_after is None or row["position"] <= around.unread_after or row["deleted_at"]:
        return False
    mine = {seat.id for seat in around.seats if around.looks.viewer.holds(seat)}
    return row["seat_id"] not in mine and (around.looks.portal or not row["automatic"])


def _changes(seat: Seated, around: Around) -> list[ThreadLine]:
    mine = [one for one in around.seats if around.looks.viewer.holds(one)]
    said = [(seat.joined_at, _joined(seat))] if seat.joined_at > around.opened else []
    said += [(seat.left_at, f"{seat.name} left")] if seat.left_at is not None else []
    return [{"kind": "people", "id": None, "at": at, "text": text} for at, text in said
            if any(one.joined_at <= at and (one.left_at is None or at <= one.left_at) for one in mine)]


def _joined(seat: Seated) -> str:
    return f"{seat.name} joined for {seat.covers_name}" if seat.covers_name else f"{seat.name} joined"
