"""Who finds a document: whose it is, and staff as far as their rights reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Forbidden, Missing
from models.documents.events import OPENED
from models.documents.finding import document_of_client, own_document
from models.documents.tables import Document
from models.documents.telling import tell
from tests.support.papers import a_document, a_form

pytestmark = pytest.mark.asyncio


async def _finds(cast: Any, actor: Actor, document: Document) -> bool:
    try:
        return (await cast.inside(lambda: own_document(actor, document.id))).id == document.id
    except Missing:
        return False


async def test_the_client_finds_what_was_asked_of_them_until_it_is_taken_back(cast):
    document = await a_document(cast, await a_form(cast))
    client = await cast.actor("client")
    assert await _finds(cast, client, document)
    taken_back = "UPDATE document SET withdrawn_at = $2 WHERE id = $1"
    await cast.inside(lambda: execute(taken_back, document.id, now()))
    assert not await _finds(cast, client, document)


async def test_of_two_parents_each_finds_their_own_copy_alone(cast):
    form = await a_form(cast)
    hers = await a_document(cast, form, "parent", client="teen")
    his = await a_document(cast, form, "coparent", client="teen")
    parent, coparent = await cast.actor("parent", client="teen"), await cast.actor("coparent")
    teen = await cast.actor("teen")
    assert await _finds(cast, parent, hers) and await _finds(cast, coparent, his)
    assert not await _finds(cast, parent, his) and not await _finds(cast, coparent, hers)
    assert not await _finds(cast, teen, hers) and not await _finds(cast, teen, his)


async def test_a_parent_finds_nothing_of_one_child_while_acting_for_the_other(cast):
    document = await a_document(cast, await a_form(cast), "parent", client="teen")
    assert await _finds(cast, await cast.actor("parent", client="teen"), document)
    assert not await _finds(cast, await cast.actor("parent", client="child"), document)


async def test_a_contact_without_manage_documentation_reads_what_they_handed_in_and_nothing_else(cast):
    form = await a_form(cast)
    open_one = await a_document(cast, form, "parent", client="teen")
    done = await a_document(cast, await a_form(cast), "parent", client="teen", submitted_at=now())
    parent = await cast.actor("parent", client="teen")
    assert parent.access and await _finds(cast, parent, open_one)
    without = replace(parent, access=replace(parent.access, permissions=frozenset({"appointments"})))
    assert await _finds(cast, without, done) and not await _finds(cast, without, open_one)


async def test_staff_find_documents_as_far_as_their_rights_reach(cast):
    document = await a_document(cast, await a_form(cast))

    async def finds(name: str, right: str) -> Document:
        actor = await cast.actor(name)
        return await cast.inside(lambda: document_of_client(actor, document.client_id, document.id, right=right))

    assert (await finds("practitioner", "clinical")).id == document.id
    assert (await finds("frontdesk", "document_status")).id == document.id
    for name, right in (("frontdesk", "clinical"), ("biller", "document_status"), ("owner", "clinical")):
        with pytest.raises(Forbidden, match="not-clinical"):
            await finds(name, right)


async def test_a_document_is_not_found_at_another_client_nor_from_another_practice(cast, neighbours):
    document = await a_document(cast, await a_form(cast))
    practitioner, stranger = await cast.actor("practitioner"), await neighbours.actor("practitioner")
    with pytest.raises(Missing):
        await cast.inside(lambda: document_of_client(practitioner, cast.people.clients["teen"], document.id))
    with pytest.raises(Missing):
        await neighbours.inside(lambda: document_of_client(stranger, document.client_id, document.id))


async def test_a_change_is_told_to_its_person_and_to_staff_of_the_client_by_ids_alone(cast):
    document = await a_document(cast, await a_form(cast))
    client = await cast.actor("client")

    async def opened() -> None:
        async with change(client, "document.open"):
            await tell(client, OPENED, document)

    await cast.inside(opened)
    row = await cast.inside(lambda: fetch_one("SELECT ids, audience FROM event WHERE subject_id = $1", document.id))
    told = {f"access:{document.access_id}", f"staff-of:{document.client_id}", "staff-all-clients:None"}
    assert set(row["audience"]) == told
    ids = {"client": document.client_id, "access": document.access_id, "document": document.id}
    assert row["ids"] == {name: str(id) for name, id in ids.items()}
