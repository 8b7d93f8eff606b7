"""Doors of Clients > [name] > Overview > Files, and of the page of all files of a client."""

from __future__ import annotations

from collections.abc import Awaitable
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
                around=about, manages=await sees_client(actor, id, "manages"), **shown)


@get(HERE, allow=STAFF, query=Listed)
async def client_files(actor: Actor, id: UUID, query: Listed | None = None) -> Page:
    """All files of a client, narrowed by folder, a page at a time."""
    return await _files(actor, id, query or Listed())


@get(ONE, allow=STAFF)
async def client_file(actor: Actor, id: UUID, kept: UUID) -> Page:
    """One file of the record: what it is, and what is done with it."""
    one, about = await listing.one_kept(actor, id, kept), await listing.around(actor, id)
    return await profile_page(
        actor, id, "overview", "files/one.html", json={"file": dict(vars(one))}, one=one, folders=about.folders,
        tags=about.tags, manages=await sees_client(actor, id, "manages"), events=EVENTS,
    )


@post(f"{HERE}/find", allow=STAFF, body=Found, again=client_files)
async def find_files(actor: Actor, id: UUID, body: Found) -> Page:
    """The same by a tag, or by part of the name."""
    return await _files(actor, id, body, body.tag, body.words)


@post(f"{HERE}/save", allow=STAFF, body=SaveFile)
async def save_file(actor: Actor, id: UUID, body: SaveFile) -> Done:
    """A message's attachment joins the client's files."""
    kept = await keeping.save_from_message(actor, body.file, id)
    return Done({"kept": kept.id}, see=f"{LIST}/{id}/files?view=messages")


@post(f"{HERE}/folders", allow=STAFF, body=NameFolder, again=client_files)
async def add_folder(actor: Actor, id: UUID, body: NameFolder) -> Done:
    return Done({"folder": await managing.add_folder(actor, id, body.folder_name)}, see=f"{LIST}/{id}/files")


@post(f"{FOLDER}/rename", allow=STAFF, body=NameFolder)
async def rename_folder(actor: Actor, id: UUID, folder: UUID, body: NameFolder) -> Done:
    return await _then_list(id, managing.rename_folder(actor, id, folder, body.folder_name), f"?folder={folder}")


@post(f"{FOLDER}/remove", allow=STAFF)
async def remove_folder(actor: Actor, id: UUID, folder: UUID) -> Done:
    """What stood in it stays."""
    return await _then_list(id, managing.remove_folder(actor, id, folder))


@post(f"{ONE}/rename", allow=STAFF, body=Rename, again=client_file)
async def rename_file(actor: Actor, id: UUID, kept: UUID, body: Rename) -> Done:
    return await _then_file(id, kept, managing.rename(actor, id, kept, body.name))


@post(f"{ONE}/move", allow=STAFF, body=Move, again=client_file)
async def move_file(actor: Actor, id: UUID, kept: UUID, body: Move) -> Done:
    """Into a folder, or out of any."""
    return await _then_file(id, kept, managing.move(actor, id, kept, body.folder))


@post(f"{ONE}/tags", allow=STAFF, body=Tag, again=client_file)
async def tag_file(actor: Actor, id: UUID, kept: UUID, body: Tag) -> Done:
    return await _then_file(id, kept, managing.tag(actor, id, kept, body.tag))


@post(f"{ONE}/tags/remove", allow=STAFF, body=Tag, again=client_file)
async def untag_file(actor: Actor, id: UUID, kept: UUID, body: Tag) -> Done:
    return await _then_file(id, kept, managing.untag(actor, id, kept, body.tag))


@post(f"{ONE}/seen", allow=STAFF, again=client_file)
async def see_file(actor: Actor, id: UUID, kept: UUID) -> Done:
    """Seen without opening it here."""
    found = await managing.kept_file(actor, id, kept)
    return await _then_file(id, kept, seeing.see(actor, [found.id]))


@post(f"{ONE}/delete", allow=STAFF, body=Delete, again=client_file)
async def delete_file(actor: Actor, id: UUID, kept: UUID, body: Delete) -> Done:
    """Nobody opens it any more; it can be restored for thirty days."""
    return await _then_list(id, managing.delete(actor, id, kept, body.reason))


@post(f"{ONE}/restore", allow=STAFF)
async def restore_file(actor: Actor, id: UUID, kept: UUID) -> Done:
    return await _then_list(id, managing.restore(actor, id, kept))


async def _files(actor: Actor, id: UUID, asked: Listed, tag: str = "", words: str = "") -> Page:
    page, attached = FilePage([]), FilePage([])
    if asked.view == "shared":
        page = await listing.shared_files(actor, id, words=words, before=asked.before)
    else:
        by = Narrowed(asked.folder, tag, words)
        page = await listing.kept_files(actor, id, asked.view, narrowed=by, before=asked.before)
    if asked.view == "messages":
        attached = await listing.attached_files(actor, id, words=words, before=asked.attached)
    about, limits, taken = await listing.around(actor, id), await room(), await used(id)
    told = {"files": _told(page), "next": page.next, "attached": _told(attached),
            "attached_next": attached.next, "new": about.new,
            "folders": [dict(one) for one in about.folders], "tags": about.tags}
    return await profile_page(
        actor, id, "overview", "files/of_client.html", json=told, asked=asked, tag=tag, words=words,
        page=page, attached=attached, around=about, manages=await sees_client(actor, id, "manages"), events=EVENTS,
        scans=antivirus.is_set_up(), taken=spoken(taken.bytes), most=spoken(limits.most_client),
    )


def _told(page: FilePage) -> list[dict[str, Any]]:
    return [dict(vars(one)) for one in page.files]


async def _then_file(id: UUID, kept: UUID, change: Awaitable[object]) -> Done:
    await change
    return Done(see=f"{LIST}/{id}/files/{kept}")


async def _then_list(id: UUID, change: Awaitable[object], narrowed: str = "") -> Done:
    await change
    return Done(see=f"{LIST}/{id}/files{narrowed}")
