"""A file on its way in while the worker that takes it is killed: it goes on at the other one, and nothing is left of
what the first had not noted."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from models.core.database import fetch_all
from tests.faults.ground import eventually
from tests.files import samples

FILM = samples.boxes(media=bytes(range(256)) * 4000)
HALF = len(FILM) // 2


class Sender:
    def __init__(self, cast: Any, token: str) -> None:
        self.cast, self.token = cast, token

    def begun(self, worker: Any) -> str:
        body = json.dumps({"name": "film.mp4", "size": len(FILM), "key": str(uuid4())}).encode()
        told = self.asked(worker, "POST", "/files/uploads", body, **{"Content-Type": "application/json"})
        return str(told["upload"]["id"])

    def piece(self, worker: Any, id: str, at: int, content: bytes) -> Any:
        path = f"/files/uploads/{id}/pieces"
        return self.asked(worker, "POST", path, content, **{"Upload-Offset": str(at)})["upload"]

    def state(self, worker: Any, id: str) -> Any:
        return self.asked(worker, "GET", f"/files/uploads/{id}")["upload"]

    def half_a_piece(self, worker: Any, id: str, at: int, content: bytes) -> http.client.HTTPConnection:
        """More was announced than is sent: the worker waits for it."""
        line = http.client.HTTPConnection("127.0.0.1", worker.port, timeout=30)
        line.putrequest("POST", f"/files/uploads/{id}/pieces", skip_host=True)
        for name, value in {**self._headers(worker), "Upload-Offset": at, "Content-Length": len(content)}.items():
            line.putheader(name, str(value))
        line.endheaders()
        line.send(content[: len(content) // 2])
        return line

    def asked(self, worker: Any, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        line = http.client.HTTPConnection("127.0.0.1", worker.port, timeout=30)
        line.request(method, path, body, {**self._headers(worker), **headers})
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
        assert answer.status == 200, told
        return told

    def _headers(self, worker: Any) -> dict[str, str]:
        return {"Host": f"{self.cast.subdomain}.localhost:{worker.port}", "Cookie": f"{worker.cookie}={self.token}",
                "Accept": "application/json"}


async def test_an_upload_goes_on_at_the_other_worker_after_the_first_was_killed_in_the_middle_of_a_piece(ground, cast):
    sender = Sender(cast, cast.tokens[await cast.session("client")])
    id = await asyncio.to_thread(sender.begun, ground.a)
    assert (await asyncio.to_thread(sender.piece, ground.a, id, 0, FILM[:HALF]))["received"] == HALF
    line = await asyncio.to_thread(sender.half_a_piece, ground.a, id, HALF, FILM[HALF:])
    ground.a.kill()
    line.close()
    found = await asyncio.to_thread(sender.state, ground.b, id)
    assert (found["state"], found["received"]) == ("uploading", HALF)
    done = await asyncio.to_thread(sender.piece, ground.b, id, HALF, FILM[HALF:])
    assert done["state"] == "ready"
    (row,) = await cast.inside(lambda: fetch_all("SELECT sha256, size FROM file"))
    assert (row["sha256"], row["size"]) == (sha256(FILM).digest(), len(FILM))


async def test_a_piece_that_was_stored_but_not_noted_when_its_worker_was_killed_goes_with_the_upload(ground, cast):
    sender = Sender(cast, cast.tokens[await cast.session("client")])
    id = await asyncio.to_thread(sender.begun, ground.a)
    async with _nobody_notes(ground, cast, id):
        sending = asyncio.create_task(asyncio.to_thread(sender.piece, ground.a, id, 0, FILM[:HALF]))
        await eventually(lambda: len(_stored(ground, cast)) == 1, within=20, what="the bytes of a piece")
        ground.a.kill()
        with suppress(OSError, http.client.HTTPException):
            await sending
    assert (await asyncio.to_thread(sender.state, ground.b, id))["received"] == 0
    assert len(_stored(ground, cast)) == 1, "nobody knows of it"
    await asyncio.to_thread(sender.piece, ground.b, id, 0, FILM[:HALF])
    assert (await asyncio.to_thread(sender.piece, ground.b, id, HALF, FILM[HALF:]))["state"] == "ready"
    (file,) = await cast.inside(lambda: fetch_all("SELECT storage_key FROM file"))
    assert _stored(ground, cast) == [ground.folder / "files" / file["storage_key"]]


@asynccontextmanager
async def _nobody_notes(ground: Any, cast: Any, id: str) -> AsyncIterator[None]:
    """The row of the upload is held, so that a worker that has stored a piece waits before it notes it."""
    held = await asyncpg.connect(ground.owner)
    try:
        async with held.transaction():
            await held.execute("SELECT set_config('portico.practice', $1, true)", str(cast.practice_id))
            await held.execute("SELECT 1 FROM upload WHERE practice_id = $1 AND id = $2 FOR UPDATE",
                               cast.practice_id, id)
            yield
    finally:
        await held.close()


def _stored(ground: Any, cast: Any) -> list[Path]:
    folder = ground.folder / "files" / str(cast.practice_id)
    return [one for one in folder.rglob("*") if one.is_file() and "#" not in one.name]
