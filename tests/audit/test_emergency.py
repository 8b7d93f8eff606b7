"""Break-glass: a record opened in an emergency, for a time, with a reason, in front of everybody's eyes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.clients import access, emergency
from models.clients.emergency_finding import exactly
from models.core.database import execute, fetch_one
from models.core.errors import Refusal

HERE = "/staff/emergency"
SETTINGS = "/staff/settings/audit/emergencies"
WHY = "A crisis line called about Leo"
TWIN = """INSERT INTO client (id, name, first_name, last_name, born_on)
  VALUES (gen_random_uuid(), 'Leo Marsh', 'Leo', 'Marsh', '2011-03-02')"""
LEO = {"name": "Leo Marsh", "born_on": "2011-03-02", "reason": WHY}


@pytest.fixture(autouse=True)
async def alone(cast):
    """Imani supervises nobody and is assigned nobody; as a practitioner she may break the glass."""
    await cast.inside(lambda: execute("DELETE FROM supervision"))


async def sees(cast, name="supervisor", client="teen", right="demographics"):
    actor = await cast.actor(name)
    return await cast.inside(lambda: access.sees_client(actor, cast.clients[client], right))


async def opened(cast, browse, who="supervisor", **more):
    browser = await browse(cast, who)
    return browser, await browser.send(HERE, {**LEO, **more})


async def the_row(log):
    (row,) = await log.rows("SELECT * FROM emergency")
    return row


async def test_it_opens_the_record_to_read_and_not_to_change(cast, browse):
    assert not await sees(cast)
    _, answer = await opened(cast, browse)
    assert (await answer.get_json())["client"] == str(cast.clients["teen"])
    assert await sees(cast) and await sees(cast, right="clinical")
    assert not await sees(cast, right="manages")
    assert not await sees(cast, client="child"), "of this client alone"
    supervisor = await cast.actor("supervisor")
    assert await cast.inside(lambda: access.visible_clients(supervisor)) == [cast.clients["teen"]]


async def test_an_administrator_gets_the_clinical_content_so(cast, browse):
    assert await sees(cast, "owner") and not await sees(cast, "owner", right="clinical")
    await opened(cast, browse, "owner")
    assert await sees(cast, "owner", right="clinical")


@pytest.mark.parametrize("name", ["  leo   MARSH ", "Leo Marsh", "Marsh, Leo", "LÉO MARSH"])
async def test_capitals_accents_and_order_of_a_name_do_not_matter(cast, browse, name):
    given = {"name": name}
    _, answer = await opened(cast, browse, **given)
    assert answer.status_code == 200


@pytest.mark.parametrize("given", [{"name": "Leo"}, {"name": "Nobody At All"},
                                   {"name": "%"}, {"name": "Marsh"}, {"name": "Ana Marsh"},
                                   {"name": "Leo Marsh", "born_on": "2012-04-02"}])
async def test_an_unknown_person_is_answered_after_the_reason_and_the_search_is_logged(cast, browse, log, given):
    browser, answer = await opened(cast, browse, **given)
    assert answer.status_code == 404 and "nobody" in (await answer.get_json())["notice"].lower()
    assert len(await log.events("emergency.asked")) == 1 and await log.rows("SELECT 1 FROM emergency") == []
    (kept,) = await log.looks("emergency-search")
    assert kept["reason"] == WHY and kept["client_id"] is None, "with its reason, also where nobody was found"
    audit = await (await (await browse(cast, "owner")).get("/staff/settings/audit")).get_data(as_text=True)
    assert "gave the reason of a search in an emergency" in audit and WHY in audit
    page = await (await browser.post(HERE, {**LEO, **given})).get_data(as_text=True)
    assert "Nobody here has exactly this name and birth date" in page and WHY in page, "what was typed stays"


@pytest.mark.parametrize("given", [{"name": "Leonard Marsh"}, {"name": "Leo Mash"}, {"name": "leo marsch"},
                                   {"born_on": "2011-03-03"}, {"born_on": "2011-02-03"}, {"born_on": "2010-03-02"}])
async def test_who_comes_close_is_shown_to_be_chosen_and_never_opened_unasked(cast, browse, log, given):
    browser, answer = await opened(cast, browse, **given)
    told = await answer.get_json()
    assert answer.status_code == 404 and [one["name"] for one in told["choices"]] == ["Leo Marsh"]
    assert not await sees(cast) and await log.rows("SELECT 1 FROM emergency") == []
    page = await (await browser.post(HERE, {**LEO, **given})).get_data(as_text=True)
    assert "Whom do you mean?" in page and "Open this record" in page and WHY in page, "what was typed stays"
    assert "born_on" not in given or "2011-03-02" not in page, "what somebody does not know is not told"
    chosen = await browser.send(HERE, {**LEO, **given, "client": str(cast.clients["teen"])})
    assert chosen.status_code == 200 and await sees(cast)
    assert len(await log.events("emergency.asked")) == 3, "each search is logged"


async def test_of_two_with_the_same_name_and_birth_date_one_is_chosen(cast, browse):
    await cast.inside(lambda: execute(TWIN))
    browser, answer = await opened(cast, browse)
    choices = (await answer.get_json())["choices"]
    assert answer.status_code == 404 and [one["name"] for one in choices] == ["Leo Marsh", "Leo Marsh"]
    assert not await sees(cast)
    assert (await browser.send(HERE, {**LEO, "client": choices[0]["id"]})).status_code == 200


async def test_nobody_is_chosen_who_does_not_come_close(cast, browse, neighbours):
    for client in (cast.clients["client"], neighbours.clients["teen"]):
        _, answer = await opened(cast, browse, client=str(client))
        assert answer.status_code == 404
    assert not await sees(cast, client="client")


@pytest.mark.parametrize(("typed", "name", "same"), [
    ("oneil shea", "Shea O'Neil", True), ("shea o neil", "Shea O'Neil", True), ("李 小龙", "小龙 李", True),
    ("zoe garcia lopez", "Zoë García-López", True), ("zoe garcia", "Zoë García-López", False),
    ("zoe garcia lopez cruz", "Zoë García-López", False),
])
async def test_what_is_exactly_a_name(cast, typed, name, same):
    folded = "SELECT portico_fold($1) AS name, portico_fold($2) AS typed"
    row = await cast.inside(lambda: fetch_one(folded, name, typed))
    assert exactly(frozenset(row["typed"].split()), row["name"]) is same


async def test_without_a_reason_known_and_unknown_are_answered_alike(cast, browse, log):
    known = (await opened(cast, browse, reason="Because"))[1]
    unknown = (await opened(cast, browse, name="Nobody At All", reason="Because"))[1]
    assert known.status_code == unknown.status_code == 422
    assert await known.get_json() == await unknown.get_json()
    assert await log.rows("SELECT 1 FROM emergency") == []


async def test_it_is_told_to_administrators_assigned_practitioners_and_oneself(cast, browse, log):
    await opened(cast, browse)
    names = ("owner", "practitioner", "supervisor")
    assert await log.heard("emergency.opened") == {("desk", str(cast.logins[name])) for name in names}
    (event,) = await log.events("emergency.opened")
    assert list(event["rights"]) == [cast.logins["supervisor"]] and event["client_id"] == cast.clients["teen"]
    assert WHY not in str(dict(event))
    feed = await (await (await browse(cast, "owner")).get("/staff/today/feed")).get_data(as_text=True)
    assert "<b>Imani Brooks</b> opened a record in an emergency" in feed


async def test_it_ends_by_the_clock_also_before_the_job_runs(cast, browse, log):
    await opened(cast, browse)
    row = await the_row(log)
    assert row["ends_at"] - row["began_at"] == timedelta(hours=8)
    left = await cast.inside(lambda: emergency.end_due(row["id"]))
    assert left is not None and left > timedelta(hours=7)
    await cast.inside(lambda: execute("UPDATE emergency SET ends_at = now() - interval '1 second'"))
    assert not await sees(cast), "the day itself counts"
    assert await cast.inside(lambda: emergency.end_due(row["id"])) is None
    (event,) = await log.events("emergency.ended")
    assert list(event["rights"]) == [cast.logins["supervisor"]]
    assert await cast.inside(lambda: emergency.end_due(row["id"])) is None
    _, again = await opened(cast, browse)
    assert again.status_code == 200 and await sees(cast), "and it can be opened anew"


async def test_it_is_closed_early_by_oneself_or_an_administrator(cast, browse, log):
    browser, _ = await opened(cast, browse)
    row = await the_row(log)
    other = await browse(cast, "practitioner")
    assert (await other.send(f"{HERE}/{row['id']}/end")).status_code == 404
    assert await sees(cast)
    assert (await browser.send(f"{HERE}/{row['id']}/end")).status_code == 200
    assert not await sees(cast)
    await opened(cast, browse)
    (row,) = await log.rows("SELECT * FROM emergency WHERE ended_at IS NULL")
    assert (await (await browse(cast, "owner")).send(f"{HERE}/{row['id']}/end")).status_code == 200
    assert not await sees(cast)


async def test_opening_twice_is_one_opening(cast, browse, log):
    await opened(cast, browse)
    await opened(cast, browse)
    await the_row(log)
    assert len(await log.events("emergency.opened")) == 1


async def test_administrators_read_why_and_acknowledge(cast, browse, log):
    await opened(cast, browse)
    row, owner = await the_row(log), await browse(cast, "owner")
    page = await (await owner.get(SETTINGS)).get_data(as_text=True)
    assert WHY in page and "<b>Imani Brooks</b> opened the record of" in page and "Acknowledge</button>" in page
    for name in ("practitioner", "supervisor"):
        browser = await browse(cast, name)
        assert (await browser.json(SETTINGS)).status_code == 403
        assert (await browser.send(f"{SETTINGS}/{row['id']}/acknowledge")).status_code == 403
    assert (await owner.send(f"{SETTINGS}/{row['id']}/acknowledge")).status_code == 200
    assert (await owner.send(f"{SETTINGS}/{row['id']}/acknowledge")).status_code == 200
    assert (await the_row(log))["acknowledged_by"] == cast.staff["owner"]
    assert len(await log.events("emergency.acknowledged")) == 1
    assert "Seen by Jonas Lindqvist" in await (await owner.get(SETTINGS)).get_data(as_text=True)


async def test_the_practice_says_whose_emergencies_it_accepts(cast, browse):
    assert (await opened(cast, browse, "frontdesk"))[1].status_code == 403, "by default practitioners alone"
    owner = await browse(cast, "owner")
    assert (await owner.post(SETTINGS, {"scheduler": "on"})).status_code == 303
    assert (await opened(cast, browse, "frontdesk"))[1].status_code == 200
    assert (await opened(cast, browse, "supervisor"))[1].status_code == 403
    page = await (await (await browse(cast, "supervisor")).get(HERE)).get_data(as_text=True)
    assert "Your role does not open records in an emergency here" in page and "<textarea" not in page


async def test_searching_is_bounded(cast, browse, monkeypatch):
    from models.core.limits import Limit

    monkeypatch.setattr(emergency, "SEARCHES", Limit("emergency-test", most=1, seconds=60))
    browser, _ = await opened(cast, browse, name="Nobody At All")
    assert (await browser.send(HERE, LEO)).status_code == 429
    assert not await sees(cast)


async def test_a_record_of_another_practice_is_unknown_here(cast, neighbours, browse):
    rename = "UPDATE client SET name = 'Vera Lund' WHERE id = $1"
    await neighbours.inside(lambda: execute(rename, neighbours.clients["teen"]))
    assert (await opened(cast, browse, name="Vera Lund"))[1].status_code == 404


async def test_from_a_page_that_is_refused_one_finds_the_way_and_learns_nothing(cast, neighbours, browse):
    browser = await browse(cast, "supervisor")
    pages = []
    for client in (cast.clients["teen"], neighbours.clients["teen"]):
        answer = await browser.get(f"/staff/clients/{client}/view-as")
        assert answer.status_code in (403, 404)
        answer = await browser.get(f"/staff/clients/{client}")
        assert answer.status_code == 404
        pages.append(await answer.get_data(as_text=True))
    assert 'href="/staff/emergency"' in pages[0] and pages[0] == pages[1]


async def test_the_settings_start_with_practitioners(cast):
    assert await cast.inside(emergency.allowed_roles) == {"practitioner"}
    assert await cast.inside(lambda: fetch_one("SELECT 1 FROM emergency_settings")) is None
    owner = await cast.actor("practitioner")
    with pytest.raises(Refusal):
        await cast.inside(lambda: emergency.set_roles(owner, frozenset()))
