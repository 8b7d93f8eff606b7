"""Doors of Clients > [name] > Overview > Files, and of the page of all files of a client."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from models.clients.access import client_for, sees_client
from models.clients.registries import OverviewPart
from models.core.actor import Actor
from models.core.looking import note_look
from models.files import keeping, listing, managing, seeing
from models.files.asks import Delete, Found, Listed, Move, NameFolder, Rename, SaveFile, Tag
from models.files.listing import FilePage, Narrowed
from models.files.room import room, spoken, used
from server import antivirus
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page

LIST = "/staff/clients"
HERE = f"{LIST}/<uuid:id>/files"
ONE = f"{HERE}/<uuid:kept>"
FOLDER = f"{HERE}/folders/<uuid:folder>"
NEWEST = 5
EVENTS = ("client.file_uploaded file.saved file.seen file.changed file.removed file.deleted file.restored file.refused"
          " file.folders_changed message.sent message.withdrawn message.deleted document.shared document.withdrawn")
PART = OverviewPart("files", "Files", "/files/newest", EVENTS)


@get(f"{HERE}/newest", allow=STAFF)
async def newest_files(actor: Actor, id: UUID) -> Page:
    """Overview's part: the newest of each kind. Who may not read what the record says learns how many are new, or
    nothing."""
    await note_look(actor, "client-files", id, client_id=id)
    if not await sees_client(actor, id, "clinical"):
        await client_for(actor, id)
        counted = await listing.new_files(id) if await sees_client(actor, id, "document_status") else None
        return Page("files/_newest.html", json={"new": counted}, client_id=id, new=counted, reads=False)
    shown: dict[str, Any] = {
        "uploaded": await listing.kept_files(actor, id, limit=NEWEST),
        "shared": await listing.shared_files(actor, id, limit=NEWEST),
        "saved": await listing.kept_files(actor, id, "messages", limit=NEWEST),
        "attached": await listing.attached_files(actor, id, limit=NEWEST),
    }
    about = await listing.around(actor, id)
    told = {name: _told(page) for name, page in shown.items()}
    return Page("files/_newest.html", json={**told, "new": about.new}, client_id=id, new=about.new, reads=True,
                around=about, manages=await sees_client(actor, id, "manages"), scans=antivirus.is_set_up(), **shown)


@get(HERE, allow=STAFF, query=Listed)
async def client_files(actor: Actor, id: UUID, query: Listed | None = None) -> Page:
    """All files of a client, narrowed by folder, a page at a time."""
    return await _files(actor, id, query or Listed())


@post(f"{HERE}/find", allow=STAFF, body=Found, again=client_files)
async def find_files(actor: Actor, id: UUID, body: Found) -> Page:
    """The same by a tag, or by part of the name."""
    return await _files(actor, id, body, body.tag, body.words)


@post(f"{HERE}/save", allow=STAFF, body=SaveFile)
async def save_file(actor: Actor, id: UUID, body: SaveFile) -> Done:
    """A message's attachment joins the client's files."""
    kept = await keeping.save_from_message(actor, body.file, id)
    return Done({"kept": kept.id}, see=_back(id, "messages"))


@post(f"{HERE}/folders", allow=STAFF, body=NameFolder, again=client_files)
async def add_folder(actor: Actor, id: UUID, body: NameFolder) -> Done:
    return Done({"folder": await managing.add_folder(actor, id, body.folder_name)}, see=_back(id))


@post(f"{FOLDER}/rename", allow=STAFF, body=NameFolder)
async def rename_folder(actor: Actor, id: UUID, folder: UUID, body: NameFolder) -> Done:
    await managing.rename_folder(actor, id, folder, body.folder_name)
    return Done(see=f"{_back(id)}?folder={folder}")


@post(f"{FOLDER}/remove", allow=STAFF)
async def remove_folder(actor: Actor, id: UUID, folder: UUID) -> Done:
    """What stood in it stays."""
    await managing.remove_folder(actor, id, folder)
    return Done(see=_back(id))


@post(f"{ONE}/rename", allow=STAFF, body=Rename)
async def rename_file(actor: Actor, id: UUID, kept: UUID, body: Rename) -> Done:
    await managing.rename(actor, id, kept, body.name)
    return Done(see=_back(id))


@post(f"{ONE}/move", allow=STAFF, body=Move)
async def move_file(actor: Actor, id: UUID, kept: UUID, body: Move) -> Done:
    """Into a folder, or out of any."""
    await managing.move(actor, id, kept, body.folder)
    return Done(see=_back(id))


@post(f"{ONE}/tags", allow=STAFF, body=Tag)
async def tag_file(actor: Actor, id: UUID, kept: UUID, body: Tag) -> Done:
    await managing.tag(actor, id, kept, body.tag)
    return Done(see=_back(id))


@post(f"{ONE}/tags/remove", allow=STAFF, body=Tag)
async def untag_file(actor: Actor, id: UUID, kept: UUID, body: Tag) -> Done:
    await managing.untag(actor, id, kept, body.tag)
    return Done(see=_back(id))


@post(f"{ONE}/seen", allow=STAFF)
async def see_file(actor: Actor, id: UUID, kept: UUID) -> Done:
    """Seen without opening it here."""
    found = await managing.kept_file(actor, id, kept)
    await seeing.see(actor, [found.id])
    return Done(see=_back(id))


@post(f"{ONE}/delete", allow=STAFF, body=Delete)
async def delete_file(actor: Actor, id: UUID, kept: UUID, body: Delete) -> Done:
    """Nobody opens it any more; it can be restored for thirty days."""
    await managing.delete(actor, id, kept, body.reason)
    return Done(see=_back(id))


@post(f"{ONE}/restore", allow=STAFF)
async def restore_file(actor: Actor, id: UUID, kept: UUID) -> Done:
    await managing.restore(actor, id, kept)
    return Done(see=_back(id))


async def _files(actor: Actor, id: UUID, asked: Listed, tag: str = "", words: str = "") -> Page:
    page, attached = FilePage([]), FilePage([])
    if asked.view == "shared":
        page = await listing.shared_files(actor, id, words=words, before=asked.before)
    else:
        by = Narrowed(asked.folder, tag, words)
        page = await listing.kept_files(actor, id, asked.view, narrowed=by, before=asked.before)
    if asked.view == "messages":
        attached = await listing.attached_files(actor, id, words=words, limit=listing.PAGE)
    about, limits, taken = await listing.around(actor, id), await room(), await used(id)
    told = {"files": _told(page), "next": page.next, "attached": _told(attached), "new": about.new,
            "folders": [dict(one) for one in about.folders], "tags": about.tags}
    return await profile_page(
        actor, id, "overview", "files/of_client.html", json=told, asked=asked, tag=tag, words=words,
        page=page, attached=attached, around=about, manages=await sees_client(actor, id, "manages"), events=EVENTS,
        scans=antivirus.is_set_up(), taken=spoken(taken.bytes), most=spoken(limits.most_client),
    )


def _told(page: FilePage) -> list[dict[str, Any]]:
    return [asdict(one) for one in page.files]


def _back(id: UUID, view: str = "") -> str:
    return f"{LIST}/{id}/files{f'?view={view}' if view else ''}"
