"""The practice says that its day begins elsewhere, or from which birthday on clients are adults: what hangs on a day
follows, on open pages too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson

from models.accounts import details
from models.clients import allowing, majority
from models.core.database import execute, fetch_all, fetch_one
from models.core.scope import run_scope
from server.jobs import JOBS

# Of these two, one is always a day ahead of the other.
EARLIEST, LATEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"


async def born(cast: Any, client: str, *, years: int, days: int = 0) -> None:
    """So many years ago today, by the practice's own calendar, and some days later."""
    sql = """UPDATE client SET kind = 'minor',
      born_on = (portico_today() - make_interval(years => $2) + make_interval(days => $3))::date WHERE id = $1"""
    await cast.inside(lambda: execute(sql, cast.clients[client], years, days))


async def say(cast: Any, **given: Any) -> None:
    owner = await cast.actor("owner")
    await cast.inside(lambda: details.set_details(owner, None, given))


async def waiting(job: str, cast: Any) -> list[Any]:
    """The ids that jobs of this kind were queued with, oldest first."""
    sql = "SELECT payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id"
    found = [orjson.loads(bytes(row["payload"])) for row in await cast.inside(lambda: fetch_all(sql, job))]
    return [one for one in found if one["practice"] == str(cast.practice_id)]


async def rights(cast: Any, kind: str) -> list[set[Any]]:
    sql = "SELECT rights FROM event WHERE type = $1 ORDER BY seq"
    return [set(row["rights"] or ()) for row in await cast.inside(lambda: fetch_all(sql, kind))]


async def test_a_lower_age_of_majority_makes_adults_at_once_and_the_page_says_how_many(cast: Any, browse: Any) -> None:
    await say(cast, age_of_majority=21)
    await born(cast, "teen", years=19)
    page = await (await (await browse(cast, "owner")).get("/staff/settings/practice")).get_data(as_text=True)
    assert page.count("One minor is that old already.") == 2, "at 18 and at 19"
    assert (await (await browse(cast, "coparent")).json("/me")).status_code == 200, "the premise"
    await say(cast, age_of_majority=18)
    assert (await (await browse(cast, "coparent")).json("/me")).status_code == 401
    assert await waiting(majority.TURN, cast)
    await JOBS[majority.TURN](cast.practice_id, {})
    both = {cast.logins["parent"], cast.logins["coparent"]}
    assert await rights(cast, "majority.reached") == [both], "their open pages read their rights anew"
    row = await cast.inside(lambda: fetch_one("SELECT kind FROM client WHERE id = $1", cast.clients["teen"]))
    assert row["kind"] == "adult"


async def test_a_higher_one_takes_back_what_staff_were_told_and_tells_the_right_day(cast: Any) -> None:
    await born(cast, "teen", years=18, days=30)
    await run_scope(cast.practice_id, majority.turn_here)
    assert (await cast.inside(lambda: majority.coming(cast.clients["teen"]))).on_day, "the premise"
    await say(cast, age_of_majority=19)
    assert await cast.inside(lambda: majority.coming(cast.clients["teen"])) is None
    await say(cast, age_of_majority=18)
    await run_scope(cast.practice_id, majority.turn_here)
    assert len(await rights(cast, "majority.near")) == 2


async def test_the_day_of_coming_of_age_has_a_job_of_its_own(cast: Any) -> None:
    await born(cast, "teen", years=18, days=30)
    before = len(await waiting(majority.TURN, cast))
    await run_scope(cast.practice_id, majority.turn_here)
    assert len(await waiting(majority.TURN, cast)) == before + 1
    sql = """SELECT max(execute_after) - now() AS wait FROM pgqueuer WHERE entrypoint = $1
      AND convert_from(payload, 'UTF8')::json ->> 'practice' = $2"""
    wait = (await cast.inside(lambda: fetch_one(sql, majority.TURN, str(cast.practice_id))))["wait"]
    assert timedelta(days=28) < wait < timedelta(days=32)


async def test_a_birth_date_corrected_to_an_adults_is_told_at_once(cast: Any, browse: Any) -> None:
    desk = await browse(cast, "frontdesk")
    born_on = (date.today() - timedelta(days=20 * 366)).isoformat()
    answer = await desk.send(f"/staff/clients/{cast.clients['teen']}/details/demographics", {"born_on": born_on})
    assert answer.status_code == 200
    assert await waiting(majority.TURN, cast)
    await JOBS[majority.TURN](cast.practice_id, {})
    assert len(await rights(cast, "majority.reached")) == 1


async def test_a_last_day_that_is_over_by_the_new_clock_ends_on_open_pages_too(cast: Any, browse: Any) -> None:
    await say(cast, time_zone=LATEST)
    access = cast.accesses["coparent", "teen"]
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET ends_on = portico_today(), days_told_on = portico_today() - 1 WHERE id = $1", access,
    ))
    coparent = await browse(cast, "coparent")
    assert (await coparent.json("/me")).status_code == 200, "the premise: it is the last day"
    await say(cast, time_zone=EARLIEST)
    assert (await coparent.json("/me")).status_code == 401
    assert {"practice": str(cast.practice_id), "access": str(access)} in await waiting(allowing.DAY_JOB, cast)
    await cast.inside(lambda: allowing.note_day(access))
    assert await rights(cast, "access.ended") == [{cast.logins["coparent"]}]


async def test_what_is_not_about_days_wakes_nobody_but_is_harmless(cast: Any) -> None:
    await say(cast, phone="(207) 555-0199")
    assert await waiting(allowing.DAY_JOB, cast) == []
    await JOBS[majority.TURN](cast.practice_id, {})
    assert await rights(cast, "majority.reached") == []
