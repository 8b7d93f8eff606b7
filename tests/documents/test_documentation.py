"""The doors of Manage Documentation: what staff look at and send, what was typed stays, and who is let in."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from models.documents.asking import Wanted
from tests.documents.desk import WORDS, Desk
from tests.support.papers import a_form


@pytest.fixture
def desk(cast):
    return Desk(cast)


def here(desk):
    return f"/staff/clients/{desk.client}/documentation"


async def text(answer):
    return unquote(str(await answer.get_data(as_text=True)))


async def test_the_page_shows_each_person_with_the_library_and_shared_documents_at_the_bottom(cast, desk, browse):
    await a_form(cast)
    page = await text(await (await browse(cast, "practitioner")).get(here(desk)))
    for words in ("Manage Documentation", "Leo Marsh", "Karen Marsh", "David Ellison", "Intake", "Shared documents",
                  "Ask for files"):
        assert words in page, words
    assert page.index("Asked, in this order") < page.index("Library") < page.index("Shared documents")


async def test_it_is_saved_by_a_plain_form_which_first_asks_for_the_words(cast, desk, browse):
    form, maya = await a_form(cast), await browse(cast, "practitioner")
    karen, version = desk.person("parent"), (await desk.found()).version
    sent = {"version": version, "people": [str(karen)], "items": [f"{karen}/form/{form.id}", f"{karen}/request/new1"],
            f"due:{karen}/form/{form.id}": "2031-03-04", f"title:{karen}/request/new1": "Insurance card"}
    asked = await maya.post(here(desk), sent)
    page = await text(asked)
    assert asked.status_code == 409 and "Tell them by e-mail" in page and "Insurance card" in page
    assert 'value="2031-03-04"' in page, "nothing typed is lost"
    done = await maya.post(here(desk), {**sent, "message": WORDS})
    assert done.status_code == 303 and done.headers["Location"].endswith("/portal")
    assert [one.title for one in await desk.documents("parent")] == ["Intake", "Insurance card"]


async def test_a_wrong_date_is_said_at_its_field(cast, desk, browse):
    form, karen = await a_form(cast), desk.person("parent")
    key = f"{karen}/form/{form.id}"
    answer = await (await browse(cast, "practitioner")).post(here(desk), {
        "version": (await desk.found()).version, "people": [str(karen)], "items": [key], f"due:{key}": "2nd of May"})
    assert answer.status_code == 422 and "Give a date, such as" in await text(answer)


async def test_a_day_that_has_passed_is_said_at_its_field_and_keeps_what_was_typed(cast, desk, browse):
    form, karen = await a_form(cast), desk.person("parent")
    key, request = f"{karen}/form/{form.id}", f"{karen}/request/new1"
    answer = await (await browse(cast, "practitioner")).post(here(desk), {
        "version": (await desk.found()).version, "people": [str(karen)], "items": [key, request],
        f"due:{key}": "2021-03-04", f"due:{request}": "2021-03-05", f"title:{request}": "Insurance card"})
    page = await text(answer)
    assert answer.status_code == 422 and page.count("This day has passed. Choose today") == 2
    assert 'value="2021-03-04"' in page and 'value="2021-03-05"' in page and "Insurance card" in page


async def test_json_says_what_is_there_and_takes_the_same(cast, desk, browse):
    form, maya = await a_form(cast), await browse(cast, "practitioner")
    found = await (await maya.json(here(desk))).get_json()
    leo = next(one for one in found["people"] if one["name"] == "Leo Marsh")
    item = leo["library"][0]["item"]
    assert item == f"{desk.client}/form/{form.id}"
    refused = await maya.send(here(desk), {"version": found["version"], "items": [item]})
    assert (await refused.get_json())["code"] == "message-needed"
    done = await maya.send(here(desk), {"version": found["version"], "items": [item], "message": ""})
    assert (await done.get_json())["shared"] == 1


@pytest.mark.parametrize("item", ["", "nobody/form/1", "x", "{person}/form/1", "{person}/what/ever", "{person}/file/1"])
async def test_nonsense_is_told_in_a_sentence(cast, desk, browse, item):
    answer = await (await browse(cast, "practitioner")).send(here(desk), {
        "version": (await desk.found()).version, "items": [item.format(person=desk.person("parent"))]})
    assert answer.status_code == (200 if item == "" else 422)


@pytest.mark.parametrize(("name", "status"), [
    ("practitioner", 200), ("supervisor", 200), ("frontdesk", 200), ("biller", 403), ("owner", 403), ("parent", 403)])
async def test_who_is_let_in(cast, desk, browse, name, status):
    assert (await (await browse(cast, name)).get(here(desk))).status_code == status


async def test_add_then_continue_then_send_shares_a_file(cast, desk, browse):
    file, maya = await desk.file(), await browse(cast, "practitioner")
    done = await maya.send(f"{here(desk)}/file", {
        "person": str(desk.person("parent")), "file": str(file), "message": WORDS})
    told = await done.get_json()
    assert told["version"] == (await desk.found()).version
    assert [str(one.id) for one in await desk.documents("parent")] == [told["document"]]
    named = await maya.send(f"{here(desk)}/file", {
        "person": str(desk.person("parent")), "file": str(await desk.file("Leo.pdf")), "message": "For Leo"})
    assert "words_ok" in (await named.get_json())["errors"]


async def test_one_of_two_guardians_signed_is_said_on_the_portal_tab(cast, desk, browse):
    form = await a_form(cast, signs=True)
    [hers] = await desk.share("parent", Wanted("form", form.id))
    await desk.share("coparent", Wanted("form", form.id))
    await desk.rows("UPDATE document SET submitted_at = now() WHERE id = $1 RETURNING 1", hers.id)
    page = await text(await (await browse(cast, "practitioner")).get(f"/staff/clients/{desk.client}/portal"))
    assert "1 of 2 guardians signed" in page
