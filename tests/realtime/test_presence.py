"""Who may know that somebody is here. Presence has walls: what is not for these ears does not come."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from itertools import groupby

import pytest_asyncio
from redis import asyncio as aioredis

from models.core import presence as online
from models.core.database import execute
from models.core.errors import Busy
from models.core.ids import new_id
from models.core.settings import settings
from realtime import presence
from realtime.hints import Ear
from tests.faults.drills import conversation, new_key
from tests.faults.ground import eventually, eventually_so


@pytest_asyncio.fixture(loop_scope="session")
async def telling(house_live) -> AsyncIterator[None]:
    """Hints go to the rooms of this worker."""
    nowhere = aioredis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.1)
    before, presence.ear = presence.ear, None
    presence.ear = Ear(nowhere, settings().redis_url or "", house_live.hub.feed, house_live.hub.fanout)
    house_live.hub.feed.subscribe = house_live.hub.feed.unsubscribe = None
    yield
    presence.ear = before
    await nowhere.aclose()


def _states(page, **who):
    wanted = {name: str(one) for name, one in who.items()}
    return [told["state"] for name, told in page.hints if name == "presence" and wanted.items() <= told.items()]


async def test_staff_hear_each_other_come_and_go_and_their_clients_too(house_live, telling, cast):
    owner = await house_live.page(cast, "owner")
    desk, client = await house_live.page(cast, "practitioner"), await house_live.page(cast, "client")
    staff, access = cast.logins["practitioner"], cast.accesses["client", "client"]
    await eventually(lambda: _states(owner, login=staff) == ["online"] and _states(owner, access=access) == ["online"])
    await eventually(lambda: _states(desk, access=access) == ["online"])
    await client.leave()
    await desk.leave()
    await eventually(lambda: _states(owner, login=staff) == ["online", "away"])
    await eventually(lambda: _states(owner, access=access) == ["online", "away"])


async def test_a_client_hears_nothing_of_staff_unless_the_practice_allows_it(house_live, telling, cast):
    client = await house_live.page(cast, "client")
    desk = await house_live.page(cast, "practitioner")
    await _is_online(cast, f"login:{cast.logins['practitioner']}")
    await desk.leave()
    await _is_online(cast, f"login:{cast.logins['practitioner']}", so=False)
    await _allow(cast)
    again = await house_live.page(cast, "practitioner")
    owner = await house_live.page(cast, "owner")
    await eventually(lambda: _states(client, login=cast.logins["practitioner"]) == ["online"])
    await _is_online(cast, f"login:{cast.logins['owner']}")
    assert [told for name, told in client.hints if name == "presence"] == [
        {"login": str(cast.logins["practitioner"]), "state": "online"}
    ], "only those it may write to"
    assert again.live and owner.live


async def test_one_client_never_hears_of_another(house_live, telling, cast, neighbours):
    await _allow(cast)
    client, theirs = await house_live.page(cast, "client"), await house_live.page(neighbours, "owner")
    for name in ("teen", "parent", "coparent"):
        await house_live.page(cast, name)
        access = next(one for (who, _), one in cast.accesses.items() if who == name)
        await _is_online(cast, f"access:{access}")
    assert not [told for name, told in client.hints + theirs.hints if name == "presence" and "access" in told]


async def test_two_tabs_are_one_person(house_live, telling, cast):
    owner = await house_live.page(cast, "owner")
    tabs = [await house_live.page(cast, "biller") for _ in range(3)]
    biller = cast.logins["biller"]
    await eventually(lambda: _states(owner, login=biller) == ["online"])
    for tab in tabs[:2]:
        await tab.leave()
    await eventually(lambda: len(house_live.hub.lines) == 2)
    assert _states(owner, login=biller) == ["online"]
    await tabs[2].leave()
    await eventually(lambda: _states(owner, login=biller) == ["online", "away"])


async def test_a_page_on_another_worker_keeps_its_person_here(house_live, telling, cast):
    owner, biller = await house_live.page(cast, "owner"), cast.logins["biller"]
    await online.here(cast.practice_id, [f"login:{biller}"], holder="another worker")
    tab = await house_live.page(cast, "biller")
    await _is_held_by(cast, f"login:{biller}", {presence.HOLDER, "another worker"})
    await tab.leave()
    await _is_held_by(cast, f"login:{biller}", {"another worker"})
    await _is_online(cast, f"login:{biller}")
    assert _states(owner, login=biller) == []
    assert await online.left(cast.practice_id, f"login:{biller}", holder="another worker")


async def test_who_stays_is_kept_and_told_again_to_whom_may_know_by_then(house_live, telling, cast):
    client, desk = await house_live.page(cast, "client"), await house_live.page(cast, "practitioner")
    name, ids = f"login:{cast.logins['practitioner']}", {"login": cast.logins["practitioner"]}
    await _is_online(cast, name)
    feed = house_live.hub.feed.practices[cast.practice_id]
    before = feed.sent
    await _allow(cast)
    await conversation(desk, cast)  # what changes whom to tell is an event, as this is
    await eventually(lambda: feed.sent > before)
    await online.gone(cast.practice_id, name)
    await presence.refresh_once(house_live.hub)
    await _is_online(cast, name)
    await eventually(lambda: _states(client, **ids) == ["online"])


async def test_where_nothing_happened_nobody_is_asked_anew(house_live, telling, cast, monkeypatch):
    await house_live.page(cast, "practitioner")
    name = f"login:{cast.logins['practitioner']}"
    await _is_online(cast, name)

    async def asked(_):
        raise AssertionError("this opens the practice, for each of those who are here")

    monkeypatch.setattr(presence, "audience_of", asked)
    await online.gone(cast.practice_id, name)
    await presence.refresh_once(house_live.hub)
    await _is_online(cast, name)


async def test_who_came_while_the_database_was_away_is_asked_about_again(house_live, telling, cast, monkeypatch):
    asked = presence.audience_of

    async def away(_):
        raise Busy("database-away")

    monkeypatch.setattr(presence, "audience_of", away)
    page = await house_live.page(cast, "practitioner")
    await eventually(lambda: presence._known.get(presence._face(house_live.line(page))) is not None)
    monkeypatch.setattr(presence, "audience_of", asked)
    await presence.refresh_once(house_live.hub)
    await _is_online(cast, f"login:{cast.logins['practitioner']}")


async def _killed(cast, *names):
    """These were online on a worker that was killed, and nobody has said so since."""
    await online.here(cast.practice_id, names, holder="killed")
    await online._redis.zadd(online._key(cast.practice_id), dict.fromkeys(names, time.time() - 1))


async def test_whom_a_killed_worker_held_is_away_for_all_who_saw_them_here(house_live, telling, cast):
    await _allow(cast)
    owner, client = await house_live.page(cast, "owner"), await house_live.page(cast, "client")
    other = await house_live.page(cast, "teen")
    staff, access = cast.logins["practitioner"], cast.accesses["parent", "child"]
    await _killed(cast, f"login:{staff}", f"access:{access}", f"replying:{new_id()}:{new_id()}")
    for _ in range(2):
        await presence.end_expired(house_live.hub)
    await eventually(lambda: _states(owner, login=staff) == _states(owner, access=access) == ["away"])
    await eventually(lambda: _states(client, login=staff) == ["away"])
    assert not _states(other, access=access) and not _states(client, access=access)


async def test_who_came_back_elsewhere_meanwhile_stays(house_live, telling, cast, monkeypatch):
    owner, staff = await house_live.page(cast, "owner"), cast.logins["practitioner"]
    await _killed(cast, f"login:{staff}", f"login:{cast.logins['biller']}")
    asked = presence.audience_of_name

    async def meanwhile(name):
        await online.here(cast.practice_id, [f"login:{staff}"], holder="another worker")
        return await asked(name)

    monkeypatch.setattr(presence, "audience_of_name", meanwhile)
    await presence.end_expired(house_live.hub)
    await eventually(lambda: _states(owner, login=cast.logins["biller"]) == ["away"])
    await _is_online(cast, f"login:{staff}")
    assert _states(owner, login=staff) == []


async def test_whom_a_killed_worker_held_is_told_of_once_the_database_is_back(
    house_live, telling, cast, monkeypatch
):
    owner, staff = await house_live.page(cast, "owner"), cast.logins["practitioner"]
    await _killed(cast, f"login:{staff}")

    async def away(_):
        raise Busy("database-away")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(presence, "audience_of_name", away)
        await presence.end_expired(house_live.hub)
    assert _states(owner, login=staff) == []
    await presence.end_expired(house_live.hub)
    await eventually(lambda: _states(owner, login=staff) == ["away"])


async def test_typing_is_heard_by_those_who_sit_there_and_nobody_else(house_live, telling, cast):
    desk, client = await house_live.page(cast, "practitioner"), await house_live.page(cast, "client")
    others = [await house_live.page(cast, name) for name in ("owner", "teen", "parent")]
    where = await conversation(desk, cast)
    assert (await client.ask("typing", conversation=where, on=True))["ok"]
    await eventually(lambda: any(name == "typing" for name, _ in desk.hints))
    assert not [name for page in others for name, _ in page.hints if name in ("typing", "looking")]
    refused = await others[1].ask("typing", conversation=where, on=True)
    assert refused["error"]["code"] == "not-found"


async def test_who_is_gone_types_no_more(house_live, telling, cast):
    desk, client = await house_live.page(cast, "practitioner"), await house_live.page(cast, "client")
    where = await conversation(desk, cast)

    def said():
        """Without what is said again: a page whose answer is long in coming asks once more."""
        return [on for on, _ in groupby(hint["on"] for name, hint in desk.hints if name == "typing")]

    for on in (True, False, True):
        assert (await client.ask("typing", conversation=where, on=on))["ok"]
    await eventually(lambda: said() == [True, False, True])
    await client.leave()
    await eventually(lambda: said() == [True, False, True, False])


async def test_who_took_it_back_is_not_taken_back_again(house_live, telling, cast):
    desk, client = await house_live.page(cast, "practitioner"), await house_live.page(cast, "client")
    where = await conversation(desk, cast)
    for on in (True, False):
        assert (await client.ask("typing", conversation=where, on=on))["ok"]
    assert house_live.line(client).signs is None
    assert not (await client.ask("typing", conversation=str(new_id()), on=True))["ok"]
    assert house_live.line(client).signs is None


async def test_nobody_is_replying_whose_page_is_gone(house_live, telling, cast):
    """Front desk's own word for it stands in the list, drawn from what is kept, so that it must be taken out there."""
    client, clerk = await house_live.page(cast, "client"), await house_live.page(cast, "frontdesk")
    await cast.inside(lambda: execute("UPDATE messaging_settings SET clients_write_front_desk = true"))
    started = await client.ask("conversation.start", people=[str(cast.practice_id)], key=new_key())
    where = started["conversation"]
    assert (await clerk.ask("typing", conversation=where, on=True))["ok"]
    name = f"replying:{where}:{cast.staff['frontdesk']}"
    await _is_online(cast, name)
    await clerk.leave()
    await _is_online(cast, name, so=False)


async def _allow(cast):
    await cast.inside(lambda: execute("UPDATE messaging_settings SET clients_see_online = true"))


async def _is_online(cast, name, *, so=True):
    async def found():
        return (name in await online.online(cast.practice_id)) is so

    await eventually_so(found, what=f"{name} online: {so}")


async def _is_held_by(cast, name, holders):
    async def so():
        held = await online._redis.zrange(online._held(cast.practice_id, name), 0, -1)
        return {one.decode() for one in held} == holders

    await eventually_so(so, what=f"{name} held by {holders}")
