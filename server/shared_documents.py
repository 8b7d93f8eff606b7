"""Doors of a person's shared file, and of files that they are asked for."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from models.accounts.practices import today_here
from models.core.actor import Actor
from models.documents import file_requests
from models.documents.onboarding import goes_on, way_back
from models.documents.shared_files import shared_file
from models.documents.sharing_asks import GiveFiles
from models.files.kinds import ACCEPT, opens_inside, told
from models.files.room import room
from server.door import PORTAL, Done, Page, get, post
from server.frames import base_of

FILE = "/documents/<uuid:id>/file"
FILES = "/documents/<uuid:id>/files"


@get(FILE, allow=PORTAL, portal=True)
async def shared_file_page(actor: Actor, id: UUID) -> Page:
    """The file, inside the page where it can be, and to be saved."""
    document, file = await shared_file(actor, id)
    shown = {"id": file.id, "name": file.name, "type": file.type, "size": file.size, "inside": opens_inside(file.type)}
    return Page("documents/shared_file.html", json={"document": id, "file": shown}, current="documents",
                document=document, file=shown, base=base_of(actor), onward=await goes_on(actor, document),
                way=await way_back(actor, document))


@get(FILES, allow=PORTAL, portal=True)
async def requested_files(actor: Actor, id: UUID) -> Page:
    """What is asked for, and what was added so far."""
    document = await file_requests.requested(actor, id)
    given = [asdict(one) for one in await file_requests.files_of(id)]
    plain = {"document": id, "title": document.title, "files": given, "done": document.submitted_at is not None}
    return Page("documents/file_request.html", json=plain, current="documents", document=document, given=given,
                base=base_of(actor), accept=ACCEPT, told=told((await room()).most_file), today=await today_here(),
                way=await way_back(actor, document))


@post(FILES, allow=PORTAL, portal=True, body=GiveFiles, again=requested_files)
async def add_files(actor: Actor, id: UUID, body: GiveFiles) -> Done:
    """Files that were uploaded a moment ago."""
    await file_requests.add_files(actor, id, body.files)
    return Done(see=f"{base_of(actor)}/documents/{id}/files")


@post(f"{FILES}/<uuid:file>/remove", allow=PORTAL, portal=True, again=requested_files)
async def take_out(actor: Actor, id: UUID, file: UUID) -> Done:
    await file_requests.take_out(actor, id, file)
    return Done(see=f"{base_of(actor)}/documents/{id}/files")


@post(f"{FILES}/done", allow=PORTAL, portal=True, again=requested_files)
async def hand_in(actor: Actor, id: UUID) -> Done:
    """That is all of them."""
    await file_requests.hand_in(actor, id)
    document = await file_requests.requested(actor, id)
    there = await goes_on(actor, document)
    return Done(see=base_of(actor) + (there or f"/documents/{id}/files"))
