"""Doors of My Uploads, on the tab Documents & Forms: what one uploaded, Add without a script, taking back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from uuid import UUID, uuid4

from quart import Request

from models.core.actor import Actor
from models.core.errors import Invalid
from models.core.scope import run_scope
from models.files import own_files, uploading
from models.files.asks import Older
from models.files.kinds import ACCEPT, told
from models.files.registering import UPLOADS
from models.files.room import room, spoken, used
from server.door import PORTAL, Done, Page, get, post, upload
from server.frames import base_of
from server.incoming import incoming
from server.requests import key_of
from server.uploads import take_turn, taken_whole

HERE = "/uploads"
EVENTS = "client.file_uploaded file.seen file.removed file.deleted file.restored file.refused upload.ended"


@get(HERE, allow=PORTAL, portal=True, feature=UPLOADS.key, query=Older)
async def my_uploads(actor: Actor, request: Request, query: Older | None = None) -> Page:
    """What this person uploaded for whom they act for: the section My Uploads, and a page of it without a script."""
    access = actor.lens or actor.access
    assert access is not None
    before = query.before if query else None
    page = await own_files.own_uploads(actor, before=before)
    limits, taken = await room(), await used(access.client_id)
    template = "files/_my_uploads.html" if "Portico-Fragment" in request.headers else "files/my_uploads.html"
    return Page(
        template, json={"uploads": [dict(vars(one)) for one in page.files], "next": page.next}, current="documents",
        uploads=page.files, before=before, older=page.next,
        base=base_of(actor), client_id=access.client_id, accept=ACCEPT, most=limits.most_file,
        told=told(limits.most_file), adds=actor.lens is None and not access.read_only,
        left=spoken(max(0, limits.most_client - taken.bytes)), nearly_full=taken.bytes > limits.most_client * 0.8,
        uploads_events=EVENTS,
    )


@upload(HERE, allow=PORTAL, portal=True, feature=UPLOADS.key, again=my_uploads)
async def add_upload(actor: Actor, stream: AsyncIterator[bytes], headers: Mapping[str, str], request: Request) -> Done:
    """Add, by a plain form with one file or as a raw body."""
    await take_turn(actor, request)
    access = actor.access
    assert access is not None
    most = await run_scope(actor.practice_id, lambda _: _most(actor))
    async with incoming(stream, headers, request.args.get("name", ""), most=most) as came:
        key = key_of(request, {}) or uuid4()
        told = await taken_whole(actor, came, key, client_id=access.client_id)
    if told["state"] == "refused":
        raise Invalid(told["code"], told["reason"], errors={"file": [told["reason"]]})
    return Done({"upload": told}, see=f"{base_of(actor)}{HERE}")


@post(f"{HERE}/<uuid:id>/cancel", allow=PORTAL, portal=True, feature=UPLOADS.key)
async def let_upload_go(actor: Actor, id: UUID) -> Done:
    """Nobody goes on with it: what has arrived is erased."""
    await uploading.cancel(actor, id)
    return Done(see=f"{base_of(actor)}{HERE}")


@post(f"{HERE}/<uuid:id>/remove", allow=PORTAL, portal=True, feature=UPLOADS.key)
async def remove_upload(actor: Actor, id: UUID) -> Done:
    """Take back what nobody of the practice has opened."""
    await own_files.remove(actor, id)
    return Done(see=f"{base_of(actor)}{HERE}")


async def _most(actor: Actor) -> int:
    actor.may_change("upload.begin")
    return (await room()).most_file
