"""Mails about appointments: what is true after three minutes, once, to whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
import vobject

from models.appointments import booking, cancelling, clearing, filling, outcomes
from models.appointments.clearing_plan import Plan, Shown
from models.appointments.events import CHANGED
from models.appointments.tables import Appointment, BookingSettings, Offering
from models.appointments.telling import tell
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all
from tests.appointments.mailing import file_of, html_of, text_of
from tests.appointments.times import at, wanted


async def by_client(cast, one, name="client", **acting):
    actor = await cast.actor(name, **acting)
    return (await cast.inside(lambda: booking.book(actor, one))).appointment_id


async def by_staff(cast, one, *clients):
    desk = await cast.actor("frontdesk")
    return await cast.inside(lambda: filling.book_by_staff(desk, one, [cast.clients[name] for name in clients]))


async def cancelled_by_staff(cast, id, **how):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id, **how))


async def moved_by_staff(cast, id, one):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: filling.move_by_staff(desk, id, None, one))


async def test_no_mail_goes_out_before_the_minutes_of_grace_are_over(cast, mailed, offering, hours):
    await by_client(cast, wanted(offering, hours, at(10)))
    (rest,) = await mailed.tell()
    assert timedelta(seconds=170) < rest <= timedelta(minutes=3)
    await mailed.deliver()
    assert mailed.server.mails == []
    await mailed.three_minutes_later()
    assert len(mailed.to("client")) == 1


async def test_a_booking_is_confirmed_with_an_entry_for_the_calendar(cast, mailed, offering, hours):
    id = await by_client(cast, wanted(offering, hours, at(10)))
    await mailed.three_minutes_later()
    (mail,) = mailed.to("client")
    assert mail["Subject"] == "Booked: Your appointment with Harbor Counseling"
    for part in (text_of(mail), html_of(mail)):
        assert f"{at(10):%A, %B %-d}" in part and "10:00 AM to 10:50 AM (E" in part and "14 Wharf Street" in part
        assert f"/for/{cast.clients['client']}/appointments/{id}" in part
    method, text = file_of(mail)
    (entry,) = vobject.readOne(text).vevent_list
    assert method == "REQUEST" and entry.dtstart.value == at(10)
    assert entry.attendee.value == f"mailto:{mailed.address('client')}"


async def test_contacts_with_view_appointments_are_told_at_their_own_addresses_and_others_are_not(
    cast, mailed, offering, hours
):
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{}' WHERE login_id = $1 AND contact_id IS NOT NULL",
        cast.logins["coparent"],
    ))
    await by_staff(cast, wanted(offering, hours, at(10)), "teen")
    await mailed.three_minutes_later()
    assert (len(mailed.to("teen")), len(mailed.to("parent")), mailed.to("coparent")) == (1, 1, [])
    (mail,) = mailed.to("parent")
    assert mailed.address("teen") not in mail.as_string() and "Marsh" not in mail.as_string()


async def test_times_are_those_of_the_clients_own_zone(cast, mailed, offering, hours):
    await cast.inside(lambda: execute(
        "INSERT INTO client_details (id, time_zone) VALUES ($1, 'America/Los_Angeles')"
        " ON CONFLICT (practice_id, id) DO UPDATE SET time_zone = excluded.time_zone", cast.clients["client"],
    ))
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    (mail,) = mailed.to("client")
    assert "7:00 AM to 7:50 AM (P" in text_of(mail)


async def test_what_was_undone_within_the_minutes_of_grace_was_never_told(cast, mailed, offering, hours):
    id = await by_client(cast, wanted(offering, hours, at(10)))
    ana = await cast.actor("client")
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    ana = await cast.actor("client")
    await cast.inside(lambda: cancelling.cancel_in_portal(ana, id))
    await mailed.three_minutes_later()
    assert mailed.server.mails == []


async def test_several_changes_within_the_grace_make_one_mail_about_what_is_true_then(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    await cancelled_by_staff(cast, id)
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: outcomes.take_back(desk, id, cast.clients["client"]))
    await mailed.three_minutes_later()
    (mail,) = mailed.to("client")
    assert mail["Subject"].startswith("Booked: ") and "1:00 PM to 1:50 PM" in text_of(mail)


async def test_a_later_change_within_the_grace_makes_the_earlier_job_wait(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await cast.inside(lambda: execute("UPDATE attendance SET news_at = news_at - interval '179 seconds'"))
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    (rest,) = await mailed.tell()
    assert rest > timedelta(minutes=2) and mailed.server.mails == []


async def test_a_move_and_a_cancellation_are_told_once_and_change_the_same_entry(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    await mailed.three_minutes_later()
    await mailed.three_minutes_later()
    await cancelled_by_staff(cast, id, reason="Canary reason")
    await mailed.three_minutes_later()
    booked, moved, gone = mailed.to("client")
    assert [one["Subject"].partition(":")[0] for one in (booked, moved, gone)] == ["Booked", "Moved", "Cancelled"]
    entries = [vobject.readOne(file_of(one)[1]).vevent_list[0] for one in (booked, moved, gone)]
    assert len({one.uid.value for one in entries}) == 1
    assert [int(one.sequence.value) for one in entries] == [0, 1, 2]
    assert (file_of(gone)[0], entries[2].status.value) == ("CANCEL", "CANCELLED")
    assert "Canary" not in gone.as_string() and "Moreau" not in text_of(gone)


async def test_moved_and_moved_back_is_no_news(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    await moved_by_staff(cast, id, wanted(offering, hours, at(10)))
    await mailed.three_minutes_later()
    assert len(mailed.to("client")) == 1


async def test_another_way_to_meet_is_told_and_a_note_of_staff_is_not(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    desk, client = await cast.actor("frontdesk"), cast.clients["client"]

    async def changed(**what):
        async with change(desk, "test.change"):
            await Appointment.filter(id=id).update(**what)
            await tell(desk, CHANGED, await Appointment.get(id=id), [client])

    await cast.inside(lambda: changed(note="Canary"))
    await mailed.three_minutes_later()
    assert len(mailed.to("client")) == 1
    await cast.inside(lambda: changed(mode="phone"))
    await mailed.three_minutes_later()
    mail = mailed.to("client")[-1]
    assert mail["Subject"].startswith("Changed: ") and "By phone: you are called." in text_of(mail)


async def test_a_late_cancellation_says_so_and_names_no_amount(cast, mailed, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    await cancelled_by_staff(cast, id, late=True)
    await mailed.three_minutes_later()
    mail = mailed.to("client")[-1]
    assert "It counts as a late cancellation." in text_of(mail) and "$75" not in text_of(mail)


async def test_who_leaves_a_family_is_told_and_the_others_are_not(cast, mailed, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="family", capacity=3))
    id = await by_staff(cast, wanted(offering, hours, at(10)), "teen", "client")
    await mailed.three_minutes_later()
    await cancelled_by_staff(cast, id, clients=[cast.clients["teen"]])
    await mailed.three_minutes_later()
    assert (len(mailed.to("teen")), len(mailed.to("client"))) == (2, 1)
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: outcomes.take_back(desk, id, cast.clients["teen"]))
    await mailed.three_minutes_later()
    assert mailed.to("teen")[-1]["Subject"].startswith("Booked") and len(mailed.to("client")) == 1


async def test_the_practitioner_hears_once_of_what_clients_do_and_not_of_what_the_desk_does(
    cast, mailed, offering, hours
):
    await by_staff(cast, wanted(offering, hours, at(9)), "client")
    await by_client(cast, wanted(offering, hours, at(11)))
    await mailed.three_minutes_later()
    (mail,) = mailed.to("practitioner")
    assert "A client booked a time on your calendar:" in text_of(mail) and "11:00 AM to 11:50 AM" in text_of(mail)
    assert "Beltr" not in mail.as_string() and not list(mail.iter_attachments())
    assert mailed.to("frontdesk") == []


@pytest.mark.parametrize("name", ["client", "practitioner"])
async def test_each_of_these_mails_has_a_switch(cast, browse, mailed, offering, hours, name):
    kind = {"client": "appointment", "practitioner": "appointment-by-client"}[name]
    root = "/staff/preferences" if name == "practitioner" else "/preferences"
    browser = await browse(cast, name)
    page = await (await browser.get(root)).get_data(as_text=True)
    assert f'action="{root}/mails/{kind}"' in page
    assert (await browser.send(f"{root}/mails/{kind}", {"on": False})).status_code == 200
    await by_client(cast, wanted(offering, hours, at(10)))
    await mailed.three_minutes_later()
    assert mailed.to(name) == []
    wrong = {"client": "onboarding-completed", "practitioner": "appointment"}[name]
    assert (await browser.send(f"{root}/mails/{wrong}", {"on": False})).status_code == 404


async def test_whose_access_ended_meanwhile_reads_nothing_of_it(cast, mailed, offering, hours):
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await cast.inside(lambda: execute("UPDATE attendance SET news_at = news_at - interval '181 seconds'"))
    await mailed.tell()
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET revoked_at = now() WHERE login_id = $1", cast.logins["client"]
    ))
    await mailed.deliver()
    assert mailed.to("client") == []


async def test_a_mail_that_waited_is_dropped_when_something_newer_will_be_told(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await cast.inside(lambda: execute("UPDATE attendance SET news_at = news_at - interval '181 seconds'"))
    await mailed.tell()
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    await mailed.deliver()
    assert mailed.to("client") == []
    await mailed.three_minutes_later()
    (mail,) = mailed.to("client")
    assert "1:00 PM" in text_of(mail)


async def test_nobody_is_mailed_about_the_past_nor_while_the_portal_is_turned_off(cast, mailed, offering, hours):
    await by_staff(cast, wanted(offering, hours, at(10) - timedelta(days=60)), "client")
    await mailed.three_minutes_later()
    await cast.inside(lambda: execute("UPDATE practice SET state = 'closed' WHERE id = portico_here()"))
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    assert mailed.server.mails == []


async def test_each_change_enqueues_one_job_for_after_the_grace(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    rows = await cast.inside(lambda: fetch_all(
        "SELECT dedupe_key, execute_after - created AS after FROM pgqueuer WHERE entrypoint = 'appointment.tell'"
        " AND convert_from(payload, 'UTF8') LIKE '%' || portico_here() || '%'"
    ))
    assert len({row["dedupe_key"] for row in rows}) == 2
    assert all(timedelta(seconds=179) < row["after"] < timedelta(seconds=181) for row in rows)


async def test_time_travel_does_not_double_what_was_told(cast, mailed, offering, hours):
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    with time_machine.travel(now() + timedelta(minutes=4), tick=True):
        assert await mailed.tell() == [None]
        assert await mailed.tell() == [None]
    await mailed.deliver()
    assert len(mailed.to("client")) == 1


async def cleared_day(cast, *ids, **how):
    """By the desk: these, with a message."""
    desk, there = await cast.actor("frontdesk"), await cast.inside(lambda: Appointment.filter(id__in=ids))
    day = at(10).date()
    asked = Plan(cast.staff["practitioner"], day, day, how.pop("kind", "cancel"), how.pop("days", 0))
    chosen = {one.id: Shown(one.version) for one in there}
    return await cast.inside(lambda: clearing.clear(desk, asked, chosen, **how))


@pytest.mark.parametrize(("kind", "opening"), [("cancel", "Cancelled"), ("move", "Moved")])
async def test_what_the_practice_wrote_about_a_cleared_day_stands_in_the_mail_about_it(
    cast, mailed, offering, hours, kind, opening
):
    mine = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    theirs = await by_staff(cast, wanted(offering, hours, at(13)), "teen")
    await mailed.three_minutes_later()
    words = "We’re closed that day & sorry.\nCall us <any time>."
    await cleared_day(cast, mine, kind=kind, days=7 if kind == "move" else 0, words=words)
    await cancelled_by_staff(cast, theirs)
    await mailed.three_minutes_later()
    mail, other = mailed.to("client")[-1], mailed.to("teen")[-1]
    assert mail["Subject"].startswith(f"{opening}: ") and "Harbor Counseling writes:" in text_of(mail)
    assert words in text_of(mail).replace("\r\n", "\n")
    assert "We’re closed that day &amp; sorry.<br>Call us &lt;any time&gt;." in html_of(mail)
    assert "writes:" not in text_of(other) and "closed" not in html_of(other), "nobody else reads it"


async def test_the_words_stay_with_a_note_of_staff_and_go_with_the_next_change(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    await cleared_day(cast, id, kind="move", days=7, words="We are closed that day.")
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: filling.note_by_staff(desk, id, None, "Bring the form"))
    await mailed.three_minutes_later()
    assert "We are closed that day." in text_of(mailed.to("client")[-1])
    await moved_by_staff(cast, id, wanted(offering, hours, at(13)))
    await mailed.three_minutes_later()
    mail = mailed.to("client")[-1]
    assert "1:00 PM" in text_of(mail) and "closed" not in text_of(mail)


async def test_a_day_that_was_cleared_and_taken_back_within_the_grace_is_no_news(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await mailed.three_minutes_later()
    made = await cleared_day(cast, id, words="We are closed that day.")
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: clearing.undo(desk, made))
    await mailed.three_minutes_later()
    assert len(mailed.to("client")) == 1
