"""The library: what stands in it, for whom, and how many people have a form to fill in."""

from __future__ import annotations

import pytest

from models.core.clock import now
from models.documents import library, shelving
from models.documents.tables import Document
from tests.documents.shelf import HERE, built, mood, published, redrafted, shelf
from tests.support.papers import a_document


async def test_it_lists_what_is_used_by_title_and_what_is_archived_last(cast):
    actor = await cast.actor("practitioner")
    for title in ("Sleep", "anger", "Zest"):
        await built(cast, title=title)
    gone = await built(cast, title="Ancient")
    await cast.inside(lambda: shelving.archive_form(actor, gone.id))
    assert [one.title for one in await shelf(cast)] == ["anger", "Sleep", "Zest", "Ancient"]


async def test_a_line_says_kind_version_when_and_by_whom(cast):
    form = await published(cast, kind="assessment")
    (one,) = await shelf(cast)
    assert (one.id, one.kind, one.title, one.number, one.published_by) == (
        form.id, "assessment", "Mood", 1, "Maya Okafor"
    )
    assert one.published_at is not None and not one.drafted
    await redrafted(cast, form, mood(title="Moods"))
    assert (await shelf(cast))[0].drafted


async def test_it_is_searched_by_words_of_titles_and_narrowed_by_kind(cast):
    for title, kind in (("Sleep diary", "questionnaire"), ("Sleep 100% scale", "assessment"), ("Consent", "consent")):
        await built(cast, title=title, kind=kind)
    assert [one.title for one in await shelf(cast, words=" sLEEP ")] == ["Sleep 100% scale", "Sleep diary"]
    assert [one.title for one in await shelf(cast, words="0%")] == ["Sleep 100% scale"], "no sign means anything else"
    assert [one.title for one in await shelf(cast, kind="assessment", words="sleep")] == ["Sleep 100% scale"]
    assert await shelf(cast, words="nothing like it") == []


async def test_it_counts_who_has_a_form_to_fill_in_among_the_clients_one_sees(cast):
    form = await published(cast)
    await a_document(cast, form, "client")
    await a_document(cast, form, "parent", client="teen")
    done = await a_document(cast, form, "coparent")
    await cast.inside(lambda: Document.filter(id=done.id).update(withdrawn_at=now()))
    counted = {name: (await shelf(cast, name))[0].open for name in ("practitioner", "frontdesk", "owner")}
    assert counted == {"practitioner": 2, "frontdesk": 2, "owner": 0}, "the owner takes care of none of them"
    actor = await cast.actor("owner")
    only_administrator = type(actor)(**{**vars(actor), "roles": frozenset({"administrator"})})
    (one,) = await cast.inside(lambda: library.library(only_administrator))
    assert one.open is None, "administrators alone do not hear of documents"


@pytest.mark.parametrize(("name", "status"), [
    ("practitioner", 200), ("supervisor", 200), ("owner", 200), ("frontdesk", 200), ("biller", 403), ("client", 403),
])
async def test_who_schedules_looks_and_who_bills_does_not(cast, browse, name, status):
    await published(cast)
    assert (await (await browse(cast, name)).json(HERE)).status_code == status


async def test_who_schedules_shares_forms_and_changes_none(cast, browse):
    form = await published(cast)
    desk = await browse(cast, "frontdesk")
    page = await (await desk.get(f"{HERE}/{form.id}")).get_data(as_text=True)
    assert "How are you?" in page and "/archive" not in page and f"{HERE}/{form.id}/edit" not in page
    for path, body in ((f"{HERE}/new", {"kind": "intake", "title": "Mine"}), (f"{HERE}/{form.id}/archive", {})):
        answer = await desk.send(path, body)
        assert (answer.status_code, (await answer.get_json())["code"]) == (403, "forms-read-only")


async def test_another_practice_has_a_library_of_its_own(cast, browse, neighbours):
    form = await published(cast)
    owner = await browse(neighbours, "owner")
    assert (await (await owner.json(HERE)).get_json())["forms"] == []
    for path in ("", "/versions/1", "/versions/1/questionnaire.json"):
        assert (await owner.json(f"{HERE}/{form.id}{path}")).status_code == 404
    for act in ("publish", "archive", "bring-back", "duplicate", "remove", "reviewed"):
        assert (await owner.send(f"{HERE}/{form.id}/{act}")).status_code == 404


async def test_an_empty_library_says_what_to_do_next(cast, browse):
    page = await (await (await browse(cast, "practitioner")).get(HERE)).get_data(as_text=True)
    assert "No forms yet" in page and f'href="{HERE}/ready"' in page
    page = await (await (await browse(cast, "frontdesk")).get(HERE)).get_data(as_text=True)
    assert "No forms yet" in page and f'href="{HERE}/ready"' not in page


async def test_what_is_looked_for_is_posted_and_found_without_a_script(cast, browse):
    await built(cast, title="Sleep diary")
    await built(cast, title="Anger")
    browser = await browse(cast, "practitioner")
    for path in (f"{HERE}/find", f"{HERE}/list"):
        page = await (await browser.post(path, {"words": "sleep", "kind": ""})).get_data(as_text=True)
        assert "Sleep diary" in page and "Anger" not in page


async def test_the_rail_leads_there_for_who_may_look(cast, browse):
    link = f'href="{HERE}"'
    for name, there in (("owner", True), ("practitioner", True), ("frontdesk", True), ("biller", False)):
        page = await (await (await browse(cast, name)).get("/staff/today")).get_data(as_text=True)
        assert (link in page) is there, name
