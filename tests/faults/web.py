"""One HTTP request to one worker, as a page of a practice makes it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

from tests.faults.ground import WebWorker


async def post(worker: WebWorker, cast: Any, session_id: UUID, path: str, **data: Any) -> int:
    """The status of a POST with JSON, from the practice's own origin."""
    host, body = f"{cast.subdomain}.localhost:{worker.port}", json.dumps(data).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n"
        f"Cookie: {worker.cookie}={cast.tokens[session_id]}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
    writer.write(head.encode() + body)
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return int(answer.split()[1])
