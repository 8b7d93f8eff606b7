"""Signatures as pages show them, and guardians who each sign their own copy."""

from __future__ import annotations

from models.clients.tables import ClientContact
from models.core.change import change
from models.core.clock import now
from models.documents import signing
from models.documents.chaining import walk_signings
from models.documents.copies import own_copy
from models.documents.signatures import Guardians, guardians_signed, signatures_of
from models.documents.tables import Document
from models.documents.vouching import HOLDS
from tests.clients.test_merging import Twins
from tests.documents.test_signing import _allow
from tests.support.papers import a_document, a_form
from tests.support.signing import CONSENT, fields, make_copy, signed_file


async def test_two_guardians_sign_two_copies_and_staff_see_how_many_have(cast):
    form = await a_form(cast, CONSENT, signs=True)
    papers = {name: await a_document(cast, form, name, client="teen") for name in ("parent", "coparent")}
    client_id = papers["parent"].client_id
    assert await cast.inside(lambda: guardians_signed(client_id, form.id)) == Guardians(2, 0)
    await _sign(cast, "parent", papers["parent"])
    found = await cast.inside(lambda: guardians_signed(client_id, form.id))
    assert found.words == "1 of 2 guardians signed"
    await _sign(cast, "coparent", papers["coparent"])
    assert (await cast.inside(lambda: guardians_signed(client_id, form.id))).words == "2 of 2 guardians signed"


async def test_where_one_was_asked_nothing_is_counted():
    assert Guardians(1, 0).words == "" and Guardians(0, 0).words == ""


async def test_each_signature_names_its_place_in_the_chain(cast):
    document = await signed_file(cast)
    (one,) = await cast.inside(lambda: signatures_of(document.id, HOLDS))
    assert one.number == 1 and len(one.hash) == 64


async def _sign(cast, name: str, document) -> None:
    await _allow(cast, document)
    actor = await cast.actor(name, client="teen")
    sent = await fields(cast, actor, document)

    async def hand_in():
        async with change(actor, "document.submit"):
            await signing.sign_in_change(actor, await Document.get(id=document.id), None, sent)
            await Document.filter(id=document.id).update(submitted_at=now())

    await cast.inside(hand_in)


async def test_a_signature_stands_when_two_records_become_one(cast):
    twins = Twins(cast)
    await twins.begin()
    cast.people.clients["twin"] = twins.gone

    async def also():
        await ClientContact.create(client_id=twins.gone, contact_id=cast.contacts["parent"], relation="mother")
        await twins.access(login=cast.logins["parent"], contact=cast.contacts["parent"], permissions=["documentation"])

    await cast.inside(also)
    document = await signed_file(cast, "parent", client="twin")
    await make_copy(cast, document)
    await twins.merge()
    moved = await cast.inside(lambda: Document.get(id=document.id))
    assert moved.client_id == twins.kept and moved.access_id == cast.accesses["parent", "teen"]
    assert await cast.inside(walk_signings) == (2, None)
    assert len(await cast.inside(lambda: signatures_of(document.id, HOLDS))) == 1
    karen = await cast.actor("parent", client="teen")
    assert (await cast.inside(lambda: own_copy(karen, document.id))).document_id == document.id
