"""A practitioner's day or range: cancelled, moved, moved to free times or handed on in one change, and taken back."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from models.appointments import booking, filling
from models.appointments.tables import Appointment, Attendance, BookingSettings, CalendarBlock
from models.core.database import execute, fetch_all
from models.core.ids import new_id
from tests.appointments.conftest import offer, open_week
from tests.appointments.times import at, wanted

DAY = f"{at(10):%Y-%m-%d}"
HERE = "/staff/calendar-day"


async def booked(cast, offering, hours, starts_at, client="client", staff="practitioner", **more):
    desk = await cast.actor("frontdesk")
    one = wanted(offering, hours, starts_at, staff_id=cast.staff[staff])
    ids = [cast.clients[client]]
    return str(await cast.inside(lambda: filling.book_by_staff(desk, one, ids, **more)))


async def looked(browser, cast, kind="cancel", staff="practitioner", **more):
    query = "&".join(f"{name}={one}" for name, one in {"kind": kind, "first": DAY, **more}.items())
    answer = await browser.json(f"{HERE}?practitioner={cast.staff[staff]}&{query}")
    assert answer.status_code == 200
    return (await answer.get_json())["appointments"]


async def cleared(browser, cast, kind="cancel", staff="practitioner", words="", rows=None, sure=False, **more):
    if rows is None:
        rows = [row for row in await looked(browser, cast, kind, staff, **more) if not row["obstacle"]]
    given = {"practitioner": str(cast.staff[staff]), "first": DAY, "kind": kind, "words": words,
             "names_ok": sure, "chosen": [row["seen"] for row in rows], **more}
    answer = await browser.send(HERE, given)
    return answer.status_code, await answer.get_json()


async def rows_of(cast):
    return {str(one.id): one for one in await cast.inside(lambda: Appointment.all())}


async def colleague(cast, offering, hours, name="supervisor"):
    async def work():
        await offer(offering, cast.staff[name])
        await open_week(cast.staff[name], hours.location_id)

    await cast.inside(work)


async def test_a_day_is_cancelled_without_fee_with_words_and_taken_back_in_one_step(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, late_hours=720))
    first, second = await booked(cast, offering, hours, at(9)), await booked(cast, offering, hours, at(11), "teen")
    other = await booked(cast, offering, hours, at(9, weekday=2))
    desk, ana = await browse(cast, "frontdesk"), await browse(cast, "client")
    status, told = await cleared(desk, cast, words="We are closed that day. Book anew whenever it suits you.")
    assert status == 200
    there = await rows_of(cast)
    assert [there[id].state for id in (first, second, other)] == ["cancelled", "cancelled", "scheduled"]
    found = await cast.inside(lambda: Attendance.filter(state="cancelled"))
    assert len(found) == 2 and all(one.fee_cents is None for one in found)
    assert "We are closed that day." in await (await ana.get(f"/appointments/{first}")).get_data(as_text=True)
    page = await (await desk.get(f"{HERE}/{told['cleared']}")).get_data(as_text=True)
    assert told["count"] == 2
    assert "2 appointments cancelled" in page and "Take it all back" in page
    assert (await desk.send(f"{HERE}/{told['cleared']}/undo")).status_code == 200
    assert {one.state for one in (await rows_of(cast)).values()} == {"scheduled"}
    assert await cast.inside(lambda: Attendance.filter(state="booked").count()) == 3
    assert "We are closed" not in await (await ana.get(f"/appointments/{first}")).get_data(as_text=True)
    again = await desk.send(f"{HERE}/{told['cleared']}/undo")
    assert (again.status_code, (await again.get_json())["code"]) == (409, "too-late")


async def test_all_move_by_days_on_the_wall_and_by_hours_one_after_the_other(cast, browse, offering, hours):
    first, second = await booked(cast, offering, hours, at(9)), await booked(cast, offering, hours, at(10), "teen")
    desk = await browse(cast, "frontdesk")
    assert (await cleared(desk, cast, "move", hours=1))[0] == 200
    there = await rows_of(cast)
    assert [there[id].starts_at for id in (first, second)] == [at(10), at(11)]
    status, told = await cleared(desk, cast, "move", days=-1)
    assert status == 200
    there = await rows_of(cast)
    assert [there[id].starts_at for id in (first, second)] == [at(10, weekday=0), at(11, weekday=0)]
    assert (await desk.send(f"{HERE}/{told['cleared']}/undo")).status_code == 200
    assert [(await rows_of(cast))[id].starts_at for id in (first, second)] == [at(10), at(11)]


async def test_what_cannot_be_done_is_said_before_and_stays(cast, browse, offering, hours):
    await colleague(cast, offering, hours)
    first, second = await booked(cast, offering, hours, at(9)), await booked(cast, offering, hours, at(11), "teen")
    third = await booked(cast, offering, hours, at(14), "child")
    await booked(cast, offering, hours, at(9, 30), "child", staff="supervisor")
    await cast.inside(lambda: CalendarBlock.create(
        id=new_id(), staff_id=cast.staff["supervisor"], kind="time-off", starts_at=at(14), ends_at=at(16)))
    desk, to = await browse(cast, "frontdesk"), str(cast.staff["supervisor"])
    rows = await looked(desk, cast, "hand", to=to)
    assert [bool(row["obstacle"]) for row in rows] == [True, False, True]
    page = await (await desk.get(
        f"{HERE}?practitioner={cast.staff['practitioner']}&first={DAY}&kind=hand&to={to}")).get_data(as_text=True)
    assert "Not all of them can be done" in page and "Something else stands there, buffers included." in page
    forced = await cleared(desk, cast, "hand", rows=rows, to=to)
    assert forced[0] == 409 and forced[1]["code"] == "changed-meanwhile"
    status, told = await cleared(desk, cast, "hand", to=to)
    assert status == 200
    there = await rows_of(cast)
    assert [there[id].staff_id == UUID(to) for id in (first, second, third)] == [False, True, False]
    assert (await desk.send(f"{HERE}/{told['cleared']}/undo")).status_code == 200
    assert (await rows_of(cast))[second].staff_id == cast.staff["practitioner"]


async def test_a_colleague_who_does_not_offer_the_service_gets_none(cast, browse, offering, hours):
    await booked(cast, offering, hours, at(9))
    desk = await browse(cast, "frontdesk")
    (row,) = await looked(desk, cast, "hand", to=str(cast.staff["supervisor"]))
    assert row["obstacle"].endswith("does not offer Counseling.")


async def test_each_goes_to_a_free_time_of_its_own_after_the_last_day(cast, browse, offering, hours):
    ids = [await booked(cast, offering, hours, at(9)), await booked(cast, offering, hours, at(11), "teen")]
    taken = await booked(cast, offering, hours, at(9, weekday=2), "child")
    desk = await browse(cast, "frontdesk")
    rows = await looked(desk, cast, "free")
    assert (await cleared(desk, cast, "free", rows=rows))[0] == 200
    there = await rows_of(cast)
    starts = [there[id].starts_at for id in ids]
    assert [datetime.fromisoformat(row["to_starts_at"]) for row in rows] == starts
    assert all(one >= at(9, 50, weekday=2) for one in starts) and starts[1] - starts[0] >= timedelta(minutes=50)
    assert there[taken].starts_at == at(9, weekday=2)


async def test_one_that_changed_meanwhile_stops_all_of_them(cast, browse, offering, hours):
    first, second = await booked(cast, offering, hours, at(9)), await booked(cast, offering, hours, at(11), "teen")
    desk, maya = await browse(cast, "frontdesk"), await browse(cast, "practitioner")
    rows = await looked(desk, cast)
    await maya.send(f"/staff/calendar/{second}/move", {"version": 1, "starts_at": at(15).isoformat()})
    status, told = await cleared(desk, cast, rows=rows)
    assert (status, told["code"]) == (409, "changed-meanwhile")
    assert {one.state for one in (await rows_of(cast)).values()} == {"scheduled"}
    status, told = await cleared(desk, cast)
    assert status == 200
    await maya.send(f"/staff/appointments/{first}/take-back", {"client": str(cast.clients["client"])})
    undone = await desk.send(f"{HERE}/{told['cleared']}/undo")
    assert (undone.status_code, (await undone.get_json())["code"]) == (409, "changed-meanwhile")
    assert (await rows_of(cast))[second].state == "cancelled"


async def test_after_ten_minutes_or_when_a_time_was_taken_there_is_no_way_back(cast, browse, offering, hours):
    await booked(cast, offering, hours, at(9))
    desk = await browse(cast, "frontdesk")
    _, told = await cleared(desk, cast)
    await booked(cast, offering, hours, at(9, 30), "teen")
    undone = await desk.send(f"{HERE}/{told['cleared']}/undo")
    assert (undone.status_code, (await undone.get_json())["code"]) == (409, "overlaps")
    earlier = "UPDATE calendar_clearing SET made_at = made_at - interval '11 minutes'"
    await cast.inside(lambda: execute(earlier))
    undone = await desk.send(f"{HERE}/{told['cleared']}/undo")
    assert (undone.status_code, (await undone.get_json())["code"]) == (409, "too-late")


async def test_the_words_reach_those_concerned_and_nobody_else(cast, browse, offering, hours):
    mine = await booked(cast, offering, hours, at(9))
    theirs = await booked(cast, offering, hours, at(11), "teen")
    desk = await browse(cast, "frontdesk")
    rows = [row for row in await looked(desk, cast) if row["id"] == mine]
    await cleared(desk, cast, rows=rows, words="Closed for snow")
    leo, ana = await browse(cast, "teen"), await browse(cast, "client")
    assert (await (await ana.json(f"/appointments/{mine}")).get_json())["words"] == "Closed for snow"
    assert (await (await leo.json(f"/appointments/{theirs}")).get_json())["words"] == ""
    sql = "SELECT ids FROM event WHERE type = 'appointment.cancelled'"
    told = [row["ids"].get("client") for row in await cast.inside(lambda: fetch_all(sql))]
    assert told == [str(cast.clients["client"])]
    # what happens to it afterwards is another matter
    await desk.send(f"/staff/appointments/{mine}/take-back", {"client": str(cast.clients["client"])})
    assert (await (await ana.json(f"/appointments/{mine}")).get_json())["words"] == ""


async def test_whose_calendar_it_is_not_is_not_cleared(cast, neighbours, browse, offering, hours):
    await booked(cast, offering, hours, at(9))
    desk = await browse(cast, "frontdesk")
    rows = await looked(desk, cast)
    for name in ("owner", "biller"):
        other = await browse(cast, name)
        assert (await cleared(other, cast, rows=rows))[0] == 403
        assert (await other.json(f"{HERE}?practitioner={cast.staff['practitioner']}&first={DAY}")).status_code == 403
    stranger = await browse(neighbours, "frontdesk")
    assert (await cleared(stranger, cast, rows=rows))[0] == 409, "they see none of it"
    _, told = await cleared(desk, cast)
    for browser in (await browse(cast, "biller"), stranger):
        assert (await browser.json(f"{HERE}/{told['cleared']}")).status_code == 404
        assert (await browser.send(f"{HERE}/{told['cleared']}/undo")).status_code == 404
    assert (await desk.json(f"{HERE}/{uuid4()}")).status_code == 404


@pytest.mark.parametrize("given", [
    {}, {"chosen": []}, {"chosen": ["x"]}, {"kind": "lose"}, {"first": "no day"}, {"last": "2020-01-01"},
    {"kind": "move"}, {"kind": "hand"}, {"words": "x" * 501}, {"days": 400}, {"hours": 24},
    {"chosen": ["-" * 36 + ".1.0"]}, {"first": "2030-01-01", "last": "2030-03-01"}, {"practitioner": ""},
    {"chosen": [f"{UUID(int=1)}.1.99999999999"]},
])
async def test_what_cannot_be_read_changes_nothing(cast, browse, offering, hours, given):
    await booked(cast, offering, hours, at(9))
    desk = await browse(cast, "frontdesk")
    sent = {"practitioner": str(cast.staff["practitioner"]), "first": DAY,
            "chosen": [(await looked(desk, cast))[0]["seen"]], **given} if given else {}
    answer = await desk.send(HERE, sent)
    assert answer.status_code == 422 or (answer.status_code == 409 and "chosen" in given)
    assert {one.state for one in (await rows_of(cast)).values()} == {"scheduled"}


async def test_a_time_that_the_clocks_leave_out_is_said(cast, browse, offering, hours):
    """On 14 March 2032, at two in New York, it is three."""
    with time_machine.travel("2032-03-01T12:00:00Z", tick=True):
        begins = at(10).replace(year=2032, month=3, day=13, hour=2, minute=30)
        await booked(cast, offering, hours, begins, overlap_ok=True)
        desk = await browse(cast, "frontdesk")
        (row,) = await looked(desk, cast, "move", first="2032-03-13", days=1)
        assert row["obstacle"] == "This time does not exist on that day: the clocks change."
        (row,) = await looked(desk, cast, "move", first="2032-03-13", days=2)
        assert not row["obstacle"] and row["to"].startswith("Monday, March 15, 2:30")


async def test_of_two_who_clear_the_same_day_the_second_is_told(cast, browse, offering, hours):
    for hour in (9, 11, 14):
        await booked(cast, offering, hours, at(hour))
    desk, maya = await browse(cast, "frontdesk"), await browse(cast, "practitioner")
    rows = await looked(desk, cast)
    both = await asyncio.gather(cleared(desk, cast, rows=rows), cleared(maya, cast, "move", rows=[
        {"seen": row["seen"]} for row in rows], days=1))
    assert sorted(status for status, _ in both) == [200, 409]
    there = (await rows_of(cast)).values()
    assert len({one.state for one in there}) == 1 and len({one.version for one in there}) == 1


async def test_a_wish_in_these_days_is_named_and_stays(cast, browse, offering, hours):
    await cast.inside(lambda: execute("UPDATE service SET confirm = 'request'"))
    ana, desk = await cast.actor("client"), await browse(cast, "frontdesk")
    await cast.inside(lambda: booking.book(ana, wanted(offering, hours, at(9))))
    await booked(cast, offering, hours, at(11), "teen")
    address = f"{HERE}?practitioner={cast.staff['practitioner']}&first={DAY}&kind=cancel"
    assert "1 request waits in these days" in await (await desk.get(address)).get_data(as_text=True)
    assert (await cleared(desk, cast))[0] == 200
    assert sorted(one.state for one in (await rows_of(cast)).values()) == ["cancelled", "requested"]


@pytest.mark.parametrize(("words", "said"), [
    ("Leo, we are closed.", "Leo"), ("Sorry, Mr. MARSH", "MARSH"),
    ("Karen is told", "Karen"), ("“Ana” and Beltran’s hour", "Ana and Beltran’s"), ("Maya! Away", "Maya"),
    ("We are closed that day.", ""), ("An able leopard", ""),
])
async def test_words_that_name_somebody_concerned_are_asked_about(cast, browse, offering, hours, words, said):
    """The clients, their contacts and the practitioner; who writes may mean something else by the word."""
    id = await booked(cast, offering, hours, at(9), "teen")
    await booked(cast, offering, hours, at(11))
    desk = await browse(cast, "frontdesk")
    status, told = await cleared(desk, cast, words=words)
    if not said:
        assert status == 200
        return
    (asked,) = told["errors"]["names_ok"]
    assert status == 422 and asked.startswith(f"{said} may be ")
    assert (await rows_of(cast))[id].state == "scheduled"
    form = {"practitioner": str(cast.staff["practitioner"]), "first": DAY, "kind": "cancel", "words": words,
            "chosen": [row["seen"] for row in await looked(desk, cast)]}
    page = await (await desk.post(HERE, form)).get_data(as_text=True)
    assert 'name="names_ok"' in page and words.split()[-1] in page and "E-mail is read by others too" in page
    assert (await cleared(desk, cast, words=words, sure=True))[0] == 200


async def test_who_is_not_concerned_may_be_named(cast, browse, offering, hours):
    """A word is compared with those whom it reaches: any word is somebody's name."""
    await booked(cast, offering, hours, at(9))
    desk = await browse(cast, "frontdesk")
    assert (await cleared(desk, cast, words="Leo Street is closed"))[0] == 200


async def test_what_was_cleared_stands_in_the_dialog_to_be_taken_back_by_whoever_fills_that_calendar(
    cast, browse, offering, hours
):
    await booked(cast, offering, hours, at(9))
    desk, maya, owner = [await browse(cast, name) for name in ("frontdesk", "practitioner", "owner")]
    _, told = await cleared(desk, cast)
    page = await (await maya.get(HERE)).get_data(as_text=True)
    assert "1 appointment of Maya Okafor cancelled" in page and f"{HERE}/{told['cleared']}/undo" in page
    assert "Maya Okafor cancelled" not in await (await owner.get(HERE)).get_data(as_text=True)
    assert (await maya.send(f"{HERE}/{told['cleared']}/undo")).status_code == 200
    assert "Take it all back" not in await (await maya.get(HERE)).get_data(as_text=True)


async def test_a_note_of_staff_does_not_stand_in_the_way_of_taking_it_back(cast, browse, offering, hours):
    id = await booked(cast, offering, hours, at(9))
    desk, maya = await browse(cast, "frontdesk"), await browse(cast, "practitioner")
    _, told = await cleared(desk, cast, "move", days=7)
    version = (await rows_of(cast))[id].version
    noted = await maya.send(f"/staff/calendar/{id}/note", {"version": version, "note": "Ring"})
    assert noted.status_code == 200
    assert (await desk.send(f"{HERE}/{told['cleared']}/undo")).status_code == 200
    row = (await rows_of(cast))[id]
    assert (row.starts_at, row.note) == (at(9), "Ring")
