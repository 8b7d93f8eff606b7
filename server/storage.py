"""Where bytes are kept: a folder in PORTICO_DATA, another one (STORAGE_URL=file:…), or a bucket (s3://…).

Keys are made by the server and say nothing. What S3 needs besides the address comes from AWS's own variables.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from models.core.errors import Busy, missing
from models.core.settings import settings
from server.incoming import disk_trouble

PATIENCE = 60
SLOWEST = 1024 * 1024  # bytes a second that a storage takes at least
PIECE = 256 * 1024
AT_ONCE = 3  # parts of 5 MB that are on their way to the storage together
# Up to so much goes in one request: a bucket has it or not. Of what is larger a killed worker leaves parts in it that
# no listing shows; the bucket's own rule ends those (README).
ONE_GO = 8 * 1024 * 1024
HALF_WRITTEN, LEFT_FOR = re.compile(r".+#\d+"), 24 * 3600  # as a folder's store calls a file until it is whole; seconds

log = structlog.get_logger("portico.storage")


@cache
def store() -> ObjectStore:
    """The storage of this process."""
    address = settings().storage_url
    if address and urlsplit(address).scheme != "file":
        return from_url(address)
    folder = Path(unquote(urlsplit(address).path)) if address else settings().portico_data / "files"
    return LocalStore(prefix=folder.absolute(), mkdir=True, automatic_cleanup=True)


async def keep(key: str, content: BinaryIO | bytes) -> None:
    """Store bytes under a key: all of them or none. Raises Busy when there is no room, or no answer."""
    size = len(content) if isinstance(content, bytes) else content.seek(0, 2)
    if not isinstance(content, bytes):
        content.seek(0)
    try:
        async with asyncio.timeout(PATIENCE + size / SLOWEST):
            await obstore.put_async(store(), key, content, use_multipart=size > ONE_GO, max_concurrency=AT_ONCE)
    except (BaseError, OSError) as error:
        raise _trouble(error) from error


async def read(key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes from `start` up to but without `end`. Raises Missing or Busy now, not in the midst of the answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            found = await obstore.get_async(store(), key, options={"range": (start, end)})
    except FileNotFoundError:
        log.error("storage.missing")
        missing("file")
    except (BaseError, OSError) as error:
        raise _trouble(error) from error
    return _pieces(found)


async def read_all(key: str) -> bytes:
    """Everything under a key; for what is small. Raises Missing or Busy."""
    try:
        async with asyncio.timeout(PATIENCE):
            return bytes(await (await obstore.get_async(store(), key)).bytes_async())
    except FileNotFoundError:
        log.error("storage.missing")
        missing("file")
    except (BaseError, OSError) as error:
        raise _trouble(error) from error


async def erase(*keys: str) -> None:
    """Remove what is there; what is not there already counts as removed. Raises Busy without an answer."""
    for key in keys:
        try:
            async with asyncio.timeout(PATIENCE):
                await obstore.delete_async(store(), key)
        except FileNotFoundError:
            continue
        except (BaseError, OSError) as error:
            raise _trouble(error) from error


async def erase_below(key: str) -> None:
    """Remove everything whose key goes on behind `key/`, whoever put it there. Raises Busy without an answer."""
    found: list[str] = []
    try:
        async with asyncio.timeout(PATIENCE):
            async for some in obstore.list(store(), key):
                found += [one["path"] for one in some]
    except (BaseError, OSError) as error:
        raise _trouble(error) from error
    await erase(*found)


async def sweep() -> None:
    """Remove what a worker was writing to a folder when it was killed, a day after."""
    place = store()
    if isinstance(place, LocalStore):
        await asyncio.to_thread(_swept, Path(str(place.prefix)), time.time() - LEFT_FOR)


def _swept(folder: Path, before: float) -> None:
    for here, _, names in os.walk(folder):
        for half in (Path(here, name) for name in names if HALF_WRITTEN.fullmatch(name)):
            with suppress(OSError):  # it went meanwhile
                if half.stat().st_mtime < before:
                    half.unlink()
                    half.parent.rmdir()  # refused where something else lies in it


async def _pieces(found: obstore.GetResult) -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=PIECE):
        yield bytes(piece)


def _trouble(error: Exception) -> Busy:
    log.error("storage.trouble", error=type(error).__name__)
    if isinstance(error, OSError):
        return disk_trouble(error)
    full = "No space left" in str(error) or "StorageFull" in str(error) or "FileTooLarge" in str(error)
    return disk_trouble(OSError(errno.ENOSPC if full else errno.EIO, ""))
