"""What of two records can be chosen between: field by field, told as the preview shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, create_model

from models.clients import particulars, reaching, tags
from models.clients.choices import LANGUAGES, MARITAL, TIME_ZONES
from models.clients.fields import Rows, Several
from models.clients.rows import plain, rows_of
from models.core.database import Row, execute, fetch_one
from models.core.payload import Payload

SIDES = ("kept", "gone", "both")
Side = Literal["kept", "gone", "both"]


@dataclass(frozen=True)
class Choosable:
    """`columns` of `table` ("client", "client_details") that go together."""

    key: str
    label: str
    table: str
    columns: tuple[str, ...]


PLAIN = (
    Choosable("first_name", "Legal first name", "client", ("first_name",)),
    Choosable("last_name", "Legal last name", "client", ("last_name",)),
    Choosable("preferred_name", "Preferred name", "client", ("preferred_name",)),
    Choosable("pronouns", "Pronouns", "client", ("pronouns",)),
    Choosable("born_on", "Birth date", "client", ("born_on",)),
    Choosable("kind", "Adult or minor", "client", ("kind",)),
    Choosable("email", "E-mail", "client", ("email",)),
    Choosable("status", "Status", "client", ("status", "status_since", "discharge_reason", "read_only_until")),
    *(Choosable(one.name, one.label, "client_details", (one.name,))
      for one in (*particulars.DEMOGRAPHICS, *particulars.TIME_ZONE, *particulars.REFERRAL) if one.name != "born_on"),
    Choosable("emergency", "Emergency contact", "client_details", (
        "emergency_name", "emergency_relation", "emergency_phone", "emergency_contact_id", "emergency_by_contact_id")),
)
SEVERAL: tuple[tuple[str, str, Rows | None], ...] = (
    ("client_phone", "Phones", reaching.PHONE), ("client_address", "Addresses", reaching.ADDRESS),
    ("insurance_policy", "Insurance", reaching.POLICY), ("client_tag", "Tags", None),
)

_fields: dict[str, Any] = {one.key: (Literal["kept", "gone"] | None, None) for one in PLAIN}
_fields |= {key: (Side | None, None) for key, _, _ in SEVERAL}
# The sides that were chosen, the accesses that end, and what the preview showed when it was drawn.
Merge = create_model("Merge", __base__=Payload, **_fields, end=(Several, ()), seen=(str, Field(max_length=64)))


@dataclass(frozen=True)
class Compared:
    """One line of the preview. `kept`, `gone`: what each record says, in lines; `chosen`: the side at the start."""

    key: str
    label: str
    kept: tuple[str, ...]
    gone: tuple[str, ...]
    chosen: Side
    several: bool = False

    @property
    def differ(self) -> bool:
        return self.kept != self.gone


async def compared(kept: UUID, gone: UUID) -> list[Compared]:
    """Every field that one of the records has."""
    mine, theirs = await _plain(kept), await _plain(gone)
    lines = [_compared(one.key, one.label, mine[one.key], theirs[one.key]) for one in PLAIN]
    for key, label, rows in SEVERAL:
        left, right = await _several(kept, rows), await _several(gone, rows)
        lines.append(Compared(key, label, left, right, "both", several=True))
    return [one for one in lines if one.kept or one.gone]


async def write_chosen(kept: UUID, gone: UUID, chosen: Mapping[str, str]) -> None:
    """The fields that were chosen from the second record; its e-mail address is free first."""
    row, details = await _rows(gone)
    taken = [one for one in PLAIN if chosen.get(one.key) == "gone"]
    await execute("UPDATE client SET email = '' WHERE id = $1", gone)
    await _set("client", kept, {c: row[c] for one in taken if one.table == "client" for c in one.columns})
    given = {c: details.get(c, _empty(c)) for one in taken if one.table == "client_details" for c in one.columns}
    if given:
        await execute("INSERT INTO client_details (id) VALUES ($1) ON CONFLICT DO NOTHING", kept)
        await _set("client_details", kept, given)
    await execute("DELETE FROM client_details WHERE id = $1", gone)


def at_start(lines: Sequence[Compared]) -> dict[str, Side]:
    return {one.key: one.chosen for one in lines}


async def _set(table: str, client_id: UUID, given: Mapping[str, Any]) -> None:
    if given:
        sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(given, 2))
        await execute(f"UPDATE {table} SET {sets} WHERE id = $1", client_id, *given.values())


def _empty(column: str) -> str | None:
    return None if column.endswith("_id") else ""


def _compared(key: str, label: str, kept: str, gone: str) -> Compared:
    chosen: Side = "gone" if gone and not kept else "kept"
    return Compared(key, label, (kept,) if kept else (), (gone,) if gone else (), chosen)


async def _rows(client_id: UUID) -> tuple[Row, Row]:
    row = await fetch_one("SELECT * FROM client WHERE id = $1", client_id)
    details = await fetch_one("SELECT * FROM client_details WHERE id = $1", client_id)
    assert row is not None
    return row, details or {}


async def _plain(client_id: UUID) -> dict[str, str]:
    row, details = await _rows(client_id)
    emergency = await particulars.read_emergency(client_id)
    said = {one.key: plain((row if one.table == "client" else details).get(one.columns[0])) for one in PLAIN}
    said |= {"status": _status(row), "kind": row["kind"].capitalize(), "born_on": _day(row["born_on"])}
    said |= {key: dict(words).get(said[key], said[key]) if said[key] else ""
             for key, words in (("marital_status", MARITAL), ("language", LANGUAGES), ("time_zone", TIME_ZONES))}
    parts = [emergency[f"emergency_{part}"] for part in ("name", "relation", "phone")]
    return {**said, "emergency": ", ".join(part for part in parts if part)}


def _day(day: Any) -> str:
    return f"{day:%B %-d, %Y}" if day else ""


def _status(row: Row) -> str:
    if row["status"] != "discharged":
        return str(row["status"]).capitalize()
    until = f"; the portal can be read until {_day(row['read_only_until'])}" if row["read_only_until"] else ""
    return f"Discharged on {_day(row['status_since'])}{until}"


async def _several(client_id: UUID, rows: Rows | None) -> tuple[str, ...]:
    if rows is None:
        return tuple(one.name for one in await tags.tags_of(client_id))
    found = await rows_of(rows, client_id)
    lone = await fetch_one("SELECT phone FROM client WHERE id = $1", client_id) if rows is reaching.PHONE else None
    if not found and lone and lone["phone"]:
        return (lone["phone"],)
    shown = ("line_1", "line_2", "city", "region", "postal_code") if rows is reaching.ADDRESS else rows.told
    return tuple(", ".join(plain(row[name]) for name in shown if row[name]) for row in found)
