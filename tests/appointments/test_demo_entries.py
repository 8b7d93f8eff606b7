"""The demo's appointments: some for everybody who offers a service, over and to come, and none on top of another."""

from __future__ import annotations

from typing import Any

from models.core.database import execute, fetch_all
from server.demo_entries import add_entries
from server.demo_group import add_group
from tests.appointments.conftest import offer, open_week

OVERLAPS = """SELECT 1 FROM appointment a JOIN appointment b ON a.staff_id = b.staff_id AND a.id < b.id
  WHERE a.busy && b.busy AND a.state = 'scheduled' AND b.state = 'scheduled'"""


OUTSIDE = """SELECT 1 FROM appointment a WHERE NOT EXISTS (SELECT 1 FROM weekly_hours w WHERE w.staff_id = a.staff_id
  AND w.weekday = extract(isodow FROM a.starts_at AT TIME ZONE 'America/New_York') - 1
  AND (a.starts_at AT TIME ZONE 'America/New_York')::time >= make_time(w.from_minute / 60, w.from_minute % 60, 0)
  AND (a.ends_at AT TIME ZONE 'America/New_York')::time <= make_time(w.until_minute / 60, w.until_minute % 60, 0))"""


async def test_calendars_of_the_demo_are_filled_in_the_hours_in_which_people_work(
    cast: Any, offering: Any, hours: Any
) -> None:
    async def fill() -> None:
        await open_week(cast.staff["owner"], None, opens=12 * 60, closes=17 * 60)
        await offer(offering, cast.staff["owner"])
        await execute("INSERT INTO assignment (id, client_id, staff_id) VALUES (gen_random_uuid(), $1, $2)",
                      cast.clients["client"], cast.staff["owner"])
        await add_entries(cast.people)

    await cast.inside(fill)
    rows = await cast.inside(lambda: fetch_all("SELECT staff_id, state, starts_at > now() AS coming FROM appointment"))
    assert {row["staff_id"] for row in rows} == {cast.staff["practitioner"], cast.staff["owner"]}
    assert {row["coming"] for row in rows} == {True, False}
    assert {row["state"] for row in rows} == {"scheduled", "cancelled", "requested"}
    assert await cast.inside(lambda: fetch_all(OVERLAPS)) == []
    assert await cast.inside(lambda: fetch_all(OUTSIDE)) == []


async def test_without_services_nothing_is_made(cast: Any) -> None:
    await cast.inside(lambda: add_entries(cast.people))
    assert await cast.inside(lambda: fetch_all("SELECT 1 FROM appointment")) == []


async def test_the_group_of_the_demo_is_found_by_who_may_book_it(cast: Any, offering: Any, hours: Any) -> None:
    """One evening has places taken, the other none; the client of the demo comes to neither yet."""

    async def fill() -> None:
        await execute("UPDATE service SET kind = 'group', capacity = 8")
        await add_group([cast.clients["client"]])

    await cast.inside(fill)
    sql = """SELECT count(t.id)::int AS comes, bool_or(t.client_id = $1) AS own FROM appointment a
      LEFT JOIN attendance t ON t.appointment_id = a.id WHERE a.kind = 'group' AND a.starts_at > now()
      GROUP BY a.id, a.starts_at ORDER BY a.starts_at"""
    first, second = await cast.inside(lambda: fetch_all(sql, cast.clients["client"]))
    assert 0 < first["comes"] < 8 and not first["own"] and second["comes"] == 0
