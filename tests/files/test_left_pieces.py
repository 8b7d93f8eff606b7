"""A worker dies between storing a piece and noting it: however the upload ends, no byte stays that nobody knows of. In
a folder here; tests/files/test_s3.py does the same to a bucket, tests/faults/test_resuming.py kills a real worker."""

import os
import time
from datetime import timedelta

import pytest

from models.core.database import execute
from models.files import uploading
from models.files.arriving import LINGERS
from server import incoming, receiving, storage
from tests.files.test_uploading import HERE, VIDEO, Going


class Killed(Exception):
    """The process is gone: nothing more of this request happens."""


@pytest.fixture
def left(cast, browse, monkeypatch):
    """`going, id = await left()`: an upload with one noted piece, and one that a killed worker stored."""

    async def leave(of=None):
        going = Going(await browse(cast, "client"))
        id = (await going.begin())[1]["upload"]["id"]
        await going.piece(id, 0, VIDEO[:5000])
        await dies_at(going, id, 5000, monkeypatch)
        return going, id

    return leave


async def dies_at(going, id, at, monkeypatch):
    async def dies(*_):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(uploading, "move_on", dies)
        assert (await going.piece(id, at, VIDEO[at:at + 3000]))[0] >= 500


async def days_pass(cast, ago):
    await cast.inside(lambda: execute("UPDATE upload SET ends_at = now() - $1::interval", ago))


async def test_it_goes_on_and_the_file_alone_is_left(left, stored):
    going, id = await left()
    assert stored() == 2, "one of them is noted"
    assert (await going.state(id))["upload"]["received"] == 5000
    assert (await going.piece(id, 5000, VIDEO[5000:]))[1]["upload"]["state"] == "ready"
    assert stored() == 1


async def test_it_is_cancelled_and_nothing_is_left(cast, left, stored):
    going, id = await left()
    await going.browser.send(f"{HERE}/{id}/cancel")
    await receiving.end_job(cast.practice_id, {"upload": id})
    assert stored() == 0


async def test_its_day_ends_and_nothing_is_left(cast, left, kept):
    _, id = await left()
    await days_pass(cast, timedelta(seconds=1))
    await receiving.end_job(cast.practice_id, {"upload": id})
    assert list(kept.iterdir()) == [], "neither bytes nor folders"


async def test_what_was_stored_behind_its_end_goes_some_hours_later(cast, left, stored):
    _, id = await left()
    begun = await cast.inside(lambda: uploading.Upload.get(id=id))
    await days_pass(cast, timedelta(seconds=1))
    again = await receiving.end_job(cast.practice_id, {"upload": id})
    assert stored() == 0 and timedelta() < again <= LINGERS + timedelta(seconds=1)
    await storage.keep(f"{begun.pieces_key}/late", VIDEO[5000:])  # it came in before, and its worker was killed
    await days_pass(cast, LINGERS)
    assert await receiving.end_job(cast.practice_id, {"upload": id}) is None
    assert stored() == 0


def test_no_piece_takes_longer_than_an_upload_lingers():
    slowest = uploading.PIECE / incoming.LEAST * incoming.WINDOW + incoming.WINDOW + incoming.IDLE_SECONDS
    assert slowest + storage.PATIENCE + uploading.PIECE / storage.SLOWEST < LINGERS.total_seconds()


async def test_an_upload_that_is_over_takes_no_room_while_it_lingers(cast, left):
    going, _ = await left()
    await cast.inside(lambda: execute(
        "INSERT INTO file_settings (most_file, most_client, most_practice) VALUES ($1, $1, $1)", len(VIDEO) + 9))
    about = {"client": str(cast.clients["client"])}
    await cast.inside(lambda: execute("UPDATE upload SET room_id = $1", cast.clients["client"]))
    assert (await going.begin(**about))[1]["code"] == "no-room", "the one under way counts"
    await days_pass(cast, timedelta(seconds=1))
    assert (await going.begin(**about))[0] == 200


async def test_what_was_being_written_when_a_worker_was_killed_is_swept_a_day_later(kept):
    await storage.keep("p/whole", b"x")
    halves = [kept / "p" / name for name in ("whole#1", "other#2", "up.pieces/one#1")]
    halves[2].parent.mkdir()
    for half in halves:
        half.write_bytes(b"half")
    long_ago = time.time() - storage.LEFT_FOR - 60
    for half in (halves[0], halves[2]):
        os.utime(half, (long_ago, long_ago))
    os.utime(kept / "p" / "whole", (long_ago, long_ago))
    await storage.sweep()
    assert sorted(path.name for path in kept.rglob("*")) == ["other#2", "p", "whole"]
