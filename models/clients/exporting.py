"""Clients leave as a table or as FHIR: those whose record this staff member sees, batch by batch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from models.clients.access import sees_row
from models.core.actor import Actor
from models.core.database import Row, fetch_all
from models.core.looking import note_look, note_taken_out
from models.core.scope import run_scope

AT_ONCE = 500

# Emergency contacts go with FHIR alone. Who is one of the client's contacts is known by that record.
ROWS = """SELECT c.id, c.first_name, c.last_name, c.preferred_name, c.pronouns, c.born_on, c.email, c.phone, c.kind,
  c.status, d.time_zone, d.language, d.sex, d.gender, d.referred_by,
  coalesce(e.name, d.emergency_name) AS emergency_name, coalesce(e.phone, d.emergency_phone) AS emergency_phone,
  coalesce(k.relation, d.emergency_relation) AS emergency_relation,
  (SELECT jsonb_agg(jsonb_build_object('number', p.number, 'kind', p.kind, 'main', p.main)
    ORDER BY p.main DESC, p.added_at) FROM client_phone p
    WHERE p.practice_id = c.practice_id AND p.client_id = c.id) AS phones,
  (SELECT jsonb_agg(jsonb_build_object('line_1', a.line_1, 'line_2', a.line_2, 'city', a.city, 'region', a.region,
    'postal_code', a.postal_code, 'country', a.country, 'kind', a.kind) ORDER BY a.main DESC, a.added_at)
    FROM client_address a WHERE a.practice_id = c.practice_id AND a.client_id = c.id) AS addresses,
  (SELECT jsonb_agg(t.name ORDER BY t.spelled) FROM client_tag g JOIN tag t ON t.practice_id = g.practice_id
    AND t.id = g.tag_id WHERE g.practice_id = c.practice_id AND g.client_id = c.id) AS tags,
  (SELECT jsonb_agg(m.name ORDER BY m.name) FROM assignment s JOIN staff_member m ON m.practice_id = s.practice_id
    AND m.id = s.staff_id WHERE s.practice_id = c.practice_id AND s.client_id = c.id AND s.ended_at IS NULL) AS staff
FROM client c LEFT JOIN client_details d ON d.practice_id = c.practice_id AND d.id = c.id
LEFT JOIN contact e ON e.practice_id = c.practice_id AND e.id = d.emergency_contact_id
LEFT JOIN client_contact k ON k.practice_id = c.practice_id AND k.client_id = c.id AND k.contact_id = e.id
WHERE c.practice_id = portico_here() AND c.merged_into IS NULL AND c.id > $2 AND {seen} ORDER BY c.id LIMIT $3"""

HEADINGS = (
    "First name", "Last name", "Preferred name", "Pronouns", "Birth date", "E-mail", "Phone", "Street",
    "Street, second line", "City", "State", "ZIP code", "Status", "Adult or minor", "Tags", "Practitioner",
    "Referred by", "Id",
)


async def exported(actor: Actor, form: str) -> AsyncIterator[list[Row]]:
    """Rows in batches, each in a scope of its own; outside any scope. That they were taken out is kept as a look."""
    await run_scope(actor.practice_id, lambda _: note_look(actor, f"export-{form}", actor.practice_id))
    sql, reached = ROWS.format(seen=sees_row(actor, "c.id")), UUID(int=0)
    while rows := await run_scope(
        actor.practice_id, lambda _, after=reached: _batch(actor, sql, after)  # type: ignore[misc]
    ):
        yield rows
        reached = rows[-1]["id"]


def cells(row: Row) -> list[str]:
    """A client as a line under HEADINGS: the first address and phone; what is imported from it again is the same."""
    address = (row["addresses"] or [{}])[0]
    phone = (row["phones"] or [{}])[0].get("number") or row["phone"]
    where = [address.get(part, "") for part in ("line_1", "line_2", "city", "region", "postal_code")]
    born_on = row["born_on"].isoformat() if row["born_on"] else ""
    return [
        row["first_name"], row["last_name"], row["preferred_name"], row["pronouns"], born_on, row["email"], phone,
        *where, row["status"], row["kind"], ", ".join(row["tags"] or ()), (row["staff"] or [""])[0],
        row["referred_by"] or "", str(row["id"]),
    ]


async def _batch(actor: Actor, sql: str, after: UUID) -> list[Row]:
    """The next rows. Each client's own log says that the record was taken out, before it is."""
    rows = list(await fetch_all(sql, actor.staff_id, after, AT_ONCE))
    await note_taken_out(actor, [row["id"] for row in rows])
    return rows
