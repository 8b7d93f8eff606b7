"""One HTTP request to one worker, as a page of a practice makes it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from tests.faults.ground import WebWorker, said_first


async def post(worker: WebWorker, cast: Any, session_id: UUID, path: str, **data: Any) -> int:
    """The status of a POST with JSON, from the practice's own origin."""
    host, body = f"{cast.subdomain}.localhost:{worker.port}", json.dumps(data).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n"
        f"Cookie: {worker.cookie}={cast.tokens[session_id]}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return int((await said_first(worker.port, head.encode() + body, within=60)).split()[1])
