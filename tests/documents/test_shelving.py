"""Forms are made, renamed, copied, archived and taken away."""

from __future__ import annotations

import asyncio
import json

import pytest

from models.core.errors import Conflict, Invalid, Missing
from models.documents import publishing, ready, shelving
from models.documents.tables import Document, Form, FormVersion
from tests.documents.shelf import HERE, built, mood, published, redrafted, row
from tests.support.browsing import key
from tests.support.meeting import meet
from tests.support.papers import a_document


async def act(cast, verb, *given, name="practitioner", **more):
    actor = await cast.actor(name)
    return await cast.inside(lambda: verb(actor, *given, **more))


async def test_a_new_form_asks_nothing_yet_and_goes_on_in_the_builder(cast, browse):
    browser, sent = await browse(cast, "practitioner"), {"kind": "intake", "title": "  First   visit ", "key": key()}
    answers = [await browser.post(f"{HERE}/new", sent) for _ in range(2)]
    (one,) = await cast.inside(Form.all)
    assert [answer.headers["Location"] for answer in answers] == [f"{HERE}/{one.id}/edit"] * 2, "sent twice, made once"
    assert (one.title, one.kind) == ("First visit", "intake")
    assert json.loads(one.draft) == {"resourceType": "Questionnaire", "status": "active", "title": "First visit",
                                     "item": []}


async def test_what_was_typed_for_a_new_form_is_kept_when_something_is_missing(cast, browse):
    browser = await browse(cast, "practitioner")
    answer = await browser.post(f"{HERE}/new", {"kind": "consent", "title": " "})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Give the form a title" in page
    assert 'value="consent" checked' in page


async def test_a_new_title_is_in_the_library_at_once_and_read_by_clients_with_the_next_version(cast):
    form = await published(cast)
    await act(cast, shelving.change_form, form.id, kind="assessment", title="Moods", guardian_signs=True)
    here = await row(cast, form)
    assert (here.title, here.kind, here.guardian_signs) == ("Moods", "assessment", True)
    first = await cast.inside(lambda: FormVersion.get(form_id=form.id))
    assert first.title == "Mood"
    made = await act(cast, publishing.publish, form.id)
    assert made.title == "Moods" and json.loads(made.questionnaire)["item"] == json.loads(mood())["item"]


async def test_a_new_kind_alone_leaves_no_draft(cast):
    form = await published(cast)
    await act(cast, shelving.change_form, form.id, kind="assessment", title="Mood", guardian_signs=False)
    assert (await row(cast, form)).draft is None


async def test_of_two_who_rename_the_second_is_told_and_loses_nothing(cast, browse):
    form = await built(cast)
    browser = await browse(cast, "owner")
    sent = {"kind": "intake", "title": "Mine", "version": "1"}
    assert (await browser.post(f"{HERE}/{form.id}", {**sent, "title": "Theirs"})).status_code == 303
    answer = await browser.post(f"{HERE}/{form.id}", sent)
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Changed by somebody else" in page
    assert 'value="Mine"' in page and "Saved meanwhile: Theirs" in page and 'name="version" value="2"' in page
    with pytest.raises(Invalid):
        await act(cast, shelving.change_form, form.id, kind="riddle", title="x" * 201, guardian_signs=False)


async def test_an_archived_form_is_kept_and_who_has_it_goes_on(cast):
    form = await published(cast)
    document = await a_document(cast, form)
    for _ in range(2):
        await act(cast, shelving.archive_form, form.id)
    here = await row(cast, form)
    assert here.archived_at is not None and here.archived_by == cast.staff["practitioner"]
    assert (await cast.inside(lambda: Document.get(id=document.id))).withdrawn_at is None
    for _ in range(2):
        await act(cast, shelving.bring_back_form, form.id)
    assert (await row(cast, form)).archived_at is None


async def test_a_copy_is_a_form_of_its_own_and_carries_no_address(cast):
    form = await published(cast)
    await act(cast, shelving.change_form, form.id, kind="intake", title="Mood", guardian_signs=True)
    copy = await act(cast, shelving.duplicate_form, form.id)
    here = await row(cast, copy)
    assert (here.title, here.kind, here.guardian_signs) == ("Copy of Mood", "intake", True)
    said = json.loads(here.draft)
    assert said["title"] == "Copy of Mood" and "url" not in said and said["item"] == json.loads(mood())["item"]
    await redrafted(cast, form, mood(item=[{"linkId": "b", "type": "string", "text": "Drafted"}]))
    copy = await act(cast, shelving.duplicate_form, form.id)
    assert "Drafted" in (await row(cast, copy)).draft, "what stands there now: its draft"


async def test_only_a_form_that_was_never_published_is_deleted(cast, browse):
    draft, form = await built(cast), await published(cast)
    browser = await browse(cast, "practitioner")
    answer = await browser.post(f"{HERE}/{form.id}/remove")
    assert answer.status_code == 409 and "Archive it instead" in await answer.get_data(as_text=True)
    assert (await browser.post(f"{HERE}/{draft.id}/remove")).headers["Location"] == f"{HERE}?done=removed"
    assert [one.id for one in await cast.inside(Form.all)] == [form.id]


async def test_one_edits_on_from_any_version_and_a_draft_is_not_lost_unasked(cast):
    form = await published(cast)
    await redrafted(cast, form, mood(title="Second"))
    await act(cast, publishing.publish, form.id)
    await act(cast, shelving.edit_version, form.id, 1)
    assert (await row(cast, form)).draft == mood()
    await redrafted(cast, form, mood(title="Third"))
    with pytest.raises(Conflict) as refused:
        await act(cast, shelving.edit_version, form.id, 1)
    assert refused.value.code == "draft-there"
    await act(cast, shelving.edit_version, form.id, 1, over=True)
    assert (await row(cast, form)).draft == mood()
    for number in (9, 0, 10**30):
        with pytest.raises(Missing):
            await act(cast, shelving.edit_version, form.id, number, over=True)


async def test_a_draft_is_discarded_and_the_newest_version_stays(cast):
    form, fresh = await published(cast), await built(cast, title="Fresh")
    await act(cast, shelving.change_form, form.id, kind="intake", title="Moods", guardian_signs=False)
    await act(cast, shelving.drop_draft, form.id)
    here = await row(cast, form)
    assert (here.draft, here.title) == (None, "Mood")
    with pytest.raises(Conflict):
        await act(cast, shelving.drop_draft, fresh.id)


async def test_a_sample_is_one_until_the_practice_had_it_reviewed(cast, browse):
    form = await act(cast, shelving.add_form, "consent", "Sample", sample=True)
    browser = await browse(cast, "practitioner")
    page = await (await browser.get(f"{HERE}/{form.id}")).get_data(as_text=True)
    assert "Sample, have it reviewed" in page
    assert (await browser.post(f"{HERE}/{form.id}/reviewed")).status_code == 303
    assert not (await row(cast, form)).sample
    assert "Sample, have it reviewed" not in await (await browser.get(HERE)).get_data(as_text=True)


async def test_a_library_has_an_end(cast, monkeypatch):
    monkeypatch.setattr(shelving, "MOST_FORMS", 1)
    await built(cast)
    with pytest.raises(Conflict) as refused:
        await built(cast)
    assert refused.value.code == "too-many-forms"


async def test_what_is_brought_back_or_ready_needs_room_in_the_library_too(cast, monkeypatch):
    form = await built(cast)
    await act(cast, shelving.archive_form, form.id)
    await built(cast)
    monkeypatch.setattr(shelving, "MOST_FORMS", 1)
    for verb, what in ((shelving.bring_back_form, form.id), (ready.add_ready, ["phq-9"])):
        with pytest.raises(Conflict) as refused:
            await act(cast, verb, what)
        assert refused.value.code == "too-many-forms"
    assert (await row(cast, form)).archived_at is not None
    monkeypatch.setattr(shelving, "MOST_FORMS", 3)
    await act(cast, shelving.bring_back_form, form.id)
    await act(cast, ready.add_ready, ["phq-9"])
    assert await cast.inside(lambda: Form.filter(archived_at=None).count()) == 3


async def test_of_two_who_add_the_last_form_of_a_library_at_once_the_second_is_told(cast, monkeypatch):
    form = await built(cast)
    monkeypatch.setattr(shelving, "MOST_FORMS", 2)
    said = await meet(cast.practice_id, lambda: act(cast, shelving.add_form, "intake", "First visit"),
                      lambda: act(cast, shelving.duplicate_form, form.id, name="owner"))
    assert [one.code for one in said if isinstance(one, Exception)] == ["too-many-forms"]
    assert await cast.inside(lambda: Form.all().count()) == 2


async def test_two_who_archive_at_once_both_find_it_archived(cast):
    form = await published(cast)
    await asyncio.gather(*(act(cast, shelving.archive_form, form.id, name=name) for name in ("owner", "practitioner")))
    assert (await row(cast, form)).archived_at is not None
