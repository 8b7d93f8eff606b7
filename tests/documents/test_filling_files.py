"""Files that answer a question: their person's and, once handed in, the staff's who read what it says."""

from __future__ import annotations

import pytest

from models.core.errors import Invalid
from models.files import bringing, granting, listing

CARD = {"resourceType": "Questionnaire", "status": "active", "title": "Papers",
        "item": [{"linkId": "card", "type": "attachment", "text": "Your insurance card", "repeats": True}]}


async def brought(cast, who="client", **how):
    actor = await cast.actor(who, **how)
    arrival = bringing.Arrival("card.pdf", "application/pdf", 9, b"0" * 32, thumbnail=False, scanned=False)
    return await cast.inside(lambda: bringing.bring(actor, arrival))


async def may_open(cast, who, file, **how):
    actor = await cast.actor(who, **how)
    try:
        await cast.inside(lambda: granting.file_for(actor, file.id))
    except Exception:
        return False
    return True


def answered(file):
    return {"file": str(file.id), "title": "card.pdf", "contentType": "application/pdf", "size": 9}


async def test_a_file_goes_to_staff_with_the_form_and_not_before(cast, paper):
    document, file = await paper.ask(questionnaire=CARD), await brought(cast)
    await paper.answer(document, "card", answered(file))
    assert await may_open(cast, "client", file) and not await may_open(cast, "practitioner", file)
    await paper.submit(document)
    assert await may_open(cast, "practitioner", file) and not await may_open(cast, "frontdesk", file)


async def test_nobody_attaches_what_is_anothers_and_two_parents_never_open_each_others(cast, paper):
    document = await paper.ask("coparent", CARD, client="teen")
    karens = await brought(cast, "parent", client="teen")
    with pytest.raises(Invalid):
        await paper.answer(document, "card", answered(karens), who="coparent")
    davids = await brought(cast, "coparent")
    await paper.answer(document, "card", answered(davids), who="coparent")
    await paper.submit(document, "coparent")
    for who, how in (("parent", {"client": "teen"}), ("teen", {})):
        assert not await may_open(cast, who, davids, **how)


@pytest.mark.parametrize("value", [{"file": "no id"}, {}, "text"])
async def test_what_is_no_file_is_refused(cast, paper, value):
    document = await paper.ask(questionnaire=CARD)
    with pytest.raises(Invalid):
        await paper.answer(document, "card", value)


async def test_what_staff_attach_on_a_clients_behalf_is_not_called_shared_by_the_practice(cast, paper):
    """The practice shared nothing: it answered a question in the client's place."""
    document, maya = await paper.ask(questionnaire=CARD), await cast.actor("practitioner")
    file = await brought(cast, "practitioner")
    await paper.answer(document, "card", answered(file), who="practitioner")
    assert await may_open(cast, "client", file), "the premise"
    shared = await cast.inside(lambda: listing.shared_files(maya, cast.clients["client"]))
    assert shared.files == []
