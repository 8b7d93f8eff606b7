"""Doors of merging two records: choosing the other one, the preview, and the merge itself. Names are posted."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.clients import listing, merging
from models.clients.access import managed_client
from models.clients.asks import FindClients
from models.clients.merging_asks import FindTwin, Merge
from models.clients.merging_preview import ALONE, may_merge, preview
from models.core.actor import Actor
from models.core.errors import Forbidden, Refusal
from models.core.looking import note_look
from server.door import STAFF, Done, Page, get, on_refusal, post
from server.profile import profile_page

LIST = "/staff/clients"
HERE = f"{LIST}/<uuid:id>/merge"


@get(HERE, allow=STAFF)
async def choose_twin(actor: Actor, id: UUID) -> Page:
    """Which other record is the same person's."""
    return await _choosing(actor, id, "")


@post(HERE, allow=STAFF, body=FindTwin)
async def find_twin(actor: Actor, id: UUID, body: FindTwin) -> Page:
    """The same page with those found."""
    return await _choosing(actor, id, body.words)


@get(f"{HERE}/<uuid:other>", allow=STAFF)
async def merge_page(actor: Actor, id: UUID, other: UUID) -> Page:
    """Both records side by side, what moves, what ends, who will see more."""
    found = await preview(actor, id, other)
    await note_look(actor, "client-merge", other, client_id=other)
    told = {"moves": found.moves, "ends": found.ends, "odd": found.odd, "blocked": found.accesses.blocked,
            "seen": found.seen}
    return await profile_page(actor, id, "overview", "clients/merge_preview.html", json=told, found=found, key=uuid4())


@post(f"{HERE}/<uuid:other>", allow=STAFF, body=Merge, key="client.merge", again=merge_page)
async def merge(actor: Actor, id: UUID, other: UUID, body: Any) -> Done:
    """The other record goes into this one."""
    chosen = body.model_dump(exclude={"end", "seen"})
    await merging.merge(actor, id, other, chosen, end=body.end, seen=body.seen)
    return Done({"client": id}, see=f"{LIST}/{id}")


@on_refusal("merged")
async def was_merged(actor: Actor, refusal: Refusal) -> Page:
    """At an address of a record that went into another: where it went."""
    into, name = refusal.errors["into"][0], refusal.errors["name"][0]
    return Page("clients/merged.html", status=refusal.status, current="clients", words=refusal.detail,
                into=f"{LIST}/{into}", name=name)


async def _choosing(actor: Actor, id: UUID, words: str) -> Page:
    if not may_merge(actor):
        await managed_client(actor, id)
        raise Forbidden("not-merged", ALONE)
    found = await listing.clients(actor, FindClients(words=words)) if words.strip() else None
    others = [one for one in found["clients"] if one["id"] != id] if found else []
    many = bool(found and (found["many"] or found["next"]))
    return await profile_page(
        actor, id, "overview", "clients/merge.html", json={"clients": others, "many": many}, words=words,
        others=others, many=many,
    )
