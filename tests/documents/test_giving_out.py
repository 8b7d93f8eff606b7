"""Forms go out as FHIR: one as it stands, or the whole library, and come into another practice as they were."""

from __future__ import annotations

import json

from models.documents import ready, shelving
from models.documents.giving_out import file_name
from models.documents.tables import Form, FormVersion
from tests.documents.shelf import HERE, built, mood, published, redrafted


async def test_a_draft_goes_out_as_it_stands(cast, browse):
    form = await built(cast)
    browser = await browse(cast, "practitioner")
    answer = await browser.get(f"{HERE}/{form.id}/draft/questionnaire.json")
    assert await answer.get_data(as_text=True) == mood()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mood-draft.json"'
    assert (await browser.json(f"{HERE}/{form.id}/versions/1/questionnaire.json")).status_code == 404
    form = await published(cast)
    assert (await browser.json(f"{HERE}/{form.id}/draft/questionnaire.json")).status_code == 404


async def test_the_whole_library_goes_out_as_a_bundle_and_comes_into_another_practice(cast, browse, neighbours):
    actor = await cast.actor("practitioner")
    await cast.inside(lambda: ready.put_in_library(list(ready.READY.values())))
    form = await published(cast, kind="intake")
    await redrafted(cast, form, mood(title="Not yet"))
    gone = await published(cast, mood(title="Gone", url="https://forms.test/gone"), title="Gone")
    await cast.inside(lambda: shelving.archive_form(actor, gone.id))
    out = await (await (await browse(cast, "practitioner")).get(f"{HERE}/library.json")).get_data(as_text=True)
    titles = [one["resource"]["title"] for one in json.loads(out)["entry"]]
    assert len(titles) == 12 and "Mood" in titles and "Gone" not in titles
    theirs = await browse(neighbours, "practitioner")
    id = (await (await theirs.send(f"{HERE}/import", {"text": out})).get_json())["import"]
    assert (await theirs.post(f"{HERE}/import/{id}", {"publish": "on"})).status_code == 303
    here, there = [await one.inside(lambda: _library(gone.id)) for one in (cast, neighbours)]
    assert there == here


async def _library(without):
    """Each form by title: its kind, who signs it, and what its newest version says."""
    said = {}
    for form in await Form.exclude(id=without):
        newest = await FormVersion.filter(form_id=form.id).order_by("-number").first()
        said[newest.title] = (form.kind, form.guardian_signs, newest.signs, json.loads(newest.questionnaire))
    return said


async def test_an_empty_library_is_a_bundle_without_entries(cast, browse):
    out = await (await browse(cast, "practitioner")).get(f"{HERE}/library.json")
    assert json.loads(await out.get_data(as_text=True)) == {"resourceType": "Bundle", "type": "collection"}


async def test_who_may_look_takes_forms_out_and_nobody_else(cast, browse):
    form = await published(cast)
    for name, status in (("frontdesk", 200), ("biller", 403)):
        browser = await browse(cast, name)
        for path in (f"{HERE}/library.json", f"{HERE}/{form.id}/versions/1/questionnaire.json"):
            assert (await browser.json(path)).status_code == status


def test_names_of_files_are_plain_letters():
    assert file_name("PHQ-9: how’s “it” /going\r\n?") == "phq-9-hows-it-going"
    assert file_name("Élodie") == "elodie" and file_name("李") == "form"
