"""Online booking in the portal, page by page: a service, how and with whom, a time that is held, the details."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from models.appointments.tables import Appointment, Attendance, BookingRequest, BookingSettings, Offering
from models.core.clock import now
from models.core.database import execute
from tests.appointments.conftest import offer, open_week
from tests.appointments.times import at
from tests.support.browsing import key

BOOK = "/appointments/book"


async def text(answer, status=200) -> str:
    words = str(await answer.get_data(as_text=True))
    assert answer.status_code == status, (answer.status_code, words[-2000:])
    return words


def asked(offering, hours, **other) -> dict[str, str]:
    return {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": str(hours.staff_id),
            **other}


def query(given) -> str:
    return "&".join(f"{name}={value}" for name, value in given.items())


def time_of(moment, hours) -> str:
    return f"{moment.isoformat()}/{hours.location_id}"


async def held(browser, offering, hours, moment, base="", **other):
    sent = await browser.send(f"{base}{BOOK}/hold", asked(offering, hours, time=time_of(moment, hours), **other))
    return sent, await sent.get_json()


async def test_current_clients_schedule_an_appointment_step_by_step(cast, browse, offering, hours):
    ana = await browse(cast, "client")
    page = await text(await ana.get(BOOK))
    assert "Counseling" in page and "50 minutes" in page and "$120" in page and "With Maya Okafor" in page
    page = await text(await ana.get(f"{BOOK}?service={offering.id}"))
    assert "How do you want to meet?" in page and "How long?" not in page and "With whom?" not in page
    day = at(10).date()
    page = await text(await ana.get(f"{BOOK}?{query(asked(offering, hours, day=day))}"))
    assert f'value="{time_of(at(10).astimezone(UTC), hours)}"' in page and "Morning" in page and "Your choice" in page
    form = asked(offering, hours, time=time_of(at(10), hours), day=str(day))
    page = await text(await ana.post(f"{BOOK}/hold", form))
    assert "Book this time?" in page and "Held for you for" in page and "$120" in page
    free = at(10) - timedelta(hours=24)
    assert f"Free to cancel until {free:%A, %B %-d, %-I:%M %p}" in page
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    sent = await ana.post(BOOK, {**hidden, "message": "See you"})
    assert sent.status_code == 303 and sent.headers["Location"].endswith("/booked")
    page = await text(await ana.get(sent.headers["Location"]))
    assert "It is booked" in page and "Take it back" in page
    row = await cast.inside(lambda: Appointment.get(state="scheduled"))
    assert (str(row.id), row.starts_at) == (hidden["hold"], at(10))


async def test_the_time_is_held_on_choosing_and_others_no_longer_find_it(cast, browse, offering, hours):
    ana, leo = await browse(cast, "client"), await browse(cast, "teen")

    async def found():
        told = await (await leo.json(f"{BOOK}?{query(asked(offering, hours, day=at(10).date()))}")).get_json()
        return [datetime.fromisoformat(one["starts_at"]) for one in told["times"]]

    assert at(10) in await found()
    sent, told = await held(ana, offering, hours, at(10))
    assert sent.status_code == 200 and 290 <= told["seconds"] <= 300 and told["at_once"] is True
    assert at(10) not in await found()
    sent, refused = await held(leo, offering, hours, at(10))
    assert (sent.status_code, refused["code"]) == (409, "time-taken")
    page = await text(await leo.post(f"{BOOK}/hold", asked(offering, hours, time=time_of(at(10), hours))), 409)
    assert "That time was just taken" in page and "slot-grid" in page


async def test_another_choice_lets_the_first_time_go_and_so_does_leaving_the_page(cast, browse, offering, hours):
    ana = await browse(cast, "client")
    _, first = await held(ana, offering, hours, at(10))
    _, second = await held(ana, offering, hours, at(14), hold=first["hold"])
    assert await cast.inside(lambda: Appointment.filter(state="hold").values_list("id", flat=True)) == [
        UUID(second["hold"])
    ]
    leo = await browse(cast, "teen")
    assert (await leo.send(f"{BOOK}/release", {"hold": second["hold"]})).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 1, "somebody else's stays"
    assert (await ana.send(f"{BOOK}/release", {"hold": second["hold"]})).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0


async def test_who_takes_longer_than_the_hold_lasts_books_what_is_still_free(cast, browse, offering, hours):
    ana = await browse(cast, "client")
    _, told = await held(ana, offering, hours, at(10))
    with time_machine.travel(now() + timedelta(minutes=6), tick=True):
        form = asked(offering, hours, time=time_of(at(10), hours), hold=told["hold"], key=key())
        assert (await ana.send(BOOK, form)).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="scheduled").count()) == 1


async def test_a_form_sent_twice_books_once(cast, browse, offering, hours):
    ana = await browse(cast, "client")
    _, told = await held(ana, offering, hours, at(10))
    form = asked(offering, hours, time=time_of(at(10), hours), hold=told["hold"], key=key())
    first, second = [await (await ana.send(BOOK, form)).get_json() for _ in range(2)]
    assert first["appointment"] == second["appointment"]
    assert await cast.inside(lambda: Attendance.all().count()) == 1


async def test_questions_are_answered_on_the_page_and_nothing_typed_is_lost(cast, browse, offering, hours):
    why = [{"id": "why", "label": "What brings you here?", "kind": "long", "required": True},
           {"id": "how", "label": "Who sent you?", "kind": "choice", "required": False, "choices": ["A", "B"]},
           {"id": "new", "label": "Is it your first time?", "kind": "yes-no", "required": False}]
    await cast.inside(lambda: Offering.filter(id=offering.id).update(questions=why))
    ana = await browse(cast, "client")
    _, told = await held(ana, offering, hours, at(10))
    form = asked(offering, hours, time=time_of(at(10), hours), hold=told["hold"])
    page = await text(await ana.post(BOOK, {**form, "message": "A word", "answer_why": "", "answer_new": "yes"}), 422)
    assert "Answer this question." in page and "A word" in page and "Held for you" in page
    assert re.search(r'name="answer_new" value="yes" checked', page)
    sent = await ana.post(BOOK, {**form, "answer_why": "Sleep", "answer_how": "B"})
    assert sent.status_code == 303
    who = await cast.inside(lambda: Attendance.get(client_id=cast.clients["client"]))
    assert [one["answer"] for one in who.answers] == ["Sleep", "B"]


async def test_what_is_asked_for_says_what_happens_next(cast, browse, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    ana = await browse(cast, "client")
    _, told = await held(ana, offering, hours, at(10))
    assert told["at_once"] is False
    form = asked(offering, hours, time=time_of(at(10), hours), hold=told["hold"], message="After school")
    sent = await ana.post(BOOK, form)
    page = await text(await ana.get(sent.headers["Location"]))
    request = await cast.inside(lambda: BookingRequest.get(state="open"))
    assert "Your request is sent" in page and "What happens next" in page and "at the latest" in page
    assert request.message == "After school"


async def test_anyone_is_whoever_is_free_then(cast, browse, offering, hours):
    async def more() -> None:
        await offer(offering, cast.staff["supervisor"])
        await open_week(cast.staff["supervisor"], hours.location_id)

    await cast.inside(more)
    ana, leo, karen = [await browse(cast, name) for name in ("client", "teen", "parent")]
    found = set()
    for browser in (ana, leo):
        sent, told = await held(browser, offering, hours, at(10), practitioner="anyone")
        assert sent.status_code == 200, told
        found.add(told["practitioner"])
    assert found == {str(cast.staff["practitioner"]), str(cast.staff["supervisor"])}
    assert (await karen.json(BOOK)).status_code == 409, "choose for whom first"
    may = "UPDATE portal_access SET permissions = '{booking}' WHERE contact_id IS NOT NULL"
    await cast.inside(lambda: execute(may))
    base = f"/for/{cast.clients['child']}"
    sent, told = await held(karen, offering, hours, at(10), base, practitioner="anyone")
    assert (sent.status_code, told["code"]) == (409, "time-taken")


async def test_a_parent_books_for_the_child_with_book_and_cancel_only(cast, browse, offering, hours):
    karen, base = await browse(cast, "parent"), f"/for/{cast.clients['child']}"
    assert (await karen.json(f"{base}{BOOK}")).status_code == 403
    sent, _ = await held(karen, offering, hours, at(10), base)
    assert sent.status_code == 403
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL"))
    page = await text(await karen.get(f"{base}{BOOK}"))
    assert f"{base}{BOOK}?service=" in page
    _, told = await held(karen, offering, hours, at(10), base)
    form = asked(offering, hours, time=time_of(at(10), hours), hold=told["hold"])
    sent = await karen.post(f"{base}{BOOK}", form)
    assert sent.headers["Location"].startswith(f"{base}/appointments/")


async def test_switched_off_for_the_practice_or_the_person_nothing_can_be_booked(cast, browse, offering, hours):
    ana = await browse(cast, "client")
    assert (await ana.json(BOOK)).status_code == 200
    await cast.inside(lambda: execute("UPDATE portal_access SET features_off = '{online-booking}'"))
    for answer in (await ana.json(BOOK), (await held(ana, offering, hours, at(10)))[0]):
        assert answer.status_code == 403 and (await answer.get_json())["code"] == "online-booking-off"
    assert "Online booking is switched off" in await text(await ana.get(BOOK), 403)


@pytest.mark.parametrize("wrong", [
    {"service": "x"}, {"service": "00000000-0000-0000-0000-000000000000"}, {"minutes": "9999999999"}, {"mode": "boat"},
    {"time": "0001-01-01T00:00:00+14:00"}, {"time": "9999-12-31T23:59:00-14:00"}, {"time": "now"}, {"time": ""},
    {"location": "?"}, {"hold": "?"}, {"secret": "x" * 500}, {"day": "0001-01-01"}, {"unknown": "1"},
    {"practitioner": "00000000-0000-0000-0000-000000000001"}, {"minutes": "45"},
])
async def test_made_up_choices_are_refused_in_words(cast, browse, offering, hours, wrong):
    ana = await browse(cast, "client")
    form = {**asked(offering, hours, time=at(10).isoformat(), location=str(hours.location_id)), **wrong}
    answer = await ana.send(f"{BOOK}/hold", form)
    assert answer.status_code in (404, 409, 422) and (await answer.get_json())["detail"]
    assert (await ana.post(f"{BOOK}/hold", form)).status_code < 500
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0


async def test_a_week_without_free_times_leads_to_the_next_that_has_some(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(notice_minutes=21 * 24 * 60))
    ana = await browse(cast, "client")
    page = await text(await ana.get(f"{BOOK}?{query(asked(offering, hours, day=now().date()))}"))
    assert "No free times in this week" in page and "Go to " in page
    page = await text(await ana.get(f"{BOOK}?{query(asked(offering, hours))}"))
    assert "slot-grid" in page, "without a day the first free one is shown"


async def test_times_are_in_the_clients_zone_with_the_practices_beside(cast, browse, offering, hours):
    await cast.inside(lambda: execute(
        "INSERT INTO client_details (id, time_zone) VALUES ($1, 'America/Los_Angeles')"
        " ON CONFLICT (practice_id, id) DO UPDATE SET time_zone = excluded.time_zone", cast.clients["client"]))
    ana = await browse(cast, "client")
    page = await text(await ana.get(f"{BOOK}?{query(asked(offering, hours, day=at(10).date()))}"))
    assert "7:00 AM" in page and "10:00 AM there" in page and "Times are yours (Los Angeles)." in page
