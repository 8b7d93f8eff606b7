"""Calendar files, read by a parser that is not the one that wrote them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import vobject

from models.appointments import booking, cancelling, filling
from models.appointments.calendar_file import calendar_file
from models.appointments.outward import Outward, outward, outward_of
from models.appointments.tables import Appointment, Attendance
from models.core.database import execute
from tests.appointments.times import NEW_YORK, at, wanted

STARTS, MINUTES = datetime(2026, 12, 8, 15, tzinfo=UTC), timedelta(minutes=50)
ONE = Outward(
    attendance_id=UUID(int=3), client_id=UUID(int=4), own_state="booked", confirmed_at=None, told=None, id=UUID(int=1),
    state="scheduled", starts_at=STARTS, ends_at=STARTS + MINUTES,
    mode="in-person", sequence=0, location_id=None, staff_id=UUID(int=5), location="Wharf Street",
    address="14 Wharf Street\nPortland, Maine 04101", practice_name="Harbor Counseling", phone="(207) 555-0132",
    zone="America/New_York", subdomain="harbor",
)


def read(text: str):
    """The one entry of a file, with the method it comes under."""
    calendar = vobject.readOne(text)
    assert calendar.version.value == "2.0" and calendar.prodid.value
    (entry,) = calendar.vevent_list
    return calendar.method.value, entry


def test_an_independent_parser_reads_all_that_is_in_it():
    method, entry = read(calendar_file(ONE, attendee="ana@example.test"))
    assert (method, entry.status.value, entry.sequence.value) == ("REQUEST", "CONFIRMED", "0")
    assert entry.dtstart.value == ONE.starts_at and entry.dtend.value == ONE.ends_at
    assert entry.summary.value == "Appointment with Harbor Counseling"
    assert entry.location.value == "Wharf Street, 14 Wharf Street, Portland, Maine 04101"
    assert entry.organizer.value == "mailto:portal@portico.test"
    assert entry.organizer.params["CN"] == ["Harbor Counseling"]
    assert entry.attendee.value == "mailto:ana@example.test"
    assert entry.url.value.endswith(f"/for/{UUID(int=4)}/appointments/{UUID(int=1)}")
    assert entry.url.value.startswith("http://harbor.localhost:")
    assert entry.uid.value.startswith(str(UUID(int=1))) and entry.uid.value.endswith("@localhost")


def test_every_line_is_short_and_ends_as_the_standard_says():
    raw = calendar_file(replace(ONE, practice_name="Zentrum für Gespräche " * 8), attendee="ana@example.test").encode()
    assert raw.endswith(b"END:VCALENDAR\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_a_change_is_the_same_entry_told_again_and_a_cancellation_takes_it_back():
    first = read(calendar_file(ONE, attendee="ana@example.test"))[1]
    moved = replace(ONE, sequence=1, starts_at=STARTS + timedelta(days=1), ends_at=STARTS + timedelta(days=1) + MINUTES)
    method, second = read(calendar_file(moved, attendee="ana@example.test"))
    assert (method, second.uid.value, second.sequence.value) == ("REQUEST", first.uid.value, "1")
    for gone in (replace(moved, sequence=2, state="cancelled", own_state="cancelled"),
                 replace(moved, sequence=2, own_state="late-cancelled")):
        method, third = read(calendar_file(gone, attendee="ana@example.test"))
        assert (method, third.status.value, third.uid.value) == ("CANCEL", "CANCELLED", first.uid.value)
        assert third.sequence.value == "2"


def test_two_clients_of_one_appointment_have_an_entry_each_and_no_name_of_the_other():
    other = replace(ONE, attendance_id=UUID(int=9), client_id=UUID(int=8))
    mine, theirs = calendar_file(ONE, attendee="ana@example.test"), calendar_file(other, attendee="ben@example.test")
    assert read(mine)[1].uid.value != read(theirs)[1].uid.value
    assert str(UUID(int=8)) not in mine.replace("\r\n ", "") and "ben@" not in mine


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("year", [2026, 2027])
def test_times_are_right_on_the_days_on_which_clocks_change(zone, year):
    """Every hour of the days around each change of the clocks is read back as the same moment."""
    here, hour = ZoneInfo(zone), timedelta(hours=1)
    moments = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=step) for step in range(365 * 24)]
    changes = [one for one in moments
               if one.astimezone(here).utcoffset() != (one + hour).astimezone(here).utcoffset()]
    assert len(changes) == 2
    for change in changes:
        for hours in range(-3, 4):
            starts = change + timedelta(hours=hours, minutes=30)
            one = replace(ONE, starts_at=starts.astimezone(here), ends_at=starts + MINUTES, zone=zone)
            _, entry = read(calendar_file(one))
            assert entry.dtstart.value == starts
            local = entry.dtstart.value.astimezone(here)
            assert (local.hour, local.fold) == (starts.astimezone(here).hour, starts.astimezone(here).fold)


@pytest.mark.parametrize(("starts", "words"), [
    (datetime(2031, 11, 2, 5, 30, tzinfo=UTC), "1:30 AM (EDT) to 1:20 AM (EST)"),
    (datetime(2031, 11, 2, 6, 30, tzinfo=UTC), "1:30 AM to 2:20 AM (EST)"),
    (datetime(2031, 3, 9, 6, 30, tzinfo=UTC), "1:30 AM (EST) to 3:20 AM (EDT)"),
    (datetime(2031, 3, 9, 7, 30, tzinfo=UTC), "3:30 AM to 4:20 AM (EDT)"),
])
def test_a_mail_says_the_times_of_such_a_night_so_that_they_are_one(starts, words):
    assert replace(ONE, starts_at=starts, ends_at=starts + MINUTES).times == words


@pytest.mark.parametrize("name", ["Evil\r\nATTENDEE:mailto:x@y.test", "a;b,c\\n", 'Quote "x"', "Überlingen 🌊"])
def test_no_name_writes_a_line_of_its_own(name):
    _, entry = read(calendar_file(replace(ONE, practice_name=name, address=name), attendee="ana@example.test"))
    assert [one.value for one in entry.attendee_list] == ["mailto:ana@example.test"]
    assert entry.summary.value == f"Appointment with {' '.join(name.split())}"


async def test_clients_add_an_appointment_to_their_calendar(cast, browse, offering, hours):
    actor = await cast.actor("client")
    made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(10))))
    ana = await browse(cast, "client")
    page = await (await ana.get(f"/appointments/{made.appointment_id}")).get_data(as_text=True)
    assert f'href="/appointments/{made.appointment_id}/calendar.ics"' in page and "Add to calendar" in page
    answer = await ana.get(f"/appointments/{made.appointment_id}/calendar.ics")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert "appointment.ics" in answer.headers["Content-Disposition"]
    method, entry = read(await answer.get_data(as_text=True))
    assert (method, entry.dtstart.value) == ("PUBLISH", at(10)) and not hasattr(entry, "attendee")


async def test_after_a_move_and_a_cancellation_the_file_is_still_of_the_same_entry(cast, offering, hours):
    desk, client = await cast.actor("frontdesk"), cast.clients["client"]
    id = await cast.inside(lambda: filling.book_by_staff(desk, wanted(offering, hours, at(10)), [client]))

    async def file():
        return read(calendar_file(await outward_of(id, client), attendee="ana@example.test"))

    _, first = await cast.inside(file)
    await cast.inside(lambda: filling.move_by_staff(desk, id, None, wanted(offering, hours, at(13))))
    _, second = await cast.inside(file)
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id))
    method, third = await cast.inside(file)
    assert first.uid.value == second.uid.value == third.uid.value and method == "CANCEL"
    assert int(first.sequence.value) < int(second.sequence.value) < int(third.sequence.value)
    assert second.dtstart.value == at(13).astimezone(NEW_YORK)


async def test_who_may_not_see_an_appointment_has_no_file_of_it_and_a_wish_has_none(cast, browse, offering, hours):
    desk, asked = await cast.actor("frontdesk"), wanted(offering, hours, at(10))
    id = await cast.inside(lambda: filling.book_by_staff(desk, asked, [cast.clients["child"]]))
    ana, karen, child = await browse(cast, "client"), await browse(cast, "parent"), cast.clients["child"]
    path = f"/for/{child}/appointments/{id}/calendar.ics"
    assert (await karen.get(path)).status_code == 200
    assert (await ana.get(f"/appointments/{id}/calendar.ics")).status_code == 404
    await cast.inside(lambda: Appointment.filter(id=id).update(state="requested"))
    assert (await karen.get(path)).status_code == 404
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    assert (await karen.get(path)).status_code == 403


async def test_nothing_clinical_and_nobodys_name_leaves_the_house(cast, offering, hours):
    desk, asked = await cast.actor("frontdesk"), wanted(offering, hours, at(10))
    id = await cast.inside(lambda: filling.book_by_staff(desk, asked, [cast.clients["client"]], note="canary7 note"))
    await cast.inside(lambda: execute("UPDATE service SET name = 'canary7 service', description = 'canary7'"))
    await cast.inside(lambda: execute("UPDATE attendance SET reason = 'canary7 reason', waiver = 'canary7'"))
    attendance = await cast.inside(lambda: Attendance.get(appointment_id=id))
    one = await cast.inside(lambda: outward(attendance.id))
    text = calendar_file(one, attendee="ana@example.test").replace("\r\n ", "")
    for word in ("canary7", "Counseling with", "Beltr", "Okafor"):
        assert word not in text
