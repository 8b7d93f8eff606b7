"""Clients > [name] > Appointments: who sees what of it, and the switch for fees."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from models.appointments import booking, cancelling, filling, outcomes
from models.appointments.tables import BookingSettings
from models.core.database import execute
from tests.appointments.times import at, wanted


async def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(await answer.get_data(as_text=True))


def page_of(cast, name="client"):
    return f"/staff/clients/{cast.clients[name]}/appointments"


@pytest.fixture
async def visits(cast, offering, hours):
    """One to come, one cancelled late with its fee, one that was missed and waived."""
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=5000))
    desk, client = await cast.actor("frontdesk"), cast.clients["client"]

    async def book(starts_at):
        one = wanted(offering, hours, starts_at)
        return await cast.inside(lambda: filling.book_by_staff(desk, one, [client], note="Canary note"))

    coming, late, missed = [await book(one) for one in (at(10), at(11), at(9) - timedelta(days=30))]
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, late, late=True, reason="Canary reason"))
    await cast.inside(lambda: outcomes.set_outcome(desk, missed, client, "no-show"))
    await cast.inside(lambda: outcomes.waive(desk, missed, client, "Canary waiver"))
    await cast.inside(lambda: execute("UPDATE appointment SET code = '90000'"))
    return {"coming": str(coming), "late": str(late), "missed": str(missed)}


async def test_the_tab_shows_upcoming_and_past_with_states_fees_and_waivers(cast, browse, visits):
    desk = await browse(cast, "frontdesk")
    page = await text(await desk.get(page_of(cast)))
    for words in ("Upcoming", "Past", "Counseling with Maya Okafor", "10:00 AM to 10:50 AM", "Cancelled late",
                  "Charged: $75", "No-show", "Waived: $50", "Canary waiver", "Canary reason", "Wharf Street", "90000",
                  f'href="/staff/calendar/{visits["coming"]}"'):
        assert words in page, words
    shown = await (await desk.json(page_of(cast))).get_json()
    assert [one["id"] for one in shown["upcoming"]] == [visits["coming"], visits["late"]]
    assert [(one["id"], one["state"], one["waived"]) for one in shown["past"]] == [(visits["missed"], "no-show", True)]
    assert '<live-region src="' + page_of(cast) in page and "appointment.booked" in page


async def test_the_practitioner_and_their_supervisor_see_it(cast, browse, visits):
    for name in ("practitioner", "supervisor"):
        shown = await (await (await browse(cast, name)).json(page_of(cast))).get_json()
        assert len(shown["upcoming"]) == 2


async def test_a_biller_reads_date_service_code_and_fee_and_nothing_that_was_said(cast, browse, visits):
    biller = await browse(cast, "biller")
    answer = await biller.json(page_of(cast))
    told = await answer.get_json()
    one = told["past"][0]
    assert (one["service"], one["code"], one["fee_cents"], one["waived"]) == ("Counseling", "90000", 5000, True)
    assert (one["waiver"], one["reason"], one["location"], one["reminder"]) == ("", "", "", "")
    page = await text(await biller.get(page_of(cast)))
    assert "Canary" not in page and "Wharf Street" not in page and "never-charged" not in page
    assert "/staff/calendar/" not in page


async def test_who_has_no_calendar_right_has_no_tab(cast, browse, visits):
    await cast.inside(lambda: execute(
        "UPDATE staff_member SET roles = '{administrator}' WHERE id = $1", cast.staff["owner"]
    ))
    owner = await browse(cast, "owner")
    assert (await owner.json(page_of(cast))).status_code == 403
    overview = await text(await owner.get(f"/staff/clients/{cast.clients['client']}"))
    assert page_of(cast) not in overview
    desk = await browse(cast, "frontdesk")
    assert page_of(cast) in await text(await desk.get(f"/staff/clients/{cast.clients['client']}"))


async def test_another_practitioners_client_is_not_there(cast, browse, visits):
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    assert (await (await browse(cast, "practitioner")).json(page_of(cast))).status_code == 404
    assert (await (await browse(cast, "client")).json(page_of(cast))).status_code == 403


async def test_never_charge_late_or_no_show_fees_is_obeyed(cast, browse, visits, offering, hours):
    desk = await browse(cast, "frontdesk")
    assert "Never charge late or no-show fees" in await text(await desk.get(page_of(cast)))
    assert (await desk.send(f"{page_of(cast)}/never-charged", {"on": True})).status_code == 200
    assert (await (await desk.json(page_of(cast))).get_json())["never_charged"] is True
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    with time_machine.travel(at(10) - timedelta(hours=3), tick=True):
        ana = await browse(cast, "client")
        page = await text(await ana.get(f"/appointments/{visits['coming']}"))
        assert "It is late by now." in page and "$75" not in page
    overview = await text(await desk.get(f"/staff/clients/{cast.clients['client']}"))
    assert "changed whether late and no-show fees are charged" in overview
    for name in ("biller", "client"):
        refused = await (await browse(cast, name)).send(f"{page_of(cast)}/never-charged", {"on": False})
        assert refused.status_code == 403, name


async def test_a_wish_stands_there_and_what_was_undone_does_not(cast, browse, offering, hours):
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    actor = await cast.actor("client")
    made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(10))))
    await cast.inside(lambda: cancelling.cancel_in_portal(actor, made.appointment_id))
    await cast.inside(lambda: execute("UPDATE service SET confirm = 'request'"))
    await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(11))))
    desk = await browse(cast, "frontdesk")
    shown = await (await desk.json(page_of(cast))).get_json()
    assert [one["state"] for one in shown["upcoming"]] == ["requested"]
    assert "Waits for an answer" in await text(await desk.get(page_of(cast)))


async def test_an_empty_tab_says_so(cast, browse):
    assert "Nothing is booked" in await text(await (await browse(cast, "frontdesk")).get(page_of(cast)))


async def test_past_ones_come_thirty_at_a_time(cast, browse, offering, hours):
    desk, client = await cast.actor("frontdesk"), cast.clients["client"]
    for number in range(33):
        one = wanted(offering, hours, at(10) - timedelta(days=number + 30))
        await cast.inside(lambda one=one: filling.book_by_staff(desk, one, [client]))
    browser = await browse(cast, "frontdesk")
    first = await (await browser.json(page_of(cast))).get_json()
    second = await (await browser.json(f"{page_of(cast)}?before={first['before']}")).get_json()
    assert (len(first["past"]), len(second["past"]), second["before"]) == (30, 3, None)


async def test_whether_a_reminder_arrived_stands_there(cast, browse, visits):
    desk = await browse(cast, "frontdesk")
    for state, words in (("sent", "Reminded, not confirmed"), ("undelivered", "Reminder undelivered")):
        await cast.inside(lambda state=state: execute("UPDATE attendance SET reminder_state = $1", state))
        assert words in await text(await desk.get(page_of(cast)))
    await cast.inside(lambda: execute("UPDATE attendance SET confirmed_at = now()"))
    assert "Confirmed" in await text(await desk.get(page_of(cast)))
