"""What of documents stands among what happened lately: who did what, for whoever sees how far documents are."""

from __future__ import annotations

import asyncio

import pytest

from models.clients.overview import happened_lately
from models.core.change import change
from models.documents import returning, signing
from models.documents.asking import Wanted
from models.documents.events import SIGNED, SUBMITTED
from models.documents.telling import tell
from tests.documents.desk import Desk
from tests.support.papers import a_form
from tests.support.signing import a_file_to_sign, fields


async def lately(cast, client, who="practitioner"):
    actor = await cast.actor(who)
    found = await cast.inside(lambda: happened_lately(actor, cast.clients[client]))
    return [f"{one['who']} {one['what']}".strip() for one in found]


async def test_what_was_shared_handed_in_and_sent_back_stands_there_with_who(cast, paper):
    document, maya = await paper.ask(), await cast.actor("practitioner")
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    await cast.inside(lambda: returning.return_for_correction(maya, document.client_id, document.id, "Since when?"))
    assert await lately(cast, "client") == ["Maya Okafor asked for a correction", "Ana Beltrán handed in a document"]
    assert "Intake" not in str(await lately(cast, "client")), "what it is called may say what somebody is treated for"


async def test_what_one_person_did_in_a_row_is_one_line(cast):
    desk = Desk(cast)
    await desk.share("parent", Wanted("form", (await a_form(cast)).id), Wanted("request", title="Insurance card"))
    assert (await lately(cast, "teen"))[0] == "Maya Okafor shared 2 documents"


async def test_who_signs_hands_in_by_that_and_it_is_said_once(cast):
    document, client = await a_file_to_sign(cast), await cast.actor("client")
    sent = await fields(cast, client, document)
    await cast.inside(lambda: signing.sign_file(client, document.id, sent))
    assert await lately(cast, "client") == ["Ana Beltrán signed a document"]


async def test_a_parent_is_named_and_one_line_leads_to_its_document(cast, paper):
    document, maya = await paper.ask("parent", client="teen"), await cast.actor("practitioner")
    await paper.answer(document, "about/why", "He wakes at four", who="parent", client="teen")
    await paper.submit(document, "parent", "teen")
    [one] = await cast.inside(lambda: happened_lately(maya, cast.clients["teen"]))
    assert one["who"] == "Karen Marsh" and one["path"] == f"/documents/{document.id}"
    assert await lately(cast, "client") == []


@pytest.mark.parametrize(("who", "sees"), [("frontdesk", True), ("owner", False), ("biller", False)])
async def test_whoever_does_not_see_how_far_documents_are_reads_nothing_of_them(cast, paper, who, sees):
    document = await paper.ask()
    await paper.answer(document, "about/why", "I cannot sleep")
    await paper.submit(document)
    assert ("Ana Beltrán handed in a document" in await lately(cast, "client", who)) is sees


async def test_many_documents_never_hide_what_happened_to_the_record(cast, paper):
    from models.clients import tags

    document, maya = await paper.ask(), await cast.actor("practitioner")
    await cast.inside(lambda: tags.add_tag(maya, document.client_id, "Group"))

    async def many():
        async with change(maya, "document.share"):
            for kind in (SIGNED, SUBMITTED) * 40:
                await tell(maya, kind, document)

    await asyncio.wait_for(cast.inside(many), 60)
    assert "Maya Okafor changed the tags" in await lately(cast, "client")
