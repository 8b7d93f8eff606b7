"""Un-sharing: it is gone from the person's pages; begun answers are asked about, closed and stay with the practice."""

from __future__ import annotations

import pytest

from models.core.database import fetch_all
from models.core.errors import Conflict, Invalid, Missing
from models.documents.asking import Wanted
from models.documents.finding import own_document
from models.documents.sharing_plan import Item
from models.documents.tables import Document
from models.files.granting import file_for
from tests.documents.desk import Desk
from tests.support.papers import a_form


@pytest.fixture
def desk(cast):
    return Desk(cast)


async def test_an_unchecked_form_is_gone_from_the_persons_pages_at_once(cast, desk):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    karen = await cast.actor("parent", client="teen")
    saved = await desk.save([], ["parent"], message=None)
    assert saved.withdrawn == 1 and len(await desk.events("document.withdrawn")) == 1
    with pytest.raises(Missing):
        await cast.inside(lambda: own_document(karen, one.id))


async def test_what_happens_to_begun_answers_is_said_before_and_they_stay_with_the_practice(cast, desk, paper):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await paper.answer(one, "about/why", "Canary", who="parent", client="teen")
    with pytest.raises(Conflict) as refused:
        await desk.save([], ["parent"], message=None)
    assert refused.value.code == "started-answers" and "stay with the practice" in refused.value.detail
    await desk.save([], ["parent"], message=None, close_started=True)
    kept = await cast.inside(lambda: fetch_all("SELECT value FROM answer WHERE document_id = $1", one.id))
    assert [row["value"] for row in kept] == [["Canary"]]
    assert (await cast.inside(lambda: Document.get(id=one.id))).withdrawn_by == cast.staff["practitioner"]


async def test_shared_again_it_begins_anew(cast, desk):
    form = await a_form(cast)
    [one] = await desk.share("parent", Wanted("form", form.id))
    await desk.save([], ["parent"], message=None)
    [again] = await desk.share("parent", Wanted("form", form.id))
    assert again.id != one.id and again.started_at is None


async def test_an_unshared_file_opens_no_more(cast, desk):
    file = await desk.file()
    await desk.share("parent", Wanted("file", file))
    karen = await cast.actor("parent", client="teen")
    assert await cast.inside(lambda: file_for(karen, file))
    await desk.save([], ["parent"], message=None)
    with pytest.raises(Missing):
        await cast.inside(lambda: file_for(karen, file))


async def test_what_was_handed_in_stays(cast, desk):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await desk.rows("UPDATE document SET submitted_at = now() WHERE id = $1 RETURNING 1", one.id)
    saved = await desk.save([], ["parent"], message=None)
    assert saved.withdrawn == 0 and (await cast.inside(lambda: Document.get(id=one.id))).withdrawn_at is None


async def test_of_people_who_were_not_sent_nothing_is_taken_back(cast, desk):
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    assert (await desk.save([], ["coparent"], message=None)).withdrawn == 0
    assert len(await desk.documents("parent")) == 1


async def test_from_a_contact_who_lost_manage_documentation_it_is_still_unshared(cast, desk, browse):
    form = await a_form(cast)
    [one, file] = await desk.share("parent", Wanted("form", form.id), Wanted("file", await desk.file()))
    await desk.rows("UPDATE portal_access SET permissions = '{}' WHERE id = $1 RETURNING 1", one.access_id)
    maya = await browse(cast, "practitioner")
    page = await (await maya.get(f"/staff/clients/{desk.client}/documentation")).get_data(as_text=True)
    assert "What stands here can still be un-shared" in page and f"/document/{one.id}" in page
    keep = Item(desk.person("parent"), document=file.id)
    with pytest.raises(Invalid):
        await desk.save([keep, Item(desk.person("parent"), wanted=Wanted("request", title="Card"))], ["parent"])
    saved = await desk.save([keep], ["parent"], message=None)
    assert (saved.shared, saved.withdrawn) == (0, 1)
    assert [one.id for one in await desk.documents("parent")] == [file.id], "what stays checked stays"


async def test_from_whose_access_was_revoked_it_is_still_unshared(cast, desk):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await desk.rows("UPDATE portal_access SET revoked_at = now() WHERE id = $1 RETURNING 1", one.access_id)
    panel = await desk.panel("parent")
    assert panel.person.why_not == "Access was revoked." and [line.title for line in panel.asked] == ["Intake"]
    assert (await desk.save([], ["parent"], message=None)).withdrawn == 1
