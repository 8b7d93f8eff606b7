"""Visitors of the booking page: what they hear, and when they are let go."""

from __future__ import annotations

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from models.accounts import features, portal
from models.appointments.events import HOLD_PLACED
from models.core.change import change, record
from models.core.clock import now
from models.core.events import Part, ToPublic, ToStaff
from tests.faults.ground import eventually
from tests.faults.page import PATH


async def visitor(house_live, cast):
    cast.tokens["none"] = ""
    page = await house_live.page(cast, "owner", session="none", wait=False)
    await eventually(lambda: any(line.live for line in _lines(house_live, cast)))
    return page


def _lines(house_live, cast):
    return [one for one in house_live.hub.lines.of(cast.practice_id) if one.visitor.session_id is None]


async def _held(cast):
    who, at = cast.staff["practitioner"], now()

    async def work() -> None:
        async with change(None, "hold.place"):
            ids, data = {"practitioner": who}, {"starts_at": at, "ends_at": at, "free": False}
            await record(None, HOLD_PLACED, [Part([ToStaff()], {**ids, "appointment": who}, data),
                                             Part([ToPublic()], ids, data)])

    await cast.inside(work)


async def test_a_visitor_hears_practitioner_and_time_and_no_number(house_live, cast):
    page = await visitor(house_live, cast)
    await _held(cast)
    await eventually(lambda: [name for name, _ in page.hints if name == "hold.placed"])
    heard = dict(page.hints)["hold.placed"]
    assert set(heard) == {"at", "practitioner", "data"} and set(heard["data"]) == {"starts_at", "ends_at", "free"}
    assert not [payload for _, payload in page.hints if "seq" in payload or "cursor" in payload]
    await house_live.hub.beat_once()
    assert not [name for name, _ in page.hints if name == "beat"]


async def test_the_cookie_of_a_session_that_is_over_opens_the_visitors_line_alone(house_live, cast):
    """A page that was signed in is sent to sign in; one that says it is a visitor's listens as anybody does."""
    host = f"{cast.subdomain}.localhost:{house_live.port}"
    cookie = {"Cookie": f"{house_live.cookie}=over"}
    for query, status in (("", 403), ("&visitor=1", 101)):
        try:
            async with connect(f"ws://{host}{PATH}{query}", host="127.0.0.1", port=house_live.port,
                               origin=Origin(f"http://{host}"), additional_headers=cookie):
                assert status == 101
        except InvalidStatus as refusal:
            assert refusal.response.status_code == status


async def test_clients_who_may_book_hear_it_too_and_staff_with_its_number(house_live, cast):
    ana, maya = await house_live.page(cast, "client"), await house_live.page(cast, "practitioner")
    await _held(cast)
    await eventually(lambda: [name for name, _ in ana.hints if name == "hold.placed"])
    await eventually(lambda: [name for name, _ in maya.heard.values() if name == "hold.placed"])
    assert "hold.placed" not in [name for name, _ in maya.hints]


async def test_online_booking_switched_off_ends_it_and_so_does_a_closed_portal(house_live, cast, neighbours):
    for where, end in ((cast, lambda actor: features.set_feature(actor, "online-booking", on=False)),
                       (neighbours, portal.turn_off)):
        page, owner = await visitor(house_live, where), await where.actor("owner")
        await where.inside(lambda end=end, owner=owner: end(owner))
        await eventually(lambda page=page: page.closed)
        assert (page.code, page.hints[-1]) == (4401, ("signed_out", {"reason": "closed"}))


async def test_another_feature_switched_off_ends_nothing(house_live, cast):
    page, owner = await visitor(house_live, cast), await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(owner, "messaging", on=False))
    await _held(cast)
    await eventually(lambda: [name for name, _ in page.hints if name == "hold.placed"])
    assert not page.closed


async def test_a_visitor_asks_nothing(house_live, cast):
    page = await visitor(house_live, cast)
    line = _lines(house_live, cast)[0]
    told = await house_live.hub._heard("message.send", next(
        sid for sid, one in house_live.hub.lines._all.items() if one is line), {})
    assert told["error"]["code"] == "signed-out" and not page.closed
