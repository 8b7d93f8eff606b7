"""Reminders: when they are due, once, to whom they are for; and what their link does."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from models.appointments import booking, cancelling, filling
from models.appointments.tables import Appointment, Attendance, BookingSettings, Offering
from models.core import practices
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.notifications import reminder_mail
from tests.appointments.mailing import html_of, text_of
from tests.appointments.times import NEW_YORK, at, wanted

HERE = "/staff/settings/reminders"


async def page_of(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return str(await answer.get_data(as_text=True))


async def by_staff(cast, one, *clients, **how):
    desk = await cast.actor("frontdesk")
    return await cast.inside(lambda: filling.book_by_staff(desk, one, [cast.clients[name] for name in clients], **how))


async def remind(cast, mailed, moment):
    """The clock's turn at a moment."""
    with time_machine.travel(moment, tick=True):
        await cast.inside(reminder_mail.send_due)
        await mailed.deliver()


async def set_hours(cast, *hours):
    await cast.inside(lambda: execute("UPDATE booking_settings SET reminders = $1::smallint[]", list(hours)))


def reminding(mails):
    return [one for one in mails if one["Subject"].startswith("A reminder")]


def link_of(mail):
    return re.search(r"http://[^/]+(/reminder/[A-Za-z0-9_-]+)", text_of(mail))[1]


@pytest.fixture
async def reminded(cast, mailed, offering, hours):
    """The appointment of the client at ten, reminded of two days before; the path of the link."""
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await remind(cast, mailed, at(10) - timedelta(hours=48) + timedelta(minutes=1))
    (mail,) = reminding(mailed.to("client"))
    return {"id": id, "mail": mail, "link": link_of(mail)}


async def test_a_reminder_is_sent_when_it_is_due_and_only_once(cast, mailed, offering, hours):
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    due = at(10) - timedelta(hours=48)
    await remind(cast, mailed, due - timedelta(seconds=2))
    assert reminding(mailed.to("client")) == []
    for minutes in (0, 1, 5, 60):
        await remind(cast, mailed, due + timedelta(minutes=minutes))
    (mail,) = reminding(mailed.to("client"))
    for part in (text_of(mail), html_of(mail)):
        assert f"{at(10):%A, %B %-d}" in part and "10:00 AM to 10:50 AM" in part and "14 Wharf Street" in part
        assert "(207) 555-0132" in part
        assert not any(word in part for word in ("Counseling with", "Okafor", "Beltr"))
    assert mail["List-Unsubscribe"] is not None


async def test_a_reminder_says_the_time_in_the_clients_own_zone(cast, mailed, offering, hours):
    await cast.inside(lambda: execute(
        "INSERT INTO client_details (id, time_zone) VALUES ($1, 'America/Los_Angeles')"
        " ON CONFLICT (practice_id, id) DO UPDATE SET time_zone = excluded.time_zone", cast.clients["client"],
    ))
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await remind(cast, mailed, at(10) - timedelta(hours=47))
    (mail,) = reminding(mailed.to("client"))
    assert "7:00 AM to 7:50 AM (P" in text_of(mail) and "10:00 AM" not in text_of(mail)


@pytest.mark.parametrize("night", [datetime(2031, 3, 9, 7, tzinfo=UTC), datetime(2031, 11, 2, 6, tzinfo=UTC)])
async def test_hours_before_are_hours_also_over_a_night_in_which_the_clocks_change(
    cast, mailed, offering, hours, night
):
    starts = night + timedelta(hours=9)
    with time_machine.travel(night - timedelta(days=9), tick=True):
        await by_staff(cast, wanted(offering, hours, starts), "client", overlap_ok=True)  # on a Sunday
    await remind(cast, mailed, starts - timedelta(hours=48, seconds=2))
    assert reminding(mailed.to("client")) == []
    await remind(cast, mailed, starts - timedelta(hours=48))
    (mail,) = reminding(mailed.to("client"))
    local = starts.astimezone(NEW_YORK)
    assert f"{local:%-I:%M %p} to" in text_of(mail) and f"({local:%Z})" in text_of(mail)


async def test_two_workers_at_once_send_one(cast, mailed, offering, hours):
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    with time_machine.travel(at(10) - timedelta(hours=47), tick=True):
        await asyncio.gather(*(cast.inside(reminder_mail.send_due) for _ in range(4)))
        await mailed.deliver()
    assert len(reminding(mailed.to("client"))) == 1


async def test_up_to_three_are_sent_each_at_its_time(cast, mailed, offering, hours):
    await set_hours(cast, 72, 24, 2)
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    for before in (72, 24, 2):
        due = at(10).astimezone(UTC) - timedelta(hours=before)  # three days ahead the clocks may change
        await remind(cast, mailed, due + timedelta(minutes=3))
    assert len(reminding(mailed.to("client"))) == 3


async def test_after_a_night_without_a_worker_the_nearest_one_speaks_for_all(cast, mailed, offering, hours):
    await set_hours(cast, 30, 24)
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await remind(cast, mailed, at(10) - timedelta(hours=20))
    await remind(cast, mailed, at(10) - timedelta(hours=19))
    assert len(reminding(mailed.to("client"))) == 1


@pytest.mark.parametrize(("late", "sent"), [(timedelta(hours=11), 1), (timedelta(hours=13), 0)])
async def test_what_comes_much_too_late_reminds_nobody(cast, mailed, offering, hours, late, sent):
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await remind(cast, mailed, at(10) - timedelta(hours=48) + late)
    assert len(reminding(mailed.to("client"))) == sent


async def test_none_for_what_was_cancelled_or_only_asked_for_or_is_past(cast, mailed, offering, hours):
    desk = await cast.actor("frontdesk")
    gone = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    asked = await by_staff(cast, wanted(offering, hours, at(11)), "client")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, gone))
    await cast.inside(lambda: Appointment.filter(id=asked).update(state="requested"))
    await remind(cast, mailed, at(10) - timedelta(hours=45))
    await remind(cast, mailed, at(12) + timedelta(hours=1))
    assert reminding(mailed.to("client")) == []


async def test_a_moved_appointment_is_reminded_of_at_its_new_time_and_not_at_the_old_one(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: filling.move_by_staff(desk, id, None, wanted(offering, hours, at(13, weekday=3))))
    await remind(cast, mailed, at(10) - timedelta(hours=48))
    assert reminding(mailed.to("client")) == []
    await remind(cast, mailed, at(13, weekday=3) - timedelta(hours=48))
    (mail,) = reminding(mailed.to("client"))
    assert "1:00 PM" in text_of(mail)


async def test_a_reminder_that_waits_is_dropped_when_the_time_is_no_longer_so(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    with time_machine.travel(at(10) - timedelta(hours=48), tick=True):
        await cast.inside(reminder_mail.send_due)
        desk = await cast.actor("frontdesk")
        await cast.inside(lambda: cancelling.cancel_by_staff(desk, id))
        await mailed.deliver()
    assert reminding(mailed.to("client")) == []


async def test_what_was_booked_after_the_moment_is_not_reminded_of(cast, mailed, offering, hours):
    with time_machine.travel(at(10) - timedelta(hours=40), tick=True):
        await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await remind(cast, mailed, at(10) - timedelta(hours=39))
    assert reminding(mailed.to("client")) == []


async def test_contacts_get_them_with_gets_reminders_and_the_switch_is_everybodys_own(
    cast, browse, mailed, offering, hours
):
    await by_staff(cast, wanted(offering, hours, at(10)), "teen")
    await by_staff(cast, wanted(offering, hours, at(11)), "child")
    give = "UPDATE portal_access SET permissions = permissions || '{reminders}' WHERE id = $1"
    await cast.inside(lambda: execute(give, cast.accesses["parent", "teen"]))
    leo = await browse(cast, "teen")
    page = await page_of(await leo.get("/preferences"))
    assert "Before an appointment" in page
    assert (await leo.send("/preferences/mails/appointment-reminders", {"on": False})).status_code == 200
    await remind(cast, mailed, at(10) - timedelta(hours=46))
    assert len(reminding(mailed.to("parent"))) == 1 and reminding(mailed.to("coparent")) == []
    assert reminding(mailed.to("teen")) == []
    desk = await browse(cast, "frontdesk")
    tab = await page_of(await desk.get(f"/staff/clients/{cast.clients['teen']}/portal"))
    assert "Gets reminders" in tab


async def test_the_clock_finds_practices_in_which_one_is_due_and_no_others(cast, mailed, offering, hours, monkeypatch):
    looked = []

    async def only_mine(ids, work):
        looked.append(cast.practice_id in ids)

    monkeypatch.setattr(practices, "_one_by_one", only_mine)
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    await reminder_mail.send_all_late()
    due = now() + timedelta(hours=47, minutes=50)
    await cast.inside(lambda: Appointment.filter(id=id).update(starts_at=due, ends_at=due + timedelta(minutes=50)))
    await cast.inside(lambda: execute("UPDATE attendance SET news_at = news_at - interval '1 day'"))
    await reminder_mail.send_all_due()
    await cast.inside(reminder_mail.send_due)
    await reminder_mail.send_all_due()
    assert looked == [False, True, False]


async def test_opening_the_link_changes_nothing_and_the_button_confirms(cast, browse, reminded):
    visitor = await browse(cast)
    page = await page_of(await visitor.get(reminded["link"]))
    assert "10:00 AM to 10:50 AM" in page and "Confirm" in page and "Okafor" not in page and "Beltr" not in page
    assert (await cast.inside(lambda: Attendance.get(appointment_id=reminded["id"]))).confirmed_at is None
    assert (await visitor.post(f"{reminded['link']}/confirm")).status_code == 303
    assert (await cast.inside(lambda: Attendance.get(appointment_id=reminded["id"]))).confirmed_at is not None
    assert "Harbor Counseling knows that you are coming." in await page_of(await visitor.get(reminded["link"]))
    assert (await visitor.send(f"{reminded['link']}/confirm")).status_code == 200
    told = await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = 'appointment.confirmed'"))
    assert len(told) == 1


async def test_change_leads_to_the_portal_or_says_whom_to_call(cast, browse, reminded):
    visitor, client = await browse(cast), cast.clients["client"]
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    page = await page_of(await visitor.get(reminded["link"]))
    assert f'href="/for/{client}/appointments/{reminded["id"]}"' in page
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{cancel-appointments}'"))
    page = await page_of(await visitor.get(reminded["link"]))
    assert f"/for/{client}" not in page and "Call Harbor Counseling at (207) 555-0132." in page


async def test_a_link_of_what_was_moved_cancelled_or_is_over_says_so(cast, browse, reminded, offering, hours):
    visitor, desk = await browse(cast), await cast.actor("frontdesk")
    with time_machine.travel(at(10) + timedelta(minutes=1), tick=True):
        assert "has begun or is over" in await page_of(await visitor.get(reminded["link"]))
    await cast.inside(lambda: filling.move_by_staff(desk, reminded["id"], None, wanted(offering, hours, at(13))))
    page = await page_of(await visitor.get(reminded["link"]))
    assert "This appointment was moved." in page and "<form" not in page and "1:00 PM" not in page
    refused = await visitor.send(f"{reminded['link']}/confirm")
    assert refused.status_code == 410 and (await refused.get_json())["code"] == "reminder-over"
    assert "was moved" in await page_of(await visitor.post(f"{reminded['link']}/confirm"), 410)
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, reminded["id"]))
    assert "This appointment was cancelled." in await page_of(await visitor.get(reminded["link"]))
    assert (await cast.inside(lambda: Attendance.get(appointment_id=reminded["id"]))).confirmed_at is None


async def test_moving_takes_a_confirmation_back(cast, browse, reminded, offering, hours):
    visitor, desk = await browse(cast), await cast.actor("frontdesk")
    await visitor.send(f"{reminded['link']}/confirm")
    await cast.inside(lambda: filling.move_by_staff(desk, reminded["id"], None, wanted(offering, hours, at(13))))
    assert (await cast.inside(lambda: Attendance.get(appointment_id=reminded["id"]))).confirmed_at is None


async def test_no_other_text_is_a_link_and_no_other_practice_takes_it(cast, browse, reminded):
    from tests.support.cast import new_cast

    visitor, link = await browse(cast), reminded["link"]
    altered = f"{link[:-6]}{'A' if link[-6] != 'A' else 'B'}{link[-5:]}"
    for wrong in (link[:-5], altered, f"/reminder/{'A' * 70}", "/reminder/x"):
        assert (await visitor.json(wrong)).status_code == 404, wrong
        assert (await visitor.send(f"{wrong}/confirm")).status_code == 404
    elsewhere = await browse(await new_cast())
    assert (await elsewhere.json(link)).status_code == 404


async def test_whose_access_ended_has_a_link_no_longer(cast, browse, reminded):
    visitor = await browse(cast)
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET revoked_at = now() WHERE login_id = $1", cast.logins["client"]
    ))
    assert (await visitor.json(reminded["link"])).status_code == 410
    assert (await visitor.send(f"{reminded['link']}/confirm")).status_code == 410


async def test_the_calendar_learns_whether_a_reminder_arrived(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    mailed.server.refused_addresses[mailed.address("client")] = "550 No such mailbox"
    await remind(cast, mailed, at(10) - timedelta(hours=47))
    assert (await cast.inside(lambda: Attendance.get(appointment_id=id))).reminder_state == "undelivered"
    told = await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = 'appointment.changed'"))
    assert len(told) == 1


async def test_the_entry_of_the_calendar_says_confirmed_unconfirmed_or_undelivered(cast, browse, reminded):
    desk = await browse(cast, "frontdesk")
    entry = f"/staff/calendar/{reminded['id']}"
    assert "Reminded, not confirmed" in await page_of(await desk.get(entry))
    await cast.inside(lambda: execute("UPDATE attendance SET reminder_state = 'undelivered'"))
    assert "Reminder undelivered" in await page_of(await desk.get(entry))
    await (await browse(cast)).send(f"{reminded['link']}/confirm")
    page = await page_of(await desk.get(entry))
    assert "Confirmed" in page and "Reminder undelivered" not in page


async def test_one_who_was_reached_is_enough(cast, mailed, offering, hours):
    id = await by_staff(cast, wanted(offering, hours, at(10)), "teen")
    give = "UPDATE portal_access SET permissions = permissions || '{reminders}' WHERE id = $1"
    await cast.inside(lambda: execute(give, cast.accesses["parent", "teen"]))
    mailed.server.refused_addresses[mailed.address("teen")] = "550 No such mailbox"
    await remind(cast, mailed, at(10) - timedelta(hours=47))
    assert (await cast.inside(lambda: Attendance.get(appointment_id=id))).reminder_state == "sent"


async def test_account_settings_reminders_takes_up_to_three(cast, browse):
    owner = await browse(cast, "owner")
    shown = await (await owner.json(HERE)).get_json()
    assert shown == {"hours": [48, None, None], "version": 1}
    sent = {"hours_1": "2", "hours_2": "72", "hours_3": "36", "version": "1"}
    assert (await owner.post(HERE, sent)).status_code == 303
    assert (await (await owner.json(HERE)).get_json()) == {"hours": [72, 36, 2], "version": 2}
    assert (await owner.post(HERE, {"hours_1": "", "hours_2": "", "hours_3": ""})).status_code == 303
    assert (await (await owner.json(HERE)).get_json())["hours"] == [None, None, None]
    assert (await owner.send(HERE, {"hours_1": 24, "version": 1})).status_code == 409


@pytest.mark.parametrize(
    ("given", "field"),
    [({"hours_1": "0"}, "hours_1"), ({"hours_2": "337"}, "hours_2"), ({"hours_1": "24", "hours_3": "24"}, "hours_3"),
     ({"hours_1": "soon"}, "hours_1")],
)
async def test_what_cannot_be_is_refused_and_what_was_typed_stays(browse, cast, given, field):
    owner = await browse(cast, "owner")
    answer = await owner.send(HERE, given)
    assert answer.status_code == 422 and set((await answer.get_json())["errors"]) == {field}
    assert f'value="{given[field]}"' in await page_of(await owner.post(HERE, given), 422)


@pytest.mark.parametrize("name", ["practitioner", "supervisor", "frontdesk", "biller", "client"])
async def test_nobody_else_sets_them(browse, cast, name):
    browser = await browse(cast, name)
    assert (await browser.json(HERE)).status_code == 403
    assert (await browser.send(HERE, {"hours_1": 24})).status_code == 403


async def test_new_hours_hold_for_what_is_booked_already(cast, browse, mailed, offering, hours):
    await by_staff(cast, wanted(offering, hours, at(10)), "client")
    owner = await browse(cast, "owner")
    await owner.send(HERE, {"hours_1": 5})
    await remind(cast, mailed, at(10) - timedelta(hours=48))
    assert reminding(mailed.to("client")) == []
    await remind(cast, mailed, at(10) - timedelta(hours=5))
    assert len(reminding(mailed.to("client"))) == 1


async def test_each_of_a_group_is_reminded_once_also_when_another_leaves(cast, mailed, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=8))
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client", "teen")
    await remind(cast, mailed, at(10) - timedelta(hours=48))
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id, [cast.clients["teen"]]))
    await remind(cast, mailed, at(10) - timedelta(hours=47))
    assert len(reminding(mailed.to("client"))) == len(reminding(mailed.to("teen"))) == 1


async def test_a_wish_is_reminded_of_once_it_is_an_appointment(cast, mailed, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    await cast.inside(lambda: BookingSettings.all().update(reminders=[24]))
    actor = await cast.actor("client")
    made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(10))))
    await remind(cast, mailed, at(10) - timedelta(hours=24))
    assert made.state == "requested" and reminding(mailed.to("client")) == []


@pytest.fixture
async def undelivered(cast, mailed, offering, hours):
    """The appointment of the client at ten, whose reminder the mail server refused."""
    id = await by_staff(cast, wanted(offering, hours, at(10)), "client")
    mailed.server.refused_addresses[mailed.address("client")] = "550 No such mailbox"
    await remind(cast, mailed, at(10) - timedelta(hours=47))
    mailed.server.refused_addresses.clear()
    return id


async def listed(browser):
    day = at(0).isoformat().replace("+", "%2B")
    end = (at(0) + timedelta(days=1)).isoformat().replace("+", "%2B")
    answer = await browser.json(f"/staff/calendar/entries?from={day}&until={end}")
    return [one["reminder"] for one in (await answer.get_json())["entries"]]


async def test_the_calendar_shows_whose_reminder_did_not_arrive_and_who_has_not_confirmed(
    cast, browse, undelivered
):
    desk, practice = await browse(cast, "frontdesk"), f"/staff/calendar?view=day&day={at(10).date()}"
    assert await listed(desk) == ["undelivered"]
    assert "Reminder undelivered" in await page_of(await desk.get(practice))
    await cast.inside(lambda: execute("UPDATE attendance SET reminder_state = 'sent'"))
    assert await listed(desk) == ["unconfirmed"]
    assert "Not confirmed" in await page_of(await desk.get(practice))
    await cast.inside(lambda: execute("UPDATE attendance SET confirmed_at = now()"))
    assert await listed(desk) == [""]


async def test_the_desk_sends_an_undelivered_reminder_again_or_calls(cast, browse, mailed, undelivered):
    desk, client = await browse(cast, "frontdesk"), str(cast.clients["client"])
    page, here = await page_of(await desk.get(f"/staff/calendar/{undelivered}")), f"/staff/appointments/{undelivered}"
    assert f'action="{here}/remind"' in page and "Call (207) 555-0148" in page and 'href="tel:207555-0148"' in page
    with time_machine.travel(at(10) - timedelta(hours=46), tick=True):
        desk = await browse(cast, "frontdesk")
        assert (await desk.post(f"{here}/remind", {"client": client})).status_code == 303
        again = await desk.send(f"{here}/remind", {"client": client})
        assert again.status_code == 409 and (await again.get_json())["code"] == "not-undelivered"
        await mailed.deliver()
        page = await page_of(await desk.get(f"/staff/calendar/{undelivered}"))
    assert len(reminding(mailed.to("client"))) == 1
    assert "Reminded, not confirmed" in page and f'action="{here}/remind"' not in page
    told = await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = 'appointment.reminded'"))
    assert len(told) == 1


async def test_who_wants_no_reminders_gets_none_from_the_desk_and_the_page_says_so(cast, browse, mailed, undelivered):
    desk, here = await browse(cast, "frontdesk"), f"/staff/appointments/{undelivered}/remind"
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET revoked_at = now() WHERE login_id = $1", cast.logins["client"]
    ))
    await cast.inside(lambda: execute("UPDATE client SET mails_off = '{appointment-reminders}'"))
    refused = await desk.post(here, {"client": str(cast.clients["client"])})
    assert "There is no address to write to, or they want no e-mails." in await page_of(refused, 409)
    state = (await cast.inside(lambda: Attendance.get(appointment_id=undelivered))).reminder_state
    assert state == "undelivered", "nothing was sent"
    assert await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = 'appointment.reminded'")) == []


async def test_nobody_is_reminded_again_of_what_is_cancelled_and_only_by_who_fills_the_calendar(
    cast, browse, undelivered
):
    here, sent = f"/staff/appointments/{undelivered}/remind", {"client": str(cast.clients["client"])}
    for name, status in (("biller", 404), ("client", 403)):
        assert (await (await browse(cast, name)).send(here, sent)).status_code == status, name
    give = "UPDATE appointment SET staff_id = $1"
    await cast.inside(lambda: execute(give, cast.staff["owner"]))
    maya = await browse(cast, "practitioner")
    assert (await maya.get(f"/staff/calendar/{undelivered}")).status_code == 200, "it is her client"
    refused = await maya.send(here, sent)
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "not-your-calendar"
    await cast.inside(lambda: execute(give, cast.staff["practitioner"]))
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, undelivered))
    refused = await (await browse(cast, "frontdesk")).send(here, sent)
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "no-longer-due"
