"""Requests wait until somebody decides; the time is blocked for clients, and staff who book over it are warned."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models.appointments import answering, booking, filling, own_requests, requests, wishes
from models.appointments.moments import request_ends
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.core.ids import new_token, token_hash
from server.jobs import JOBS
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


async def test_a_request_blocks_its_time_for_clients_until_it_is_answered(cast, offering, hours, asked):
    for hour, minute in ((10, 0), (10, 30), (9, 30)):
        with pytest.raises(Conflict) as refused:
            await by(cast, "teen", booking.book, wanted(offering, hours, at(hour, minute)))
        assert refused.value.code == "time-taken"
    await by(cast, "teen", booking.book, wanted(offering, hours, at(11)))
    await by(cast, "frontdesk", requests.decline, asked)
    await by(cast, "teen", booking.book, wanted(offering, hours, at(10)))


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


async def test_letting_go_of_what_a_colleague_took_over_changes_nothing(cast, asked):
    await by(cast, "frontdesk", requests.handle, asked, True)
    await by(cast, "practitioner", requests.handle, asked, True)
    await by(cast, "frontdesk", requests.handle, asked, False)
    assert (await state_of(cast, asked)).handled_by == cast.staff["practitioner"]


async def test_of_two_who_answer_at_the_same_moment_one_decides_and_the_other_is_told(cast, asked):
    async def answer(name, verb):
        try:
            return await by(cast, name, verb, asked)
        except Conflict as refused:
            return refused.code

    told = await asyncio.gather(answer("frontdesk", requests.accept), answer("practitioner", requests.decline))
    assert told.count("decided") == 1
    state = (await state_of(cast, asked)).state
    rows = await cast.inside(lambda: Appointment.filter(request_id=asked).values_list("state", flat=True))
    assert (state, rows) in (("accepted", ["scheduled"]), ("declined", ["declined"]))


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


@pytest.mark.parametrize("who", ["client", "newcomer"])
async def test_a_time_that_staff_replaced_while_it_was_being_taken_is_not_taken(
    cast, offering, hours, asked, monkeypatch, who
):
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(10, weekday=2))])
    token = new_token()
    await cast.inside(lambda: BookingRequest.filter(id=asked).update(offer_hash=token_hash(token)))
    (held,) = await cast.inside(lambda: Appointment.filter(state="offered"))

    async def waited(of):
        await Appointment.filter(id=held.id).delete()

    monkeypatch.setattr(wishes, "hold_calendars", waited)
    with pytest.raises(Conflict) as refused:
        if who == "client":
            await by(cast, "client", own_requests.take_offer, asked, held.id)
        else:
            await cast.inside(lambda: answering.take_by_link(token, held.id))
    assert refused.value.code == "offer-over"
    row = await cast.inside(lambda: Appointment.get(request_id=asked, state="requested"))
    assert (await state_of(cast, asked)).state == "countered" and row.starts_at == at(10)


async def test_proposals_are_replaced_and_bounded(cast, offering, hours, asked):
    first = [wanted(offering, hours, at(10, weekday=2))]
    await by(cast, "frontdesk", requests.offer, asked, first)
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(11, weekday=2))])
    held = await cast.inside(lambda: Appointment.filter(state="offered"))
    assert [row.starts_at for row in held] == [at(11, weekday=2)]
    for times in ([], first * 4, [wanted(offering, hours, now() - timedelta(hours=1))]):
        with pytest.raises(Invalid):
            await by(cast, "frontdesk", requests.offer, asked, times)


async def test_what_was_asked_for_is_answered_also_when_it_is_no_longer_on_offer(cast, offering, hours, asked):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(archived_at=now(), bookable="nobody"))
    await cast.inside(lambda: execute("UPDATE service_length SET minutes = 80"))
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(11, weekday=2))])
    held = await cast.inside(lambda: Appointment.get(state="offered"))
    await by(cast, "client", own_requests.take_offer, asked, held.id)
    assert (await state_of(cast, asked)).state == "accepted"


async def test_what_is_taken_is_not_proposed(cast, offering, hours, asked):
    await by(cast, "teen", booking.book, wanted(offering, hours, at(10, weekday=2)))
    free, taken = wanted(offering, hours, at(11, weekday=2)), wanted(offering, hours, at(10, 30, weekday=2))
    for times in ([free, taken], [free, free], [wanted(offering, hours, at(10))]):
        with pytest.raises(Conflict) as refused:
            await by(cast, "frontdesk", requests.offer, asked, times)
        assert refused.value.code == "overlaps"
    assert (await state_of(cast, asked)).state == "open"


async def test_a_request_lapses_after_72_hours_and_an_offer_after_24(cast, offering, hours, asked, later):
    await by(cast, "teen", booking.book, wanted(offering, hours, at(14)))
    waits = (await cast.inside(lambda: BookingRequest.get(client_id=cast.clients["teen"]))).id
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(11, weekday=2))])
    for minutes, states in ((24 * 60 - 1, ("countered", "open")), (1.1, ("expired", "open")),
                            (48 * 60 - 2, ("expired", "open")), (2, ("expired", "expired"))):
        later(minutes=minutes)
        for id in (asked, waits):
            await cast.inside(lambda id=id: requests.expire_due(id))
        assert tuple([(await state_of(cast, id)).state for id in (asked, waits)]) == states
    assert await cast.inside(lambda: Appointment.filter(state__in=("offered", "requested")).count()) == 0


async def test_a_job_waits_for_each_deadline_and_lets_it_lapse(cast, offering, hours, asked, later):
    waiting = """SELECT execute_after FROM pgqueuer WHERE entrypoint = 'request.expire'
      AND convert_from(payload, 'UTF8') LIKE $1 ORDER BY execute_after"""

    async def ahead():
        rows = await cast.inside(lambda: fetch_all(waiting, f"%{asked}%"))
        return [round((row["execute_after"] - now()).total_seconds() / 3600, 1) for row in rows]

    assert await ahead() == [72.0]
    await by(cast, "frontdesk", requests.offer, asked, [wanted(offering, hours, at(11, weekday=2))])
    assert await ahead() == [24.0, 72.0]
    later(hours=24, seconds=1)
    await JOBS["request.expire"](cast.practice_id, {"request": str(asked)})
    assert (await state_of(cast, asked)).state == "expired"


async def test_what_somebody_answered_while_it_lapsed_stays_answered(cast, offering, hours, asked, later, monkeypatch):
    later(hours=72, seconds=1)

    async def waited(of):
        await BookingRequest.filter(id=asked).update(state="accepted")

    monkeypatch.setattr(wishes, "hold_calendars", waited)
    assert await cast.inside(lambda: requests.expire_due(asked)) is None
    assert (await state_of(cast, asked)).state == "accepted"


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


@pytest.mark.parametrize("off", ["practice", "person"])
async def test_taking_back_and_taking_a_proposed_time_work_while_online_booking_is_switched_off(
    cast, offering, hours, asked, off
):
    ana = await cast.actor("client")
    await cast.inside(lambda: booking.book(ana, wanted(offering, hours, at(14))))
    other = (await cast.inside(lambda: BookingRequest.get(client_id=cast.clients["client"], id__not=asked))).id
    await by(cast, "frontdesk", requests.offer, other, [wanted(offering, hours, at(11, weekday=2))])
    held = await cast.inside(lambda: Appointment.get(state="offered"))
    switch = {"practice": "UPDATE practice_profile SET features_off = '{online-booking}'",
              "person": "UPDATE portal_access SET features_off = '{online-booking}'"}[off]
    await cast.inside(lambda: execute(switch))
    with pytest.raises(Forbidden):
        await by(cast, "client", booking.book, wanted(offering, hours, at(9)))
    await by(cast, "client", own_requests.withdraw, asked)
    assert (await state_of(cast, asked)).state == "withdrawn"
    await by(cast, "client", own_requests.take_offer, other, held.id)
    assert (await state_of(cast, other)).state == "accepted"


async def test_a_contact_takes_back_what_they_asked_for_and_of_others_only_with_book_and_cancel(cast, offering, hours):
    async def may(permissions):
        await cast.inside(lambda: execute("UPDATE portal_access SET permissions = $1 WHERE contact_id IS NOT NULL",
                                          permissions))

    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    await may(["appointments", "booking"])
    karen = await cast.actor("parent", client="teen")
    leo = await cast.actor("teen")
    for who, hour in ((karen, 10), (leo, 12), (leo, 14)):
        await cast.inside(lambda who=who, hour=hour: booking.book(who, wanted(offering, hours, at(hour))))
    hers, his, more = [one.id for one in await cast.inside(
        lambda: BookingRequest.filter(client_id=cast.clients["teen"]).order_by("created_at"))]
    await cast.inside(lambda: own_requests.withdraw(karen, his))
    await may(["appointments"])
    karen = await cast.actor("parent", client="teen")
    with pytest.raises(Forbidden):
        await cast.inside(lambda: own_requests.withdraw(karen, more))
    await cast.inside(lambda: own_requests.withdraw(karen, hers))
    assert [(await state_of(cast, one)).state for one in (hers, his, more)] == ["withdrawn", "withdrawn", "open"]


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
