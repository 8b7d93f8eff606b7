"""File requests: asked with a due date, added one by one, handed in together, and in the client's Files."""

from __future__ import annotations

from datetime import date

import pytest

from models.core.database import fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.documents import file_requests
from models.documents.asking import Wanted
from models.files.granting import file_for
from tests.documents.desk import Desk

CARD = Wanted("request", title="Insurance card, front and back", due_on=date(2031, 5, 6))


@pytest.fixture
async def desk(cast):
    made = Desk(cast)
    await made.share("parent", CARD)
    return made


async def act(desk, verb, *args, who="parent"):
    actor = await desk.cast.actor(who, client="teen")
    return await desk.cast.inside(lambda: verb(actor, *args))


async def test_files_are_added_taken_out_and_handed_in_and_stand_in_the_clients_files(cast, desk):
    [one] = await desk.documents("parent")
    assert (one.kind, one.title, one.due_on) == ("file-request", CARD.title, date(2031, 5, 6))
    front, back, slip = [await desk.file(f"{name}.jpg", who="parent", kind="image/jpeg", client="teen")
                         for name in ("front", "back", "slip")]
    await act(desk, file_requests.add_files, one.id, [front, back, slip])
    await act(desk, file_requests.take_out, one.id, slip)
    await act(desk, file_requests.hand_in, one.id)
    [done] = await desk.documents("parent")
    assert done.submitted_at is not None
    assert len(await desk.events("document.submitted")) == 1
    kept = await cast.inside(lambda: fetch_all("SELECT name, source FROM client_file ORDER BY name"))
    assert [(row["name"], row["source"]) for row in kept] == [("back.jpg", "request"), ("front.jpg", "request")]


async def test_staff_with_clinical_access_see_the_files_at_once_and_the_other_parent_never(cast, desk):
    [one] = await desk.documents("parent")
    front = await desk.file("front.jpg", who="parent", kind="image/jpeg", client="teen")
    await act(desk, file_requests.add_files, one.id, [front])
    maya, david = await cast.actor("practitioner"), await cast.actor("coparent", client="teen")
    assert (await cast.inside(lambda: file_for(maya, front))).name == "front.jpg"
    with pytest.raises(Missing):
        await cast.inside(lambda: file_for(david, front))
    with pytest.raises(Missing):
        await act(desk, file_requests.add_files, one.id, [front], who="coparent")


async def test_nothing_is_handed_in_without_a_file_nor_twice(cast, desk):
    [one] = await desk.documents("parent")
    with pytest.raises(Invalid):
        await act(desk, file_requests.hand_in, one.id)
    with pytest.raises(Missing):
        await act(desk, file_requests.add_files, one.id, [await desk.file(who="frontdesk")])
    await act(desk, file_requests.add_files, one.id, [await desk.file(who="parent", client="teen")])
    await act(desk, file_requests.hand_in, one.id)
    for verb in (file_requests.hand_in,):
        with pytest.raises(Conflict):
            await act(desk, verb, one.id)


async def test_what_was_taken_back_takes_no_files(cast, desk):
    [one] = await desk.documents("parent")
    await desk.save([], ["parent"], message=None)
    with pytest.raises(Missing):
        await act(desk, file_requests.add_files, one.id, [await desk.file(who="parent", client="teen")])


async def test_a_portal_that_can_only_be_read_takes_none(cast, desk):
    [one] = await desk.documents("parent")
    await desk.rows("UPDATE client SET status = 'discharged', read_only_until = now()::date + 9 WHERE id = $1"
                    " RETURNING 1", desk.client)
    with pytest.raises(Forbidden):
        await act(desk, file_requests.hand_in, one.id)


async def test_the_page_says_what_is_asked_and_takes_files_by_a_plain_form(cast, desk, browse):
    [one] = await desk.documents("parent")
    karen, here = await browse(cast, "parent"), f"/for/{desk.client}/documents/{one.id}/files"
    assert "Insurance card, front and back" in await (await karen.get(here)).get_data(as_text=True)
    file = await desk.file("front.pdf", who="parent", client="teen")
    assert (await karen.post(here, {"files": str(file)})).status_code == 303
    assert "front.pdf" in await (await karen.get(here)).get_data(as_text=True)
    assert (await karen.post(f"{here}/done")).status_code == 303
    assert "Thank you" in await (await karen.get(here)).get_data(as_text=True)


async def test_staff_see_the_files_on_the_documents_page(cast, desk, browse):
    [one] = await desk.documents("parent")
    await act(desk, file_requests.add_files, one.id, [await desk.file("front.pdf", who="parent", client="teen")])
    page = await (await browse(cast, "practitioner")).get(f"/staff/clients/{desk.client}/documents/{one.id}")
    assert "front.pdf" in await page.get_data(as_text=True)
    blind = await (await browse(cast, "frontdesk")).get(f"/staff/clients/{desk.client}/documents/{one.id}")
    assert "front.pdf" not in await blind.get_data(as_text=True)
