"""From connected to live: what is told when, to whom, and what ends a socket."""

from __future__ import annotations

import asyncio

from models.accounts import sessions, sign_in_rule
from models.accounts.practices import today_here
from models.core.database import execute
from models.core.events import (
    ORDER,
    Part,
    ToAccess,
    ToDesk,
    ToFrontDesk,
    ToLogin,
    ToStaff,
    ToStaffAllClients,
    ToStaffOf,
)
from realtime import hub as hub_module
from tests.faults.ground import eventually
from tests.realtime.live import Gate, tell, tell_parts


async def test_a_page_that_knows_nothing_is_live_at_once_and_told_nothing_of_the_past(house_live, cast):
    seq = await tell(cast, ToStaff())
    page = await house_live.page(cast, "owner", cursor=None)
    assert (page.cursor, page.heard, page.resyncs) == (seq, {}, 0)


async def test_live_says_whose_line_it_is(house_live, cast):
    page = await house_live.page(cast, "client")
    live = next(frame for frame in page.frames if frame.startswith('42["live"'))
    assert str(cast.logins["client"]) in live and page.epoch


async def test_nothing_is_told_before_the_rooms_are_joined_and_then_all_of_it(house_live, cast):
    gate = house_live.hub.rights_of = Gate(house_live.hub.rights_of)
    page = await house_live.page(cast, "owner", wait=False)
    await gate.reached.wait()
    seqs = [await tell(cast, ToStaff()) for _ in range(3)]
    await eventually(lambda: house_live.hub.feed.practices[cast.practice_id].sent == seqs[-1])
    assert not page.heard and not page.live
    gate.opened.set()
    await page.until_live()
    assert sorted(page.heard) == seqs and page.resyncs == 0
    await page.check(resyncs=0)


async def test_a_socket_in_several_audiences_hears_the_first_of_them_once(house_live, cast):
    owner, client = cast.logins["owner"], cast.clients["client"]
    kinds = {
        "login": ToLogin(owner), "desk": ToDesk(owner), "staff-all-clients": ToStaffAllClients(),
        "front-desk": ToFrontDesk(), "staff": ToStaff(),
    }  # fmt: skip
    page = await house_live.page(cast, "owner")
    away = await house_live.page(cast, "owner")
    await away.leave()
    names = [name for name in ORDER if name in kinds]
    for place in range(len(names)):
        parts = [Part([kinds[name]], {}, {"for": name}) for name in reversed(names[place:])]
        seq = await tell_parts(cast, [*parts, Part([ToStaffOf(client)], {"client": client}, {"for": "staff-of"})])
        await eventually(lambda seq=seq: seq in page.heard)
        assert page.heard[seq][1]["data"] == {"for": names[place]}
    back = await house_live.page(cast, "owner", cursor=0)
    assert {seq: told for seq, (_, told) in back.heard.items()} == {seq: told for seq, (_, told) in page.heard.items()}


async def test_who_acts_for_two_hears_what_is_for_both_once(house_live, cast):
    page = await house_live.page(cast, "parent")
    rooms = [ToAccess(cast.accesses["parent", name]) for name in ("teen", "child")]
    seq = await tell(cast, *rooms, client=cast.clients["teen"])
    await eventually(lambda: seq in page.heard)
    await page.check(resyncs=0)


async def test_a_locked_desk_hears_the_beat_and_nothing_else(house_live, cast):
    page = await house_live.page(cast, "practitioner")
    actor = await cast.inside(lambda: sessions.actor_of_session(cast.practice_id, page.session_id))
    await cast.inside(lambda: sessions.lock(actor))
    await eventually(lambda: page.lives == 2)
    secret = await tell(cast, ToStaff(), ToLogin(cast.logins["practitioner"]))
    other = await house_live.page(cast, "practitioner", session=page.session_id)
    await eventually(lambda: house_live.hub.feed.practices[cast.practice_id].sent >= secret)
    await house_live.hub.beat_once()
    await eventually(lambda: page.cursor == secret)
    assert secret not in page.heard and not other.heard
    answer = await page.ask("session.activity")
    assert answer["error"]["code"] == "locked"
    locked = await cast.inside(lambda: sessions.actor_of_session(cast.practice_id, page.session_id, while_locked=True))
    resyncs = page.resyncs
    await cast.inside(lambda: sessions.unlock(locked, "portico-demo"))
    await eventually(lambda: page.resyncs == resyncs + 1)
    seen = await tell(cast, ToStaff())
    await eventually(lambda: seen in page.heard)


async def test_a_desk_without_its_second_factor_hears_the_beat_and_nothing_else(house_live, cast):
    """From the moment the practice requires one; and also a socket that comes then."""
    page = await house_live.page(cast, "practitioner")
    owner = await cast.actor("owner")

    async def require() -> None:
        await sign_in_rule.set_rule(owner, await today_here())

    await cast.inside(require)
    await eventually(lambda: page.lives == 2)
    other = await house_live.page(cast, "practitioner", session=page.session_id)
    secret = await tell(cast, ToStaff(), ToLogin(cast.logins["practitioner"]))
    await eventually(lambda: house_live.hub.feed.practices[cast.practice_id].sent >= secret)
    await house_live.hub.beat_once()
    await eventually(lambda: page.cursor == secret)
    assert secret not in page.heard and secret not in other.heard
    answer = await page.ask("session.activity")
    assert answer["error"]["code"] == "second-factor-required"


async def test_the_beat_moves_the_cursor_of_who_heard_nothing(house_live, cast):
    client, owner = await house_live.page(cast, "client"), await house_live.page(cast, "owner")
    seq = await tell(cast, ToStaff())
    await eventually(lambda: seq in owner.heard)
    assert client.cursor < seq
    await house_live.hub.beat_once()
    await eventually(lambda: client.cursor == seq == owner.cursor)
    assert not client.heard and not client.faults


async def test_a_session_that_ended_unheard_is_found_by_the_sweep(house_live, cast):
    gone, stays = await house_live.page(cast, "owner"), await house_live.page(cast, "client")
    await execute("UPDATE session_key SET ends_at = now() WHERE session_id = $1", gone.session_id)
    await house_live.hub.sweep_once()
    await eventually(lambda: gone.closed)
    assert (gone.code, gone.hints[-1]) == (4401, ("signed_out", {"reason": "ended"}))
    assert stays.live and not stays.closed


async def test_signing_out_says_why_and_leaves_the_others_of_the_login_alone(house_live, cast):
    page, other = await house_live.page(cast, "client"), await house_live.page(cast, "client")
    actor = await cast.inside(lambda: sessions.actor_of_session(cast.practice_id, page.session_id))
    await cast.inside(lambda: sessions.sign_out(actor))
    await eventually(lambda: page.closed)
    assert page.code == 4401 and page.hints[-1][0] == "signed_out" and page.resyncs == 0
    await eventually(lambda: other.lives == 2)
    assert not other.closed


async def test_nobody_without_a_session_gets_past_the_guard(house_live, cast, neighbours):
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{online-booking}'"))
    cast.tokens["none"] = "nothing"
    cast.tokens["theirs"] = neighbours.tokens[await neighbours.session("owner")]
    for session in ("none", "theirs"):
        page = await house_live.page(cast, "owner", session=session, wait=False)
        await eventually(lambda page=page: page.refused)
        assert "403" in page.last and not page.frames


async def test_a_socket_that_is_long_in_catching_up_starts_anew(house_live, cast, monkeypatch):
    monkeypatch.setattr(hub_module, "CATCH_UP_SECONDS", 0.2)
    rights_of = house_live.hub.rights_of
    gate = house_live.hub.rights_of = Gate(rights_of)
    page = await house_live.page(cast, "owner", wait=False)
    await gate.reached.wait()
    house_live.hub.rights_of = rights_of
    await page.until_live()
    assert page.resyncs == 1


async def test_resync_and_live_come_together_so_that_what_is_fetched_then_is_whole(house_live, cast):
    """A page fetches when it hears `resync`: told earlier, an event between fetch and join would be lost to it."""
    page = await house_live.page(cast, "owner")
    gate = house_live.hub.rights_of = Gate(house_live.hub.rights_of)
    await tell(cast, ToStaff(), rights_of=[cast.logins["owner"]])
    await gate.reached.wait()
    between = await tell(cast, ToStaff())
    await eventually(lambda: house_live.hub.feed.practices[cast.practice_id].sent == between)
    assert page.resyncs == 0
    gate.opened.set()
    await eventually(lambda: page.lives == 2)
    assert page.resyncs == 1 and page.cursor == between
    await page.settle()
    await page.check()


async def test_trouble_on_the_way_ends_the_socket_instead_of_leaving_it_deaf(house_live, cast):
    rights_of = house_live.hub.rights_of

    async def broken(line):
        raise ValueError("nobody expected this")

    house_live.hub.rights_of = broken
    page = await house_live.page(cast, "owner", wait=False)
    await eventually(lambda: page.code == 1011)
    house_live.hub.rights_of = rights_of
    await page.until_live()


async def test_a_line_whose_socket_went_leaves_nothing_behind(house_live, cast):
    pages = [await house_live.page(cast, name, wait=name == "owner") for name in ("owner", "client", "parent")]
    await asyncio.gather(*(page.leave() for page in pages))
    await eventually(lambda: not house_live.hub.lines and not house_live.hub.feed.practices)
    assert not house_live.hub.visitors and not house_live.hub.fanout.members and not house_live.hub.fanout.peers


async def test_a_change_of_rights_while_it_catches_up_is_not_missed(house_live, cast):
    gate = house_live.hub.rights_of = Gate(house_live.hub.rights_of)
    page = await house_live.page(cast, "supervisor", wait=False)
    await gate.reached.wait()
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = clock_timestamp()"))
    await tell(cast, ToStaff(), rights_of=[cast.logins["supervisor"]])
    secret = await tell(cast, ToStaffOf(cast.clients["client"]))
    await eventually(lambda: house_live.hub.feed.practices[cast.practice_id].sent == secret)
    gate.opened.set()
    await page.until_live()
    later = await tell(cast, ToStaffOf(cast.clients["client"]), ToStaff())
    await eventually(lambda: later in page.heard)
    assert page.resyncs == 1 and secret not in page.heard and gate.came == 2


async def test_an_ended_session_may_not_ask_on_an_open_socket(house_live, cast):
    page = await house_live.page(cast, "client")
    ended = "UPDATE session SET ended_at = now() WHERE id = $1"
    await cast.inside(lambda: execute(ended, page.session_id))
    answer = await page.ask("session.activity")
    assert answer == {"ok": False, "error": {"code": "signed-out", "detail": answer["error"]["detail"]}}
