"""Appointments, wishes, terms and diagnoses when two records of one client become one."""

from __future__ import annotations

import pytest

from models.appointments import filling
from models.appointments.tables import Attendance, Offering
from models.clients import merging
from models.clients.merging_preview import preview
from models.clients.tables import Client
from models.core.database import execute, fetch_all
from tests.appointments.times import at, wanted


@pytest.fixture
async def twin(cast):
    """A second record of the client."""
    made = await cast.inside(lambda: Client.create(name="Anna Beltran", first_name="Anna", last_name="Beltran"))
    return made.id


async def booked(cast, one, *clients):
    desk = await cast.actor("frontdesk")
    return await cast.inside(lambda: filling.book_by_staff(desk, one, list(clients)))


async def merged(cast, gone):
    owner, kept = await cast.actor("owner"), cast.clients["client"]
    found = await cast.inside(lambda: preview(owner, kept, gone))
    await cast.inside(lambda: merging.merge(owner, kept, gone, {}, seen=found.seen))
    return found


async def test_appointments_and_requests_are_the_records_that_stays(cast, offering, hours, twin):
    kept = cast.clients["client"]
    await booked(cast, wanted(offering, hours, at(9)), kept)
    await booked(cast, wanted(offering, hours, at(10)), twin)
    await booked(cast, wanted(offering, hours, at(11)), twin)
    await cast.inside(lambda: execute(
        "INSERT INTO booking_request (id, client_id, expires_at) VALUES (gen_random_uuid(), $1, now())", twin
    ))
    found = await merged(cast, twin)
    assert "2 appointments, with their fees" in str(found) and "1 booking request" in str(found)
    assert await cast.inside(lambda: Attendance.filter(client_id=kept).count()) == 3
    assert await cast.inside(lambda: Attendance.filter(client_id=twin).count()) == 0
    (wish,) = await cast.inside(lambda: fetch_all("SELECT client_id FROM booking_request"))
    assert wish["client_id"] == kept


@pytest.mark.parametrize(("of_kept", "of_gone", "stays"), [
    ("booked", "booked", "booked"), ("cancelled", "booked", "booked"), ("attended", "no-show", "attended"),
    ("late-cancelled", "cancelled", "late-cancelled"), ("cancelled", "late-cancelled", "late-cancelled"),
])
async def test_who_was_booked_twice_into_one_appointment_stands_in_it_once(
    cast, offering, hours, twin, of_kept, of_gone, stays
):
    kept = cast.clients["client"]
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=8))
    id = await booked(cast, wanted(offering, hours, at(10)), kept, twin)
    for client, state in ((kept, of_kept), (twin, of_gone)):
        await cast.inside(lambda c=client, s=state: Attendance.filter(client_id=c).update(state=s))
    await cast.inside(lambda: execute(
        "INSERT INTO reminder (attendance_id, starts_at, hours) SELECT id, now(), 48 FROM attendance"
    ))
    await merged(cast, twin)
    (one,) = await cast.inside(lambda: Attendance.filter(appointment_id=id))
    assert (one.client_id, one.state) == (kept, stays)


async def test_who_is_never_charged_stays_so_and_there_is_one_main_diagnosis(cast, twin):
    kept, diagnosis = cast.clients["client"], """INSERT INTO diagnosis (id, client_id, code, from_on, main)
      VALUES (gen_random_uuid(), $1, $2, '2026-01-01', $3)"""

    async def furnish():
        await execute("INSERT INTO client_terms (client_id, no_fees) VALUES ($1, true)", twin)
        for client, code, main in ((kept, "F41.1", True), (kept, "Z63.0", False), (twin, "F41.1", False),
                                   (twin, "F43.2", True)):
            await execute(diagnosis, client, code, main)

    await cast.inside(furnish)
    found = await merged(cast, twin)
    assert "diagnos" not in str(found).lower() and "F43" not in str(found)
    rows = await cast.inside(lambda: fetch_all("SELECT client_id, code, main FROM diagnosis ORDER BY code"))
    assert [tuple(row.values()) for row in rows] == [
        (kept, "F41.1", True), (kept, "F43.2", False), (kept, "Z63.0", False),
    ]
    (terms,) = await cast.inside(lambda: fetch_all("SELECT client_id, no_fees FROM client_terms"))
    assert tuple(terms.values()) == (kept, True)


async def test_nothing_comes_to_a_record_that_was_merged_a_moment_ago(cast, offering, hours, twin):
    await merged(cast, twin)
    with pytest.raises(Exception, match=r"."):
        await cast.inside(lambda: execute("INSERT INTO client_terms (client_id) VALUES ($1)", twin))


async def test_who_wanted_no_e_mails_under_either_record_gets_none_under_the_one_that_stays(cast, twin):
    kept = cast.clients["client"]
    await cast.inside(lambda: execute("UPDATE client SET mails_off = '{appointment}' WHERE id = $1", twin))
    await cast.inside(lambda: execute("UPDATE client SET mails_off = '{appointment-reminders}' WHERE id = $1", kept))
    await merged(cast, twin)
    row = await cast.inside(lambda: Client.get(id=kept))
    assert row.mails_off == ["appointment", "appointment-reminders"]


async def test_a_diagnosis_removed_from_one_record_takes_none_from_the_other(cast, twin):
    add = """INSERT INTO diagnosis (id, client_id, code, from_on, main, removed_at)
      VALUES (gen_random_uuid(), $1, 'F41.1', '2026-01-05', true, CASE WHEN $2 THEN now() END)"""
    for client, removed in ((cast.clients["client"], True), (twin, False)):
        await cast.inside(lambda one=client, gone=removed: execute(add, one, gone))
    await merged(cast, twin)
    rows = await cast.inside(lambda: fetch_all("SELECT client_id, removed_at, main FROM diagnosis ORDER BY removed_at"))
    assert [(row["client_id"], row["removed_at"] is None, row["main"]) for row in rows] == [
        (cast.clients["client"], False, True), (cast.clients["client"], True, True),
    ]
