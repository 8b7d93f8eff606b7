"""The audit log: every change and every look, in words, for administrators alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest

from models.accounts.ending import sweep_here
from models.clients import audit
from models.clients.access import visible_clients
from models.clients.audit import Asked, audit_page
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.events import Part, ToStaff, event_type
from models.core.looking import note_look
from models.core.scope import Whence, current_scope
from models.messaging.events import CLAIMED
from realtime import door

HERE = "/staff/settings/audit"
ABOUT = event_type("test.about_a_client", audiences="staff", ids="client staff")


async def happen(cast, client="teen", name="practitioner", kind=ABOUT):
    actor = await cast.actor(name)
    ids = {"client": cast.clients[client], "staff": cast.staff["practitioner"]}

    async def work():
        async with change(actor, "test.happen"):
            rooms = [ToStaff()] if kind is ABOUT else []
            await record(actor, kind, [Part(rooms, ids)], subject_id=uuid4())

    await cast.inside(work)


async def look(cast, client="teen", name="practitioner", subject="client-overview"):
    actor = await cast.actor(name)
    await cast.inside(lambda: note_look(actor, subject, cast.clients[client], client_id=cast.clients[client]))


async def read(cast, limit=audit.PAGE, **asked):
    owner = await cast.actor("owner")
    return await cast.inside(lambda: audit_page(owner, Asked(**asked), limit=limit))


def told(page):
    return [(one.name, one.client_name) for one in page.entries if one.name.startswith(("test.", "client-"))]


async def test_changes_and_looks_stand_in_the_order_of_time(cast):
    await happen(cast)
    await look(cast)
    await happen(cast, "child")
    assert told(await read(cast)) == [
        ("test.about_a_client", "Nora Marsh"), ("client-overview", "Leo Marsh"), ("test.about_a_client", "Leo Marsh"),
    ]


async def test_a_page_says_who_did_what_about_whom_in_words(cast, browse):
    await happen(cast, kind=CLAIMED)
    browser = await browse(cast, "owner")
    (claimed,) = [one for one in (await (await browser.json(HERE)).get_json())["entries"] if one["number"]]
    assert (claimed["who"], claimed["words"]) == ("Maya Okafor", "claimed a conversation")
    page = await (await browser.get(HERE)).get_data(as_text=True)
    assert f'?person={cast.logins["practitioner"]}"><b>Maya Okafor</b></a> claimed a conversation' in page
    assert f'href="/staff/clients/{cast.clients["teen"]}/audit">Leo Marsh</a>' in page


async def test_it_is_filtered_by_person_client_kind_and_what(cast):
    await happen(cast)
    await happen(cast, "child", "owner", CLAIMED)
    await look(cast, "child")
    assert told(await read(cast, client=cast.clients["child"])) == [("client-overview", "Nora Marsh")]
    assert told(await read(cast, person=cast.logins["practitioner"], what="changes")) == [
        ("test.about_a_client", "Leo Marsh")
    ]
    assert [one.name for one in (await read(cast, what="messages")).entries] == ["conversation.claimed"]
    by_both = await read(cast, client=cast.clients["child"], person=cast.logins["owner"])
    assert [one.name for one in by_both.entries] == ["conversation.claimed"]
    assert [one.name for one in (await read(cast, what="looks")).entries] == ["client-overview"]


async def test_days_are_those_of_the_practice_and_both_count(cast):
    await happen(cast)
    await look(cast)
    today = (await read(cast)).entries[0].at.date()
    for asked in ({"first": today}, {"last": today}, {"first": today, "last": today}):
        assert len(told(await read(cast, **asked))) == 2, asked
    assert told(await read(cast, first=today + timedelta(days=1))) == []
    assert told(await read(cast, last=today - timedelta(days=1))) == []


async def test_pages_follow_one_another_without_a_gap(cast):
    for number in range(7):
        await (happen(cast) if number % 3 else look(cast))
    whole = [(one.number, one.at, one.name) for one in (await read(cast)).entries]
    seen, cursor = [], ""
    while cursor is not None:
        page = await read(cast, limit=2, cursor=cursor)
        seen += [(one.number, one.at, one.name) for one in page.entries]
        cursor = page.next
    assert len(whole) >= 7 and seen == whole


def test_what_stands_out_of_order_is_not_lost_between_pages():
    """An event's number comes at the commit, its moment before: the later number may have the earlier moment."""
    moment = now()
    events = [{"seq": 11, "at": moment}, {"seq": 10, "at": moment + timedelta(seconds=2)}]
    looks = [{"id": 1, "at": moment + timedelta(seconds=1)}]
    assert [one.get("seq") for one in audit.merged(events, looks)] == [None, 11, 10]


@pytest.mark.parametrize("name", ["practitioner", "frontdesk", "biller", "supervisor"])
async def test_nobody_but_administrators_reads_it(cast, browse, name):
    browser = await browse(cast, name)
    for path in (HERE, f"{HERE}/export", f"/staff/clients/{cast.clients['client']}/audit"):
        assert (await browser.json(path)).status_code == 403, path


async def test_another_practices_log_and_client_are_not_here(cast, neighbours, browse):
    await happen(neighbours)
    await look(neighbours)
    assert told(await read(cast)) == []
    assert told(await read(cast, client=neighbours.clients["teen"])) == []
    browser = await browse(cast, "owner")
    assert (await browser.json(f"/staff/clients/{neighbours.clients['teen']}/audit")).status_code == 404


async def test_a_clients_tab_shows_that_client_and_is_itself_a_look(cast, browse, log):
    await happen(cast)
    await happen(cast, "child")
    await look(cast, "child")
    browser = await browse(cast, "owner")
    path = f"/staff/clients/{cast.clients['teen']}/audit"
    found = await (await browser.json(path)).get_json()
    assert [one["name"] for one in found["entries"]] == ["test.about_a_client"]
    (kept,) = [one for one in await log.looks() if one["subject"] == "client-audit"]
    assert kept["login_id"] == cast.logins["owner"] and kept["client_id"] == cast.clients["teen"]
    page = await (await browser.get(path)).get_data(as_text=True)
    assert "opened the record at Audit" in page and 'aria-current="page">Audit</a>' in page


async def test_a_region_that_fetches_itself_anew_is_no_second_look(cast, browse, log):
    browser = await browse(cast, "owner")
    path = f"/staff/clients/{cast.clients['teen']}/audit"
    await browser.get(path, User_Agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    await browser.get(path, Portico_Fragment="1")
    (kept,) = await log.looks("client-audit")
    assert kept["device"] == "Firefox on Windows" and kept["session_id"] == browser.session_id
    await browser.get(path)
    assert len(await log.looks("client-audit")) == 2


async def test_it_is_exported_as_a_file_of_all_pages_and_that_is_a_look(cast, browse, log, monkeypatch):
    monkeypatch.setattr("server.audit.EXPORTED_AT_ONCE", 2)
    for _ in range(5):
        await happen(cast)
    browser = await browse(cast, "owner")
    answer = await browser.get(f"{HERE}/export?what=changes")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(await answer.get_data(as_text=True))))
    assert [row["kind"] for row in rows].count("test.about_a_client") == 5
    assert rows[0]["client"] == "Leo Marsh" and rows[0]["person"] == "Maya Okafor"
    (kept,) = await log.looks("audit-export")
    assert kept["login_id"] == cast.logins["owner"]


async def test_a_change_and_a_look_say_from_where(cast, browse, log):
    owner = await browse(cast, "owner")
    windows = {"User_Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    await owner.send("/staff/settings/practice/locations", {"name": "Wharf"}, **windows)
    session = await cast.session("practitioner")
    mac, maya = Whence("192.0.2.44", "Safari on Mac"), {"people": [str(cast.staff["owner"])], "key": str(uuid4())}
    assert (await door.heard(cast.practice_id, session, "conversation.start", maya, whence=mac))["ok"]
    await (await owner.get("/staff/clients/export.csv", **windows)).get_data()
    found = {one["name"]: one for one in (await (await owner.json(HERE)).get_json())["entries"]}
    assert found["location.added"]["device"] == "Firefox on Windows"
    started = found["conversation.started"]
    assert (started["device"], started["address"]) == ("Safari on Mac", "192.0.2.44"), "over the socket, too"
    assert found["export-csv"]["device"] == "Firefox on Windows", "a download goes on after its door was opened"
    await happen(cast)
    (job,) = [one for one in (await (await owner.json(HERE)).get_json())["entries"] if one["name"].startswith("test.")]
    assert (job["device"], job["address"]) == ("", ""), "what nobody asked for at a door comes from nowhere"


async def test_what_happens_to_a_sign_in_is_told_of_whose_it_is(cast, browse):
    """Nobody was signed in when a link was asked for, or a session ended by the clock."""
    visitor = await browse(cast)
    for email in (f"client@{cast.subdomain}.test", "nobody@elsewhere.test"):
        await visitor.send("/sign-in/link", {"email": email})
    teen = await browse(cast, "teen")
    await cast.inside(lambda: execute("UPDATE session SET active_at = now() - interval '2 days'"))
    await cast.inside(lambda: execute("UPDATE session_key SET due_at = now() - interval '1 day'"))
    await cast.inside(lambda: sweep_here(current_scope()))
    assert (await teen.json("/me")).status_code == 401, "the premise"
    owner = await browse(cast, "owner")
    await owner.send(f"/staff/team/{cast.staff['biller']}/second-factor/reset", {"how": "They stood before me"})
    told = [f"{one.who} {one.words}" for one in (await read(cast)).entries]
    assert "Ana Beltrán had a sign-in link asked for" in told and "Somebody had a sign-in link asked for" in told
    assert "Leo Marsh was signed out" in told and "Jonas Lindqvist reset the second factor of Ruth Calloway" in told
    assert not [one for one in told if one.startswith("Portico ")]
    (reset,) = [one for one in (await read(cast)).entries if one.name == "login.second_factor_reset"]
    assert reset.reason == "They stood before me", "and how it was made sure who was asking"


async def test_where_somebody_was_is_told_to_nobody_but_administrators(cast, browse, log):
    await (await browse(cast, "owner")).send("/staff/settings/practice/locations", {"name": "Wharf"})
    for row in await log.rows("SELECT d::text AS text FROM event_data d"):
        assert "127.0.0.1" not in row["text"] and "Quart" not in row["text"]


async def test_a_record_that_was_taken_out_says_so_in_its_own_log(cast, browse):
    owner = await browse(cast, "owner")
    await (await owner.get("/staff/clients/export.json")).get_data()
    tab = f"/staff/clients/{cast.clients['teen']}/audit"
    (line,) = [one for one in (await (await owner.json(tab)).get_json())["entries"] if one["name"] == "taken-out"]
    assert line["who"] == "Jonas Lindqvist" and line["words"] == "took the record out with others"
    names = [one["name"] for one in (await (await owner.json(HERE)).get_json())["entries"]]
    assert names.count("export-fhir") == 1 and "taken-out" not in names, "the practice's log has one line for all"
    maya = await browse(cast, "practitioner")
    await (await maya.get("/staff/clients/export.csv")).get_data()
    hers = "SELECT client_id FROM look WHERE subject = 'taken-out' AND login_id = $1"
    far = await cast.inside(lambda: fetch_all(hers, cast.logins["practitioner"]))
    actor = await cast.actor("practitioner")
    assert {row["client_id"] for row in far} == set(await cast.inside(lambda: visible_clients(actor)))


async def test_a_name_in_the_file_is_never_a_formula(cast, browse):
    rename = "UPDATE client SET name = '=HYPERLINK(1)' WHERE id = $1"
    await cast.inside(lambda: execute(rename, cast.clients["teen"]))
    await happen(cast)
    answer = await (await browse(cast, "owner")).get(f"{HERE}/export?client={cast.clients['teen']}")
    text = await answer.get_data(as_text=True)
    assert "'=HYPERLINK(1)" in text and ",=HYPERLINK" not in text


async def test_odd_questions_are_refused_with_a_sentence(cast, browse):
    browser = await browse(cast, "owner")
    for asked in ("what=everything", "first=soon", "person=me", "cursor=x", "cursor=1~2",
                  "first=2026-02-02&last=2026-01-01", f"cursor={2**70}~{uuid4()}", "cursor=-1~x"):
        answer = await browser.json(f"{HERE}?{asked}")
        assert answer.status_code == 422, asked
    for asked in ("what=&person=&first=&last=&client=", "first=0001-01-01&last=9999-12-31"):
        assert (await browser.json(f"{HERE}?{asked}")).status_code == 200, asked


def test_every_event_type_has_its_words(wired):
    """What happened must be readable: a new event type gets a sentence in models/clients/audit_words.py."""
    from models.clients.audit_words import WORDS
    from models.core.events import REGISTRY

    assert sorted(name for name in REGISTRY if not name.startswith("test.") and name not in WORDS) == []
