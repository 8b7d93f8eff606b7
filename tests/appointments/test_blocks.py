"""Time off and blocks: a practitioner's own, and the administrators' of anybody, a room, the whole practice."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.accounts import locations
from models.accounts.locations import Place
from models.appointments import blocks, rooms
from models.appointments.availability import Search, free_times
from models.appointments.blocks import Away, as_away
from models.appointments.tables import Appointment
from models.core.errors import Conflict, Forbidden, Missing
from models.core.ids import new_id
from tests.appointments.heard import heard
from tests.support.browsing import key

NEW_YORK = ZoneInfo("America/New_York")
HERE = "/staff/blocks"


def monday(weeks: int = 2) -> date:
    today = datetime.now(NEW_YORK).date()
    return today + timedelta(days=7 * weeks - today.weekday())


async def starts(cast, offering, staff_id, day, days=1, mode="phone"):
    search = Search(offering, 50, mode, (staff_id,), day, days)
    return [one.starts_at for one in await cast.inside(lambda: free_times(search))]


def off(cast, day, **more):
    return {"what": "practitioner", "kind": "time-off", "staff": str(cast.staff["practitioner"]), "first": str(day),
            "title": "Vacation", **more}


async def test_a_practitioner_takes_days_off_changes_them_and_comes_back(cast, browse, offering, hours):
    browser, day = await browse(cast, "practitioner"), monday()
    assert len(await starts(cast, offering, hours.staff_id, day, 7)) == 75
    form = {**off(cast, day, last=str(day + timedelta(days=2))), "key": key()}
    for _ in range(2):
        assert (await browser.post(HERE, form)).status_code == 303
    assert len(await starts(cast, offering, hours.staff_id, day, 7)) == 30, "sent twice with one key, taken once"
    [one] = await cast.inside(lambda: blocks.coming_blocks(staff_id=hours.staff_id))
    shown = await (await browser.json(f"{HERE}/{one.id}")).get_json()
    assert (shown["first"], shown["last"], shown["starts"]) == (str(day), str(day + timedelta(days=2)), None)
    morning = {**off(cast, day, starts="09:00", ends="12:00"), "version": "1"}
    assert (await browser.post(f"{HERE}/{one.id}", morning)).status_code == 303
    assert len(await starts(cast, offering, hours.staff_id, day)) == 9
    assert (await browser.post(f"{HERE}/{one.id}", morning)).status_code == 409, "somebody saved it meanwhile"
    assert (await browser.post(f"{HERE}/{one.id}/remove")).status_code == 303
    assert len(await starts(cast, offering, hours.staff_id, day, 7)) == 75
    told = await heard(cast, "calendar.blocked")
    assert [event["ids"] for event in told] == [{"practitioner": str(hours.staff_id)}] * 3


async def test_the_whole_practice_and_a_room_are_the_administrators_to_block(cast, browse, offering, hours):
    owner, day = await cast.actor("owner"), monday()
    place = await cast.inside(lambda: locations.location_for(owner, hours.location_id))
    room = await cast.inside(lambda: rooms.add_room(owner, place, "Cove"))
    browser, own = await browse(cast, "owner"), await browse(cast, "practitioner")
    everybody = {"what": "practice", "first": str(day), "title": "Team day"}
    cove = {"what": "room", "room": str(room.id), "first": str(day + timedelta(days=1))}
    for form in (everybody, cove):
        assert (await own.send(HERE, form)).status_code == 403
        assert (await browser.post(HERE, form)).status_code == 303
    assert await starts(cast, offering, hours.staff_id, day) == []
    assert await starts(cast, offering, hours.staff_id, day + timedelta(days=1), mode="in-person") == []
    by_phone = await starts(cast, offering, hours.staff_id, day + timedelta(days=1))
    assert len(by_phone) == 15, "no room is needed"
    drawn = await (await browser.get("/staff/settings/availability")).get_data(as_text=True)
    assert "Team day" in drawn and "Wharf Street: Cove" in drawn
    told = await heard(cast, "calendar.blocked")
    assert [event["ids"] for event in told] == [{}, {}], "of a room or everybody nobody is named"


async def test_nobody_reads_or_changes_a_colleagues_time_off(cast, browse):
    own, day = await browse(cast, "practitioner"), monday()
    made = (await (await own.send(HERE, off(cast, day))).get_json())["block"]
    assert (await own.json(f"{HERE}/{made}")).status_code == 200
    for name in ("supervisor", "frontdesk", "biller"):
        browser = await browse(cast, name)
        assert (await browser.json(f"{HERE}/{made}")).status_code == 404
        assert (await browser.send(f"{HERE}/{made}/remove")).status_code == 404
        assert (await browser.send(HERE, off(cast, day))).status_code == 403
    stranger = await cast.actor("supervisor")
    block = await cast.inside(lambda: blocks.coming_blocks(staff_id=cast.staff["practitioner"]))
    for verb in (lambda: blocks.change_block(stranger, block[0], None, Away("block", day, day)),
                 lambda: blocks.remove_block(stranger, block[0])):
        with pytest.raises(Forbidden):
            await cast.inside(verb)


async def test_what_cannot_be_is_said_at_its_field_and_kept(cast, browse, neighbours):
    browser, day = await browse(cast, "owner"), monday()
    for form, said in (
        (off(cast, day, first=""), "Choose the day."),
        (off(cast, day, last=str(day - timedelta(days=1))), "The last day is before the first."),
        (off(cast, day, starts="09:00"), "Give both times, or neither for whole days."),
        (off(cast, day, starts="12:00", ends="09:00"), "The end must be later than the beginning."),
        (off(cast, day, last=str(day + timedelta(days=401))), "400 days at most."),
        (off(cast, date(2020, 1, 6)), "Choose days from today on"),
        (off(cast, day, staff=str(cast.staff["biller"])), "This person has no calendar here."),
        (off(cast, day, staff=str(neighbours.staff["practitioner"])), "This person has no calendar here."),
        ({"what": "room", "first": str(day), "room": ""}, "Choose the room."),
    ):
        answer = await browser.post(HERE, form)
        drawn = await answer.get_data(as_text=True)
        assert answer.status_code == 422 and said in drawn, (form, said)
    assert await cast.inside(lambda: blocks.coming_blocks(staff_id=cast.staff["practitioner"])) == []


async def test_whoever_blocks_is_told_how_many_appointments_lie_inside(cast, browse):
    browser, day = await browse(cast, "practitioner"), monday()
    at = datetime.combine(day, time(10), NEW_YORK)
    await cast.inside(lambda: Appointment.create(
        id=new_id(), state="scheduled", staff_id=cast.staff["practitioner"], mode="phone", starts_at=at,
        ends_at=at + timedelta(minutes=50), made_side="desk",
    ))
    for times, inside in ((("08:00", "10:00"), 0), (("10:50", "12:00"), 0), (("10:49", "12:00"), 1)):
        form = off(cast, day, starts=times[0], ends=times[1])
        assert (await (await browser.send(HERE, form)).get_json())["inside"] == inside, times
    listed = await (await browser.json(f"/staff/hours/{cast.staff['practitioner']}")).get_json()
    assert [one["why"] for one in listed["outside"]] == ["time-off"]
    assert await cast.inside(Appointment.filter(state="scheduled").count) == 1, "it stays"


async def test_a_day_of_the_clocks_change_is_blocked_whole(cast):
    """In autumn the day has 25 hours; from its first to its last moment nobody is there."""
    owner = await cast.actor("owner")
    year = datetime.now(NEW_YORK).year + 1
    autumn = next(date(year, 11, one) for one in range(1, 8) if date(year, 11, one).weekday() == 6)
    away = Away("time-off", autumn, autumn, staff_id=cast.staff["practitioner"])
    made = await cast.inside(lambda: blocks.add_block(owner, away))
    assert made.ends_at - made.starts_at == timedelta(hours=25)
    assert as_away(made, NEW_YORK) == away


async def test_no_practice_blocks_without_end_and_the_neighbours_reach_none(cast, neighbours, monkeypatch):
    owner, stranger = await cast.actor("owner"), await neighbours.actor("owner")
    away = Away("block", monday(), monday())
    monkeypatch.setattr(blocks, "MOST_COMING", 1)
    made = await cast.inside(lambda: blocks.add_block(owner, away))
    with pytest.raises(Conflict):
        await cast.inside(lambda: blocks.add_block(owner, away))
    with pytest.raises(Missing):
        await neighbours.inside(lambda: blocks.block_for(stranger, made.id))


async def test_a_location_of_nobody_blocks_nothing(cast, browse):
    """A room of a closed location can no longer be blocked from the page: it is in no list."""
    owner, browser = await cast.actor("owner"), await browse(cast, "owner")
    place = await cast.inside(lambda: locations.add_location(owner, Place("Annex")))
    room = await cast.inside(lambda: rooms.add_room(owner, place, "Attic"))
    assert "Annex: Attic" in await (await browser.get("/staff/settings/availability")).get_data(as_text=True)
    await cast.inside(lambda: rooms.close_room(owner, room))
    assert "Annex: Attic" not in await (await browser.get("/staff/settings/availability")).get_data(as_text=True)
    answer = await browser.send(HERE, {"what": "room", "room": str(room.id), "first": str(monday())})
    assert answer.status_code == 422
