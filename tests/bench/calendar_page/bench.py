"""The calendar's door: a week with 500 entries of 20 practitioners among 50,000 appointments: for who reads all names,
for who reads some and for who reads that people are busy; and one entry of it that changed.

Server time of the whole door, in this process, so that no network and no other process counts; then the page itself,
in real browsers (screens.py).
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import uvloop

from models.appointments.tables import Offering
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from realtime.fanout import settle_collector
from server import wiring
from tests.bench.calendar_page import screens
from tests.bench.stack.figures import percentile, tell
from tests.bench.stack.house import House, new_house
from tests.support.browsing import Browser, Browsers
from tests.support.cast import Cast, new_cast

WEEKS, IN_A_WEEK, STAFF, CLIENTS = 100, 500, 20, 2_000
ROUNDS, WARM = 40, 5
GOAL, GOAL_OF_ONE = 100.0, 25.0
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)

LOGINS = """INSERT INTO login (id, email, password_hash, password_at)
  SELECT gen_random_uuid(), 'bench' || n || '@mail.test', '', now() FROM generate_series(1, $1::int) n RETURNING id"""
MEMBERS = """INSERT INTO staff_member (id, login_id, name, roles) SELECT gen_random_uuid(), one, 'Member ' || n,
  '{practitioner}' FROM unnest($1::uuid[]) WITH ORDINALITY AS made (one, n) RETURNING id"""
CLIENT_ROWS = """INSERT INTO client (id, name, first_name, last_name)
  SELECT gen_random_uuid(), 'Client ' || n, 'Client', n::text FROM generate_series(1, $1::int) n RETURNING id"""
HOURS = """INSERT INTO weekly_hours (id, staff_id, weekday, from_minute, until_minute, valid_from)
  SELECT gen_random_uuid(), one, day, 540, 1020, '2020-01-06' FROM unnest($1::uuid[]) one, generate_series(0, 4) day"""
OFFERS = "INSERT INTO service_offer (service_id, staff_id) SELECT $1, one FROM unnest($2::uuid[]) one"
# Five a day and practitioner: an hour each, one after the other.
APPOINTMENTS = """INSERT INTO appointment (id, state, staff_id, service_id, starts_at, ends_at, made_side)
  SELECT gen_random_uuid(), 'scheduled', ($1::uuid[])[1 + n % $4], $2, at, at + interval '50 minutes', 'desk'
  FROM generate_series(0, $5::int - 1) n CROSS JOIN LATERAL (SELECT $3::timestamptz + make_interval(
    weeks => n / $6, days => n % $6 / $4 / 5, hours => 14 + n % $6 / $4 % 5) AS at) moment"""
ATTENDANCES = """INSERT INTO attendance (id, appointment_id, client_id, booked_side)
  SELECT gen_random_uuid(), id, ($1::uuid[])[1 + (row_number() OVER (ORDER BY starts_at, id)) % $2], 'desk'
  FROM appointment"""


def main() -> int:
    uvloop.run(_measure())
    return 0


async def _measure() -> None:
    wiring.wire()
    async with new_house("calendar_page") as house:
        cast = await _practice(house)
        browsers = Browsers()
        settle_collector()
        for who, reads in (("frontdesk", "all names"), ("practitioner", "some"), ("owner", "busy")):
            await _week(await browsers.open(cast, who), reads)
        await screens.measure(house, cast, MONDAY)


async def _practice(house: House) -> Cast:
    began = time.monotonic()
    cast = await new_cast()
    await cast.inside(lambda: _furnish(cast))
    tell("calendar_page", "making 50,000 appointments", time.monotonic() - began, "s")
    await house.admin.execute("VACUUM ANALYZE", timeout=120)
    return cast


async def _furnish(cast: Cast) -> None:
    await execute("SET LOCAL statement_timeout = 0")
    service = await Offering.create(id=new_id(), name="Counseling")
    logins = [row["id"] for row in await fetch_all(LOGINS, STAFF - 1)]
    staff = [cast.staff["practitioner"], *(row["id"] for row in await fetch_all(MEMBERS, logins))]
    clients: list[UUID] = [row["id"] for row in await fetch_all(CLIENT_ROWS, CLIENTS)]
    await execute(OFFERS, service.id, staff)
    await execute(HOURS, staff)
    await execute(APPOINTMENTS, staff, service.id, MONDAY - timedelta(weeks=WEEKS // 2), STAFF, WEEKS * IN_A_WEEK,
                  IN_A_WEEK)
    await execute(ATTENDANCES, clients, CLIENTS)


async def _week(browser: Browser, reads: str) -> None:
    week = "from=2030-01-06T05:00:00Z&until=2030-01-13T05:00:00Z"
    found = await _asked(browser, f"{week}&hours=true")
    entries = found["entries"]
    assert len(entries) == IN_A_WEEK, len(entries)
    for figure, query, goal in (
        ("a week with 500 entries", f"{week}&hours=true", GOAL),
        ("the one that changed", f"{week}&only={entries[250]['id']}", GOAL_OF_ONE),
    ):
        times = [await _once(browser, query) for _ in range(WARM + ROUNDS)][WARM:]
        tell("calendar_page", f"{figure}, for who reads {reads}, p95", percentile(times, 95) * 1000, "ms", goal=goal,
             median=percentile(times, 50) * 1000)


async def _asked(browser: Browser, query: str) -> dict[str, list[dict[str, str]]]:
    answer = await browser.json(f"/staff/calendar/entries?{query}")
    assert answer.status_code == 200, answer.status_code
    return dict(await answer.get_json())


async def _once(browser: Browser, query: str) -> float:
    began = time.perf_counter()
    answer = await browser.json(f"/staff/calendar/entries?{query}")
    assert answer.status_code == 200, answer.status_code
    await answer.get_data()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
