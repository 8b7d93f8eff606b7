"""Clients move an appointment to another time in one step, under the policy of cancelling."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from models.appointments import booking, filling, moving
from models.appointments.policy import Standing
from models.appointments.tables import Appointment, Attendance, BookingSettings, Offering
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Missing
from tests.appointments.times import at, wanted


async def put(cast, one, *clients) -> str:
    desk = await cast.actor("frontdesk")
    ids = [cast.clients[client] for client in clients]
    return await cast.inside(lambda: filling.book_by_staff(desk, one, ids))


async def move(cast, id, hours, moment, name="client", **more):
    actor = await cast.actor(name, client=more.pop("client", None))
    return await cast.inside(
        lambda: moving.move_in_portal(actor, id, moment, hours.staff_id, hours.location_id, **more)
    )


async def test_within_the_free_hours_the_appointment_itself_moves(cast, offering, hours):
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    moved = await move(cast, id, hours, at(14))
    row = await cast.inside(lambda: Appointment.get(id=id))
    assert (moved.appointment_id, moved.counted) == (id, Standing.FREE)
    assert (row.starts_at, row.state, row.sequence) == (at(14), "scheduled", 1)
    assert await cast.inside(lambda: Appointment.all().count()) == 1


async def test_it_moves_onto_time_that_overlaps_its_own(cast, offering, hours):
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    assert (await move(cast, id, hours, at(10, 30))).appointment_id == id


async def test_a_late_move_is_agreed_to_and_counts_as_a_late_cancellation_of_the_old_time(cast, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, notice_minutes=0))
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    with time_machine.travel(at(10) - timedelta(hours=3), tick=True):
        with pytest.raises(Conflict) as refused:
            await move(cast, id, hours, at(14))
        assert refused.value.code == "late" and "$75" in refused.value.detail
        moved = await move(cast, id, hours, at(14), late_agreed=True)
    old, new = await cast.inside(lambda: Appointment.get(id=id)), None
    new = await cast.inside(lambda: Appointment.get(id=moved.appointment_id))
    who = await cast.inside(lambda: Attendance.get(appointment_id=id))
    assert (old.state, who.state, who.fee_cents) == ("cancelled", "late-cancelled", 7500)
    assert (new.state, new.starts_at, new.undo_until is not None) == ("scheduled", at(14), True)


async def test_in_the_closed_hours_the_practice_is_to_be_called(cast, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(closed_hours=4, notice_minutes=0))
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    for before, may in ((timedelta(hours=4, seconds=10), True), (timedelta(hours=3, minutes=59), False)):
        with time_machine.travel(at(10) - before, tick=True):
            actor = await cast.actor("client")
            assert await cast.inside(lambda actor=actor: moving.may_move(actor, id)) is may
    with time_machine.travel(at(10) - timedelta(hours=3), tick=True):
        with pytest.raises(Forbidden) as refused:
            await move(cast, id, hours, at(14), late_agreed=True)
        assert refused.value.code == "call-to-move" and "(207) 555-0132" in refused.value.detail


async def test_a_taken_time_moves_nothing(cast, offering, hours):
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    await put(cast, wanted(offering, hours, at(14)), "teen")
    with pytest.raises(Conflict) as refused:
        await move(cast, id, hours, at(14))
    assert refused.value.code == "time-taken" and refused.value.errors["times"]
    with pytest.raises(Conflict) as same:
        await move(cast, id, hours, at(10))
    assert same.value.code == "same-time"
    assert (await cast.inside(lambda: Appointment.get(id=id))).starts_at == at(10)


async def test_what_is_others_too_or_needs_a_yes_the_practice_moves(cast, offering, hours):
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    with pytest.raises(Forbidden):
        await move(cast, id, hours, at(14))
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="instant", kind="family", capacity=3))
    family = await put(cast, wanted(offering, hours, at(12)), "teen", "child")
    with pytest.raises(Forbidden) as refused:
        await move(cast, family, hours, at(14), name="teen")
    assert refused.value.code == "call-to-move"


async def test_without_the_right_or_the_feature_nobody_moves(cast, offering, hours):
    id = await put(cast, wanted(offering, hours, at(10)), "child")
    with pytest.raises(Forbidden):
        await move(cast, id, hours, at(14), name="parent", client="child")
    with pytest.raises(Missing):
        await move(cast, id, hours, at(14))
    for off in ("cancel-appointments", "online-booking"):
        mine = await put(cast, wanted(offering, hours, at(11 if off[0] == "c" else 12)), "client")
        await cast.inside(lambda off=off: execute("UPDATE practice_profile SET features_off = $1", [off]))
        with pytest.raises(Forbidden) as refused:
            await move(cast, mine, hours, at(14))
        assert refused.value.code == f"{off}-off"


async def test_undone_after_moving_it_costs_nothing(cast, offering, hours):
    actor = await cast.actor("client")
    made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(10))))
    moved = await move(cast, made.appointment_id, hours, at(14))
    assert moved.counted is Standing.UNDO


async def test_the_pages_move_it_in_one_step(cast, browse, offering, hours):
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")

    async def text(path):
        answer = await ana.get(path)
        assert answer.status_code == 200, (path, (await answer.get_data(as_text=True))[-1500:])
        return await answer.get_data(as_text=True)

    assert "Move it to another time" in await text(f"/appointments/{id}")
    page = await text(f"/appointments/{id}/move")
    assert "slot-grid" in page and "Now on" in page
    time = f"{at(14).isoformat()}/{hours.location_id}".replace("+", "%2B")
    page = await text(f"/appointments/{id}/move/to?time={time}&practitioner={hours.staff_id}")
    assert "It costs nothing." in page and "2:00 PM" in page and "Move the appointment" in page
    form = {"time": at(14).isoformat(), "location": str(hours.location_id), "practitioner": str(hours.staff_id)}
    sent = await ana.post(f"/appointments/{id}/move", form)
    assert sent.status_code == 303 and sent.headers["Location"] == f"/appointments/{id}"
    again = await ana.post(f"/appointments/{id}/move", form)
    assert again.status_code == 409 and "at this time already" in await again.get_data(as_text=True)
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{cancel-appointments}'"))
    assert "Move it to another time" not in await text(f"/appointments/{id}")


async def test_a_late_move_shows_its_amount_before_the_click_and_nobody_pays_more(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, notice_minutes=0))
    id = await put(cast, wanted(offering, hours, at(10)), "client")
    time = f"{at(14).isoformat()}/{hours.location_id}".replace("+", "%2B")
    form = {"time": at(14).isoformat(), "location": str(hours.location_id), "practitioner": str(hours.staff_id),
            "late_agreed": "true", "late_fee_cents": "7500"}
    with time_machine.travel(at(10) - timedelta(hours=3), tick=True):
        ana = await browse(cast, "client")
        page = await (await ana.get(f"/appointments/{id}/move/to?time={time}")).get_data(as_text=True)
        assert "and $75 is charged." in page and "Move it for $75" in page
        assert 'name="late_fee_cents" value="7500"' in page
        await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=9000))
        refused = await ana.post(f"/appointments/{id}/move", form)
        assert refused.status_code == 409 and "$90 is charged" in await refused.get_data(as_text=True)
        await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
        assert (await ana.post(f"/appointments/{id}/move", form)).status_code == 303
    assert (await cast.inside(lambda: Attendance.get(appointment_id=id))).fee_cents == 7500
