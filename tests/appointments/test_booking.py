"""Clients book: at once or as a request, by themselves or by a contact, and never a time that is somebody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.appointments import booking, filling, holding
from models.appointments.moments import GRACE
from models.appointments.tables import Appointment, Attendance, BookingRequest, BookingSettings, Offering
from models.appointments.taking import offer_for
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from tests.appointments.times import at, wanted


async def _book(cast, name, one, **more):
    actor = await cast.actor(name, client=more.pop("client", None))
    return await cast.inside(lambda: booking.book(actor, one, **more))


async def _events(cast, kind):
    sql = """SELECT d.rooms, d.ids, d.data FROM event e JOIN event_data d USING (practice_id, seq) WHERE e.type = $1
      ORDER BY e.seq, d.part"""
    return await cast.inside(lambda: fetch_all(sql, kind))


async def test_ana_books_and_it_stands_there_at_once(cast, offering, hours):
    made = await _book(cast, "client", wanted(offering, hours, at(10)))
    row = await cast.inside(lambda: Appointment.get(id=made.appointment_id))
    who = await cast.inside(lambda: Attendance.get(appointment_id=row.id))
    assert (row.state, row.staff_id, row.fee_cents) == ("scheduled", hours.staff_id, 12000)
    assert (who.client_id, who.state, who.booked_side) == (cast.clients["client"], "booked", "portal")
    assert made.undo_until is not None and GRACE - timedelta(seconds=30) < made.undo_until - now() <= GRACE


async def test_the_desk_hears_a_taken_time_the_client_which_one_and_visitors_no_id_of_a_person(cast, offering, hours):
    await _book(cast, "client", wanted(offering, hours, at(10)))
    heard = await _events(cast, "appointment.booked")
    by_room = {room[0]: row for row in heard for room in row["rooms"]}
    assert set(by_room) == {"staff", "access", "public"}
    assert set(by_room["staff"]["ids"]) == {"appointment", "practitioner"}
    assert set(by_room["public"]["ids"]) == {"practitioner"}
    assert by_room["access"]["ids"]["client"] == str(cast.clients["client"])
    for row in heard:
        assert set(row["data"]) == {"starts_at", "ends_at", "free"} and row["data"]["free"] is False


async def test_of_a_practitioner_who_is_not_booked_online_visitors_hear_nothing(cast, offering, hours):
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET online = false"))
    desk = await cast.actor("frontdesk")
    await cast.inside(
        lambda: filling.book_by_staff(desk, wanted(offering, hours, at(10)), [cast.clients["client"]])
    )
    assert {room[0] for row in await _events(cast, "appointment.booked") for room in row["rooms"]} == {
        "staff", "access"}


async def test_a_parent_with_book_and_cancel_books_for_the_child_and_without_it_is_refused(cast, offering, hours):
    with pytest.raises(Forbidden) as refused:
        await _book(cast, "parent", wanted(offering, hours, at(10)), client="child")
    assert refused.value.code == "no-booking" and "(207) 555-0132" in refused.value.detail
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = permissions || '{booking}' WHERE id = $1",
        cast.accesses[("parent", "child")],
    ))
    made = await _book(cast, "parent", wanted(offering, hours, at(10)), client="child")
    who = await cast.inside(lambda: Attendance.get(appointment_id=made.appointment_id))
    assert who.client_id == cast.clients["child"]


async def test_with_online_booking_switched_off_nobody_books(cast, offering, hours):
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{online-booking}'"))
    with pytest.raises(Forbidden) as refused:
        await _book(cast, "client", wanted(offering, hours, at(10)))
    assert refused.value.code == "online-booking-off"


async def test_a_time_that_is_taken_is_refused_with_times_that_are_free(cast, offering, hours):
    await _book(cast, "client", wanted(offering, hours, at(10)))
    with pytest.raises(Conflict) as refused:
        await _book(cast, "teen", wanted(offering, hours, at(10, 30)))
    assert refused.value.code == "time-taken" and refused.value.detail == "That time was just taken. These are free."
    assert len(refused.value.errors["times"]) == 8
    await _book(cast, "teen", wanted(offering, hours, at(11)))


@pytest.mark.parametrize(
    ("hour", "minute"), [(8, 30), (16, 30), (10, 10), (12, 1)], ids=["early", "over the end", "off the grid", "odd"]
)
async def test_a_time_that_was_never_offered_is_refused(cast, offering, hours, hour, minute):
    with pytest.raises(Conflict):
        await _book(cast, "client", wanted(offering, hours, at(hour, minute)))


async def test_what_is_not_offered_online_is_not_there(cast, offering, hours):
    one = wanted(offering, hours, at(10))
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="nobody"))
    with pytest.raises(Missing):
        await _book(cast, "client", one)
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="existing"))
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET online = false"))
    with pytest.raises(Missing):
        await _book(cast, "client", one)
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET online = true"))
    with pytest.raises(Invalid) as refused:
        await _book(cast, "client", wanted(offering, hours, at(10), minutes=45))
    assert set(refused.value.errors) == {"minutes"}


async def test_nobody_books_further_ahead_than_the_practice_lets_them(cast, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(max_upcoming=1))
    await _book(cast, "client", wanted(offering, hours, at(10)))
    with pytest.raises(Conflict) as refused:
        await _book(cast, "client", wanted(offering, hours, at(14)))
    assert refused.value.code == "too-many-upcoming"
    await _book(cast, "teen", wanted(offering, hours, at(14)))


async def test_a_service_that_asks_first_makes_a_request_that_blocks_the_time(cast, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    made = await _book(cast, "client", wanted(offering, hours, at(10)), message="After school, please")
    assert (made.state, made.undo_until) == ("requested", None)
    request = await cast.inside(lambda: BookingRequest.get(client_id=cast.clients["client"]))
    assert (request.state, request.message) == ("open", "After school, please")
    assert timedelta(hours=71) < request.expires_at - now() <= timedelta(hours=72)
    with pytest.raises(Conflict):
        await _book(cast, "teen", wanted(offering, hours, at(10)))


async def test_instant_beyond_some_days_and_a_request_before(cast, offering, hours):
    far = (at(10) - now()).days - 1
    await cast.inside(
        lambda: Offering.filter(id=offering.id).update(confirm="instant-beyond", instant_beyond_days=far)
    )
    assert (await _book(cast, "client", wanted(offering, hours, at(10)))).state == "scheduled"
    await cast.inside(lambda: Offering.filter(id=offering.id).update(instant_beyond_days=far + 3))
    assert (await _book(cast, "teen", wanted(offering, hours, at(14)))).state == "requested"


async def test_questions_are_answered_before_a_time_is_taken(cast, offering, hours):
    asked = [{"id": "why", "label": "What brings you here?", "kind": "long", "required": True},
             {"id": "first", "label": "Is it your first time?", "kind": "yes-no", "required": False}]
    await cast.inside(lambda: Offering.filter(id=offering.id).update(questions=asked))
    with pytest.raises(Invalid) as refused:
        await _book(cast, "client", wanted(offering, hours, at(10)), answers={"first": "perhaps"})
    assert set(refused.value.errors) == {"answer_why", "answer_first"}
    made = await _book(cast, "client", wanted(offering, hours, at(10)), answers={"why": " Sleep "})
    who = await cast.inside(lambda: Attendance.get(appointment_id=made.appointment_id))
    assert who.answers == [{"id": "why", "label": "What brings you here?", "answer": "Sleep"}]


async def _hold(cast, name, one, **more):
    actor = await cast.actor(name) if name else None

    async def work():
        return await holding.place(actor, await offer_for(one), one, **more)

    return await cast.inside(work)


async def test_a_held_time_is_taken_for_others_and_becomes_the_holders_appointment(cast, offering, hours):
    one = wanted(offering, hours, at(10))
    held = await _hold(cast, "client", one)
    with pytest.raises(Conflict) as refused:
        await _book(cast, "teen", one)
    assert refused.value.code == "time-taken"
    with pytest.raises(Conflict) as refused:
        await _book(cast, "teen", one, hold_id=held.id)
    assert refused.value.code == "hold-over"
    made = await _book(cast, "client", one, hold_id=held.id)
    assert made.appointment_id == held.id
    row = await cast.inside(lambda: Appointment.get(id=held.id))
    assert (row.state, row.held_until, row.held_by) == ("scheduled", None, None)


async def test_a_visitor_holds_by_a_secret_and_is_told_it_once(cast, offering, hours):
    one = wanted(offering, hours, at(10))
    held = await _hold(cast, None, one)
    assert len(held.secret) > 40
    with pytest.raises(Conflict):
        await cast.inside(lambda: holding.keep(None, held.id, "another"))
    kept = await cast.inside(lambda: holding.keep(None, held.id, held.secret))
    assert timedelta(minutes=14) < kept.until - now() <= timedelta(minutes=15)
    again = await _hold(cast, None, wanted(offering, hours, at(13)), instead_of=held.id, secret=held.secret)
    assert [row.id for row in await cast.inside(lambda: Appointment.filter(state="hold"))] == [again.id]
    await cast.inside(lambda: holding.release(None, again.id, again.secret))
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0
    placed, released = await _events(cast, "hold.placed"), await _events(cast, "hold.released")
    assert {room[0] for row in [*placed, *released] for room in row["rooms"]} == {"staff", "public"}


async def test_a_hold_lasts_five_minutes_and_goes_by_itself(cast, offering, hours, later):
    one = wanted(offering, hours, at(10))
    held = await _hold(cast, "client", one)
    wait = await cast.inside(lambda: holding.release_due(held.id))
    assert wait is not None and timedelta(minutes=4) < wait <= timedelta(minutes=5)
    later(minutes=5)
    assert await cast.inside(lambda: holding.release_due(held.id)) is None
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0
    assert len(await _events(cast, "hold.released")) == 2
    await _book(cast, "teen", one)


async def test_a_hold_that_is_over_does_not_wait_for_its_job(cast, offering, hours, later):
    one = wanted(offering, hours, at(10))
    held = await _hold(cast, "client", one)
    later(minutes=6)
    await _book(cast, "teen", one)
    with pytest.raises(Conflict) as refused:
        await _book(cast, "client", wanted(offering, hours, at(13)), hold_id=held.id)
    assert refused.value.code == "hold-over"
