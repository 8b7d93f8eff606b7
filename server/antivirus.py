"""clamd over its own socket: INSTREAM, so that it needs no access to our files.

CLAMD_URL is tcp://host:3310 or unix:/path.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit

import structlog

from models.core.errors import Busy, Invalid
from models.core.settings import settings

PATIENCE = 60
# What a scanner is given for all of a file: it unpacks, and reads slower than it is sent.
SECONDS_A_MEGABYTE = 0.5
PIECE = 128 * 1024
LONGEST = 4096
PORT = 3310
REACHED = 10  # seconds in which it is there or is not

log = structlog.get_logger("portico.antivirus")


def is_set_up() -> bool:
    return bool(settings().clamd_url)


async def scan(file: BinaryIO) -> bool:
    """True when a scanner found nothing, False when none is set up.

    Raises Invalid `file-infected`, or `file-unscannable` for more than the scanner takes; Busy when the scanner does
    not answer: what was not scanned is not taken.
    """
    if not is_set_up():
        return False
    size = await asyncio.to_thread(file.seek, 0, 2)
    try:
        async with asyncio.timeout(PATIENCE + size / 1024**2 * SECONDS_A_MEGABYTE):
            verdict = await _asked(file)
    except (OSError, TimeoutError) as away:
        log.error("antivirus.away", error=type(away).__name__)
        raise _away() from away
    if verdict.endswith(b"FOUND"):
        log.warning("antivirus.found")
        raise Invalid("file-infected", "The virus scanner found something harmful in this file. It was not kept.")
    if b"size limit exceeded" in verdict:
        log.error("antivirus.too_large", size=size)
        raise Invalid("file-unscannable", "This file is larger than the practice’s virus scanner takes, so it was not "
                      "kept. Tell the practice, or send it in parts.")
    if not verdict.endswith(b"OK"):
        log.error("antivirus.trouble")
        raise _away()
    return True


def _away() -> Busy:
    return Busy("scanner-away", "Files cannot be checked for viruses right now, so none are taken. "
                "What you wrote is still here; try again in a few minutes.", retry_after=60)


async def _asked(file: BinaryIO) -> bytes:
    with await asyncio.to_thread(_connected) as line:
        with suppress(ConnectionError):  # it has had enough: what it says of that is read below
            await _sent(line, file)
        return await _told(line)


async def _sent(line: socket.socket, file: BinaryIO) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(line, b"zINSTREAM\0")
    file.seek(0)
    while piece := await asyncio.to_thread(file.read, PIECE):
        await loop.sock_sendall(line, struct.pack("!I", len(piece)) + piece)
    await loop.sock_sendall(line, struct.pack("!I", 0))


async def _told(line: socket.socket) -> bytes:
    """Up to the NUL. Read from the socket itself: a stream of asyncio forgets what has come when a write broke."""
    told = b""
    while not told.endswith(b"\0"):
        piece = await asyncio.get_running_loop().sock_recv(line, LONGEST)
        if not piece or len(told) > LONGEST:
            raise ConnectionError("the scanner did not say how it ended")
        told += piece
    return told.rstrip(b"\0").strip()


def _connected() -> socket.socket:
    """Non-blocking, as the loop wants it; called in a thread, since names are looked up."""
    url = urlsplit(settings().clamd_url)
    host = (url.hostname, url.port or PORT)
    line = _at(url.path) if url.scheme == "unix" else socket.create_connection(host, REACHED)
    line.setblocking(False)
    return line


def _at(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line
