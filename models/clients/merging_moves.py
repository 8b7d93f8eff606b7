"""What of the second record goes to the one that stays: table by table. A guard compares MOVED with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from models.clients.merging_people import Accesses
from models.core.database import execute, fetch_all

# Every table of this area that names a client, and what becomes of it. Areas above register theirs (MERGINGS).
MOVED = {
    "assignment": "moves; whoever is assigned to both stays assigned once",
    "client_address": "by choice; hidden from contacts of the other record alone",
    "client_contact": "moves; who is a contact of both stays one once",
    "client_details": "by choice, field by field",
    "client_phone": "by choice",
    "client_tag": "by choice",
    "contact": "the client as somebody’s contact",
    "emergency": "moves; what is open ends, its reason was the other record",
    "household_member": "moves",
    "import_row": "the twin it was held for",
    "insurance_policy": "by choice",
    "majority": "moves where the record that stays has none",
    "majority_agreement": "moves",
    "majority_ending": "moves with its access",
    "portal_access": "moves; of one person’s two the narrower limits stay",
}
# What stays as it is.
STAYS = {
    "client": "the pointer itself",
    "client_word": "kept by triggers: a pointer has none",
    "event": "history; read with that of the record that stays",
    "look": "history; read with that of the record that stays",
    "unusual_look": "history: it says at whose record somebody looked",
}

PEOPLE = (
    "UPDATE assignment SET ended_at = clock_timestamp() WHERE client_id = $2 AND ended_at IS NULL AND staff_id IN"
    " (SELECT staff_id FROM assignment WHERE client_id = $1 AND ended_at IS NULL)",
    "UPDATE assignment SET client_id = $1 WHERE client_id = $2",
    "UPDATE emergency SET ended_at = clock_timestamp() WHERE client_id = $2 AND ended_at IS NULL AND $1::uuid <> $2",
    "UPDATE emergency SET client_id = $1 WHERE client_id = $2",
    "DELETE FROM household_member g WHERE client_id = $2 AND EXISTS (SELECT FROM household_member k"
    " WHERE k.client_id = $1 AND k.household_id = g.household_id)",
    "UPDATE household_member SET client_id = $1 WHERE client_id = $2",
    "UPDATE import_row SET twin_id = $1 WHERE twin_id = $2",
    # Of a client who is somebody’s contact twice, one record as a contact goes on standing for the client.
    "UPDATE contact SET client_id = NULL WHERE client_id = $2 AND EXISTS (SELECT FROM contact WHERE client_id = $1)",
    "UPDATE contact SET client_id = $1 WHERE client_id = $2",
)
COMING_OF_AGE = (
    "UPDATE majority_agreement g SET withdrawn_at = clock_timestamp() WHERE client_id = $2 AND withdrawn_at IS NULL"
    " AND EXISTS (SELECT FROM client_contact k WHERE k.client_id = $1 AND k.contact_id = g.contact_id)",
    "UPDATE majority_agreement SET client_id = $1 WHERE client_id = $2",
    "UPDATE majority_ending SET client_id = $1 WHERE client_id = $2",
    "INSERT INTO majority (id, on_day, told_at, ended_at) SELECT $1, on_day, told_at, ended_at FROM majority"
    " WHERE id = $2 ON CONFLICT DO NOTHING",
    "DELETE FROM majority WHERE id = $2 AND $1::uuid <> $2",
    # The day of a birth date that was not taken: staff are told anew.
    "DELETE FROM majority m USING client c WHERE m.id = $1 AND $2::uuid <> $1 AND m.ended_at IS NULL AND c.id = $1"
    " AND m.on_day IS DISTINCT FROM portico_turns(c.born_on, portico_majority())",
)
# From the contacts of one record alone the addresses of the other stay hidden, until staff show them.
HIDE = """INSERT INTO address_hidden (address_id, contact_id)
  SELECT a.id, c.contact_id FROM client_address a JOIN client_contact c ON c.client_id = $2
  WHERE a.client_id = $1 AND NOT EXISTS (SELECT FROM client_contact o WHERE o.client_id = $1
    AND o.contact_id = c.contact_id) ON CONFLICT DO NOTHING"""
CONTACTS = (
    "DELETE FROM client_contact g WHERE client_id = $2 AND EXISTS (SELECT FROM client_contact k"
    " WHERE k.client_id = $1 AND k.contact_id = g.contact_id)",
    "UPDATE client_contact SET client_id = $1 WHERE client_id = $2",
)
TAGS = "INSERT INTO client_tag (client_id, tag_id) SELECT $1, tag_id FROM client_tag WHERE client_id = $2" \
    " ON CONFLICT DO NOTHING"
UNTAG = "DELETE FROM client_tag WHERE client_id = $1"

# The same thing on both records, entered by the same person, stands once.
SAME = {
    "client_phone": "g.number = k.number",
    "client_address": "(lower(g.line_1), lower(g.line_2), lower(g.city), g.postal_code) = (lower(k.line_1),"
    " lower(k.line_2), lower(k.city), k.postal_code)",
    "insurance_policy": "(lower(g.payer), g.member_id) = (lower(k.payer), k.member_id)",
}
TWINS = "k.client_id = $1 AND g.client_id = $2 AND g.by_contact_id IS NOT DISTINCT FROM k.by_contact_id AND {same}"
HIDE_TWINS = """INSERT INTO address_hidden (address_id, contact_id) SELECT k.id, h.contact_id
  FROM client_address g JOIN address_hidden h ON h.address_id = g.id JOIN client_address k ON true
  WHERE {twins} ON CONFLICT DO NOTHING"""
DROP_TWINS = "DELETE FROM {table} g USING {table} k WHERE {twins}"
# What a contact entered stays, whatever staff choose.
DROP = "DELETE FROM {table} WHERE client_id = $1 AND by_contact_id IS NULL"
NOT_MAIN = "UPDATE {table} SET main = false WHERE client_id = $2 AND main AND EXISTS (SELECT FROM {table}" \
    " WHERE client_id = $1 AND main)"
MOVE = "UPDATE {table} SET client_id = $1 WHERE client_id = $2"
HAVE_MAIN = "UPDATE {table} SET main = true WHERE id = (SELECT id FROM {table} WHERE client_id = $1" \
    " ORDER BY added_at, id LIMIT 1) AND NOT EXISTS (SELECT FROM {table} WHERE client_id = $1 AND main)"

END = "UPDATE portal_access SET revoked_at = clock_timestamp() WHERE id = ANY($1) AND revoked_at IS NULL"
LIMIT = "UPDATE portal_access SET permissions = $2, features_off = $3, starts_on = $4, ends_on = $5 WHERE id = $1"
ACCESSES = "UPDATE portal_access SET client_id = $1 WHERE client_id = $2"


async def move_people(kept: UUID, gone: UUID, accesses: Accesses) -> None:
    """Staff, accesses, contacts, households. Addresses are hidden first: afterwards nobody knows whose contact
    was who."""
    for one, other in ((kept, gone), (gone, kept)):
        await execute(HIDE, one, other)
    for sql in (*PEOPLE, *COMING_OF_AGE, *CONTACTS):
        await execute(sql, kept, gone)
    await execute(END, [one.id for one in accesses.ends])
    for held in accesses.stays:
        await execute(LIMIT, held.id, list(held.permissions), list(held.features_off), held.starts_on, held.ends_on)
    await execute(ACCESSES, kept, gone)


async def move_rows(kept: UUID, gone: UUID, chosen: Mapping[str, str]) -> None:
    """Phones, addresses, policies, tags: those of both records, or of one."""
    for table, same in SAME.items():
        side = chosen.get(table, "both")
        if side != "both":
            await execute(DROP.format(table=table), gone if side == "kept" else kept)
        twins = TWINS.format(same=same)
        if table == "client_address":
            await execute(HIDE_TWINS.format(twins=twins), kept, gone)
        await execute(DROP_TWINS.format(table=table, twins=twins), kept, gone)
        await execute(NOT_MAIN.format(table=table), kept, gone)
        await execute(MOVE.format(table=table), kept, gone)
        await execute(HAVE_MAIN.format(table=table), kept)
    side = chosen.get("client_tag", "both")
    if side == "gone":
        await execute(UNTAG, kept)
    if side != "kept":
        await execute(TAGS, kept, gone)
    await execute(UNTAG, gone)


# Staff who see more or less now: assigned to either record, their supervisors, and who opened one in an emergency.
STAFF = """SELECT m.login_id FROM staff_member m WHERE m.id IN (
    SELECT staff_id FROM assignment WHERE client_id = ANY($1) AND ended_at IS NULL
    UNION SELECT v.supervisor_id FROM supervision v JOIN assignment a ON a.staff_id = v.supervisee_id
      WHERE a.client_id = ANY($1) AND a.ended_at IS NULL
    UNION SELECT staff_id FROM emergency WHERE client_id = ANY($1) AND ended_at IS NULL)"""
PORTAL = "SELECT login_id FROM portal_access WHERE client_id = ANY($1) AND login_id IS NOT NULL AND revoked_at IS NULL"


async def logins_touched(kept: UUID, gone: UUID) -> list[UUID]:
    """Everybody whose rights are others afterwards; asked before."""
    rows = [*await fetch_all(STAFF, [kept, gone]), *await fetch_all(PORTAL, [kept, gone])]
    return sorted({row["login_id"] for row in rows})
