"""The file doors: bytes in, checked and kept; bytes out, to whoever holds a grant."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from quart import Request
from werkzeug.datastructures import Range
from werkzeug.http import parse_range_header

from models.core.actor import Actor
from models.core.errors import Busy, missing
from models.core.scope import Scope, run_scope
from models.files import bringing, granting, seeing, whose
from models.files.kinds import opens_inside
from models.files.names import clean_name
from models.files.pictures import TYPE as THUMBNAIL_TYPE
from models.files.room import room
from models.files.tables import File
from models.files.uploading import AT_ONCE
from server import storage
from server.door import SIGNED_IN, Done, Raw, get, upload
from server.file_links import is_good, token_for
from server.incoming import Incoming, incoming
from server.receiving import checked, stored
from server.requests import key_of
from server.uploads import take_turn, taken_whole

# Opened from its own address, a file may do nothing at all. A PDF is drawn by the browser's own viewer, which some
# browsers refuse in a sandbox; its scripts run there and never in our origin.
LOCKED_UP = "default-src 'none'; frame-ancestors 'self'; sandbox"
DRAWN = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@upload("/files", allow=SIGNED_IN)
async def create_file(actor: Actor, stream: AsyncIterator[bytes], headers: Mapping[str, str], request: Request) -> Done:
    """A multipart form with one file, or a raw body named by Content-Disposition or `?name=`. `?client=`: whose room it
    takes, for who acts for several. What is large is checked behind the answer, which then names the upload."""
    await take_turn(actor, request)
    actor = _acting(actor, request)
    most = await run_scope(actor.practice_id, lambda _: _most(actor))
    async with incoming(stream, headers, request.args.get("name", ""), most=most) as came:
        if came.size > AT_ONCE:
            return Done({"upload": await taken_whole(actor, came, key_of(request, {}) or uuid4())}, status=202)
        name = clean_name(came.given_name)
        found = await checked(came.file, name, came.sha256)
        file = await run_scope(actor.practice_id, lambda _: bringing.bring(actor, found.arrival))
        await _kept(actor, file, came, found.thumbnail)
    return Done({"file": shown(file)})


@get("/files/<uuid:id>", allow=SIGNED_IN, streams=True)
async def show_file(actor: Actor, request: Request) -> Done:
    """Leads to the bytes, by a link of this session's own that is good for ten minutes; JSON callers get the link.
    `?download=1`: to be saved in any case."""
    file = await _found(actor, request)
    token, ends = token_for(actor, file.id)
    link = f"{request.path}/at/{token}{'?download=1' if 'download' in request.args else ''}"
    return Done({"file": shown(file), "link": link, "ends_at": ends}, see=link)


@get("/files/<uuid:id>/at/<token>", allow=SIGNED_IN, streams=True)
async def show_bytes(actor: Actor, request: Request) -> Raw:
    """The bytes, or the part that a Range header asks for; each opening is kept as a look."""
    file = await _linked(actor, request, noted=True, opened=True)
    asked = _asked_range(request, file.size)
    span = asked.range_for_length(file.size) if asked else (0, file.size)
    if span is None:
        return Raw(b"", "text/plain", {"Content-Range": f"bytes */{file.size}"}, status=416)
    headers = {**_headers(file, "download" in request.args), "Content-Length": str(span[1] - span[0])}
    if asked:
        headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{file.size}"
    return Raw(await storage.read(file.storage_key, *span), file.type, headers, status=206 if asked else 200)


@get("/files/<uuid:id>/thumbnail", allow=SIGNED_IN, streams=True)
async def show_thumbnail(actor: Actor, request: Request) -> Done:
    """Leads to the small picture, by such a link as well."""
    file = await _found(actor, request)
    if file.thumbnail_key is None:
        missing("picture")
    token, ends = token_for(actor, file.id)
    link = f"{request.path.removesuffix('/thumbnail')}/at/{token}/thumbnail"
    return Done({"link": link, "ends_at": ends}, see=link)


@get("/files/<uuid:id>/at/<token>/thumbnail", allow=SIGNED_IN, streams=True)
async def show_picture(actor: Actor, request: Request) -> Raw:
    """The small picture; what staff see of it on a page is kept as a look."""
    file = await _linked(actor, request, noted=actor.desk)
    if file.thumbnail_key is None:
        missing("picture")
    body = await storage.read_all(file.thumbnail_key)
    return Raw(body, THUMBNAIL_TYPE, {"Content-Security-Policy": LOCKED_UP, "Content-Disposition": "inline"})


for path, handler in (("", show_file), ("/at/<token>", show_bytes), ("/thumbnail", show_thumbnail),
                      ("/at/<token>/thumbnail", show_picture)):
    get(f"/for/<uuid:for_client>/files/<uuid:id>{path}", allow=SIGNED_IN, streams=True)(handler)


def shown(file: File) -> dict[str, Any]:
    """A file as pages and JSON show it."""
    return {"id": file.id, "name": file.name, "type": file.type, "size": file.size,
            "thumbnail": file.thumbnail_key is not None}


async def _most(actor: Actor) -> int:
    """How large a file may be here, for who has not left too many behind."""
    await bringing.ensure_few_unshared(actor)
    return (await room()).most_file


async def _kept(actor: Actor, file: File, came: Incoming, thumbnail: bytes | None) -> None:
    """The row came first: whatever stops us in between leaves a row that the clean-up finds, never lost bytes."""
    try:
        await stored(file.storage_key, came.file, thumbnail)
    except Busy:
        await run_scope(actor.practice_id, lambda _: bringing.let_go(file.id))
        raise


async def _linked(actor: Actor, request: Request, *, noted: bool, opened: bool = False) -> File:
    """The file to which a good link of this session leads."""
    args = request.view_args or {}
    if not is_good(args["token"], actor, args["id"]):
        missing("file")
    return await _found(actor, request, noted=noted, opened=opened)


async def _found(actor: Actor, request: Request, *, noted: bool = False, opened: bool = False) -> File:
    args = request.view_args or {}
    if "for_client" in args:
        actor = actor.acting_for(args["for_client"])

    async def found(_: Scope) -> File:
        file = await granting.file_for(actor, args["id"])
        if noted:
            await whose.note_opened(actor, file)
        if opened:
            await seeing.note_seen(actor, file.id)
            file.name = await seeing.name_for(actor, file)
        return file

    return await run_scope(actor.practice_id, found)


def _acting(actor: Actor, request: Request) -> Actor:
    """For whom they say they act, where they have several; raises Missing for a client that is none of theirs."""
    given = request.args.get("client", "")
    try:
        return actor.acting_for(UUID(given)) if given and actor.portal else actor
    except ValueError:
        missing("client")


def _asked_range(request: Request, size: int) -> Range | None:
    """The one part that is wanted. Who wants several at once, more from the end than there is, or the part only of a
    version that they name (none is told here) gets the whole."""
    asked = parse_range_header(request.headers.get("Range"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) > 1 or "If-Range" in request.headers:
        return None
    return asked if asked.ranges[0][0] >= -size else None


def _headers(file: File, download: bool) -> dict[str, str]:
    inside = opens_inside(file.type) and not download
    plain = re.sub(r'[^ -~]|["\\]', "_", file.name)
    return {
        "Content-Disposition": f"{'inline' if inside else 'attachment'}; filename=\"{plain}\"; "
                               f"filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": DRAWN if inside and file.type == "application/pdf" else LOCKED_UP,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
    }
