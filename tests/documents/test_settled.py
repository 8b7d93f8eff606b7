"""What was handed in stands lately on the Portal tab, and all of it on a page of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.clock import now
from models.core.errors import Missing
from models.documents import standing
from models.documents.settled import settled_of
from models.documents.standing import standing_of
from tests.support.papers import a_document, a_form


@pytest.fixture(autouse=True)
def two_lately(monkeypatch):
    monkeypatch.setattr(standing, "LATELY", 2)


async def done(cast, paper, person, count, *, client=None, **more):
    """So many handed in by that person; the ids newest first."""
    form = await a_form(cast)
    ids = []
    for number in range(count):
        document = await a_document(cast, form, person, client=client)
        await paper.change(document, **{"submitted_at": now() - timedelta(days=count - number), **more})
        ids.append(document.id)
    return ids[::-1]


async def test_the_portal_tab_shows_what_was_handed_in_lately_and_leads_to_the_rest(cast, paper, browse):
    ids = await done(cast, paper, "client", 4)
    waiting = await paper.ask()
    maya, ana = await browse(cast, "practitioner"), cast.clients["client"]
    tab = await (await maya.get(f"/staff/clients/{ana}/portal")).get_data(as_text=True)
    assert [str(id) in tab for id in [waiting.id, *ids]] == [True, True, True, False, False]
    assert tab.index(str(waiting.id)) < tab.index(str(ids[0])) < tab.index(str(ids[1])), "what is open, then the newest"
    assert f'href="/staff/clients/{ana}/handed-in/{ana}">Handed in before (2)' in tab
    manage = await (await maya.get(f"/staff/clients/{ana}/documentation")).get_data(as_text=True)
    assert "Handed in (4)" in manage and "2 before these" in manage
    page = await (await maya.get(f"/staff/clients/{ana}/handed-in/{ana}")).get_data(as_text=True)
    assert all(str(id) in page for id in ids) and str(waiting.id) not in page
    assert "Handed in by Ana" in page


async def test_it_goes_on_newest_first_until_the_oldest(cast, paper):
    ids, maya = await done(cast, paper, "client", 5), await cast.actor("practitioner")
    ana, before, pages = cast.clients["client"], None, []
    while True:
        found = await cast.inside(lambda b=before: settled_of(maya, ana, ana, before=b, limit=2))
        pages.append([one.id for one in found.documents])
        before = found.next
        if before is None:
            break
    assert pages == [ids[:2], ids[2:4], ids[4:]]


async def test_what_was_voided_before_it_was_handed_in_stands_there_as_well(cast, paper):
    [id] = await done(cast, paper, "client", 1, submitted_at=None, voided_at=now())
    maya, ana = await cast.actor("practitioner"), cast.clients["client"]
    found = await cast.inside(lambda: settled_of(maya, ana, ana))
    assert [(one.id, one.state) for one in found.documents] == [(id, "voided")]


async def test_of_two_parents_each_has_a_list_of_their_own(cast, paper):
    karens = await done(cast, paper, "parent", 3, client="teen")
    davids = await done(cast, paper, "coparent", 3)
    maya, teen = await cast.actor("practitioner"), cast.clients["teen"]
    for person, ids in (("parent", karens), ("coparent", davids)):
        found = await cast.inside(lambda p=person: settled_of(maya, teen, cast.contacts[p]))
        assert [one.id for one in found.documents] == ids
    found = await cast.inside(lambda: standing_of(teen))
    assert sorted(one.age for one in found) == [1, 1, 2, 2, 3, 3]


async def test_who_does_not_see_the_client_or_is_nobody_of_theirs_is_not_there(cast):
    maya, biller = await cast.actor("practitioner"), await cast.actor("biller")
    ana = cast.clients["client"]
    for actor, person in ((biller, ana), (maya, cast.contacts["coparent"])):
        with pytest.raises(Missing):
            await cast.inside(lambda a=actor, p=person: settled_of(a, ana, p))
