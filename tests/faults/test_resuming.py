"""A file on its way in while the worker that takes it is killed: it goes on at the other one."""

from __future__ import annotations

import asyncio
import http.client
import json
from hashlib import sha256
from typing import Any
from uuid import uuid4

from models.core.database import fetch_all
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
