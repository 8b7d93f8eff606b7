"""Doors by which a file comes in piece by piece: begun, asked how far it is, moved on, cancelled.

A piece is at most 8 MB, says where it belongs (`Upload-Offset`) and may say what it holds (`Upload-Checksum: sha-256
<hex>`). Whoever lost the line asks how far the upload is and goes on there, at any worker.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.core.actor import Actor
from models.core.errors import Busy, Conflict, Invalid, Refusal
from models.core.limits import Limit, network_of, take
from models.core.scope import run_scope
from models.files import uploading
from models.files.asks import BeginUpload
from models.files.tables import Upload
from models.files.uploading import AT_ONCE, PIECE, Stored
from server import storage
from server.door import SIGNED_IN, Done, get, post, upload
from server.incoming import Incoming, Sink, announced_in, nameless, patiently
from server.receiving import finish
from server.requests import address_of

HERE = "/files/uploads"
PIECES = f"{HERE}/<uuid:id>/pieces"
OF_LOGIN = Limit("uploads", most=300, seconds=3600)
OF_NETWORK = Limit("uploads-network", most=3000, seconds=3600)
OF_PRACTICE = Limit("uploads-practice", most=20_000, seconds=3600)
PIECES_OF_LOGIN = Limit("upload-pieces", most=5000, seconds=3600)


async def take_turn(actor: Actor, request: Request) -> None:
    """One more upload of this login, network and practice; raises TooMany."""
    await take(OF_LOGIN, actor.practice_id, actor.login_id)
    await take(OF_NETWORK, network_of(address_of(request)))
    await take(OF_PRACTICE, actor.practice_id)


@post(HERE, allow=SIGNED_IN, body=BeginUpload)
async def begin_upload(actor: Actor, body: BeginUpload, request: Request) -> Done:
    """Begin, or find what this key began: `received` says where it goes on."""
    await take_turn(actor, request)
    actor = actor.acting_for(body.about) if body.about and actor.portal else actor
    begun = await uploading.begin(actor, name=body.name, size=body.size, key=body.key, client_id=body.client)
    return Done({"upload": told(begun)})


@get(f"{HERE}/<uuid:id>", allow=SIGNED_IN)
async def show_upload(actor: Actor, id: UUID) -> Done:
    """How far it is, and what became of it."""
    return Done({"upload": told(await uploading.upload_for(actor, id))})


@upload(PIECES, allow=SIGNED_IN)
async def add_piece(actor: Actor, stream: AsyncIterator[bytes], headers: Mapping[str, str], request: Request) -> Done:
    """The next bytes. With the last of them a file of up to 32 MB is checked before the answer, a larger one behind
    it."""
    await take(PIECES_OF_LOGIN, actor.practice_id, actor.login_id)
    upload_id = (request.view_args or {})["id"]
    await run_scope(actor.practice_id, lambda _: uploading.upload_for(actor, upload_id))
    at = _offset(headers)
    begun = await run_scope(actor.practice_id, lambda _: uploading.expects(actor, upload_id, at))
    with nameless() as file:
        sink = Sink(file, PIECE)
        await _poured(stream, headers, sink)
        return Done({"upload": await _moved(actor, begun, at, Incoming("", file, sink.size, sink.digest()))})


@post(f"{HERE}/<uuid:id>/cancel", allow=SIGNED_IN)
async def cancel_upload(actor: Actor, id: UUID) -> Done:
    """What was sent is erased."""
    await uploading.cancel(actor, id)
    return Done({"upload": told(await uploading.upload_for(actor, id))})


async def taken_whole(actor: Actor, came: Incoming, key: UUID, *, client_id: UUID | None = None) -> dict[str, Any]:
    """A file that came in one request goes the way of all uploads; as `told` tells it."""
    begun = await run_scope(actor.practice_id, lambda _: uploading.begin(
        actor, name=came.given_name, size=came.size, key=key, client_id=client_id))
    if begun.received:  # the same key once more
        return told(begun)
    return await _moved(actor, begun, 0, came)


def told(one: Upload) -> dict[str, Any]:
    """As programs and pages read it. `state`: uploading, checking, ready or refused with the `reason`."""
    state = "refused" if one.refused_at else "ready" if one.file_id else "checking" if one.whole_at else "uploading"
    return {"id": one.id, "key": one.key, "name": one.name, "size": one.size, "received": one.received,
            "state": state, "reason": one.reason, "code": one.code, "file": one.file_id, "client": one.client_id,
            "piece": PIECE, "ends_at": one.ends_at}


async def _moved(actor: Actor, begun: Upload, at: int, came: Incoming) -> dict[str, Any]:
    """Kept under a key of its own first: of two that bring the same piece one is erased again. Killed in between, a
    worker leaves a piece that nobody noted; it goes with the others below the upload's key. So does one of which nobody
    knows whether it was noted, because the database went away in the midst of it."""
    piece = Stored(f"{begun.pieces_key}/{uuid4()}", came.size)
    await storage.keep(piece.key, came.file)
    try:
        moved = await run_scope(actor.practice_id, lambda _: uploading.move_on(actor, begun.id, at, piece))
    except Busy:
        raise
    except Refusal:
        await storage.erase(piece.key)
        raise
    if moved.whole_at is not None and moved.size <= AT_ONCE:
        await finish(actor.practice_id, begun.id)
        moved = await run_scope(actor.practice_id, lambda _: uploading.upload_for(actor, begun.id))
    return told(moved)


async def _poured(stream: AsyncIterator[bytes], headers: Mapping[str, str], sink: Sink) -> None:
    announced = announced_in(headers, sink.most)
    async for part in patiently(stream, sink.most):
        await sink.write(part)
    await sink.flush()
    if not sink.size or (announced is not None and sink.size != announced):
        raise Invalid("piece-cut-off", "This piece did not arrive whole. Ask how far the upload is, then go on there.")
    form, _, given = headers.get("Upload-Checksum", "").partition(" ")
    if form and (form, given.lower()) != ("sha-256", sink.digest().hex()):
        raise Conflict("piece-damaged", "This piece was damaged on its way. Send it again.")


def _offset(headers: Mapping[str, str]) -> int:
    given = headers.get("Upload-Offset", "")
    if not (given.isascii() and given.isdigit()) or len(given) > 15:
        raise Invalid("piece-nowhere", "Say with Upload-Offset where this piece begins.")
    return int(given)
