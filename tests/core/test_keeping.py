"""What is kept, for how long, and what shows that nothing was taken away."""

from datetime import timedelta

import pytest

from models.core import retention, sealing
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.events import Part, ToStaff, event_type
from models.core.ids import new_id
from models.core.practices import for_each_practice

HAPPENED = event_type("test.kept", audiences="staff")


async def happen(cast, count=1):
    async def work():
        async with change(None, "test.keep"):
            for _ in range(count):
                await record(None, HAPPENED, [Part((ToStaff(),))])

    await cast.inside(work)


async def head(cast):
    return await cast.inside(
        lambda: fetch_one("SELECT seq, floor FROM practice_head WHERE practice_id = portico_here()")
    )


async def test_event_data_goes_after_fourteen_days_and_the_floor_rises_with_it(cast):
    await happen(cast, 3)
    before = await head(cast)
    old = before["seq"] - 1
    await cast.inside(
        lambda: execute(
            "UPDATE event_data SET at = at - interval '15 days' WHERE practice_id = portico_here() AND seq <= $1", old
        )
    )
    assert await cast.inside(retention.drop_event_data)
    assert not await cast.inside(retention.drop_event_data)
    left = await cast.inside(lambda: fetch_all("SELECT seq FROM event_data"))
    assert [row["seq"] for row in left] == [before["seq"]]
    assert (await head(cast))["floor"] == old
    events = await cast.inside(lambda: fetch_all("SELECT seq FROM event"))
    assert len(events) == before["seq"]


async def test_it_goes_in_batches_and_what_is_young_stays(cast, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    await happen(cast, 5)
    assert not await cast.inside(retention.drop_event_data)
    await cast.inside(lambda: execute("UPDATE event_data SET at = at - interval '15 days'"))
    floors = []
    while await cast.inside(retention.drop_event_data):
        floors.append((await head(cast))["floor"])
    assert floors == sorted(set(floors))
    assert len(floors) >= 3
    assert floors[-1] == (await head(cast))["seq"]


async def test_answers_under_keys_go_after_thirty_days(cast):
    insert = "INSERT INTO request_key (login_id, door, key, payload, at) VALUES ($1, 'test', $1, '\\x00', $2)"
    old, new = new_id(), new_id()
    await cast.inside(lambda: execute(insert, old, now() - timedelta(days=31)))
    await cast.inside(lambda: execute(insert, new, now() - timedelta(days=29)))
    await cast.inside(retention.drop_keys)
    assert [row["key"] for row in await cast.inside(lambda: fetch_all("SELECT key FROM request_key"))] == [new]


async def test_the_queues_own_log_goes_after_fourteen_days(cast):
    insert = (
        "INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority, created) VALUES (1, 'successful', $1, 0, $2)"
    )
    old, new = (f"test:{new_id()}" for _ in range(2))
    await execute(insert, old, now() - timedelta(days=15))
    await execute(insert, new, now() - timedelta(days=13))
    while await retention.drop_queue_log():
        continue
    rows = await fetch_all("SELECT entrypoint FROM pgqueuer_log WHERE entrypoint = ANY($1)", [old, new])
    assert [row["entrypoint"] for row in rows] == [new]


async def look(cast, count=1):
    """Somebody opened a record, some minutes ago."""
    for _ in range(count):
        await cast.inside(
            lambda: execute(
                "INSERT INTO look (id, login_id, subject, subject_id) VALUES ($1, $2, 'client', $3)",
                new_id(),
                cast.logins["owner"],
                cast.clients["client"],
            )
        )


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(sealing, "STILL_COMING", timedelta(seconds=-5))


async def test_looks_are_sealed_into_one_chain(cast, at_once):
    for _ in range(3):
        await look(cast, 2)
        assert not await cast.inside(sealing.seal_looks)
    seals = await cast.inside(lambda: fetch_all("SELECT looks, hash FROM look_seal ORDER BY sealed_to"))
    assert [seal["looks"] for seal in seals] == [2, 2, 2]
    assert len({bytes(seal["hash"]) for seal in seals}) == 3
    assert await cast.inside(sealing.seals_hold)


async def test_with_nothing_new_there_is_no_new_seal(cast, at_once):
    await look(cast)
    for _ in range(3):
        await cast.inside(sealing.seal_looks)
    assert len(await cast.inside(lambda: fetch_all("SELECT 1 FROM look_seal"))) == 1


async def test_a_look_of_this_minute_waits_for_those_that_still_come(cast):
    await look(cast)
    await cast.inside(sealing.seal_looks)
    assert await cast.inside(lambda: fetch_all("SELECT 1 FROM look_seal")) == []


async def test_a_look_slipped_in_afterwards_breaks_the_chain(cast, at_once):
    early = new_id()
    await look(cast, 2)
    await cast.inside(sealing.seal_looks)
    assert await cast.inside(sealing.seals_hold)
    await cast.inside(
        lambda: execute(
            "INSERT INTO look (id, login_id, subject, subject_id) VALUES ($1, $2, 'client', $2)",
            early,
            cast.logins["owner"],
        )
    )
    assert not await cast.inside(sealing.seals_hold)


async def test_every_practice_has_its_turn_although_one_fails(cast, neighbours):
    seen = []

    async def work(scope):
        rows = await fetch_all("SELECT practice_id FROM practice_profile")
        seen.append((scope.practice_id, [row["practice_id"] for row in rows]))
        if scope.practice_id == cast.practice_id:
            raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        await for_each_practice(work)
    assert (cast.practice_id, [cast.practice_id]) in seen
    assert (neighbours.practice_id, [neighbours.practice_id]) in seen
