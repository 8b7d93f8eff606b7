"""Left alone: a portal ends, a desk locks; only a key, a pointer or a touch is activity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.accounts.idling import State, Times
from models.accounts.sessions import actor_of_session, lock, sessions_still_hold, sweep_idle, touch
from models.core.actor import Side
from models.core.errors import Locked, SignedOut

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _times(side: Side, *, locked: bool = False, ended: int | None = None, password: int | None = None) -> Times:
    return Times(
        side,
        active_at=NOON,
        ends_at=NOON + timedelta(hours=12),
        idle_seconds=900,
        locked_at=NOON if locked else None,
        ended_at=None if ended is None else NOON + timedelta(seconds=ended),
        password_at=None if password is None else NOON + timedelta(seconds=password),
    )


@pytest.mark.parametrize(
    ("times", "seconds", "state"),
    [
        (_times(Side.PORTAL), 899, State.HELD),
        (_times(Side.PORTAL), 900, State.IDLE),
        (_times(Side.DESK), 899, State.HELD),
        (_times(Side.DESK), 900, State.LOCKED),
        (_times(Side.DESK), 43_199, State.LOCKED),
        (_times(Side.DESK), 43_200, State.EXPIRED),
        (_times(Side.DESK, locked=True), 1, State.LOCKED),
        (_times(Side.DESK, locked=True), 43_200, State.EXPIRED),
        (_times(Side.DESK, ended=5), 6, State.ENDED),
        (_times(Side.PORTAL, ended=5), 5000, State.ENDED),
    ],
)
def test_times_say_whether_a_session_holds(times, seconds, state):
    assert times.state(NOON + timedelta(seconds=seconds)) is state


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        (_times(Side.PORTAL, ended=905), "idle"),
        (_times(Side.PORTAL, ended=20), "ended"),
        (_times(Side.DESK, ended=950), "ended"),
        (_times(Side.DESK, ended=43_200), "expired"),
        (_times(Side.PORTAL, ended=20, password=20), "password"),
        (_times(Side.PORTAL, ended=20, password=19), "ended"),
        (_times(Side.PORTAL, password=20), "idle"),
    ],
)
def test_a_session_that_is_over_says_why(times, reason):
    assert times.reason(NOON + timedelta(hours=1)) == reason


def test_the_sweep_is_due_when_something_happens_next():
    assert _times(Side.PORTAL).due_at == _times(Side.DESK).due_at == NOON + timedelta(seconds=900)
    assert _times(Side.DESK, locked=True).due_at == NOON + timedelta(hours=12)
    assert _times(Side.DESK, ended=0).due_at == NOON + timedelta(days=7)


async def test_a_client_is_signed_out_after_thirty_minutes_and_told_why(browse, cast, later):
    browser = await browse(cast, "client")
    later(minutes=29)
    assert (await browser.json("/me")).status_code == 200
    later(minutes=1)
    assert (await browser.json("/me")).status_code == 401
    page = await (await browser.get("/sign-in")).get_data(as_text=True)
    assert "You were signed out after 30 minutes without activity." in page


async def test_reading_pages_is_no_activity_but_a_touch_is(browse, cast, later):
    idle, busy = await browse(cast, "client"), await browse(cast, "client")
    for _ in range(2):
        later(minutes=14)
        assert (await idle.json("/me")).status_code == 200
        assert (await busy.send("/session/activity")).status_code == 200
    later(minutes=14)
    assert (await idle.json("/me")).status_code == 401
    assert (await busy.json("/me")).status_code == 200


async def test_the_page_learns_how_long_it_has_and_asking_is_no_activity(browse, cast, later):
    browser = await browse(cast, "client")
    later(minutes=28)
    for _ in range(2):
        told = await (await browser.json("/session")).get_json()
        assert told["warn"] == 120 and 100 < told["ends"] <= 120 and told["idle"] == told["ends"]
    told = await (await browser.send("/session/activity")).get_json()
    assert told["ends"] > 1790


async def test_of_a_short_time_the_second_half_is_announced(browse, cast, people):
    browser = await browse(cast, "client")
    await people.run("UPDATE practice_profile SET portal_idle_seconds = 60")
    told = await (await browser.json("/session")).get_json()
    assert told["warn"] == 30 < told["idle"] <= 60


async def test_a_desk_left_alone_locks_at_once_at_every_door(browse, cast, later):
    browser = await browse(cast, "practitioner")
    later(minutes=14)
    assert (await browser.json("/staff/me")).status_code == 200
    later(minutes=1)
    assert (await browser.json("/staff/me")).status_code == 423
    assert (await browser.send("/session/activity")).status_code == 423


async def test_a_desk_is_signed_out_after_twelve_hours_however_busy(browse, cast, people, later):
    browser = await browse(cast)
    await browser.send("/sign-in", people.pair("practitioner"))
    for _ in range(48):
        later(minutes=14, seconds=59)
        assert (await browser.send("/session/activity")).status_code == 200
    later(minutes=2)
    assert (await browser.json("/staff/me")).status_code == 401


async def test_activity_is_written_at_most_once_a_minute(cast, people, later):
    actor = await cast.actor("client")
    kept = "SELECT active_at FROM session WHERE id = $1"
    before = await people.row(kept, actor.session_id)
    await cast.inside(lambda: touch(actor))
    assert await people.row(kept, actor.session_id) == before
    later(seconds=61)
    await cast.inside(lambda: touch(actor))
    assert (await people.row(kept, actor.session_id))["active_at"] > before["active_at"]


async def test_the_sweep_ends_portals_and_locks_desks_so_that_their_sockets_go(cast, neighbours, people):
    client, desk, busy = await cast.actor("client"), await cast.actor("practitioner"), await cast.actor("owner")
    there = await neighbours.actor("client")
    for actor in (client, desk):
        await people.left_alone(actor.session_id, minutes=31)
    assert await sweep_idle() >= 2
    told = {(one["type"], one["subject_id"], one["rights"][0]) for one in await people.events()}
    assert told == {
        ("session.ended", client.session_id, client.login_id),
        ("session.locked", desk.session_id, desk.login_id),
    }
    assert (await people.events("session.ended"))[0]["data"] == {"reason": "idle"}
    held = await sessions_still_hold([one.session_id for one in (client, desk, busy, there)])
    assert held == {desk.session_id, busy.session_id, there.session_id}
    with pytest.raises(Locked):
        await cast.inside(lambda: actor_of_session(cast.practice_id, desk.session_id))


async def test_a_second_sweep_finds_nothing_left_to_say(cast, people):
    client = await cast.actor("client")
    await people.left_alone(client.session_id, minutes=31)
    await sweep_idle()
    await sweep_idle()
    assert len(await people.events("session.ended")) == 1


async def test_the_sweep_leaves_a_session_alone_that_became_active_meanwhile(cast, people):
    client = await cast.actor("client")
    await people.left_alone(client.session_id, minutes=5)
    await sweep_idle()
    assert await people.events() == []
    row = await people.row("SELECT due_at > now() AS later FROM session_key WHERE session_id = $1", client.session_id)
    assert row["later"]


async def test_a_locked_desk_is_ended_by_the_sweep_after_its_twelve_hours(cast, people):
    desk = await cast.actor("practitioner")
    await cast.inside(lambda: lock(desk))
    await people.run("UPDATE session SET ends_at = now() WHERE id = $1", desk.session_id)
    await people.left_alone(desk.session_id, hours=12)
    await sweep_idle()
    assert (await people.events("session.ended"))[0]["data"] == {"reason": "expired"}
    with pytest.raises(SignedOut):
        await cast.inside(lambda: actor_of_session(cast.practice_id, desk.session_id))


async def test_a_week_after_its_end_a_session_is_forgotten(cast, people):
    client = await cast.actor("client")
    await people.run("UPDATE session SET ended_at = now() - interval '8 days' WHERE id = $1", client.session_id)
    await people.left_alone(client.session_id, days=9)
    await sweep_idle()
    assert await people.rows("SELECT 1 FROM session WHERE id = $1", client.session_id) == []
    assert await people.rows("SELECT 1 FROM session_key WHERE session_id = $1", client.session_id) == []


async def test_what_fails_in_one_practice_keeps_no_other_waiting(cast, neighbours, people, monkeypatch):
    from models.accounts import ending
    from models.core.errors import Busy

    here, there = await cast.actor("client"), await neighbours.actor("client")
    await people.left_alone(here.session_id, minutes=31)
    await type(people)(neighbours).left_alone(there.session_id, minutes=31)
    sweep = ending.sweep_here

    async def stumble(scope):
        if scope.practice_id == cast.practice_id:
            raise Busy()
        return await sweep(scope)

    monkeypatch.setattr(ending, "sweep_here", stumble)
    await sweep_idle()
    assert await people.events() == []
    assert await sessions_still_hold([there.session_id]) == set()
