"""The judged rows of an imported table become clients: all of them in one transaction, with one event, or none."""

from __future__ import annotations

from uuid import UUID

from models.clients.import_events import CLIENTS_IMPORTED
from models.clients.importing import BATCH, CHECK, Batch, batch_in, tell_import
from models.core.change import change, enqueue, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.events import Part, ToStaff

# Rows that come in. A person who is there already keeps the e-mail address: it is one client's own.
TAKEN = """SELECT r.client_id, r.facts, r.number, r.twin_id IS NOT NULL OR r.twin_row IS NOT NULL AS twin
  FROM import_row r WHERE r.practice_id = portico_here() AND r.batch_id = $1 AND r.problems = '{}'
    AND ($2 OR (r.twin_id IS NULL AND r.twin_row IS NULL))"""
CLIENTS = f"""WITH taken AS ({TAKEN}) INSERT INTO client (id, name, first_name, last_name, preferred_name, pronouns,
    kind, status, email, phone, born_on, set_up_at)
  SELECT client_id, trim(coalesce(nullif(facts->>'preferred_name', ''), facts->>'first_name') || ' '
      || (facts->>'last_name')), facts->>'first_name', facts->>'last_name', coalesce(facts->>'preferred_name', ''),
    coalesce(facts->>'pronouns', ''), facts->>'kind', facts->>'status',
    CASE WHEN twin THEN '' ELSE coalesce(facts->>'email', '') END, coalesce(facts->>'phone', ''),
    (facts->>'born_on')::date, clock_timestamp()
  FROM taken ORDER BY number"""
PHONES = f"""WITH taken AS ({TAKEN}) INSERT INTO client_phone (id, client_id, number, main)
  SELECT gen_random_uuid(), client_id, facts->>'phone', true FROM taken WHERE facts->>'phone' <> ''"""
ADDRESSES = f"""WITH taken AS ({TAKEN}) INSERT INTO client_address (id, client_id, line_1, line_2, city, region,
    postal_code, main)
  SELECT gen_random_uuid(), client_id, coalesce(facts->>'street', ''), coalesce(facts->>'street_2', ''),
    coalesce(facts->>'city', ''), coalesce(facts->>'state', ''), coalesce(facts->>'zip', ''), true
  FROM taken WHERE facts ?| ARRAY['street', 'city', 'state', 'zip']"""
REFERRALS = f"""WITH taken AS ({TAKEN}) INSERT INTO client_details (id, referred_by)
  SELECT client_id, facts->>'referral' FROM taken WHERE facts->>'referral' <> ''"""
TAGS = f"""WITH taken AS ({TAKEN}) INSERT INTO tag (id, name)
  SELECT DISTINCT ON (portico_fold(name)) gen_random_uuid(), name
  FROM taken CROSS JOIN jsonb_array_elements_text(facts->'tags') AS name ORDER BY portico_fold(name), name
  ON CONFLICT (practice_id, spelled) DO NOTHING"""
TAGGED = f"""WITH taken AS ({TAKEN}) INSERT INTO client_tag (client_id, tag_id)
  SELECT DISTINCT taken.client_id, tag.id FROM taken CROSS JOIN jsonb_array_elements_text(facts->'tags') AS name
  JOIN tag ON tag.spelled = portico_fold(name)"""
ASSIGNED = f"""WITH taken AS ({TAKEN}), given AS (INSERT INTO assignment (id, client_id, staff_id)
    SELECT gen_random_uuid(), client_id, (facts->>'practitioner')::uuid FROM taken
    WHERE facts->>'practitioner' <> '' RETURNING staff_id)
  SELECT DISTINCT m.login_id FROM given JOIN staff_member m ON m.id = given.staff_id OR m.id IN (
    SELECT v.supervisor_id FROM supervision v WHERE v.supervisee_id = given.staff_id)"""


# Rows whose practitioner left, or lost the role, since they were judged. The others are held: nobody leaves past this.
HELD = f"""WITH taken AS ({TAKEN}) SELECT m.id FROM staff_member m WHERE m.practice_id = portico_here()
  AND m.deactivated_at IS NULL AND 'practitioner' = ANY (m.roles)
  AND m.id IN (SELECT (facts->>'practitioner')::uuid FROM taken WHERE facts->>'practitioner' <> '')
  ORDER BY m.id FOR SHARE OF m"""
LEFT = f"""WITH taken AS ({TAKEN}) SELECT 1 FROM taken WHERE facts->>'practitioner' <> ''
  AND (facts->>'practitioner')::uuid <> ALL ($3::uuid[]) LIMIT 1"""
# Rows whose address somebody was given since they were judged.
OVERTAKEN = f"""WITH taken AS ({TAKEN}) SELECT 1 FROM taken JOIN client c ON c.practice_id = portico_here()
  AND c.email = taken.facts->>'email' WHERE NOT taken.twin AND c.email <> '' LIMIT 1"""


async def write_clients(batch_id: UUID) -> None:
    """The job's scope: every row that may come in becomes a client, with what the file says of them. Their words for
    searching are kept by the table itself.

    Who was added meanwhile under an address of the file sends the table back to be judged and looked at again, and so
    does a practitioner who left.
    """
    row = await fetch_one(BATCH + " FOR UPDATE", batch_id)
    if row is None or row["state"] != "importing":
        return
    batch = batch_in(row)
    if await fetch_one(OVERTAKEN, batch_id, batch.with_twins) or await _somebody_left(batch):
        await _judge_anew(batch)
        return
    async with change(None, "import.write"):
        for statement in (CLIENTS, PHONES, ADDRESSES, REFERRALS, TAGS, TAGGED):
            count = await execute(statement, batch_id, batch.with_twins)
            if statement is CLIENTS:
                imported = count
        assigned = [one["login_id"] for one in await fetch_all(ASSIGNED, batch_id, batch.with_twins)]
        await execute(
            "UPDATE import_batch SET state = 'done', imported = $2, ended_at = clock_timestamp()"
            " WHERE practice_id = portico_here() AND id = $1", batch_id, imported,
        )
        await record(
            None, CLIENTS_IMPORTED, [Part([ToStaff()], {"import": batch_id})], subject_id=batch_id, rights_of=assigned
        )
        await tell_import(None, batch.login_id, batch_id)


async def _somebody_left(batch: Batch) -> bool:
    here = [row["id"] for row in await fetch_all(HELD, batch.id, batch.with_twins)]
    return await fetch_one(LEFT, batch.id, batch.with_twins, here) is not None


async def _judge_anew(batch: Batch) -> None:
    async with change(None, "import.judge_anew"):
        await execute(
            "UPDATE import_batch SET state = 'checking', checked = 0 WHERE practice_id = portico_here() AND id = $1",
            batch.id,
        )
        await enqueue(CHECK, {"batch": batch.id})
        await tell_import(None, batch.login_id, batch.id)
