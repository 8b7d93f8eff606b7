"""How much of a calendar somebody without a login, or with one, can keep from others, and for how long."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from models.appointments import asking, booking, holding
from models.appointments.holding import MOST_AT_ONCE
from models.appointments.tables import Appointment, BookingRequest
from models.appointments.taking import Offer
from models.core import limits
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, TooMany
from models.core.ids import new_id
from tests.appointments.test_asking import ME, asked, chosen, held, text
from tests.appointments.times import at, wanted

TIMES = [(hour, weekday) for weekday in range(5) for hour in (9, 10, 11, 13, 14, 15)]


async def standing(cast) -> int:
    return await cast.inside(lambda: Appointment.filter(state="hold").count())


def time_at(hours, number, **other):
    hour, weekday = TIMES[number]
    return {"time": f"{at(hour, weekday=weekday).isoformat()}/{hours.location_id}", **other}


async def test_a_visitor_keeps_six_times_at_most_from_others(cast, browse, offering, hours):
    visitor = await browse(cast)
    for number in range(6):
        await text(await visitor.post("/request/hold", chosen(offering, hours, **time_at(hours, number))))
    refused = await visitor.send("/request/hold", chosen(offering, hours, **time_at(hours, 6)))
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) <= 300
    assert await standing(cast) == 6


async def test_who_changes_their_mind_or_leaves_the_page_is_not_counted(cast, browse, offering, hours):
    visitor, before = await browse(cast), {"hold": "", "secret": ""}
    for number in range(15):
        page = await held(visitor, offering, hours, **time_at(hours, number, **before))
        before = {"hold": page["hold"], "secret": page["secret"]}
    for number in range(15, 30):
        await visitor.send("/request/release", before)
        page = await held(visitor, offering, hours, **time_at(hours, number))
        before = {"hold": page["hold"], "secret": page["secret"]}
    assert await standing(cast) == 1


async def test_others_holds_give_nothing_back(cast, browse, offering, hours):
    visitor, before = await browse(cast), await held(await browse(cast), offering, hours, **time_at(hours, 0))
    forged = {"hold": before["hold"], "secret": "forged"}
    for number in range(1, 6):
        await visitor.send("/request/release", forged)
        await held(visitor, offering, hours, **time_at(hours, number, **forged))
    refused = await visitor.send("/request/hold", chosen(offering, hours, **time_at(hours, 6, **forged)))
    assert refused.status_code == 429 and await standing(cast) == 6


async def test_visitors_of_many_networks_keep_sixty_times_of_one_practice(cast, neighbours):
    for number in range(60):
        await cast.inside(lambda number=number: asking.count_hold(f"10.0.{number}.1"))
    with pytest.raises(TooMany):
        await cast.inside(lambda: asking.count_hold("10.1.1.1"))
    await neighbours.inside(lambda: asking.count_hold("10.0.0.1"))


async def test_free_times_are_looked_at_three_times_a_second_for_long(cast, browse, offering, hours):
    visitor = await browse(cast)
    times = f"/request?service={offering.id}&mode=phone&whom=self"
    assert (await visitor.json(times)).status_code == 200
    for _ in range(asking.LOOKS_BY_NETWORK.most - 1):
        await cast.inside(lambda: asking.count_look("unknown"))
    assert (await visitor.json(times)).status_code == 429
    assert (await visitor.json("/request")).status_code == 200, "what costs nothing goes on"


async def test_a_hold_tells_how_long_it_lasts_to_whose_it_is(cast, browse, offering, hours):
    visitor, stranger = await browse(cast), await browse(cast)
    form = await held(visitor, offering, hours)
    assert 'data-left="0"' not in await text(await visitor.post("/request/code", form), 422)
    for forged in ({"secret": "forged"}, {"secret": ""}, {"hold": str(uuid4())}):
        assert 'data-left="0"' in await text(await stranger.post("/request/code", {**form, **forged}), 422)


async def test_a_client_keeps_three_times_and_the_oldest_goes(cast, offering, hours):
    ana = await cast.actor("client")
    made = []
    for number in range(5):
        hour, weekday = TIMES[number]
        moment = wanted(offering, hours, at(hour, weekday=weekday))
        made.append((await cast.inside(lambda m=moment: holding.place(ana, Offer(offering, 12000), m))).id)
    rows = await cast.inside(lambda: Appointment.filter(state="hold"))
    assert {row.id for row in rows} == set(made[-MOST_AT_ONCE:])


async def test_a_login_books_forty_times_an_hour(cast, offering, hours):
    ana = await cast.actor("client")
    starts = [at(hour, weekday=weekday, week=week) for week in (1, 2) for hour, weekday in TIMES]
    times = [wanted(offering, hours, one) for one in starts]
    for one in times[:40]:
        await cast.inside(lambda one=one: booking.book(ana, one))
    with pytest.raises(TooMany):
        await cast.inside(lambda: booking.book(ana, times[40]))
    with pytest.raises(Conflict):
        await cast.inside(lambda: booking.book(ana, times[0]))
    teen = await cast.actor("teen")
    await cast.inside(lambda: booking.book(teen, times[40]))


async def test_a_network_asks_for_ten_times_a_day_whatever_addresses_it_proves(cast, browse, offering, hours):
    visitor = await browse(cast)
    for number in range(11):
        limits_of_the_hour()
        form = await asked(cast, visitor, offering, hours, {**ME, "email": f"n{number}@field.test"},
                           **time_at(hours, number, hold="", secret=""))
        answer = await visitor.send("/request", form)
        assert answer.status_code == (200 if number < 10 else 429), await answer.get_json()
    assert await cast.inside(lambda: BookingRequest.all().count()) == 10


def limits_of_the_hour() -> None:
    """An hour goes by for what is counted by the hour."""
    kept = {name: count for name, count in limits._counts.items() if ":booking-asked-" in name}
    limits.forget_all()
    limits._counts.update(kept)


async def test_a_hundred_newcomers_wait_and_no_more(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    ends = now() + timedelta(days=2)

    async def waiting() -> None:
        for number in range(asking.MOST_OPEN_HERE):
            await BookingRequest.create(id=new_id(), first_name="N", last_name="N", email=f"n{number}@field.test",
                                        expires_at=ends)

    await cast.inside(waiting)
    refused = await visitor.send("/request", form)
    told = await refused.get_json()
    assert (refused.status_code, told["code"]) == (409, "too-many-here") and "(207) 555-0132" in told["detail"]
    await cast.inside(lambda: execute("UPDATE booking_request SET state = 'declined' WHERE email = 'n1@field.test'"))
    assert (await visitor.send("/request", form)).status_code == 200
