"""A bucket that answers with errors, nonsense, half of it or not at all: it is said, and what had arrived goes on."""

import asyncio

import pytest_asyncio
from obstore.store import S3Store

from server import storage
from tests.files import samples
from tests.files.test_uploading import VIDEO, Going

KEYS = {"access_key_id": "a", "secret_access_key": "b", "region": "us-east-1"}
ANSWERS = {
    "trouble": b"HTTP/1.1 500 Trouble\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "forbidden": b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "nonsense": b"nonsense\r\n\r\n",
    "half": b"HTTP/1.1 500 Trouble\r\nContent-Length: 100\r\n\r\nhalf of it",
    "silence": None,
}


@pytest_asyncio.fixture(params=ANSWERS)
async def broken(request):
    """A bucket behind which nobody does what they should."""
    answer = ANSWERS[request.param]

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await asyncio.sleep(30)
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield S3Store("portico", endpoint=address, client_options={"allow_http": True}, **KEYS)
    server.close()


async def test_files_wait_for_the_bucket_and_nothing_that_had_arrived_is_lost(
    cast, browse, sender, monkeypatch, broken
):
    ana, good = await sender(cast, "client"), storage.store()
    before = await ana.sent("before.txt", samples.TEXT)
    going = Going(await browse(cast, "client"))
    id = (await going.begin())[1]["upload"]["id"]
    await going.piece(id, 0, VIDEO[:5000])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(storage, "PATIENCE", 0.5)
        meanwhile.setattr(storage, "store", lambda: broken)
        assert (await going.piece(id, 5000, VIDEO[5000:]))[1]["code"] == "storage-away"
        assert (await (await ana.form("a.txt", samples.TEXT)).get_json())["code"] == "storage-away"
        assert (await ana.browser.opened(f"/files/{before['id']}")).status_code == 503
    assert storage.store() is good
    assert (await going.state(id))["upload"]["received"] == 5000
    assert (await going.piece(id, 5000, VIDEO[5000:]))[1]["upload"]["state"] == "ready"
    assert (await ana.browser.opened(f"/files/{before['id']}")).status_code == 200
