"""Files in a bucket: all that goes for a folder goes for S3, told by moto’s server, with the address that STORAGE_URL
gives and the variables that AWS’s own tools read."""

import asyncio
import io
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import obstore
import pytest

from models.core.errors import Busy, Missing
from models.core.settings import load_settings
from server import receiving, storage
from server.local.memory import free_port
from tests.files import samples
from tests.files.test_left_pieces import days_pass, dies_at
from tests.files.test_uploading import HERE, VIDEO, Going

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"

MADE = storage.store.__wrapped__  # what a worker calls once


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Where an S3 listens that has the bucket `portico`."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_answers(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()


def _until_it_answers(address: str, server: subprocess.Popen[bytes]) -> None:
    made = urllib.request.Request(f"{address}/portico", method="PUT", headers={"Authorization": SIGNED})
    while True:
        try:
            with urllib.request.urlopen(made, timeout=30) as answer:
                assert answer.status == 200
                return
        except urllib.error.HTTPError as refused:
            raise AssertionError(refused.read()) from refused
        except OSError:
            assert server.poll() is None, "moto ended before it answered"


@pytest.fixture(autouse=True)
def kept(bucket, monkeypatch):
    """This test's storage is the bucket, made as a worker makes it."""
    for name, value in (("ENDPOINT_URL", bucket), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"),
                        ("REGION", "us-east-1"), ("ALLOW_HTTP", "true")):
        monkeypatch.setenv(f"AWS_{name}", value)
    given = load_settings({"STORAGE_URL": "s3://portico"})
    monkeypatch.setattr(storage, "settings", lambda: given)
    place = MADE()
    monkeypatch.setattr(storage, "store", lambda: place)


async def test_what_is_kept_is_read_in_parts_and_erased():
    key, content = f"p/{uuid4()}", bytes(range(256)) * 40_000
    await storage.keep(key, io.BytesIO(content))
    assert await storage.read_all(key) == content
    part = b"".join([piece async for piece in await storage.read(key, 5_000, 9_000_000)])
    assert part == content[5_000:9_000_000]
    await storage.erase(key, f"p/{uuid4()}")
    with pytest.raises(Missing):
        await storage.read(key, 0, 5)


async def test_a_file_goes_up_in_pieces_and_comes_down_again(cast, browse):
    going = Going(await browse(cast, "client"))
    film = samples.boxes(media=bytes(range(256)) * 200)
    found = await going.whole(film, client=str(cast.clients["client"]))
    assert found["state"] == "ready"
    maya = await browse(cast, "practitioner")
    answer = await maya.opened(f"/files/{found['file']}", Range="bytes=100-299")
    assert (answer.status_code, await answer.get_data()) == (206, film[100:300])
    photo = await going.whole(samples.picture("JPEG"), "a.jpg", step=10**6)
    assert (await going.browser.opened(f"/files/{photo['file']}/thumbnail")).status_code == 200


async def test_pieces_that_one_worker_kept_are_finished_by_another(cast, browse, monkeypatch):
    from server import uploads

    async def killed(practice_id, upload_id):
        return None

    going = Going(await browse(cast, "client"))
    monkeypatch.setattr(uploads, "finish", killed)
    found = await going.whole()
    await asyncio.gather(*(receiving.finish_job(cast.practice_id, {"upload": found["id"]}) for _ in range(2)))
    assert (await going.state(found["id"]))["upload"]["state"] == "ready"


@pytest.mark.parametrize("end", ["ready", "cancelled", "over"])
async def test_a_piece_that_a_killed_worker_left_goes_with_its_upload(cast, browse, monkeypatch, end):
    going = Going(await browse(cast, "client"))
    id = (await going.begin())[1]["upload"]["id"]
    await going.piece(id, 0, VIDEO[:5000])
    await dies_at(going, id, 5000, monkeypatch)
    assert len(held(cast)) == 2, "one of them is noted"
    if end == "ready":
        assert (await going.piece(id, 5000, VIDEO[5000:]))[1]["upload"]["state"] == "ready"
    else:
        if end == "cancelled":
            await going.browser.send(f"{HERE}/{id}/cancel")
        else:
            await days_pass(cast, timedelta(seconds=1))
        await receiving.end_job(cast.practice_id, {"upload": id})
    assert len(held(cast)) == (1 if end == "ready" else 0)


def held(cast):
    """What the bucket has of this practice."""
    return [one["path"] for some in obstore.list(storage.store(), str(cast.practice_id)) for one in some]


async def test_a_bucket_that_is_not_there_is_busy_and_no_broken_answer(cast, browse, monkeypatch):
    given = load_settings({"STORAGE_URL": "s3://nobody-made-this"})
    monkeypatch.setattr(storage, "settings", lambda: given)
    place = MADE()
    monkeypatch.setattr(storage, "store", lambda: place)
    with pytest.raises(Busy):
        await storage.keep("p/x", b"y")
    going = Going(await browse(cast, "client"))
    _, begun = await going.begin()
    assert (await going.piece(begun["upload"]["id"], 0, b"x" * 100))[0] == 503
