"""When a practice's portal moves, every open page of it is told the new host, without Redis too; others are not."""

from __future__ import annotations

import secrets

from models.accounts import portal
from models.core.database import execute
from realtime import moving
from tests.faults.ground import eventually


async def test_every_socket_is_told_the_new_host_and_then_cut(house_live, cast, neighbours, monkeypatch):
    monkeypatch.setattr(moving, "GRACE_SECONDS", 0.1)
    pages = [await house_live.page(cast, name) for name in ("client", "owner", "parent")]
    other = await house_live.page(neighbours, "client")
    owner, new = await cast.actor("owner"), f"w{secrets.token_hex(5)}"
    await cast.inside(lambda: portal.move(owner, new))
    told = f'42["moved",{{"host":"{new}.localhost'
    for page in pages:
        await eventually(lambda page=page: any(frame.startswith(told) for frame in page.frames))
    await eventually(lambda: house_live.hub.lines.of(cast.practice_id) == [])
    assert not any("moved" in frame for frame in other.frames)
    assert len(house_live.hub.lines.of(neighbours.practice_id)) == 1


async def test_who_came_by_the_new_address_stays(house_live, cast, monkeypatch):
    monkeypatch.setattr(moving, "GRACE_SECONDS", 0.0)
    page = await house_live.page(cast, "client")
    await moving._lead_over(house_live.hub, cast.practice_id, house_live.hub.lines.of(cast.practice_id))
    assert len(house_live.hub.lines.of(cast.practice_id)) == 1 and not any("moved" in one for one in page.frames)


async def test_the_sockets_of_a_closed_portal_hear_nothing_until_it_opens(house_live, cast):
    from models.core.events import ToAccess, ToStaff
    from tests.realtime.live import tell

    client, maya = await house_live.page(cast, "client"), await house_live.page(cast, "practitioner")
    owner, access = await cast.actor("owner"), cast.accesses["client", "client"]
    await cast.inside(lambda: portal.turn_off(owner))
    await eventually(lambda: client.resyncs == 1)
    silent = await tell(cast, ToAccess(access), ToStaff(), client=cast.clients["client"])
    await eventually(lambda: silent in maya.heard)
    assert silent not in client.heard
    await cast.inside(lambda: portal.turn_on(owner, cast.subdomain))
    await eventually(lambda: client.resyncs == 2)
    spoken = await tell(cast, ToAccess(access), client=cast.clients["client"])
    await eventually(lambda: spoken in client.heard)


async def test_who_was_let_in_by_an_address_of_seconds_ago_is_led_over_too(house_live, cast, monkeypatch):
    monkeypatch.setattr(moving, "GRACE_SECONDS", 0.1)
    new = f"w{secrets.token_hex(5)}"
    before = await house_live.page(cast, "owner")
    await execute("UPDATE practice SET subdomain = $2 WHERE id = $1", cast.practice_id, new)
    assert not any("moved" in frame for frame in before.frames), "this worker has not heard of it"
    page = await house_live.page(cast, "client")
    await eventually(lambda: any(frame.startswith(f'42["moved",{{"host":"{new}.') for frame in page.frames))


async def test_who_comes_by_an_address_that_was_left_says_first_what_is_unsaid_and_is_told_and_cut(
    house_live, cast, monkeypatch
):
    monkeypatch.setattr(moving, "GRACE_SECONDS", 0.3)
    owner, new = await cast.actor("owner"), f"w{secrets.token_hex(5)}"
    await cast.inside(lambda: portal.move(owner, new))
    page = await house_live.page(cast, "client")
    assert page.live, "its asks are heard"
    await eventually(lambda: any(frame.startswith(f'42["moved",{{"host":"{new}.') for frame in page.frames))
    await eventually(lambda: page.connects > 1)
