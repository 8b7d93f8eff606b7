"""What is asked all day long costs what is near, however much lies behind and ahead."""

from __future__ import annotations

import re

import asyncpg
import pytest

from models.appointments import choices, handing_over, reminders, unsettled
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from models.core.settings import settings

# A year and a half of one practitioner, six a day; all of the past have an outcome but three, and 600 are to come.
PAST, COMING, OPEN = 3000, 600, 3
FILL = """INSERT INTO appointment (id, state, staff_id, service_id, mode, starts_at, ends_at, made_side)
  SELECT gen_random_uuid(), 'scheduled', $1, $2, 'phone', t, t + interval '50 minutes', 'desk'
  FROM generate_series(-$3::int, $4::int) n, LATERAL (SELECT date_trunc('hour', now()) + interval '13 hours'
    + floor(n / 6.0) * interval '1 day' + (n + 12000) % 6 * interval '1 hour' AS t) s WHERE n <> 0"""
CLIENTS = """INSERT INTO attendance (id, appointment_id, client_id, state, booked_side, news_at)
  SELECT gen_random_uuid(), id, $1, CASE WHEN starts_at > now() OR number <= $2 THEN 'booked' ELSE 'attended' END,
    'desk', starts_at - interval '40 days'
  FROM (SELECT id, starts_at, row_number() OVER (ORDER BY starts_at) AS number FROM appointment) a"""
TOUCHED = re.compile(r" on (appointment|attendance)\b.*\(actual rows=([\d.]+) loops=(\d+)\)")
REMOVED = re.compile(r"Rows Removed by (?:Filter|Index Recheck): (\d+)")


@pytest.fixture
async def history(cast, offering, hours):
    await cast.inside(lambda: execute(FILL, hours.staff_id, offering.id, PAST, COMING))
    await cast.inside(lambda: execute(CLIENTS, cast.clients["client"], OPEN))
    owner = await asyncpg.connect(settings().owner_url)
    await owner.execute("ANALYZE appointment, attendance, staff_member")  # as it is within a minute
    await owner.close()


async def rows_read(cast, sql, *args) -> int:
    """Of appointments and who comes to them."""
    rows = await cast.inside(lambda: fetch_all(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", *args))
    read, loops = 0.0, 0
    for line in (row["QUERY PLAN"] for row in rows):
        if found := TOUCHED.search(line):
            loops = int(found[3])
            read += float(found[2]) * loops
        elif "actual rows=" in line:
            loops = 0
        elif loops and (gone := REMOVED.search(line)):
            read += int(gone[1]) * loops
    return round(read)


async def test_due_reminders_are_found_among_those_of_these_hours(cast, history):
    assert await rows_read(cast, reminders.CLAIM, now(), reminders.LATE, reminders.BATCH) <= 60


async def test_what_needs_an_outcome_is_found_among_what_has_none(cast, history):
    most = 2 * (COMING + OPEN) + 20
    assert await rows_read(cast, unsettled.LIST, now(), None, None, 31) <= most
    assert await rows_read(cast, unsettled.COUNT, now(), None) <= most
    found = await cast.inside(lambda: fetch_all(unsettled.COUNT, now(), None))
    assert found[0]["count"] == OPEN
    assert await rows_read(cast, unsettled.ENDED, now(), unsettled.COUNTED, unsettled.AT_A_TIME) <= 200


async def test_whose_calendars_there_are_is_known_without_reading_them(cast, history):
    assert await rows_read(cast, choices.PRACTITIONERS) <= 10


async def test_handing_over_looks_at_the_same_hours_of_a_colleague(cast, history, hours):
    coming = await cast.inside(lambda: fetch_all(
        "UPDATE appointment SET staff_id = $1 WHERE id IN (SELECT id FROM appointment WHERE starts_at > now()"
        " ORDER BY starts_at DESC LIMIT 30) RETURNING id", cast.staff["supervisor"]))
    ids = [row["id"] for row in coming]
    assert await rows_read(cast, handing_over.IN_THE_WAY, ids, hours.staff_id) <= 30 * 12 + 40
    assert await cast.inside(lambda: fetch_all(handing_over.IN_THE_WAY, [new_id()], hours.staff_id)) == []


async def test_the_job_of_all_practices_names_those_with_reminders_that_are_due(cast, history):
    due = "SELECT practices_with_due_reminders('12 hours')"
    assert cast.practice_id in [row["practices_with_due_reminders"] for row in await fetch_all(due)]
    while await cast.inside(reminders.claim_due):
        pass
    assert cast.practice_id not in [row["practices_with_due_reminders"] for row in await fetch_all(due)]
