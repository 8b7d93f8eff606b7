"""Unusual looking: the pure rules, and how they are pointed out, seen and explained."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from models.clients import pointing
from models.clients.unusual import (
    AFTER_DISCHARGE,
    MANY_IN_AN_HOUR,
    MANY_LEAST,
    MANY_TIMES,
    Day,
    Finding,
    Seen,
    same_family,
    unusual,
)
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from models.core.looking import id_at

TODAY = date(2026, 11, 28)
HERE = "/staff/settings/audit/unusual"


def seen(name="Marsh", *, status="active", since=TODAY, anybody=True, mine=True, client=None):
    return Seen(client or uuid4(), name, status, since, anybody, mine)


def day(*opened, name="Okafor", front_desk=False, usual=None, in_an_hour=0):
    return Day(TODAY, name, front_desk, opened, usual, in_an_hour)


def kinds(one: Day) -> list[str]:
    return [finding.kind for finding in unusual(one)]


def many(count):
    return [seen() for _ in range(count)]


def test_a_day_like_others_is_not_pointed_out():
    assert kinds(day(*many(12), usual=[10, 12, 9])) == []


@pytest.mark.parametrize(
    ("count", "usual", "found"),
    [
        (MANY_LEAST - 1, [], False), (MANY_LEAST, [], True), (MANY_LEAST, [1, 1, 1], True),
        (MANY_LEAST, [MANY_LEAST], False), (MANY_TIMES * 10, [10, 10], False), (MANY_TIMES * 10 + 1, [10, 10], True),
        (MANY_TIMES * 10 + 1, [10, 10, 90], True), (MANY_LEAST, [7, 7], False),
    ],
)
def test_many_records_are_many_against_the_persons_own_weeks(count, usual, found):
    assert ("many" in kinds(day(*many(count), usual=usual))) is found


def test_the_same_record_opened_often_is_one_record():
    client = uuid4()
    assert kinds(day(*[seen(client=client)] * 100, usual=[1])) == []


def test_an_hour_has_a_limit_of_its_own_whatever_is_usual():
    assert kinds(day(in_an_hour=MANY_IN_AN_HOUR - 1)) == []
    assert unusual(day(in_an_hour=MANY_IN_AN_HOUR)) == [Finding("many", None, MANY_IN_AN_HOUR, None)]


def test_ones_own_family_name():
    assert kinds(day(seen("Marsh"), name="Marsh")) == ["family-name"]
    assert kinds(day(seen("Marsh"), name="Okafor")) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Beltrán", "BELTRAN", True), ("Oduya-Castellanos", "Oduya", True), ("Van der Berg", "Berg", True),
        ("Marsh", "Marshall", False), ("", "", False), ("O", "O", False), ("Müller", "Muller", True),
    ],
)
def test_family_names_are_compared_by_their_parts(one, other, same):
    assert same_family(one, other) is same


def test_a_client_who_left_long_ago_and_is_nobodys_of_mine():
    long_ago, lately = TODAY - AFTER_DISCHARGE - timedelta(days=1), TODAY - AFTER_DISCHARGE
    assert kinds(day(seen(status="discharged", since=long_ago, mine=False))) == ["discharged"]
    assert kinds(day(seen(status="discharged", since=lately, mine=False))) == []
    assert kinds(day(seen(status="discharged", since=long_ago, mine=True))) == []


def test_a_record_that_nobody_is_assigned_to_unless_that_is_ones_work():
    assert kinds(day(seen(anybody=False, mine=False))) == ["unassigned"]
    assert kinds(day(seen(anybody=False, mine=False), front_desk=True)) == []
    assert kinds(day(seen(anybody=False, mine=False, status="prospect"))) == []


# Pointed out.


async def open_record(cast, browse, who="owner", client="teen"):
    browser = await browse(cast, who)
    assert (await browser.json(f"/staff/clients/{cast.clients[client]}/audit")).status_code == 200
    return browser


async def listed(cast, browse):
    return (await (await (await browse(cast, "owner")).json(HERE)).get_json())["unusual"]


async def looked(cast, who, count, *, days_ago=0):
    """Looks at that many records, of clients made for it, all on one day."""
    at = now() - timedelta(days=days_ago)

    async def work():
        for number in range(count):
            client, look = new_id(), UUID(int=id_at(at).int + number + 1)
            await execute("INSERT INTO client (id, name) VALUES ($1, 'Somebody Else')", client)
            await execute("INSERT INTO assignment (id, client_id, staff_id) VALUES ($1, $1, $2)", client,
                          cast.staff["practitioner"])
            await execute("INSERT INTO look (id, login_id, subject, subject_id, client_id, at)"
                          " VALUES ($1, $2, 'client-overview', $3, $3, $4)", look, cast.logins[who], client, at)

    await cast.inside(work)


async def test_ones_own_family_name_is_pointed_out_at_once_and_once_a_day(cast, browse, log):
    await open_record(cast, browse)
    assert await listed(cast, browse) == []
    await cast.inside(lambda: execute("UPDATE client SET last_name = 'Lindqvist' WHERE id = $1", cast.clients["teen"]))
    await open_record(cast, browse)
    await open_record(cast, browse)
    (one,) = await listed(cast, browse)
    assert (one["kind"], one["who"], one["client_id"]) == ("family-name", "Jonas Lindqvist", str(cast.clients["teen"]))
    assert await log.heard("unusual_look.found") == {("desk", str(cast.logins["owner"]))}


async def test_what_was_explained_is_not_pointed_out_again_and_what_waits_stands_there_once(cast, browse):
    """The practitioner Lindqvist treats a client Lindqvist, day after day."""
    rename = "UPDATE client SET last_name = 'Lindqvist' WHERE id = ANY($1)"
    await cast.inside(lambda: execute(rename, [cast.clients["teen"], cast.clients["child"]]))
    yesterday = "UPDATE unusual_look SET day = day - 1"
    owner = await open_record(cast, browse)
    await cast.inside(lambda: execute(yesterday))
    await open_record(cast, browse)
    (one,) = await listed(cast, browse)
    await owner.post(f"{HERE}/{one['id']}/explained", {"explanation": "No relation"})
    await open_record(cast, browse)
    assert len(await listed(cast, browse)) == 1
    await open_record(cast, browse, client="child")
    other = next(one for one in await listed(cast, browse) if not one["settled_at"])
    assert other["client_id"] == str(cast.clients["child"]), "another record is another matter"
    await owner.post(f"{HERE}/{other['id']}/seen")
    await cast.inside(lambda: execute(yesterday))
    await open_record(cast, browse, client="child")
    assert len(await listed(cast, browse)) == 3, "what was only seen is pointed out when it happens again"


async def test_an_export_is_no_opening_of_thousands_of_records(cast, browse, log):
    """It is in the log of each client, and a line of its own in the practice's; nobody is flooded with its records."""
    left = "status = 'discharged', status_since = now() - interval '400 days', last_name = 'Lindqvist'"
    await cast.inside(lambda: execute(f"UPDATE client SET {left}"))
    owner = await browse(cast, "owner")
    await (await owner.get("/staff/clients/export.csv")).get_data()
    taken = await log.looks("taken-out")
    assert {one["client_id"] for one in taken} >= {cast.clients["teen"], cast.clients["child"], cast.clients["client"]}
    await cast.inside(pointing.examine_lately)
    assert await listed(cast, browse) == []


async def test_a_client_discharged_long_ago_is_pointed_out(cast, browse):
    left = "UPDATE client SET status = 'discharged', status_since = now() - interval '40 days' WHERE id = $1"
    await cast.inside(lambda: execute(left, cast.clients["teen"]))
    await open_record(cast, browse)
    assert [one["kind"] for one in await listed(cast, browse)] == ["discharged"]


async def test_the_night_compares_with_the_persons_own_weeks(cast, browse):
    for days_ago in (3, 4, 5):
        await looked(cast, "biller", 12, days_ago=days_ago)
        await looked(cast, "frontdesk", 2, days_ago=days_ago)
    await looked(cast, "biller", 25)
    await looked(cast, "frontdesk", 25)
    await cast.inside(pointing.examine_lately)
    (one,) = await listed(cast, browse)
    assert (one["who"], one["kind"], one["looks"], one["usual"]) == ("Tess Moreau", "many", 25, 2)
    await cast.inside(pointing.examine_lately)
    assert len(await listed(cast, browse)) == 1, "the next night says nothing twice"


async def test_many_in_an_hour_are_seen_while_it_happens(cast, browse):
    await looked(cast, "owner", MANY_IN_AN_HOUR)
    await open_record(cast, browse)
    (one,) = await listed(cast, browse)
    assert one["kind"] == "many" and one["usual"] is None and one["looks"] == MANY_IN_AN_HOUR + 1


async def test_it_is_seen_or_explained_and_the_count_follows(cast, browse, log):
    await cast.inside(lambda: execute("UPDATE client SET last_name = 'Lindqvist'"))
    owner = await open_record(cast, browse)
    await open_record(cast, browse, client="child")
    first, second = await listed(cast, browse)
    views = "/staff/settings/audit/views"
    assert (await (await owner.json(views)).get_json())["unusual"] == 2
    assert "2 unusual looks" in await (await owner.get(views)).get_data(as_text=True)
    assert (await owner.post(f"{HERE}/{first['id']}/seen")).status_code == 303
    answer = await owner.post(f"{HERE}/{second['id']}/explained", {"explanation": "  "})
    assert answer.status_code == 422 and "Say what explains it." in await answer.get_data(as_text=True)
    await owner.post(f"{HERE}/{second['id']}/explained", {"explanation": "No relation"})
    await owner.post(f"{HERE}/{first['id']}/explained", {"explanation": "A cousin, handed over to Maya"})
    told = {one["id"]: one["explanation"] for one in await listed(cast, browse)}
    assert told == {first["id"]: "A cousin, handed over to Maya", second["id"]: "No relation"}
    assert (await (await owner.json(views)).get_json())["unusual"] == 0
    assert len(await log.events("unusual_look.settled")) == 3
    assert "Explained by Jonas Lindqvist: No relation" in await (await owner.get(HERE)).get_data(as_text=True)


@pytest.mark.parametrize("name", ["practitioner", "frontdesk", "biller"])
async def test_nobody_but_administrators_sees_it(cast, browse, name):
    browser = await browse(cast, name)
    assert (await browser.json(HERE)).status_code == 403
    assert (await browser.send(f"{HERE}/{uuid4()}/seen")).status_code == 403


async def test_another_practices_is_none_here(cast, neighbours, browse):
    await neighbours.inside(lambda: execute("UPDATE client SET last_name = 'Lindqvist'"))
    await open_record(neighbours, browse)
    (one,) = await listed(neighbours, browse)
    assert await listed(cast, browse) == []
    assert (await (await browse(cast, "owner")).send(f"{HERE}/{one['id']}/seen")).status_code == 404


async def test_a_look_through_other_eyes_is_not_examined(cast, browse, log):
    await cast.inside(lambda: execute("UPDATE client SET last_name = 'Lindqvist'"))
    browser = await browse(cast, "owner")
    access = cast.accesses["parent", "teen"]
    path = f"/staff/clients/{cast.clients['teen']}/view-as"
    await browser.send(path, {"access": str(access), "reason": "Karen asked where it is"})
    await browser.get(f"/staff/view-as/{access}/home")
    assert await log.rows("SELECT 1 FROM unusual_look") == []
