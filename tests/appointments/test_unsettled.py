"""What is over and has no outcome: the list, one tap, several at once, the day's end; and whose it is."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from models.appointments import filling, unsettled
from models.appointments.tables import Appointment, Attendance, BookingSettings
from models.core import practices
from models.core.database import execute, fetch_all
from tests.appointments.conftest import offer, open_week
from tests.appointments.times import at, wanted
from tests.support.standing import stands


async def booked(cast, offering, hours, starts_at, *clients, staff="practitioner"):
    desk = await cast.actor("frontdesk")
    one = wanted(offering, hours, starts_at, staff_id=cast.staff[staff])
    ids = [cast.clients[name] for name in clients or ("client",)]
    return str(await cast.inside(lambda: filling.book_by_staff(desk, one, ids)))


async def states(cast):
    return sorted([one.state for one in await cast.inside(lambda: Attendance.all())])


def pair(id, cast, client="client"):
    return f"{id}.{cast.clients[client]}"


async def listed(browser, more=""):
    return await (await browser.json(f"/staff/needs-outcome{more}")).get_json()


async def test_past_appointments_without_an_outcome_stand_in_needs_outcome_the_oldest_first(
    cast, browse, offering, hours
):
    second, first = await booked(cast, offering, hours, at(11)), await booked(cast, offering, hours, at(9))
    await booked(cast, offering, hours, at(15))
    with time_machine.travel(at(12), tick=True):
        maya = await browse(cast, "practitioner")
        assert [one["id"] for one in (await listed(maya))["appointments"]] == [first, second]
        page = await (await maya.get("/staff/needs-outcome")).get_data(as_text=True)
        assert "9:00 to 9:50 AM" in page and "Counseling with Maya Okafor" in page
        today = await (await maya.get("/staff/today")).get_data(as_text=True)
        assert "2 appointments need their outcome" in today and "/staff/needs-outcome" in today
        assert f'data-again-at="{at(15, 50).astimezone().isoformat()[:10]}' in today


async def test_one_tap_says_what_became_of_one_and_it_leaves_the_list(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=9000))
    came, stayed, late = [await booked(cast, offering, hours, at(hour)) for hour in (9, 10, 11)]
    with time_machine.travel(at(13), tick=True):
        desk = await browse(cast, "frontdesk")
        for word, id in (("attended", came), ("no-show", stayed), ("late-cancelled", late)):
            answer = await desk.post("/staff/needs-outcome", {"one": f"{word}:{pair(id, cast)}"})
            assert answer.status_code == 303
        assert (await listed(desk))["appointments"] == []
    assert await states(cast) == ["attended", "late-cancelled", "no-show"]
    fees = {one.state: one.fee_cents for one in await cast.inside(lambda: Attendance.all())}
    assert fees == {"attended": None, "no-show": 9000, "late-cancelled": 7500}


async def test_the_amount_stands_at_each_button_and_what_was_said_is_taken_back_there(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=9000))
    await cast.inside(lambda: execute("INSERT INTO client_terms (client_id, no_fees) VALUES ($1, true)",
                                      cast.clients["teen"]))
    ana, leo = await booked(cast, offering, hours, at(9)), await booked(cast, offering, hours, at(10), "teen")
    with time_machine.travel(at(13), tick=True):
        desk, biller = await browse(cast, "frontdesk"), await browse(cast, "biller")
        page = await (await desk.get("/staff/needs-outcome")).get_data(as_text=True)
        assert page.count("Did not come, $90") == page.count("Cancelled late, $75") == 1, "of two"
        said = await desk.post("/staff/needs-outcome", {"one": f"no-show:{pair(ana, cast)}"})
        page = await (await desk.get(said.headers["Location"])).get_data(as_text=True)
        assert "Ana Beltrán: did not come" in page and "$90 is charged." in page and "Take it back" in page
        other = await (await biller.get(said.headers["Location"])).get_data(as_text=True)
        assert not stands("Ana", other) and "Take it back" not in other
        said = await desk.post("/staff/needs-outcome", {"one": f"late-cancelled:{pair(leo, cast, 'teen')}"})
        page = await (await desk.get(said.headers["Location"])).get_data(as_text=True)
        assert "Leo Marsh: cancelled late" in page and "Nothing is charged." in page
        form = {"client": str(cast.clients["teen"])}
        assert (await desk.post(f"/staff/appointments/{leo}/take-back", form)).status_code == 303
        assert [one["id"] for one in (await listed(desk))["appointments"]] == [leo]
        assert (await desk.json("/staff/needs-outcome?said=x")).status_code == 422


async def test_several_at_once_and_what_a_colleague_said_meanwhile_stays(cast, browse, offering, hours):
    ids = [await booked(cast, offering, hours, at(hour)) for hour in (9, 10, 11)]
    with time_machine.travel(at(13), tick=True):
        desk, maya = await browse(cast, "frontdesk"), await browse(cast, "practitioner")
        await maya.send("/staff/needs-outcome", {"chosen": [pair(ids[0], cast)], "said": "no-show"})
        answer = await desk.send("/staff/needs-outcome", {"chosen": [pair(id, cast) for id in ids], "said": "attended"})
        assert (await answer.get_json())["said"] == 2
    assert await states(cast) == ["attended", "attended", "no-show"]


async def test_each_sees_what_stands_on_calendars_they_fill(cast, browse, offering, hours):
    async def another() -> None:
        await offer(offering, cast.staff["owner"])
        await open_week(cast.staff["owner"], hours.location_id)

    await cast.inside(another)
    mine, theirs = await booked(cast, offering, hours, at(9)), await booked(
        cast, offering, hours, at(10), staff="owner")
    with time_machine.travel(at(13), tick=True):
        whose = {"practitioner": {mine}, "frontdesk": {mine, theirs}, "biller": set(), "owner": {theirs}}
        for name, seen in whose.items():
            browser = await browse(cast, name)
            assert {one["id"] for one in (await listed(browser))["appointments"]} == seen, name
            counted = (await (await browser.json("/staff/today")).get_json())["needs_outcome"]
            assert counted == len(seen), name
        maya = await browse(cast, "practitioner")
        answer = await maya.send("/staff/needs-outcome", {"chosen": [pair(theirs, cast)], "said": "attended"})
        assert (await answer.get_json())["said"] == 0
    assert await states(cast) == ["booked", "booked"]


async def test_a_hundred_come_thirty_at_a_time_with_the_same_statements(cast, browse, offering, hours, statements):
    for number in range(35):
        await booked(cast, offering, hours, at(9) - timedelta(days=number + 30))
    maya = await browse(cast, "practitioner")
    await listed(maya)  # what a process remembers is remembered
    statements.clear()
    first = await listed(maya)
    many = len(statements)
    second = await listed(maya, f"?after={first['after']}")
    ids = [one["id"] for one in [*first["appointments"], *second["appointments"]]]
    assert (len(first["appointments"]), len(second["appointments"]), second["after"]) == (30, 5, None)
    assert len(set(ids)) == 35
    await cast.inside(lambda: execute("UPDATE attendance SET state = 'attended' WHERE appointment_id <> $1", ids[0]))
    statements.clear()
    await listed(maya)
    assert len(statements) == many


@pytest.mark.parametrize("given", [
    {}, {"said": "attended"}, {"chosen": ["x"], "said": "attended"}, {"one": "attended:x"}, {"one": "lost:{pair}"},
    {"chosen": ["{pair}"]}, {"chosen": ["{pair}"], "said": "lost"}, {"chosen": ["{pair}"] * 101, "said": "attended"},
    {"one": "attended:" + "-" * 36 + "." + "-" * 36},
])
async def test_what_cannot_be_read_changes_nothing(cast, browse, offering, hours, given):
    id = await booked(cast, offering, hours, at(9))
    put = lambda one: one.replace("{pair}", pair(id, cast)) if isinstance(one, str) else [put(each) for each in one]  # noqa: E731
    with time_machine.travel(at(12), tick=True):
        desk = await browse(cast, "frontdesk")
        answer = await desk.send("/staff/needs-outcome", {name: put(one) for name, one in given.items()})
        assert answer.status_code == 422
        unknown = await desk.send("/staff/needs-outcome", {"one": f"attended:{uuid4()}.{uuid4()}"})
        assert (await unknown.get_json())["said"] == 0
    assert await states(cast) == ["booked"]


@pytest.fixture
def this_practice(cast, monkeypatch):
    """Only this test's practice has its turn."""
    found = practices._waiting

    async def mine(*asked):
        return [one for one in await found(*asked) if one == cast.practice_id]

    monkeypatch.setattr(practices, "_waiting", mine)


async def ended_yesterday(cast, id, days=1):
    """The database's own clock decides whose day is over."""
    await cast.inside(lambda: execute(
        "UPDATE appointment SET starts_at = now() - make_interval(days => $2) - interval '1 hour',"
        " ends_at = now() - make_interval(days => $2) WHERE id = $1", id, days))


async def test_count_as_attended_at_the_days_end_is_a_setting(cast, browse, offering, hours, this_practice):
    id = await booked(cast, offering, hours, at(9), "client")
    await ended_yesterday(cast, id)
    await unsettled.count_ended_days()
    assert await states(cast) == ["booked"], "not set so"
    owner = await browse(cast, "owner")
    page = await (await owner.get("/staff/settings/portal/cancellation/edit")).get_data(as_text=True)
    assert "It counts as attended at the day’s end" in page and "It waits in Needs outcome" in page
    form = {"late_hours": "24", "reason": "optional", "attended_at_day_end": "on", "version": "1"}
    assert (await owner.post("/staff/settings/portal/cancellation", form)).status_code == 303
    assert (await cast.inside(lambda: BookingSettings.get())).attended_at_day_end
    assert "Counts as attended at the day’s end" in await (
        await owner.get("/staff/settings/portal/cancellation")).get_data(as_text=True)
    assert "change that" in await (await owner.get("/staff/needs-outcome")).get_data(as_text=True)
    await unsettled.count_ended_days()
    assert await states(cast) == ["attended"]
    told = await cast.inside(lambda: fetch_all(
        "SELECT login_id, ids FROM event WHERE type = 'appointment.outcome' AND subject_id = $1", id))
    assert [(row["login_id"], row["ids"]["client"]) for row in told] == [(None, str(cast.clients["client"]))]
    form = {"late_hours": "24", "reason": "optional", "version": "2"}
    await owner.post("/staff/settings/portal/cancellation", form)
    assert not (await cast.inside(lambda: BookingSettings.get())).attended_at_day_end


async def test_the_days_end_leaves_what_was_said_what_is_of_today_and_what_is_long_past(
    cast, offering, hours, this_practice
):
    ids = [await booked(cast, offering, hours, at(hour)) for hour in (9, 10, 11, 12)]
    await ended_yesterday(cast, ids[0])
    await ended_yesterday(cast, ids[1], days=8)
    await ended_yesterday(cast, ids[2], days=2)
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: BookingSettings.all().update(attended_at_day_end=True))
    await cast.inside(lambda: unsettled.settle_several(desk, [(ids[2], cast.clients["client"])], "no-show"))
    await cast.inside(lambda: execute(
        "UPDATE appointment SET starts_at = now() - interval '2 seconds', ends_at = now() - interval '1 second'"
        " WHERE id = $1", ids[3]))
    await unsettled.count_ended_days()
    found = {str(one.appointment_id): one.state for one in await cast.inside(lambda: Attendance.all())}
    assert [found[id] for id in ids[:3]] == ["attended", "booked", "no-show"]
    midnight = "SELECT now() - interval '1 second' < date_trunc('day', now() AT TIME ZONE 'America/New_York')" \
        " AT TIME ZONE 'America/New_York' AS new_day"
    (row,) = await cast.inside(lambda: fetch_all(midnight))
    assert found[ids[3]] == "booked" or row["new_day"]
    assert await cast.inside(lambda: Appointment.filter(state="scheduled").count()) == 4
