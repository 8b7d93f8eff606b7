"""Documents when records are merged, and in the download of one's own data."""

from __future__ import annotations

from models.core.database import execute
from models.documents.asking import Wanted
from models.documents.merging import MERGING
from models.documents.own_data import documents_part
from models.documents.tables import Document
from tests.documents.desk import Desk
from tests.support.papers import a_form


async def test_documents_go_along_and_the_same_form_asked_twice_stays_once_the_copy_that_is_further(cast):
    form, kept, gone = await a_form(cast), Desk(cast, "client"), Desk(cast, "teen")
    [ana] = await kept.share("client", Wanted("form", form.id))
    [leo] = await gone.share("teen", Wanted("form", form.id))
    await cast.inside(lambda: execute("UPDATE document SET saved_at = now(), started_at = now() WHERE id = $1", leo.id))

    async def move():
        await MERGING.move(kept.client, gone.client, {leo.access_id: ana.access_id})

    assert await cast.inside(lambda: MERGING.told(gone.client)) == ["1 document, with what was answered"]
    await cast.inside(move)
    assert await cast.inside(lambda: MERGING.told(gone.client)) == []
    mine = await cast.inside(lambda: Document.get(id=leo.id))
    other = await cast.inside(lambda: Document.get(id=ana.id))
    assert (mine.access_id, mine.client_id, mine.withdrawn_at) == (ana.access_id, kept.client, None)
    assert other.withdrawn_at is not None


async def test_ones_own_data_hold_ones_own_documents_alone(cast):
    desk, form = Desk(cast), await a_form(cast)
    await desk.share("parent", Wanted("form", form.id), Wanted("file", await desk.file()))
    await desk.share("coparent", Wanted("request", title="His card"))
    karen = await cast.actor("parent", client="teen")
    found = await cast.inside(lambda: documents_part(karen, karen.access))
    assert [one["title"] for one in found] == ["Intake", "Plan of care.pdf"]
    assert found[1]["files"][0]["name"] == "Plan of care.pdf"


async def test_without_manage_documentation_only_what_was_handed_in(cast):
    desk, form = Desk(cast), await a_form(cast)
    [one, _] = await desk.share("parent", Wanted("form", form.id), Wanted("request", title="Card"))
    await cast.inside(lambda: execute("UPDATE document SET submitted_at = now() WHERE id = $1", one.id))
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE id = $1", one.access_id))
    karen = await cast.actor("parent", client="teen")
    assert [told["title"] for told in await cast.inside(lambda: documents_part(karen, karen.access))] == ["Intake"]
