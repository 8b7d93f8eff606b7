"""The ZIP of a person's own data: made by a job, a piece at a time, and handed out to that person alone."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from quart import Request

from models.accounts import own_data
from models.appointments.own_data import appointments_part
from models.core.actor import AccessOf, Actor
from models.core.errors import Missing
from models.core.scope import run_scope
from models.documents.copies import own_copy
from models.documents.own_data import documents_part
from models.files.granting import file_for
from models.files.names import clean_name
from models.files.own_files import OwnFile, OwnPage, own_uploads
from models.messaging import own_data as parts
from server import storage
from server.door import PORTAL, Done, Raw, get, post

T = TypeVar("T")

READ_ME = """This is what the practice keeps of you and shows you in its portal.

account.json              your address, preferences and sessions
<name>/record.json        the record of whom you act for, as far as you may see it
<name>/appointments.json  appointments, past and to come
<name>/documents.json     what you were asked and what was shared with you, with what you handed in
<name>/signed             what you signed, with its certificate
<name>/messages           conversations, as you saw them
<name>/files              files in both that you may open

It is yours alone: keep it where nobody else reads it.
"""


@post("/account/data", allow=PORTAL, step_up=True)
async def ask(actor: Actor) -> Done:
    """Have the ZIP made."""
    return Done({"data": await own_data.ask(actor)}, see="/account")


@post("/account/data/<uuid:id>/remove", allow=PORTAL)
async def remove(actor: Actor, id: UUID) -> Done:
    await own_data.remove(actor, id)
    return Done(see="/account")


@get("/account/data/<uuid:id>", allow=PORTAL, step_up=True, streams=True)
async def download(actor: Actor, request: Request) -> Raw:
    """The ZIP, for whose it is."""
    data_id = (request.view_args or {})["id"]
    found = await run_scope(actor.practice_id, lambda _: own_data.openable(actor, data_id))
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"', "Content-Length": str(found.size)}
    return Raw(await storage.read(found.storage_key, 0, found.size), "application/zip", headers)


async def build(practice_id: UUID, ids: Mapping[str, UUID]) -> None:
    """The job. Each piece is read in a scope of its own, with the rights of that moment: a right that ends meanwhile
    ends the rest as well. What is not offered does not stay in the storage, whichever try of this job put it there."""
    if not await _made(practice_id, ids["data"]):
        await erase(practice_id, ids)


async def erase(practice_id: UUID, ids: Mapping[str, UUID]) -> timedelta | None:
    """The job at the end of its days, and once a day after it was asked for: bytes first, then the row."""
    key = await run_scope(practice_id, lambda _: own_data.to_erase(ids["data"]))
    if isinstance(key, str):
        await storage.erase(key)
        await run_scope(practice_id, lambda _: own_data.erased(ids["data"]))
    return key if isinstance(key, timedelta) else None


async def _made(practice_id: UUID, data_id: UUID) -> bool:
    """Whether it lies in the storage, and the person was told."""
    with tempfile.TemporaryFile() as made:
        with ZipFile(made, "w", ZIP_DEFLATED) as archive:
            rights = await _Making(practice_id, data_id, archive).all()
        key = await run_scope(practice_id, lambda _: _key(data_id))
        if rights is None or key is None:
            return False
        size = made.seek(0, 2)
        await storage.keep(key, made)
        return await run_scope(practice_id, lambda _: own_data.ready(data_id, size, rights))


async def _key(data_id: UUID) -> str | None:
    found = await own_data.whose(data_id)
    return found[0].storage_key if found else None


@dataclass
class _Making:
    practice_id: UUID
    data_id: UUID
    archive: ZipFile
    taken: set[str] = field(default_factory=set)

    async def all(self) -> bytes | None:
        """Everything into the archive; a hash of the rights it was made under, None when it is not to be made."""
        actor = await self._inside(_same)
        if actor is None:
            return None
        self.archive.writestr("read-me.txt", READ_ME)
        self._json("account.json", await self._inside(parts.own_part))
        for access in actor.accesses:
            await self._of(access, self._folder(access.client_name))
        now = await self._inside(_same)
        same = now is not None and own_data.rights_of(now) == own_data.rights_of(actor)
        if not same:
            await run_scope(self.practice_id, lambda _: own_data.failed(self.data_id))
        return own_data.rights_of(actor) if same else None

    async def _of(self, access: AccessOf, folder: str) -> None:
        record = await self._inside(lambda actor: parts.record_part(actor, access))
        if record is not None:
            self._json(f"{folder}/record.json", record)
        visits = await self._inside(lambda actor: appointments_part(actor, access))
        if visits is not None:
            self._json(f"{folder}/appointments.json", visits)
        await self._documents(access, folder)
        for number, id in enumerate(await self._inside(lambda actor: parts.conversations(actor, access)) or [], 1):
            await self._conversation(access, id, folder, number)
        await self._uploads(access, folder)

    async def _documents(self, access: AccessOf, folder: str) -> None:
        papers = await self._inside(lambda actor: documents_part(actor, access)) or []
        for number, one in enumerate(papers, 1):
            one["signed_copy"] = await self._signed(access, one["id"], f"{folder}/signed/{number}.pdf")
            for file in one["files"]:
                file["path"] = await self._file(access, file["id"], f"{folder}/files/document-{number}")
        self._json(f"{folder}/documents.json", papers)

    async def _uploads(self, access: AccessOf, folder: str) -> None:
        told: list[dict[str, Any]] = []
        async for one in self._own_uploads(access):
            path = await self._file(access, one.file, f"{folder}/uploads/{len(told) + 1}") if one.file else None
            told += [{"name": one.name, "at": one.at, "path": path}] if one.file else []
        if told:
            self._json(f"{folder}/uploads.json", told)

    async def _own_uploads(self, access: AccessOf) -> AsyncIterator[OwnFile]:
        """All of them, a page at a time."""
        before: UUID | None = None
        while True:
            page = await self._inside(partial(_page_of_uploads, access.client_id, before))
            for one in page.files if page else ():
                yield one
            if page is None or page.next is None:
                return
            before = page.next

    async def _conversation(self, access: AccessOf, id: UUID, folder: str, number: int) -> None:
        said = await self._inside(lambda actor: parts.said_in(actor, access, id))
        for one in (said or {}).get("messages", ()):
            for file in one.get("files", ()):
                file["path"] = await self._file(access, file["id"], f"{folder}/files/{number}")
        self._json(f"{folder}/messages/{number}.json", said)

    async def _file(self, access: AccessOf, file_id: UUID, folder: str) -> str | None:
        """Its place in the archive; None for one that may not be opened any more."""
        try:
            file = await self._inside(lambda actor: file_for(actor.acting_for(access.client_id), file_id))
            pieces = await storage.read(file.storage_key, 0, file.size) if file else None
        except Missing:
            return None
        if file is None or pieces is None:
            return None
        path = self._free(f"{folder}-{clean_name(file.name) or 'file'}")
        await self._put(path, pieces)
        return path

    async def _signed(self, access: AccessOf, document_id: UUID, path: str) -> str | None:
        """The place of the PDF of what they signed; None for what they did not sign, or while it is being made."""
        try:
            copy = await self._inside(lambda actor: own_copy(actor.acting_for(access.client_id), document_id))
            pieces = await storage.read(copy.storage_key, 0, copy.size) if copy else None
        except Missing:
            return None
        if pieces is None:
            return None
        await self._put(free := self._free(path), pieces)
        return free

    async def _put(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        with self.archive.open(path, "w", force_zip64=True) as into:
            async for piece in pieces:
                into.write(piece)

    async def _inside(self, work: Callable[[Actor], Awaitable[T]]) -> T | None:
        """In a scope, as the person is at this moment; None once they may not any more."""

        async def run() -> T | None:
            found = await own_data.whose(self.data_id)
            return await work(found[1]) if found else None

        return await run_scope(self.practice_id, lambda _: run())

    def _json(self, path: str, content: Any) -> None:
        self.archive.writestr(path, orjson.dumps(content, default=str, option=orjson.OPT_INDENT_2))

    def _folder(self, name: str) -> str:
        return self._free(clean_name(name) or "client")

    def _free(self, path: str) -> str:
        free, number = path, 1
        while free in self.taken:
            number += 1
            free = f"{path} ({number})"
        self.taken.add(free)
        return free


async def _same(actor: Actor) -> Actor:
    return actor


async def _page_of_uploads(client_id: UUID, before: UUID | None, actor: Actor) -> OwnPage:
    return await own_uploads(actor.acting_for(client_id), before=before)
