"""What will become of the rows of an imported table, before anything does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict
from uuid import UUID

from models.clients.importing import Batch
from models.core.database import Row, fetch_all, fetch_one

Show = Literal["new", "twins", "wrong"]
ROWS_SHOWN = 50

COUNTS = """SELECT count(*) FILTER (WHERE problems <> '{}') AS wrong,
  count(*) FILTER (WHERE problems = '{}' AND (twin_id IS NOT NULL OR twin_row IS NOT NULL)) AS twins,
  count(*) FILTER (WHERE problems = '{}' AND twin_id IS NULL AND twin_row IS NULL) AS new
FROM import_row WHERE practice_id = portico_here() AND batch_id = $1"""
WHERE = {
    "new": "r.problems = '{}' AND r.twin_id IS NULL AND r.twin_row IS NULL",
    "twins": "r.problems = '{}' AND (r.twin_id IS NOT NULL OR r.twin_row IS NOT NULL)",
    "wrong": "r.problems <> '{}'",
}
ROWS = """SELECT r.number, r.facts, r.problems, r.twin_row, r.twin_id, c.name AS twin_name FROM import_row r
  LEFT JOIN client c ON c.practice_id = r.practice_id AND c.id = r.twin_id
  WHERE r.practice_id = portico_here() AND r.batch_id = $1 AND r.number > $2 AND {where} ORDER BY r.number LIMIT $3"""
WRONG = f"""SELECT r.number, r.cells, r.problems FROM import_row r
  WHERE r.practice_id = portico_here() AND r.batch_id = $1 AND {WHERE["wrong"]} ORDER BY r.number"""
SAMPLES = """SELECT cells FROM import_row WHERE practice_id = portico_here() AND batch_id = $1
  ORDER BY number LIMIT 40"""


class Counts(TypedDict):
    new: int
    twins: int
    wrong: int


class RowShown(TypedDict):
    """`number` as a spreadsheet counts the file's rows; `twin`: who that is already, in words."""

    number: int
    name: str
    born_on: str
    email: str
    phone: str
    problems: Sequence[str]
    twin: str
    twin_id: UUID | None


async def counts(batch: Batch) -> Counts:
    row = await fetch_one(COUNTS, batch.id)
    assert row is not None
    return Counts(new=row["new"], twins=row["twins"], wrong=row["wrong"])


async def rows_of(batch: Batch, show: Show, *, after: int = 0) -> tuple[list[RowShown], int | None]:
    """Fifty rows of one kind, and the number after which the next ones begin; None at the end."""
    rows = await fetch_all(ROWS.format(where=WHERE[show]), batch.id, after, ROWS_SHOWN + 1)
    following = rows[ROWS_SHOWN - 1]["number"] if len(rows) > ROWS_SHOWN else None
    return [_shown(row) for row in rows[:ROWS_SHOWN]], following


async def samples(batch: Batch) -> list[list[str]]:
    """For each column up to three of its first different cells."""
    cells = [row["cells"] for row in await fetch_all(SAMPLES, batch.id)]
    return [list(dict.fromkeys(row[place] for row in cells if row[place]))[:3] for place in range(len(batch.headings))]


async def wrong_rows(batch: Batch) -> list[tuple[list[str], str]]:
    """The rows that stay out as they were, each with what is wrong: to be corrected and imported again."""
    return [(list(row["cells"]), " ".join(row["problems"])) for row in await fetch_all(WRONG, batch.id)]


def _shown(row: Row) -> RowShown:
    facts = row["facts"]
    first = facts.get("preferred_name") or facts.get("first_name", "")
    twin = row["twin_name"] or (f"Row {row['twin_row']} of this file" if row["twin_row"] else "")
    return RowShown(
        number=row["number"], name=f"{first} {facts.get('last_name', '')}".strip(), born_on=facts.get("born_on", ""),
        email=facts.get("email", ""), phone=facts.get("phone", ""), problems=row["problems"], twin=twin,
        twin_id=row["twin_id"],
    )
