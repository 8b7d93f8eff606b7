"""Answered requests stay findable: how each ended, who answered, and what whoever asked reads of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import pytest_asyncio

from models.appointments import booking, newcomers, own_requests, requests
from models.appointments.asking import Asker
from models.appointments.tables import Appointment, BookingRequest, Offering
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from tests.appointments.test_newcomers import NORA, ask
from tests.appointments.times import at, wanted

HERE = "/staff/requests/answered"


async def text(answer, status=200) -> str:
    words = str(await answer.get_data(as_text=True))
    assert answer.status_code == status, (answer.status_code, words[-1500:])
    return words


@pytest_asyncio.fixture(loop_scope="session")
async def wish(cast, offering, hours):
    """`await wish("client", 10)`: somebody's wish for this hour, by its id."""
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))

    async def make(name, hour, week=1):
        actor = await cast.actor(name)
        made = await cast.inside(lambda: booking.book(actor, wanted(offering, hours, at(hour, week=week))))
        return (await cast.inside(lambda: Appointment.get(id=made.appointment_id))).request_id

    return make


async def by(cast, name, verb, *args, **more):
    actor = await cast.actor(name)
    return await cast.inside(lambda: verb(actor, *args, **more))


async def listed(browser, query="") -> list[str]:
    found = (await (await browser.json(f"{HERE}{query}")).get_json())["requests"]
    return [one["answer"] for one in found]


async def test_each_stands_there_with_how_it_ended_and_who_answered_the_last_one_first(
    cast, browse, offering, hours, wish, later
):
    accepted, declined, withdrawn = [await wish("client", hour) for hour in (10, 11, 12)]
    taken, lapsed = await wish("teen", 13), await wish("teen", 14)
    await by(cast, "practitioner", requests.accept, accepted)
    await by(cast, "frontdesk", requests.decline, declined, "We are full.")
    await by(cast, "client", own_requests.withdraw, withdrawn)
    await by(cast, "frontdesk", requests.offer, taken, [wanted(offering, hours, at(10, weekday=2))])
    held = await cast.inside(lambda: Appointment.get(state="offered"))
    await by(cast, "teen", own_requests.take_offer, taken, held.id)
    later(hours=72, seconds=1)
    await cast.inside(lambda: requests.expire_due(lapsed))
    desk = await browse(cast, "frontdesk")
    assert await listed(desk) == [
        "Lapsed without an answer", "Took a time proposed by Tess Moreau", "Taken back by who asked",
        "Declined by Tess Moreau", "Accepted by Maya Okafor",
    ]
    page = await text(await desk.get(f"/staff/requests/{declined}"))
    assert "Declined by Tess Moreau" in page and "We are full." in page and "I handle it" not in page
    page = await text(await desk.get(f"/staff/requests/{accepted}"))
    row = await cast.inside(lambda: Appointment.get(request_id=accepted))
    assert f"/staff/calendar/{row.id}" in page and f"/staff/clients/{cast.clients['client']}" in page


async def test_they_are_narrowed_by_answer_calendar_who_answered_and_who_asked(cast, browse, offering, hours, wish):
    first, second = await wish("client", 10), await wish("teen", 11)
    new = await ask(cast, NORA, wanted(offering, hours, at(12)))
    await by(cast, "practitioner", requests.accept, first)
    await by(cast, "frontdesk", requests.decline, second)
    await by(cast, "frontdesk", newcomers.take_in, new)
    desk, staff = await browse(cast, "frontdesk"), cast.staff
    tess, maya = "Accepted by Tess Moreau", "Accepted by Maya Okafor"
    for query, found in (
        ("state=declined", ["Declined by Tess Moreau"]), ("state=accepted", [tess, maya]), ("state=withdrawn", []),
        (f"by={staff['practitioner']}", [maya]), (f"practitioner={staff['practitioner']}&state=accepted", [tess, maya]),
        (f"practitioner={staff['owner']}", []), ("whose=new", [tess]), ("whose=known&state=accepted", [maya]),
        ("state=&by=&whose=&practitioner=&before=", [tess, "Declined by Tess Moreau", maya]),
    ):
        assert await listed(desk, f"?{query}") == found, query
    for query in ("state=lost", "by=x", "whose=all", "before=x", "words=Ana"):
        assert (await desk.json(f"{HERE}?{query}")).status_code == 422, query
    page = await text(await desk.get(f"{HERE}?state=declined"))
    assert re.search(r'<option value="declined" selected', page) and "Show all" in page
    assert f'src="{HERE}?state=declined"' in page, "the page follows as it is narrowed"


async def test_a_name_is_looked_for_by_a_form_and_stands_in_no_address(cast, browse, offering, hours, wish):
    await by(cast, "frontdesk", requests.decline, await wish("client", 10))
    theo = Asker("child", "Nora", "Field", "nora@field.test", "", "Theo", "Meadow", date(2017, 3, 4),
                 "parent")
    await by(cast, "frontdesk", requests.decline, await ask(cast, theo, wanted(offering, hours, at(12))))
    desk = await browse(cast, "frontdesk")
    for words, found in (("beltr", 1), ("  NORA   field ", 1), ("meadow", 1), ("Nobody", 0), ("%", 0), ("", 2)):
        sent = await desk.send(HERE, {"words": words})
        assert len((await sent.get_json())["requests"]) == found, words
    page = await text(await desk.post(HERE, {"words": "Nobody"}))
    assert "No such request" in page and 'value="Nobody"' in page
    assert f'<live-region src="{HERE}' not in page, "it would fetch all of them"


@pytest.mark.parametrize(("name", "sees"), [("practitioner", 1), ("supervisor", 1), ("owner", 0), ("biller", 0)])
async def test_only_of_calendars_that_somebody_fills(cast, browse, wish, name, sees):
    id = await wish("client", 10)
    await by(cast, "frontdesk", requests.decline, id)
    one = await browse(cast, name)
    assert len(await listed(one)) == sees
    assert (await one.json(f"/staff/requests/{id}")).status_code == (200 if sees else 404)
    assert len((await (await one.send(HERE, {"words": "Ana"})).get_json())["requests"]) == sees


async def test_another_practice_finds_nothing_of_them(cast, neighbours, browse, wish):
    id = await wish("client", 10)
    await by(cast, "frontdesk", requests.decline, id)
    theirs = await browse(neighbours, "frontdesk")
    assert await listed(theirs) == [] and await listed(theirs, f"?before={id}") == []
    assert await listed(theirs, f"?by={cast.staff['frontdesk']}") == []
    assert (await theirs.json(f"/staff/requests/{id}")).status_code == 404


async def test_thirty_stand_on_a_page_and_the_next_one_goes_on_from_there(cast, browse, wish):
    id = await wish("client", 10)
    await by(cast, "frontdesk", requests.decline, id)
    row = await cast.inside(lambda: Appointment.get(request_id=id))
    decided_at = now()

    async def more() -> None:
        for number in range(40):
            made = await BookingRequest.create(
                id=new_id(), client_id=cast.clients["client"], state="declined", expires_at=now(),
                decided_at=decided_at - timedelta(minutes=number // 3), reply=str(number),
            )
            await Appointment.create(id=new_id(), state="declined", staff_id=row.staff_id, starts_at=row.starts_at,
                                     ends_at=row.ends_at, made_side="portal", request_id=made.id)

    await cast.inside(more)
    desk, seen, before = await browse(cast, "frontdesk"), [], ""
    for count in (30, 11):
        told = await (await desk.json(f"{HERE}?state=declined{before}")).get_json()
        assert len(told["requests"]) == count
        seen += [one["id"] for one in told["requests"]]
        before = f"&before={told['before']}"
    assert told["before"] is None and len(set(seen)) == 41
    assert "Earlier ones" in await text(await desk.get(f"{HERE}?state=declined"))


async def test_of_a_newcomer_whose_data_were_erased_stays_when_and_how_it_ended(
    cast, browse, offering, hours, later
):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    await by(cast, "frontdesk", requests.decline, id, "Not in our area.")
    later(days=30, minutes=1)
    await cast.inside(newcomers.erase_here)
    desk = await browse(cast, "frontdesk")
    page = await text(await desk.get(f"{HERE}?whose=new"))
    assert "A new client" in page and "Declined by Tess Moreau" in page and "Nora" not in page
    page = await text(await desk.get(f"/staff/requests/{id}"))
    assert "Erased" in page and "Nora" not in page and "Not in our area." not in page


async def test_the_client_reads_the_practices_words_and_open_pages_turn_into_the_answer(cast, browse, wish):
    id = await wish("client", 10)
    row = await cast.inside(lambda: Appointment.get(request_id=id))
    ana = await browse(cast, "client")
    one, sent = f"/appointments/{row.id}", f"/appointments/{row.id}/booked"
    assert "Waits for an answer" in await text(await ana.get(one))
    assert "Your request is sent" in await text(await ana.get(sent))
    await by(cast, "frontdesk", requests.decline, id, "We are full that week.")
    page = await text(await ana.get("/appointments"))
    assert "cannot keep" in page and "We are full that week." in page and "Waits for an answer" not in page
    for path, part in ((one, "appointment"), (sent, "booked")):
        page = await text(await ana.get(path))
        assert "Not possible" in page and "We are full that week." in page and f'data-part="{part}"' in page
    assert (await (await browse(cast, "teen")).json(one)).status_code == 404


async def test_a_wish_in_whose_place_another_time_was_taken_leads_to_it(cast, browse, offering, hours, wish):
    id = await wish("client", 10)
    row = await cast.inside(lambda: Appointment.get(request_id=id))
    await by(cast, "frontdesk", requests.offer, id, [wanted(offering, hours, at(11, weekday=2))])
    held = await cast.inside(lambda: Appointment.get(state="offered"))
    ana = await browse(cast, "client")
    sent = await ana.post(f"/appointments/requests/{id}/take/{held.id}")
    assert sent.headers["Location"] == f"/appointments/{held.id}/booked"
    page = await text(await ana.get(f"/appointments/{row.id}"))
    assert "Another time was taken" in page and f'href="/appointments/{held.id}"' in page
    page = await text(await ana.post(f"/appointments/requests/{id}/take/{held.id}"), 409)
    assert "no longer held for you" in page and "Upcoming" in page


async def test_the_first_page_of_the_portal_says_that_other_times_are_proposed(cast, browse, offering, hours, wish):
    id = await wish("teen", 10)
    leo, karen, teen = await browse(cast, "teen"), await browse(cast, "parent"), cast.clients["teen"]
    assert "proposes other times" not in await text(await leo.get("/home"))
    await by(cast, "frontdesk", requests.offer, id, [wanted(offering, hours, at(11, weekday=2))])
    for page in (await text(await leo.get("/home")), await text(await leo.get("/home/head")),
                 await text(await karen.get(f"/for/{teen}/home"))):
        assert "proposes other times" in page and "Nothing is waiting for you." not in page
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    assert "proposes other times" not in await text(await karen.get(f"/for/{teen}/home/head"))


async def test_what_lapsed_or_was_declined_is_told_for_two_weeks_and_what_was_taken_back_not(
    cast, browse, wish, later
):
    withdrawn, lapsed = await wish("client", 10), await wish("client", 11, week=5)
    await by(cast, "client", own_requests.withdraw, withdrawn)
    later(hours=72, seconds=1)
    await cast.inside(lambda: requests.expire_due(lapsed))
    page = await text(await (await browse(cast, "client")).get("/appointments"))
    assert page.count("Your request has lapsed") == 1 and "11:00 AM" in page and "10:00 AM" not in page
    karen, teen = await browse(cast, "parent"), cast.clients["teen"]
    assert "lapsed" not in await text(await karen.get(f"/for/{teen}/appointments"))
    later(days=15)
    assert "lapsed" not in await text(await (await browse(cast, "client")).get("/appointments"))
