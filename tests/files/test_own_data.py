"""Download my data: what is the person's own and what they may see, for that person alone, for seven days."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import timedelta
from uuid import UUID
from zipfile import ZipFile

import pytest

from models.accounts import own_data
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Busy
from models.core.ids import new_id
from server import storage
from server.jobs import JOBS
from tests.files import samples
from tests.messaging.conftest import Talk
from tests.support.signing import make_copy, signed_file

QUEUED = "SELECT execute_after - now() AS waits FROM pgqueuer WHERE dedupe_key = $1"


@pytest.fixture
def talk(cast):
    return Talk(cast)


async def _gather(browser):
    answer = await browser.send("/account/data")
    assert answer.status_code == 200
    data_id = (await answer.get_json())["data"]
    await JOBS["own_data.build"](browser.cast.practice_id, {"data": UUID(data_id)})
    return UUID(data_id)


async def _as(browse, cast, name):
    browser = await browse(cast, name)
    browser.cast = cast
    return browser


async def _archive(browser, data_id):
    answer = await browser.get(f"/account/data/{data_id}")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/zip"
    return ZipFile(io.BytesIO(await answer.get_data()))


async def _state(browser):
    return (await (await browser.json("/account")).get_json())["data"]["state"]


async def test_it_holds_the_record_the_conversations_with_files_preferences_and_sessions(browse, cast, sender, talk):
    ana = await _as(browse, cast, "client")
    conversation = await talk.start("client", "practitioner", about="client", subject="Sleep")
    file = await (await sender(cast, "client")).sent("plan.txt", samples.TEXT)
    await talk.say("client", conversation, "Here is my plan", files=[file["id"]])
    await talk.say("practitioner", conversation, "Thank you, Ana")
    await talk.note("practitioner", conversation, "She sounds tired")
    data_id = await _gather(ana)
    assert await _state(ana) == "ready"
    made = await _archive(ana, data_id)
    names = made.namelist()
    whole = b"".join(made.read(name) for name in names).decode()
    (messages,) = [json.loads(made.read(name)) for name in names if "/messages/" in name]
    assert messages["subject"] == "Sleep"
    assert [one["words"] for one in messages["messages"]] == ["Here is my plan", "Thank you, Ana"]
    path = messages["messages"][0]["files"][0]["path"]
    assert made.read(path) == samples.TEXT
    account = json.loads(made.read("account.json"))
    assert account["preferences"]["email_unread"] is True and len(account["sessions"]) >= 1
    assert any(name.endswith("/record.json") for name in names) and f"client@{cast.subdomain}.test" in whole
    assert "She sounds tired" not in whole


async def test_a_contact_gets_what_they_may_see_and_nothing_of_the_other_parent_or_the_teen(browse, cast, talk):
    parent = await _as(browse, cast, "parent")
    for who, words in (("parent", "From one parent"), ("coparent", "From the other"), ("teen", "From the teen")):
        conversation = await talk.start(who, "practitioner", about="teen")
        await talk.say(who, conversation, words)
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE client_id = $1",
                                      cast.clients["child"]))
    made = await _archive(parent, await _gather(parent))
    whole = b"".join(made.read(name) for name in made.namelist()).decode()
    assert "From one parent" in whole
    rows = await cast.inside(lambda: fetch_all("SELECT name, email FROM contact WHERE email LIKE 'coparent@%'"))
    for secret in ("From the other", "From the teen", rows[0]["name"], rows[0]["email"], f"teen@{cast.subdomain}.test"):
        assert secret not in whole, secret


async def test_messages_are_left_out_where_messaging_is_off(browse, cast, talk):
    ana = await _as(browse, cast, "client")
    conversation = await talk.start("client", "practitioner", about="client")
    await talk.say("client", conversation, "Hidden now")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{messaging}'"))
    made = await _archive(ana, await _gather(ana))
    assert not [name for name in made.namelist() if "/messages/" in name]


async def test_it_opens_for_that_person_alone(browse, cast, neighbours):
    ana = await _as(browse, cast, "client")
    data_id = await _gather(ana)
    for place, name in ((cast, "teen"), (cast, "parent"), (neighbours, "client")):
        other = await browse(place, name)
        assert (await other.json(f"/account/data/{data_id}")).status_code == 404
        assert (await other.send(f"/account/data/{data_id}/remove")).status_code == 404
    assert (await (await browse(cast, "owner")).json(f"/account/data/{data_id}")).status_code == 403
    assert (await (await browse(cast)).json(f"/account/data/{data_id}")).status_code == 401
    await _archive(ana, data_id)


async def test_both_ends_ask_who_is_there_when_the_proof_is_old(browse, cast):
    ana = await _as(browse, cast, "client")
    data_id = await _gather(ana)
    await cast.inside(lambda: execute("UPDATE session SET proved_at = now() - interval '11 minutes'"))
    for answer in (await ana.json(f"/account/data/{data_id}"), await ana.send("/account/data")):
        assert (answer.status_code, (await answer.get_json())["code"]) == (403, "step-up")
    assert "Confirm that it is you" in await (await ana.get(f"/account/data/{data_id}")).get_data(as_text=True)


async def test_after_seven_days_it_is_gone_and_so_are_the_bytes(browse, cast, stored):
    ana = await _as(browse, cast, "client")
    data_id = await _gather(ana)
    assert stored() == 1
    early = await JOBS["own_data.erase"](cast.practice_id, {"data": data_id})
    assert early is not None and timedelta(days=6) < early < timedelta(days=8) and stored() == 1
    await cast.inside(lambda: execute("UPDATE own_data SET ends_at = $1", now()))
    assert (await ana.json(f"/account/data/{data_id}")).status_code == 410
    await JOBS["own_data.erase"](cast.practice_id, {"data": data_id})
    assert stored() == 0 and await _state(ana) == "gone"


async def test_it_is_made_once_and_can_be_removed_before_its_days_are_over(browse, cast, stored):
    ana = await _as(browse, cast, "client")
    first = (await (await ana.send("/account/data")).get_json())["data"]
    assert (await (await ana.send("/account/data")).get_json())["data"] == first
    data_id = await _gather(ana)
    assert (await ana.send("/account/data")).status_code == 409
    await ana.send(f"/account/data/{data_id}/remove")
    assert await _state(ana) == "gone"
    await JOBS["own_data.erase"](cast.practice_id, {"data": data_id})
    assert stored() == 0
    assert (await ana.send("/account/data")).status_code == 200


async def test_a_job_that_runs_twice_at_once_leaves_one_that_opens(browse, cast, stored, monkeypatch):
    ana = await _as(browse, cast, "client")
    asked = UUID((await (await ana.send("/account/data")).get_json())["data"])
    keep, both = storage.keep, asyncio.Barrier(2)

    async def together(key, content):
        await both.wait()
        await keep(key, content)
        await both.wait()

    with monkeypatch.context() as meeting:
        meeting.setattr(storage, "keep", together)
        await asyncio.gather(*(JOBS["own_data.build"](cast.practice_id, {"data": asked}) for _ in range(2)))
    assert stored() == 1 and "account.json" in (await _archive(ana, asked)).namelist()


async def _kept_and_never_offered(ana, cast, stored, monkeypatch):
    """It was stored, and the database was away when the row was to say so."""

    async def away(*_):
        raise Busy

    asked = UUID((await (await ana.send("/account/data")).get_json())["data"])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(own_data, "ready", away)
        with pytest.raises(Busy):
            await JOBS["own_data.build"](cast.practice_id, {"data": asked})
    assert stored() == 1, "the premise"
    return asked


async def test_what_no_try_of_the_job_could_offer_is_erased_a_day_after(browse, cast, stored, monkeypatch):
    ana = await _as(browse, cast, "client")
    asked = await _kept_and_never_offered(ana, cast, stored, monkeypatch)
    (queued,) = await cast.inside(lambda: fetch_all(QUEUED, f"{own_data.ERASE}:{asked}:unmade"))
    assert timedelta(days=1) < queued["waits"] < timedelta(days=2)
    early = await JOBS["own_data.erase"](cast.practice_id, {"data": asked})
    assert early is not None and stored() == 1, "the next try may still make it"
    await cast.inside(lambda: execute("UPDATE own_data SET asked_at = asked_at - interval '25 hours'"))
    assert await JOBS["own_data.erase"](cast.practice_id, {"data": asked}) is None
    assert stored() == 0 and await _state(ana) == "failed"


async def test_whatever_an_earlier_try_stored_goes_once_a_later_one_must_not_offer_it(
    browse, cast, stored, monkeypatch
):
    ana = await _as(browse, cast, "client")
    asked = await _kept_and_never_offered(ana, cast, stored, monkeypatch)
    await cast.inside(lambda: execute("UPDATE session SET ended_at = now() WHERE id = $1", ana.session_id))
    await JOBS["own_data.build"](cast.practice_id, {"data": asked})
    assert stored() == 0


async def test_a_right_that_ended_since_shuts_it(browse, cast):
    parent = await _as(browse, cast, "parent")
    data_id = await _gather(parent)
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET revoked_at = now() WHERE login_id = $1 AND client_id = $2",
        cast.logins["parent"], cast.clients["teen"],
    ))
    gone = await parent.json(f"/account/data/{data_id}")
    assert (gone.status_code, (await gone.get_json())["code"]) == (410, "data-changed")


async def test_who_signed_out_meanwhile_has_to_ask_again(browse, cast, stored):
    ana = await _as(browse, cast, "client")
    asked = (await (await ana.send("/account/data")).get_json())["data"]
    await cast.inside(lambda: execute("UPDATE session SET ended_at = now() WHERE id = $1", ana.session_id))
    again = await _as(browse, cast, "client")
    await JOBS["own_data.build"](cast.practice_id, {"data": UUID(asked)})
    assert await _state(again) == "failed" and stored() == 0
    assert (await again.send("/account/data")).status_code == 200


async def test_appointments_are_in_it_as_the_portal_shows_them_and_for_contacts_who_may_see_them(browse, cast):
    async def book(client: str, hours: int) -> None:
        made = new_id()
        await execute("INSERT INTO appointment (id, state, staff_id, starts_at, ends_at, note, made_side) VALUES ($1,"
                      " 'scheduled', $2, now() + make_interval(hours => $3), now() + make_interval(hours => $3 + 1),"
                      " 'Staff wrote this', 'desk')", made, cast.staff["practitioner"], hours)
        await execute("INSERT INTO attendance (id, appointment_id, client_id, booked_side, cancelled_by, reason) VALUES"
                      " ($1, $1, $2, 'desk', $3, 'Canary')", made, cast.clients[client], cast.logins["coparent"])

    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE id = $1",
                                      cast.accesses["parent", "child"]))
    for client, hours in (("teen", 24), ("child", 48), ("teen", -480)):
        await cast.inside(lambda client=client, hours=hours: book(client, hours))
    parent = await _as(browse, cast, "parent")
    made = await _archive(parent, await _gather(parent))
    (path,) = [name for name in made.namelist() if name.endswith("/appointments.json")]
    first, last = json.loads(made.read(path))
    assert (first["practitioner"], first["state"], first["confirmed"]) == ("Maya Okafor", "scheduled", False)
    assert first["starts_at"] > last["starts_at"]
    whole = b"".join(made.read(name) for name in made.namelist()).decode()
    assert "Staff wrote this" not in whole and "Canary" not in whole and str(cast.logins["coparent"]) not in whole


async def test_it_holds_what_one_uploaded(browse, cast, keep):
    await keep("client", "client", "card.pdf")
    ana = await _as(browse, cast, "client")
    made = await _archive(ana, await _gather(ana))
    (listed,) = [json.loads(made.read(name)) for name in made.namelist() if name.endswith("/uploads.json")]
    assert [one["name"] for one in listed] == ["card.pdf"]
    assert made.read(listed[0]["path"]) == samples.PDF


async def test_what_one_signed_lies_beside_it_as_the_pdf_with_its_certificate(browse, cast):
    ana = await _as(browse, cast, "client")
    _, content = await make_copy(cast, await signed_file(cast))
    await signed_file(cast)  # of which no copy is made yet
    made = await _archive(ana, await _gather(ana))
    papers = json.loads(made.read(next(name for name in made.namelist() if name.endswith("/documents.json"))))
    (path,) = [one["signed_copy"] for one in papers if one["signed_copy"]]
    assert made.read(path) == content and len(papers) == 2
