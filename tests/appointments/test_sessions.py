"""A group on the calendar: clients book a place of it, never one too many, and nobody learns who else comes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from models.appointments import booking, cancelling, filling, holding, joining, outcomes
from models.appointments.availability import Search
from models.appointments.moments import GRACE
from models.appointments.own import appointment_of, upcoming_of
from models.appointments.sessions import open_sessions
from models.appointments.tables import Appointment, Attendance, BookingSettings, Offering
from models.appointments.taking import offer_for
from models.clients.tables import Client
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Busy, Conflict, Forbidden
from models.core.ids import new_id
from tests.appointments.heard import heard
from tests.appointments.times import at, wanted
from tests.support.standing import stands

BOOK = "/appointments/book"


@pytest_asyncio.fixture(loop_scope="session")
async def evening(cast, offering, hours):
    """An evening group with three places, at 10 of a Tuesday, that the desk put there for Leo."""
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=3))
    return await put_there(cast, offering, hours, "teen")


async def put_there(cast, offering, hours, *clients, starts_at=None):
    desk = await cast.actor("frontdesk")
    ids = [cast.clients[one] for one in clients]
    return await cast.inside(lambda: filling.book_by_staff(desk, wanted(offering, hours, starts_at or at(10)), ids))


async def book(cast, name, one, *, client=None, **more):
    actor = await cast.actor(name, client=client)
    return await cast.inside(lambda: booking.book(actor, one, **more))


async def hold(cast, name, one, **more):
    actor = await cast.actor(name)

    async def work():
        return await holding.place(actor, await offer_for(one), one, **more)

    return await cast.inside(work)


async def comes(cast, id):
    """Who comes, by the names of the cast."""
    names = {client: name for name, client in cast.clients.items()}
    rows = await cast.inside(lambda: Attendance.filter(appointment_id=id, state="booked"))
    return {names[one.client_id] for one in rows}


async def shown(browse, cast, name, offering, hours):
    """The times of the week as the page of this client tells them, each with the places left."""
    browser = await browse(cast, name)
    query = f"service={offering.id}&mode=in-person&practitioner={hours.staff_id}&day={at(10).date()}"
    told = await (await browser.json(f"{BOOK}?{query}")).get_json()
    return {datetime.fromisoformat(one["starts_at"]): one["places"] for one in told["times"]}


async def told_of(cast, kind):
    """What staff and visitors heard: whether the time can be taken."""
    sql = """SELECT d.rooms, d.ids, d.data FROM event e JOIN event_data d USING (practice_id, seq) WHERE e.type = $1
      ORDER BY e.seq, d.part"""
    return [row for row in await cast.inside(lambda: fetch_all(sql, kind)) if row["rooms"][0][0] == "public"]


async def test_ana_books_a_place_and_has_an_attendance_of_her_own_in_the_one_row(cast, offering, hours, evening):
    made = await book(cast, "client", wanted(offering, hours, at(10)))
    assert made.appointment_id == evening and made.state == "scheduled"
    assert await comes(cast, evening) == {"teen", "client"}
    assert await cast.inside(lambda: Appointment.all().count()) == 1
    own = await cast.inside(lambda: Attendance.get(client_id=cast.clients["client"]))
    assert (own.booked_side, own.state) == ("portal", "booked")
    assert GRACE - timedelta(seconds=30) < own.undo_until - now() <= GRACE


async def test_the_page_says_how_many_places_are_left_and_offers_none_that_is_ones_own(
    cast, browse, offering, hours, evening
):
    seen = await shown(browse, cast, "client", offering, hours)
    assert (seen[at(10)], seen[at(13)]) == (2, None)
    assert at(10) not in await shown(browse, cast, "teen", offering, hours), "Leo comes already"
    ana = await browse(cast, "client")
    query = f"service={offering.id}&mode=in-person&practitioner={hours.staff_id}&day={at(10).date()}"
    page = await (await ana.get(f"{BOOK}?{query}")).get_data(as_text=True)
    assert re.search(r'value="[^"]+"[^>]*><b>10:00 AM</b><small data-places>2 places left</small>', page)
    assert "1:00 PM" in page, "a time at which nobody comes yet is offered as before"


async def test_all_the_way_through_the_doors_held_booked_and_full_for_the_next(cast, browse, offering, hours, evening):
    await put_client_in(cast, evening, "child")
    ana, nora = await browse(cast, "client"), await browse(cast)
    form = {"service": str(offering.id), "mode": "in-person", "practitioner": str(hours.staff_id),
            "time": f"{at(10).isoformat()}/{hours.location_id}"}
    told = await (await ana.send(f"{BOOK}/hold", form)).get_json()
    assert 290 <= told["seconds"] <= 300
    assert [one["data"]["free"] for one in await told_of(cast, "hold.placed")] == [False], "it was the last place"
    sent = await ana.send(BOOK, {**form, "hold": told["hold"]})
    assert (await sent.get_json())["appointment"] == str(evening)
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0
    assert [one["data"]["free"] for one in await told_of(cast, "appointment.booked")][-1] is False
    query = "&".join(f"{name}={value}" for name, value in form.items() if name != "time")
    times = (await (await nora.json(f"/request?{query}&whom=self&day={at(10).date()}")).get_json())["times"]
    assert times and at(10) not in [datetime.fromisoformat(one["starts_at"]) for one in times]
    page = await ana.get(f"/appointments/{evening}/booked")
    assert "Take it back" in await page.get_data(as_text=True)


async def put_client_in(cast, id, name):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: joining.join(desk, id, cast.clients[name]))


async def test_when_the_last_place_is_taken_the_next_hears_of_other_times(cast, offering, hours, evening):
    await put_there(cast, offering, hours, "teen", starts_at=at(9, 5))
    await cast.inside(lambda: Appointment.filter(id=evening).update(capacity=2))
    await book(cast, "client", wanted(offering, hours, at(10)))
    with pytest.raises(Conflict) as refused:
        await book(cast, "parent", wanted(offering, hours, at(10)), client="child")
    assert refused.value.code == "time-taken"
    times = refused.value.errors["times"]
    first = at(9, 5).astimezone(UTC).isoformat()
    assert len(times) == 8 and times[0] == first and times == sorted(times), "a place of another group is one of them"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def parents_book(cast):
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL"))


async def test_of_many_at_once_as_many_win_as_there_are_places(cast, offering, hours, evening):
    actors = [await cast.actor("client"), await cast.actor("parent", client="child")]
    await cast.inside(lambda: Appointment.filter(id=evening).update(capacity=2))

    async def one(number):
        try:
            await cast.inside(lambda: booking.book(actors[number % 2], wanted(offering, hours, at(10))))
            return "booked"
        except Conflict as refused:
            return refused.code

    said = await asyncio.gather(*(one(number) for number in range(24)))
    assert said.count("booked") == 1 and set(said) == {"booked", "time-taken"}
    assert len(await comes(cast, evening)) == 2
    assert await cast.inside(lambda: Appointment.filter(state="scheduled").count()) == 1


async def test_rows_written_straight_into_the_table_are_never_one_too_many(cast, hours, evening):
    """Whatever the verbs do: of many transactions that are open at once, as many commit as there are places."""

    async def add(number):
        client = await cast.inside(lambda: _new_client(number))

        async def work():
            await Attendance.create(id=new_id(), appointment_id=evening, client_id=client, booked_side="portal")

        try:
            await cast.inside(work)
        except Busy:  # it was run again, and lost again
            return "refused"
        return "written"

    said = await asyncio.gather(*(add(number) for number in range(12)))
    assert said.count("written") == 2 and set(said) == {"written", "refused"}
    gone = await cast.inside(lambda: Attendance.filter(client_id=cast.clients["teen"]).first())
    await cast.inside(lambda: Attendance.filter(id=gone.id).update(state="cancelled"))
    assert await add(99) == "written"
    with pytest.raises(Busy):
        await cast.inside(lambda: Attendance.filter(id=gone.id).update(state="booked"))


async def _new_client(number):
    return (await Client.create(name=f"Rosa {number}", first_name="Rosa", last_name=str(number), set_up_at=now())).id


async def test_taken_back_within_grace_frees_only_that_seat_and_it_can_be_booked_again(cast, offering, hours, evening):
    await book(cast, "client", wanted(offering, hours, at(10)))
    ana = await cast.actor("client")
    counted = await cast.inside(lambda: cancelling.cancel_in_portal(ana, evening))
    assert counted == "undo" and await comes(cast, evening) == {"teen"}
    assert (await cast.inside(lambda: Appointment.get(id=evening))).state == "scheduled"
    assert await cast.inside(lambda: upcoming_of(ana)) == [], "as if it had never been"
    assert (await told_of(cast, "appointment.cancelled"))[-1]["data"]["free"] is True
    await book(cast, "client", wanted(offering, hours, at(10)))
    assert await comes(cast, evening) == {"teen", "client"}
    assert [one.outcome for one in await cast.inside(lambda: upcoming_of(ana))] == [""]
    assert await cast.inside(lambda: Attendance.all().count()) == 2


async def test_grace_is_of_each_client_alone(cast, offering, hours, evening, later):
    await cast.inside(lambda: BookingSettings.all().update(late_hours=720, closed_hours=None))
    await book(cast, "client", wanted(offering, hours, at(10)))
    later(minutes=4)
    leo, ana = await cast.actor("teen"), await cast.actor("client")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    for actor in (leo, ana):
        with pytest.raises(Conflict) as refused:
            await cast.inside(lambda actor=actor: cancelling.cancel_in_portal(actor, evening))
        assert refused.value.code == "late"
    karen = await cast.actor("parent", client="child")
    await book(cast, "parent", wanted(offering, hours, at(10)), client="child")
    assert await cast.inside(lambda: cancelling.cancel_in_portal(karen, evening)) == "undo"


async def test_who_cancelled_late_and_owes_for_it_calls_to_come_again(cast, offering, hours, evening, later):
    await cast.inside(lambda: BookingSettings.all().update(late_hours=720, late_fee_cents=5000))
    await book(cast, "client", wanted(offering, hours, at(10)))
    later(minutes=4)
    ana = await cast.actor("client")
    await cast.inside(lambda: cancelling.cancel_in_portal(ana, evening, late_agreed=True))
    with pytest.raises(Conflict) as refused:
        await book(cast, "client", wanted(offering, hours, at(10)))
    assert refused.value.code == "time-taken"
    own = await cast.inside(lambda: Attendance.get(client_id=cast.clients["client"]))
    assert (own.state, own.fee_cents) == ("late-cancelled", 5000)


async def test_when_the_last_client_leaves_the_group_waits_for_the_next(cast, offering, hours, evening):
    leo = await cast.actor("teen")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    await cast.inside(lambda: cancelling.cancel_in_portal(leo, evening))
    assert (await cast.inside(lambda: Appointment.get(id=evening))).state == "scheduled"
    await book(cast, "client", wanted(offering, hours, at(10)))
    assert await comes(cast, evening) == {"client"}


async def test_a_group_that_a_client_opened_goes_with_its_last_client(cast, offering, hours, evening):
    made = await book(cast, "client", wanted(offering, hours, at(13)))
    assert made.appointment_id != evening
    second = await book(cast, "teen", wanted(offering, hours, at(13)))
    assert second.appointment_id == made.appointment_id
    for name in ("client", "teen"):
        actor = await cast.actor(name)
        await cast.inside(lambda actor=actor: cancelling.cancel_in_portal(actor, made.appointment_id))
    assert (await cast.inside(lambda: Appointment.get(id=made.appointment_id))).state == "cancelled"


async def test_staff_put_a_group_on_the_calendar_that_waits_for_whoever_books(cast, browse, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=3))
    id = await put_there(cast, offering, hours)
    desk = await browse(cast, "frontdesk")
    day = urlencode({"from": at(8).isoformat(), "until": at(18).isoformat()})
    [entry] = (await (await desk.json(f"/staff/calendar/entries?{day}")).get_json())["entries"]
    assert (entry["status"], entry["people"]) == ("scheduled", [])
    page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
    assert "Add a client" in page and "Cancel the group" in page and "3 places are left" in page
    await book(cast, "client", wanted(offering, hours, at(10)))
    assert await comes(cast, id) == {"client"}


async def test_staff_cancel_a_group_to_which_nobody_comes(cast, browse, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=3))
    id, desk = await put_there(cast, offering, hours), await browse(cast, "frontdesk")
    assert (await desk.send(f"/staff/appointments/{id}/cancel", {})).status_code == 200
    assert (await cast.inside(lambda: Appointment.get(id=id))).state == "cancelled"
    assert (await desk.send(f"/staff/appointments/{id}/cancel", {})).status_code == 409


async def test_a_held_place_is_taken_for_others_and_free_when_it_is_let_go(cast, offering, hours, evening, later):
    one = wanted(offering, hours, at(10))
    await cast.inside(lambda: Appointment.filter(id=evening).update(capacity=2))
    held = await hold(cast, "client", one)
    with pytest.raises(Conflict) as refused:
        await book(cast, "parent", one, client="child")
    assert refused.value.code == "time-taken"
    later(minutes=5)
    assert await cast.inside(lambda: holding.release_due(held.id)) is None
    assert (await told_of(cast, "hold.released"))[-1]["data"]["free"] is True
    await book(cast, "parent", one, client="child")
    with pytest.raises(Conflict):
        await book(cast, "client", one, hold_id=held.id)


async def test_staff_do_not_take_a_place_that_is_held(cast, offering, hours, evening):
    await cast.inside(lambda: Appointment.filter(id=evening).update(capacity=2))
    held = await hold(cast, "client", wanted(offering, hours, at(10)))
    with pytest.raises(Conflict) as refused:
        await put_client_in(cast, evening, "child")
    assert (refused.value.code, "just now" in refused.value.detail) == ("full", True)
    ana = await cast.actor("client")
    await cast.inside(lambda: holding.release(ana, held.id))
    await put_client_in(cast, evening, "child")


async def test_holding_a_place_takes_no_time_of_anybody_else(cast, offering, hours, evening):
    """A day's maximum counts appointments, not who fills in a form for one of them."""
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET max_day = 2"))
    await hold(cast, "client", wanted(offering, hours, at(10)))
    await book(cast, "parent", wanted(offering, hours, at(13)), client="child")


async def test_nobody_sees_who_else_comes(cast, browse, offering, hours, evening):
    await book(cast, "client", wanted(offering, hours, at(10)))
    ana = await cast.actor("client")
    assert (await cast.inside(lambda: appointment_of(ana, evening))).others == ()
    browser = await browse(cast, "client")
    for path in (f"/appointments/{evening}", "/appointments", f"/appointments/{evening}/booked"):
        for answer in (await browser.get(path), await browser.json(path)):
            words = await answer.get_data(as_text=True)
            assert not stands("Leo", words) and str(cast.clients["teen"]) not in words
    told = await told_of(cast, "appointment.booked")
    assert len(told) == 2 and {frozenset(one["ids"]) for one in told} == {frozenset({"practitioner"})}
    [of_leo, of_ana] = await heard(cast, "appointment.booked")
    hers = str(cast.accesses[("client", "client")])
    assert f"access:{hers}" not in of_leo["audience"]
    assert [one for one in of_ana["audience"] if one.startswith("access:")] == [f"access:{hers}"]
    assert await heard(cast, "appointment.changed") == []


@pytest.mark.parametrize("how", [{"notice_minutes": 60 * 24 * 30}, {"horizon_days": 3}], ids=["notice", "horizon"])
async def test_a_place_is_booked_no_nearer_and_no_further_ahead_than_a_time(cast, offering, hours, evening, how):
    await cast.inside(lambda: BookingSettings.all().update(**how))
    with pytest.raises(Conflict) as refused:
        await book(cast, "client", wanted(offering, hours, at(10)))
    assert refused.value.code == "time-taken" and await comes(cast, evening) == {"teen"}


async def test_a_place_counts_as_one_of_the_appointments_that_somebody_may_have(cast, offering, hours, evening):
    await cast.inside(lambda: BookingSettings.all().update(max_upcoming=1))
    await put_there(cast, offering, hours, "child", starts_at=at(15))
    await book(cast, "client", wanted(offering, hours, at(10)))
    for name, more in (("client", {}), ("parent", {"client": "child"})):
        with pytest.raises(Conflict) as refused:
            await book(cast, name, wanted(offering, hours, at(15) if name == "client" else at(10)), **more)
        assert refused.value.code == "too-many-upcoming"


async def test_a_practitioner_who_is_not_booked_online_has_no_places(cast, offering, hours, evening):
    ana = await cast.actor("client")
    search = Search(offering, 50, "in-person", (hours.staff_id,), at(10).date(), 1)
    fresh = await cast.inside(lambda: Offering.get(id=offering.id))
    search = replace(search, service=fresh)
    assert len(await cast.inside(lambda: open_sessions(search, ana.access.client_id))) == 1
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET online = false"))
    assert await cast.inside(lambda: open_sessions(search, ana.access.client_id)) == []


async def test_where_the_practice_decides_about_each_a_group_is_not_joined_by_oneself(cast, offering, hours, evening):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    with pytest.raises(Conflict) as refused:
        await book(cast, "client", wanted(offering, hours, at(10)))
    assert refused.value.code == "time-taken"


async def test_the_practice_moves_a_group_not_one_of_its_clients(cast, browse, offering, hours, evening):
    leo = await browse(cast, "teen")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    refused = await leo.json(f"/appointments/{evening}/move")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "call-to-move"


async def test_a_cancellation_is_not_taken_back_into_a_full_group(cast, offering, hours, evening):
    desk, child = await cast.actor("frontdesk"), cast.clients["child"]
    await put_client_in(cast, evening, "child")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, evening, [child]))
    await cast.inside(lambda: Appointment.filter(id=evening).update(capacity=2))
    await book(cast, "client", wanted(offering, hours, at(10)))
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: outcomes.take_back(desk, evening, child))
    assert refused.value.code == "full"
    await cast.inside(lambda: Appointment.filter(id=evening).update(capacity=3))
    await cast.inside(lambda: outcomes.take_back(desk, evening, child))
    assert (await told_of(cast, "appointment.booked"))[-1]["data"]["free"] is False, "open pages hear that it is full"


async def test_nobody_books_a_place_for_a_client_without_the_right(cast, offering, hours, evening):
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{appointments}'"
                                      " WHERE contact_id IS NOT NULL"))
    with pytest.raises(Forbidden):
        await book(cast, "parent", wanted(offering, hours, at(10)), client="child")


@pytest_asyncio.fixture(loop_scope="session")
async def planned(cast, offering, evening):
    """The same group, which the practice alone puts on the calendar."""
    await cast.inside(lambda: Offering.filter(id=offering.id).update(sessions_only=True))
    return evening


async def test_of_a_group_that_the_practice_plans_clients_find_its_sessions_alone(
    cast, browse, offering, hours, planned
):
    seen = await shown(browse, cast, "client", offering, hours)
    assert {moment for moment, places in seen.items() if places is None} == set() and seen[at(10)] == 2
    with pytest.raises(Conflict) as refused:
        await book(cast, "client", wanted(offering, hours, at(13)))
    assert refused.value.errors["times"] == [at(10).astimezone(UTC).isoformat()]
    await book(cast, "client", wanted(offering, hours, at(10)))
    assert await comes(cast, planned) == {"teen", "client"}


async def test_newcomers_do_not_find_a_group_that_the_practice_plans(cast, browse, offering, hours, evening):
    visitor = await browse(cast)
    assert "<b>Counseling</b>" in await (await visitor.get("/request")).get_data(as_text=True)
    await cast.inside(lambda: Offering.filter(id=offering.id).update(sessions_only=True))
    assert "<b>Counseling</b>" not in await (await visitor.get("/request")).get_data(as_text=True)
    assert (await visitor.json(f"/request?service={offering.id}")).status_code == 404


async def test_the_preview_shows_a_groups_sessions_to_clients_alone(cast, browse, offering, hours, planned):
    owner = await browse(cast, "owner")

    async def found(eyes):
        query = urlencode({"service": offering.id, "eyes": eyes, "week": at(10).date(), "mode": "in-person"})
        told = await (await owner.json(f"/staff/booking-preview?{query}")).get_json()
        return [datetime.fromisoformat(one["at"]) for day in told["days"] for one in day["times"]]

    assert await found("existing") == [at(10)]
    assert await found("new") == []


async def test_the_practice_says_so_on_the_page_of_the_service(cast, browse, offering, hours):
    owner = await browse(cast, "owner")
    form = {"name": "Evening group", "kind": "group", "capacity": "8", "modes": "in-person", "bookable": "existing",
            "confirm": "request", "sessions_only": "on", "minutes": "90", "fee": "60",
            "staff": str(hours.staff_id)}
    refused = await owner.post("/staff/settings/services", form)
    page = await refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Places of a group are booked at once." in page
    assert re.search(r'name="sessions_only" value="on" checked', page), "what was chosen stays"
    assert (await owner.post("/staff/settings/services", {**form, "confirm": "instant"})).status_code == 303
    made = await cast.inside(lambda: Offering.get(name="Evening group"))
    assert made.sessions_only
    one = {**form, "confirm": "instant", "kind": "individual", "version": "1"}
    assert (await owner.post(f"/staff/settings/services/{made.id}", one)).status_code == 303
    assert not (await cast.inside(lambda: Offering.get(id=made.id))).sessions_only, "it is a choice of groups"


async def test_who_books_a_place_is_mailed_after_the_grace_and_nobody_else_of_the_group(
    cast, mailed, offering, hours, evening
):
    await mailed.three_minutes_later()
    assert (len(mailed.to("teen")), len(mailed.to("client"))) == (1, 0)
    await book(cast, "client", wanted(offering, hours, at(10)))
    ana = await cast.actor("client")
    await cast.inside(lambda: cancelling.cancel_in_portal(ana, evening))
    await mailed.three_minutes_later()
    assert mailed.to("client") == [], "what was taken back was never told"
    await book(cast, "client", wanted(offering, hours, at(10)))
    await mailed.three_minutes_later()
    assert [mail["Subject"] for mail in mailed.to("client")] == ["Booked: Your appointment with Harbor Counseling"]
    assert len(mailed.to("teen")) == 1
