"""Requests wait until somebody decides; the time is blocked for clients, and staff who book over it are warned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.appointments import booking, filling, own_requests, requests
from models.appointments.moments import request_ends
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering
from models.core.clock import now
from models.core.database import fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from tests.appointments.times import at, wanted


@pytest.fixture
async def asked(cast, offering, hours):
    """Ana asked for ten o'clock."""
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    ana = await cast.actor("client")
    await cast.inside(lambda: booking.book(ana, wanted(offering, hours, at(10))))
    return (await cast.inside(lambda: BookingRequest.get(client_id=cast.clients["client"]))).id


async def by(cast, name, verb, *args, **more):
    actor = await cast.actor(name)
    return await cast.inside(lambda: verb(actor, *args, **more))


async def state_of(cast, id):
    return await cast.inside(lambda: BookingRequest.get(id=id))


async def test_accepted_it_is_an_appointment_of_the_one_who_asked(cast, asked):
    id = await by(cast, "practitioner", requests.accept, asked)
    row = await cast.inside(lambda: Appointment.get(id=id))
    who = await cast.inside(lambda: Attendance.get(appointment_id=id))
    assert (row.state, who.client_id, who.state) == ("scheduled", cast.clients["client"], "booked")
    request = await state_of(cast, asked)
    assert (request.state, request.decided_by) == ("accepted", cast.staff["practitioner"])
    with pytest.raises(Conflict) as refused:
        await by(cast, "frontdesk", requests.decline, asked)
    assert refused.value.code == "decided"


async def test_declined_with_words_the_time_is_free(cast, offering, hours, asked):
    await by(cast, "frontdesk", requests.decline, asked, "We are full that week.")
    request = await state_of(cast, asked)
    assert (request.state, request.reply) == ("declined", "We are full that week.")
    await by(cast, "teen", booking.book, wanted(offering, hours, at(10)))


async def test_who_is_handling_it_is_seen_by_all(cast, asked):
    await by(cast, "frontdesk", requests.handle, asked, True)
    assert (await state_of(cast, asked)).handled_by == cast.staff["frontdesk"]
    await by(cast, "practitioner", requests.handle, asked, True)
    assert (await state_of(cast, asked)).handled_by == cast.staff["practitioner"]
    await by(cast, "practitioner", requests.handle, asked, False)
    assert (await state_of(cast, asked)).handled_by is None


async def test_staff_book_over_it_and_are_warned_when_they_accept(cast, offering, hours, asked):
    over = wanted(offering, hours, at(10, 20))
    with pytest.raises(Conflict) as refused:
        await by(cast, "frontdesk", filling.book_by_staff, over, [cast.clients["teen"]])
    assert refused.value.code == "overlaps"
    await by(cast, "frontdesk", filling.book_by_staff, over, [cast.clients["teen"]], overlap_ok=True)
    with pytest.raises(Conflict) as refused:
        await by(cast, "frontdesk", requests.accept, asked)
    assert refused.value.code == "overlaps"
    await by(cast, "frontdesk", requests.accept, asked, overlap_ok=True)


async def test_three_times_are_proposed_and_held_and_one_is_taken_in_a_tap(cast, offering, hours, asked):
    times = [wanted(offering, hours, at(hour, weekday=2)) for hour in (10, 11, 13)]
    await by(cast, "frontdesk", requests.offer, asked, times, "Wednesday suits better.")
    held = await cast.inside(lambda: Appointment.filter(state="offered").order_by("starts_at"))
    assert [row.starts_at for row in held] == [one.starts_at for one in times]
    assert (await state_of(cast, asked)).state == "countered"
    with pytest.raises(Conflict):
        await by(cast, "teen", booking.book, times[0])
    id = await by(cast, "client", own_requests.take_offer, asked, held[1].id)
    row = await cast.inside(lambda: Appointment.get(id=id))
    assert (row.state, row.starts_at) == ("scheduled", times[1].starts_at)
    assert await cast.inside(lambda: Appointment.filter(state="offered").count()) == 0
    await by(cast, "teen", booking.book, times[0])
    await by(cast, "teen", booking.book, wanted(offering, hours, at(10)))
    with pytest.raises(Conflict):
        await by(cast, "client", own_requests.take_offer, asked, held[0].id)


async def test_proposals_are_replaced_and_bounded(cast, offering, hours, asked):
    first = [wanted(offering, hours, at(10, weekday=2))]
    await by(cast, "frontdesk", requests.offer, asked, first)
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(11, weekday=2))])
    held = await cast.inside(lambda: Appointment.filter(state="offered"))
    assert [row.starts_at for row in held] == [at(11, weekday=2)]
    for times in ([], first * 4, [wanted(offering, hours, now() - timedelta(hours=1))]):
        with pytest.raises(Invalid):
            await by(cast, "frontdesk", requests.offer, asked, times)


async def test_what_is_taken_is_not_proposed(cast, offering, hours, asked):
    await by(cast, "teen", booking.book, wanted(offering, hours, at(10, weekday=2)))
    free, taken = wanted(offering, hours, at(11, weekday=2)), wanted(offering, hours, at(10, 30, weekday=2))
    for times in ([free, taken], [free, free], [wanted(offering, hours, at(10))]):
        with pytest.raises(Conflict) as refused:
            await by(cast, "frontdesk", requests.offer, asked, times)
        assert refused.value.code == "overlaps"
    assert (await state_of(cast, asked)).state == "open"


async def test_a_request_lapses_after_72_hours_and_an_offer_after_24(cast, offering, hours, asked, later):
    assert await cast.inside(lambda: requests.expire_due(asked)) is not None
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(11, weekday=2))])
    later(hours=24, seconds=1)
    assert await cast.inside(lambda: requests.expire_due(asked)) is None
    assert (await state_of(cast, asked)).state == "expired"
    assert await cast.inside(lambda: Appointment.filter(state__in=("offered", "requested")).count()) == 0


def test_it_lapses_at_the_latest_twelve_hours_before_its_time():
    at_once = now()
    hours = timedelta(hours=1)
    assert request_ends(at_once + 200 * hours, at_once) == at_once + 72 * hours
    assert request_ends(at_once + 30 * hours, at_once) == at_once + 18 * hours
    assert request_ends(at_once + 10 * hours, at_once) == at_once + 10 * hours


async def test_who_asked_withdraws_it(cast, offering, hours, asked):
    with pytest.raises(Missing):
        await by(cast, "teen", own_requests.withdraw, asked)
    await by(cast, "client", own_requests.withdraw, asked)
    assert (await state_of(cast, asked)).state == "withdrawn"
    await by(cast, "teen", booking.book, wanted(offering, hours, at(10)))


async def test_whose_calendar_it_is_not_finds_no_request(cast, offering, hours, asked):
    for name in ("owner", "biller"):
        with pytest.raises(Missing):
            await by(cast, name, requests.accept, asked)
    with pytest.raises(Forbidden):
        await by(cast, "practitioner", requests.offer, asked,
                 [wanted(offering, hours, at(11), staff_id=cast.staff["owner"])])


async def test_staff_hear_of_a_request_without_a_name_and_of_its_times(cast, asked):
    await by(cast, "frontdesk", requests.accept, asked)
    heard = await cast.inside(lambda: fetch_all(
        """SELECT e.type, d.rooms, d.ids FROM event e JOIN event_data d USING (practice_id, seq)
          WHERE e.type LIKE 'request.%' ORDER BY e.seq"""
    ))
    desk = [row for row in heard for room in row["rooms"] if room[0] == "staff"]
    assert len(desk) == 2 and all("client" not in row["ids"] and row["ids"]["request"] for row in desk)
