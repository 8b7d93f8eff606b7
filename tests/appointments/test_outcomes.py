"""What became of an appointment, said by staff: attended, stayed away, waived with a reason, and taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from models.appointments import booking, cancelling, filling, joining, outcomes
from models.appointments.tables import Appointment, Attendance, BookingSettings, Diagnosis, Offering
from models.core.errors import Conflict, Invalid, Missing
from models.core.ids import new_id
from tests.appointments.times import at, wanted


@pytest.fixture
async def past(cast, offering, hours):
    """Ana's appointment at ten, and the clock at noon of that day."""
    ana = await cast.actor("client")
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=9000))
    made = await cast.inside(lambda: booking.book(ana, wanted(offering, hours, at(10))))
    with time_machine.travel(at(12), tick=True):
        yield made.appointment_id


async def say(cast, id, outcome, name="frontdesk", client="client"):
    actor = await cast.actor(name)
    await cast.inside(lambda: outcomes.set_outcome(actor, id, cast.clients[client], outcome))


async def one_of(cast, id):
    return await cast.inside(lambda: Attendance.get(appointment_id=id))


async def test_attended_and_stayed_away_with_its_fee(cast, past):
    await say(cast, past, "attended")
    assert (await one_of(cast, past)).state == "attended"
    await say(cast, past, "no-show", "practitioner")
    one = await one_of(cast, past)
    assert (one.state, one.fee_cents) == ("no-show", 9000) and one.policy["no_show_fee_cents"] == 9000
    await say(cast, past, "attended")
    assert (await one_of(cast, past)).fee_cents is None


async def test_not_before_it_begins(cast, past):
    with time_machine.travel(at(9), tick=True), pytest.raises(Conflict) as refused:
        await say(cast, past, "attended")
    assert refused.value.code == "too-early"


async def test_a_fee_is_waived_with_a_reason_and_charged_again(cast, past):
    desk = await cast.actor("frontdesk")
    ana = cast.clients["client"]
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: outcomes.waive(desk, past, ana, "Snow"))
    assert refused.value.code == "no-fee"
    await say(cast, past, "no-show")
    with pytest.raises(Invalid):
        await cast.inside(lambda: outcomes.waive(desk, past, ana, "  "))
    await cast.inside(lambda: outcomes.waive(desk, past, ana, "Snow"))
    one = await one_of(cast, past)
    assert (one.fee_cents, one.waiver, one.waived_by) == (9000, "Snow", cast.staff["frontdesk"])
    await cast.inside(lambda: outcomes.charge_again(desk, past, ana))
    one = await one_of(cast, past)
    assert (one.fee_cents, one.waiver, one.waived_at) == (9000, "", None)


async def test_an_outcome_and_a_cancellation_are_taken_back(cast, past):
    desk, ana = await cast.actor("frontdesk"), cast.clients["client"]
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: outcomes.take_back(desk, past, ana))
    assert refused.value.code == "nothing-to-undo"
    await say(cast, past, "attended")
    await cast.inside(lambda: outcomes.take_back(desk, past, ana))
    assert (await one_of(cast, past)).state == "booked"
    await say(cast, past, "no-show")
    await cast.inside(lambda: outcomes.take_back(desk, past, ana))
    assert (await one_of(cast, past)).state == "booked"
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, past, late=True))
    await cast.inside(lambda: outcomes.take_back(desk, past, ana))
    one, row = await one_of(cast, past), await cast.inside(lambda: Appointment.get(id=past))
    assert (one.state, one.fee_cents, row.state) == ("booked", None, "scheduled")


async def test_a_time_that_was_given_to_another_does_not_come_back(cast, offering, hours, past):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, past))
    await cast.inside(lambda: filling.book_by_staff(desk, wanted(offering, hours, at(10, 20)), [cast.clients["teen"]]))
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: outcomes.take_back(desk, past, cast.clients["client"]))
    assert refused.value.code == "overlaps"


async def test_diagnoses_of_that_day_freeze_with_the_outcome(cast, past):
    day = at(10).date()

    async def diagnosed():
        for code, main, begins, ends in (
            ("F41.1", True, day - timedelta(days=9), None),
            ("F32.0", False, day, day),
            ("Z63.0", False, date(2020, 1, 1), day - timedelta(days=1)),
        ):
            await Diagnosis.create(
                id=new_id(), client_id=cast.clients["client"], code=code, main=main, from_on=begins, until_on=ends
            )

    await cast.inside(diagnosed)
    await say(cast, past, "attended")
    assert [one["code"] for one in (await one_of(cast, past)).diagnoses] == ["F41.1", "F32.0"]
    await cast.inside(lambda: Diagnosis.all().delete())
    assert [one["code"] for one in (await one_of(cast, past)).diagnoses] == ["F41.1", "F32.0"]


@pytest.mark.parametrize("name", ["owner", "biller"])
async def test_whose_calendar_it_is_not_says_nothing(cast, past, name):
    with pytest.raises(Missing):
        await say(cast, past, "attended", name)


async def test_the_same_said_twice_keeps_the_fee_and_its_waiver(cast, past):
    desk, ana = await cast.actor("frontdesk"), cast.clients["client"]
    await say(cast, past, "no-show")
    await cast.inside(lambda: outcomes.waive(desk, past, ana, "Snow"))
    await cast.inside(lambda: BookingSettings.all().update(no_show_fee_cents=100))
    await say(cast, past, "no-show")
    one = await one_of(cast, past)
    assert (one.fee_cents, one.waiver) == (9000, "Snow")


async def test_a_place_that_another_took_does_not_come_back(cast, offering, hours, past):
    async def of_two() -> None:
        await Offering.filter(id=offering.id).update(kind="group", capacity=2)

    await cast.inside(of_two)
    desk = await cast.actor("frontdesk")
    two = [cast.clients["teen"], cast.clients["child"]]
    id = await cast.inside(lambda: filling.book_by_staff(desk, wanted(offering, hours, at(14)), two))
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id, [two[0]]))
    await cast.inside(lambda: joining.join(desk, id, cast.clients["client"]))
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: outcomes.take_back(desk, id, two[0]))
    assert refused.value.code == "full"
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id, [two[1]]))
    await cast.inside(lambda: outcomes.take_back(desk, id, two[0]))
    states = {one.client_id: one.state for one in await cast.inside(lambda: Attendance.filter(appointment_id=id))}
    assert (states[two[0]], states[two[1]]) == ("booked", "cancelled")
