"""Time off and blocks: a practitioner's own, and the administrators' of anybody, a room, the whole practice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.accounts import locations
from models.accounts.locations import Place
from models.appointments import blocks, rooms
from models.appointments.availability import Search, free_times
from models.appointments.block_times import Away, as_away
from models.appointments.tables import Appointment, CalendarBlock
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
    one = one.block
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
    for verb in (lambda: blocks.change_block(stranger, block[0].block, None, Away("block", day, day)),
                 lambda: blocks.remove_block(stranger, block[0].block)):
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


async def test_no_day_of_any_calendar_brings_the_form_into_trouble(cast, browse):
    """Days at either end of time, a time that the clocks leave out, an evening until midnight."""
    browser = await browse(cast, "practitioner")
    march = date(datetime.now(NEW_YORK).year + 1, 3, 8)
    spring = str(march + timedelta(days=(6 - march.weekday()) % 7))
    for form, said in (
        (off(cast, date.max), "a day from 2000 to 2100"), (off(cast, "2100-12-31"), "Choose days from today on"),
        (off(cast, date.min), "a day from 2000 to 2100"), (off(cast, "2000-01-01"), "Choose days from today on"),
        (off(cast, date(2000, 1, 1), last="2100-12-31"), "400 days at most."),
        (off(cast, spring, starts="02:00", ends="03:00"), "There is no such time on that day"),
    ):
        answer = await browser.post(HERE, form)
        assert answer.status_code == 422 and said in await answer.get_data(as_text=True), form
    for form in (off(cast, spring, starts="02:30", ends="03:15"), off(cast, monday(), starts="18:00", ends="00:00")):
        assert (await browser.post(HERE, form)).status_code == 303, form
    evening, morning = await cast.inside(lambda: blocks.coming_blocks(staff_id=cast.staff["practitioner"]))
    assert as_away(evening.block, NEW_YORK).ends == time(), "until the day's end"
    assert as_away(morning.block, NEW_YORK).starts == time(3)
    page = await (await browser.get(f"/staff/hours/{cast.staff['practitioner']}")).get_data(as_text=True)
    assert "6:00 PM – midnight" in page and f", {spring[:4]}, 3:00 AM – 3:15 AM" in page


def weekly(cast, day, **more):
    return {"what": "practitioner", "kind": "block", "staff": str(cast.staff["practitioner"]), "first": str(day),
            "starts": "12:00", "ends": "13:00", "title": "Lunch", "every": "1", "weekday": ["0", "2"],
            "until": str(day + timedelta(days=20)), **more}


async def noons(cast, offering, staff_id, day, days=21):
    """The days on which noon is free."""
    found = await starts(cast, offering, staff_id, day, days)
    return [one.astimezone(NEW_YORK).date() for one in found if one.astimezone(NEW_YORK).time() == time(12)]


async def test_a_block_repeats_and_one_of_them_is_changed_or_taken_back_alone(cast, browse, offering, hours):
    browser, day = await browse(cast, "practitioner"), monday()
    assert len(await noons(cast, offering, hours.staff_id, day)) == 15
    assert (await browser.post(HERE, {**weekly(cast, day), "key": key()})).status_code == 303
    assert len(await noons(cast, offering, hours.staff_id, day)) == 9, "three Mondays and three Wednesdays"
    [one] = await cast.inside(lambda: blocks.coming_blocks(staff_id=hours.staff_id))
    assert (one.times, list(one.weekdays)) == (6, [0, 2])
    assert one.last.astimezone(NEW_YORK).date() == day + timedelta(days=16)
    page = await (await browser.get(f"/staff/hours/{hours.staff_id}")).get_data(as_text=True)
    assert "Every week on Monday and Wednesday, 12:00 PM – 1:00 PM, until" in page
    drawn = await (await browser.get(f"{HERE}/{one.block.id}")).get_data(as_text=True)
    assert "This one and all that follow" in drawn
    later = {**weekly(cast, day, starts="14:00", ends="15:00"), "version": "1"}
    assert (await browser.post(f"{HERE}/{one.block.id}", later)).status_code == 303
    assert day in await noons(cast, offering, hours.staff_id, day)
    alone, series = await cast.inside(lambda: blocks.coming_blocks(staff_id=hours.staff_id))
    assert (alone.block.series_id, alone.times, series.times) == (None, 1, 5)
    assert (await browser.post(f"{HERE}/{series.block.id}/remove")).status_code == 303
    assert len(await noons(cast, offering, hours.staff_id, day)) == 11
    told = await heard(cast, "calendar.blocked")
    assert [event["ids"] for event in told] == [{"practitioner": str(hours.staff_id)}] * 3, "one event a change"


async def test_with_one_all_that_follow_are_changed_or_taken_back(cast, browse, offering, hours):
    browser, day = await browse(cast, "practitioner"), monday()
    await browser.post(HERE, weekly(cast, day))
    rows = await cast.inside(lambda: CalendarBlock.all().order_by("starts_at"))
    second, form = day + timedelta(days=7), {"which": "following", "version": "1"}
    moved = await browser.send(f"{HERE}/{rows[2].id}", {**weekly(cast, day), **form})
    assert moved.status_code == 422 and set((await moved.get_json())["errors"]) == {"first"}
    later = {**weekly(cast, second, starts="12:30", ends="14:00", title="Longer lunch"), **form}
    assert (await browser.post(f"{HERE}/{rows[2].id}", later)).status_code == 303
    assert (await browser.post(f"{HERE}/{rows[2].id}", later)).status_code == 409, "somebody saved it meanwhile"
    before, after = await cast.inside(lambda: blocks.coming_blocks(staff_id=hours.staff_id))
    assert (before.times, before.block.title, after.times, after.block.title) == (2, "Lunch", 4, "Longer lunch")
    assert as_away(after.block, NEW_YORK).starts == time(12, 30)
    assert (await browser.post(f"{HERE}/{rows[4].id}/remove", {"which": "following"})).status_code == 303
    assert await cast.inside(lambda: CalendarBlock.all().count()) == 4
    assert len(await noons(cast, offering, hours.staff_id, day)) == 11


async def test_a_room_and_the_whole_practice_repeat_too_and_who_lies_inside_is_told(cast, browse, hours):
    browser, day = await browse(cast, "owner"), monday()
    at = datetime.combine(day + timedelta(days=7), time(12), NEW_YORK)
    await cast.inside(lambda: Appointment.create(
        id=new_id(), state="scheduled", staff_id=hours.staff_id, mode="phone", starts_at=at, made_side="desk",
        ends_at=at + timedelta(minutes=50),
    ))
    made = await (await browser.send(HERE, weekly(cast, day, what="practice", staff=""))).get_json()
    assert made["inside"] == 1, "in the second of them"
    page = await (await browser.get("/staff/settings/availability")).get_data(as_text=True)
    assert "Every week on Monday and Wednesday" in page and "The whole practice" in page


async def test_what_cannot_repeat_is_said_at_its_field_and_kept(cast, browse):
    browser, day = await browse(cast, "practitioner"), monday()
    for changes, said in (
        ({"until": ""}, "Say until which day it repeats."), ({"every": "9"}, "Choose every week up to every eighth."),
        ({"last": str(day + timedelta(days=1))}, "What repeats lies within one day."),
        ({"until": str(day + timedelta(days=1000))}, "Choose a day after the first, within two years."),
        ({"weekday": "4", "until": str(day)}, "Until then there is none of these days."),
    ):
        answer = await browser.post(HERE, weekly(cast, day) | changes)
        drawn = await answer.get_data(as_text=True)
        assert answer.status_code == 422 and said in drawn and 'value="Lunch"' in drawn, said
    assert (await browser.send(HERE, weekly(cast, day, weekday=["7"]))).status_code == 422
    assert await cast.inside(lambda: CalendarBlock.all().count()) == 0


async def test_no_practice_blocks_without_end_and_the_neighbours_reach_none(cast, neighbours, monkeypatch):
    owner, stranger = await cast.actor("owner"), await neighbours.actor("owner")
    away = Away("block", monday(), monday())
    monkeypatch.setattr(blocks, "MOST_COMING", 1)
    monkeypatch.setattr(blocks, "MOST_TIMES", 3)
    with pytest.raises(Conflict):
        often = replace(away, every_weeks=1, until=monday(5))
        await cast.inside(lambda: blocks.add_block(owner, often))
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
