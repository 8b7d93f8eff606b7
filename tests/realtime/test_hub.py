"""From connected to live: what is told when, to whom, and what ends a socket."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from models.accounts import resetting, sessions, sign_in_rule
from models.accounts.practices import today_here
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.events import (
    ORDER,
    Part,
    ToAccess,
    ToDesk,
    ToFrontDesk,
    ToLogin,
    ToPublic,
    ToStaff,
    ToStaffAllClients,
    ToStaffOf,
    event_type,
)
from models.core.scope import practice_scope
from realtime import hub as hub_module
from tests.faults.drill import TOLD
from tests.faults.ground import eventually
from tests.faults.page import PATH
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


async def test_what_is_told_while_the_past_is_read_comes_behind_it(house_live, cast):
    """Joined before the read, a page would hear the newest first, and then what it takes for something it knows."""
    hub, past = house_live.hub, [await tell(cast, ToStaff()) for _ in range(3)]
    gate = hub.feed.since = Gate(hub.feed.since)
    page = await house_live.page(cast, "owner", cursor=0, wait=False)
    await gate.reached.wait()
    later = [await tell(cast, ToStaff()) for _ in range(3)]
    await eventually(lambda: hub.feed.practices[cast.practice_id].sent == later[-1])
    assert not page.heard
    gate.opened.set()
    await page.until_live()
    assert list(page.heard) == [*past, *later] and not page.faults and page.resyncs == 0


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


async def test_the_beat_says_how_far_this_worker_has_told_and_not_where_the_table_stands(house_live, cast):
    page, feed = await house_live.page(cast, "owner"), house_live.hub.feed
    here = feed.practices[cast.practice_id]
    here.running = True  # as if another reader were at it
    untold = await tell(cast, ToStaff())
    await house_live.hub.beat_once()
    await eventually(lambda: any(frame.startswith('42["beat"') for frame in page.frames))
    assert page.cursor == untold - 1
    here.running = False
    feed.ring(cast.practice_id, untold)
    await eventually(lambda: untold in page.heard)
    assert not page.faults


async def test_who_is_further_behind_than_may_be_searched_starts_anew(house_live, cast, monkeypatch):
    """However little of it is for this page: what lies in between would have to be read to know."""
    monkeypatch.setattr(hub_module, "MOST_ROWS", 5)
    start = await tell(cast, ToStaff())
    for _ in range(6):
        await tell(cast, ToFrontDesk())
    late = await house_live.page(cast, "client", cursor=start)
    near = await house_live.page(cast, "client", cursor=start + 1)
    assert (late.resyncs, near.resyncs) == (1, 0)


async def test_a_session_that_ended_unheard_is_found_by_the_sweep(house_live, cast):
    gone, stays = await house_live.page(cast, "owner"), await house_live.page(cast, "client")
    await execute("UPDATE session_key SET ends_at = now() WHERE session_id = $1", gone.session_id)
    await house_live.hub.sweep_once()
    await eventually(lambda: gone.closed)
    assert (gone.code, gone.hints[-1]) == (4401, ("signed_out", {"reason": "ended"}))
    assert stays.live and not stays.closed


async def test_a_portal_left_alone_is_told_why_also_while_no_worker_sweeps(house_live, cast):
    left, stays = await house_live.page(cast, "client"), await house_live.page(cast, "teen")
    await _left_alone(cast, left, minutes=31)
    await house_live.hub.sweep_once()
    await eventually(lambda: left.closed)
    assert (left.code, left.hints[-1]) == (4401, ("signed_out", {"reason": "idle"}))
    assert stays.live and not stays.closed


async def test_a_desk_left_alone_hears_nothing_more_also_while_no_worker_sweeps(house_live, cast):
    """To lock it is the job worker's; what it hears must not hang on that."""
    left, busy = await house_live.page(cast, "practitioner"), await house_live.page(cast, "owner")
    await house_live.hub.sweep_once()
    heard = await tell(cast, ToStaff())
    await eventually(lambda: heard in left.heard and heard in busy.heard)
    await _left_alone(cast, left, minutes=16)
    for _ in range(2):
        await house_live.hub.sweep_once()
        await eventually(lambda: left.lives == 2)
    secret = await tell(cast, ToStaff(), ToLogin(cast.logins["practitioner"]))
    await eventually(lambda: secret in busy.heard)
    await house_live.hub.beat_once()
    await eventually(lambda: left.cursor == secret)
    assert secret not in left.heard and not left.closed and (left.lives, busy.lives) == (2, 1)
    locked = await cast.inside(lambda: sessions.actor_of_session(cast.practice_id, left.session_id, while_locked=True))
    await cast.inside(lambda: sessions.unlock(locked, "portico-demo"))
    await eventually(lambda: left.lives == 3)
    await house_live.hub.sweep_once()
    seen = await tell(cast, ToStaff())
    await eventually(lambda: seen in left.heard)


async def test_what_a_page_hears_and_its_heartbeat_are_no_activity(house_live, cast):
    page = await house_live.page(cast, "client")
    await _left_alone(cast, page, minutes=5)
    before = await _active_at(cast, page)
    heard = await tell(cast, ToLogin(cast.logins["client"]))
    await house_live.hub.beat_once()
    await eventually(lambda: heard in page.heard and page.cursor == heard)
    assert await _active_at(cast, page) == before
    assert (await page.ask("session.activity"))["ok"]
    assert await _active_at(cast, page) > before


async def test_signing_out_says_why_and_leaves_the_others_of_the_login_alone(house_live, cast):
    page, other = await house_live.page(cast, "client"), await house_live.page(cast, "client")
    actor = await cast.inside(lambda: sessions.actor_of_session(cast.practice_id, page.session_id))
    await cast.inside(lambda: sessions.sign_out(actor))
    await eventually(lambda: page.closed)
    assert page.code == 4401 and page.hints[-1][0] == "signed_out" and page.resyncs == 0
    await eventually(lambda: other.lives == 2)
    assert not other.closed


async def test_a_new_password_cuts_the_sockets_of_the_other_sessions_and_says_why(house_live, cast):
    here, there = await house_live.page(cast, "client"), await house_live.page(cast, "client")
    teen = await house_live.page(cast, "teen")
    actor = await cast.inside(lambda: sessions.actor_of_session(cast.practice_id, here.session_id))
    await cast.inside(lambda: resetting.change_password(actor, "portico-demo", "four words in a row"))
    await eventually(lambda: there.closed and here.lives == 2)
    assert (there.code, there.hints[-1]) == (4401, ("signed_out", {"reason": "password"}))
    assert not here.closed
    token = await cast.inside(lambda: resetting.issue_reset_token(actor.login_id))
    await cast.inside(lambda: resetting.set_by_link(token, "five words in a row", address="203.0.113.5"))
    await eventually(lambda: here.closed)
    assert (here.code, here.hints[-1]) == (4401, ("signed_out", {"reason": "password"}))
    assert not teen.closed and teen.lives == 1


async def test_nobody_without_a_session_gets_past_the_guard(house_live, cast, neighbours):
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{online-booking}'"))
    cast.tokens["none"] = "nothing"
    cast.tokens["theirs"] = neighbours.tokens[await neighbours.session("owner")]
    for session in ("none", "theirs"):
        page = await house_live.page(cast, "owner", session=session, wait=False)
        await eventually(lambda page=page: page.refused)
        assert "403" in page.last and not page.frames


async def test_a_visitor_hears_what_is_public_without_a_number_and_resumes_nothing(house_live, cast, monkeypatch):
    """No practice lets visitors listen before it takes bookings; then this is what they hear."""

    async def opened(practice_id):
        return practice_id == cast.practice_id

    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{online-booking}'"))
    parts = [Part([ToPublic()], {}, {"starts": "9:00"}), Part([ToStaff()], {"place": 1}, {"starts": "9:00"})]
    desk = await house_live.page(cast, "owner")
    first = await tell_parts(cast, parts, kind=FREED)
    await eventually(lambda: first in desk.heard)
    with pytest.raises(InvalidStatus, match="403"):
        await _visit(house_live, cast)
    monkeypatch.setattr(house_live.worker.guard, "_public_open", opened)
    wire = await _visit(house_live, cast)
    await wire.send('40{"cursor":0}')
    await _heard(wire, "live")
    await tell(cast, ToStaff())
    second = await tell_parts(cast, parts, kind=FREED)
    name, told = json.loads(await _heard(wire, "test.freed_place"))
    assert name == "test.freed_place" and set(told) == {"at", "data"} and told["data"] == {"starts": "9:00"}
    await eventually(lambda: second in desk.heard)
    assert desk.heard[first][1]["place"] == 1 and desk.heard[second][1]["seq"] == second, "must have been there"
    await wire.close()


FREED = event_type("test.freed_place", audiences="staff public", ids="place", data="starts", public="starts", why="-")


async def _visit(house_live, cast):
    host = f"{cast.subdomain}.localhost:{house_live.port}"
    return await connect(f"ws://{host}{PATH}", host="127.0.0.1", port=house_live.port, origin=f"http://{host}")


async def _heard(wire, name):
    """The first event or signal: it must be this one."""
    async with asyncio.timeout(20):
        while not (packet := await wire.recv()).startswith("42"):
            pass
    assert packet.startswith(f'42["{name}"'), packet
    return packet[2:]


async def test_further_behind_than_so_many_rows_a_page_starts_anew(house_live, cast, monkeypatch):
    """Also when nothing of it was for this page: reading on to find that out would cost as much."""
    monkeypatch.setattr(hub_module, "MOST_ROWS", 5)
    for _ in range(6):
        await tell(cast, ToLogin(cast.logins["biller"]))
    assert (await house_live.page(cast, "owner", cursor=1)).resyncs == 0
    assert (await house_live.page(cast, "owner", cursor=0)).resyncs == 1


async def test_the_sweep_asks_of_all_sessions_in_one_query(house_live, cast, neighbours, statements):
    pages = [await house_live.page(one, name) for one in (cast, neighbours) for name in ("owner", "client")]
    statements.clear()
    await house_live.hub.sweep_once()
    assert len([one for one in statements if "session_key" in one]) == 1
    assert all(page.live and not page.closed for page in pages)


async def test_after_a_backup_was_put_back_no_page_goes_on_from_where_it_was(house_live, cast, neighbours):
    """A page may know numbers that were lost with the day, and that others have got by now."""
    page, theirs = await house_live.page(cast, "owner"), await house_live.page(neighbours, "owner")
    away = await house_live.page(cast, "client")
    await away.leave()
    command = sys.executable, "-m", "server.cli", "restored", cast.subdomain
    said = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert b"1 practices begin anew" in (await said.communicate())[0]
    await house_live.hub.feed.look()
    await eventually(lambda: page.resyncs == 1 and page.epoch != away.epoch)
    back = await house_live.page(cast, "client", wait=False)
    back.epoch = away.epoch
    await back.until_live()
    assert back.resyncs == 1 and theirs.resyncs == 0


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


async def test_a_right_lost_in_the_moment_before_it_joins_is_lost(house_live, cast):
    """With nothing to catch up on: the last look at what changed stands right before the join."""
    gate = house_live.hub.rights_of = Gate(house_live.hub.rights_of)
    page = await house_live.page(cast, "supervisor", cursor=None, wait=False)
    await gate.reached.wait()
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = clock_timestamp()"))
    seq = await tell(cast, ToStaff(), rights_of=[cast.logins["supervisor"]])
    await eventually(lambda: house_live.hub.feed.practices[cast.practice_id].sent == seq)
    gate.opened.set()
    await page.until_live()
    secret = await tell(cast, ToStaffOf(cast.clients["client"]))
    end = await tell(cast, ToStaff())
    await eventually(lambda: end in page.heard)
    assert secret not in page.heard and gate.came == 2


async def test_what_the_same_change_tells_behind_the_end_of_a_right_is_not_heard(house_live, cast):
    """Both are read in one go: there is no moment between them in which a socket could still be in its rooms."""
    page, client = await house_live.page(cast, "supervisor"), cast.clients["client"]

    async def tell_three() -> int:
        async with practice_scope(cast.practice_id) as scope, change(None, "test.tell"):
            await execute("UPDATE assignment SET ended_at = clock_timestamp()")
            await record(None, TOLD, [Part([ToStaffOf(client)], {"client": client}, {"words": "still hers"})])
            await record(None, TOLD, [Part([ToStaff()])], rights_of=[cast.logins["supervisor"]])
            await record(None, TOLD, [Part([ToStaffOf(client)], {"client": client}, {"words": "not hers any more"})])
        assert scope.seq is not None
        return scope.seq

    last = await tell_three()
    await eventually(lambda: page.lives == 2)
    assert sorted(page.heard) == [last - 2, last - 1] and not page.faults


async def test_an_ended_session_may_not_ask_on_an_open_socket(house_live, cast):
    page = await house_live.page(cast, "client")
    ended = "UPDATE session SET ended_at = now() WHERE id = $1"
    await cast.inside(lambda: execute(ended, page.session_id))
    answer = await page.ask("session.activity")
    assert answer == {"ok": False, "error": {"code": "signed-out", "detail": answer["error"]["detail"]}}


async def _left_alone(cast, page, *, minutes):
    """As if nobody had touched this page for so long; nobody has swept yet."""
    moment = now() - timedelta(minutes=minutes)

    async def work():
        await execute("UPDATE session SET active_at = $2 WHERE id = $1", page.session_id, moment)
        await execute(
            "UPDATE session_key k SET due_at = $2, ends_at = CASE s.side WHEN 'portal' THEN $2 ELSE k.ends_at END"
            " FROM session s WHERE s.practice_id = portico_here() AND s.id = $1 AND k.session_id = s.id",
            page.session_id, moment + timedelta(minutes=30 if page.name == "client" else 15),
        )

    await cast.inside(work)


async def _active_at(cast, page):
    row = await cast.inside(lambda: fetch_one("SELECT active_at FROM session WHERE id = $1", page.session_id))
    return row["active_at"]
