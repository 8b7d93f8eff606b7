"""The calendar's doors: what JSON and forms are answered, and that nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from models.accounts.tables import Location
from models.appointments.tables import Appointment, Attendance, CalendarBlock, Offering, Room
from models.clients.tables import Client
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.ids import new_id
from tests.support.cast import new_cast

NEW_YORK = ZoneInfo("America/New_York")
DAY = "2031-03-04"
AT = {"day": DAY, "time": "10:00"}
UTC_AT = datetime(2031, 3, 4, 15, tzinfo=UTC)  # ten in New York
WEEK = "from=2031-03-02T05:00:00Z&until=2031-03-09T05:00:00Z"


class Doors:
    def __init__(self, cast: Any, browse: Any, service: Offering) -> None:
        self.cast, self.browse, self.service = cast, browse, service

    async def ask(self, who: str, path: str) -> Any:
        return await (await self.browse(self.cast, who)).json(f"/staff/calendar{path}")

    async def send(self, who: str, path: str, **given: Any) -> tuple[int, Any]:
        answer = await (await self.browse(self.cast, who)).send(f"/staff/calendar{path}", given)
        return answer.status_code, await answer.get_json()

    async def book(self, who: str = "frontdesk", **more: Any) -> tuple[int, Any]:
        given = {"service": str(self.service.id), "minutes": 50, "practitioner": str(self.cast.staff["practitioner"]),
                 "clients": [str(self.cast.clients["client"])], **AT, **more}
        return await self.send(who, "/new", **given)

    async def entries(self, who: str, more: str = "") -> Any:
        return await (await self.ask(who, f"/entries?{WEEK}{more}")).get_json()


@pytest_asyncio.fixture(loop_scope="session")
async def doors(cast: Any, browse: Any, offering: Offering) -> Doors:
    return Doors(cast, browse, offering)


async def test_what_is_booked_on_the_practices_clock_stands_there(doors, hours):
    status, told = await doors.book(place=str(hours.location_id))
    assert status == 200
    found = await doors.entries("frontdesk", "&hours=true")
    (one,) = found["entries"]
    assert one["id"] == told["appointment"] and datetime.fromisoformat(one["starts_at"]) == UTC_AT
    assert one["location"] == "Wharf Street" and one["people"][0]["name"] == "Ana Beltrán"
    assert len(found["open"]) == 5, "Monday to Friday"
    answer = await doors.ask("frontdesk", f"/entries?{WEEK}")
    assert int(answer.headers["Portico-Cursor"]) >= told["seq"]
    alone = await doors.entries("frontdesk", f"&only={told['appointment']},{uuid4()}")
    assert [each["done"]["by"] for each in alone["entries"]] == ["you"]


async def test_staff_without_the_right_get_busy_and_no_name_in_any_form(doors, cast):
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    _, told = await doors.book(note="Brings a letter")
    for path in (f"/entries?{WEEK}", f"/{told['appointment']}", f"?day={DAY}"):
        browser = await doors.browse(cast, "owner")
        for answer in (await browser.json(f"/staff/calendar{path}"), await browser.get(f"/staff/calendar{path}")):
            text = await answer.get_data(as_text=True)
            assert answer.status_code == 200
            for word in ("Ana", "Beltrán", "Brings", str(cast.clients["client"])):
                assert word not in text, (path, word)
    assert (await doors.entries("owner"))["entries"][0]["status"] == "busy"


async def test_who_opens_an_appointment_has_looked_at_its_clients(doors, cast):
    _, told = await doors.book()
    looks = "SELECT l.login_id, l.client_id FROM look l WHERE l.subject = 'appointment'"
    for _ in range(2):
        await doors.ask("practitioner", f"/{told['appointment']}")
    await doors.ask("owner", f"/entries?{WEEK}")
    (one,) = await cast.inside(lambda: fetch_all(looks))
    assert (one["login_id"], one["client_id"]) == (cast.logins["practitioner"], cast.clients["client"])


async def test_a_caller_becomes_a_prospect_with_a_phone(doors, cast):
    status, told = await doors.book(clients=[], first_name="Ida", last_name="Byron", phone="(207) 555-0199")
    assert status == 200
    there = await cast.inside(lambda: Attendance.get(appointment_id=told["appointment"]))
    client = await cast.inside(lambda: Client.get(id=there.client_id))
    assert (client.name, client.status) == ("Ida Byron", "prospect") and "555-0199" in client.phone


async def test_a_caller_is_added_only_with_the_appointment(doors, cast):
    await doors.book()
    status, told = await doors.book(clients=[], first_name="Ida", last_name="Byron")
    assert (status, told["code"]) == (409, "overlaps")
    assert await cast.inside(lambda: fetch_one("SELECT 1 FROM client WHERE name = 'Ida Byron'")) is None


async def test_the_same_key_books_once(doors, cast):
    key = str(uuid4())
    first, again = await doors.book(key=key), await doors.book(key=key)
    assert first[1]["appointment"] == again[1]["appointment"]
    assert len(await cast.inside(lambda: fetch_all("SELECT 1 FROM appointment"))) == 1


async def test_moving_says_the_version_and_the_second_is_told(doors):
    _, told = await doors.book()
    path = f"/{told['appointment']}/move"
    status, moved = await doors.send("frontdesk", path, version=1, starts_at="2031-03-04T17:00:00Z")
    assert (status, moved["version"]) == (200, 2)
    status, refused = await doors.send("practitioner", path, version=1, minutes=60)
    assert (status, refused["code"]) == (409, "changed-meanwhile")
    status, refused = await doors.send("biller", path, version=2, minutes=60)
    assert status == 404
    status, refused = await doors.send("frontdesk", path, version=2, place=str(uuid4()))
    assert (status, "place" in refused["errors"]) == (422, True)
    status, refused = await doors.send("frontdesk", path, version=2, day=DAY)
    assert status == 422


async def test_a_form_that_is_refused_comes_back_as_it_was_typed(doors, cast):
    browser = await doors.browse(cast, "frontdesk")
    answer = await browser.post("/staff/calendar/new", {
        "service": str(doors.service.id), "minutes": "50", "practitioner": str(cast.staff["practitioner"]),
        "day": DAY, "time": "", "first_name": "Ida", "last_name": "Byron", "note": "Brings a letter",
    })
    text = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Brings a letter" in text and "Ida" in text


async def test_free_times_keep_to_hours_and_to_what_is_taken(doors, hours):
    asked = {"service": str(doors.service.id), "minutes": 50, "practitioner": str(hours.staff_id), "day": DAY}
    await doors.book()
    status, told = await doors.send("frontdesk", "/free", **asked)
    times = [datetime.fromisoformat(one) for one in told["times"]]
    assert status == 200 and UTC_AT not in times and UTC_AT + timedelta(hours=1) in times
    assert all(9 <= one.astimezone(NEW_YORK).hour < 17 for one in times)


async def test_free_times_are_of_the_place_that_was_chosen_and_say_where(doors, hours, cast):
    asked = {"service": str(doors.service.id), "minutes": 50, "practitioner": str(hours.staff_id), "day": DAY}
    elsewhere = await cast.inside(lambda: Location.create(id=new_id(), name="Forest Avenue"))
    _, told = await doors.send("frontdesk", "/free", **asked, place=str(hours.location_id))
    assert told["times"] and set(told["places"]) == {str(hours.location_id)}
    _, told = await doors.send("frontdesk", "/free", **asked, place=str(elsewhere.id))
    assert told["times"] == []


async def test_the_form_says_which_room_it_would_get_and_the_answer_which_it_got(doors, hours, cast):
    room = await cast.inside(lambda: Room.create(id=new_id(), location_id=hours.location_id, name="Cove"))
    asked = {"service": str(doors.service.id), "minutes": 50, "practitioner": str(hours.staff_id), **AT,
             "place": str(hours.location_id)}
    _, told = await doors.send("frontdesk", "/free", **asked)
    assert (told["room"], told["full"]) == (str(room.id), False)
    _, booked = await doors.book(place=str(hours.location_id))
    assert booked["room"] == str(room.id)
    _, told = await doors.send("frontdesk", "/free", **asked)
    assert (told["room"], told["full"]) == (None, True)
    for more in ({"time": ""}, {"place": ""}, {"place": str(room.id)}, {"mode": "phone"}):
        _, told = await doors.send("frontdesk", "/free", **{**asked, **more})
        assert (told["room"], told["full"]) == (None, False), more
    status, refused = await doors.book(place=str(hours.location_id), time="11:00", mode="phone")
    assert (status, refused["room"]) == (200, None)


async def test_a_month_in_which_the_clocks_go_back_is_told_whole(doors):
    autumn = "from=2031-10-26T04:00:00Z&until=2031-12-07T05:00:00Z"
    assert (await doors.ask("frontdesk", f"/entries?{autumn}&hours=true")).status_code == 200


async def test_rooms_and_locations_stand_for_every_member_of_staff(doors, hours, cast):
    await cast.inside(lambda: Room.create(id=new_id(), location_id=hours.location_id, name="Cove"))
    for who in ("frontdesk", "practitioner", "supervisor", "owner", "biller"):
        browser = await doors.browse(cast, who)
        text = await (await browser.get("/staff/calendar")).get_data(as_text=True)
        assert "By room" in text and "By location" in text and "Cove" in text, who


async def test_without_a_script_what_is_in_the_way_is_asked_and_agreed_to_in_the_form(doors, cast):
    await doors.book()
    browser = await doors.browse(cast, "frontdesk")
    form = {"service": str(doors.service.id), "minutes": "50", "practitioner": str(cast.staff["practitioner"]), **AT,
            "clients": str(cast.clients["teen"])}
    answer = await browser.post("/staff/calendar/new", form)
    text = await answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Something stands at this time already" in text and "overlap_ok" in text
    assert (await browser.post("/staff/calendar/new", {**form, "overlap_ok": "true"})).status_code == 303
    assert len((await doors.entries("frontdesk"))["entries"]) == 2


async def test_a_room_that_has_closed_stays_where_only_the_time_is_changed(doors, hours, cast):
    room = await cast.inside(lambda: Room.create(id=new_id(), location_id=hours.location_id, name="Cove"))
    _, told = await doors.book(place=str(room.id))
    await cast.inside(lambda: execute("UPDATE room SET closed_at = now()"))
    browser = await doors.browse(cast, "frontdesk")
    text = await (await browser.get(f"/staff/calendar/{told['appointment']}")).get_data(as_text=True)
    assert f'<option value="{room.id}" selected>Wharf Street, Cove</option>' in text
    path = f"/{told['appointment']}/move"
    status, _ = await doors.send("frontdesk", path, version=1, day=DAY, time="11:00", place=str(room.id))
    (one,) = (await doors.entries("frontdesk"))["entries"]
    assert status == 200 and one["room_id"] == str(room.id)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_beyond_all_reach_is_refused_in_words(doors, hours, day):
    asked = {"service": str(doors.service.id), "minutes": 50, "practitioner": str(hours.staff_id), "day": day}
    for status, told in (await doors.send("frontdesk", "/free", **asked), await doors.book(day=day),
                         await doors.book(starts_at=f"{day}T00:00:00Z", day=None, time=None)):
        assert status == 422 and "from 2000 to 2100" in str(told["errors"])
    for path in (f"?day={day}", f"/new?day={day}", f"/entries?from={day}T00:00:00Z&until={day}T01:00:00Z"):
        assert (await doors.ask("frontdesk", path)).status_code == 422, path


async def test_ids_of_another_practice_lead_nowhere(doors, hours):
    other = await new_cast()
    place = await other.inside(lambda: Location.create(id=new_id(), name="Lake Road"))
    staff, client = str(other.staff["practitioner"]), str(other.clients["client"])
    for sent, status in (({"clients": [client]}, 404), ({"practitioner": staff}, 422), ({"place": str(place.id)}, 422)):
        assert (await doors.book(**sent))[0] == status, sent
    _, told = await doors.book()
    path = f"/{told['appointment']}/move"
    for sent in ({"practitioner": staff}, {"place": str(place.id)}):
        assert (await doors.send("frontdesk", path, version=1, **sent))[0] == 422, sent
    asked = {"service": str(doors.service.id), "minutes": 50, "practitioner": staff, "day": DAY}
    assert (await doors.send("frontdesk", "/free", **asked))[1]["times"] == []


async def test_clients_are_found_by_name_by_whoever_may_put_them_on_a_calendar(doors, cast):
    leo = ["Leo Marsh"]
    for who, found in (("frontdesk", leo), ("practitioner", leo), ("biller", []), ("owner", leo)):
        _, told = await doors.send(who, "/clients", words="Leo")
        assert [one["name"] for one in told["choices"]] == found, who


async def test_blocks_and_time_off_are_told(doors, cast):
    block = {"starts_at": UTC_AT, "ends_at": UTC_AT + timedelta(hours=1)}
    await cast.inside(lambda: CalendarBlock.create(id=new_id(), kind="block", title="Team meeting", **block))
    (one,) = (await doors.entries("owner", "&hours=true"))["blocks"]
    assert one["title"] == "Team meeting"


async def test_today_shows_ones_own_day_and_stands_only_for_who_has_a_calendar(doors, cast):
    today = {"starts_at": now() + timedelta(minutes=1), "ends_at": now() + timedelta(minutes=2)}
    _, told = await doors.book()
    await cast.inside(lambda: Appointment.filter(id=told["appointment"]).update(**today))
    browser = await doors.browse(cast, "practitioner")
    for path in ("/staff/today", "/staff/today/day"):
        text = await (await browser.get(path)).get_data(as_text=True)
        assert "Ana Beltrán" in text and "is-next" in text
    for who, there in (("owner", True), ("frontdesk", False), ("biller", False)):
        text = await (await (await doors.browse(cast, who)).get("/staff/today")).get_data(as_text=True)
        assert ("Your day" in text) is there and "Ana Beltrán" not in text


@pytest.mark.parametrize("query", ["", "from=x&until=y", f"{WEEK}&only=1", "from=2031-03-02&until=2031-03-03"])
async def test_a_range_that_is_none_is_refused_in_words(doors, query):
    assert (await doors.ask("frontdesk", f"/entries?{query}")).status_code == 422
