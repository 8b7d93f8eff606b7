"""A shared file, as the person opens it; that they did is told to staff once."""

from __future__ import annotations

import pytest

from models.core.errors import Missing
from models.documents.asking import Wanted
from models.documents.shared_files import shared_file
from tests.documents.desk import Desk


@pytest.fixture
async def desk(cast):
    made = Desk(cast)
    await made.share("parent", Wanted("file", await made.file()))
    return made


async def test_opening_it_is_noted_once_and_told_to_staff(cast, desk, browse):
    [one] = await desk.documents("parent")
    karen = await browse(cast, "parent")
    for _ in range(2):
        page = await (await karen.get(f"/for/{desk.client}/documents/{one.id}/file")).get_data(as_text=True)
        assert "Plan of care.pdf" in page and "Download" in page
    assert len(await desk.events("document.opened")) == 1
    assert (await desk.documents("parent"))[0].opened_at is not None
    shown = await (await karen.json(f"/for/{desk.client}/documents/{one.id}/file")).get_json()
    assert shown["file"]["name"] == "Plan of care.pdf" and shown["file"]["inside"] is True


async def test_the_other_parent_and_the_teen_find_nothing(cast, desk):
    [one] = await desk.documents("parent")
    for name in ("coparent", "teen"):
        actor = await cast.actor(name, client="teen")
        with pytest.raises(Missing):
            await cast.inside(lambda a=actor: shared_file(a, one.id))
    assert await desk.events("document.opened") == []


async def test_without_manage_documentation_a_contact_opens_it_no_more(cast, desk):
    [one] = await desk.documents("parent")
    await desk.rows("UPDATE portal_access SET permissions = '{}' WHERE id = $1 RETURNING 1", one.access_id)
    karen = await cast.actor("parent", client="teen")
    with pytest.raises(Missing):
        await cast.inside(lambda: shared_file(karen, one.id))


async def test_a_form_is_no_file(cast, desk):
    [one] = await desk.share("parent", Wanted("request", title="Card"))
    karen = await cast.actor("parent", client="teen")
    with pytest.raises(Missing):
        await cast.inside(lambda: shared_file(karen, one.id))
