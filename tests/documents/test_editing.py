"""A draft is edited operation by operation: saved at once, told to others, refused with a sentence."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from models.core.database import fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.documents import editing
from models.documents.publishing import publish
from models.documents.shelving import archive_form
from models.documents.tables import Form
from tests.documents.drafts import a_draft, page_of, source_of, texts
from tests.documents.talking import TALK


async def heard(cast):
    rows = await cast.inside(lambda: fetch_all("SELECT type, ids FROM event ORDER BY seq"))
    return [row["type"] for row in rows if row["type"].startswith("form.")]


async def test_each_operation_is_saved_and_told_to_staff(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    saved = await page.says("why", text="What brings you here?")
    assert saved.version == form.draft_version + 1 and saved.undo and not saved.redo
    assert "What brings you here?" in await texts(cast, form)
    assert (await heard(cast))[-2:] == ["form.editor_changed", "form.edited"]


async def test_what_the_builder_does_not_know_is_saved_with_it(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.does(do="move", item="weight", under=None, at=0)
    source = await source_of(cast, form)
    assert source["code"] == TALK["code"] and source["item"][0] == TALK["item"][2]


async def test_what_was_published_goes_on_in_a_new_draft(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "owner", form)
    version = await cast.inside(lambda: publish(page.actor, form.id))
    assert not (await page.looks()).drafted
    await page.says("why", text="Why today?")
    assert (await page.looks()).drafted
    assert json.loads(version.questionnaire) == TALK


async def test_the_title_is_that_of_the_library_and_kind_and_guardian_are_the_librarys(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.does(do="form", fields={"title": "Talk to us"})
    await page.does(do="form", fields={"kind": "consent", "guardian_signs": True})
    row = await cast.inside(lambda: Form.get(id=form.id))
    assert (row.title, row.kind, row.guardian_signs) == ("Talk to us", "consent", True)
    assert "form.changed" in await heard(cast)
    await page.turns()
    row = await cast.inside(lambda: Form.get(id=form.id))
    assert (row.title, row.kind, row.guardian_signs) == ("Talk to us", "intake", False)
    await page.turns(again=True)
    assert (await cast.inside(lambda: Form.get(id=form.id))).kind == "consent"


async def test_an_untitled_draft_keeps_its_name_in_the_library(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.does(do="form", fields={"title": " "})
    draft = await page.looks()
    assert draft.form.title == "Talk" and [one.words for one in draft.faults if one.blocks] == [
        "The form has no title."]


async def test_of_two_versions_the_older_page_is_told(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "practitioner", form)
    await page.says("why", text="Why?")
    page.version -= 1
    with pytest.raises(Conflict, match="changed-meanwhile"):
        await page.says("why", text="When?")


async def test_who_may_edit_forms_and_who_not(cast):
    form = await a_draft(cast)
    for name in ("practitioner", "supervisor", "owner"):
        page = await page_of(cast, name, form)
        await page.begins(take_over=True)
        await page.looks()
        await page.says("why", text=f"Why, {name}?")
    scheduler = await page_of(cast, "frontdesk", form)
    assert (await scheduler.looks()).view["title"] == "Talk"
    for one in (scheduler.says("why", text="No"), scheduler.turns(), scheduler.begins()):
        with pytest.raises(Forbidden):
            await one
    biller = await page_of(cast, "biller", form)
    for one in (biller.looks(), biller.says("why", text="No")):
        with pytest.raises(Forbidden):
            await one


async def test_forms_of_another_practice_are_not_there(cast, neighbours):
    form = await a_draft(neighbours)
    page = await page_of(cast, "owner", form)
    for one in (page.looks(), page.says("why", text="No"), page.begins(), page.turns()):
        with pytest.raises(Missing):
            await one


async def test_an_archived_form_is_looked_at_and_not_changed(cast):
    form = await a_draft(cast)
    page = await page_of(cast, "owner", form)
    await cast.inside(lambda: archive_form(page.actor, form.id))
    await page.looks()
    with pytest.raises(Conflict, match="form-archived"):
        await page.says("why", text="No")


async def test_a_form_that_grows_too_large_is_refused(cast, monkeypatch):
    form = await a_draft(cast)
    page = await page_of(cast, "owner", form)
    monkeypatch.setattr(editing, "MOST_TEXT", 100)
    with pytest.raises(Invalid, match="too-large"):
        await page.says("why", text="Why?")


async def test_the_door_does_what_the_line_does_once_for_each_key(cast, browse):
    form = await a_draft(cast)
    browser = await browse(cast, "practitioner")
    path, tab, key = f"/staff/forms/{form.id}/edit", str(uuid4()), str(uuid4())
    said = {"tab": tab, "version": form.draft_version, "key": key,
            "operation": {"do": "change", "item": "why", "fields": {"text": "Why so?"}}}
    for _ in range(2):
        answer = await browser.send(f"{path}/operations", said)
        assert answer.status_code == 200, await answer.get_data(as_text=True)
    told = await answer.get_json()
    assert told["version"] == form.draft_version + 1
    shown = await (await browser.json(path)).get_json()
    assert shown["items"][0]["items"][0]["text"] == "Why so?" and shown["undo"]
    assert shown["editor"]["name"] == "Maya Okafor"
    back = {"tab": tab, "version": told["version"], "key": str(uuid4())}
    assert (await browser.send(f"{path}/turn-back", back)).status_code == 200
    assert "Why now?" in await texts(cast, form)


@pytest.mark.parametrize("operation", [
    {"do": "fly"}, {"do": "add", "item": {"id": "../x", "kind": "text"}, "at": 0},
    {"do": "add", "item": {"id": "x", "kind": "text", "html": "<b>"}, "at": 0},
    {"do": "change", "item": "why", "fields": {"text": "x" * 10_001}},
    {"do": "change", "item": "why", "fields": {"min": 1e400}}, {"do": "several", "operations": []},
    {"do": "move", "item": "why", "at": -1}, {"do": "change", "item": "weight", "fields": {"text": "Mass"}},
    {"do": "change", "item": "sleep", "fields": {"options": [{"label": "\x00"}]}}, None, [], "x",
])
async def test_what_is_no_operation_gets_a_sentence(cast, browse, operation):
    form = await a_draft(cast)
    browser = await browse(cast, "practitioner")
    said = {"tab": str(uuid4()), "version": form.draft_version, "key": str(uuid4()), "operation": operation}
    answer = await browser.send(f"/staff/forms/{form.id}/edit/operations", said)
    assert answer.status_code == 422, await answer.get_data(as_text=True)
    assert await source_of(cast, form) == TALK


async def test_markdown_is_read_without_harm(cast, browse):
    browser = await browse(cast, "practitioner")
    answer = await browser.send("/staff/forms/markdown", {"text": "**Bold** <script>alert(1)</script>"})
    html = (await answer.get_json())["html"]
    assert "<strong>Bold</strong>" in html and "<script" not in html
