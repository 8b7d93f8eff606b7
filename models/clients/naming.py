"""Names: legal ones, the one a client goes by, and what screens show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.clients.fields import FieldOf
from models.core.database import execute, fetch_one
from models.core.errors import Invalid

FIELDS = (
    FieldOf("first_name", "Legal first name", needed=True, autocomplete="given-name", most=80),
    FieldOf("last_name", "Legal last name", needed=True, autocomplete="family-name", most=80),
    FieldOf("preferred_name", "Preferred name", hint="When it is another than the first name", most=80),
    FieldOf("pronouns", "Pronouns", hint="Such as she/her", most=40),
)
NAMES = tuple(field.name for field in FIELDS)


def shown_name(first: str, last: str, preferred: str = "") -> str:
    """What screens show: the preferred name, or the first, with the last."""
    return f"{preferred or first} {last}".strip()


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a record that has only the whole one."""
    first, _, last = name.strip().partition(" ")
    return first, last.strip()


async def read(client_id: UUID, by: UUID | None = None) -> dict[str, Any]:
    row = await fetch_one(f"SELECT name, {', '.join(NAMES)} FROM client WHERE id = $1", client_id)
    found = {name: row[name] for name in NAMES} if row else {}
    if row and not (row["first_name"] or row["last_name"]):
        found["first_name"], found["last_name"] = split_name(row["name"])
    return found


async def write(client_id: UUID, values: Mapping[str, Any], by: UUID | None) -> None:
    given = {name: values[name] for name in NAMES if name in values}
    empty = {name: ["Fill this in."] for name in ("first_name", "last_name") if given.get(name) == ""}
    if empty:
        raise Invalid(errors=empty)
    await fetch_one("SELECT 1 FROM client WHERE id = $1 FOR UPDATE", client_id)
    now = {**await read(client_id), **given}
    await keep_name(client_id, **now)


async def keep_name(
    client_id: UUID, *, first_name: str, last_name: str, preferred_name: str = "", pronouns: str = ""
) -> None:
    """The one place that writes a client's names, and the name that screens show; the person's record as a contact of
    somebody else follows."""
    name = shown_name(first_name, last_name, preferred_name)
    await execute(
        "UPDATE client SET first_name = $2, last_name = $3, preferred_name = $4, pronouns = $5, name = $6"
        " WHERE id = $1",
        client_id, first_name, last_name, preferred_name, pronouns, name,
    )
    await execute(
        "UPDATE contact SET first_name = $2, last_name = $3, name = $4 WHERE client_id = $1",
        client_id, first_name, last_name, name,
    )
