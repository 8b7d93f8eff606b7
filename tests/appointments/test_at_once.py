"""Two at the same appointment or request in the same moment: one of them did it, the other is told, and nothing stands
between."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models.appointments import (
    answering,
    asking,
    booking,
    cancelling,
    clearing,
    filling,
    joining,
    moving,
    outcomes,
    own_requests,
    requests,
)
from models.appointments.asking import Asker
from models.appointments.clearing_plan import Plan, Shown
from models.appointments.holding import place, release_due
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering, Room
from models.appointments.taking import Offer
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Refusal
from models.core.ids import new_id, new_token, token_hash
from tests.appointments.standoff import at_once
from tests.appointments.test_requests import asked, by
from tests.appointments.times import at, wanted

__all__ = ["asked"]

NORA = Asker("self", "Nora", "Field", "nora@field.test")


@pytest.fixture
async def booked(cast, offering, hours):
    """Ana comes at ten; booked by the desk, with nothing to undo any more."""
    return await by(cast, "frontdesk", filling.book_by_staff, wanted(offering, hours, at(10)), [cast.clients["client"]])


async def codes(results):
    """The refusals among them, in words for programs."""
    for one in results:
        if isinstance(one, BaseException) and not isinstance(one, Refusal):
            raise one
    return [one.code if isinstance(one, Refusal) else "done" for one in results]


async def tries(cast, *verbs):
    made = []
    for name, verb, *args in verbs:
        actor = await cast.actor(name)
        made.append(lambda actor=actor, verb=verb, args=args: verb(actor, *args))
    return made


async def standing(cast):
    rows = await cast.inside(lambda: Appointment.filter(state__in=("requested", "offered", "scheduled")))
    return sorted((row.state, row.starts_at) for row in rows)


async def race(cast, hours, *verbs):
    return await codes(await at_once(cast, hours.staff_id, *await tries(cast, *verbs)))


async def test_a_client_cancels_what_the_desk_moves(cast, offering, hours, booked):
    elsewhere = wanted(offering, hours, at(14))
    found = await race(cast, hours, ("client", cancelling.cancel_in_portal, booked),
                       ("frontdesk", filling.move_by_staff, booked, 1, elsewhere))
    assert found == ["done", "changed-meanwhile"] and await standing(cast) == []


async def test_the_desk_moves_what_a_client_cancels(cast, offering, hours, booked):
    elsewhere = wanted(offering, hours, at(14))
    found = await race(cast, hours, ("frontdesk", filling.move_by_staff, booked, 1, elsewhere),
                       ("client", cancelling.cancel_in_portal, booked))
    assert found == ["done", "done"] and await standing(cast) == []


async def test_a_note_and_a_move_of_the_same_version_are_not_both_kept(cast, offering, hours, booked):
    elsewhere = wanted(offering, hours, at(14))
    found = await race(cast, hours, ("practitioner", filling.note_by_staff, booked, 1, "Brings forms"),
                       ("frontdesk", filling.move_by_staff, booked, 1, elsewhere))
    assert found == ["done", "changed-meanwhile"]
    assert (await cast.inside(lambda: Appointment.get(id=booked))).note == "Brings forms"


async def test_two_accept_and_one_declines_the_same_request(cast, offering, hours, asked):
    found = await race(cast, hours, ("frontdesk", requests.accept, asked), ("practitioner", requests.accept, asked),
                       ("supervisor", requests.decline, asked))
    assert found == ["done", "decided", "decided"] and await standing(cast) == [("scheduled", at(10))]


async def test_withdrawn_while_it_is_accepted(cast, offering, hours, asked):
    found = await race(cast, hours, ("client", own_requests.withdraw, asked), ("frontdesk", requests.accept, asked))
    assert found == ["done", "decided"] and await standing(cast) == []


async def test_accepted_while_it_is_withdrawn(cast, offering, hours, asked):
    found = await race(cast, hours, ("frontdesk", requests.accept, asked), ("client", own_requests.withdraw, asked))
    assert found == ["done", "decided"] and await standing(cast) == [("scheduled", at(10))]


@pytest.fixture
async def proposed(cast, offering, hours, asked):
    """In its place Wednesday at ten or at two."""
    times = [wanted(offering, hours, at(hour, weekday=2)) for hour in (10, 14)]
    await by(cast, "frontdesk", requests.offer, asked, times)
    rows = await cast.inside(lambda: Appointment.filter(state="offered").order_by("starts_at"))
    return asked, rows[0].id, rows[1].id


async def test_of_two_proposed_times_one_is_taken(cast, hours, proposed):
    asked, ten, two = proposed
    found = await race(cast, hours, ("client", own_requests.take_offer, asked, ten),
                       ("client", own_requests.take_offer, asked, two))
    assert found == ["done", "decided"] and await standing(cast) == [("scheduled", at(10, weekday=2))]


async def test_a_time_is_taken_while_others_are_proposed_in_its_place(cast, offering, hours, proposed):
    asked, ten, _ = proposed
    found = await race(cast, hours,
                       ("frontdesk", requests.offer, asked, [wanted(offering, hours, at(15, weekday=2))]),
                       ("client", own_requests.take_offer, asked, ten))
    assert found == ["done", "offer-over"]
    assert await standing(cast) == [("offered", at(15, weekday=2)), ("requested", at(10))]


@pytest.fixture
async def newcomers(cast, proposed):
    """The same of somebody without a record, who has the link of the mail."""
    token = new_token()
    await cast.inside(lambda: BookingRequest.filter(id=proposed[0]).update(client_id=None, login_id=None,
                                                                           offer_hash=token_hash(token)))
    await cast.inside(lambda: Attendance.all().delete())
    return (token, *proposed)


async def test_a_newcomer_taps_two_of_the_proposed_times(cast, hours, newcomers):
    token, _, ten, two = newcomers
    found = await codes(await at_once(cast, hours.staff_id, lambda: answering.take_by_link(token, ten),
                                      lambda: answering.take_by_link(token, two)))
    assert found == ["done", "offer-over"] and await standing(cast) == [("requested", at(10, weekday=2))]
    assert (await cast.inside(lambda: BookingRequest.all().first())).expires_at == at(10, weekday=2)


async def test_a_newcomer_taps_twice_and_it_is_told_once(cast, hours, newcomers):
    token, _, ten, _ = newcomers
    found = await codes(await at_once(cast, hours.staff_id, lambda: answering.take_by_link(token, ten),
                                      lambda: answering.take_by_link(token, ten)))
    assert found == ["done", "offer-over"] and await standing(cast) == [("requested", at(10, weekday=2))]


async def test_a_newcomer_takes_what_the_desk_proposes_anew(cast, offering, hours, newcomers):
    token, asked, ten, _ = newcomers
    frontdesk = await cast.actor("frontdesk")
    anew = [wanted(offering, hours, at(15, weekday=2))]
    found = await codes(await at_once(cast, hours.staff_id, lambda: requests.offer(frontdesk, asked, anew),
                                      lambda: answering.take_by_link(token, ten)))
    assert found == ["done", "offer-over"]
    assert await standing(cast) == [("offered", at(15, weekday=2)), ("requested", at(10))]


async def test_nothing_lapses_for_which_other_times_were_proposed_in_that_moment(cast, offering, hours, asked, later):
    later(hours=72, seconds=1)
    frontdesk = await cast.actor("frontdesk")
    anew = [wanted(offering, hours, at(15, weekday=2))]
    found = await codes(await at_once(cast, hours.staff_id, lambda: requests.offer(frontdesk, asked, anew),
                                      lambda: requests.expire_due(asked)))
    assert found == ["done", "done"]
    assert (await cast.inside(lambda: BookingRequest.get(id=asked))).state == "countered"


async def test_a_day_is_cleared_while_a_client_cancels(cast, hours, booked):
    day = at(10).date()
    plan = Plan(hours.staff_id, day, day), {booked: Shown(1)}
    found = await race(cast, hours, ("client", cancelling.cancel_in_portal, booked),
                       ("frontdesk", clearing.clear, *plan))
    assert found == ["done", "changed-meanwhile"]


async def test_a_cleared_day_comes_back_once(cast, hours, booked):
    day = at(10).date()
    made = await by(cast, "frontdesk", clearing.clear, Plan(hours.staff_id, day, day), {booked: Shown(1)})
    found = await race(cast, hours, ("frontdesk", clearing.undo, made), ("practitioner", clearing.undo, made))
    assert found == ["done", "too-late"] and await standing(cast) == [("scheduled", at(10))]


async def test_what_others_joined_meanwhile_is_not_moved_by_one_of_them(cast, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="couple", capacity=2))
    made = await by(cast, "frontdesk", filling.book_by_staff, wanted(offering, hours, at(10)), [cast.clients["client"]])
    found = await race(cast, hours, ("frontdesk", joining.join, made, cast.clients["teen"]),
                       ("client", moving.move_in_portal, made, at(14), hours.staff_id, hours.location_id))
    assert found == ["done", "call-to-move"] and await standing(cast) == [("scheduled", at(10))]


async def test_two_join_for_the_last_place_and_nobody_comes_back_to_a_full_one(cast, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=2))
    made = await by(cast, "frontdesk", filling.book_by_staff, wanted(offering, hours, at(10)), [cast.clients["client"]])
    ana, teen, child = (cast.clients[name] for name in ("client", "teen", "child"))
    found = await race(cast, hours, ("frontdesk", joining.join, made, teen),
                       ("practitioner", joining.join, made, child))
    assert found == ["done", "full"]
    await by(cast, "frontdesk", cancelling.cancel_by_staff, made, [teen])
    found = await race(cast, hours, ("frontdesk", joining.join, made, child),
                       ("practitioner", outcomes.take_back, made, teen))
    assert found == ["done", "full"]
    coming = await cast.inside(lambda: Attendance.filter(appointment_id=made, state="booked"))
    assert {one.client_id for one in coming} == {ana, child}


async def test_an_outcome_is_taken_back_once(cast, hours, booked, later):
    later(weeks=4)
    await by(cast, "frontdesk", outcomes.set_outcome, booked, cast.clients["client"], "no-show")
    verb = (outcomes.take_back, booked, cast.clients["client"])
    assert await race(cast, hours, ("frontdesk", *verb), ("practitioner", *verb)) == ["done", "nothing-to-undo"]


async def test_a_hold_ends_in_the_moment_it_is_booked(cast, offering, hours):
    ana = await cast.actor("client")
    hold = await cast.inside(lambda: place(ana, Offer(offering, 12000), wanted(offering, hours, at(10))))
    over = now() - timedelta(seconds=1)
    await cast.inside(lambda: execute("UPDATE appointment SET held_until = $1", over))
    book = lambda: booking.book(ana, wanted(offering, hours, at(10)), hold_id=hold.id)  # noqa: E731
    assert await codes(await at_once(cast, hours.staff_id, lambda: release_due(hold.id), book)) == ["done", "hold-over"]
    assert await standing(cast) == []


async def test_a_proposed_time_stands_in_the_way_in_words_until_its_job_lets_it_go(
    cast, offering, hours, proposed, later
):
    asked, ten, _ = proposed
    later(hours=24, seconds=1)
    book = (filling.book_by_staff, wanted(offering, hours, at(10, weekday=2)), [cast.clients["teen"]])
    take = (own_requests.take_offer, asked, ten)
    for verb, code in ((("client", *take), "offer-over"), (("frontdesk", *book), "overlaps")):
        with pytest.raises(Conflict) as refused:
            await by(cast, *verb)
        assert refused.value.code == code
    await cast.inside(lambda: requests.expire_due(asked))
    await by(cast, "frontdesk", *book)


async def test_whoever_needs_a_room_waits_for_who_looks_for_one(cast, offering, hours, booked):
    room = await cast.inside(lambda: Room.create(id=new_id(), location_id=hours.location_id, name="Blue"))
    ana = await cast.actor("client")
    move = lambda: moving.move_in_portal(ana, booked, at(14), hours.staff_id, hours.location_id)  # noqa: E731
    ask = lambda: newcomer_asks(cast, wanted(offering, hours, at(15)))  # noqa: E731
    for verb in (move, ask):
        assert await codes(await at_once(cast, room.id, verb)) == ["done"]
    rows = await cast.inside(lambda: Appointment.filter(room_id=room.id).order_by("starts_at"))
    assert [row.starts_at for row in rows] == [at(14), at(15)]


async def newcomer_asks(cast, one):
    proof = await asking.ask_code(NORA, new_id(), "", address="10.0.0.1")
    code = (await asking.outgoing(proof)).code
    return await asking.ask(one, NORA, code=code, proof=proof, hold_id=new_id(), secret="", address="10.0.0.1")


async def test_a_newcomer_presses_twice_and_asks_once(cast, offering, hours):
    one = wanted(offering, hours, at(10))
    hold = await cast.inside(lambda: place(None, Offer(offering, 12000), one))
    proof = await cast.inside(lambda: asking.ask_code(NORA, hold.id, hold.secret, address="10.0.0.1"))
    code = (await cast.inside(lambda: asking.outgoing(proof))).code
    ask = lambda: asking.ask(one, NORA, code=code, proof=proof, hold_id=hold.id, secret=hold.secret,  # noqa: E731
                             address="10.0.0.1")
    first, second = await asyncio.gather(cast.inside(ask), cast.inside(ask))
    assert first == second and first.until is not None
    assert await cast.inside(lambda: BookingRequest.all().count()) == 1
