"""Who no longer comes: free in time, late with its fee, closed with a phone number; and as staff decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from models.appointments import booking, cancelling, filling, terms
from models.appointments.policy import Standing
from models.appointments.tables import Appointment, Attendance, BookingSettings, Offering
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from tests.appointments.times import at, wanted


@pytest.fixture
async def booked(cast, offering, hours):
    """Ana at ten, booked by herself; the grace is over."""
    ana = await cast.actor("client")
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=9000, closed_hours=2))
    made = await cast.inside(lambda: booking.book(ana, wanted(offering, hours, at(10))))
    await cast.inside(lambda: Appointment.all().update(undo_until=None))
    return made.appointment_id


async def rows(cast, id):
    return await cast.inside(lambda: Appointment.get(id=id)), await cast.inside(
        lambda: Attendance.get(appointment_id=id)
    )


async def cancel(cast, id, name="client", **more):
    actor = await cast.actor(name, client=more.pop("client", None))
    return await cast.inside(lambda: cancelling.cancel_in_portal(actor, id, **more))


def just_before(hours: float):
    """The clock stands this long before ten."""
    return time_machine.travel(at(10) - timedelta(hours=hours), tick=True)


async def test_in_time_it_costs_nothing_and_the_time_is_free(cast, offering, hours, booked):
    assert await cancel(cast, booked, reason="I am ill") is Standing.FREE
    row, one = await rows(cast, booked)
    assert (row.state, one.state, one.fee_cents, one.reason) == ("cancelled", "cancelled", None, "I am ill")
    teen = await cast.actor("teen")
    await cast.inside(lambda: booking.book(teen, wanted(offering, hours, at(10))))


async def test_late_it_stays_marked_with_its_fee_and_the_time_is_free_again(cast, offering, hours, booked):
    with just_before(20):
        with pytest.raises(Conflict) as refused:
            await cancel(cast, booked)
        assert refused.value.code == "late" and "$75 is charged" in refused.value.detail
        assert await cancel(cast, booked, late_agreed=True) is Standing.LATE
    row, one = await rows(cast, booked)
    assert (row.state, one.state, one.fee_cents) == ("cancelled", "late-cancelled", 7500)
    assert one.policy == {"late_hours": 24, "closed_hours": 2, "late_fee_cents": 7500, "no_show_fee_cents": 9000}
    heard = await cast.inside(lambda: fetch_all(
        """SELECT d.rooms, d.ids, d.data FROM event e JOIN event_data d USING (practice_id, seq)
          WHERE e.type = 'appointment.late_cancelled'"""
    ))
    assert any(part["ids"].get("client") == str(cast.clients["client"]) for part in heard)
    assert all(part["data"]["free"] for part in heard)


async def test_a_later_change_of_the_fee_changes_no_fee_that_stands(cast, booked):
    with just_before(20):
        await cancel(cast, booked, late_agreed=True)
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=100))
    assert (await rows(cast, booked))[1].fee_cents == 7500


async def test_in_the_closed_hours_they_are_told_to_call(cast, booked):
    with just_before(1):
        with pytest.raises(Forbidden) as refused:
            await cancel(cast, booked, late_agreed=True)
    assert refused.value.code == "call-to-cancel" and "(207) 555-0132" in refused.value.detail
    assert (await rows(cast, booked))[0].state == "scheduled"


async def test_once_it_began_it_is_the_practices_to_say(cast, booked):
    with just_before(-0.1), pytest.raises(Conflict) as refused:
        await cancel(cast, booked, late_agreed=True)
    assert refused.value.code == "over"


async def test_within_three_minutes_it_is_undone_whatever_the_policy_says(cast, booked):
    await cast.inside(lambda: BookingSettings.all().update(reason="required"))
    with just_before(1):
        soon = at(10) - timedelta(minutes=58)
        await cast.inside(lambda: Appointment.all().update(undo_until=soon))
        assert await cancel(cast, booked) is Standing.UNDO
    assert (await rows(cast, booked))[1].state == "cancelled"


async def test_a_reason_is_asked_as_the_practice_wants_it(cast, booked):
    await cast.inside(lambda: BookingSettings.all().update(reason="required"))
    with pytest.raises(Invalid) as refused:
        await cancel(cast, booked, reason="  ")
    assert set(refused.value.errors) == {"reason"}
    await cast.inside(lambda: BookingSettings.all().update(reason="no"))
    await cancel(cast, booked, reason="Not asked for")
    assert (await rows(cast, booked))[1].reason == ""


async def test_a_client_who_is_never_charged_reads_no_amount_and_pays_none(cast, booked):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: terms.set_never_charged(desk, cast.clients["client"], True))
    with just_before(20):
        with pytest.raises(Conflict) as refused:
            await cancel(cast, booked)
        assert refused.value.detail == "It is late by now: it is marked as a late cancellation."
        await cancel(cast, booked, late_agreed=True)
    one = (await rows(cast, booked))[1]
    assert (one.state, one.fee_cents, one.policy["late_fee_cents"]) == ("late-cancelled", None, 0)


async def test_a_service_has_hours_and_a_fee_of_its_own(cast, offering, booked):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(
        own_policy=True, late_hours=48, closed_hours=None, late_fee_cents=2050
    ))
    with just_before(47), pytest.raises(Conflict) as refused:
        await cancel(cast, booked)
    assert "$20.50 is charged" in refused.value.detail
    with just_before(0.1):
        assert await cancel(cast, booked, late_agreed=True) is Standing.LATE


async def test_switched_off_nobody_cancels_by_themselves(cast, booked):
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{cancel-appointments}'"))
    with pytest.raises(Forbidden) as refused:
        await cancel(cast, booked)
    assert refused.value.code == "cancel-appointments-off" and "(207) 555-0132" in refused.value.detail


async def test_what_is_another_clients_is_not_there(cast, booked):
    with pytest.raises(Missing):
        await cancel(cast, booked, "teen")
    with pytest.raises(Forbidden) as refused:
        await cancel(cast, booked, "parent", client="teen")
    assert refused.value.code == "no-booking"


async def test_twice_is_once(cast, booked):
    await cancel(cast, booked)
    with pytest.raises(Conflict) as refused:
        await cancel(cast, booked)
    assert refused.value.code == "not-coming"


async def test_of_a_family_one_stays_away_and_the_others_come(cast, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="family", capacity=4))
    desk = await cast.actor("frontdesk")
    both = [cast.clients["teen"], cast.clients["child"]]
    id = await cast.inside(lambda: filling.book_by_staff(desk, wanted(offering, hours, at(10)), both))
    await cancel(cast, id, "teen")
    row = await cast.inside(lambda: Appointment.get(id=id))
    states = {one.client_id: one.state for one in await cast.inside(lambda: Attendance.filter(appointment_id=id))}
    assert row.state == "scheduled"
    assert states == {cast.clients["teen"]: "cancelled", cast.clients["child"]: "booked"}
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id))
    assert (await cast.inside(lambda: Appointment.get(id=id))).state == "cancelled"


async def test_staff_cancel_free_or_late_as_they_say(cast, booked):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, booked, late=True, reason="Called at nine"))
    row, one = await rows(cast, booked)
    assert (one.state, one.fee_cents, one.reason, one.cancelled_side) == (
        "late-cancelled", 7500, "Called at nine", "desk"
    )
    assert row.state == "cancelled"


async def test_staff_who_saw_an_older_state_are_told(cast, booked):
    desk = await cast.actor("frontdesk")
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: cancelling.cancel_by_staff(desk, booked, version=7))
    assert refused.value.code == "changed-meanwhile"


@pytest.mark.parametrize(("name", "refusal"), [("owner", Missing), ("biller", Missing), ("supervisor", None)])
async def test_whose_calendar_it_is_not_does_not_find_it(cast, booked, name, refusal):
    actor = await cast.actor(name)
    if refusal is None:  # the practitioner's supervisor
        await cast.inside(lambda: cancelling.cancel_by_staff(actor, booked))
        return
    with pytest.raises(refusal):
        await cast.inside(lambda: cancelling.cancel_by_staff(actor, booked))


def side_of(offset: float, *, starts_at):
    """The clock stands still so many seconds from its beginning."""
    return time_machine.travel(starts_at + timedelta(seconds=offset), tick=False)


HOUR = 3600


@pytest.mark.parametrize(("before", "counted", "code"), [
    (24 * HOUR + 1, Standing.FREE, ""), (24 * HOUR, Standing.FREE, ""),
    (24 * HOUR - 1, Standing.LATE, "late"), (2 * HOUR, Standing.LATE, "late"),
    (2 * HOUR - 1, None, "call-to-cancel"), (1, None, "call-to-cancel"), (0, None, "over"), (-1, None, "over"),
])
async def test_on_each_side_of_each_deadline_to_the_second(cast, booked, before, counted, code):
    with side_of(-before, starts_at=at(10)):
        if code:
            with pytest.raises((Conflict, Forbidden)) as refused:
                await cancel(cast, booked)
            assert refused.value.code == code
        if counted is not None:
            assert await cancel(cast, booked, late_agreed=True) is counted
    one = (await rows(cast, booked))[1]
    assert one.state == {Standing.FREE: "cancelled", Standing.LATE: "late-cancelled", None: "booked"}[counted]
    assert one.fee_cents == (7500 if counted is Standing.LATE else None)


@pytest.mark.parametrize("night", [datetime(2032, 3, 14, 10), datetime(2032, 11, 7, 10)])
async def test_hours_are_hours_over_a_change_of_the_clocks(cast, offering, hours, night):
    """On a morning after the clocks changed, 24 hours before ten were nine or eleven."""
    starts = night.replace(tzinfo=at(10).tzinfo)
    real = starts.astimezone(UTC)
    with time_machine.travel(real - timedelta(days=20), tick=True):
        desk = await cast.actor("frontdesk")
        await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
        ids, one = [cast.clients["client"]], wanted(offering, hours, starts)
        id = await cast.inside(lambda: filling.book_by_staff(desk, one, ids, overlap_ok=True))
    with side_of(-24 * HOUR + 1, starts_at=real):
        with pytest.raises(Conflict) as refused:
            await cancel(cast, id)
        assert refused.value.code == "late"
    with side_of(-24 * HOUR, starts_at=real):
        assert await cancel(cast, id) is Standing.FREE


async def test_nobody_pays_more_than_the_page_showed(cast, booked):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=9000))
    with just_before(20):
        with pytest.raises(Conflict) as refused:
            await cancel(cast, booked, late_agreed=True, shown_cents=7500)
        assert refused.value.code == "late" and "$90 is charged" in refused.value.detail
        assert (await rows(cast, booked))[1].state == "booked"
        await cancel(cast, booked, late_agreed=True, shown_cents=10000)
    assert (await rows(cast, booked))[1].fee_cents == 9000, "the less of both"
