"""The library of forms in the browser: found, brought, published, taken out, and followed while others work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from models.documents import library, publishing, ready, shelving
from models.documents.tables import Form
from tests.browser.window import axe
from tests.documents.shelf import mood, published

FHIR = Path(__file__).parents[1] / "documents" / "fhir"
GLITTER = mood(extension=[{"url": "https://elsewhere.test/glitter", "valueString": "much"}])


@pytest.fixture
async def practice(cast):
    """With every ready form in its library."""
    await cast.inside(lambda: ready.put_in_library(list(ready.READY.values())))
    return cast


async def test_forms_are_found_by_title_and_kind_and_others_changes_appear(practice, window):
    maya = await window(practice, "practitioner", "/forms")
    lines = maya.page.locator(".form-line")
    await expect(lines).to_have_count(11)
    await expect(maya.page.get_by_role("heading", level=2)).to_have_text(["Consents", "Intakes", "Assessments"])
    await maya.page.get_by_label("Title").fill("phq")
    await expect(lines).to_have_count(2)
    await maya.page.get_by_label("Title").fill("")
    await maya.page.get_by_label("Kind").select_option("Consent")
    await expect(lines).to_have_count(4)
    await expect(lines.filter(has_text="Sample, have it reviewed")).to_have_count(4)
    assert "phq" not in maya.page.url, "what is typed stands in no address"
    owner = await practice.actor("owner")
    form = await practice.inside(lambda: Form.get(made_from="privacy-practices"))
    await practice.inside(lambda: shelving.archive_form(owner, form.id))
    await expect(maya.page.get_by_role("heading", level=2)).to_have_text(["Consents", "Archived"])


async def test_a_new_form_leads_to_the_builder(cast, window):
    maya = await window(cast, "practitioner", "/forms")
    await expect(maya.page.get_by_text("No forms yet")).to_be_visible()
    await maya.page.get_by_role("link", name="Build one").click()
    await maya.page.get_by_label("Title").fill("First visit")
    await maya.page.get_by_label("Intake").check()
    await maya.page.get_by_role("button", name="Build it").click()
    await maya.page.wait_for_url("**/edit")
    (one,) = await cast.inside(Form.all)
    assert maya.page.url.endswith(f"/staff/forms/{one.id}/edit") and (one.title, one.kind) == ("First visit", "intake")


async def test_what_cannot_be_read_says_where_and_what_was_pasted_stays(cast, window):
    maya = await window(cast, "practitioner", "/forms/import")
    box, read = maya.page.get_by_label("Questionnaire as JSON"), maya.page.get_by_role("button", name="Read it")
    await box.fill('{"resourceType": "Questionnaire",\n "item": [}')
    await read.click()
    await expect(maya.page.get_by_role("alert").first).to_contain_text("line 2, column 11")
    await expect(box).to_have_value('{"resourceType": "Questionnaire",\n "item": [}')
    await box.fill(mood(item=[{"linkId": "a", "type": "riddle"}]))
    await read.click()
    await expect(maya.page.get_by_role("alert").first).to_contain_text("Item “a”: The type “riddle” does not exist")
    await expect(box).to_have_value(mood(item=[{"linkId": "a", "type": "riddle"}]))


async def test_a_form_is_looked_at_before_it_comes_in_and_goes_out_as_it_came(cast, window):
    maya = await window(cast, "practitioner", "/forms/import")
    await maya.page.get_by_label("Questionnaire as JSON").fill(GLITTER)
    await maya.page.get_by_role("button", name="Read it").click()
    kept = maya.page.get_by_role("region", name="Kept, not acted on")
    await expect(kept).to_contain_text("glitter")
    await expect(maya.page.get_by_role("region", name="What it asks")).to_contain_text("How are you?")
    tried = maya.page.frame_locator("iframe")
    await expect(tried.locator("form-preview[ready]")).to_be_attached()
    await tried.get_by_label("How are you?").fill("Well")
    await tried.get_by_role("button", name="Review").click()
    await expect(tried.get_by_text("In a preview nothing is handed in.")).to_be_visible()
    assert not await cast.inside(Form.exists), "nothing came in yet"
    await maya.page.get_by_label("Kind").select_option("Assessment")
    await maya.page.get_by_role("button", name="Import").click()
    await expect(maya.page.get_by_role("heading", level=1)).to_have_text("Mood")
    await expect(maya.page.get_by_role("region", name="Versions")).to_contain_text("Version 1")
    async with maya.page.expect_download() as coming:
        await maya.page.get_by_role("link", name="Export version 1").click()
    download = await coming.value
    assert download.suggested_filename == "mood-v1.json"
    assert Path(await download.path()).read_text() == GLITTER


@pytest.mark.parametrize("name", ["phq9", "apgar-with-itemWeight-variable", "enableWhen-test.R4", "bit-of-everything",
                                  "q-with-contained-valueset"])
async def test_forms_of_other_programs_come_in_from_a_file(cast, window, name):
    maya = await window(cast, "practitioner", "/forms/import")
    await maya.page.get_by_label("File", exact=True).set_input_files(FHIR / f"{name}.json")
    await maya.page.get_by_role("button", name="Read the file").click()
    await maya.page.get_by_label("Title").fill("Brought")
    await maya.page.get_by_role("button", name="Import").click()
    await expect(maya.page.get_by_role("region", name="Versions")).to_contain_text("Version 1")
    await expect(maya.page.get_by_role("region", name="What it asks").locator(".ask-line").first).to_be_visible()


async def test_a_whole_library_goes_out_and_of_a_bundle_each_is_told(practice, neighbours, window):
    maya = await window(practice, "practitioner", "/forms")
    await maya.page.get_by_role("button", name="More for forms").click()
    async with maya.page.expect_download() as coming:
        await maya.page.get_by_role("menuitem", name="Export the library").click()
    bundle = json.loads(Path(await (await coming.value).path()).read_text())
    bundle["entry"].append({"resource": {"resourceType": "Observation"}})
    theirs = await window(neighbours, "practitioner", "/forms/import")
    await theirs.page.get_by_label("Questionnaire as JSON").fill(json.dumps(bundle))
    await theirs.page.get_by_role("button", name="Read it").click()
    await expect(theirs.page.get_by_role("heading", level=1)).to_have_text("12 forms")
    await expect(theirs.page.get_by_text("11 of them can come in.")).to_be_visible()
    await theirs.page.get_by_role("button", name="Import").click()
    await expect(theirs.page.get_by_role("heading", level=1)).to_have_text("11 of 12 came in")
    await expect(theirs.page.locator(".line", has_text="Entry 12")).to_contain_text("Observation")


async def test_publishing_makes_a_version_that_stays_and_open_pages_follow(cast, window):
    form = await published(cast)
    maya = await window(cast, "practitioner", f"/forms/{form.id}")
    jonas = await window(cast, "owner", f"/forms/{form.id}")
    await maya.page.get_by_label("Title").fill("Mood today")
    await maya.page.get_by_role("button", name="Save").click()
    await expect(maya.page.get_by_text("The draft has changes")).to_be_visible()
    await expect(jonas.page.get_by_role("button", name="Publish the changes")).to_be_visible()
    await maya.page.get_by_role("button", name="Publish the changes").click()
    await expect(maya.page.get_by_role("region", name="Versions").get_by_role("listitem")).to_have_count(2)
    versions = jonas.page.get_by_role("region", name="Versions").get_by_role("listitem")
    await expect(versions).to_have_count(2)
    await expect(jonas.page.get_by_role("button", name="Publish the changes")).to_have_count(0)
    await versions.last.get_by_role("link").click()
    await expect(jonas.page.get_by_role("heading", level=1)).to_have_text("Version 1 of Mood")
    await expect(jonas.page.get_by_text("It never changes")).to_be_visible()


async def test_the_second_of_two_who_publish_is_told(cast, window):
    form, owner = await published(cast), await cast.actor("owner")
    await cast.inside(lambda: shelving.change_form(owner, form.id, kind="intake", title="Moods", guardian_signs=False))
    maya = await window(cast, "practitioner", f"/forms/{form.id}")
    # what her page showed when she pressed, however soon it hears of the other
    await maya.page.evaluate("window.pressed = document.querySelector('form[action$=publish]').cloneNode(true)")
    await cast.inside(lambda: publishing.publish(owner, form.id))
    await maya.page.evaluate("document.body.append(window.pressed), window.pressed.submit()")
    await expect(maya.page.get_by_role("alert")).to_contain_text("Somebody else changed this form")
    found = await cast.inside(lambda: library.versions_of(owner, form.id))
    assert len(found) == 2


async def test_archived_and_brought_back_duplicated_and_deleted(cast, window):
    form = await published(cast)
    maya = await window(cast, "practitioner", f"/forms/{form.id}")
    await maya.page.get_by_role("button", name="Archive").click()
    await expect(maya.page.get_by_text("Who has it to fill in goes on.").first).to_be_visible()
    await maya.live()
    await maya.page.get_by_role("button", name="Bring back").click()
    await expect(maya.page.get_by_role("button", name="Archive")).to_be_visible()
    await maya.live()
    await maya.page.get_by_role("button", name="Duplicate").click()
    await expect(maya.page.get_by_role("heading", level=1)).to_have_text("Copy of Mood")
    await maya.live()
    await maya.page.get_by_role("button", name="Delete").click()
    await maya.page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    await expect(maya.page.locator(".form-line")).to_have_count(1)


async def test_ready_measures_and_samples_are_added_from_their_page(cast, window):
    maya = await window(cast, "practitioner", "/forms/ready")
    await expect(maya.page.get_by_role("checkbox")).to_have_count(11)
    await maya.page.get_by_label("Add Intake: adult").uncheck()
    await maya.page.get_by_role("button", name="Add the chosen ones").click()
    await expect(maya.page.locator(".form-line")).to_have_count(10)
    await maya.page.get_by_role("link", name="Informed consent to treatment").click()
    await maya.live()
    await expect(maya.page.get_by_text("Sample, have it reviewed")).to_be_visible()
    await maya.page.get_by_role("button", name="It is reviewed").click()
    await expect(maya.page.get_by_role("region", name="Versions")).to_be_visible()
    await expect(maya.page.get_by_text("Sample, have it reviewed")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1920, "dark")])
async def test_every_page_of_the_library_is_fit_for_everybody(practice, window, axe_source, width, scheme):
    form = await practice.inside(lambda: Form.get(made_from="consent-minor"))
    actor = await practice.actor("practitioner")
    changed = {"kind": "consent", "title": "Mine", "guardian_signs": True}
    await practice.inside(lambda: shelving.change_form(actor, form.id, **changed))
    options = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    for path in ("", "/new", "/ready", "/ready/phq-9", "/import", f"/{form.id}", f"/{form.id}/versions/1"):
        maya = await window(practice, "practitioner", f"/forms{path}", **options)
        assert await axe(maya, axe_source) == [], path
        assert await maya.page.evaluate("document.documentElement.scrollWidth") <= width, path
        await maya.context.close()
    maya = await window(practice, "practitioner", "/forms/import", **options)
    await maya.page.get_by_label("Questionnaire as JSON").fill(GLITTER)
    await maya.page.get_by_role("button", name="Read it").click()
    await expect(maya.page.get_by_role("button", name="Import")).to_be_visible()
    assert await axe(maya, axe_source) == []
    assert await maya.page.evaluate("document.documentElement.scrollWidth") <= width
