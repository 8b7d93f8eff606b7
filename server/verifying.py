"""The page where anybody finds out whether a PDF is a signed copy of this practice, unaltered. It is not kept."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import BinaryIO
from uuid import UUID

from pypdf import PdfReader
from quart import Request

from models.core.actor import Actor
from models.core.errors import Invalid
from models.core.limits import Limit, network_of, take
from models.core.scope import run_scope
from models.documents.signature_asks import Compared
from models.documents.unaltered import Verdict, judge, reference_in
from server.door import ANYONE, Done, Page, get, upload
from server.incoming import incoming
from server.requests import address_of
from server.signed_copies import MOST_TAKEN_ALONG

HERE = "/verify"
COMPARED = Limit("verify", most=60, seconds=3600)
AT_ONCE = asyncio.Semaphore(2)
# The whole file is searched for what it says it is; of a larger one the metadata are not unpacked.
MOST_UNPACKED = 16 * 1024 * 1024
# As large as a copy can be: the file that was signed, and what the certificate adds.
LARGEST = MOST_TAKEN_ALONG + 8 * 1024 * 1024
PIECE, OVERLAP = 1024 * 1024, 64
HASH = re.compile(r"[0-9a-f]{64}")


@get(HERE, allow=ANYONE, query=Compared)
async def verify_page(actor: Actor | None, query: Compared | None = None) -> Page:
    """Drop a PDF; then what became of it, by its SHA-256, which says nothing of what is in it."""
    verdict = await _verdict(query) if query else None
    told = asdict(verdict) if verdict else {}
    return Page("documents/verify.html", json=told, verdict=verdict, sha256=query.sha256 if query else "", key=None)


@upload(HERE, allow=ANYONE, again=verify_page)
async def verify(
    stream: AsyncIterator[bytes], headers: Mapping[str, str], request: Request, practice: UUID
) -> Done:
    """A PDF comes in, is compared, and is gone."""
    await take(COMPARED, practice, network_of(address_of(request)))
    async with incoming(stream, headers, "copy.pdf", most=LARGEST) as came:
        async with AT_ONCE:
            reference = await asyncio.to_thread(_reference, came.file, came.size)
        verdict = await run_scope(practice, lambda _: judge(came.sha256, reference))
    says = f"&copy={reference}" if reference else ""
    return Done(asdict(verdict), see=f"{HERE}?sha256={came.sha256.hex()}{says}")


async def _verdict(query: Compared) -> Verdict | None:
    if not query.sha256:
        return None
    if not HASH.fullmatch(query.sha256):
        raise Invalid(errors={"sha256": ["A SHA-256 has 64 letters and digits."]})
    return await judge(bytes.fromhex(query.sha256), query.copy_id)


def _reference(file: BinaryIO, size: int) -> UUID | None:
    """Which copy it says it is: behind its last page, or wherever that stands when something was put behind it, else in
    its metadata."""
    found, end = None, b""
    file.seek(0)
    while piece := file.read(PIECE):
        found = reference_in(end + piece) or found
        end = piece[-OVERLAP:]
    if found is not None or size > MOST_UNPACKED:
        return found
    file.seek(0)
    return _in_metadata(file.read())


def _in_metadata(content: bytes) -> UUID | None:
    try:
        metadata = PdfReader(io.BytesIO(content)).metadata
        return reference_in(str(metadata.get("/Keywords", "") if metadata else "").encode())
    except Exception:  # a file that somebody made to be odd may fail anywhere: then it says nothing
        return None
