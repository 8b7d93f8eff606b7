"""The tab Appointments in the portal: the client's own, a child's for a contact who may, nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from models.appointments import booking, filling, outcomes
from models.appointments.tables import Appointment, BookingSettings, Offering
from models.clients.tables import ClientContact
from models.core.database import execute
from tests.appointments.times import at, wanted
from tests.support.standing import stands


async def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(await answer.get_data(as_text=True))


AT_NIGHT = {"overlap_ok": True}  # outside the hours: asked, and said again


async def booked_by_staff(cast, one, *clients, **how) -> str:
    desk = await cast.actor("frontdesk")
    ids = [cast.clients[client] for client in clients]
    return str(await cast.inside(lambda: filling.book_by_staff(desk, one, ids, **how)))


async def test_clients_see_their_upcoming_and_past_appointments(cast, browse, offering, hours):
    first = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")
    page = await text(await ana.get("/appointments"))
    assert "Counseling with Maya Okafor" in page and "10:00 AM to 10:50 AM" in page and "Wharf Street" in page
    shown = await (await ana.json("/appointments")).get_json()
    assert [one["id"] for one in shown["upcoming"]] == [first] and shown["past"] == []
    with time_machine.travel(at(12), tick=True):
        desk = await cast.actor("frontdesk")
        await cast.inside(lambda: outcomes.set_outcome(desk, first, cast.clients["client"], "attended"))
        ana = await browse(cast, "client")
        shown = await (await ana.json("/appointments")).get_json()
        assert (shown["upcoming"], shown["past"][0]["outcome"]) == ([], "attended")


async def test_view_appointments_lets_the_contact_see_the_childs_and_without_it_they_are_not_there(
    cast, browse, offering, hours
):
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "child")
    karen, child = await browse(cast, "parent"), cast.clients["child"]
    assert "Maya Okafor" in await text(await karen.get(f"/for/{child}/appointments"))
    assert (await karen.json(f"/for/{cast.clients['teen']}/appointments/{id}")).status_code == 404
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    for path in ("/appointments", f"/appointments/{id}"):
        assert (await karen.json(f"/for/{child}{path}")).status_code == 403
    assert "Appointments" not in await text(await karen.get(f"/for/{child}/bar"))


async def test_the_first_page_names_the_next_appointment_to_who_may_see_it(cast, browse, offering, hours):
    for hour in (13, 10):
        await booked_by_staff(cast, wanted(offering, hours, at(hour)), "teen")
    karen, teen = await browse(cast, "parent"), cast.clients["teen"]
    page = await text(await karen.get(f"/for/{teen}/home"))
    assert "Leo’s next appointment" in page and "10:00 AM to 10:50 AM" in page and "1:00 PM" not in page
    assert "next appointment" not in await text(await karen.get(f"/for/{cast.clients['child']}/home"))
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    assert "next appointment" not in await text(await karen.get(f"/for/{teen}/home"))


async def test_one_parent_never_sees_who_booked_or_cancelled(cast, browse, offering, hours):
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL"
    ))
    teen, karen, david = cast.clients["teen"], await browse(cast, "parent"), await browse(cast, "coparent")
    actor = await cast.actor("parent", client="teen")
    made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(10))))
    page = await text(await david.get(f"/appointments/{made.appointment_id}"))
    told = str(await (await david.json(f"/appointments/{made.appointment_id}")).get_json())
    for name in ("Karen", "parent", str(cast.logins["parent"])):
        assert name not in told and name not in page.replace('data-side="parent"', "")
    sent = await karen.send(f"/for/{teen}/appointments/{made.appointment_id}/cancel", {"reason": "Custody week"})
    assert sent.status_code == 200
    assert "Custody" not in await text(await david.get(f"/appointments/{made.appointment_id}"))


async def test_names_of_others_stand_only_within_a_couple_or_family(cast, browse, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="family", capacity=3))
    family = await booked_by_staff(cast, wanted(offering, hours, at(10)), "teen", "child")
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=8))
    group = await booked_by_staff(cast, wanted(offering, hours, at(13)), "teen", "client")
    leo = await browse(cast, "teen")
    assert "Nora Marsh comes too" in await text(await leo.get(f"/appointments/{family}"))
    page, told = await text(await leo.get(f"/appointments/{group}")), await leo.json(f"/appointments/{group}")
    assert not stands("Ana", page) and (await told.get_json())["appointment"]["others"] == []


async def test_the_page_shows_the_deadlines_as_local_times_and_the_amount_before_the_click(
    cast, browse, offering, hours
):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, closed_hours=2))
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")
    page = await text(await ana.get(f"/appointments/{id}"))
    free, closed = at(10) - timedelta(hours=24), at(10) - timedelta(hours=2)
    assert f"{free:%A, %B %-d, %-I:%M %p}" in page and f"{closed:%A, %B %-d, %-I:%M %p}" in page
    assert "It costs nothing." in page and "$75 is charged" in page
    with time_machine.travel(at(10) - timedelta(hours=5), tick=True):
        ana = await browse(cast, "client")
        page = await text(await ana.get(f"/appointments/{id}"))
        assert "It is late by now." in page and "Cancel for $75" in page
    with time_machine.travel(at(10) - timedelta(hours=1), tick=True):
        ana = await browse(cast, "client")
        page = await text(await ana.get(f"/appointments/{id}"))
        assert "Contact Harbor Counseling to cancel" in page and "(207) 555-0132" in page
        assert "Write a message" in page


async def test_if_a_client_attempts_to_cancel_within_that_window_there_is_a_prompt_to_contact_the_practice(
    cast, browse, offering, hours
):
    await cast.inside(lambda: BookingSettings.all().update(closed_hours=2))
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{messaging}'"))
    ana = await browse(cast, "client")
    with time_machine.travel(at(10) - timedelta(hours=1), tick=True):
        ana = await browse(cast, "client")
        page = await text(await ana.get(f"/appointments/{id}"))
        assert "Contact Harbor Counseling to cancel" in page and "Write a message" not in page
        refused = await ana.send(f"/appointments/{id}/cancel", {"late_agreed": True})
        assert refused.status_code == 403 and (await refused.get_json())["code"] == "call-to-cancel"


async def test_a_message_is_offered_only_where_messaging_is_on_for_this_person(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(closed_hours=720))
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")
    assert "Write a message" in await text(await ana.get(f"/appointments/{id}"))
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET features_off = '{messaging}' WHERE login_id = $1", cast.logins["client"]))
    page = await text(await ana.get(f"/appointments/{id}"))
    assert "Contact Harbor Counseling to cancel" in page and "Write a message" not in page


async def test_who_is_never_charged_reads_of_no_amount(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=9000))
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")
    assert "Free of charge until" in await text(await ana.get(f"/appointments/{id}")), "who is charged reads that"
    await cast.inside(lambda: execute(
        "INSERT INTO client_terms (client_id, no_fees) VALUES ($1, true)", cast.clients["client"]))
    for before, words in ((48, "In time until"), (5, "It is late by now.")):
        with time_machine.travel(at(10) - timedelta(hours=before), tick=True):
            ana = await browse(cast, "client")
            page = await text(await ana.get(f"/appointments/{id}"))
            assert words in page and "$" not in page.partition("<main")[2].partition("</main>")[0]
            assert "charge" not in page.partition("<main")[2].partition("</main>")[0]


async def test_the_page_is_drawn_anew_at_each_moment_at_which_something_else_holds(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(closed_hours=2))
    id = await booked_by_staff(cast, wanted(offering, hours, at(10), mode="video", location_id=None), "client")
    for before, after in ((48 * 60, 24 * 60), (24 * 60, 2 * 60), (60, 15), (10, 0), (-10, -50), (-55, None)):
        with time_machine.travel(at(10) - timedelta(minutes=before), tick=False):
            page = await text(await (await browse(cast, "client")).get(f"/appointments/{id}"))
            moment = None if after is None else (at(10) - timedelta(minutes=after)).astimezone(UTC).isoformat()
            assert (f'data-again-at="{moment}"' in page) if moment else ("data-again-at" not in page), before


async def test_a_press_that_is_sent_twice_cancels_once_and_leads_on(cast, browse, offering, hours):
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")
    page = await text(await ana.get(f"/appointments/{id}"))
    form = {"key": page.partition('name="key" value="')[2].partition('"')[0], "reason": "Ill"}
    answers = [await ana.post(f"/appointments/{id}/cancel", form) for _ in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, "/appointments")] * 2


async def test_a_client_cancels_and_it_stands_struck_through(cast, browse, offering, hours):
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    ana = await browse(cast, "client")
    assert (await ana.post(f"/appointments/{id}/cancel", {"reason": "Ill"})).status_code == 303
    page = await text(await ana.get("/appointments"))
    assert "visit gone" in page and "Cancelled" in page
    again = await ana.send(f"/appointments/{id}/cancel", {})
    assert again.status_code == 409 and (await again.get_json())["code"] == "not-coming"


@pytest.mark.parametrize(("minutes", "there"), [(16, False), (15, True), (1, True), (-49, True), (-51, False)])
async def test_the_link_to_the_video_stands_there_from_15_minutes_before(
    cast, browse, offering, hours, minutes, there
):
    one = wanted(offering, hours, at(10), mode="video", location_id=None)
    id = await booked_by_staff(cast, one, "client")
    ana = await browse(cast, "client")
    with time_machine.travel(at(10) - timedelta(minutes=minutes), tick=False):
        ana = await browse(cast, "client")
        page = await text(await ana.get(f"/appointments/{id}"))
        assert ("https://meet.example/harbor" in page) is there
        shown = await (await ana.json(f"/appointments/{id}")).get_json()
        assert bool(shown["appointment"]["video_link"]) is there


@pytest.mark.parametrize(("minutes", "again"), [(40, 15), (10, 0), (-5, -50)])
async def test_an_open_page_fetches_itself_when_the_link_comes_when_it_begins_and_when_it_is_over(
    cast, browse, offering, hours, minutes, again
):
    one = wanted(offering, hours, at(10), mode="video", location_id=None)
    id = await booked_by_staff(cast, one, "client")
    with time_machine.travel(at(10) - timedelta(minutes=minutes), tick=False):
        ana = await browse(cast, "client")
        page = await text(await ana.get(f"/appointments/{id}"))
        then = (at(10) - timedelta(minutes=again)).astimezone(UTC).isoformat()
        assert f'data-again-at="{then}"' in page
        over = (at(10) + timedelta(minutes=50)).astimezone(UTC).isoformat()
        for path in ("/appointments", "/home"):
            assert f'data-again-at="{over}"' in await text(await ana.get(path)), path


async def test_the_hour_that_comes_twice_says_which_it_is(cast, browse, offering, hours):
    """New York, November 2, 2031; and March 9, when an hour is left out."""
    with time_machine.travel(datetime(2031, 10, 20, tzinfo=UTC), tick=True):
        for hour in (5, 6):
            one = wanted(offering, hours, datetime(2031, 11, 2, hour, 30, tzinfo=UTC))
            await booked_by_staff(cast, one, "client", **AT_NIGHT)
        page = await text(await (await browse(cast, "client")).get("/appointments"))
        assert "1:30 AM (EDT) to 1:20 AM (EST)" in page and "1:30 AM (EST) to 2:20 AM" in page
    with time_machine.travel(datetime(2031, 2, 20, tzinfo=UTC), tick=True):
        one = wanted(offering, hours, datetime(2031, 3, 9, 6, 30, tzinfo=UTC))
        await booked_by_staff(cast, one, "client", **AT_NIGHT)
        page = await text(await (await browse(cast, "client")).get("/appointments"))
        assert "1:30 AM to 3:20 AM<" in page


async def test_times_are_the_clients_own_with_the_practices_beside_them(cast, browse, offering, hours):
    await cast.inside(lambda: execute(
        "INSERT INTO client_details (id, time_zone) VALUES ($1, 'America/Los_Angeles')"
        " ON CONFLICT (practice_id, id) DO UPDATE SET time_zone = excluded.time_zone", cast.clients["client"],
    ))
    await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    page = await text(await (await browse(cast, "client")).get("/appointments"))
    assert "7:00 AM to 7:50 AM" in page and "10:00 AM at the practice" in page
    assert "Times are yours (Los Angeles)." in page


async def test_an_undone_booking_was_never_there(cast, browse, offering, hours):
    actor = await cast.actor("client")
    made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(10))))
    ana = await browse(cast, "client")
    assert "Take it back" in await text(await ana.get(f"/appointments/{made.appointment_id}"))
    await ana.send(f"/appointments/{made.appointment_id}/cancel", {})
    assert (await (await ana.json("/appointments")).get_json())["upcoming"] == []
    assert await cast.inside(lambda: Appointment.filter(state="scheduled").count()) == 0


async def test_a_hundred_past_ones_come_twenty_at_a_time(cast, browse, offering, hours):
    for number in range(25):
        await booked_by_staff(cast, wanted(offering, hours, at(10) - timedelta(days=number + 30)), "client")
    ana = await browse(cast, "client")
    first = await (await ana.json("/appointments")).get_json()
    second = await (await ana.json(f"/appointments?before={first['before']}")).get_json()
    starts = [one["starts_at"] for one in [*first["past"], *second["past"]]]
    assert (len(first["past"]), len(second["past"]), second["before"]) == (20, 5, None)
    assert starts == sorted(starts, reverse=True) and len(set(starts)) == 25


async def test_the_time_of_anothers_appointment_is_not_found_out_by_asking_for_what_was_before_it(
    cast, browse, offering, hours
):
    for number in (30, 50):
        await booked_by_staff(cast, wanted(offering, hours, at(10) - timedelta(days=number)), "client")
    theirs = await booked_by_staff(cast, wanted(offering, hours, at(11) - timedelta(days=40)), "teen")
    ana, desk, here = await browse(cast, "client"), await browse(cast, "frontdesk"), cast.clients["client"]
    assert len((await (await ana.json(f"/appointments?before={theirs}")).get_json())["past"]) == 2
    told = await (await desk.json(f"/staff/clients/{here}/appointments?before={theirs}")).get_json()
    assert len(told["past"]) == 2


async def test_directions_lead_to_the_address_and_stand_where_one_has_to_go(cast, browse, offering, hours):
    there = await booked_by_staff(cast, wanted(offering, hours, at(10)), "client")
    apart = await booked_by_staff(cast, wanted(offering, hours, at(13), mode="phone", location_id=None), "client")
    ana = await browse(cast, "client")
    page = await text(await ana.get(f"/appointments/{there}"))
    assert 'href="https://www.openstreetmap.org/search?query=14+Wharf+Street"' in page and "Directions" in page
    assert 'rel="noopener noreferrer"' in page.partition("Directions")[0].rpartition("<a ")[2]
    page = await text(await ana.get(f"/appointments/{apart}"))
    assert "Directions" not in page and "You are called." in page
    await ana.post(f"/appointments/{there}/cancel")
    assert "Directions" not in await text(await ana.get(f"/appointments/{there}"))


async def test_who_has_no_contact_record_of_the_child_finds_nothing(cast, browse, offering, hours):
    id = await booked_by_staff(cast, wanted(offering, hours, at(10)), "child")
    assert await cast.inside(lambda: ClientContact.filter(client_id=cast.clients["child"]).count()) == 1
    assert (await (await browse(cast, "coparent")).json(f"/appointments/{id}")).status_code == 404
    assert (await (await browse(cast, "client")).json(f"/appointments/{id}")).status_code == 404
