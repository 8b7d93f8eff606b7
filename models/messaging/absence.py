"""Who is not there: out of office, or outside weekly office hours. What that means for a moment is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from models.core.database import Row, fetch_all

ABSENT = """SELECT st.id AS staff_id, a.id AS away_id, a.text AS away_text, c.id AS cover_id, c.name AS cover_name,
    p.time_zone, t.text AS hours_text, (SELECT jsonb_agg(jsonb_build_array(o.weekday, o.opens, o.closes))
      FROM office_hours o WHERE o.staff_id IS NOT DISTINCT FROM whose.staff_id) AS openings
  FROM staff_member st
  CROSS JOIN practice_profile p
  LEFT JOIN LATERAL (SELECT * FROM away a WHERE a.staff_id = st.id AND a.ended_at IS NULL AND a.starts_at <= $2
    AND a.ends_at > $2 ORDER BY a.starts_at DESC LIMIT 1) a ON true
  LEFT JOIN staff_member c ON c.id = a.cover_id AND c.deactivated_at IS NULL
  CROSS JOIN LATERAL (SELECT CASE WHEN EXISTS (SELECT 1 FROM office_hours o WHERE o.staff_id = st.id)
    THEN st.id END AS staff_id) whose
  LEFT JOIN office_hours_answer t ON t.staff_id IS NOT DISTINCT FROM whose.staff_id
  WHERE st.id = ANY($1) AND st.deactivated_at IS NULL"""

# Front desk is there when the practice is open.
CLOSED = """SELECT NULL::uuid AS staff_id, NULL::uuid AS away_id, p.time_zone, t.text AS hours_text,
    (SELECT jsonb_agg(jsonb_build_array(o.weekday, o.opens, o.closes)) FROM office_hours o
     WHERE o.staff_id IS NULL) AS openings
  FROM practice_profile p LEFT JOIN office_hours_answer t ON t.staff_id IS NULL"""


@dataclass(frozen=True)
class Opening:
    """Open on a weekday (0 is Monday) from `opens` until just before `closes`, in the practice's zone."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Absence:
    """Why a staff member (None: Front desk) does not answer now, what to say for them (nothing when empty), and who
    stands in."""

    staff_id: UUID | None
    kind: Literal["away", "hours"]
    text: str
    cover_id: UUID | None = None
    cover_name: str = ""


Absent = dict[UUID | None, Absence]


async def covers_of(staff_ids: Sequence[UUID], at: datetime) -> list[tuple[UUID, UUID]]:
    """Who stands in for those of the staff who are out of office at that moment: (absent, cover) pairs."""
    found = (await absences(staff_ids, at)).values()
    return [(one.staff_id, one.cover_id) for one in found if one.kind == "away" and one.staff_id and one.cover_id]


async def absences(staff_ids: Sequence[UUID], at: datetime, *, desk: bool = False) -> Absent:
    """Those of the staff, and with `desk` Front desk, who are not there at that moment."""
    rows = [*await fetch_all(ABSENT, list(staff_ids), at)] if staff_ids else []
    rows += await fetch_all(CLOSED) if desk else []
    found = [_absence(row, at) for row in rows]
    return {one.staff_id: one for one in found if one is not None}


def is_open(openings: Sequence[Opening], local: datetime) -> bool:
    """Whether a local moment lies in one of the openings. Who states no openings is always there."""
    if not openings:
        return True
    day, moment = local.weekday(), local.time().replace(tzinfo=None)
    return any(one.weekday == day and one.opens <= moment < one.closes for one in openings)


def _absence(row: Row, at: datetime) -> Absence | None:
    if row["away_id"] is not None:
        return Absence(row["staff_id"], "away", row["away_text"], row["cover_id"], row["cover_name"] or "")
    openings = [Opening(day, time.fromisoformat(opens), time.fromisoformat(closes))
                for day, opens, closes in row["openings"] or ()]
    if is_open(openings, at.astimezone(ZoneInfo(row["time_zone"]))):
        return None
    return Absence(row["staff_id"], "hours", row["hours_text"] or "")
