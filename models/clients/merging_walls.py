"""Who will see what when two records become one: each person by name, and what of the other record they could read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from models.clients import people
from models.clients.fields import SLOTS, FieldOf, Rows
from models.clients.merging_people import Accesses, Held, newly_sees
from models.clients.reaching import ADDRESS
from models.clients.registries import MANAGE_INFORMATION
from models.clients.sections import SECTIONS
from models.clients.tables import Client
from models.core.database import fetch_all

NOTHING = "Nothing of this record, while the minor consents alone."
SUPERVISORS = """SELECT DISTINCT m.name FROM supervision v JOIN staff_member m ON m.id = v.supervisor_id
  WHERE v.supervisee_id = ANY($1) AND m.deactivated_at IS NULL AND m.roles @> '{supervisor}' AND m.id <> ALL($2)
  ORDER BY 1"""

Walls = tuple[tuple[Held, tuple[str, ...]], ...]


async def walls_of(kept: Client, gone: Client, accesses: Accesses) -> Walls:
    """Each person whose access stays, with what they will see anew."""
    if kept.own_consent_at or gone.own_consent_at:
        hidden = {one.id for one in accesses.stays if one.contact_id}
    else:
        hidden = set()
    return tuple([
        (one, (NOTHING,) if one.id in hidden else await _newly(one, kept, gone)) for one in accesses.stays
    ])


async def staff_of(kept: Client, gone: Client) -> list[str]:
    """The practitioners of one record alone and who supervises them; who sees all clients sees both already."""
    mine = {one.id: one.name for one in await people.assigned_to(kept.id)}
    theirs = {one.id: one.name for one in await people.assigned_to(gone.id)}
    both = list(mine.keys() | theirs.keys())
    said = []
    for names, only, other in ((mine, mine.keys() - theirs.keys(), gone), (theirs, theirs.keys() - mine.keys(), kept)):
        if only:
            above = [row["name"] for row in await fetch_all(SUPERVISORS, list(only), both)]
            also = f" (and {', '.join(above)} by supervising them)" if above else ""
            told = f"{', '.join(sorted(names[one] for one in only))}{also}"
            said.append(f"{told} will see what stands in the record of {other.name} as well.")
    return said


async def _newly(one: Held, kept: Client, gone: Client) -> tuple[str, ...]:
    own, other = (kept, gone) if one.side == "kept" else (gone, kept)
    reads = one.side != "both" and (one.contact_id is None or MANAGE_INFORMATION in one.permissions)
    return newly_sees(one, other.name, await _readable(one, own.id, other.id) if reads else [])


async def _readable(one: Held, own: UUID, other: UUID) -> list[str]:
    """What of the other record this person could read and does not read in their own, as words."""
    found: list[str] = []
    for section in SECTIONS.values():
        here, there = [set(_told(section.fields, await section.read(client, one.contact_id), one))
                       for client in (own, other)]
        found += sorted(there - here)
    return found


def _told(fields: tuple[FieldOf | Rows, ...], values: Mapping[str, Any], one: Held) -> Iterator[str]:
    for field in fields:
        if isinstance(field, Rows):
            if field is not ADDRESS or one.contact_id is None:  # hidden from contacts of the other side by the merge
                yield from _rows(field, values)
        elif field.kind != "contact" and values.get(field.name):
            yield f"{field.label} {_words(field, values[field.name])}"


def _words(field: FieldOf, value: str) -> str:
    if field.kind == "date":
        return f"{date.fromisoformat(value):%B %-d, %Y}"
    return dict(field.options).get(value, value)


def _rows(rows: Rows, values: Mapping[str, Any]) -> Iterator[str]:
    for place in range(1, SLOTS + 1):
        told = [values.get(rows.name(place, name)) for name in rows.told]
        if any(told):
            yield f"{rows.one.capitalize()} {', '.join(word for word in told if word)}"
