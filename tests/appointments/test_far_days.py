"""Days and moments where arithmetic itself ends are refused in words, at every door that takes one."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from models.appointments.tables import Appointment
from tests.appointments.conftest import offer, open_week
from tests.appointments.test_asking import ME, chosen
from tests.appointments.times import at

DAYS = ("0001-01-01", "9999-12-31")
MOMENTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
WORDS = "Choose a day from 2000 to 2100."


async def words(answer) -> str:
    told = await answer.get_json()
    assert answer.status_code == 422, told
    return str(told["errors"])


@pytest.mark.parametrize("day", DAYS)
async def test_the_calendar_is_asked_about_no_day_that_is_none(cast, browse, offering, hours, day):
    desk, staff = await browse(cast, "frontdesk"), str(hours.staff_id)
    asked = [("/staff/calendar", {"day": day}), ("/staff/calendar/new", {"day": day}),
             ("/staff/calendar-day", {"practitioner": staff, "first": day}),
             ("/staff/calendar-day", {"practitioner": staff, "first": str(at(9).date()), "last": day}),
             ("/staff/calendar/entries", {"from": f"{day}T00:00:00Z", "until": f"{day}T23:00:00Z", "hours": "true"})]
    for path, query in asked:
        assert WORDS in await words(await desk.json(f"{path}?{urlencode(query)}")), path
    free = {"service": str(offering.id), "minutes": 50, "practitioner": staff, "day": day}
    assert WORDS in await words(await desk.send("/staff/calendar/free", free))


@pytest.mark.parametrize("moment", MOMENTS)
async def test_nothing_is_booked_or_moved_to_the_end_of_time(cast, browse, offering, hours, moment):
    desk = await browse(cast, "frontdesk")
    whole = {"service": str(offering.id), "minutes": 50, "practitioner": str(hours.staff_id),
             "clients": [str(cast.clients["client"])]}
    made = await desk.send("/staff/calendar/new", {**whole, "starts_at": at(10).isoformat()})
    id = (await made.get_json())["appointment"]
    assert WORDS in await words(await desk.send("/staff/calendar/new", {**whole, "starts_at": moment}))
    assert WORDS in await words(await desk.send(f"/staff/calendar/{id}/move", {"version": 1, "starts_at": moment}))
    sent = await (await browse(cast)).send("/request/hold", chosen(offering, hours, time=moment))
    assert WORDS in await words(sent)
    assert [row.starts_at for row in await cast.inside(lambda: Appointment.all())] == [at(10)]


async def test_a_form_that_names_no_practitioner_of_several_is_answered_in_words(cast, browse, offering, hours):
    await cast.inside(lambda: offer(offering, cast.staff["supervisor"]))
    await cast.inside(lambda: open_week(cast.staff["supervisor"], hours.location_id))
    visitor = await browse(cast)
    form = {**chosen(offering, hours), **ME, "hold": str(offering.id), "secret": "none"}
    assert (await visitor.post("/request/code", form)).status_code == 200
    del form["practitioner"]
    for path in ("/request/code", "/request"):
        assert (await visitor.post(path, form)).status_code == 404


@pytest.mark.parametrize("day", DAYS)
async def test_no_hours_block_or_rule_is_of_a_day_that_is_none(cast, browse, offering, hours, day):
    maya, owner, own = await browse(cast, "practitioner"), await browse(cast, "owner"), f"/staff/hours/{hours.staff_id}"
    for path in (f"{own}?day={day}", f"{own}?week={day}", f"/staff/booking-preview?week={day}"):
        assert WORDS in await words(await maya.json(path)), path
    assert WORDS in await words(await owner.json(f"/staff/settings/availability?week={day}"))
    block = {"what": "practitioner", "staff": str(hours.staff_id), "first": day, "last": day}
    sent = [("/staff/blocks", block), (f"{own}/day", {"day": day}), (f"{own}/day/remove", {"day": day})]
    for path, body in sent:
        assert WORDS in await words(await maya.send(path, body)), path
    until = {"horizon": "until", "horizon_until": day, "notice_minutes": 0, "slot_minutes": 30}
    assert WORDS in await words(await owner.send("/staff/settings/booking", until))
