"""A file on its way in: streamed to a nameless file on the local disk, which vanishes with the request.

That is the quarantine: no address leads to it, and not even a crash leaves any of it behind. Only what was checked is
copied to the storage.
"""

from __future__ import annotations

import asyncio
import errno
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from models.core.errors import Busy, Invalid, TooLarge
from models.core.settings import settings
from models.files.room import spoken
from server.multipart import FilePart

FRAME = 64 * 1024
# What a door takes that does not say otherwise.
USUAL = 25 * 1024 * 1024
AT_ONCE = 512 * 1024
IDLE_SECONDS = 30
# In each minute that was spent on waiting for a sender it sends so much at least, about 2 kB/s: a telephone on a bad
# line gets through, and who sends a byte now and then holds nothing here for long.
WINDOW, LEAST = 60, 128 * 1024
STALLED = "The file stopped arriving. Nothing was kept; send it again."
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}



@dataclass(frozen=True)
class Incoming:
    """A file that came in whole, not yet checked. `given_name` is as it was sent: clean it."""

    given_name: str
    file: BinaryIO
    size: int
    sha256: bytes


@asynccontextmanager
async def incoming(
    stream: AsyncIterator[bytes], headers: Mapping[str, str], name: str = "", *, most: int = USUAL
) -> AsyncIterator[Incoming]:
    """Stream a multipart form's file, or a raw body whose name is in Content-Disposition (or `name`), to the disk.

    Raises TooLarge as soon as `most` bytes are passed, whatever was announced; Invalid for an empty, nameless or
    cut-off one; Busy when the disk is full. Nothing is left after the block.
    """
    part = _part(headers)
    with nameless() as file:
        sink = Sink(file, most)
        await _pour(stream, headers, part, sink)
        given = part.filename if part else name or _name_in(headers)
        if not given:
            raise Invalid("file-missing", "There is no file in this request. Choose one, then send it.")
        if not sink.size:
            raise Invalid("file-empty", "This file is empty. Choose another one.")
        yield Incoming(given, file, sink.size, sink.digest())


async def _pour(
    stream: AsyncIterator[bytes], headers: Mapping[str, str], part: FilePart | None, sink: Sink
) -> None:
    announced = announced_in(headers, sink.most)
    received = 0
    async for piece in patiently(stream, sink.most):
        received += len(piece)
        if received > sink.most + FRAME:
            raise too_large(sink.most)
        await sink.write(_in_form(part, piece) if part else piece)
    if (announced is not None and received != announced) or (part and not part.finished):
        raise Invalid("file-cut-off", "The file did not arrive whole. Nothing was kept; send it again.")
    await sink.flush()


def too_large(most: int) -> TooLarge:
    return TooLarge(detail=f"This file is larger than {spoken(most)}. Nothing was kept; send a smaller one.")


async def patiently(
    stream: AsyncIterator[bytes], most: int = USUAL, *, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[bytes]:
    """A sender that says nothing for half a minute, or far too little in a minute, is let go: Invalid `file-stalled`.
    What the reader takes its time for is not the sender's."""
    pieces, waited, came = aiter(stream), 0.0, 0
    while True:
        began = clock()
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except RequestEntityTooLarge:
            raise too_large(most) from None
        except TimeoutError:
            raise Invalid("file-stalled", STALLED) from None
        waited, came = waited + clock() - began, came + len(piece)
        if waited >= WINDOW:
            if came < LEAST:
                raise Invalid("file-stalled", STALLED)
            waited, came = 0.0, 0
        yield piece


def _in_form(part: FilePart, piece: bytes) -> bytes:
    try:
        return part.feed(piece)
    except FormParserError:
        raise Invalid("form-broken", "The form could not be read. Nothing was kept; send the file again.") from None


def _part(headers: Mapping[str, str]) -> FilePart | None:
    kind, options = parse_options_header(headers.get("Content-Type", ""))
    if kind != "multipart/form-data":
        return None
    if not options.get("boundary"):
        raise Invalid("form-broken", "The form has no boundary. Send the file again.")
    try:
        return FilePart(options["boundary"])
    except FormParserError:
        raise Invalid("form-broken", "The form’s boundary cannot be used. Send the file again.") from None


def announced_in(headers: Mapping[str, str], most: int) -> int | None:
    """The length that was said before the body; raises TooLarge for more than `most` bytes with their form around."""
    length = headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()):
        return None
    if int(length) > most + FRAME:
        raise too_large(most)
    return int(length)


def _name_in(headers: Mapping[str, str]) -> str:
    return parse_options_header(headers.get("Content-Disposition", ""))[1].get("filename", "")


def nameless() -> BinaryIO:
    """A file on the local disk to which no name leads; it vanishes when it is closed, also by a crash."""
    folder = settings().portico_data / "quarantine"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        raise disk_trouble(error) from error


def disk_trouble(error: OSError) -> Busy:
    """What to say when bytes cannot be written here."""
    if error.errno in FULL:
        return Busy("storage-full", "The server has no room for files right now. The file was not kept; what you "
                    "wrote is still here. Tell the practice, or try again later.", retry_after=60)
    return Busy("storage-away", "Files cannot be kept right now. Try again in a moment.", retry_after=5)


class Sink:
    """Writes in large pieces, in a thread: a slow disk holds up nobody else."""

    def __init__(self, file: BinaryIO, most: int = USUAL) -> None:
        self.size, self.most = 0, most
        self._file, self._hash, self._waiting = file, sha256(), bytearray()

    async def write(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self.most:
            raise too_large(self.most)
        self._waiting += piece
        if len(self._waiting) >= AT_ONCE:
            await self.flush()

    async def flush(self) -> None:
        piece, self._waiting = self._waiting, bytearray()
        try:
            await asyncio.to_thread(self._keep, piece)
        except OSError as error:
            raise disk_trouble(error) from error

    def digest(self) -> bytes:
        return self._hash.digest()

    def _keep(self, piece: bytearray) -> None:
        self._hash.update(piece)
        self._file.write(piece)
        self._file.flush()
