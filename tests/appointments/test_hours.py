"""When a practitioner works: their own hours, an administrator's everybody's, a colleague's nobody's."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.accounts import locations
from models.accounts.practices import today_here
from models.appointments import hours
from models.appointments.availability import Search, free_times
from models.appointments.clashing import Band
from models.appointments.hours import Stretch
from models.appointments.practitioners import Practitioner, practitioners
from models.appointments.tables import Appointment, Attendance
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.ids import new_id
from tests.appointments.heard import heard

NEW_YORK = ZoneInfo("America/New_York")


def monday(weeks: int = 2) -> date:
    today = datetime.now(NEW_YORK).date()
    return today + timedelta(days=7 * weeks - today.weekday())


def lines(*rows, place="", since="", until="", every="1"):
    """A week's form: (weekday, starts, ends) each."""
    return {
        "weekday": [str(day) for day, *_ in rows], "starts": [starts for _, starts, _ in rows],
        "ends": [ends for *_, ends in rows], "place": [place] * len(rows), "since": [since] * len(rows),
        "until": [until] * len(rows), "every": [every] * len(rows),
    }


async def maya(cast) -> Practitioner:
    return next(one for one in await cast.inside(practitioners) if one.name == "Maya Okafor")


def here(cast, name="practitioner"):
    return f"/staff/hours/{cast.staff[name]}"


async def week(cast, name="practitioner"):
    rows = await cast.inside(lambda: hours.weekly_of(cast.staff[name]))
    return [(one.weekday, hours.spoken(one), one.every_weeks) for one in rows]


async def appoint(cast, day, starts=time(10), *, mode="phone", **more):
    at = datetime.combine(day, starts, NEW_YORK)

    async def make():
        made = await Appointment.create(
            id=new_id(), state="scheduled", staff_id=cast.staff["practitioner"], mode=mode, starts_at=at,
            ends_at=at + timedelta(minutes=50), made_side="desk", **more,
        )
        await Attendance.create(id=new_id(), appointment_id=made.id, client_id=cast.clients["client"],
                                booked_side="desk")
        return made

    return await cast.inside(make)


async def test_a_practitioner_makes_their_own_week_and_sees_it(cast, browse):
    browser = await browse(cast, "practitioner")
    assert (await browser.get("/staff/hours")).headers["Location"] == here(cast)
    answer = await browser.post(here(cast), lines((0, "09:00", "12:30"), (0, "13:30", "00:00"), (2, "10:00", "11:00")))
    assert answer.status_code == 303
    assert await week(cast) == [
        (0, "9:00 AM – 12:30 PM", 1), (0, "1:30 PM – midnight", 1), (2, "10:00 AM – 11:00 AM", 1),
    ]
    drawn = await (await browser.get(f"{here(cast)}?week={monday()}")).get_data(as_text=True)
    assert "9:00 AM – 12:30 PM" in drawn and 'value="13:30"' in drawn
    [told] = await heard(cast, "hours.changed")
    assert told["ids"] == {"practitioner": str(cast.staff["practitioner"])} and "public:None" in told["audience"]


async def test_an_administrator_makes_everybodys_and_nobody_else_a_colleagues(cast, browse):
    form = lines((1, "09:00", "10:00"))
    assert (await (await browse(cast, "owner")).post(here(cast), form)).status_code == 303
    for name in ("supervisor", "frontdesk", "biller"):
        browser = await browse(cast, name)
        assert (await browser.json(here(cast))).status_code == 403
        assert (await browser.send(here(cast), form)).status_code == 403
    own = await (await browse(cast, "frontdesk")).json("/staff/hours")
    assert own.status_code == 403, "the front desk has no calendar of its own"
    whose, stranger = await maya(cast), await cast.actor("supervisor")
    for verb in (lambda: hours.set_weekly(stranger, whose, None, []),
                 lambda: hours.unset_day(stranger, whose, monday()),
                 lambda: hours.set_day(stranger, whose, monday(), [])):
        with pytest.raises(Forbidden):
            await cast.inside(verb)


async def test_what_collides_is_said_at_its_line_and_nothing_typed_is_lost(cast, browse):
    browser = await browse(cast, "practitioner")
    form = lines((0, "09:00", "12:00"), (0, "11:00", "15:00"), (3, "09:00", "08:00"), (4, "10:00", ""))
    answer = await browser.post(here(cast), form)
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and await week(cast) == []
    assert "Give both times." in drawn and 'value="15:00"' in drawn
    form["starts"][3], form["ends"][2:] = "10:00", ["10:00", "11:00"]
    drawn = await (await browser.post(here(cast), form)).get_data(as_text=True)
    assert "It collides with 9:00 AM – 12:00 PM on Monday" in drawn and 'value="11:00"' in drawn


async def test_days_at_either_end_of_time_bring_no_page_and_no_week_into_trouble(cast, browse):
    browser = await browse(cast, "owner")
    for path in (f"{here(cast)}?week=", f"{here(cast)}?day=", "/staff/settings/availability?week=",
                 "/staff/booking-preview?week=", "/staff/booking-preview?turn=", "/staff/calendar?day="):
        assert (await browser.get(f"{path}{monday()}")).status_code == 200, path
        for day in ("9999-12-31", "0001-01-01"):
            assert (await browser.get(f"{path}{day}")).status_code == 422, (path, day)
    form = lines((0, "09:00", "12:00"), (0, "09:00", "12:00"))
    form["since"] = ["9999-12-31", "9999-12-30"]
    drawn = await (await browser.post(here(cast), form)).get_data(as_text=True)
    assert "Choose a first day within two years." in drawn and await week(cast) == []
    form |= {"since": ["0001-01-01", monday().isoformat()], "until": ["0001-01-01", "9999-12-31"]}
    assert (await browser.post(here(cast), form)).status_code == 303


async def test_hours_that_alternate_do_not_collide(cast, browse):
    first, second = monday(1).isoformat(), monday(2).isoformat()
    here_and_there = lines((0, "09:00", "12:00"), (0, "09:00", "12:00"), every="2")
    here_and_there["since"] = [first, second]
    assert (await (await browse(cast, "practitioner")).post(here(cast), here_and_there)).status_code == 303
    here_and_there["since"] = [first, first]
    assert (await (await browse(cast, "practitioner")).post(here(cast), here_and_there)).status_code == 422


async def test_hours_hold_at_a_location_from_day_to_day_every_second_week(cast, browse, offering, hours_at_wharf):
    browser, first, place = await browse(cast, "practitioner"), monday(), str(hours_at_wharf)
    form = lines((1, "09:00", "10:00"), since=str(first), until=str(first + timedelta(days=34)), every="2", place=place)
    assert (await browser.post(here(cast), form)).status_code == 303
    search = Search(offering, 50, "in-person", (cast.staff["practitioner"],), first - timedelta(days=14), 70)
    found = await cast.inside(lambda: free_times(search))
    assert [(one.starts_at.astimezone(NEW_YORK).date() - first).days for one in found] == [1, 15, 29]
    assert {one.location_id for one in found} == {hours_at_wharf}


async def test_the_second_of_two_who_edit_a_week_is_told(cast, browse):
    owner, own = await browse(cast, "owner"), await browse(cast, "practitioner")
    seen = (await (await own.json(here(cast))).get_json())["stamp"]
    assert (await owner.post(here(cast), {**lines((0, "09:00", "10:00")), "stamp": seen})).status_code == 303
    late = await own.post(here(cast), {**lines((4, "09:00", "10:00")), "stamp": seen})
    drawn = await late.get_data(as_text=True)
    assert late.status_code == 409 and "Somebody else changed these hours" in drawn
    fresh = (await (await own.json(here(cast))).get_json())["stamp"]
    assert f'value="{fresh}"' in drawn, "once more puts it in their place"
    assert await week(cast) == [(0, "9:00 AM – 10:00 AM", 1)]


async def test_hours_that_are_over_stay_when_the_week_is_made_anew(cast):
    owner, whose = await cast.actor("owner"), await maya(cast)
    today = await cast.inside(today_here)
    over = Band(0, 540, 600, None, today - timedelta(days=60), today - timedelta(days=1))
    await cast.inside(lambda: hours.set_weekly(owner, whose, None, [over]))
    await cast.inside(lambda: hours.set_weekly(owner, whose, None, [Band(1, 540, 600, None, today)]))
    assert await week(cast) == [(0, "9:00 AM – 10:00 AM", 1), (1, "9:00 AM – 10:00 AM", 1)]
    assert len(await cast.inside(lambda: hours.editable(whose.id))) == 1


async def test_a_closed_location_is_no_place_for_new_hours_and_stays_where_it_was(cast, hours_at_wharf):
    owner, whose, place = await cast.actor("owner"), await maya(cast), hours_at_wharf
    today = await cast.inside(today_here)
    found = await cast.inside(lambda: locations.location_for(owner, place))
    await cast.inside(lambda: locations.close_location(owner, found))
    await cast.inside(lambda: hours.set_weekly(owner, whose, None, [Band(0, 540, 600, place, today)]))
    await cast.inside(lambda: hours.set_weekly(owner, whose, None, []))
    with pytest.raises(Invalid):
        await cast.inside(lambda: hours.set_weekly(owner, whose, None, [Band(0, 540, 600, place, today)]))


@pytest.fixture
async def hours_at_wharf(cast):
    owner, whose = await cast.actor("owner"), await maya(cast)
    today = await cast.inside(today_here)
    place = await cast.inside(lambda: locations.add_location(owner, locations.Place("Wharf Street")))
    bands = [Band(day, 540, 1020, place.id, today) for day in range(5)]
    await cast.inside(lambda: hours.set_weekly(owner, whose, None, bands))
    return place.id


async def test_a_day_with_other_hours_stands_in_place_of_the_weekly_ones_and_is_taken_back(cast, browse, offering):
    browser, day = await browse(cast, "practitioner"), monday()
    await browser.post(here(cast), lines((0, "09:00", "10:00")))

    async def starts():
        search = Search(offering, 50, "phone", (cast.staff["practitioner"],), day, 1)
        found = await cast.inside(lambda: free_times(search))
        return [f"{one.starts_at.astimezone(NEW_YORK):%H:%M}" for one in found]

    assert await starts() == ["09:00"]
    other = {"day": str(day), "starts": ["14:00"], "ends": ["15:00"], "place": [""]}
    assert (await browser.post(f"{here(cast)}/day", other)).status_code == 303
    assert await starts() == ["14:00"]
    assert (await browser.post(f"{here(cast)}/day", {"day": str(day), "away": "on"})).status_code == 303
    assert await starts() == []
    assert "Away" in await (await browser.get(here(cast))).get_data(as_text=True)
    assert (await browser.post(f"{here(cast)}/day/remove", {"day": str(day)})).status_code == 303
    assert await starts() == ["09:00"]


async def test_the_second_of_two_who_change_a_day_is_told(cast, browse):
    owner, own, day = await browse(cast, "owner"), await browse(cast, "practitioner"), monday()
    page = await (await own.get(f"{here(cast)}?day={day}")).get_data(as_text=True)
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page)
    form = {"day": str(day), "starts": "14:00", "ends": "15:00", "place": ""}
    assert (await owner.post(f"{here(cast)}/day", form)).status_code == 303
    mine = {**form, "starts": "09:00", "seen": seen}
    late = await own.post(f"{here(cast)}/day", mine)
    drawn = await late.get_data(as_text=True)
    assert late.status_code == 409 and "Somebody else changed this day" in drawn and 'value="09:00"' in drawn
    assert 'name="seen"' not in drawn, "once more puts it in their place"
    other = {**mine, "day": str(day + timedelta(days=1))}
    assert (await own.post(f"{here(cast)}/day", other)).status_code == 303, "of another day it says nothing"
    assert (await own.post(f"{here(cast)}/day", {**mine, "seen": ""})).status_code == 303


async def test_a_day_that_cannot_be_is_refused_with_what_was_typed(cast, browse):
    browser, path = await browse(cast, "practitioner"), f"{here(cast)}/day"
    for form, said in (
        ({"day": "", "away": "on"}, "Choose the day."),
        ({"day": "2020-01-06", "away": "on"}, "Choose a day from today on"),
        ({"day": str(monday())}, "Give the hours of this day"),
        ({"day": str(monday()), "starts": ["09:00", "10:00"], "ends": ["11:00", "12:00"], "place": ["", ""]},
         "It collides with other hours of this day."),
    ):
        answer = await browser.post(path, form)
        assert answer.status_code == 422 and said in await answer.get_data(as_text=True), form


async def test_appointments_that_lie_outside_stay_and_are_told(cast, browse):
    browser, day = await browse(cast, "practitioner"), monday()
    await browser.post(here(cast), lines((0, "09:00", "17:00")))
    await appoint(cast, day)
    answer = await browser.send(here(cast), lines((0, "13:00", "17:00")))
    assert (await answer.get_json())["outside"] == 1
    drawn = await (await browser.get(here(cast))).get_data(as_text=True)
    assert "One coming appointment lies outside these hours" in drawn and "Ana Beltrán" in drawn
    assert await cast.inside(Appointment.filter(state="scheduled").count) == 1
    answer = await browser.send(here(cast), lines((0, "09:00", "12:00"), (0, "12:00", "17:00")))
    assert (await answer.get_json())["outside"] == 0, "hours that touch are one"


async def test_of_a_thousand_that_lie_outside_none_is_forgotten(cast, browse):
    many = """INSERT INTO appointment (id, state, staff_id, starts_at, ends_at, made_side)
      SELECT gen_random_uuid(), 'scheduled', $1, at, at + interval '30 minutes', 'desk'
      FROM generate_series(now() + interval '1 day', now() + interval '1 day' + interval '999 hours', '1 hour') at"""
    await cast.inside(lambda: execute(many, cast.staff["practitioner"]))
    browser = await browse(cast, "owner")
    told = await (await browser.json("/staff/settings/availability")).get_json()
    assert [one["outside"] for one in told["practitioners"] if one["outside"]] == [1000]
    assert "1000 coming appointments lie outside" in await (await browser.get(here(cast))).get_data(as_text=True)


async def test_who_may_not_read_that_calendar_sees_busy_and_no_name(cast, browse):
    own, day = await browse(cast, "practitioner"), monday()
    await appoint(cast, day)
    seen = await (await own.json(here(cast))).get_json()
    assert seen["outside"][0]["clients"] == ["Ana Beltrán"]
    administrator = "UPDATE staff_member SET roles = '{administrator}' WHERE id = $1"
    await cast.inside(lambda: execute(administrator, cast.staff["owner"]))
    owner = await browse(cast, "owner")
    told = await (await owner.json(here(cast))).get_json()
    assert told["outside"][0]["clients"] is None and told["outside"][0]["service"] is None
    drawn = await (await owner.get(here(cast))).get_data(as_text=True)
    assert "Busy" in drawn and "Beltrán" not in drawn


async def test_hours_of_who_left_stay_and_are_not_offered(cast, offering, hours_at_wharf):
    staff, day = cast.staff["practitioner"], monday()
    search = Search(offering, 50, "in-person", (staff,), day, 7)
    assert await cast.inside(lambda: free_times(search))
    await cast.inside(lambda: execute("UPDATE staff_member SET deactivated_at = now() WHERE id = $1", staff))
    assert await cast.inside(lambda: free_times(search)) == []
    assert len(await cast.inside(lambda: hours.weekly_of(staff))) == 5
    assert staff not in [one.id for one in await cast.inside(practitioners)]


async def test_no_week_and_no_day_has_lines_without_end(cast, monkeypatch):
    owner, whose = await cast.actor("owner"), await maya(cast)
    today = await cast.inside(today_here)
    monkeypatch.setattr(hours, "MOST_BANDS", 1)
    monkeypatch.setattr(hours, "MOST_OF_A_DAY", 1)
    both = [Band(day, 1, 2, None, today) for day in (0, 1)]
    with pytest.raises(Invalid):
        await cast.inside(lambda: hours.set_weekly(owner, whose, None, both))
    with pytest.raises(Invalid):
        await cast.inside(lambda: hours.set_day(owner, whose, monday(), [Stretch(1, 2), Stretch(3, 4)]))
    with pytest.raises(Conflict):
        await cast.inside(lambda: hours.set_weekly(owner, whose, "of before", []))


async def test_the_log_says_whose_hours_somebody_changed(cast, browse):
    browser = await browse(cast, "owner")
    await browser.post(here(cast), lines((0, "09:00", "10:00")))
    drawn = await (await browser.get("/staff/settings/audit")).get_data(as_text=True)
    assert "changed the hours or the online booking of Maya Okafor" in drawn


async def test_everybodys_week_takes_as_many_statements_as_one_persons(cast, browse, statements):
    """A page that grows with the team would be drawn anew at each change for minutes."""
    browser = await browse(cast, "owner")
    whose = await cast.inside(practitioners)

    async def asked() -> int:
        statements.clear()
        assert (await browser.get("/staff/settings/availability")).status_code == 200
        return len([one for one in statements if not one.startswith(("SELECT t.oid", "WITH RECURSIVE"))])

    first = await asked()
    more = "UPDATE staff_member SET roles = '{practitioner}' WHERE id = ANY ($1)"
    await cast.inside(lambda: execute(more, [cast.staff["biller"], cast.staff["frontdesk"]]))
    assert len(await cast.inside(practitioners)) == len(whose) + 2
    assert await asked() <= first
