"""Diagnoses: written down with full clinical access, on the appointments of their days, frozen with the outcome."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from models.appointments import diagnosing, filling, outcomes
from models.appointments.diagnosing import CODE
from models.appointments.finding import read_by_staff
from models.appointments.tables import Attendance, Diagnosis
from models.core.database import execute, fetch_all
from tests.appointments.times import at, wanted

GIVEN = {"code": "f41.1", "title": "Generalized anxiety", "from_on": "2026-01-05", "until_on": "", "main": "on"}


def page_of(cast, name="client"):
    return f"/staff/clients/{cast.clients[name]}/diagnoses"


async def text(answer, status=200) -> str:
    assert answer.status_code == status, answer.status_code
    return str(await answer.get_data(as_text=True))


@pytest.fixture
async def maya(cast, browse):
    return await browse(cast, "practitioner")


async def add(browser, cast, **changed):
    answer = await browser.send(page_of(cast), {**GIVEN, **changed})
    assert answer.status_code == 200, await answer.get_json()
    return (await answer.get_json())["diagnosis"]


async def rows(cast):
    found = await cast.inside(lambda: Diagnosis.all().order_by("code"))
    return [(one.code, one.from_on, one.until_on, one.main) for one in found]


async def test_a_diagnosis_is_added_changed_and_ended(cast, maya):
    assert (await maya.post(page_of(cast), GIVEN)).status_code == 303
    page = await text(await maya.get(page_of(cast)))
    assert "F41.1" in page and "Generalized anxiety" in page and "January 5, 2026" in page and "Main" in page
    (one,) = (await (await maya.json(page_of(cast))).get_json())["diagnoses"]
    sent = {**GIVEN, "code": "F41.9", "version": one["version"]}
    assert (await maya.send(f"{page_of(cast)}/{one['id']}", sent)).status_code == 200
    assert (await maya.send(f"{page_of(cast)}/{one['id']}", sent)).status_code == 409, "saved over something unseen"
    assert (await maya.send(f"{page_of(cast)}/{one['id']}/end")).status_code == 200
    ((code, _, until, _),) = await rows(cast)
    assert code == "F41.9" and until is not None


@pytest.mark.parametrize("code", ["A00", "F41.1", "Z99.9", "S72.001A", "M1A.0710", "Z63.0"])
def test_what_has_the_form_of_a_code_is_one(code):
    assert CODE.fullmatch(code)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"code": ""}, "code"), ({"code": "4A1"}, "code"), ({"code": "F41.12345"}, "code"), ({"code": "Angst"}, "code"),
     ({"until_on": "2025-12-31"}, "until_on"), ({"from_on": "soon"}, "from_on"), ({"title": "x" * 201}, "title")],
)
async def test_what_cannot_be_is_refused_and_what_was_typed_stays(cast, maya, given, field):
    answer = await maya.send(page_of(cast), {**GIVEN, **given})
    assert answer.status_code == 422 and set((await answer.get_json())["errors"]) == {field}
    page = await text(await maya.post(page_of(cast), {**GIVEN, "title": "Typed words", **given}), 422)
    assert ("Typed words" in page or "title" in given) and await rows(cast) == []


async def test_a_code_typed_without_its_dot_gets_one(cast, maya):
    await add(maya, cast, code=" f411 ")
    assert (await rows(cast))[0][0] == "F41.1"


async def test_one_is_the_main_one_at_a_time(cast, maya):
    await add(maya, cast)
    await add(maya, cast, code="Z63.0")
    assert [(code, main) for code, _, _, main in await rows(cast)] == [("F41.1", False), ("Z63.0", True)]
    await add(maya, cast, code="F32.0", from_on="2020-01-01", until_on="2020-12-31")
    assert [(code, main) for code, _, _, main in await rows(cast)] == [
        ("F32.0", True), ("F41.1", False), ("Z63.0", True),
    ], "what was over before stays the main one of its days"


async def test_the_same_code_does_not_stand_twice_for_a_day(cast, maya):
    await add(maya, cast, until_on="2026-03-01")
    again = await maya.send(page_of(cast), {**GIVEN, "from_on": "2026-03-01"})
    assert again.status_code == 409 and (await again.get_json())["code"] == "there-already"
    await add(maya, cast, from_on="2026-03-02")


@pytest.mark.parametrize(("name", "status"), [("frontdesk", 403), ("biller", 403), ("client", 403), ("parent", 403)])
async def test_who_has_no_clinical_access_reads_and_writes_nothing(cast, browse, maya, name, status):
    id = await add(maya, cast)
    browser = await browse(cast, name)
    for answer in (
        await browser.json(page_of(cast)), await browser.send(page_of(cast), GIVEN),
        await browser.send(f"{page_of(cast)}/{id}", GIVEN), await browser.send(f"{page_of(cast)}/{id}/end"),
    ):
        assert answer.status_code == status and "F41" not in str(await answer.get_json())
    if name == "frontdesk":
        head = await text(await browser.get(f"/staff/clients/{cast.clients['client']}"))
        assert page_of(cast) not in head and "changed the diagnoses" not in head and "F41" not in head
    assert len(await rows(cast)) == 1


async def test_another_practitioners_client_is_not_there_and_an_id_of_another_client_neither(cast, browse, maya):
    id = await add(maya, cast)
    assert (await maya.send(f"{page_of(cast, 'teen')}/{id}/end")).status_code == 404
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    assert (await maya.json(page_of(cast))).status_code == 404


async def test_what_was_opened_in_an_emergency_is_read_and_not_written(cast, browse, maya):
    await add(maya, cast)
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    await cast.inside(lambda: execute(
        "INSERT INTO emergency (id, staff_id, client_id, reason, began_at, ends_at)"
        " VALUES (gen_random_uuid(), $1, $2, 'She called and could not speak', now(), now() + interval '1 hour')",
        cast.staff["practitioner"], cast.clients["client"],
    ))
    page = await text(await maya.get(page_of(cast)))
    assert "F41.1" in page and "Add the diagnosis" not in page and "End today" not in page
    refused = await maya.send(page_of(cast), {**GIVEN, "code": "Z63.0"})
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "read-only"


async def test_events_carry_no_code(cast, maya):
    await add(maya, cast)
    found = await cast.inside(lambda: fetch_all(
        "SELECT e.ids, d.ids AS own, d.data FROM event e JOIN event_data d USING (practice_id, seq)"
        " WHERE e.type = 'client.diagnoses_changed'"
    ))
    assert found and all("F41" not in str(dict(row)) and row["data"] is None for row in found)


async def test_what_holds_on_the_day_stands_on_the_appointment_and_freezes_with_its_outcome(
    cast, browse, maya, offering, hours
):
    await add(maya, cast)
    await add(maya, cast, code="Z63.0", main=False, until_on=(at(10) - timedelta(days=2)).date().isoformat())
    practitioner, desk = await cast.actor("practitioner"), await cast.actor("frontdesk")
    client = cast.clients["client"]
    id = await cast.inside(lambda: filling.book_by_staff(desk, wanted(offering, hours, at(10)), [client]))

    async def shown(actor):
        return await diagnosing.diagnoses_for(actor, await read_by_staff(actor, id))

    held = {"code": "F41.1", "title": "Generalized anxiety", "main": True}
    assert await cast.inside(lambda: shown(practitioner)) == {client: [held]}
    assert await cast.inside(lambda: shown(desk)) == {}
    assert "F41.1" in await text(await maya.get(f"/staff/calendar/{id}"))
    assert "F41.1" not in await text(await (await browse(cast, "frontdesk")).get(f"/staff/calendar/{id}"))
    with time_machine.travel(at(12), tick=True):
        await cast.inside(lambda: outcomes.set_outcome(practitioner, id, client, "attended"))
    one = (await cast.inside(lambda: Diagnosis.get(code="F41.1")))
    await cast.inside(lambda: diagnosing.change_diagnosis(
        practitioner, client, one.id, None, code="F43.2", title="", from_on=date(2026, 1, 5), until_on=None, main=True
    ))
    assert await cast.inside(lambda: shown(practitioner)) == {client: [held]}, "as it was when it was said"
    assert (await cast.inside(lambda: Attendance.get(appointment_id=id))).diagnoses == [held]


async def test_one_entered_by_mistake_is_removed_and_stays_on_record(cast, browse, maya):
    id = await add(maya, cast)
    (one,) = (await (await maya.json(page_of(cast))).get_json())["diagnoses"]
    assert (await maya.send(f"{page_of(cast)}/{id}/remove", {"version": one["version"] + 1})).status_code == 409
    assert (await maya.post(f"{page_of(cast)}/{id}/remove", {"version": one["version"]})).status_code == 303
    assert (await (await maya.json(page_of(cast))).get_json())["diagnoses"] == []
    page = await text(await maya.get(page_of(cast)))
    assert "Entered by mistake and removed (1)" in page and "F41.1" in page and "Maya Okafor" in page
    for act, sent in (("", GIVEN), ("/end", {}), ("/remove", {})):
        assert (await maya.send(f"{page_of(cast)}/{id}{act}", sent)).status_code == 404, act
    await add(maya, cast)  # the same may be written down again
    (told,) = await cast.inside(lambda: fetch_all(
        "SELECT d.data::text AS data FROM event e JOIN event_data d ON d.seq = e.seq"
        " WHERE e.type = 'client.diagnosis_removed'"
    ))
    assert "F41" not in str(told["data"])
    owner = await browse(cast, "owner")
    log = await text(await owner.get(f"/staff/clients/{cast.clients['client']}/audit"))
    assert "removed a diagnosis entered by mistake" in log


async def test_a_removed_one_leaves_appointments_to_come_and_what_froze_keeps_it(cast, maya, offering, hours):
    id = await add(maya, cast)
    desk, client = await cast.actor("frontdesk"), cast.clients["client"]
    times = [wanted(offering, hours, one) for one in (at(10) - timedelta(days=28), at(10))]
    past, coming = [await cast.inside(lambda one=one: filling.book_by_staff(desk, one, [client])) for one in times]
    await cast.inside(lambda: outcomes.set_outcome(desk, past, client, "attended"))
    assert "F41.1" in await text(await maya.get(f"/staff/calendar/{coming}"))
    assert (await maya.send(f"{page_of(cast)}/{id}/remove")).status_code == 200
    assert "F41.1" not in await text(await maya.get(f"/staff/calendar/{coming}"))
    assert "F41.1" in await text(await maya.get(f"/staff/calendar/{past}"))
    await cast.inside(lambda: outcomes.take_back(desk, past, client))
    await cast.inside(lambda: outcomes.set_outcome(desk, past, client, "attended"))
    assert "F41.1" not in await text(await maya.get(f"/staff/calendar/{past}"))


async def test_only_who_has_full_clinical_access_removes_one(cast, browse, maya):
    id = await add(maya, cast)
    for name, status in (("frontdesk", 403), ("biller", 403), ("client", 403)):
        answer = await (await browse(cast, name)).send(f"{page_of(cast)}/{id}/remove")
        assert answer.status_code == status, name
    other = page_of(cast, "teen")
    assert (await maya.send(f"{other}/{id}/remove")).status_code == 404
    assert len(await rows(cast)) == 1
