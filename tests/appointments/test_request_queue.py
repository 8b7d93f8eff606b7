"""The desk's queue of requests: who sees which, who handles it, and what can be answered."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio

from models.appointments import booking, filling, queue, requests
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering
from tests.appointments.conftest import offer, open_week
from tests.appointments.times import at, wanted
from tests.support.standing import stands


async def text(answer, status=200) -> str:
    words = str(await answer.get_data(as_text=True))
    assert answer.status_code == status, (answer.status_code, words[-1500:])
    return words


@pytest_asyncio.fixture(loop_scope="session")
async def request_id(cast, offering, hours):
    """Ana's wish for the practitioner's time at ten."""
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    ana = await cast.actor("client")
    await cast.inside(lambda: booking.book(ana, wanted(offering, hours, at(10)), message="After school"))
    return (await cast.inside(lambda: BookingRequest.get(state="open"))).id


async def test_requests_wait_in_a_queue_the_longest_first_linked_from_today(cast, browse, offering, hours, request_id):
    leo = await cast.actor("teen")
    await cast.inside(lambda: booking.book(leo, wanted(offering, hours, at(14))))
    desk = await browse(cast, "frontdesk")
    page = await text(await desk.get("/staff/requests"))
    assert page.index("Ana Beltrán") < page.index("Leo Marsh") and "Lapses" in page
    assert 'src="/staff/today/requests"' in await text(await desk.get("/staff/today"))
    page = await text(await desk.get("/staff/today/requests"))
    assert "Requests for appointments" in page and 'href="/staff/requests"' in page and "Ana Beltrán" in page
    page = await text(await desk.get(f"/staff/requests/{request_id}"))
    assert "After school" in page and "I handle it" in page and "Propose other times" in page


@pytest.mark.parametrize(("name", "sees"), [
    ("frontdesk", True), ("practitioner", True), ("supervisor", True), ("biller", False),
])
async def test_whoever_fills_the_calendar_sees_the_request_and_nobody_else(cast, browse, request_id, name, sees):
    one = await browse(cast, name)
    told = await (await one.json("/staff/requests")).get_json()
    assert [str(each["id"]) for each in told["requests"]] == ([str(request_id)] if sees else [])
    assert (await one.json(f"/staff/requests/{request_id}")).status_code == (200 if sees else 404)
    if not sees:
        for act in ("handle", "accept", "take-in", "decline", "propose"):
            answer = await one.send(f"/staff/requests/{request_id}/{act}", {})
            assert answer.status_code == 404, act
        assert not stands("Ana", await text(await one.get("/staff/today/requests")))


@pytest.mark.parametrize(("name", "counted"), [
    ("frontdesk", 1), ("practitioner", 1), ("supervisor", 1), ("owner", 0), ("biller", 0),
])
async def test_requests_are_counted_at_the_calendars_entry_for_who_may_answer_them(
    cast, browse, request_id, name, counted
):
    one = await browse(cast, name)
    assert (await (await one.json("/staff/requests/badge")).get_json())["count"] == counted
    page = await text(await one.get("/staff/clients"))
    entry = page[page.index('href="/staff/calendar"'):].partition("</li>")[0]
    assert 'src="/staff/requests/badge" on="request.placed request.changed"' in entry
    assert ("1<span class=\"unseen\"> waiting for an answer" in entry) is bool(counted)
    await cast.inside(lambda: BookingRequest.filter(id=request_id).update(state="declined"))
    assert (await (await one.json("/staff/requests/badge")).get_json())["count"] == 0


async def test_today_says_that_requests_wait_and_nothing_else_needs_somebody(cast, browse, request_id):
    desk, biller = await browse(cast, "frontdesk"), await browse(cast, "biller")
    for page in (await text(await desk.get("/staff/today")), await text(await desk.get("/staff/today/head"))):
        assert "One request for an appointment</a> is waiting." in " ".join(page.split())
        assert "Nothing is waiting" not in page
    page = await text(await desk.get("/staff/today"))
    assert "Ana Beltrán" in page and "Nothing else needs you" in page
    head = page[page.index('src="/staff/today/head"'):].partition(">")[0]
    assert "request.placed request.changed" in head
    assert "Nothing is waiting for you." in await text(await biller.get("/staff/today/head"))
    await desk.post(f"/staff/requests/{request_id}/decline")
    page = await text(await desk.get("/staff/today"))
    assert "Nothing is waiting for you." in page and "Nothing needs you" in page


async def test_those_who_have_to_choose_now_stand_apart_and_are_not_counted(cast, browse, offering, hours, request_id):
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: requests.offer(desk, request_id, [wanted(offering, hours, at(12))]))
    one = await browse(cast, "frontdesk")
    page = await text(await one.get("/staff/requests"))
    assert "Nobody waits for an answer" in page and "They choose now" in page and "Ana Beltrán" in page
    assert (await (await one.json("/staff/requests/badge")).get_json())["count"] == 0
    assert not stands("Ana", await text(await one.get("/staff/today/requests")))
    page = await text(await one.get(f"/staff/requests/{request_id}"))
    assert "Proposed:" in page and "12:00 PM" in page


async def test_the_calendars_panel_leads_to_the_answer(cast, browse, request_id):
    row = await cast.inside(lambda: Appointment.get(request_id=request_id))
    desk, biller = await browse(cast, "frontdesk"), await browse(cast, "biller")
    assert f"/staff/requests/{request_id}" in await text(await desk.get(f"/staff/calendar/{row.id}"))
    seen = await biller.get(f"/staff/calendar/{row.id}")
    assert f"/staff/requests/{request_id}" not in await seen.get_data(as_text=True)
    await desk.post(f"/staff/requests/{request_id}/accept")
    assert "Answer the request" not in await text(await desk.get(f"/staff/calendar/{row.id}"))


async def test_who_is_handling_it_is_visible_to_the_others(cast, browse, request_id):
    desk, maya = await browse(cast, "frontdesk"), await browse(cast, "practitioner")
    assert (await desk.post(f"/staff/requests/{request_id}/handle", {"on": "true"})).status_code == 303
    name = (await (await desk.json("/staff/requests")).get_json())["requests"][0]["handler"]
    assert f"{name} handles it" in await text(await maya.get(f"/staff/requests/{request_id}"))
    assert "You handle it" in await text(await desk.get(f"/staff/requests/{request_id}"))
    await desk.post(f"/staff/requests/{request_id}/handle", {"on": "false"})
    assert "handles it" not in await text(await maya.get("/staff/requests"))


async def test_the_whole_page_of_a_request_follows_whatever_happens_to_it(cast, browse, request_id):
    """What a browser fetches anew is everything below the crumb, after each event that may change any of it."""
    desk = await browse(cast, "frontdesk")
    page = await text(await desk.get(f"/staff/requests/{request_id}"))
    region, start, inside = page.partition(f'<live-region src="/staff/requests/{request_id}" part="request"')
    assert start and 'data-part="request"' in inside and "<form" not in region[region.index('id="main"'):]
    for act in ("handle", "accept", "propose", "decline"):
        assert f'action="/staff/requests/{request_id}/{act}"' in inside
    on = inside.partition('on="')[2].partition('"')[0].split()
    assert {"request.changed", "appointment.booked", "appointment.moved", "appointment.cancelled", "hold.placed",
            "hold.released", "appointment.late_cancelled", "hours.changed", "calendar.blocked"} <= set(on)
    assert inside.count("data-keep") >= 5, "what was typed and ticked stays"


async def test_accepting_books_it_and_warns_of_what_staff_put_over_it(cast, browse, offering, hours, request_id):
    actor = await cast.actor("frontdesk")
    over = wanted(offering, hours, at(10))
    await cast.inside(lambda: filling.book_by_staff(actor, over, [cast.clients["teen"]], overlap_ok=True))
    desk = await browse(cast, "frontdesk")
    assert "Something else was booked over this time." in await text(await desk.get(f"/staff/requests/{request_id}"))
    page = await text(await desk.post(f"/staff/requests/{request_id}/accept"), 409)
    assert "Accept it all the same" in page
    form = dict(re.findall(r'name="(overlap_ok)" value="([^"]*)"', page))
    assert (await desk.post(f"/staff/requests/{request_id}/accept", form)).headers["Location"] == "/staff/requests"
    who = await cast.inside(lambda: Attendance.get(client_id=cast.clients["client"]))
    row = await cast.inside(lambda: Appointment.get(id=who.appointment_id))
    assert (row.state, row.overlap_ok) == ("scheduled", True)
    again = await desk.send(f"/staff/requests/{request_id}/accept")
    assert again.status_code == 409 and (await again.get_json())["code"] == "decided"


async def test_declining_frees_the_time_and_keeps_the_words(cast, browse, request_id):
    desk = await browse(cast, "frontdesk")
    await desk.post(f"/staff/requests/{request_id}/decline", {"reply": "She is away that week."})
    request = await cast.inside(lambda: BookingRequest.get(id=request_id))
    assert (request.state, request.reply) == ("declined", "She is away that week.")
    assert "Nobody waits for an answer" in await text(await desk.get("/staff/requests"))
    assert "Declined" in await text(await desk.get(f"/staff/requests/{request_id}"))


async def test_free_times_are_suggested_and_up_to_three_are_held_when_proposed(cast, browse, request_id):
    desk, ana = await browse(cast, "frontdesk"), await browse(cast, "client")
    told = await (await desk.json(f"/staff/requests/{request_id}")).get_json()
    times = [one["value"] for day in told["free"].values() for one in day]
    assert len(times) >= 3 and not any(one.startswith(at(10).isoformat()) for one in times)
    page = await text(await desk.post(f"/staff/requests/{request_id}/propose", {"times": times[:4]}), 422)
    assert "Propose one to three times." in page or "at most 3" in page
    await text(await desk.post(f"/staff/requests/{request_id}/propose", {}), 422)
    sent = await desk.post(f"/staff/requests/{request_id}/propose", {"times": times[:3], "reply": "Or these?"})
    assert sent.status_code == 303
    assert await cast.inside(lambda: Appointment.filter(state="offered").count()) == 3
    page = await text(await ana.get("/appointments"))
    assert "proposes other times" in page and "Or these?" in page
    take = re.search(r'action="(/appointments/requests/[^"]+/take/[^"]+)"', page)
    assert (await ana.post(take[1])).status_code == 303
    assert "Nobody waits for an answer" in await text(await desk.get("/staff/requests"))


@pytest.mark.parametrize("wrong", [{"times": "x"}, {"times": ["a", "b"]}, {"reply": "r" * 2001}, {"on": "perhaps"},
                                   {"times": "2020-01-01T00:00:00+00:00/"}, {"times": "9999-12-31T23:59:00-14:00/"}])
async def test_hostile_answers_change_nothing(cast, browse, request_id, wrong):
    desk = await browse(cast, "frontdesk")
    for act in ("handle", "propose", "decline"):
        if set(wrong) & {"handle": {"on"}, "propose": {"times"}, "decline": {"reply"}}[act]:
            assert (await desk.send(f"/staff/requests/{request_id}/{act}", wrong)).status_code == 422
    assert (await cast.inside(lambda: BookingRequest.get(id=request_id))).state == "open"


async def test_a_practitioner_sees_only_requests_for_their_own_time(cast, offering, hours, request_id):
    async def more() -> None:
        await offer(offering, cast.staff["owner"])
        await open_week(cast.staff["owner"], hours.location_id)

    await cast.inside(more)
    leo = await cast.actor("teen")
    one = wanted(offering, hours, at(12), staff_id=cast.staff["owner"])
    await cast.inside(lambda: booking.book(leo, one))
    maya = await cast.actor("practitioner")
    assert [each.id for each in await cast.inside(lambda: queue.waiting(maya))] == [request_id]
    desk = await cast.actor("frontdesk")
    assert len(await cast.inside(lambda: queue.waiting(desk))) == 2
